//! Attributes: what OpenTelemetry allows as a value, and how a value of a tape becomes one.
//!
//! Lists have to be of one type, integers of 64 bits, floats finite. What does not fit becomes text: a number
//! that a backend refuses takes its whole span with it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::wire::tape::{Seq, Value};

/// The value of an attribute: a scalar, or a list of scalars of one type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum AttributeValue {
    Bool(bool),
    I64(i64),
    F64(f64),
    Str(Cow<'static, str>),
    Bools(Vec<bool>),
    I64s(Vec<i64>),
    F64s(Vec<f64>),
    Strs(Vec<String>),
}

/// Attributes in the order in which they were set, each key once.
///
/// A vector, searched from the front: conversion sets some twenty keys. Where the user sets hundreds, they
/// are found by [`places`](Self::places).
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Attributes(Vec<(Cow<'static, str>, AttributeValue)>);

impl Attributes {
    /// Sets an attribute, in place of the one that has the key.
    pub(super) fn set(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<AttributeValue>) {
        let (key, value) = (key.into(), value.into());
        match self.position(&key) {
            Some(place) => self.0[place].1 = value,
            None => self.0.push((key, value)),
        }
    }

    /// Sets an attribute where there is a value for it.
    pub(super) fn maybe(
        &mut self,
        key: impl Into<Cow<'static, str>>,
        value: Option<impl Into<AttributeValue>>,
    ) {
        if let Some(value) = value {
            self.set(key, value);
        }
    }

    pub(super) fn contains(&self, key: &str) -> bool {
        self.position(key).is_some()
    }

    fn position(&self, key: &str) -> Option<usize> {
        self.0.iter().position(|(found, _)| found == key)
    }

    /// The place of each key.
    pub(super) fn places(&self) -> HashMap<Cow<'static, str>, usize> {
        self.0.iter().enumerate().map(|(place, (key, _))| (key.clone(), place)).collect()
    }

    pub(super) fn replace(&mut self, place: usize, value: AttributeValue) {
        self.0[place].1 = value;
    }

    /// Adds an attribute whose key is known to be new; returns its place.
    pub(super) fn push(&mut self, key: Cow<'static, str>, value: AttributeValue) -> usize {
        self.0.push((key, value));
        self.0.len() - 1
    }
}

impl IntoIterator for Attributes {
    type Item = (Cow<'static, str>, AttributeValue);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl AttributeValue {
    /// What a value of a tape is as an attribute. Nothing for null; JSON text for what is no scalar and no list of
    /// scalars of one type; decimal text for integers beyond `i64`; text for NaN and infinities, which OTLP/JSON lacks.
    pub(super) fn from_tape(value: &Value<'_>) -> Option<Self> {
        Some(match value {
            Value::Null | Value::Cut(_) => return None,
            Value::Bool(value) => Self::Bool(*value),
            Value::Text(text) => text.to_string().into(),
            Value::Seq(seq) => list(*seq).unwrap_or_else(|| value.to_json().into()),
            Value::Map(_) => value.to_json().into(),
            number => match (integer(number), float(number)) {
                (Some(number), _) => Self::I64(number),
                (None, Some(number)) => Self::F64(number),
                (None, None) => not_a_number(number),
            },
        })
    }
}

/// The integer, where the value is one that an attribute can hold; a float that is whole counts.
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

fn not_a_number(value: &Value<'_>) -> AttributeValue {
    match value.as_f64() {
        Some(number) if number.is_nan() => "NaN".into(),
        Some(f64::INFINITY) => "Infinity".into(),
        Some(f64::NEG_INFINITY) => "-Infinity".into(),
        _ => value.to_json().into(),
    }
}

/// A list of scalars of one type; integers among floats count as floats.
fn list(seq: Seq<'_>) -> Option<AttributeValue> {
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
pub(super) fn texts(seq: Seq<'_>) -> Option<Vec<String>> {
    seq.map(|value| if let Value::Text(text) = value { Some(text.to_string()) } else { None }).collect()
}

impl From<bool> for AttributeValue {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for AttributeValue {
    fn from(value: i64) -> Self {
        Self::I64(value)
    }
}

impl From<f64> for AttributeValue {
    fn from(value: f64) -> Self {
        Self::F64(value)
    }
}

impl From<&'static str> for AttributeValue {
    fn from(value: &'static str) -> Self {
        Self::Str(Cow::Borrowed(value))
    }
}

impl From<String> for AttributeValue {
    fn from(value: String) -> Self {
        Self::Str(Cow::Owned(value))
    }
}

impl From<&Arc<str>> for AttributeValue {
    fn from(value: &Arc<str>) -> Self {
        Self::Str(Cow::Owned(String::from(&**value)))
    }
}

impl From<Vec<String>> for AttributeValue {
    fn from(value: Vec<String>) -> Self {
        Self::Strs(value)
    }
}
