//! Data of persons: found by their form, and by checksums where they have one.

mod account;
mod address;
mod card;
mod email;
mod phone;
mod ssn;

use super::credential::is_token;
use super::finding::{Finding, Rank};
use super::kind::{Kind, Kinds};

pub(super) use card::is_card_number;

/// Finds what is of these kinds in a text.
pub(super) fn find(text: &str, kinds: Kinds, findings: &mut Vec<Finding<'_>>) {
    let bytes = text.as_bytes();
    if kinds.has(Kind::Email) {
        email::find(bytes, findings);
    }
    let of_digits = [Kind::Phone, Kind::PaymentCard, Kind::Iban, Kind::UsSsn, Kind::IpAddress];
    if of_digits.into_iter().any(|kind| kinds.has(kind)) {
        find_digits(bytes, kinds, findings);
    }
}

/// Asks at the beginning of each word that has a digit, or comes before one, what it is.
fn find_digits(bytes: &[u8], kinds: Kinds, findings: &mut Vec<Finding<'_>>) {
    type Find = fn(&[u8], usize) -> Option<usize>;
    const FINDS: [(Kind, Find, &str); 6] = [
        (Kind::PaymentCard, card::end, "payment_card"),
        (Kind::UsSsn, ssn::end, "us_ssn"),
        (Kind::Iban, account::end, "iban"),
        (Kind::Phone, phone::end, "phone"),
        (Kind::IpAddress, address::end_of_v4, "ip_address"),
        (Kind::IpAddress, address::end_of_v6, "ip_address"),
    ];
    let mut at = 0;
    while let Some(next) = next_word(bytes, at) {
        let mut found = FINDS.iter().filter(|(kind, ..)| kinds.has(*kind));
        let found = found.find_map(|(_, end, label)| Some((end(bytes, next)?, *label)));
        at = match found {
            Some((end, label)) => {
                findings.push(Finding::new(next..end, label, Rank::Form));
                end
            }
            None => next + 1,
        };
    }
}

/// The next place at which a number may begin: what stands before it is no part of it.
fn next_word(bytes: &[u8], from: usize) -> Option<usize> {
    (from..bytes.len()).find(|&at| {
        let byte = bytes[at];
        let starts = byte.is_ascii_digit()
            || matches!(byte, b'+' | b'(' | b':')
            || byte.is_ascii_alphabetic() && bytes.get(at + 2).is_some_and(u8::is_ascii_digit)
            || byte.is_ascii_hexdigit() && bytes[at..bytes.len().min(at + 5)].contains(&b':');
        starts && at.checked_sub(1).is_none_or(|before| !is_inside(bytes, before))
    })
}

/// Whether a word goes on behind the byte at `place`: a letter, a digit, or a point between digits.
fn is_inside(bytes: &[u8], place: usize) -> bool {
    let byte = bytes[place];
    let escape = place > 0 && bytes[place - 1] == b'\\' && matches!(byte, b'n' | b't' | b'r');
    let number = matches!(byte, b'.' | b',' | b':' | b'+' | b'#' | b'$' | b'@')
        && place > 0
        && bytes[place - 1].is_ascii_digit();
    is_token(byte) && !escape || number
}

/// Whether a number that ends at `end` is whole: no letter or digit follows, nor a point and a digit.
fn ends_word(bytes: &[u8], end: usize) -> bool {
    let at = |place: usize| bytes.get(place).copied().unwrap_or_default();
    let goes_on = matches!(at(end), b'.' | b':' | b'@') && at(end + 1).is_ascii_alphanumeric();
    !is_token(at(end)) && !goes_on
}

/// The digits from `at` on, with at most one blank or hyphen between two of them, and where they end; their lengths as
/// they are grouped. No more of them than `most`.
struct Digits {
    values: Vec<u8>,
    groups: Vec<usize>,
    end: usize,
}

impl Digits {
    fn read(bytes: &[u8], at: usize, most: usize, separators: &[u8]) -> Self {
        let mut read = Self { values: Vec::with_capacity(most), groups: Vec::new(), end: at };
        let (mut place, mut group) = (at, 0);
        while let Some(byte) = bytes.get(place) {
            if byte.is_ascii_digit() {
                if read.values.len() == most {
                    break;
                }
                read.values.push(byte - b'0');
                (group, read.end) = (group + 1, place + 1);
            } else if group > 0 && separators.contains(byte) {
                read.groups.push(group);
                group = 0;
            } else {
                break;
            }
            place += 1;
        }
        if group > 0 {
            read.groups.push(group);
        }
        read
    }
}
