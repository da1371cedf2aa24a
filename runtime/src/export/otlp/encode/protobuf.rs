//! The pieces that protobuf is made of, appended to a body.
//!
//! A message within a message needs its length in front. Where its parts are written after it, the place is left open
//! and filled in at the end, with a varint that is longer than it needs to be, which protobuf allows.

/// Values of a fixed or self-delimiting length.
const VARINT: u8 = 0;
const FIXED64: u8 = 1;
const DELIMITED: u8 = 2;
const FIXED32: u8 = 5;

/// A field whose length is filled in later, with a varint of so many bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open<const WIDTH: usize> {
    /// Where the length stands.
    at: usize,
}

/// A field that has up to 2 MiB nearly always.
pub(super) type Small = Open<3>;
/// A field that holds many others: any length that has room in memory.
pub(super) type Large = Open<LARGEST>;

const LARGEST: usize = 5;

impl<const WIDTH: usize> Open<WIDTH> {
    /// Begins a field.
    #[inline]
    pub(super) fn begin(body: &mut Vec<u8>, field: u8) -> Self {
        key(body, field, DELIMITED);
        let at = body.len();
        body.extend_from_slice(&[0; WIDTH]);
        Self { at }
    }

    /// Ends the field: all that came since is within. Where it is too long for the place that was left, it is moved.
    #[inline]
    pub(super) fn end(self, body: &mut Vec<u8>) {
        let len = (body.len() - self.at - WIDTH) as u64;
        if len >> (7 * WIDTH) == 0 {
            body[self.at..self.at + WIDTH].copy_from_slice(&long_varint::<WIDTH>(len));
        } else {
            body.splice(self.at..self.at + WIDTH, long_varint::<LARGEST>(len));
        }
    }
}

/// A varint that is longer than it needs to be.
#[inline]
fn long_varint<const WIDTH: usize>(value: u64) -> [u8; WIDTH] {
    std::array::from_fn(|place| {
        let more = if place + 1 < WIDTH { 0x80 } else { 0 };
        low_bits(value >> (7 * place)) | more
    })
}

/// The field numbers here are below 16, all but one: a key of them is one byte.
#[inline]
fn key(body: &mut Vec<u8>, field: u8, kind: u8) {
    if field < 16 {
        body.push(field << 3 | kind);
    } else {
        varint(body, u64::from(field) << 3 | u64::from(kind));
    }
}

#[inline]
pub(super) fn varint(body: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        body.push(low_bits(value) | 0x80);
        value >>= 7;
    }
    body.push(low_bits(value));
}

/// What a delimited field below 16 begins with.
#[inline]
pub(super) const fn head(field: u8) -> u8 {
    field << 3 | DELIMITED
}

#[inline]
pub(super) fn low_bits(value: u64) -> u8 {
    (value & 0x7f) as u8
}

/// How many bytes a varint has.
#[inline]
pub(super) fn varint_len(value: u64) -> usize {
    let bits = 64 - (value | 1).leading_zeros() as usize;
    bits.div_ceil(7)
}

/// How many bytes a field below 16 has whose content has so many.
#[inline]
pub(super) fn delimited_len(content: usize) -> usize {
    1 + varint_len(content as u64) + content
}

/// Begins a field whose length is known.
///
/// Most have a short one: two bytes that are appended at once.
#[inline]
pub(super) fn delimited(body: &mut Vec<u8>, field: u8, len: usize) {
    match u8::try_from(len) {
        Ok(len @ ..0x80) if field < 16 => body.extend_from_slice(&[head(field), len]),
        _ => {
            key(body, field, DELIMITED);
            varint(body, len as u64);
        }
    }
}

#[inline]
pub(super) fn bytes(body: &mut Vec<u8>, field: u8, bytes: &[u8]) {
    delimited(body, field, bytes.len());
    body.extend_from_slice(bytes);
}

#[inline]
pub(super) fn integer(body: &mut Vec<u8>, field: u8, value: u64) {
    key(body, field, VARINT);
    varint(body, value);
}

#[inline]
pub(super) fn fixed64(body: &mut Vec<u8>, field: u8, value: u64) {
    key(body, field, FIXED64);
    body.extend_from_slice(&value.to_le_bytes());
}

#[inline]
pub(super) fn fixed32(body: &mut Vec<u8>, field: u8, value: u32) {
    key(body, field, FIXED32);
    body.extend_from_slice(&value.to_le_bytes());
}
