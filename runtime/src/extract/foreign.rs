//! What the spans of other crates say of themselves: from the attributes that were written down to facts.
//!
//! They write as `tracing` allows: lists and messages as JSON text, numbers as text, `Debug` text of an `Option`.

use std::borrow::Cow;

use super::{finish, foreign_message, read};
use crate::convert::foreign::{Count, Meaning, current_name, kind_of, meaning};
use crate::span::capture::Limits;
use crate::span::recording::Slot;
use crate::wire::tape::{Text, Value};
use crate::wire::{Field, Kind, Outcome, SpanRecord, Tape, Usage};

/// What a span of another crate says, sorted by what it counts.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Whose model it is, and which: nobody knows better.
    names: Tape,
    /// What the bodies of request and response say better, where they were seen.
    facts: Tape,
    usage: Usage,
    failure: Failure,
}

/// What is said of an error, piece by piece.
#[derive(Debug, Default)]
struct Failure {
    failed: bool,
    kind: Option<String>,
    message: Option<String>,
}

/// Takes what other crates have said off the tape; what names the call stands there as a fact afterwards.
///
/// The operation may be told late: it decides what the span was.
pub(super) fn take(record: &mut SpanRecord, limits: Limits) -> Told {
    let said = record.tape.last_entries();
    if let Some(kind) = operation(&said) {
        record.kind = kind;
    }
    let mut told = Told::default();
    let mut rest = Tape::default();
    for entry in said.entries() {
        if entry.field == Field::Foreign {
            told.read(entry.name, &entry.value, record, limits);
        } else {
            rest.copy(&entry);
        }
    }
    told.names.append(&rest);
    record.tape = std::mem::take(&mut told.names);
    told
}

/// What the operation makes of the span, where it was told.
fn operation(said: &Tape) -> Option<Kind> {
    let is_operation = |name| meaning(name, Kind::Llm) == Meaning::Fact(Field::Operation);
    let mut entries = said.entries().filter(|entry| entry.field == Field::Foreign);
    kind_of(entries.find(|entry| is_operation(entry.name))?.value.as_str()?)
}

impl Told {
    /// Puts the facts in front of all others, so that those count; says that the span failed, where it did.
    pub(super) fn put_in_front(mut self, record: &mut SpanRecord, limits: Limits) {
        // No answer is that short: some tell 0 of embeddings, which have none.
        self.usage.output = self.usage.output.filter(|tokens| *tokens > 0);
        // An agent repeats the tokens of its model.
        if !self.usage.is_empty() && record.kind == Kind::Llm {
            Slot::on(&mut self.facts, limits, Field::Usage, None).serialize(&self.usage);
        }
        self.facts.append(&record.tape);
        record.tape = self.facts;
        if self.failure.failed && record.outcome == Outcome::Completed {
            record.outcome = Outcome::Failed;
            self.failure.write(&mut record.tape);
        }
    }

    fn read(&mut self, name: &str, value: &Value<'_>, record: &SpanRecord, limits: Limits) {
        let meaning = meaning(name, record.kind);
        // What people wrote is as they wrote it.
        let is_prose = matches!(meaning, Meaning::Structure(_) | Meaning::ErrorMessage);
        let plain = if is_prose { None } else { plain(value) };
        let value = plain.as_ref().unwrap_or(value);
        match meaning {
            _ if matches!(value, Value::Null) => {}
            Meaning::Fact(Field::Conversation) => {
                // It was told in time to be inherited, or is a fact of this span only.
                if record.identity.conversation.as_deref() != value.as_str() {
                    attribute(name, value, &mut self.facts);
                }
            }
            Meaning::Fact(field @ (Field::ServerPort | Field::TopK)) => {
                if let Some(count) = read::whole(value) {
                    entry(field, &Value::Unsigned(count), &mut self.facts);
                }
            }
            Meaning::Fact(field @ (Field::FirstItem | Field::Cost)) => {
                if let Some(number) = read::float(value) {
                    entry(field, &Value::Double(number), &mut self.facts);
                }
            }
            Meaning::Fact(field @ (Field::Operation | Field::Provider | Field::RequestModel)) => {
                entry(field, value, &mut self.names);
            }
            Meaning::Fact(field) => entry(field, value, &mut self.facts),
            Meaning::FinishReasons => {
                let reasons: Vec<_> = words(value).into_iter().map(|word| finish::normalize(&word)).collect();
                Slot::on(&mut self.facts, limits, Field::FinishReasons, None).serialize(&reasons);
            }
            Meaning::Structure(field @ (Field::InputMessages | Field::OutputMessages)) => {
                match foreign_message::read(value) {
                    Some(messages) => Slot::on(&mut self.facts, limits, field, None).serialize(&messages),
                    None => entry(field, value, &mut self.facts),
                }
            }
            Meaning::Structure(field) => structure(field, None, value, &mut self.facts),
            Meaning::Parameter(name) => structure(Field::Parameters, Some(name), value, &mut self.facts),
            Meaning::Tokens(count) => self.count(count, read::whole(value)),
            Meaning::ErrorType => self.failure.set(value, |failure| &mut failure.kind),
            Meaning::ErrorMessage => self.failure.set(value, |failure| &mut failure.message),
            Meaning::Error => match value {
                Value::Bool(failed) => self.failure.failed |= failed,
                value => {
                    self.failure.failed = true;
                    self.failure.set(value, |failure| &mut failure.message);
                }
            },
            Meaning::Status => {
                let is_error = |status: &str| status.eq_ignore_ascii_case("error");
                self.failure.failed |= value.as_str().is_some_and(is_error);
            }
            Meaning::Nothing => {}
            Meaning::Unknown => attribute(current_name(name), value, &mut self.facts),
        }
    }

    fn count(&mut self, count: Count, tokens: Option<u64>) {
        let place = match count {
            Count::Input => &mut self.usage.input,
            Count::Output => &mut self.usage.output,
            Count::CacheRead => &mut self.usage.cache_read,
            Count::CacheWrite => &mut self.usage.cache_write,
            Count::Reasoning => &mut self.usage.reasoning,
        };
        *place = tokens.or(*place);
    }
}

impl Failure {
    /// A class of an error means that there was one; a message alone may be a status that was prepared.
    fn set(&mut self, value: &Value<'_>, place: impl FnOnce(&mut Self) -> &mut Option<String>) {
        let Some(text) = value.to_text().filter(|text| !text.is_empty()) else { return };
        *place(self) = Some(text.into_owned());
        self.failed |= self.kind.is_some();
    }

    fn write(&self, tape: &mut Tape) {
        let kind = self.kind.as_deref().unwrap_or_default();
        if let Some(message) = &self.message {
            tape.fault(kind, message);
        } else {
            tape.begin_fault(kind);
            tape.end();
        }
    }
}

fn entry(field: Field, value: &Value<'_>, tape: &mut Tape) {
    tape.entry(field, None);
    tape.value(value);
}

fn attribute(name: &str, value: &Value<'_>, tape: &mut Tape) {
    tape.entry(Field::Attribute, Some(name));
    tape.value(value);
}

/// Writes what the text of a list, an object or a number says; any other text is itself.
fn structure(field: Field, name: Option<&str>, value: &Value<'_>, tape: &mut Tape) {
    tape.entry(field, name);
    let parsed = match value {
        Value::Text(text) if text.cut.is_none() => parsed(text.kept),
        _ => None,
    };
    match parsed.as_ref().and_then(|parsed| parsed.get(Field::Output)) {
        Some(parsed) => tape.value(&parsed),
        None => tape.value(value),
    }
}

/// JSON, but for its texts: those are themselves already.
fn parsed(text: &str) -> Option<Tape> {
    let first = text.trim_start().chars().next()?;
    (matches!(first, '[' | '{' | '-') || first.is_ascii_digit()).then(|| Tape::from_json(text)).flatten()
}

/// The words of a list: one of texts, JSON text of one, or the `Debug` text of one of enums.
fn words(value: &Value<'_>) -> Vec<String> {
    let texts = |list: &Value<'_>| match list {
        Value::Seq(words) => {
            Some(words.filter_map(|word| word.to_text().map(Cow::into_owned)).collect::<Vec<_>>())
        }
        _ => None,
    };
    if let Some(words) = texts(value) {
        return words;
    }
    let Some(text) = value.as_str() else { return Vec::new() };
    if let Some(words) = parsed(text).and_then(|list| texts(&list.get(Field::Output)?)) {
        return words;
    }
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let words = inner.split(',').map(|word| word.trim().trim_matches('"').to_owned());
    words.filter(|word| !word.is_empty()).collect()
}

/// What the `Debug` text of an option or a text stands for; none where the value is plain already.
fn plain<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    let Value::Text(text) = value else { return None };
    let kept = text.kept;
    let inner = match kept.strip_prefix("Some(").and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => inner,
        None if kept == "None" => return Some(Value::Null),
        None => kept,
    };
    // One with escapes in it is left as it is: nobody's model or id.
    let unquoted = inner.strip_prefix('"').and_then(|inner| inner.strip_suffix('"'));
    let inner = unquoted.filter(|inner| !inner.contains(['"', '\\'])).unwrap_or(inner);
    (inner.len() != kept.len()).then_some(Value::Text(Text { kept: inner, ..*text }))
}
