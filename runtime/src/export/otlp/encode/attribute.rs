//! Attributes as `KeyValue`s: a key (1) and an `AnyValue` (2).

use std::ops::Range;

use super::protobuf::{Small, bytes, delimited, delimited_len, fixed64, head, integer, low_bits, varint_len};
use crate::convert::attribute::{AttributeValue, Key};
use crate::convert::composed::Composed;
use crate::convert::content::{CALL, Input, RESULT};

/// The fields of an `AnyValue`.
const STRING: u8 = 1;
const BOOL: u8 = 2;
const INT: u8 = 3;
const DOUBLE: u8 = 4;
const ARRAY: u8 = 5;

/// Where in the body the texts stand that a span has twice.
#[derive(Clone, Debug, Default)]
pub(super) struct Twice {
    object: Option<Range<usize>>,
    output: Option<Range<usize>>,
}

impl Twice {
    /// Writes a text, or copies it from where it stands. A span has one input and one output: what is made of it in the
    /// same way is the same.
    fn write(&mut self, body: &mut Vec<u8>, value: &Composed<'_>) {
        let start = body.len();
        let (around, inside) = match value {
            Composed::Call(Input::Arguments(_)) => (CALL, self.object.clone()),
            Composed::Output(_) => (["", ""], self.output.clone()),
            Composed::Result(output) if output.is_map() => (["", ""], self.output.clone()),
            Composed::Result(_) => (RESULT, self.output.clone()),
            _ => (["", ""], None),
        };
        if let Some(inside) = inside {
            body.extend_from_slice(around[0].as_bytes());
            body.extend_from_within(inside);
            body.extend_from_slice(around[1].as_bytes());
            return;
        }
        value.write(body);
        match value {
            Composed::Object(_) => self.object = Some(start..body.len()),
            Composed::Output(_) => self.output = Some(start..body.len()),
            _ => {}
        }
    }
}

/// Appends an attribute as a field of this number.
pub(super) fn write(
    body: &mut Vec<u8>,
    field: u8,
    key: &Key<'_>,
    value: &AttributeValue<'_>,
    twice: &mut Twice,
) {
    match value {
        AttributeValue::Str(value) => text(body, field, key, value.as_bytes()),
        AttributeValue::Composed(value) => open(body, field, key, STRING, |body| twice.write(body, value)),
        AttributeValue::Bool(value) => {
            begin(body, field, key, 2);
            integer(body, BOOL, u64::from(*value));
        }
        AttributeValue::I64(value) => {
            let value = value.cast_unsigned();
            begin(body, field, key, 1 + varint_len(value));
            integer(body, INT, value);
        }
        AttributeValue::F64(value) => {
            begin(body, field, key, 9);
            fixed64(body, DOUBLE, value.to_bits());
        }
        AttributeValue::Bools(values) => list(body, field, key, values, |body, value| {
            delimited(body, 1, 2);
            integer(body, BOOL, u64::from(*value));
        }),
        AttributeValue::I64s(values) => list(body, field, key, values, |body, value| {
            let value = value.cast_unsigned();
            delimited(body, 1, 1 + varint_len(value));
            integer(body, INT, value);
        }),
        AttributeValue::F64s(values) => list(body, field, key, values, |body, value| {
            delimited(body, 1, 9);
            fixed64(body, DOUBLE, value.to_bits());
        }),
        AttributeValue::Strs(values) => list(body, field, key, values, |body, value| {
            delimited(body, 1, delimited_len(value.len()));
            bytes(body, STRING, value.as_bytes());
        }),
    }
}

/// An attribute whose value is a text.
#[inline]
fn text(body: &mut Vec<u8>, field: u8, key: &Key<'_>, value: &[u8]) {
    begin(body, field, key, delimited_len(value.len()));
    bytes(body, STRING, value);
}

/// Begins an attribute whose value has so many bytes.
///
/// Nearly all are short: what stands before the key is appended at once then.
#[inline]
fn begin(body: &mut Vec<u8>, field: u8, key: &Key<'_>, value: usize) {
    let key_len = key.len();
    if let Ok(len @ ..0x80) = u8::try_from(4 + key_len + value) {
        body.extend_from_slice(&[head(field), len, head(1), low_bits(key_len as u64)]);
    } else {
        delimited(body, field, delimited_len(key_len) + delimited_len(value));
        delimited(body, 1, key_len);
    }
    write_name(body, key);
    delimited(body, 2, value);
}

#[inline]
fn write_name(body: &mut Vec<u8>, key: &Key<'_>) {
    body.extend_from_slice(key.prefix.as_bytes());
    if !key.name.is_empty() {
        body.extend_from_slice(key.name.as_bytes());
    }
}

/// An attribute whose value is of this kind, and has a length that is known when it is written.
#[inline]
fn open(body: &mut Vec<u8>, field: u8, key: &Key<'_>, kind: u8, write: impl FnOnce(&mut Vec<u8>)) {
    let attribute = Small::begin(body, field);
    delimited(body, 1, key.len());
    write_name(body, key);
    let any = Small::begin(body, 2);
    let value = Small::begin(body, kind);
    write(body);
    for open in [value, any, attribute] {
        open.end(body);
    }
}

fn list<T>(body: &mut Vec<u8>, field: u8, key: &Key<'_>, values: &[T], write: impl Fn(&mut Vec<u8>, &T)) {
    open(body, field, key, ARRAY, |body| values.iter().for_each(|value| write(body, value)));
}
