//! E-mail addresses.

use memchr::memchr_iter;

use super::super::credential::end_of;
use super::super::finding::{Finding, Rank};

/// Finds the addresses around the `@`, also where it is encoded (`%40`).
pub(super) fn find(bytes: &[u8], findings: &mut Vec<Finding<'_>>) {
    let encoded = memchr::memmem::find_iter(bytes, b"%40").map(|at| (at, at + 3));
    for (at, behind) in memchr_iter(b'@', bytes).map(|at| (at, at + 1)).chain(encoded) {
        if let Some((start, end)) = local(bytes, at).zip(domain(bytes, behind)) {
            // `git@github.com:owner/name` is nobody's.
            let is_login = bytes.get(end) == Some(&b':') && matches!(&bytes[start..at], b"git" | b"hg");
            if !is_login {
                findings.push(Finding::new(start..end, "email", Rank::Form));
            }
        }
    }
}

/// Where the part before the `@` begins.
fn local(bytes: &[u8], at: usize) -> Option<usize> {
    const LONGEST: usize = 64;
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"._%+-'".contains(&byte);
    let before = &bytes[at.saturating_sub(LONGEST)..at];
    let mut start = at - before.iter().rev().take_while(|byte| is_part(**byte)).count();
    if start > 0 && bytes[start - 1] == b'\\' && start < at && matches!(bytes[start], b'n' | b't' | b'r') {
        start += 1;
    }
    while start < at && !bytes[start].is_ascii_alphanumeric() && bytes[start] != b'_' {
        start += 1;
    }
    (start < at).then_some(start)
}

/// Where the domain that begins at `at` ends: at least two labels, of which the last is no number and no type of a file.
fn domain(bytes: &[u8], at: usize) -> Option<usize> {
    const LONGEST: usize = 253;
    const NO_DOMAINS: [&str; 18] = [
        "png",
        "jpg",
        "jpeg",
        "gif",
        "svg",
        "webp",
        "css",
        "js",
        "json",
        "ts",
        "map",
        "html",
        "md",
        "local",
        "lan",
        "internal",
        "localhost",
        "yml",
    ];
    let near = &bytes[..bytes.len().min(at + LONGEST)];
    let mut end = end_of(near, at, |byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
    while end > at && matches!(bytes[end - 1], b'.' | b'-') {
        end -= 1;
    }
    let domain = &bytes[at..end];
    let dot = memchr::memrchr(b'.', domain)?;
    let last = &domain[dot + 1..];
    let labels = domain.split(|byte| *byte == b'.');
    let fits = labels.clone().all(|label| !label.is_empty() && label.len() <= 63 && label[0] != b'-');
    let letters = last.len() >= 2 && last[0].is_ascii_alphabetic();
    let none = NO_DOMAINS.iter().any(|none| last.eq_ignore_ascii_case(none.as_bytes()));
    (fits && letters && !none).then_some(end)
}
