//! Where text is written to, and how text goes into JSON.
//!
//! Text travels as bytes here, which are UTF-8: what comes from a tape is checked while it is looked through for what
//! JSON escapes, and not once more.

use std::fmt;

/// Takes text: the body of a request, a text within JSON.
pub(crate) trait TextSink {
    /// Appends a text as it stands within so many JSON strings.
    fn push_within(&mut self, text: &[u8], strings: usize);

    /// As [`push_within`](Self::push_within), of bytes that ought to be UTF-8; where they are not, the text ends.
    fn push_unchecked_within(&mut self, text: &[u8], strings: usize);

    /// Appends a quotation mark as it stands within so many JSON strings.
    fn push_quote_within(&mut self, strings: usize);

    /// Appends a text without a character that JSON escapes; within JSON it is the same as outside.
    fn push_clean(&mut self, text: &[u8]);

    /// Appends a text.
    #[inline]
    fn push(&mut self, text: &[u8]) {
        self.push_within(text, 0);
    }

    /// How many characters of one text, and how many items of one list, there is room for.
    fn room(&self) -> usize {
        usize::MAX
    }
}

impl TextSink for Vec<u8> {
    #[inline]
    fn push_within(&mut self, text: &[u8], strings: usize) {
        match strings {
            0 => self.extend_from_slice(text),
            1 | 2 => _ = escape::<false>(text, &ESCAPES[strings - 1], self),
            _ => {
                let mut outer = Vec::new();
                outer.push_within(text, 2);
                self.push_within(&outer, strings - 2);
            }
        }
    }

    #[inline]
    fn push_unchecked_within(&mut self, text: &[u8], strings: usize) {
        let rest = match strings {
            1 | 2 => escape::<true>(text, &ESCAPES[strings - 1], self),
            _ => text,
        };
        if rest.is_empty() {
            return;
        }
        match std::str::from_utf8(rest) {
            Ok(rest) => self.push_within(rest.as_bytes(), strings),
            Err(_) => self.push_clean("…".as_bytes()),
        }
    }

    #[inline]
    fn push_quote_within(&mut self, strings: usize) {
        match strings {
            0 => self.extend_from_slice(b"\""),
            1 => self.extend_from_slice(b"\\\""),
            _ => self.push_within(b"\"", strings),
        }
    }

    #[inline]
    fn push_clean(&mut self, text: &[u8]) {
        self.extend_from_slice(text);
    }
}

/// The inside of a JSON string.
pub(crate) struct Escaped<'s, S>(pub(crate) &'s mut S);

impl<S: TextSink> TextSink for Escaped<'_, S> {
    #[inline]
    fn push_within(&mut self, text: &[u8], strings: usize) {
        self.0.push_within(text, strings + 1);
    }

    #[inline]
    fn push_unchecked_within(&mut self, text: &[u8], strings: usize) {
        self.0.push_unchecked_within(text, strings + 1);
    }

    #[inline]
    fn push_quote_within(&mut self, strings: usize) {
        self.0.push_quote_within(strings + 1);
    }

    #[inline]
    fn push_clean(&mut self, text: &[u8]) {
        self.0.push_clean(text);
    }

    fn room(&self) -> usize {
        self.0.room()
    }
}

/// Writes a text as a JSON string; where there is not enough room, its beginning.
///
/// Byte for byte what `serde_json` writes; a test compares the two.
#[inline]
pub(crate) fn write_quoted<S: TextSink>(text: &str, json: &mut S) {
    json.push_quote_within(0);
    match beginning(text, json.room()) {
        None => json.push_within(text.as_bytes(), 1),
        Some(kept) => {
            json.push_within(kept.as_bytes(), 1);
            json.push_clean("…".as_bytes());
        }
    }
    json.push_quote_within(0);
}

/// As [`write_quoted`], of bytes that ought to be UTF-8; where they are not, the text ends.
#[inline]
pub(crate) fn write_quoted_bytes<S: TextSink>(text: &[u8], json: &mut S) {
    if text.len() > json.room() {
        return write_quoted(std::str::from_utf8(text).unwrap_or("…"), json);
    }
    write_key(text, json);
}

/// As [`write_quoted_bytes`], whole, however little room there is: half of a key is another key.
#[inline]
pub(crate) fn write_key<S: TextSink>(text: &[u8], json: &mut S) {
    json.push_quote_within(0);
    json.push_unchecked_within(text, 1);
    json.push_quote_within(0);
}

/// The first characters of a text, so many as there is room for; none where there is room for all.
#[inline]
pub(crate) fn beginning(text: &str, room: usize) -> Option<&str> {
    if text.len() <= room {
        return None;
    }
    text.char_indices().nth(room).map(|(end, _)| &text[..end])
}

/// Writes what was formatted, which has nothing that JSON escapes.
pub(crate) fn format<S: TextSink>(sink: &mut S, text: fmt::Arguments<'_>) {
    struct Formatted<'s, S>(&'s mut S);
    impl<S: TextSink> fmt::Write for Formatted<'_, S> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.push_clean(text.as_bytes());
            Ok(())
        }
    }
    // Neither the sink nor what is formatted here fails.
    let _ = fmt::write(&mut Formatted(sink), text);
}

/// What stands for a byte: so many of these bytes.
type Escape = ([u8; 8], u8);
/// What stands for each byte up to the backslash, the last one that is escaped.
type Escapes = [Escape; 0x5d];

/// Within one JSON string, and within one that is within another.
static ESCAPES: [Escapes; 2] = {
    let once = escapes(&[([0; 8], 0); 0x5d]);
    [once, escapes(&once)]
};

/// What has to stand for each byte, for the text within to say it as `inner` has it.
const fn escapes(inner: &Escapes) -> Escapes {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut all = *inner;
    let mut byte = 0;
    while byte < all.len() {
        let (bytes, len) = match inner[byte] {
            (_, 0) => ([byte.to_le_bytes()[0], 0, 0, 0, 0, 0, 0, 0], 1),
            known => known,
        };
        let mut escape = ([0; 8], 0);
        let mut place = 0;
        while place < len as usize {
            let word: &[u8] = match bytes[place] {
                b'"' => b"\\\"",
                b'\\' => b"\\\\",
                b'\n' => b"\\n",
                b'\r' => b"\\r",
                b'\t' => b"\\t",
                0x08 => b"\\b",
                0x0c => b"\\f",
                byte @ 0..0x20 => {
                    &[b'\\', b'u', b'0', b'0', HEX[byte as usize >> 4], HEX[byte as usize & 0xf]]
                }
                clean => &[clean],
            };
            let mut of_word = 0;
            while of_word < word.len() {
                escape.0[escape.1 as usize] = word[of_word];
                escape.1 += 1;
                of_word += 1;
            }
            place += 1;
        }
        all[byte] = escape;
        byte += 1;
    }
    all
}

/// Writes the inside of a JSON string; with `ASCII`, as far as the text is ASCII. Gives back the rest.
fn escape<'t, const ASCII: bool>(text: &'t [u8], escapes: &Escapes, json: &mut Vec<u8>) -> &'t [u8] {
    let mut rest = text;
    loop {
        let (lane, clean) = if let Some(lane) = rest.first_chunk::<32>() {
            (lane.len(), copy_clean::<32, ASCII>(lane, json))
        } else if let Some(lane) = rest.first_chunk::<16>() {
            (lane.len(), copy_clean::<16, ASCII>(lane, json))
        } else {
            let clean = clean_short::<ASCII>(rest);
            json.extend_from_slice(&rest[..clean]);
            (usize::MAX, clean)
        };
        rest = &rest[clean..];
        if clean == lane {
            continue;
        }
        let Some((byte, behind)) = rest.split_first() else { return rest };
        let Some((bytes, len)) = escapes.get(usize::from(*byte)) else { return rest };
        json.extend_from_slice(bytes);
        json.truncate(json.len() - bytes.len() + usize::from(*len));
        rest = behind;
    }
}

/// Writes the bytes at the front of a lane that need no escape; says how many they are.
///
/// All are copied before that is known, and the others taken back: to copy a number that is known when the program is
/// compiled is quicker than to copy fewer.
#[inline]
fn copy_clean<const LANE: usize, const ASCII: bool>(lane: &[u8; LANE], json: &mut Vec<u8>) -> usize {
    json.extend_from_slice(lane);
    // Looked at as a whole: the compiler makes a few wide instructions of it.
    if !lane.iter().fold(false, |any, byte| any | is_dirty::<ASCII>(*byte)) {
        return LANE;
    }
    let clean = first_dirty::<ASCII>(lane);
    json.truncate(json.len() - LANE + clean);
    clean
}

/// How many of fewer than 16 bytes at the front need no escape; with `ASCII`, and are ASCII.
#[inline]
fn clean_short<const ASCII: bool>(bytes: &[u8]) -> usize {
    let place = |dirty: u64| dirty.trailing_zeros() as usize / 8;
    let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) else {
        return place(dirty_bytes::<ASCII>(one_word(bytes)));
    };
    let first = dirty_bytes::<ASCII>(u64::from_le_bytes(*first));
    let last = dirty_bytes::<ASCII>(u64::from_le_bytes(*last));
    match (first, last) {
        (0, 0) => bytes.len(),
        (0, last) => bytes.len() - 8 + place(last),
        (first, _) => place(first),
    }
}

/// Fewer than 8 bytes and a zero behind them, which ends every run.
#[inline]
fn one_word(bytes: &[u8]) -> u64 {
    let len = bytes.len();
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        return u64::from(u32::from_le_bytes(*first))
            | u64::from(u32::from_le_bytes(*last)) << (8 * (len - 4));
    }
    let Some((first, last)) = bytes.first().zip(bytes.last()) else { return 0 };
    u64::from(*first) | u64::from(bytes[len / 2]) << (8 * (len / 2)) | u64::from(*last) << (8 * (len - 1))
}

/// The place of the first byte of a lane that has to be escaped; the length of the lane where there is none.
#[inline]
fn first_dirty<const ASCII: bool>(lane: &[u8]) -> usize {
    let (words, _) = lane.as_chunks();
    for (place, word) in words.iter().enumerate() {
        let dirty = dirty_bytes::<ASCII>(u64::from_le_bytes(*word));
        if dirty != 0 {
            return 8 * place + dirty.trailing_zeros() as usize / 8;
        }
    }
    lane.len()
}

/// Whether a byte has to be escaped; with `ASCII`, or is not ASCII.
#[inline]
#[expect(clippy::needless_bitwise_bool, reason = "with jumps, no wide instructions: a fifth of the speed")]
fn is_dirty<const ASCII: bool>(byte: u8) -> bool {
    (byte < 0x20) | (byte == b'"') | (byte == b'\\') | (ASCII & !byte.is_ascii())
}

/// The high bit of each byte that has to be escaped; with `ASCII`, also of each that is not ASCII.
///
/// The lowest is right. Those above it may be marked in error: a subtraction borrows from the byte above.
#[inline]
fn dirty_bytes<const ASCII: bool>(word: u64) -> u64 {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let all = |byte: u8| ONES * u64::from(byte);
    // Of a byte below 128, the high bit tells that it was less than what was taken from it.
    let control = word.wrapping_sub(all(0x20));
    let quote = (word ^ all(b'"')).wrapping_sub(ONES);
    let backslash = (word ^ all(b'\\')).wrapping_sub(ONES);
    let dirty = control | quote | backslash;
    (if ASCII { dirty | word } else { dirty & !word }) & all(0x80)
}
