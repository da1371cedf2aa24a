//! The letters that keys are made of, and how those differ from words.

/// Letters, digits, `-` and `_`.
pub(in crate::redact) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// Letters and digits.
pub(super) fn is_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

/// Hexadecimal digits, the small ones.
pub(super) fn is_hex(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'a'..=b'f')
}

/// Capital letters and digits.
pub(super) fn is_capital(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

/// Base64 of both alphabets.
pub(super) fn is_base64(byte: u8) -> bool {
    is_token(byte) || matches!(byte, b'+' | b'/' | b'=')
}

/// What bearer tokens are made of, by RFC 6750.
pub(super) fn is_bearer(byte: u8) -> bool {
    is_base64(byte) || matches!(byte, b'.' | b'~')
}

/// What tokens of several parts are made of.
pub(super) fn is_dotted(byte: u8) -> bool {
    is_token(byte) || byte == b'.'
}

/// Where the run of such bytes that begins at `from` ends.
pub(in crate::redact) fn end_of(bytes: &[u8], from: usize, is_part: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let length = rest.iter().position(|byte| !is_part(*byte)).unwrap_or(rest.len());
    count(length + 1);
    from + length
}

#[cfg(test)]
thread_local! {
    static READ: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Tells tests how many bytes are looked at.
pub(super) fn count(bytes: usize) {
    #[cfg(test)]
    READ.set(READ.get() + bytes);
    #[cfg(not(test))]
    let _ = bytes;
}

/// How many bytes are looked at meanwhile.
#[cfg(test)]
pub(super) fn counted(work: impl FnOnce()) -> usize {
    READ.set(0);
    work();
    READ.get()
}

/// Whether a key may begin at `at`: no letter stands before it, unless that ends an escape, as in `\nsk-…` within JSON
/// or `%20sk-…` within a URL.
pub(in crate::redact) fn begins(bytes: &[u8], at: usize) -> bool {
    let Some(&before) = at.checked_sub(1).and_then(|before| bytes.get(before)) else { return true };
    if !is_token(before) {
        return true;
    }
    let has = |back: usize, byte: u8| at.checked_sub(back).is_some_and(|place| bytes[place] == byte);
    match before {
        b'n' | b't' | b'r' if has(2, b'\\') => true,
        _ if has(3, b'%') => bytes[at - 2].is_ascii_hexdigit() && before.is_ascii_hexdigit(),
        _ => has(6, b'\\') && has(5, b'u') && bytes[at - 4..at].iter().all(u8::is_ascii_hexdigit),
    }
}

/// Whether so many letters and digits could have been thrown: both are among them, or small letters and capitals in no
/// order, and they are not few that come again and again, as in a placeholder.
pub(in crate::redact) fn is_random(body: &[u8]) -> bool {
    /// Names of several words have fewer.
    const TURNS: usize = 6;
    let digits = body.iter().any(u8::is_ascii_digit) && body.iter().any(u8::is_ascii_alphabetic);
    let turns = body.windows(2).filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    is_varied(body) && (digits || turns.count() >= TURNS.min(body.len() / 4))
}

/// Whether it is not made of a few letters that come again and again.
pub(super) fn is_varied(body: &[u8]) -> bool {
    count(body.len());
    let seen = body.iter().fold(0_u128, |seen, byte| seen | 1 << (byte & 0x7f));
    seen.count_ones() >= 6
}

/// Whether so many letters and digits stand side by side: words with hyphens between them are shorter.
pub(in crate::redact) fn has_run(body: &[u8], length: usize) -> bool {
    count(body.len());
    body.split(|byte| !byte.is_ascii_alphanumeric()).any(|run| run.len() >= length && is_random(run))
}

#[cfg(test)]
mod tests {
    use super::{begins, has_run, is_random};

    #[test]
    fn keys_begin_where_words_do() {
        for (text, begin) in [
            ("sk-", true),
            (" sk-", true),
            ("=sk-", true),
            ("task-", false),
            ("\\nsk-", true),
            ("nsk-", false),
            ("%3Dsk-", true),
            ("\\u003dsk-", true),
            ("u003dsk-", false),
            ("_sk-", false),
        ] {
            assert_eq!(begins(text.as_bytes(), text.rfind("sk-").expect("a key")), begin, "{text}");
        }
    }

    #[test]
    fn words_and_placeholders_are_not_random() {
        for (text, random) in [
            ("a1b2c3d4e5", true),
            ("xxxxxxxxxxxx", false),
            ("correcthorse", false),
            ("1234567890", false),
            ("x1x1x1x1x1", false),
        ] {
            assert_eq!(is_random(text.as_bytes()), random, "{text}");
        }
        assert!(!has_run(b"learn-based-model-2024-v2", 12));
        assert!(has_run(b"proj-a1b2c3d4e5f6", 12));
    }
}
