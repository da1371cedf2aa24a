//! Attributes as `KeyValue`s: a key (1) and an `AnyValue` (2).

use std::ops::Range;

use super::protobuf::{Small, bytes, delimited, delimited_len, fixed64, integer, varint_len};
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
        AttributeValue::Str(value) => text(body, field, key, value),
        AttributeValue::Composed(value) => composed(body, field, key, value, twice),
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

/// Begins an attribute whose value has so many bytes.
#[inline]
fn begin(body: &mut Vec<u8>, field: u8, key: &Key<'_>, value: usize) {
    delimited(body, field, delimited_len(key.len()) + delimited_len(value));
    write_key(body, key);
    delimited(body, 2, value);
}

#[inline]
fn write_key(body: &mut Vec<u8>, key: &Key<'_>) {
    delimited(body, 1, key.len());
    body.extend_from_slice(key.prefix.as_bytes());
    if !key.name.is_empty() {
        body.extend_from_slice(key.name.as_bytes());
    }
}

fn text(body: &mut Vec<u8>, field: u8, key: &Key<'_>, value: &str) {
    begin(body, field, key, delimited_len(value.len()));
    bytes(body, STRING, value.as_bytes());
}

/// Its length is known when it is written.
fn composed(body: &mut Vec<u8>, field: u8, key: &Key<'_>, value: &Composed<'_>, twice: &mut Twice) {
    let attribute = Small::begin(body, field);
    write_key(body, key);
    let any = Small::begin(body, 2);
    let text = Small::begin(body, STRING);
    twice.write(body, value);
    text.end(body);
    any.end(body);
    attribute.end(body);
}

fn list<T>(body: &mut Vec<u8>, field: u8, key: &Key<'_>, values: &[T], write: impl Fn(&mut Vec<u8>, &T)) {
    let attribute = Small::begin(body, field);
    write_key(body, key);
    let any = Small::begin(body, 2);
    let list = Small::begin(body, ARRAY);
    for value in values {
        write(body, value);
    }
    list.end(body);
    any.end(body);
    attribute.end(body);
}
