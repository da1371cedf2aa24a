//! How the call ended: what the status of the answer tells, and what it all comes to.

use super::body::Bodies;
use crate::llm::{ErrorFacts, ResponseFacts};
use crate::wire::tape::{Entry, Fields, Value};
use crate::wire::{Field, Outcome, SpanRecord, Tape};

/// Says that the provider refused, where the HTTP status is one of an error and the body does not tell it better.
pub(super) fn add_status(bodies: &Bodies<'_>, response: &mut Option<ResponseFacts>) {
    let status = bodies.said(Field::Status).and_then(|status| status.parse::<u16>().ok());
    let Some(status) = status.filter(|status| *status >= 400) else { return };
    let error = response.get_or_insert_default().error.get_or_insert_with(ErrorFacts::default);
    if error.kind.is_empty() {
        error.kind = status.to_string();
    }
    if error.message.is_empty() {
        error.message = format!("the server answered with status {status}");
    }
}

/// How the call ended, in the light of what the provider said.
///
/// A program that got an error body and returned `Ok` does not know; one whose call failed knows better.
///
/// `fields` are those that the tape has.
pub(super) fn conclude(record: &mut SpanRecord, fields: Fields) {
    if record.outcome == Outcome::Cancelled && has_answered(&record.tape, fields) {
        record.outcome = Outcome::Completed;
    }
    if record.outcome != Outcome::Completed {
        return;
    }
    if fields.has(Field::Fault) {
        record.outcome = Outcome::Failed;
    } else if fields.has(Field::Unfinished) && record.tape.get(Field::Unfinished) == Some(Value::Bool(true)) {
        // The last entry says whether it matters: a client of whose answer the program wanted no more says no.
        record.outcome = Outcome::Failed;
        record.tape.fault("unfinished_stream", "the stream ended before the model said why it stopped");
    }
}

/// Whether a stream that was dropped had come to its point: many do not read on from where the model has said why it
/// stopped.
fn has_answered(tape: &Tape, fields: Fields) -> bool {
    let was_unfinished =
        |entry: Entry<'_>| entry.field == Field::Unfinished && entry.value == Value::Bool(true);
    fields.has(Field::ItemCount) && fields.has(Field::FinishReasons) && !tape.entries().any(was_unfinished)
}
