use std::borrow::Cow;

/// Makes text of bytes that come in pieces, which may end within a character.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// The begin of a character, 3 bytes at most.
    begun: Vec<u8>,
}

impl Decoder {
    /// The characters that are whole by now. What is no text becomes `�`.
    pub(super) fn push<'a>(&mut self, bytes: &'a [u8]) -> Cow<'a, str> {
        if self.begun.is_empty() {
            let (whole, begun) = split(bytes);
            self.begun.extend_from_slice(begun);
            return String::from_utf8_lossy(whole);
        }
        let mut joined = std::mem::take(&mut self.begun);
        joined.extend_from_slice(bytes);
        let (whole, begun) = split(&joined);
        self.begun.extend_from_slice(begun);
        Cow::Owned(String::from_utf8_lossy(whole).into_owned())
    }
}

/// Splits off a character that has begun at the end.
fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let from = bytes.len().saturating_sub(3);
    for (place, byte) in bytes.iter().enumerate().skip(from).rev() {
        let length = match byte {
            0x80..=0xBF => continue,
            0xC0..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0.. => 4,
            _ => 1,
        };
        return bytes.split_at(if place + length > bytes.len() { place } else { bytes.len() });
    }
    (bytes, &[])
}

#[cfg(test)]
mod tests {
    use super::Decoder;

    #[test]
    fn a_text_may_be_split_anywhere() {
        let text = "aü€😀z\n";
        for size in 1..text.len() {
            let mut decoder = Decoder::default();
            let pieces = text.as_bytes().chunks(size).map(|piece| decoder.push(piece).into_owned());
            assert_eq!(pieces.collect::<String>(), text, "in pieces of {size}");
        }
    }

    #[test]
    fn what_is_no_text_is_marked() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.push(&[b'a', 0xFF, b'b']), "a\u{FFFD}b");
        assert_eq!(decoder.push(&[0xE2]), "");
        assert_eq!(decoder.push(b"x"), "\u{FFFD}x");
        assert_eq!(decoder.push(&[0x80; 9]).chars().count(), 9);
    }
}
