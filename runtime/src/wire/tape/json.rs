//! A value of a tape is JSON to whoever serializes it.
//!
//! [`Value::to_json`] writes the text itself: prompts are long and need few escapes, so runs that need none are
//! looked for many bytes at a time. `serde_json` looks at each.
//!
//! What was cut is said in the text itself, with an ellipsis and a count: backends know no field for it, and
//! people read the text.

use std::fmt::Write;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::{Map, Seq, Text, Value};

impl Value<'_> {
    /// The value as JSON text. NaN and infinities, which JSON lacks, become null.
    ///
    /// Keys that came more than once stay so: it is what the value said.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = String::with_capacity(self.hint());
        self.write_json(&mut json);
        json
    }

    /// About the bytes of JSON that the value takes.
    ///
    /// One escape in sixteen bytes is more than prose needs; growing once more is no harm.
    pub(crate) fn hint(&self) -> usize {
        let bytes = match self {
            Self::Text(text) => text.kept.len(),
            Self::Seq(Seq(cursor)) | Self::Map(Map(cursor)) => cursor.rest.len(),
            _ => 16,
        };
        bytes + bytes / 16 + 16
    }

    /// Writes the value as JSON text.
    pub(crate) fn write_json(&self, json: &mut String) {
        match self {
            Self::Null => json.push_str("null"),
            Self::Bool(value) => json.push_str(if *value { "true" } else { "false" }),
            Self::Unsigned(value) => put(json, value),
            Self::Signed(value) => put(json, value),
            Self::WideUnsigned(value) => put(json, value),
            Self::WideSigned(value) => put(json, value),
            // The digits of a float are a science of their own.
            Self::Single(value) => json.push_str(&serde_json::to_string(value).unwrap_or_default()),
            Self::Double(value) => json.push_str(&serde_json::to_string(value).unwrap_or_default()),
            Self::Text(text) if text.cut.is_none() => write_text(text.kept, json),
            Self::Text(text) => write_text(&text.to_string(), json),
            Self::Seq(seq) => {
                json.push('[');
                for (index, value) in seq.enumerate() {
                    if index > 0 {
                        json.push(',');
                    }
                    value.write_json(json);
                }
                json.push(']');
            }
            Self::Map(map) => {
                json.push('{');
                for (index, (key, value)) in map.enumerate() {
                    if index > 0 {
                        json.push(',');
                    }
                    write_text(if matches!(value, Self::Cut(_)) { "…" } else { key }, json);
                    json.push(':');
                    value.write_json(json);
                }
                json.push('}');
            }
            Self::Cut(missing) => write_text(&Missing(*missing).to_string(), json),
        }
    }
}

/// Writing to a string does not fail.
fn put(json: &mut String, value: impl std::fmt::Display) {
    let _ = write!(json, "{value}");
}

/// Writes a text as a JSON string.
///
/// Byte for byte what `serde_json` writes; a test compares the two.
pub(crate) fn write_text(text: &str, json: &mut String) {
    json.push('"');
    let mut rest = text;
    loop {
        let (clean, dirty) = rest.split_at(clean_run(rest.as_bytes()));
        json.push_str(clean);
        let Some(&byte) = dirty.as_bytes().first() else { break };
        match byte {
            b'"' => json.push_str("\\\""),
            b'\\' => json.push_str("\\\\"),
            b'\n' => json.push_str("\\n"),
            b'\r' => json.push_str("\\r"),
            b'\t' => json.push_str("\\t"),
            0x08 => json.push_str("\\b"),
            0x0c => json.push_str("\\f"),
            _ => put(json, format_args!("\\u{byte:04x}")),
        }
        // What is escaped is ASCII.
        rest = &dirty[1..];
    }
    json.push('"');
}

/// How many bytes at the front need no escape.
///
/// The inner loop has no branch, so that the compiler makes one comparison of many bytes.
fn clean_run(bytes: &[u8]) -> usize {
    /// As many as one instruction compares.
    const LANE: usize = 16;
    let dirty = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
    let lanes = bytes.chunks_exact(LANE);
    let clean =
        lanes.take_while(|lane| !lane.iter().fold(false, |any, byte| any | dirty(byte))).count() * LANE;
    let rest = &bytes[clean..];
    clean + rest.iter().position(dirty).unwrap_or(rest.len())
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

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
        for (char, place) in hostile.flat_map(|char| (0..40).map(move |place| (char, place))) {
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
            let cut = Tape { bytes: bytes[..len].to_vec(), open: 0, depth: 0 };
            assert_eq!(cut.entries().count(), 0);
        }
    }
}
