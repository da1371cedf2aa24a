//! Regular expressions of the user's.

use regex::Regex;

use super::finding::{Finding, Rank};

/// What a regular expression matches, and what it is called.
#[derive(Debug)]
pub(super) struct Pattern {
    name: String,
    regex: Regex,
}

impl Pattern {
    /// The error says in a full sentence what is wrong.
    pub(super) fn new(name: &str, regex: &str) -> Result<Self, String> {
        if name.is_empty() || name.contains(['[', ']']) {
            return Err(format!("The redaction pattern {name:?} needs a name without brackets."));
        }
        let regex = Regex::new(regex)
            .map_err(|error| format!("The redaction pattern {name:?} is no regular expression: {error}."))?;
        Ok(Self { name: name.to_owned(), regex })
    }

    pub(super) fn find<'l>(&'l self, text: &str, findings: &mut Vec<Finding<'l>>) {
        let matches = self.regex.find_iter(text).filter(|found| !found.is_empty());
        findings.extend(matches.map(|found| Finding::new(found.range(), &self.name, Rank::Name)));
    }
}
