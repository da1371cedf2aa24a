use std::borrow::Cow;
use std::iter;

use super::facts::{self, Facts};
use super::semconv::response;
use crate::wire::tape::Value;
use crate::wire::{Field, SpanRecord};

/// Why the model stopped, for each choice.
///
/// Said on the span, else in the messages. Two readers want them: the attribute holds only what is known,
/// while a message without a word of its own is invalid.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FinishReasons<'a> {
    said: Option<Value<'a>>,
    messages: Option<Value<'a>>,
    failed: bool,
}

impl<'a> FinishReasons<'a> {
    pub(super) fn read(record: &SpanRecord, facts: &Facts<'a>) -> Self {
        let said = facts.get(Field::FinishReasons);
        let messages = if said.is_some() { None } else { facts.get(Field::OutputMessages) };
        Self { said, messages, failed: record.outcome.is_error() }
    }

    /// The word for each choice: readers of messages insist on one.
    pub(super) fn words(self) -> impl Iterator<Item = Cow<'a, str>> {
        let otherwise = if self.failed { response::ERROR } else { response::STOP };
        self.said().chain(iter::repeat(Cow::Borrowed(otherwise)))
    }

    /// The words that are known: those that were said, or that an answer which had begun was broken off.
    pub(super) fn known(self, answered: bool) -> Option<Vec<Cow<'a, str>>> {
        let known = match self.messages {
            None => self.said().collect(),
            Some(messages) => of_messages(&messages).unwrap_or_default(),
        };
        if !known.is_empty() {
            return Some(known);
        }
        (self.failed && answered).then(|| vec![Cow::Borrowed(response::ERROR)])
    }

    fn said(self) -> impl Iterator<Item = Cow<'a, str>> {
        let (several, one) = match self.said {
            Some(Value::Seq(several)) => (Some(several), None),
            one => (None, one),
        };
        several.into_iter().flatten().chain(one).filter_map(|word| facts::text(&word))
    }
}

/// The words in messages, where every one has one of its own.
fn of_messages<'a>(messages: &Value<'a>) -> Option<Vec<Cow<'a, str>>> {
    let Value::Seq(messages) = messages else { return None };
    messages
        .filter(|message| !matches!(message, Value::Cut(_)))
        .map(|message| message.get("finish_reason")?.as_str().map(Cow::Borrowed))
        .collect()
}
