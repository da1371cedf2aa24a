//! Facts of model calls onto a tape, each as the entry that a setter would have written.

mod straight;

use super::{Limits, Slot};
use crate::llm::partial::head;
use crate::llm::{RequestFacts, ResponseFacts};
use crate::wire::{Field, Tape};

use straight::Writer;

/// Writes what a request says. Content is written too; whoever owns the tape takes it out where it is not wanted.
pub(crate) fn write_request(facts: &RequestFacts, tape: &mut Tape, limits: Limits) {
    let mut writer = Writer { tape, limits };
    writer.some(Field::Operation, facts.operation.as_deref());
    writer.some(Field::Provider, facts.provider.as_deref());
    writer.some(Field::RequestModel, facts.model.as_deref());
    for (name, value) in &facts.parameters {
        writer.json(Field::Parameters, Some(name), value);
    }
    for (detail, value) in &facts.details {
        writer.text(Field::Detail, Some(detail.name()), value);
    }
    writer.list(Field::SystemInstructions, &facts.system);
    writer.list(Field::ToolDefinitions, &facts.tools);
    writer.messages(Field::InputMessages, &facts.messages);
    if let Some(transcript) = &facts.transcript {
        writer.transcript(transcript);
    }
}

/// Writes what a response says. What became of the call is concluded from it later, on the worker.
///
/// A choice without a finish reason beside one that has it, and one of a stream that broke off, is an `error`:
/// that is OpenTelemetry's word for "it did not finish".
pub(crate) fn write_response(facts: &ResponseFacts, tape: &mut Tape, limits: Limits) {
    write_response_but_messages(facts, tape, limits);
    Writer { tape, limits }.messages(Field::OutputMessages, &facts.messages);
}

/// Writes what a response says, but for what the model said: the program has said something else.
pub(crate) fn write_response_but_messages(facts: &ResponseFacts, tape: &mut Tape, limits: Limits) {
    let mut writer = Writer { tape, limits };
    writer.some(Field::Operation, facts.operation.as_deref());
    writer.some(Field::Provider, facts.provider.as_deref());
    writer.some(Field::ResponseModel, facts.model.as_deref());
    writer.some(Field::ResponseId, facts.id.as_deref());
    if !facts.usage.is_empty() {
        writer.scalar(Field::Usage, None, |tape| facts.usage.write(tape));
    }
    if let Some(cost) = facts.cost.filter(|cost| *cost >= 0.0) {
        writer.scalar(Field::Cost, None, |tape| tape.double(cost));
        writer.text(Field::CostSource, None, "provider");
    }
    if let Some(dimensions) = facts.dimensions {
        writer.scalar(Field::Parameters, Some("dimension.count"), |tape| tape.unsigned(dimensions));
    }
    for (detail, value) in &facts.details {
        writer.text(Field::Detail, Some(detail.name()), value);
    }
    let reasons = facts.messages.iter().map(|message| message.finish_reason.as_deref());
    if facts.unfinished || reasons.clone().any(|reason| reason.is_some()) {
        writer.words(Field::FinishReasons, None, reasons.map(|reason| reason.unwrap_or("error")));
    }
    if let Some(error) = &facts.error {
        let Writer { tape, limits } = writer;
        tape.begin_fault(class(&error.kind));
        tape.text("message");
        super::format(tape, limits, format_args!("{}", error.message));
        tape.end();
    } else if facts.unfinished {
        writer.scalar(Field::Unfinished, None, |tape| tape.bool(true));
    }
}

/// The class of an error, in one short line: some servers have a sentence there.
fn class(kind: &str) -> &str {
    const LONGEST: usize = 128;
    head(kind.trim().lines().next().unwrap_or_default(), LONGEST)
}
