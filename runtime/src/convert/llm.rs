//! Calls of language models.
//!
//! Provider, model and tokens are what every backend computes prices from. Messages are taken from what was
//! said explicitly; else the input and output of the function stand in for them, as one message each.

use super::attribute::{self, Attributes};
use super::composed::Composed;
use super::content::Output;
use super::facts::{self, Facts};
use super::finish::FinishReasons;
use super::message::{Captured, Messages};
use super::semconv::{self, openinference, operation, request, response};
use super::{AttributeValue, Name, parameter, usage};
use crate::wire::tape::Value;
use crate::wire::{Field, SpanRecord};

/// Sets the attributes of a model call; returns the span's name.
pub(super) fn convert<'a>(
    record: &SpanRecord,
    facts: &'a Facts<'a>,
    attributes: &mut Attributes<'a>,
) -> Name<'a> {
    let said = facts.text(Field::Operation).unwrap_or(operation::CHAT.into());
    let model = facts.text(Field::RequestModel);
    let embeds = said == operation::EMBEDDINGS;
    // To OpenTelemetry, reranking is part of a retrieval, whose spans are named after the data source.
    let name = if said == operation::RERANK {
        attributes.add(semconv::OPERATION, operation::RETRIEVAL);
        attributes.add(openinference::SPAN_KIND, openinference::RERANKER);
        Name::of(operation::RETRIEVAL, facts.text(Field::DataSource))
    } else {
        attributes.add(semconv::OPERATION, said.clone());
        Name::of(said, model.clone())
    };
    attributes.maybe(semconv::PROVIDER, facts.text(Field::Provider));
    attributes.maybe(request::MODEL, model);
    server(facts, attributes);
    attributes.maybe(response::MODEL, facts.text(Field::ResponseModel));
    attributes.maybe(response::ID, facts.text(Field::ResponseId));
    stream(facts, attributes);
    usage::convert(facts, attributes);
    content(record, facts, embeds, attributes);
    for (name, value) in facts.details.entries() {
        if let Some(key) = semconv::detail(name) {
            attributes.maybe(key, facts::text(value));
        }
    }
    // Whatever its name says, a span that has items is one of a stream, even where the request did not say so.
    let streamed = facts.get(Field::ItemCount).is_some() || facts.get(Field::FirstItem).is_some();
    let streamed = streamed.then_some((request::STREAM.into(), Some(AttributeValue::Bool(true))));
    parameter::convert(facts, attributes);
    attributes.merge(streamed.into_iter(), true);
    name
}

/// How the response came, where it was a stream: how long until the first chunk, how many, how long between two.
fn stream(facts: &Facts<'_>, attributes: &mut Attributes<'_>) {
    let seconds = |field| facts.get(field).and_then(|time| attribute::number(&time));
    let (first, last) = (seconds(Field::FirstItem), seconds(Field::LastItem));
    attributes.maybe(response::FIRST_CHUNK, first);
    let Some(chunks) = facts.get(Field::ItemCount).and_then(|count| count.as_u64()) else { return };
    attributes.maybe(response::CHUNKS, i64::try_from(chunks).ok());
    if let (Some(first), Some(last), Ok(gaps @ 1..)) = (first, last, u32::try_from(chunks.saturating_sub(1)))
    {
        attributes.add(response::CHUNK_TIME, (last - first) / f64::from(gaps));
    }
}

/// The host that the request went to.
pub(super) fn server<'a>(facts: &Facts<'a>, attributes: &mut Attributes<'a>) {
    attributes.maybe(semconv::SERVER_ADDRESS, facts.text(Field::ServerAddress));
    attributes
        .maybe(semconv::SERVER_PORT, facts.get(Field::ServerPort).and_then(|port| attribute::integer(&port)));
}

/// The messages: those that were said explicitly, else what the function took and gave.
fn content<'a>(record: &SpanRecord, facts: &'a Facts<'a>, embeds: bool, attributes: &mut Attributes<'a>) {
    let finish = FinishReasons::read(record, facts);
    explicit_messages(facts, finish, attributes);
    if facts.get(Field::InputMessages).is_none() {
        let input = facts.input().and_then(super::content::Input::only);
        attributes
            .maybe(semconv::message::INPUT, input.map(|input| Composed::Captured(Captured::Input(input))));
    }
    let mut answered = facts.get(Field::OutputMessages).is_some();
    // The output of an embedding is vectors: bulk that no backend shows.
    if !answered
        && !embeds
        && let Some(output) = facts.output().filter(|output| !Output::is_null(*output))
    {
        let word = finish.words().next().unwrap_or_default();
        attributes.add(semconv::message::OUTPUT, Composed::Captured(Captured::Output(output, word)));
        answered = true;
    }
    attributes.maybe(response::FINISH_REASONS, finish.known(answered));
}

/// Messages, instructions and tools that were said explicitly, on a span of any kind.
///
/// An agent or a tool may have messages as well: whoever sets them wants them seen.
pub(super) fn explicit<'a>(record: &SpanRecord, facts: &Facts<'a>, attributes: &mut Attributes<'a>) {
    explicit_messages(facts, FinishReasons::read(record, facts), attributes);
}

fn explicit_messages<'a>(facts: &Facts<'a>, finish: FinishReasons<'a>, attributes: &mut Attributes<'a>) {
    let system = facts.get(Field::SystemInstructions);
    attributes.maybe(semconv::message::SYSTEM, system.map(Composed::Instructions));
    // What is no list is not sent: the convention knows nothing else.
    if let Some(Value::Seq(tools)) = facts.get(Field::ToolDefinitions) {
        attributes.add(semconv::message::TOOLS, Composed::Definitions(tools));
    }
    let input = facts.get(Field::InputMessages).map(Messages::of_request);
    attributes.maybe(semconv::message::INPUT, input.map(|input| Composed::Messages(Box::new(input))));
    let output = facts.get(Field::OutputMessages).map(|said| Messages::of_response(said, finish));
    attributes.maybe(semconv::message::OUTPUT, output.map(|output| Composed::Messages(Box::new(output))));
}
