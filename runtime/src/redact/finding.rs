//! Places in a text that must not be told, and the text without them.

use std::ops::Range;

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding<'l> {
    /// Its bytes.
    pub(super) range: Range<usize>,
    /// What it is, for the marker.
    pub(super) label: &'l str,
    /// Which label counts where two overlap: the higher one.
    pub(super) rank: Rank,
}

/// How much is known of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// Its form is one that several things have.
    Form,
    /// The name beside it says so.
    Name,
    /// The name of the scheme in front of it says so.
    Scheme,
    /// Nothing else looks like it.
    Shape,
}

impl<'l> Finding<'l> {
    pub(super) fn new(range: Range<usize>, label: &'l str, rank: Rank) -> Self {
        Self { range, label, rank }
    }
}

/// What stands in the place of a secret.
pub(super) fn marker(label: &str) -> String {
    format!("[redacted:{label}]")
}

/// What stands in the place of a value that was not looked at.
pub(super) const MARKER: &str = "[redacted]";

/// Sorts findings, and makes one of those that overlap.
pub(super) fn merge(findings: &mut Vec<Finding<'_>>) {
    if findings.len() < 2 {
        return;
    }
    findings.sort_by_key(|finding| (finding.range.start, std::cmp::Reverse(finding.range.end)));
    findings.dedup_by(|next, kept| {
        let overlaps = next.range.start < kept.range.end;
        if overlaps {
            kept.range.end = kept.range.end.max(next.range.end);
            if next.rank > kept.rank {
                (kept.label, kept.rank) = (next.label, next.rank);
            }
        }
        overlaps
    });
}

/// The text with markers in the place of the findings, which are [merged](merge).
pub(super) fn replace(text: &str, findings: &[Finding<'_>]) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut from = 0;
    for finding in findings {
        clean.push_str(text.get(from..finding.range.start).unwrap_or_default());
        clean.push_str(&marker(finding.label));
        from = finding.range.end;
    }
    clean.push_str(text.get(from..).unwrap_or_default());
    clean
}

#[cfg(test)]
mod tests {
    use super::{Finding, Rank, merge, replace};

    #[test]
    fn what_overlaps_is_one_and_has_the_better_name() {
        let mut findings = vec![
            Finding::new(8..12, "bearer_token", Rank::Form),
            Finding::new(2..10, "api_key", Rank::Name),
            Finding::new(3..9, "openai_key", Rank::Shape),
            Finding::new(12..13, "email", Rank::Form),
        ];
        merge(&mut findings);
        assert_eq!(replace("ab0123456789xyz", &findings), "ab[redacted:openai_key][redacted:email]yz");
    }
}
