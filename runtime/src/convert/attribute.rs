//! Attributes: what OpenTelemetry allows as a value, and how a value of a tape becomes one.
//!
//! Lists have to be of one type, integers of 64 bits, floats finite. What does not fit becomes text: a number
//! that a backend refuses takes its whole span with it.
//!
//! | On the tape | Sent as | Because |
//! |---|---|---|
//! | a key that came more than once | the last value, once | a second one of the same key is an invalid span |
//! | an empty key, a null | nothing | OpenTelemetry has neither |
//! | an integer beyond `i64`, `u64::MAX` too | decimal text | OTLP has 64 bits with a sign; to wrap or to round would lie |
//! | NaN, an infinity | the text `NaN`, `Infinity`, `-Infinity` | JSON has no such numbers, nor do columns of backends |
//! | the same within JSON | `null` | as `serde_json` does |
//! | an `f32` | the `f64` with the digits that it prints | `0.1` is not `0.10000000149011612` |
//! | NUL and other control characters | as they are; within JSON escaped | they are UTF-8, and protobuf takes them |
//! | a lone surrogate of a JSON text | never comes so far: such text is no JSON, and stays the text that it was | Rust's text has none |
//! | text that runs from right to left, or turns the rest around | as it is | it is what was said; only our console escapes it |
//! | a list of several types | JSON text | OpenTelemetry's lists are of one type |

use std::borrow::Cow;
use std::collections::HashMap;

use super::composed::Composed;
use crate::wire::tape::{Seq, Text, Value};

/// The name of an attribute: a part that is ours, and one that came with the span.
///
/// In two parts, so that neither a name of ours nor one of the user's is ever copied.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key<'a> {
    pub(crate) prefix: &'static str,
    pub(crate) name: &'a str,
}

/// The value of an attribute: a scalar, or a list of scalars of one type.
#[derive(Clone, Debug)]
pub(crate) enum AttributeValue<'a> {
    Bool(bool),
    I64(i64),
    F64(f64),
    Str(Cow<'a, str>),
    /// A text that is put together where it is written, which spares a copy of it.
    Composed(Composed<'a>),
    Bools(Vec<bool>),
    I64s(Vec<i64>),
    F64s(Vec<f64>),
    Strs(Vec<Cow<'a, str>>),
}

/// Attributes in the order in which they were set, each key once.
///
/// A vector, and not searched where a key is known to be new: conversion sets some twenty keys of its own.
#[derive(Debug, Default)]
pub(crate) struct Attributes<'a> {
    entries: Vec<(Key<'a>, AttributeValue<'a>)>,
    /// How many were left out because a span may not have more.
    dropped: usize,
}

impl<'a> Attributes<'a> {
    /// Empties it, for another span.
    pub(crate) fn emptied<'b>(self) -> Attributes<'b> {
        Attributes { entries: emptied(self.entries), dropped: 0 }
    }

    /// Adds an attribute whose key is known to be new.
    #[inline]
    pub(super) fn add(&mut self, key: impl Into<Key<'a>>, value: impl Into<AttributeValue<'a>>) {
        let key = key.into();
        debug_assert!(self.position(key).is_none(), "{key:?} is there already");
        self.entries.push((key, value.into()));
    }

    /// Adds an attribute whose key is known to be new, where there is a value for it.
    #[inline]
    pub(super) fn maybe(&mut self, key: impl Into<Key<'a>>, value: Option<impl Into<AttributeValue<'a>>>) {
        if let Some(value) = value {
            self.add(key, value);
        }
    }

    fn position(&self, key: Key<'_>) -> Option<usize> {
        self.entries.iter().position(|(found, _)| *found == key)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &(Key<'a>, AttributeValue<'a>)> {
        self.entries.iter()
    }

    /// How many attributes a span had beyond those that it may have.
    pub(crate) fn dropped(&self) -> usize {
        self.dropped
    }

    /// Leaves out what came after so many, and shortens texts to so many characters.
    pub(super) fn limit(&mut self, most: usize, value_length: Option<usize>) {
        self.dropped += self.entries.len().saturating_sub(most);
        self.entries.truncate(most);
        if let Some(characters) = value_length {
            self.entries.iter_mut().for_each(|(_, value)| value.limit(characters));
        }
    }

    /// Adds attributes that came with the span: `replace` says whether one takes the place of an attribute that is
    /// there, or is left out.
    ///
    /// Few are looked for one by one, many by a map: a hostile span has thousands.
    pub(super) fn merge(
        &mut self,
        more: impl ExactSizeIterator<Item = (Key<'a>, Option<AttributeValue<'a>>)>,
        replace: bool,
    ) {
        const FEW: usize = 16;
        let mut places = (more.len() > FEW).then(|| {
            let keys = self.entries.iter().map(|(key, _)| key.to_text());
            keys.zip(0..).collect::<HashMap<String, usize>>()
        });
        for (key, value) in more {
            let Some(value) = value else { continue };
            let place = match &mut places {
                None => self.position(key),
                Some(places) => places.get(&key.to_text()).copied(),
            };
            match place {
                Some(place) if replace => self.entries[place].1 = value,
                Some(_) => {}
                None => {
                    if let Some(places) = &mut places {
                        places.insert(key.to_text(), self.entries.len());
                    }
                    self.entries.push((key, value));
                }
            }
        }
    }
}

/// Empties a vector. It stays where it is in memory: only what its items could borrow from changes.
pub(super) fn emptied<T, U>(mut items: Vec<T>) -> Vec<U> {
    items.clear();
    items.into_iter().map_while(|_| None).collect()
}

impl<'a> IntoIterator for Attributes<'a> {
    type Item = (Key<'a>, AttributeValue<'a>);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl Key<'_> {
    #[inline]
    pub(crate) fn len(self) -> usize {
        self.prefix.len() + self.name.len()
    }

    pub(crate) fn to_text(self) -> String {
        [self.prefix, self.name].concat()
    }

    fn reads_as(self, other: Key<'_>) -> bool {
        if self.prefix.len() == other.prefix.len() {
            return self.name == other.name && self.prefix == other.prefix;
        }
        self.prefix.bytes().chain(self.name.bytes()).eq(other.prefix.bytes().chain(other.name.bytes()))
    }
}

/// Two keys are equal that read the same, wherever they are divided.
impl PartialEq for Key<'_> {
    /// Most differ in their length.
    #[inline]
    fn eq(&self, other: &Key<'_>) -> bool {
        self.len() == other.len() && self.reads_as(*other)
    }
}

/// A key of ours.
impl From<&'static str> for Key<'_> {
    fn from(prefix: &'static str) -> Self {
        Self { prefix, name: "" }
    }
}

impl<'a> AttributeValue<'a> {
    /// What a value of a tape is as an attribute: by the table [above](self).
    pub(super) fn from_tape(value: &Value<'a>) -> Option<Self> {
        Some(match value {
            Value::Null | Value::Cut(_) => return None,
            Value::Bool(value) => Self::Bool(*value),
            Value::Text(text) => (*text).into(),
            Value::Seq(seq) => list(*seq).unwrap_or(Self::Composed(Composed::Json(*value))),
            Value::Map(_) => Self::Composed(Composed::Json(*value)),
            number => match (integer(number), float(number)) {
                (Some(number), _) => Self::I64(number),
                (None, Some(number)) => Self::F64(number),
                (None, None) => not_a_number(number),
            },
        })
    }

    /// Shortens texts to so many characters.
    pub(super) fn limit(&mut self, most: usize) {
        let shorten = |text: &mut Cow<'a, str>| {
            if let Some((end, _)) = text.char_indices().nth(most) {
                match text {
                    Cow::Borrowed(text) => *text = &text[..end],
                    Cow::Owned(text) => text.truncate(end),
                }
            }
        };
        match self {
            Self::Str(text) => shorten(text),
            Self::Strs(texts) => texts.iter_mut().for_each(shorten),
            Self::Composed(text) => {
                if let Some(shorter) = text.within(most) {
                    *self = Self::Str(shorter.into());
                }
            }
            _ => {}
        }
    }
}

/// The integer, where the value is one that an attribute can hold.
pub(super) fn integer(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Unsigned(value) => i64::try_from(*value).ok(),
        Value::Signed(value) => Some(*value),
        _ => None,
    }
}

/// The number, where the value is a finite float; an `f32` with the digits that it prints.
///
/// By way of the text: `0.1_f32` as an `f64` is `0.10000000149011612`, which nobody wrote.
fn float(value: &Value<'_>) -> Option<f64> {
    let number = match value {
        Value::Single(value) => value.to_string().parse().ok()?,
        Value::Double(value) => *value,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

/// Any finite number as a float.
pub(super) fn number(value: &Value<'_>) -> Option<f64> {
    float(value).or_else(|| value.as_f64().filter(|number| number.is_finite()))
}

fn not_a_number<'a>(value: &Value<'a>) -> AttributeValue<'a> {
    match value.as_f64() {
        Some(number) if number.is_nan() => "NaN".into(),
        Some(f64::INFINITY) => "Infinity".into(),
        Some(f64::NEG_INFINITY) => "-Infinity".into(),
        _ => AttributeValue::Composed(Composed::Json(*value)),
    }
}

/// A list of scalars of one type; integers among floats count as floats.
fn list(seq: Seq<'_>) -> Option<AttributeValue<'_>> {
    let Some(first) = seq.into_iter().next() else { return Some(AttributeValue::Strs(Vec::new())) };
    Some(match first {
        Value::Text(_) => AttributeValue::Strs(texts(seq)?),
        Value::Bool(_) => AttributeValue::Bools(
            seq.map(|value| if let Value::Bool(value) = value { Some(value) } else { None })
                .collect::<Option<_>>()?,
        ),
        _ => match seq.map(|value| integer(&value)).collect::<Option<_>>() {
            Some(integers) => AttributeValue::I64s(integers),
            None => AttributeValue::F64s(
                seq.map(|value| integer(&value).map_or(float(&value), exact_float)).collect::<Option<_>>()?,
            ),
        },
    })
}

/// The integer as a float, where nothing of it is lost.
///
/// By way of 32 bits, which a float holds exactly; larger ones make the list one of JSON text.
fn exact_float(integer: i64) -> Option<f64> {
    i32::try_from(integer).ok().map(f64::from)
}

/// The texts of a sequence of nothing else.
pub(super) fn texts(seq: Seq<'_>) -> Option<Vec<Cow<'_, str>>> {
    seq.map(|value| if let Value::Text(text) = value { Some(text.marked()) } else { None }).collect()
}

impl From<bool> for AttributeValue<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for AttributeValue<'_> {
    fn from(value: i64) -> Self {
        Self::I64(value)
    }
}

impl From<f64> for AttributeValue<'_> {
    fn from(value: f64) -> Self {
        Self::F64(value)
    }
}

impl<'a> From<&'a str> for AttributeValue<'a> {
    fn from(value: &'a str) -> Self {
        Self::Str(Cow::Borrowed(value))
    }
}

impl<'a> From<Cow<'a, str>> for AttributeValue<'a> {
    fn from(value: Cow<'a, str>) -> Self {
        Self::Str(value)
    }
}

/// With a mark where it was cut.
impl<'a> From<Text<'a>> for AttributeValue<'a> {
    fn from(text: Text<'a>) -> Self {
        match text.cut {
            None => Self::Str(Cow::Borrowed(text.kept)),
            Some(_) => Self::Composed(Composed::Text(text)),
        }
    }
}

impl<'a> From<Composed<'a>> for AttributeValue<'a> {
    fn from(value: Composed<'a>) -> Self {
        Self::Composed(value)
    }
}

impl<'a> From<Vec<Cow<'a, str>>> for AttributeValue<'a> {
    fn from(value: Vec<Cow<'a, str>>) -> Self {
        Self::Strs(value)
    }
}
