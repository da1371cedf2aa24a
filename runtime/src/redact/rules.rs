use std::borrow::Cow;
use std::fmt;

use super::credential;
use super::finding::{Finding, MARKER, merge, replace};
use super::kind::{Kind, Kinds};
use super::path::Path;
#[cfg(feature = "regex")]
use super::pattern::Pattern;
use super::personal;
use crate::span::guarded;
use crate::wire::tape::Text;

/// A function of the user's: what is to be told in the place of a text.
pub(super) type Closure = Box<dyn Fn(&str) -> Option<String> + Send>;

/// What is taken out, checked.
pub(crate) struct Rules {
    pub(super) kinds: Kinds,
    pub(super) paths: Vec<Path>,
    #[cfg(feature = "regex")]
    pub(super) patterns: Vec<Pattern>,
    pub(super) closures: Vec<Closure>,
}

/// How closely a text is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// For everything.
    All,
    /// For credentials only: ids, names of models and the like consist of digits that mean nothing.
    Facts,
}

impl Rules {
    pub(super) fn is_empty(&self) -> bool {
        self.kinds == Kinds::NONE && !self.are_thorough()
    }

    /// Whether every value has to be looked at, since there is more to find than credentials.
    pub(super) fn are_thorough(&self) -> bool {
        #[cfg(feature = "regex")]
        if !self.patterns.is_empty() {
            return true;
        }
        self.kinds.meets(Kinds::PERSONAL_DATA) || !self.paths.is_empty() || !self.closures.is_empty()
    }

    pub(super) fn has(&self, kind: Kind) -> bool {
        self.kinds.has(kind)
    }

    /// The secrets in a text; `cut` says that it went on.
    pub(super) fn find<'r>(&'r self, text: &str, cut: bool, scope: Scope, findings: &mut Vec<Finding<'r>>) {
        if self.kinds.meets(Kinds::CREDENTIALS) {
            credential::find(text, cut, self.kinds, findings);
        }
        if scope == Scope::All && self.kinds.meets(Kinds::PERSONAL_DATA) {
            personal::find(text, self.kinds, findings);
        }
        #[cfg(feature = "regex")]
        if scope == Scope::All {
            self.patterns.iter().for_each(|pattern| pattern.find(text, findings));
        }
        // What is bounded in bytes may end within a character.
        for Finding { range, .. } in &mut *findings {
            while !text.is_char_boundary(range.start) {
                range.start -= 1;
            }
            while !text.is_char_boundary(range.end) {
                range.end += 1;
            }
        }
        merge(findings);
    }

    /// The text without secrets; nothing where it has none.
    pub(super) fn clean(&self, text: &str, scope: Scope) -> Option<String> {
        self.clean_part(text, false, scope)
    }

    /// The two ends of a text that was cut, without secrets.
    pub(super) fn clean_cut<'t>(&self, text: Text<'t>, scope: Scope) -> Option<(Cow<'t, str>, Cow<'t, str>)> {
        let kept = self.clean_part(text.kept, text.cut.is_some(), scope);
        let tail = match torn_word(text.tail) {
            // What is left of a secret whose beginning is gone has nothing to know it by but that it is no word.
            Some(end) if self.kinds.meets(Kinds::CREDENTIALS) => {
                let rest = &text.tail[end..];
                Some(format!("{MARKER}{}", self.clean_part(rest, false, scope).as_deref().unwrap_or(rest)))
            }
            _ => self.clean_part(text.tail, false, scope),
        };
        (kept.is_some() || tail.is_some()).then(|| {
            let either = |clean: Option<String>, text: &'t str| clean.map_or(Cow::Borrowed(text), Cow::Owned);
            (either(kept, text.kept), either(tail, text.tail))
        })
    }

    fn clean_part(&self, text: &str, cut: bool, scope: Scope) -> Option<String> {
        let mut findings = Vec::new();
        self.find(text, cut, scope, &mut findings);
        let clean = (!findings.is_empty()).then(|| replace(text, &findings));
        if scope == Scope::All { self.ask_closures(text, clean) } else { clean }
    }

    fn ask_closures(&self, text: &str, clean: Option<String>) -> Option<String> {
        self.closures.iter().fold(clean, |clean, closure| {
            let asked = clean.as_deref().unwrap_or(text);
            match guarded(|| closure(asked)) {
                Some(None) => clean,
                Some(told) => told,
                None => Some(MARKER.to_owned()),
            }
        })
    }
}

/// Where the first word of what was kept of an end stops, if it may be the rest of a secret.
fn torn_word(tail: &str) -> Option<usize> {
    const SHORTEST: usize = 12;
    let end = credential::end_of(tail.as_bytes(), 0, credential::is_token);
    let word = &tail.as_bytes()[..end];
    (end >= SHORTEST && credential::is_random(word)).then_some(end)
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rules")
            .field("kinds", &self.kinds)
            .field("paths", &self.paths)
            .field("closures", &self.closures.len())
            .finish_non_exhaustive()
    }
}
