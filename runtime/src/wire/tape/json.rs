//! A value of a tape is JSON to whoever serializes it.
//!
//! Requests are full of it, and prompts are long and need few escapes: so it is written here, straight to where it
//! goes, and runs that need no escape are looked for many bytes at a time. `serde_json` looks at each.
//!
//! What was cut is said in the text itself, with an ellipsis and a count: backends know no field for it, and
//! people read the text.

use std::fmt;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::read::Cursor;
use super::{Map, Seq, Tag, Text, Unread, Value};
use crate::wire::text::{Escaped, TextSink, beginning, format, write_key, write_quoted, write_quoted_bytes};

impl Value<'_> {
    /// The value as JSON text. NaN and infinities, which JSON lacks, become null.
    ///
    /// Keys that came more than once stay so: it is what the value said.
    #[must_use]
    pub fn to_json(&self) -> String {
        // One escape in sixteen bytes is more than prose needs; growing once more is no harm.
        let mut json = Vec::with_capacity(self.size() + self.size() / 16 + 16);
        self.write_json(&mut json);
        // It is UTF-8, since only text was written.
        String::from_utf8(json).unwrap_or_default()
    }

    /// Writes the value as JSON text.
    pub(crate) fn write_json<S: TextSink>(&self, json: &mut S) {
        match self {
            Self::Null => json.push_clean(b"null"),
            Self::Bool(value) => json.push_clean(if *value { b"true" } else { b"false" }),
            Self::Unsigned(value) => write_integer(*value, json),
            Self::Signed(value) => write_integer(*value, json),
            Self::WideUnsigned(value) => write_integer(*value, json),
            Self::WideSigned(value) => write_integer(*value, json),
            Self::Single(value) => write_float(*value, value.is_finite(), json),
            Self::Double(value) => write_float(*value, value.is_finite(), json),
            Self::Text(text) => text.write_json(json),
            Self::Seq(Seq(values)) => write_seq(*values, json),
            Self::Map(Map(pairs)) => write_map(*pairs, json),
            Self::Cut(missing) => write_missing(*missing, json),
        }
    }
}

impl Unread<'_> {
    /// Writes the value as JSON text, without a look at what it holds.
    pub(crate) fn write_json<S: TextSink>(mut self, json: &mut S) {
        write_next(&mut self.0, json);
    }
}

impl Text<'_> {
    /// Writes the text as a JSON string.
    pub(crate) fn write_json<S: TextSink>(&self, json: &mut S) {
        if self.cut.is_none() {
            return write_quoted(self.kept, json);
        }
        json.push_quote_within(0);
        let inside = &mut Escaped(&mut *json);
        match beginning(self.kept, inside.room()) {
            None if inside.room() == usize::MAX => self.write(inside),
            kept => {
                inside.push(kept.unwrap_or(self.kept).as_bytes());
                inside.push_clean("…".as_bytes());
            }
        }
        json.push_quote_within(0);
    }

    /// Writes the text as it is, with a mark where it was cut.
    pub(crate) fn write<S: TextSink>(&self, sink: &mut S) {
        sink.push(self.kept.as_bytes());
        if let Some(original) = self.cut {
            let kept = (self.kept.len() + self.tail.len()) as u64;
            match original {
                0 => sink.push_clean("…".as_bytes()),
                _ => format(sink, format_args!("…[+{} bytes]", original.saturating_sub(kept))),
            }
            sink.push(self.tail.as_bytes());
        }
    }
}

/// Writes the next value, without a look at what it holds; a null where there is none.
fn write_next<S: TextSink>(cursor: &mut Cursor<'_>, json: &mut S) {
    match cursor.rest.first().and_then(|tag| Tag::from_byte(*tag)) {
        Some(Tag::Text) => {
            if let Some(text) = cursor.tagged_chunk() {
                return write_quoted_bytes(text, json);
            }
        }
        Some(Tag::Seq) => {
            if let Some(rest) = cursor.tagged_chunk() {
                return write_seq(Cursor { rest }, json);
            }
        }
        Some(Tag::Map) => {
            if let Some(rest) = cursor.tagged_chunk() {
                return write_map(Cursor { rest }, json);
            }
        }
        // Nearly every integer.
        Some(Tag::Small) => {
            if let Some((value, rest)) = cursor.rest.get(1..).and_then(<[u8]>::split_first) {
                cursor.rest = rest;
                return write_integer(*value, json);
            }
        }
        _ => {
            if let Some(value) = cursor.value() {
                return value.write_json(json);
            }
        }
    }
    json.push_clean(b"null");
    cursor.rest = &[];
}

/// A sink that has room for few items gets the first of them.
fn write_seq<S: TextSink>(mut values: Cursor<'_>, json: &mut S) {
    json.push_clean(b"[");
    let mut left = json.room();
    while !values.rest.is_empty() {
        if left == 0 {
            write_missing(0, json);
            break;
        }
        write_next(&mut values, json);
        left -= 1;
        if !values.rest.is_empty() {
            json.push_clean(b",");
        }
    }
    json.push_clean(b"]");
}

/// A map that was cut ends with the mark in the place of a key.
fn write_map<S: TextSink>(mut pairs: Cursor<'_>, json: &mut S) {
    json.push_clean(b"{");
    let mut left = json.room();
    while let Some(tag) = pairs.rest.first() {
        let key = if left > 0 { pairs.key() } else { None };
        let Some(key) = key else {
            write_quoted("…", json);
            json.push_clean(b":");
            match pairs.value() {
                Some(cut @ Value::Cut(_)) if left > 0 && *tag == Tag::Cut as u8 => cut.write_json(json),
                _ => write_quoted("…", json),
            }
            break;
        };
        write_key(key, json);
        json.push_clean(b":");
        write_next(&mut pairs, json);
        left -= 1;
        if !pairs.rest.is_empty() {
            json.push_clean(b",");
        }
    }
    json.push_clean(b"}");
}

/// What stands in the place of items that were not kept, as a JSON string.
pub(crate) fn write_missing<S: TextSink>(missing: u64, json: &mut S) {
    json.push_quote_within(0);
    format(json, format_args!("{}", Missing(missing)));
    json.push_quote_within(0);
}

fn write_integer<S: TextSink>(value: impl itoa::Integer, json: &mut S) {
    json.push_clean(itoa::Buffer::new().format(value).as_bytes());
}

/// The shortest digits that stand for the number, as `serde_json` writes them.
pub(crate) fn write_float<S: TextSink>(value: impl zmij::Float, is_finite: bool, json: &mut S) {
    if is_finite {
        json.push_clean(zmij::Buffer::new().format_finite(value).as_bytes());
    } else {
        json.push_clean(b"null");
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Unsigned(value) => serializer.serialize_u64(*value),
            Self::Signed(value) => serializer.serialize_i64(*value),
            Self::WideUnsigned(value) => serializer.serialize_u128(*value),
            Self::WideSigned(value) => serializer.serialize_i128(*value),
            Self::Single(value) => serializer.serialize_f32(*value),
            Self::Double(value) => serializer.serialize_f64(*value),
            Self::Text(text) => text.serialize(serializer),
            Self::Seq(seq) => seq.serialize(serializer),
            Self::Map(map) => map.serialize(serializer),
            Self::Cut(missing) => serializer.collect_str(&Missing(*missing)),
        }
    }
}

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.cut {
            None => serializer.serialize_str(self.kept),
            Some(_) => serializer.collect_str(self),
        }
    }
}

impl Serialize for Seq<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        for value in *self {
            seq.serialize_element(&value)?;
        }
        seq.end()
    }
}

impl Serialize for Map<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in *self {
            map.serialize_entry(if matches!(value, Value::Cut(_)) { "…" } else { key }, &value)?;
        }
        map.end()
    }
}

/// What stands in the place of items that were not kept.
struct Missing(u64);

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("…"),
            missing => write!(f, "…[+{missing} more]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::wire::{Field, Tape};

    fn json(write: impl FnOnce(&mut Tape)) -> String {
        let mut tape = Tape::default();
        tape.entry(Field::Output, None);
        write(&mut tape);
        tape.get(Field::Output).expect("one entry").to_json()
    }

    #[test]
    fn numbers_keep_their_digits() {
        assert_eq!(json(|tape| tape.unsigned(u64::MAX)), "18446744073709551615");
        assert_eq!(json(|tape| tape.signed(-1)), "-1");
        assert_eq!(json(|tape| tape.single(0.1)), "0.1");
        assert_eq!(json(|tape| tape.double(f64::NAN)), "null");
        assert_eq!(json(|tape| tape.wide_signed(i128::MIN)), i128::MIN.to_string());
    }

    #[test]
    fn what_is_missing_is_said() {
        assert_eq!(json(|tape| tape.cut_text("abc", "", 10)), r#""abc…[+7 bytes]""#);
        let seq = json(|tape| {
            tape.begin_seq();
            tape.unsigned(1);
            tape.cut(99);
            tape.end();
        });
        assert_eq!(seq, r#"[1,"…[+99 more]"]"#);
        let map = json(|tape| {
            tape.begin_map();
            tape.text("a");
            tape.null();
            tape.cut(0);
            tape.end();
        });
        assert_eq!(map, r#"{"a":null,"…":"…"}"#);
    }

    #[test]
    fn a_text_is_escaped_as_serde_json_does() {
        let hostile = (0..0x80_u8).map(char::from).chain("éß…\u{2028}\u{202e}😀".chars());
        for (char, place) in hostile.flat_map(|char| (0..72).map(move |place| (char, place))) {
            let mut text = "x".repeat(place);
            text.extend([char, char, 'y', char]);
            text.push_str("the rest of the text, longer than a lane");
            assert_eq!(json(|tape| tape.text(&text)), serde_json::to_string(&text).expect("a text"));
        }
    }

    #[test]
    fn a_tape_that_is_cut_anywhere_reads_without_panicking() {
        let mut tape = Tape::default();
        tape.entry(Field::Argument, Some("request"));
        tape.begin_map();
        tape.text("model");
        tape.text("gpt");
        tape.end();
        let bytes = tape.into_buffer();
        for len in 0..bytes.len() {
            let cut = Tape { bytes: bytes[..len].to_vec(), ..Tape::default() };
            assert_eq!(cut.entries().count(), 0);
        }
    }
}
