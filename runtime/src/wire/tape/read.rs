use std::borrow::Cow;
use std::fmt;

use super::{Mark, Tag, Tape};
use crate::wire::Field;

/// One entry of a [`Tape`].
///
/// Borrowed from the tape: to walk it allocates nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry<'a> {
    /// What the entry says about its span.
    pub field: Field,
    /// The name of the argument, the key of the attribute, …; empty for fields that have none.
    pub name: &'a str,
    /// The value.
    pub value: Value<'a>,
}

/// A value on a [`Tape`].
///
/// A whole number above zero is [`Unsigned`](Self::Unsigned), whatever type it was captured as: readers of
/// numbers need not try two variants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// An unsigned integer.
    Unsigned(u64),
    /// A negative integer.
    Signed(i64),
    /// An integer above `u64::MAX`.
    WideUnsigned(u128),
    /// An integer below `i64::MIN`.
    WideSigned(i128),
    /// A 32-bit float.
    ///
    /// Apart from doubles, because `0.1_f32` is `0.1` to people and `0.10000000149011612` as an `f64`.
    Single(f32),
    /// A 64-bit float.
    Double(f64),
    /// A text.
    Text(Text<'a>),
    /// A sequence.
    Seq(Seq<'a>),
    /// A map.
    Map(Map<'a>),
    /// The container goes on, with so many items more; 0 where that is not known.
    ///
    /// Only as the last value of a container.
    Cut(u64),
}

impl<'a> Value<'a> {
    /// About how many bytes it has on the tape.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.kept.len() + text.tail.len(),
            Self::Seq(Seq(cursor)) | Self::Map(Map(cursor)) => cursor.rest.len(),
            _ => 16,
        }
    }

    /// The text, where the value is one; what was kept of it where it was cut.
    ///
    /// Whether it was cut is told by [`Text::cut`]; `to_string` of the [`Text`] marks it.
    #[must_use]
    pub fn as_str(&self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text.kept),
            _ => None,
        }
    }

    /// A text, number or truth value as text; nothing for other values.
    ///
    /// For ids and names, which some programs have as numbers.
    #[must_use]
    pub fn to_text(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text.kept)),
            Self::Null | Self::Seq(_) | Self::Map(_) | Self::Cut(_) => None,
            scalar => Some(Cow::Owned(scalar.to_json())),
        }
    }

    /// The number, where the value is an integer that fits.
    ///
    /// Floats are none, also where they are whole.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Unsigned(value) => Some(*value),
            _ => None,
        }
    }

    /// The number, where the value is one, rounded to the nearest `f64`.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "documented")]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Unsigned(value) => Some(*value as f64),
            Self::Signed(value) => Some(*value as f64),
            Self::WideUnsigned(value) => Some(*value as f64),
            Self::WideSigned(value) => Some(*value as f64),
            Self::Single(value) => Some(f64::from(*value)),
            Self::Double(value) => Some(*value),
            _ => None,
        }
    }

    /// What stands under a key, where the value is a map that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        match self {
            Self::Map(map) => map.get(key),
            _ => None,
        }
    }
}

/// A text on a [`Tape`], as much of it as was kept.
///
/// ```
/// use recount::wire::tape::Text;
///
/// assert_eq!(Text { kept: "abc", cut: Some(10), tail: "" }.to_string(), "abc…[+7 bytes]");
/// assert_eq!(Text { kept: "abc", cut: Some(10), tail: "xyz" }.to_string(), "abc…[+4 bytes]xyz");
/// assert_eq!(Text { kept: "abc", cut: Some(0), tail: "" }.to_string(), "abc…");
/// assert_eq!(Text::from("abc").to_string(), "abc");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<'a> {
    /// What was kept; of a text that was cut, its beginning.
    pub kept: &'a str,
    /// Whether something is missing, and how many bytes the text had before: 0 where that is not known.
    pub cut: Option<u64>,
    /// What was kept of the end of a text that was cut. Empty, but for bodies in JSON: their last facts matter.
    pub tail: &'a str,
}

impl<'a> Text<'a> {
    /// The text, with a mark where it was cut.
    pub(crate) fn marked(self) -> Cow<'a, str> {
        if self.cut.is_none() { Cow::Borrowed(self.kept) } else { Cow::Owned(self.to_string()) }
    }
}

/// A whole text.
impl<'a> From<&'a str> for Text<'a> {
    fn from(kept: &'a str) -> Self {
        Self { kept, cut: None, tail: "" }
    }
}

/// Prints what was kept, and how much is missing.
impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kept)?;
        match self.cut {
            None => Ok(()),
            Some(0) => write!(f, "…{}", self.tail),
            Some(original) => {
                let kept = self.kept.len() + self.tail.len();
                write!(f, "…[+{} bytes]{}", original.saturating_sub(kept as u64), self.tail)
            }
        }
    }
}

/// The values of a sequence on a [`Tape`].
///
/// An iterator that is `Copy`: each copy walks from where it stands.
#[derive(Clone, Copy, Default, PartialEq)]
pub struct Seq<'a>(pub(super) Cursor<'a>);

#[expect(clippy::copy_iterator, reason = "to walk a value again is to copy two words")]
impl<'a> Iterator for Seq<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        self.0.value()
    }
}

impl fmt::Debug for Seq<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(*self).finish()
    }
}

/// The pairs of a map on a [`Tape`]; a map that was cut ends with an empty key and a [`Value::Cut`].
///
/// Keys are in the order in which they were written, and may come more than once, as `Serialize` allows.
#[derive(Clone, Copy, PartialEq)]
pub struct Map<'a>(pub(super) Cursor<'a>);

impl<'a> Map<'a> {
    /// What stands under a key: the last of them, should it be there more than once.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Value<'a>> {
        self.find(|name| name == key.as_bytes())
    }
}

#[expect(clippy::copy_iterator, reason = "to walk a value again is to copy two words")]
impl<'a> Iterator for Map<'a> {
    type Item = (&'a str, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        match self.0.value()? {
            Value::Text(key) => Some((key.kept, self.0.value()?)),
            cut @ Value::Cut(_) => Some(("", cut)),
            _ => None,
        }
    }
}

impl fmt::Debug for Map<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(*self).finish()
    }
}

/// The entries of a [`Tape`], in the order in which they were written.
///
/// What does not fit the layout ends it.
#[derive(Clone, Copy)]
pub struct Entries<'a>(Cursor<'a>);

#[expect(clippy::copy_iterator, reason = "to walk a value again is to copy two words")]
impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let field = Field::from_byte(self.0.byte()?)?;
        let name = self.0.text()?;
        Some(Entry { field, name, value: self.0.value()? })
    }
}

impl fmt::Debug for Entries<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(*self).finish()
    }
}

impl Tape {
    /// The entries, in the order in which they were written.
    #[must_use]
    pub fn entries(&self) -> Entries<'_> {
        Entries(Cursor { rest: &self.bytes })
    }

    /// The entries from a place on.
    pub(crate) fn entries_from(&self, mark: Mark) -> Entries<'_> {
        Entries(Cursor { rest: self.bytes.get(mark.len..).unwrap_or_default() })
    }

    /// The value of a field that has no name: the last one written.
    ///
    /// Of fields that have names, such as arguments, walk the [entries](Self::entries).
    #[must_use]
    pub fn get(&self, field: Field) -> Option<Value<'_>> {
        let mut rest = Cursor { rest: &self.bytes };
        let mut found = None;
        while let (Some(byte), Some(_name)) = (rest.byte(), rest.chunk()) {
            let value = rest;
            if rest.skip().is_none() {
                break;
            }
            if byte == field as u8 {
                found = Some(value);
            }
        }
        found?.value()
    }
}

impl fmt::Debug for Tape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entries().fmt(f)
    }
}

/// How many bytes stand behind each tag. A table for all bytes: a jump, or a check, for each value that is passed over
/// costs more.
const WIDTHS: [u8; 256] = {
    let mut widths = [UNKNOWN; 256];
    let mut place = 0;
    while place < Tag::ALL.len() {
        widths[place] = match Tag::ALL[place] {
            Tag::Null | Tag::False | Tag::True => 0,
            Tag::Small => 1,
            Tag::Single => 4,
            Tag::Unsigned | Tag::Signed | Tag::Double | Tag::Cut => 8,
            Tag::WideUnsigned | Tag::WideSigned => 16,
            Tag::Text | Tag::Seq | Tag::Map => LENGTH,
            Tag::CutText => LENGTHS,
        };
        place += 1;
    }
    widths
};

/// In the place of a width: a length word says it, or those of a text that was cut; or the byte is no tag.
const LENGTH: u8 = u8::MAX;
const LENGTHS: u8 = u8::MAX - 1;
const UNKNOWN: u8 = u8::MAX - 2;

/// Reads from the front. Whatever does not fit the layout ends the reading; nothing panics.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) struct Cursor<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) fn value(&mut self) -> Option<Value<'a>> {
        Some(match Tag::from_byte(self.byte()?)? {
            Tag::Null => Value::Null,
            Tag::False => Value::Bool(false),
            Tag::True => Value::Bool(true),
            Tag::Small => Value::Unsigned(self.byte()?.into()),
            Tag::Unsigned => Value::Unsigned(u64::from_le_bytes(self.array()?)),
            Tag::Signed => Value::Signed(i64::from_le_bytes(self.array()?)),
            Tag::WideUnsigned => Value::WideUnsigned(u128::from_le_bytes(self.array()?)),
            Tag::WideSigned => Value::WideSigned(i128::from_le_bytes(self.array()?)),
            Tag::Single => Value::Single(f32::from_le_bytes(self.array()?)),
            Tag::Double => Value::Double(f64::from_le_bytes(self.array()?)),
            Tag::Text => Value::Text(Text::from(self.text()?)),
            Tag::CutText => {
                let (kept, tail) = (self.text()?, self.text()?);
                Value::Text(Text { kept, cut: Some(u64::from_le_bytes(self.array()?)), tail })
            }
            Tag::Seq => Value::Seq(Seq(Cursor { rest: self.chunk()? })),
            Tag::Map => Value::Map(Map(Cursor { rest: self.chunk()? })),
            Tag::Cut => Value::Cut(u64::from_le_bytes(self.array()?)),
        })
    }

    /// Passes over a value without looking into it: to find one of many, the others need not be decoded.
    #[inline]
    pub(super) fn skip(&mut self) -> Option<()> {
        let mut rest = *self;
        match WIDTHS[usize::from(rest.byte()?)] {
            LENGTH => {
                rest.chunk()?;
            }
            LENGTHS => {
                rest.chunk()?;
                rest.chunk()?;
                rest.take(8)?;
            }
            UNKNOWN => return None,
            width => {
                rest.take(width.into())?;
            }
        }
        *self = rest;
        Some(())
    }

    /// What an entry begins with: the field, and the bytes of its name.
    #[inline]
    pub(super) fn head(&mut self) -> Option<(Field, &'a [u8])> {
        Some((Field::from_byte(self.byte()?)?, self.chunk()?))
    }

    /// Whether the next value has this tag.
    #[inline]
    pub(super) fn is(&self, tag: Tag) -> bool {
        self.rest.first() == Some(&(tag as u8))
    }

    /// Whether the next value is a text from which nothing is missing.
    pub(super) fn is_text(&self) -> bool {
        self.rest.first() == Some(&(Tag::Text as u8))
    }

    /// What is in the container, or the text, that comes next.
    pub(super) fn container(mut self) -> Option<Self> {
        self.tagged_chunk().map(|rest| Self { rest })
    }

    /// The bytes of a key; none at the end of a map.
    #[inline]
    pub(super) fn key(&mut self) -> Option<&'a [u8]> {
        let mut behind = *self;
        let tag = behind.byte()?;
        let key = behind.chunk()?;
        if tag == Tag::Text as u8 {
            *self = behind;
            return Some(key);
        }
        if tag != Tag::CutText as u8 {
            return None;
        }
        self.skip()?;
        Some(key)
    }

    /// What stands behind a tag and a length word.
    #[inline]
    pub(super) fn tagged_chunk(&mut self) -> Option<&'a [u8]> {
        let mut behind = *self;
        behind.byte()?;
        let chunk = behind.chunk()?;
        *self = behind;
        Some(chunk)
    }

    /// Checked again: tapes can be put together by anybody, and `str` has no safe way around it.
    #[inline]
    fn text(&mut self) -> Option<&'a str> {
        match self.chunk()? {
            // Most entries have no name.
            [] => Some(""),
            text => simdutf8::basic::from_utf8(text).ok(),
        }
    }

    /// A length word, then so many bytes.
    #[inline]
    fn chunk(&mut self) -> Option<&'a [u8]> {
        let len = u32::from_le_bytes(self.array()?);
        self.take(len as usize)
    }

    #[inline]
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*array)
    }

    #[inline]
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(taken)
    }
}
