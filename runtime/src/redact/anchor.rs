//! Finds, in one pass over bytes, the few letters that every secret begins with or is named by.
//!
//! This is all that most spans pay for redaction, so it has to be next to nothing: the bytes of a tape are compared many
//! at a time with all the letters at once, and only what is found is looked at.

use std::fmt;

use aho_corasick::{AhoCorasick, MatchKind, packed};

/// Looks for some literals at once.
pub(super) struct Anchors {
    search: Search,
}

enum Search {
    /// One pass for so many literals as the processor compares at a time, each with the places of its literals in the
    /// whole list.
    Packed(Vec<(packed::Searcher, usize)>),
    /// A processor without such instructions.
    Automaton(AhoCorasick),
}

impl Anchors {
    /// Of the groups, each is looked for in a pass of its own, if it can be: short literals make a pass slower for all
    /// that share it.
    pub(super) fn new(groups: &[&[&str]]) -> Self {
        let mut passes = Vec::new();
        let mut first = 0;
        for group in groups {
            if !add_passes(group, first, &mut passes) {
                return Self { search: Search::Automaton(automaton(groups)) };
            }
            first += group.len();
        }
        Self { search: Search::Packed(passes) }
    }

    /// Calls `visit` with the place of each literal in the list, and where it begins, until one says that it is enough;
    /// says whether one did.
    ///
    /// In the order of the text within a pass only.
    pub(super) fn any(&self, bytes: &[u8], mut visit: impl FnMut(usize, usize) -> bool) -> bool {
        match &self.search {
            Search::Packed(passes) => passes.iter().any(|(searcher, first)| {
                let mut from = 0;
                while let Some(found) = searcher.find_in(bytes, (from..bytes.len()).into()) {
                    if visit(first + found.pattern().as_usize(), found.start()) {
                        return true;
                    }
                    // Another may begin within this one.
                    from = found.start() + 1;
                }
                false
            }),
            Search::Automaton(automaton) => automaton
                .find_overlapping_iter(bytes)
                .any(|found| visit(found.pattern().as_usize(), found.start())),
        }
    }
}

/// One pass for all the literals, or two for the halves, …; says no where even one alone needs what is not there.
fn add_passes(literals: &[&str], first: usize, passes: &mut Vec<(packed::Searcher, usize)>) -> bool {
    if let Some(searcher) = packed::Searcher::new(literals) {
        passes.push((searcher, first));
        return true;
    }
    let (one, other) = literals.split_at(literals.len() / 2);
    literals.len() > 1 && add_passes(one, first, passes) && add_passes(other, first + one.len(), passes)
}

/// The literals are a few constant words, of which an automaton can be made.
fn automaton(groups: &[&[&str]]) -> AhoCorasick {
    let literals = groups.iter().flat_map(|group| group.iter());
    AhoCorasick::builder()
        .match_kind(MatchKind::Standard)
        .build(literals)
        .expect("an automaton of a hundred words is not too large")
}

impl fmt::Debug for Anchors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let passes = match &self.search {
            Search::Packed(passes) => passes.len(),
            Search::Automaton(_) => 1,
        };
        f.debug_struct("Anchors").field("passes", &passes).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{Anchors, Search, automaton};

    const GROUPS: &[&[&str]] = &[&["sk-", "eyJ"], &["--BEG", "AKIA"]];

    fn found(anchors: &Anchors, text: &str) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        anchors.any(text.as_bytes(), |literal, at| {
            found.push((literal, at));
            false
        });
        found.sort_unstable();
        found
    }

    #[test]
    fn both_ways_find_the_same_also_where_one_begins_within_another() {
        let packed = Anchors::new(GROUPS);
        let automaton = Anchors { search: Search::Automaton(automaton(GROUPS)) };
        for text in
            ["", "sk", "eyJ", "a task--BEG sk-sk-eyJ and much prose AKIA, AKI, and more of it sk-", "sk--BEG"]
        {
            assert_eq!(found(&packed, text), found(&automaton, text), "{text}");
        }
        assert_eq!(found(&packed, "sk--BEG"), [(0, 0), (2, 2)]);
    }
}
