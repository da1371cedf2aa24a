//! Numbers of payment cards.

use super::{Digits, ends_word};

/// Where the card number that begins at `at` ends.
pub(super) fn end(bytes: &[u8], at: usize) -> Option<usize> {
    const LONGEST: usize = 19;
    if !matches!(bytes[at], b'2'..=b'6') {
        return None;
    }
    let read = Digits::read(bytes, at, LONGEST, b" -.");
    let grouped = matches!(read.groups[..], [_] | [4, 4, 4, 1..=7] | [4, 4, 4, 4, 3] | [4, 6, 4 | 5]);
    // So many digits in one are mostly an id.
    let id = read.groups.len() == 1 && read.values.len() == LONGEST;
    let id = id || read.groups.len() == 1 && is_among_numbers(bytes, at, read.end);
    (grouped && !id && ends_word(bytes, read.end) && is_card(&read.values)).then_some(read.end)
}

/// Whether it is one of several numbers in the call of a function, as constants are: `f(1, 2, 3)`.
fn is_among_numbers(bytes: &[u8], start: usize, end: usize) -> bool {
    let is_digit =
        |place: Option<usize>| place.and_then(|place| bytes.get(place)).is_some_and(u8::is_ascii_digit);
    let before = &bytes[..start];
    let called = before.ends_with(b"(") && start > 1 && before[start - 2].is_ascii_alphanumeric();
    let follows = before.ends_with(b", ") && is_digit(start.checked_sub(3));
    (called || follows) && bytes[end..].starts_with(b", ") && is_digit(Some(end + 2))
}

/// Whether a whole number is one.
pub(in crate::redact) fn is_card_number(number: u64) -> bool {
    (1_000_000_000_000..10_000_000_000_000_000).contains(&number)
        && is_card(&number.to_string().bytes().map(|byte| byte - b'0').collect::<Vec<_>>())
}

/// Whether the issuer has cards of this length, and the last digit is right.
fn is_card(digits: &[u8]) -> bool {
    let first =
        |count: usize| digits.iter().take(count).fold(0_u32, |number, digit| number * 10 + u32::from(*digit));
    let lengths: &[usize] = match (first(1), first(2), first(3), first(4)) {
        (4, ..) => &[13, 16, 19],
        (_, 51..=55, ..) | (.., 2221..=2720) => &[16],
        (_, 34 | 37, ..) => &[15],
        (_, 36 | 38 | 39, ..) | (.., 300..=305, _) => &[14],
        (_, 62 | 65, ..) | (.., 644..=649, _) | (.., 6011 | 3528..=3589) => &[16, 19],
        _ => &[],
    };
    let same = digits.iter().all(|digit| *digit == digits[0]);
    lengths.contains(&digits.len()) && !same && luhn(digits)
}

/// Whether the last digit is the check digit of the others.
fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(*digit) * 2) {
            (0, double) => double / 2,
            (_, double) => double / 10 + double % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}
