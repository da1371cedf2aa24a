//! Passwords in URLs.

use memchr::{memchr, memchr3, memrchr};

use super::name::is_placeholder;
use super::runs::{Alphabet, Runs};
use crate::redact::finding::{Finding, Rank};

/// The password, or the token without a user, in front of the host of the URL whose `://` is at `at`.
pub(super) fn find(bytes: &[u8], at: usize, cut: bool, runs: &Runs) -> Option<Finding<'static>> {
    /// A name and a password together are shorter, in bytes. Bounded, since there may be a URL every few bytes.
    const LONGEST: usize = 512;
    let scheme = at.checked_sub(1)?;
    if !bytes[scheme].is_ascii_alphanumeric() {
        return None;
    }
    let from = at + b"://".len();
    let word = bytes.get(from..runs.end(Alphabet::Url, bytes, from).min(from + LONGEST))?;
    let authority = &word[..memchr3(b'/', b'?', b'#', word).unwrap_or(word.len())];
    let colon = memchr(b':', authority);
    let secret = |range: std::ops::Range<usize>| {
        let text = &word[range.clone()];
        (!text.is_empty() && !is_placeholder(text))
            .then(|| Finding::new(from + range.start..from + range.end, "connection_string", Rank::Form))
    };
    match (colon, memrchr(b'@', authority)) {
        (Some(colon), Some(host)) if colon < host => secret(colon + 1..host),
        (_, Some(host)) => {
            // A token in the place of the user.
            let user = &authority[..host];
            let user = &user[..memchr(b':', user).unwrap_or(user.len())];
            (super::alphabet::has_run(user, 20)).then(|| secret(0..user.len()))?
        }
        (Some(colon), None) => {
            let port = authority[colon + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            let is_port = colon + 1 + port == authority.len();
            if is_port || authority[0] == b'[' {
                None
            } else if cut && from + word.len() == bytes.len() {
                secret(colon + 1..word.len())
            } else {
                // A password with a slash in it that nobody has encoded.
                let host = memrchr(b'@', word).filter(|host| *host > colon)?;
                secret(colon + 1..host)
            }
        }
        (None, None) => None,
    }
}
