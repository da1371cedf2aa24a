//! What of a tape is left where content is off.

use super::{Entry, Tape, Value};
use crate::wire::Field;

impl Tape {
    /// Whether [`without_content`](Self::without_content) would leave anything out.
    #[must_use]
    pub fn has_content(&self) -> bool {
        self.entries().any(|entry| entry.field.is_content() || has_prose(&entry))
    }

    /// The entries that are no content; of a fault its type, of finish reasons those that are words.
    ///
    /// For a pipeline without content next to one that has it: the tape was written for both.
    #[must_use]
    pub fn without_content(&self) -> Self {
        let mut kept = Self::default();
        for entry in self.entries().filter(|entry| !entry.field.is_content()) {
            match (entry.field, entry.value) {
                _ if !has_prose(&entry) => kept.copy(&entry),
                (Field::Fault, fault) => {
                    if let Some(kind) = fault.get("type").filter(is_class) {
                        kept.entry(Field::Fault, None);
                        kept.begin_map();
                        kept.text("type");
                        kept.value(&kind);
                        kept.end();
                    }
                }
                (Field::FinishReasons, Value::Seq(reasons)) => {
                    kept.entry(Field::FinishReasons, None);
                    kept.begin_seq();
                    reasons.filter(is_word).for_each(|reason| kept.value(&reason));
                    kept.end();
                }
                _ => {}
            }
        }
        kept
    }
}

/// Whether a fact says more than its words: servers may write what they like there.
fn has_prose(entry: &Entry<'_>) -> bool {
    match (entry.field, entry.value) {
        (Field::Fault, Value::Map(map)) => {
            map.count() > 1 || entry.value.get("type").is_some_and(|kind| !is_class(&kind))
        }
        (Field::FinishReasons, Value::Seq(mut reasons)) => reasons.any(|reason| !is_word(&reason)),
        (Field::FinishReasons, reason) => !is_word(&reason),
        // Where to stop is nearly always white space, or a mark.
        (Field::Parameters, value) => entry.name != "stop_sequences" && !is_word(&value),
        _ => false,
    }
}

/// Whether a value is a number, a list, or a word that groups calls: what people and models write is longer, or has
/// white space in it.
fn is_word(value: &Value<'_>) -> bool {
    // In bytes.
    const LONGEST: usize = 64;
    match value {
        Value::Text(text) => {
            text.cut.is_none() && text.kept.len() <= LONGEST && !text.kept.contains(char::is_whitespace)
        }
        Value::Map(_) => false,
        _ => true,
    }
}

/// Whether a value is the class of an error: a word, or the path of a type.
fn is_class(value: &Value<'_>) -> bool {
    is_word(value) || value.as_str().is_some_and(|kind| kind.contains("::"))
}

#[cfg(test)]
mod tests {
    use crate::wire::{Field, Tape};

    fn tape(field: Field, name: Option<&str>, json: &str) -> Tape {
        let mut tape = Tape::default();
        tape.entry(field, name);
        let parsed = Tape::from_json(json).expect("JSON");
        tape.value(&parsed.get(Field::Output).expect("a value"));
        tape
    }

    #[track_caller]
    fn check(field: Field, name: Option<&str>, json: &str, left: Option<&str>) {
        let tape = tape(field, name, json);
        let without = tape.without_content();
        assert_eq!(without.get(field).map(|value| value.to_json()).as_deref(), left);
        assert_eq!(tape.has_content(), left != Some(json));
        assert!(!without.has_content());
    }

    #[test]
    fn words_are_left_and_sentences_are_not() {
        let reasons = |json, left| check(Field::FinishReasons, None, json, Some(left));
        reasons(r#"["stop","paused"]"#, r#"["stop","paused"]"#);
        reasons(r#"["stop","Ada is ill"]"#, r#"["stop"]"#);
        check(Field::FinishReasons, None, r#""Ada is ill""#, None);
        let level = |json, left| check(Field::Parameters, Some("reasoning.level"), json, left);
        level(r#""high""#, Some(r#""high""#));
        level("3", Some("3"));
        level(r#""as Ada does""#, None);
        check(Field::Parameters, Some("stop_sequences"), r#"["\n\n"]"#, Some(r#"["\n\n"]"#));
    }

    #[test]
    fn the_class_of_an_error_is_left() {
        let fault = |json, left| check(Field::Fault, None, json, left);
        fault(r#"{"type":"rate_limit"}"#, Some(r#"{"type":"rate_limit"}"#));
        fault(r#"{"type":"rate_limit","message":"Ada"}"#, Some(r#"{"type":"rate_limit"}"#));
        let boxed = r#"{"type":"alloc::boxed::Box<dyn core::error::Error + core::marker::Send + core::marker::Sync>"}"#;
        fault(boxed, Some(boxed));
        fault(r#"{"type":"Ada is ill"}"#, None);
    }
}
