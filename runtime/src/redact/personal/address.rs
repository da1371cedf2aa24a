//! Addresses of the internet protocol.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::super::credential::end_of;
use super::ends_word;

/// Where the address of version 4 that begins at `at` ends.
pub(super) fn end_of_v4(bytes: &[u8], at: usize) -> Option<usize> {
    /// `255.255.255.255`
    const LONGEST: usize = 15;
    if !bytes[at].is_ascii_digit() {
        return None;
    }
    let near = &bytes[..bytes.len().min(at + LONGEST + 1)];
    let mut end = end_of(near, at, |byte| byte.is_ascii_digit() || byte == b'.');
    while bytes[end - 1] == b'.' {
        end -= 1;
    }
    let address: Ipv4Addr = std::str::from_utf8(&bytes[at..end]).ok()?.parse().ok()?;
    let is_version =
        address.octets().iter().all(|octet| *octet < 10) || is_version(&bytes[at.saturating_sub(16)..at]);
    let nobody = address.is_loopback() || address.is_unspecified() || address.is_broadcast();
    // A port may follow.
    let port = bytes.get(end) == Some(&b':');
    (!is_version && !nobody && (port || ends_word(bytes, end))).then_some(end)
}

/// Whether what stands before says that it is the version of a program: `v1.2.3.4`, `Chrome/120.0.0.0`.
fn is_version(before: &[u8]) -> bool {
    let before = before.to_ascii_lowercase();
    let words = before.trim_ascii_end();
    let slash = before.ends_with(b"/") && !before.ends_with(b"//");
    let equals =
        words.ends_with(b"==") || words.ends_with(b">=") || words.ends_with(b"~=") || words.ends_with(b"^");
    let said = [
        "version",
        "version:",
        "release",
        "ver",
        "ver.",
        "build",
        "version\":",
        "version\": \"",
        "section",
        "§",
    ];
    slash && before.iter().rev().nth(1).is_some_and(u8::is_ascii_alphanumeric)
        || equals
        || said.iter().any(|word| words.ends_with(word.as_bytes()))
}

/// Where the address of version 6 that begins at `at` ends.
pub(super) fn end_of_v6(bytes: &[u8], at: usize) -> Option<usize> {
    /// `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`
    const LONGEST: usize = 45;
    let near = &bytes[..bytes.len().min(at + LONGEST + 1)];
    let mut end = end_of(near, at, |byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'));
    // The end of a sentence, or of a clause.
    while end > at && (bytes[end - 1] == b'.' || bytes[end - 1] == b':' && !bytes[at..end].ends_with(b"::")) {
        end -= 1;
    }
    let text = &bytes[at..end];
    let groups = text.split(|byte| *byte == b':').filter(|group| !group.is_empty()).count();
    let has_digit = text.iter().any(u8::is_ascii_digit);
    let address: Ipv6Addr = std::str::from_utf8(text).ok()?.parse().ok()?;
    let first = text.iter().position(|byte| *byte == b':').unwrap_or_default();
    // Paths of modules have colons, too, and so have times.
    let is_path = groups < 2 || groups == 2 && first < 3 || groups < 4 && !has_digit;
    (!is_path && !address.is_loopback() && ends_word(bytes, end)).then_some(end)
}
