//! Social security numbers of the United States.

use super::ends_word;

/// Where the number that begins at `at` ends: three, two and four digits, none of them zeros only.
pub(super) fn end(bytes: &[u8], at: usize) -> Option<usize> {
    plain(bytes, at).or_else(|| grouped(bytes, at))
}

/// Nine digits side by side, where the words before them say what they are.
fn plain(bytes: &[u8], at: usize) -> Option<usize> {
    let text = bytes.get(at..at + 9)?;
    let digits = text.iter().all(u8::is_ascii_digit) && ends_word(bytes, at + 9);
    let number = |range: std::ops::Range<usize>| {
        text[range].iter().fold(0_u32, |number, byte| number * 10 + u32::from(byte.wrapping_sub(b'0')))
    };
    let valid = digits && !matches!(number(0..3), 0 | 666 | 900..) && number(3..5) != 0 && number(5..9) != 0;
    (valid && is_said(&bytes[at.saturating_sub(16)..at])).then_some(at + 9)
}

fn grouped(bytes: &[u8], at: usize) -> Option<usize> {
    let text = bytes.get(at..at + 11)?;
    let digits = |range: std::ops::Range<usize>| {
        text[range].iter().try_fold(0_u32, |number, byte| {
            byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0'))
        })
    };
    let separator = text[3];
    if !matches!(separator, b'-' | b' ') || text[6] != separator {
        return None;
    }
    let (area, group, serial) = (digits(0..3)?, digits(4..6)?, digits(7..11)?);
    // Blanks stand between numbers of all sorts.
    let said = separator == b'-' || is_said(&bytes[at.saturating_sub(32)..at]);
    let valid = !matches!(area, 0 | 666 | 900..) && group != 0 && serial != 0;
    (said && valid && ends_word(bytes, at + 11)).then_some(at + 11)
}

/// Whether the words before it say what it is.
fn is_said(before: &[u8]) -> bool {
    let before = before.to_ascii_lowercase();
    [&b"ssn"[..], b"social security"].iter().any(|word| memchr::memmem::find(&before, word).is_some())
}
