//! Where text is written to, and how text goes into JSON.
//!
//! Text travels as bytes here, which are UTF-8: what comes from a tape is checked while it is looked through for what
//! JSON escapes, and not once more.

use std::fmt;

use super::escape::{ESCAPES, SHORT, clean_short, escape};

/// Takes text: the body of a request, a text within JSON.
pub(crate) trait TextSink {
    /// Appends a text as it stands within so many JSON strings.
    fn push_within(&mut self, text: &[u8], strings: usize);

    /// As [`push_within`](Self::push_within), of bytes that ought to be UTF-8; where they are not, the text ends.
    fn push_unchecked_within(&mut self, text: &[u8], strings: usize);

    /// Appends a quotation mark as it stands within so many JSON strings.
    fn push_quote_within(&mut self, strings: usize);

    /// Appends a JSON string as it stands within so many others: quotation marks, and between them bytes that ought to be
    /// UTF-8; where they are not, the text ends.
    #[inline]
    fn push_string_within(&mut self, text: &[u8], strings: usize) {
        self.push_quote_within(strings);
        self.push_unchecked_within(text, strings + 1);
        self.push_quote_within(strings);
    }

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

    /// Most are keys: short, and as clean as they look. Such a one is appended at once.
    #[inline]
    fn push_string_within(&mut self, text: &[u8], strings: usize) {
        match (strings, clean_short(text)) {
            (0, Some(short)) => push_quoted(&short, text.len(), b"\"", self),
            (1, Some(short)) => push_quoted(&short, text.len(), b"\\\"", self),
            _ => {
                self.push_quote_within(strings);
                self.push_unchecked_within(text, strings + 1);
                self.push_quote_within(strings);
            }
        }
    }

    #[inline]
    fn push_clean(&mut self, text: &[u8]) {
        self.extend_from_slice(text);
    }
}

/// Appends the first bytes of a short text between quotation marks: all at once, and what is too much is taken back.
#[inline]
fn push_quoted<const QUOTE: usize>(short: &[u8; SHORT], len: usize, quote: &[u8; QUOTE], json: &mut Vec<u8>) {
    const ROOM: usize = SHORT + 8;
    let start = json.len();
    json.extend_from_slice(&[0; ROOM]);
    let room = &mut json[start..start + ROOM];
    room[..QUOTE].copy_from_slice(quote);
    room[QUOTE..QUOTE + SHORT].copy_from_slice(short);
    room[QUOTE + len..2 * QUOTE + len].copy_from_slice(quote);
    json.truncate(start + 2 * QUOTE + len);
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
    fn push_string_within(&mut self, text: &[u8], strings: usize) {
        self.0.push_string_within(text, strings + 1);
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
    json.push_string_within(text, 0);
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
