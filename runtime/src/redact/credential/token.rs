//! Tokens of the web: what stands in `Authorization`, and JSON that is signed.

use super::alphabet::{begins, end_of, is_base64, is_bearer, is_random, is_token};
use crate::redact::finding::{Finding, Rank};

/// Three parts with dots between them, of which the first is JSON in base64: it begins at `at`.
pub(super) fn jwt(bytes: &[u8], at: usize, cut: bool) -> Option<Finding<'static>> {
    /// A header says at least which algorithm it is.
    const LEAST: usize = 10;
    if !begins(bytes, at) {
        return None;
    }
    let mut end = end_of(bytes, at, is_token);
    let mut dots = 0;
    if end - at >= LEAST {
        // An encrypted one has five parts, of which one may be empty.
        while dots < 4 && bytes.get(end) == Some(&b'.') {
            let next = end_of(bytes, end + 1, is_token);
            if dots == 0 && next - end <= LEAST && !(cut && next == bytes.len()) {
                break;
            }
            (dots, end) = (dots + 1, next);
        }
    }
    let whole = dots >= 2 || cut && end == bytes.len();
    whole.then(|| Finding::new(at..end, "jwt", Rank::Shape))
}

/// What follows the `earer ` or `EARER ` at `at`.
pub(super) fn bearer(bytes: &[u8], at: usize, cut: bool) -> Option<Finding<'static>> {
    const LEAST: usize = 16;
    let scheme = at.checked_sub(1)?;
    if !bytes[scheme].eq_ignore_ascii_case(&b'b') || !begins(bytes, scheme) {
        return None;
    }
    let (from, mut end) = after_word(bytes, at, is_bearer);
    while end > from && bytes[end - 1] == b'.' {
        end -= 1;
    }
    let token = &bytes[from..end];
    let at_cut = cut && end == bytes.len();
    (at_cut || token.len() >= LEAST && is_random(token))
        .then(|| Finding::new(from..end, "bearer_token", Rank::Scheme))
}

/// What follows the `asic ` or `ASIC ` at `at`, where it decodes to a name and a password.
pub(super) fn basic(bytes: &[u8], at: usize, cut: bool) -> Option<Finding<'static>> {
    let scheme = at.checked_sub(1)?;
    if !bytes[scheme].eq_ignore_ascii_case(&b'b') || !begins(bytes, scheme) {
        return None;
    }
    let (from, end) = after_word(bytes, at, is_base64);
    let is_pair = decode(&bytes[from..end]).is_some_and(|pair| {
        pair.len() > 2 && pair.contains(&b':') && std::str::from_utf8(&pair).is_ok_and(is_printable)
    });
    let at_cut = cut && end == bytes.len() && end - from >= 4;
    (is_pair || at_cut).then(|| Finding::new(from..end, "basic_auth", Rank::Scheme))
}

/// The run that follows the word at `at` and the blanks behind it.
fn after_word(bytes: &[u8], at: usize, is_part: impl Fn(u8) -> bool) -> (usize, usize) {
    let word = end_of(bytes, at, |byte| byte.is_ascii_alphabetic());
    let from = end_of(bytes, word, |byte| byte == b' ');
    (from, end_of(bytes, from, is_part))
}

fn is_printable(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

/// The bytes that the base64 stands for; none where it is no base64, or longer than a name and a password are.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    const MOST: usize = 1024;
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let text = &text[..text.len() - padding.min(2)];
    if text.len() > MOST || text.len() < 4 || text.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len());
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn base64_is_decoded() {
        for (text, bytes) in [
            ("YWRhOnB3", Some("ada:pw")),
            ("YWRhOnBhc3M=", Some("ada:pass")),
            ("YWRhOnBhc3M", Some("ada:pass")),
            ("authentication", None),
            ("YWRh=OnB3", None),
        ] {
            let decoded = decode(text.as_bytes()).and_then(|bytes| String::from_utf8(bytes).ok());
            assert_eq!(decoded.as_deref(), bytes, "{text}");
        }
    }
}
