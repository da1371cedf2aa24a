//! Moments within a span.

use super::attribute::{AttributeValue, Attributes, Key};
use super::facts::{Facts, Named};
use super::fault::Fault;
use super::limits::SpanLimits;
use super::semconv::{self, exception};
use crate::wire::tape::Value;
use crate::wire::{SpanRecord, Timestamp};

/// A moment within a span.
#[derive(Debug)]
pub(crate) struct ConvertedEvent<'a> {
    pub(crate) name: &'a str,
    pub(crate) time: Timestamp,
    pub(crate) attributes: Attributes<'a>,
}

/// The events, and how many were left out because a span may not have more: the exception first, where one was raised,
/// since some readers look no further; then the user's.
pub(super) fn convert<'a>(
    record: &SpanRecord,
    facts: &'a Facts<'a>,
    fault: Option<&Fault<'a>>,
    limits: &SpanLimits,
) -> (Vec<ConvertedEvent<'a>>, usize) {
    let raised = fault.filter(|fault| fault.raised).map(|fault| exception(fault, record.end));
    let all = facts.events.len() + usize::from(raised.is_some());
    let added = facts.events.iter().map(|(name, value)| added(name, value, record.end));
    let mut events: Vec<_> = raised.into_iter().chain(added).take(limits.events).collect();
    for event in &mut events {
        event.attributes.limit(limits.event_attributes, limits.value_length);
    }
    let dropped = all - events.len();
    (events, dropped)
}

/// At the end of the span: when the error was raised inside it nobody has told.
fn exception<'a>(fault: &Fault<'a>, time: Timestamp) -> ConvertedEvent<'a> {
    let mut attributes = Attributes::default();
    attributes.add(exception::TYPE, fault.kind.clone());
    attributes.maybe(exception::MESSAGE, Some(fault.message.clone()).filter(|message| !message.is_empty()));
    attributes.maybe(exception::STACKTRACE, fault.causes.clone());
    ConvertedEvent { name: exception::EVENT, time, attributes }
}

/// An event without a time of its own happened at the end.
fn added<'a>(name: &'a str, event: &Value<'a>, end: Timestamp) -> ConvertedEvent<'a> {
    let time = event.get("time").and_then(|time| time.as_u64()).map_or(end, Timestamp::from_unix_nanos);
    let mut attributes = Attributes::default();
    match event.get("attributes") {
        Some(Value::Map(map)) => {
            let mut named = Named::default();
            map.filter(|(key, _)| !key.is_empty()).for_each(|(key, value)| named.set(key, value));
            let named = named.entries().iter();
            let named =
                named.map(|(name, value)| (Key { prefix: "", name }, AttributeValue::from_tape(value)));
            attributes.merge(named, true);
        }
        Some(value) => attributes.maybe(semconv::EVENT_VALUE, AttributeValue::from_tape(&value)),
        None => {}
    }
    ConvertedEvent { name, time, attributes }
}
