use std::collections::HashMap;

use serde::Serialize;

use super::Passage;

/// How soon another occurrence of the same word stops to matter.
const SATURATION: f64 = 1.2;
/// How much a long passage is held against it, from 0 to 1.
const LENGTH_WEIGHT: f64 = 0.75;

/// A search over passages, ranked by Okapi BM25.
#[derive(Clone, Debug)]
pub struct Index {
    entries: Vec<Entry>,
    /// In how many passages a word is.
    spread: HashMap<String, u32>,
    mean_length: f64,
}

#[derive(Clone, Debug)]
struct Entry {
    passage: Passage,
    counts: HashMap<String, u32>,
    length: u32,
}

/// A passage that matches a query.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hit {
    /// The id of the passage.
    pub id: String,
    /// The relevance: greater is better, comparable within one query; to three decimals.
    pub score: f64,
    /// The file of the document.
    pub file: String,
    /// The heading of the section.
    pub heading: String,
    /// The text of the passage.
    pub content: String,
}

impl Index {
    /// Counts the words of the passages.
    #[must_use]
    pub fn new(passages: Vec<Passage>) -> Self {
        let entries: Vec<_> = passages.into_iter().map(Entry::new).collect();
        let mut spread: HashMap<String, u32> = HashMap::new();
        for word in entries.iter().flat_map(|entry| entry.counts.keys()) {
            *spread.entry(word.clone()).or_default() += 1;
        }
        let total: f64 = entries.iter().map(|entry| f64::from(entry.length)).sum();
        let mean_length = total / count(entries.len()).max(1.0);
        Self { entries, spread, mean_length }
    }

    /// The best passages for a query, best first, those of equal score in the order of the documents. A passage
    /// that shares no word with the query is no hit.
    #[must_use]
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit> {
        let mut query: Vec<_> = words(query).collect();
        query.sort_unstable();
        query.dedup();
        let mut scored: Vec<_> = self
            .entries
            .iter()
            .map(|entry| (self.score(entry, &query), entry))
            .filter(|(score, _)| *score > 0.0)
            .collect();
        scored.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        scored.into_iter().take(limit).map(|(score, entry)| Hit::new(score, &entry.passage)).collect()
    }

    fn score(&self, entry: &Entry, query: &[String]) -> f64 {
        let length = f64::from(entry.length) / self.mean_length;
        let damping = SATURATION * (1.0 - LENGTH_WEIGHT + LENGTH_WEIGHT * length);
        let term = |word: &String| {
            let occurrences = f64::from(*entry.counts.get(word)?);
            Some(self.rarity(word) * occurrences * (SATURATION + 1.0) / (occurrences + damping))
        };
        query.iter().filter_map(term).sum()
    }

    fn rarity(&self, word: &str) -> f64 {
        let spread = f64::from(self.spread.get(word).copied().unwrap_or(0));
        ((count(self.entries.len()) - spread + 0.5) / (spread + 0.5)).ln_1p()
    }
}

impl Entry {
    fn new(passage: Passage) -> Self {
        let mut counts: HashMap<String, u32> = HashMap::new();
        for word in words(&passage.heading).chain(words(&passage.text)) {
            *counts.entry(word).or_default() += 1;
        }
        let length = counts.values().sum();
        Self { passage, counts, length }
    }
}

impl Hit {
    fn new(score: f64, passage: &Passage) -> Self {
        let Passage { id, file, heading, text } = passage.clone();
        Self { id, score: (score * 1_000.0).round() / 1_000.0, file, heading, content: text }
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// A count as a number to calculate with; counts of passages are far from where this is inexact.
fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::{Index, Passage};

    fn index(texts: &[&str]) -> Index {
        let passage = |(number, text): (usize, &&str)| Passage {
            id: number.to_string(),
            file: "a.md".into(),
            heading: String::new(),
            text: (*text).into(),
        };
        Index::new(texts.iter().enumerate().map(passage).collect())
    }

    fn ids(index: &Index, query: &str, limit: usize) -> Vec<String> {
        index.search(query, limit).into_iter().map(|hit| hit.id).collect()
    }

    #[test]
    fn a_rare_word_counts_more_than_a_common_one() {
        let index = index(&["the span", "the the the tape", "the span", "the span"]);
        assert_eq!(ids(&index, "the TAPE?", 2), ["1", "0"]);
    }

    #[test]
    fn a_short_passage_beats_a_long_one_with_the_same_word() {
        let index = index(&["kettle with very many other words around it", "kettle on", "cup"]);
        assert_eq!(ids(&index, "kettle", 9), ["1", "0"]);
    }

    #[test]
    fn what_shares_no_word_is_no_hit() {
        let index = index(&["one", "two"]);
        assert!(ids(&index, "three", 9).is_empty());
        assert!(ids(&index, "", 9).is_empty());
        assert!(ids(&index, "one", 0).is_empty());
        assert!(ids(&super::Index::new(Vec::new()), "one", 9).is_empty());
    }

    #[test]
    fn equal_scores_keep_the_order_of_the_documents() {
        let index = index(&["tea", "tea", "tea"]);
        assert_eq!(ids(&index, "tea tea", 2), ["0", "1"]);
    }
}
