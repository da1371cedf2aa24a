//! Moments within a span.

use std::borrow::Cow;

use super::facts::{Facts, Named};
use super::fault::Fault;
use super::semconv::{self, exception};
use super::{AttributeValue, Attributes};
use crate::wire::tape::Value;
use crate::wire::{SpanRecord, Timestamp};

/// A moment within a span.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ConvertedEvent {
    pub(crate) name: Cow<'static, str>,
    pub(crate) time: Timestamp,
    pub(crate) attributes: Attributes,
}

/// The events: the exception first, where one was raised, since some readers look no further; then the user's.
pub(super) fn convert(record: &SpanRecord, facts: &Facts<'_>, fault: Option<&Fault>) -> Vec<ConvertedEvent> {
    let raised = fault.filter(|fault| fault.raised).map(|fault| exception(fault, record.end));
    let added = facts.events.iter().map(|(name, value)| added(name, value, record.end));
    raised.into_iter().chain(added).collect()
}

/// At the end of the span: when the error was raised inside it nobody has told.
fn exception(fault: &Fault, time: Timestamp) -> ConvertedEvent {
    let mut attributes = Attributes::default();
    attributes.set(exception::TYPE, fault.kind.clone());
    attributes.maybe(exception::MESSAGE, Some(fault.message.clone()).filter(|message| !message.is_empty()));
    attributes.maybe(exception::STACKTRACE, fault.trace());
    ConvertedEvent { name: exception::EVENT.into(), time, attributes }
}

/// An event without a time of its own happened at the end.
fn added(name: &str, event: &Value<'_>, end: Timestamp) -> ConvertedEvent {
    let time = event.get("time").and_then(|time| time.as_u64()).map_or(end, Timestamp::from_unix_nanos);
    let mut attributes = Attributes::default();
    match event.get("attributes") {
        Some(Value::Map(map)) => {
            let mut named = Named::default();
            map.filter(|(key, _)| !key.is_empty()).for_each(|(key, value)| named.set(key, value));
            for (key, value) in named.entries() {
                if let Some(value) = AttributeValue::from_tape(value) {
                    attributes.push(Cow::Owned((*key).into()), value);
                }
            }
        }
        Some(value) => attributes.maybe(semconv::EVENT_VALUE, AttributeValue::from_tape(&value)),
        None => {}
    }
    ConvertedEvent { name: Cow::Owned(name.into()), time, attributes }
}
