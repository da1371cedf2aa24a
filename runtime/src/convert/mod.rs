//! From what was recorded to what backends read: names, attributes, events and status of a span.
//!
//! The "portable" way: one copy of each payload, under the keys that every backend reads. Independent of any
//! OpenTelemetry crate; [`export`](crate::export) carries the result over.
//!
//! Nothing is lost in silence: what has no place in a convention goes to the input and output of Traceloop's
//! entity. What the user set comes last and counts.
//!
//! Each kind of span has a file; `content` and `message` make texts of values, `facts` reads the tape once,
//! `attribute` keeps keys unique. It all runs on the worker's thread.

mod agent;
mod attribute;
pub(crate) mod content;
mod event;
pub(crate) mod facts;
mod fault;
pub(crate) mod foreign;
#[cfg(feature = "metrics")]
pub(crate) mod group;
mod identity;
mod llm;
mod message;
mod parameter;
mod retrieval;
pub(crate) mod semconv;
mod set;
mod tool;
mod usage;
mod workflow;

use std::borrow::Cow;

pub(crate) use attribute::{AttributeValue, Attributes};
pub(crate) use event::ConvertedEvent;
pub(crate) use fault::{OTHER, read as fault};

use facts::Facts;

use crate::wire::{Field, Kind, SpanRecord};

/// A span as OpenTelemetry sees it, but for the ids and times, which the record has.
///
/// Owned, since the record's buffer goes back to the pool.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ConvertedSpan {
    pub(crate) name: Cow<'static, str>,
    pub(crate) kind: OtelKind,
    pub(crate) attributes: Attributes,
    pub(crate) events: Vec<ConvertedEvent>,
    pub(crate) status: Status,
}

/// Whether the work is done elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OtelKind {
    Internal,
    Client,
}

impl OtelKind {
    /// The kind of this name; none for those that calls of models never have.
    fn said(name: &str) -> Option<Self> {
        match name {
            name if name.eq_ignore_ascii_case("internal") => Some(Self::Internal),
            name if name.eq_ignore_ascii_case("client") => Some(Self::Client),
            _ => None,
        }
    }
}

/// An instrumentation never says that a span is OK: that is for the application to judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Unset,
    Error(String),
}

/// Converts a span.
pub(crate) fn span(record: &SpanRecord) -> ConvertedSpan {
    let facts = Facts::read(&record.tape);
    let own_name = facts.text(Field::Name).unwrap_or_else(|| record.name.to_string());
    let mut attributes = Attributes::default();
    let (name, kind) = match record.kind {
        Kind::Llm => (llm::convert(record, &facts, &mut attributes), OtelKind::Client),
        Kind::Retrieval => (retrieval::convert(&facts, &mut attributes), OtelKind::Client),
        Kind::Tool => (tool::convert(record, &facts, own_name, &mut attributes), OtelKind::Internal),
        Kind::Agent => agent::convert(record, &facts, own_name, &mut attributes),
        Kind::Workflow | Kind::Task | Kind::Interaction => {
            (workflow::convert(record, &facts, own_name, &mut attributes), OtelKind::Internal)
        }
    };
    // After the kind's own attributes, which it does not touch; before the user's, which may replace it.
    identity::convert(&record.identity, &mut attributes);
    let fault = fault::read(record, &facts);
    attributes.maybe(semconv::ERROR_TYPE, fault.as_ref().map(|fault| fault.kind.clone()));
    set::convert(&facts, &mut attributes);
    ConvertedSpan {
        name: facts.text(Field::SpanName).unwrap_or(name).into(),
        kind: facts.text(Field::SpanKind).and_then(|kind| OtelKind::said(&kind)).unwrap_or(kind),
        attributes,
        events: event::convert(record, &facts, fault.as_ref()),
        status: fault.map_or(Status::Unset, |fault| Status::Error(fault.message)),
    }
}

/// The name of a span: what is done, and with what, where that is known.
///
/// OpenTelemetry's pattern. Few names: those of models, tools and agents, never of users.
fn span_name(operation: &str, object: Option<&str>) -> String {
    match object {
        Some(object) if !object.is_empty() => format!("{operation} {object}"),
        _ => String::from(operation),
    }
}
