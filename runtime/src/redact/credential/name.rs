//! Names whose values are credentials, whatever they look like.

use super::alphabet::{has_run, is_token};

/// What the name of a credential says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::redact) struct Name {
    /// For the marker.
    pub(in crate::redact) label: &'static str,
    /// Whether a value has to look like a credential itself.
    pub(in crate::redact) vague: bool,
}

/// The ends of names, small and without what stands between words, and what they are called in markers.
pub(super) const ENDINGS: &[(&str, &str)] = &[
    ("password", "password"),
    ("passwd", "password"),
    ("passphrase", "password"),
    ("passcode", "password"),
    ("dbpass", "password"),
    ("passwords", "password"),
    ("passwordhash", "password"),
    ("passwordconfirmation", "password"),
    ("pwd", "password"),
    ("secret", "secret"),
    ("secrettoken", "secret"),
    ("secretvalue", "secret"),
    ("secretkey", "secret"),
    ("secretkeybase", "secret"),
    ("secretaccesskey", "aws_secret_key"),
    ("apikey", "api_key"),
    ("apitoken", "api_key"),
    ("accesskey", "access_key"),
    ("accountkey", "access_key"),
    ("accesstoken", "token"),
    ("refreshtoken", "token"),
    ("authtoken", "token"),
    ("authenticationtoken", "token"),
    ("sessiontoken", "token"),
    ("securitytoken", "token"),
    ("bearertoken", "token"),
    ("idtoken", "token"),
    ("csrftoken", "token"),
    ("bottoken", "token"),
    ("usertoken", "token"),
    ("privatetoken", "token"),
    ("privatekey", "private_key"),
    ("signingkey", "secret"),
    ("encryptionkey", "secret"),
    ("masterkey", "secret"),
    ("credentials", "secret"),
    ("connectionstring", "connection_string"),
    ("authorization", "authorization"),
    ("setcookie", "cookie"),
    ("cookie", "cookie"),
];

/// The letters that stand before each last letter of an ending, as bits. Nearly all other words are told apart by two
/// letters: `max_tokens`, `keyword`, `passed`.
const LAST: [u32; 26] = {
    let mut last = [0; 26];
    let mut place = 0;
    while place < ENDINGS.len() {
        let ending = ENDINGS[place].0.as_bytes();
        last[(ending[ending.len() - 1] - b'a') as usize] |= 1 << (ending[ending.len() - 2] - b'a');
        place += 1;
    }
    // `sig` counts where it is the whole word.
    last[(b'g' - b'a') as usize] |= 1 << (b'i' - b'a');
    last
};

/// Whether the last two letters are those of an ending, whatever stands between and behind them.
fn ends_like_one(name: &[u8]) -> bool {
    let mut letters = name.iter().rev().filter(|byte| byte.is_ascii_alphanumeric());
    let place = |letter: &u8| letter.is_ascii_alphabetic().then(|| letter.to_ascii_lowercase() - b'a');
    let last = letters.find_map(place).map_or(0, |last| LAST[usize::from(last)]);
    letters.next().and_then(place).is_some_and(|before| last & 1 << before != 0)
}

/// What the name says, if it is that of a credential: `password`, `DB_PASSWORD`, `apiKey`, `X-Api-Key`.
pub(in crate::redact) fn name_of(name: &[u8]) -> Option<Name> {
    const LONGEST: usize = 96;
    const SHORTEST: usize = 3;
    if name.len() > LONGEST || name.len() < SHORTEST || !ends_like_one(name) {
        return None;
    }
    let mut small = [0; LONGEST];
    let mut length = 0;
    for byte in name.iter().filter(|byte| byte.is_ascii_alphanumeric()) {
        small[length] = byte.to_ascii_lowercase();
        length += 1;
    }
    // `password2`
    while length > 0 && small[length - 1].is_ascii_digit() {
        length -= 1;
    }
    let small = &small[..length];
    // The working directory of shells.
    if name == b"PWD" || name == b"OLDPWD" {
        return None;
    }
    let last = small.last();
    let named = ENDINGS
        .iter()
        .find(|(ending, _)| ending.as_bytes().last() == last && small.ends_with(ending.as_bytes()));
    if let Some((_, label)) = named {
        return Some(Name { label, vague: false });
    }
    let last = name.rsplit(|byte| !byte.is_ascii_alphanumeric()).next().unwrap_or_default();
    let vague = last.eq_ignore_ascii_case(b"token") || last.ends_with(b"Token") || last == b"sig";
    // Where a list goes on is no secret.
    let goes_on = || {
        let lists = ["pagetoken", "nexttoken", "continuationtoken", "synctoken"];
        lists.iter().any(|ending| small.ends_with(ending.as_bytes()))
    };
    (vague && !goes_on()).then_some(Name { label: "token", vague: true })
}

impl Name {
    /// Whether the value under this name, alone in its field, is a credential.
    pub(in crate::redact) fn covers(self, value: &str) -> bool {
        let value = value.trim();
        !value.is_empty()
            && !is_placeholder(value.as_bytes())
            && (!self.vague || is_long_and_random(value.as_bytes()))
    }
}

/// Whether one could not have made it up, and it is not one of the words of a text.
pub(super) fn is_long_and_random(value: &[u8]) -> bool {
    /// So much says it; bounded, since there may be a name every few bytes.
    const HEAD: usize = 128;
    value.len() >= 20 && has_run(&value[..value.len().min(HEAD)], 12) && !value.contains(&b' ')
}

/// Whether something stands for a secret without being one: `***`, `<password>`, `${PASSWORD}`, `{{ secret }}`, `…`.
pub(in crate::redact) fn is_placeholder(value: &[u8]) -> bool {
    let is_mask = |byte: &u8| matches!(byte, b'*' | b'x' | b'X' | b'.' | b'-' | b'_' | b'#' | b' ');
    let masked = value.iter().all(is_mask)
        || std::str::from_utf8(value)
            .is_ok_and(|text| text.chars().all(|char| matches!(char, '•' | '…' | '●' | '*' | '.')));
    let enclosed = [
        (&b"<"[..], &b">"[..]),
        (b"${", b"}"),
        (b"$(", b")"),
        (b"{{", b"}}"),
        (b"{", b"}"),
        (b"%", b"%"),
        (b"[", b"]"),
    ];
    let enclosed = enclosed.iter().any(|(open, close)| value.starts_with(open) && value.ends_with(close));
    let variable = value.strip_prefix(b"$").is_some_and(|name| {
        !name.is_empty()
            && name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
    });
    let word = |word: &str| value.eq_ignore_ascii_case(word.as_bytes());
    let nothing = [
        "none",
        "null",
        "nil",
        "undefined",
        "true",
        "false",
        "redacted",
        "[redacted]",
        "hidden",
        "required",
        "optional",
    ];
    let begun = [&b"your"[..], b"YOUR", b"my_", b"my-", b"MY_"].iter().any(|word| value.starts_with(word));
    let example = value.ends_with(b"...")
        || value.ends_with("…".as_bytes())
        || begun && !value.iter().any(u8::is_ascii_digit);
    masked || enclosed || variable || example || nothing.into_iter().any(word)
}

/// Where the name that has the byte `at` in it begins and ends.
pub(super) fn around(bytes: &[u8], at: usize) -> (usize, usize) {
    const REACH: usize = 64;
    // Of the names of several words, one is written as people speak; `at` may be in the second.
    let is_spoken = |first: &[u8]| first.eq_ignore_ascii_case(b"api ") && bytes[at..].starts_with(b"key");
    let spoken = at.checked_sub(b"api ".len()).filter(|first| is_spoken(&bytes[*first..at]));
    let at = spoken.unwrap_or(at);
    let before = &bytes[at.saturating_sub(REACH)..at];
    let mut start = at - before.iter().rev().take_while(|byte| is_token(**byte)).count();
    // `\npassword`: the `n` is none of its letters.
    if start > 0 && bytes[start - 1] == b'\\' && matches!(bytes[start], b'n' | b't' | b'r') && start < at {
        start += 1;
    }
    // `--password`
    while start < at && bytes[start] == b'-' {
        start += 1;
    }
    let after = &bytes[at..bytes.len().min(at + REACH)];
    let mut end = at + after.iter().take_while(|byte| is_token(**byte)).count();
    if bytes[end..].starts_with(b" key") && bytes[start..end].eq_ignore_ascii_case(b"api") {
        end += b" key".len();
    }
    (start, end)
}

#[cfg(test)]
mod tests {
    use super::{is_placeholder, name_of};

    #[test]
    fn names_of_credentials_are_known_in_every_spelling() {
        for name in [
            "password",
            "DB_PASSWORD",
            "userPassword",
            "new-password",
            "password2",
            "apiKey",
            "api_key",
            "X-Api-Key",
            "OPENAI_API_KEY",
            "client_secret",
            "clientSecret",
            "access_token",
            "Authorization",
            "Set-Cookie",
            "pwd",
            "aws_secret_access_key",
            "private_key",
            "AccountKey",
            "http.request.header.authorization",
        ] {
            assert!(name_of(name.as_bytes()).is_some_and(|name| !name.vague), "{name}");
        }
        for name in [
            "max_tokens",
            "tokens",
            "prompt_tokens",
            "passwordless",
            "secretary",
            "author",
            "key",
            "public_key",
            "PWD",
            "authorization_endpoint",
            "cookies_enabled",
            "token_type",
            "is_password_set",
            "pw",
            "tokenizer",
        ] {
            assert!(name_of(name.as_bytes()).is_none_or(|name| name.vague), "{name}");
        }
        assert!(name_of(b"token").is_some_and(|name| name.vague));
    }

    #[test]
    fn placeholders_are_no_secrets() {
        for text in [
            "***",
            "xxxxxxxx",
            "<your key>",
            "${PASSWORD}",
            "$PASSWORD",
            "{{ key }}",
            "••••",
            "null",
            "%PASS%",
        ] {
            assert!(is_placeholder(text.as_bytes()), "{text}");
        }
        for text in ["hunter2", "p$ssw0rd", "x1", "none1"] {
            assert!(!is_placeholder(text.as_bytes()), "{text}");
        }
    }
}
