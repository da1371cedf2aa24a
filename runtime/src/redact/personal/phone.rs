//! Telephone numbers.

use super::{Digits, ends_word};

/// Where the number that begins at `at` ends: with its country (`+49 30 123456`), as North Americans write theirs
/// (`(415) 555-2671`, `415-555-2671`), or behind a word that says what it is.
pub(super) fn end(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes[at] {
        b'+' => international(bytes, at + 1),
        b'(' => {
            let area = Digits::read(bytes, at + 1, 3, b"");
            (area.values.len() == 3 && bytes.get(area.end) == Some(&b')')).then_some(())?;
            let rest = area.end + 1 + usize::from(bytes.get(area.end + 1) == Some(&b' '));
            let local = Digits::read(bytes, rest, 7, b"-. ");
            (local.groups == [3, 4]
                && is_north_american(&area.values, &local.values)
                && ends_word(bytes, local.end))
            .then_some(local.end)
        }
        _ => {
            let read = Digits::read(bytes, at, 15, b"-. /");
            let ends = ends_word(bytes, read.end);
            let american = match &read.groups[..] {
                [3, 3, 4] => is_north_american(&read.values[..3], &read.values[3..]),
                [1, 3, 3, 4] => {
                    read.values[0] == 1 && is_north_american(&read.values[1..4], &read.values[4..])
                }
                _ => false,
            };
            let hyphens = !bytes[at..read.end].iter().any(|byte| matches!(byte, b'.' | b'/' | b' '));
            let said = (7..=15).contains(&read.values.len()) && is_said(&bytes[at.saturating_sub(24)..at]);
            (ends && (american && hyphens || said)).then_some(read.end)
        }
    }
}

/// The country, and at most so many digits as the whole world has agreed on.
fn international(bytes: &[u8], at: usize) -> Option<usize> {
    const LONGEST: usize = 15;
    if !matches!(bytes.get(at)?, b'1'..=b'9') {
        return None;
    }
    let mut end = at;
    let (mut digits, mut groups, mut open) = (0, 1, false);
    for (place, byte) in bytes.iter().enumerate().skip(at) {
        match byte {
            b'0'..=b'9' if digits == LONGEST => return None,
            b'0'..=b'9' => (digits, end) = (digits + 1, place + 1),
            b'(' if !open => open = true,
            b')' if open => open = false,
            b' ' | b'-' | b'.' | b'/' if place == end || bytes[place - 1] == b')' => groups += 1,
            _ => break,
        }
        if place > end + 2 {
            break;
        }
    }
    // `+1441497364.649`
    if groups == 2 && bytes[at..end].contains(&b'.') {
        return None;
    }
    let least = if groups > 1 { 8 } else { 10 };
    (digits >= least && ends_word(bytes, end)).then_some(end)
}

/// Areas and exchanges begin with a digit above 1.
fn is_north_american(area: &[u8], local: &[u8]) -> bool {
    local.len() == 7 && area[0] > 1 && local[0] > 1
}

/// Whether the words before it say what it is.
fn is_said(before: &[u8]) -> bool {
    const WORDS: [&[u8]; 9] = [
        b"phone",
        b"mobile",
        b"tel",
        b"cell",
        b"fax",
        b"call me",
        b"whatsapp",
        b"handy",
        b"\xe7\x94\xb5\xe8\xaf\x9d",
    ];
    let before = before.to_ascii_lowercase();
    let is_between = |byte: &u8| !byte.is_ascii_alphanumeric();
    WORDS.iter().any(|word| {
        memchr::memmem::rfind(&before, word).is_some_and(|found| {
            let rest = &before[found + word.len()..];
            let begins = found == 0 || !before[found - 1].is_ascii_alphanumeric() || *word != b"tel";
            let number = [
                &b""[..],
                b" number",
                b" no",
                b"_number",
                b"number",
                b" is",
                b" number is",
                b"ephone",
                b" at",
            ];
            begins
                && number
                    .iter()
                    .any(|words| rest.strip_prefix(*words).is_some_and(|rest| rest.iter().all(is_between)))
        })
    })
}
