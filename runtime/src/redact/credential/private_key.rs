//! Private keys in PEM.

use memchr::memmem;

use super::alphabet::is_base64;
use crate::redact::finding::{Finding, Rank};

const DASHES: &[u8] = b"-----";

/// The block that begins with the `-----BEGIN` at `at`, if it is a private key's: to its last line, else as far as
/// there are letters of base64.
pub(super) fn find(bytes: &[u8], at: usize) -> Option<Finding<'static>> {
    /// `-----BEGIN OPENSSH PRIVATE KEY-----` and the like.
    const LONGEST_TITLE: usize = 60;
    let title = at + b"-----BEGIN".len();
    let line = &bytes[title..bytes.len().min(title + LONGEST_TITLE)];
    let Some(length) = memmem::find(line, DASHES) else {
        // The text ends within the first line.
        return None;
    };
    memmem::find(&line[..length], b"PRIVATE KEY")?;
    let body = title + length + DASHES.len();
    // To the next dashes, whosever they are: so no byte is looked at twice, however many blocks begin.
    let next = memmem::find(&bytes[body..], DASHES).map(|found| body + found);
    let end = match next.filter(|next| bytes[next + DASHES.len()..].starts_with(b"END")) {
        Some(last) => {
            let rest = last + DASHES.len();
            let line = &bytes[rest..bytes.len().min(rest + LONGEST_TITLE)];
            memmem::find(line, DASHES).map_or(rest + line.len(), |found| rest + found + DASHES.len())
        }
        None => match torn(&bytes[body..next.unwrap_or(bytes.len())]) {
            // Somebody writes about such blocks.
            0 => return None,
            length => body + length,
        },
    };
    Some(Finding::new(at..end, "private_key", Rank::Shape))
}

/// How much of a block without a last line is a key: white space, escaped or not, and words of base64.
fn torn(body: &[u8]) -> usize {
    /// Lines of a key are longer than words; only its last one may be as short.
    const SHORTEST: usize = 24;
    let (mut end, mut place) = (0, 0);
    while place < body.len() {
        let word = body[place..].iter().take_while(|byte| is_base64(**byte)).count();
        if word == 0 {
            match body[place..] {
                [b'\\', b'n' | b'r' | b't', ..] => place += 2,
                [byte, ..] if byte.is_ascii_whitespace() || b"\"',+\\".contains(&byte) => place += 1,
                _ => break,
            }
        } else if word >= SHORTEST || place + word == body.len() || end > 0 {
            (end, place) = (place + word, place + word);
            if word < SHORTEST {
                break;
            }
        } else {
            break;
        }
    }
    end
}
