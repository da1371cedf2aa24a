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
pub(crate) mod attribute;
pub(crate) mod composed;
pub(crate) mod content;
mod event;
pub(crate) mod facts;
mod fault;
mod finish;
pub(crate) mod foreign;
#[cfg(feature = "metrics")]
pub(crate) mod group;
mod identity;
mod limits;
mod llm;
mod message;
mod object;
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
pub use limits::SpanLimits;

use facts::Facts;

use crate::wire::{Field, Kind, SpanRecord};

/// A span as OpenTelemetry sees it, but for the ids and times, which the record has.
///
/// Borrowed from the record as far as it can be: what has to be put together is, where it is written.
#[derive(Debug)]
pub(crate) struct ConvertedSpan<'a> {
    pub(crate) name: Name<'a>,
    pub(crate) kind: OtelKind,
    pub(crate) attributes: Attributes<'a>,
    pub(crate) events: Vec<ConvertedEvent<'a>>,
    /// How many events were left out because a span may not have more.
    pub(crate) dropped_events: usize,
    pub(crate) status: Status<'a>,
}

/// The name of a span: what is done, and with what, where that is known.
///
/// OpenTelemetry's pattern. Few names: those of models, tools and agents, never of users.
#[derive(Debug)]
pub(crate) struct Name<'a> {
    pub(crate) operation: Cow<'a, str>,
    pub(crate) object: Option<Cow<'a, str>>,
}

impl<'a> Name<'a> {
    fn of(operation: impl Into<Cow<'a, str>>, object: Option<Cow<'a, str>>) -> Self {
        Self { operation: operation.into(), object: object.filter(|object| !object.is_empty()) }
    }
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
pub(crate) enum Status<'a> {
    Unset,
    Error(Cow<'a, str>),
}

/// Converts a span, whose tape the facts were read from. The attributes are empty: those of a span before, so that
/// their memory is used again.
pub(crate) fn span<'a>(
    record: &'a SpanRecord,
    facts: &'a Facts<'a>,
    limits: &SpanLimits,
    mut attributes: Attributes<'a>,
) -> ConvertedSpan<'a> {
    let own_name = || facts.text(Field::Name).unwrap_or(Cow::Borrowed(&*record.name));
    let (name, kind) = match record.kind {
        Kind::Llm => (llm::convert(record, facts, &mut attributes), OtelKind::Client),
        Kind::Retrieval => (retrieval::convert(facts, &mut attributes), OtelKind::Client),
        Kind::Tool => (tool::convert(record, facts, own_name(), &mut attributes), OtelKind::Internal),
        Kind::Agent => agent::convert(record, facts, own_name(), &mut attributes),
        Kind::Workflow | Kind::Task | Kind::Interaction => {
            (workflow::convert(record, facts, own_name(), &mut attributes), OtelKind::Internal)
        }
    };
    let fault = fault::read(record, facts);
    // What a span has few of comes first: where there are too many attributes, the last ones are left out. The user's
    // own come last of all, since they may replace others.
    attributes.maybe(semconv::ERROR_TYPE, fault.as_ref().map(|fault| fault.kind.clone()));
    original_size(facts, &mut attributes);
    identity::convert(&record.identity, &mut attributes);
    identity::properties(&record.identity, &mut attributes);
    set::convert(facts, &mut attributes);
    attributes.limit(limits.attributes, limits.value_length);
    let (events, dropped_events) = event::convert(record, facts, fault.as_ref(), limits);
    ConvertedSpan {
        name: facts.text(Field::SpanName).map_or(name, |name| Name::of(name, None)),
        kind: facts.text(Field::SpanKind).and_then(|kind| OtelKind::said(&kind)).unwrap_or(kind),
        attributes,
        events,
        dropped_events,
        status: fault.map_or(Status::Unset, |fault| Status::Error(fault.message)),
    }
}

/// How large the content of a span was before it was cut to what may be sent at once, where it was.
fn original_size<'a>(facts: &Facts<'a>, attributes: &mut Attributes<'a>) {
    let size = facts.get(Field::OriginalSize).and_then(|size| attribute::integer(&size));
    attributes.maybe(semconv::ORIGINAL_SIZE, size);
}
