//! Where runs of letters end, remembered: however many beginnings of secrets stand in one run, it is read once.

use std::cell::Cell;
use std::ops::RangeInclusive;

use super::alphabet::{end_of, is_alphanumeric, is_base64, is_capital, is_dotted, is_hex, is_token};

/// What a run is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// Letters, digits, `-` and `_`.
    Token,
    /// Letters and digits.
    Alphanumeric,
    /// Hexadecimal digits, the small ones.
    Hex,
    /// Capital letters and digits.
    Capital,
    /// Base64 of both alphabets.
    Base64,
    /// What tokens of several parts are made of.
    Dotted,
    /// What URLs that stand in texts are made of.
    Url,
    /// Values without quotes.
    Bare,
    /// What stands on one line, outside of quotes.
    Line,
    /// Everything but control characters.
    Printed,
}

impl Alphabet {
    const COUNT: usize = 10;

    fn letters(self) -> fn(u8) -> bool {
        match self {
            Self::Token => is_token,
            Self::Alphanumeric => is_alphanumeric,
            Self::Hex => is_hex,
            Self::Capital => is_capital,
            Self::Base64 => is_base64,
            Self::Dotted => is_dotted,
            Self::Url => |byte| !(byte <= b' ' || byte == 0x7f || b"\"'`<>\\".contains(&byte)),
            Self::Bare => |byte| !(byte <= b' ' || b"\"'`\\&;,()<>[]{}|".contains(&byte)),
            Self::Line => |byte| !matches!(byte, b'\n' | b'\r' | b'"' | b'\'' | b'`' | b'\\'),
            Self::Printed => |byte| byte >= b' ',
        }
    }
}

/// The last run of each alphabet in one text.
#[derive(Debug, Default)]
pub(super) struct Runs([Cell<Option<(usize, usize)>>; Alphabet::COUNT]);

impl Runs {
    /// Where the run that goes on at `from` ends.
    pub(super) fn end(&self, alphabet: Alphabet, bytes: &[u8], from: usize) -> usize {
        let last = &self.0[alphabet as usize];
        let known = |(start, end): &(usize, usize)| RangeInclusive::new(*start, *end).contains(&from);
        if let Some((_, end)) = last.get().filter(known) {
            return end;
        }
        let end = end_of(bytes, from, alphabet.letters());
        last.set(Some((from, end)));
        end
    }
}

#[cfg(test)]
mod tests {
    use super::{Alphabet, Runs};
    use crate::redact::credential::alphabet::counted;

    #[test]
    fn a_run_is_read_once() {
        let runs = Runs::default();
        let text = [b"ab.".repeat(1000), b" cd".to_vec()].concat();
        let read = counted(|| {
            for from in (0..3000).step_by(3) {
                assert_eq!(runs.end(Alphabet::Dotted, &text, from), 3000);
            }
        });
        assert!(read <= 3001, "{read} bytes");
        assert_eq!(runs.end(Alphabet::Dotted, &text, 3001), 3003);
    }
}
