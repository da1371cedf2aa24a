//! Calls of language models.
//!
//! Provider, model and tokens are what every backend computes prices from. Messages are taken from what was
//! said explicitly; else the input and output of the function stand in for them, as one message each.

use std::borrow::Cow;

use super::facts::Facts;
use super::semconv::{self, openinference, operation, request, response};
use super::{Attributes, attribute, message, parameter, span_name, usage};
use crate::wire::tape::Value;
use crate::wire::{Field, SpanRecord};

/// Sets the attributes of a model call; returns the span's name.
pub(super) fn convert(record: &SpanRecord, facts: &Facts<'_>, attributes: &mut Attributes) -> String {
    let said = facts.text(Field::Operation).unwrap_or_else(|| operation::CHAT.into());
    let model = facts.text(Field::RequestModel);
    let embeds = said == operation::EMBEDDINGS;
    // To OpenTelemetry, reranking is part of a retrieval, whose spans are named after the data source.
    let name = if said == operation::RERANK {
        attributes.set(semconv::OPERATION, operation::RETRIEVAL);
        attributes.set(openinference::SPAN_KIND, openinference::RERANKER);
        span_name(operation::RETRIEVAL, facts.text(Field::DataSource).as_deref())
    } else {
        let name = span_name(&said, model.as_deref());
        attributes.set(semconv::OPERATION, said);
        name
    };
    attributes.maybe(semconv::PROVIDER, facts.text(Field::Provider));
    attributes.maybe(request::MODEL, model);
    server(facts, attributes);
    parameter::convert(facts, attributes);
    // A span that has items is one of a stream, even where the request did not say so.
    if facts.get(Field::ItemCount).is_some() || facts.get(Field::FirstItem).is_some() {
        attributes.set(request::STREAM, true);
    }
    attributes.maybe(response::MODEL, facts.text(Field::ResponseModel));
    attributes.maybe(response::ID, facts.text(Field::ResponseId));
    stream(facts, attributes);
    usage::convert(facts, attributes);
    for (name, value) in facts.details.entries() {
        if let Some(key) = semconv::detail(name) {
            attributes.maybe(key, super::facts::text(value));
        }
    }
    content(record, facts, embeds, attributes);
    name
}

/// How the response came, where it was a stream: how long until the first chunk, how many, how long between two.
fn stream(facts: &Facts<'_>, attributes: &mut Attributes) {
    let seconds = |field| facts.get(field).and_then(|time| attribute::number(&time));
    let (first, last) = (seconds(Field::FirstItem), seconds(Field::LastItem));
    attributes.maybe(response::FIRST_CHUNK, first);
    let Some(chunks) = facts.get(Field::ItemCount).and_then(|count| count.as_u64()) else { return };
    attributes.maybe(response::CHUNKS, i64::try_from(chunks).ok());
    if let (Some(first), Some(last), Ok(gaps @ 1..)) = (first, last, u32::try_from(chunks.saturating_sub(1)))
    {
        attributes.set(response::CHUNK_TIME, (last - first) / f64::from(gaps));
    }
}

/// The host that the request went to.
pub(super) fn server(facts: &Facts<'_>, attributes: &mut Attributes) {
    attributes.maybe(semconv::SERVER_ADDRESS, facts.text(Field::ServerAddress));
    attributes
        .maybe(semconv::SERVER_PORT, facts.get(Field::ServerPort).and_then(|port| attribute::integer(&port)));
}

/// The messages: those that were said explicitly, else what the function took and gave.
fn content(record: &SpanRecord, facts: &Facts<'_>, embeds: bool, attributes: &mut Attributes) {
    let finish = FinishReasons::read(record, facts);
    explicit_messages(facts, &finish, attributes);
    if !attributes.contains(semconv::message::INPUT)
        && let Some(text) = facts.input().and_then(super::content::Input::text)
    {
        attributes.set(semconv::message::INPUT, message::user(&text));
    }
    // The output of an embedding is vectors: bulk that no backend shows.
    if !attributes.contains(semconv::message::OUTPUT)
        && !embeds
        && let Some(text) = facts.output().and_then(super::content::Output::text)
    {
        attributes.set(semconv::message::OUTPUT, message::assistant(&text, &finish.of(0)));
    }
    let answered = attributes.contains(semconv::message::OUTPUT);
    attributes.maybe(response::FINISH_REASONS, finish.known(answered));
}

/// Messages, instructions and tools that were said explicitly, on a span of any kind.
///
/// An agent or a tool may have messages as well: whoever sets them wants them seen.
pub(super) fn explicit(record: &SpanRecord, facts: &Facts<'_>, attributes: &mut Attributes) {
    explicit_messages(facts, &FinishReasons::read(record, facts), attributes);
}

fn explicit_messages(facts: &Facts<'_>, finish: &FinishReasons, attributes: &mut Attributes) {
    let system = facts.get(Field::SystemInstructions);
    attributes.maybe(semconv::message::SYSTEM, system.map(|value| message::instructions(&value)));
    let tools = facts.get(Field::ToolDefinitions);
    attributes.maybe(semconv::message::TOOLS, tools.and_then(|value| message::definitions(&value)));
    let input = facts.get(Field::InputMessages);
    attributes.maybe(semconv::message::INPUT, input.map(|value| message::request(&value)));
    let output = facts.get(Field::OutputMessages);
    attributes.maybe(
        semconv::message::OUTPUT,
        output.map(|value| message::response(&value, &|choice| finish.of(choice))),
    );
}

/// Why the model stopped, for each choice.
///
/// Said on the span, else in the messages. Two readers want them: the attribute holds only what is known,
/// while a message without a word of its own is invalid.
struct FinishReasons {
    said: Option<Vec<String>>,
    failed: bool,
}

impl FinishReasons {
    fn read(record: &SpanRecord, facts: &Facts<'_>) -> Self {
        let said = match facts.get(Field::FinishReasons) {
            Some(Value::Seq(reasons)) => {
                Some(reasons.filter_map(|reason| super::facts::text(&reason)).collect::<Vec<_>>())
            }
            Some(reason) => super::facts::text(&reason).map(|reason| vec![reason]),
            None => facts.get(Field::OutputMessages).and_then(|messages| message::finish_reasons(&messages)),
        };
        Self { said: said.filter(|said| !said.is_empty()), failed: record.outcome.is_error() }
    }

    /// The word for a choice: readers of messages insist on one.
    fn of(&self, choice: usize) -> Cow<'static, str> {
        match self.said.as_ref().and_then(|said| said.get(choice)) {
            Some(reason) => Cow::Owned(reason.clone()),
            None if self.failed => Cow::Borrowed(response::ERROR),
            None => Cow::Borrowed(response::STOP),
        }
    }

    /// The words that are known: those that were said, or that an answer which had begun was broken off.
    fn known(self, answered: bool) -> Option<Vec<String>> {
        match self.said {
            Some(said) => Some(said),
            None if self.failed && answered => Some(vec![response::ERROR.into()]),
            None => None,
        }
    }
}
