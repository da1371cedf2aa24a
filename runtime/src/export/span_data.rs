//! Spans in the shape of the OpenTelemetry SDK.
//!
//! For exporters of the SDK, and for JSON lines. OTLP in protobuf, the hot way, does not come by here: it is
//! written from the records, without the SDK's intermediate shape.

use opentelemetry::trace::{Event, SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{Array, InstrumentationScope, Key, KeyValue, StringValue, Value};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

use crate::convert::attribute;
use crate::convert::facts::Facts;
use crate::convert::{self, AttributeValue, Attributes, ConvertedEvent, Name, OtelKind, SpanLimits, semconv};
use crate::wire::{Resource, SpanRecord};

/// The scope of all spans of this crate.
pub(super) fn scope() -> InstrumentationScope {
    InstrumentationScope::builder(env!("CARGO_PKG_NAME"))
        .with_version(env!("CARGO_PKG_VERSION"))
        .with_schema_url(semconv::SCHEMA_URL)
        .build()
}

/// The resource, in the shape of the SDK.
pub(super) fn resource(resource: &Resource) -> opentelemetry_sdk::Resource {
    let attributes = resource.attributes.iter();
    opentelemetry_sdk::Resource::builder_empty()
        .with_attributes(attributes.map(|(key, value)| KeyValue::new(key.clone(), value.clone())))
        .build()
}

/// A span, in the shape of the SDK.
pub(super) fn span(record: &SpanRecord, scope: &InstrumentationScope, limits: &SpanLimits) -> SpanData {
    let facts = Facts::read(&record.tape);
    let converted = convert::span(record, &facts, limits, Attributes::default());
    let mut events = SpanEvents::default();
    events.dropped_count = count(converted.dropped_events);
    events.events = converted.events.into_iter().map(event).collect();
    SpanData {
        span_context: SpanContext::new(
            TraceId::from_bytes(record.trace_id.to_bytes()),
            SpanId::from_bytes(record.span_id.to_bytes()),
            TraceFlags::SAMPLED,
            false,
            TraceState::NONE,
        ),
        parent_span_id: record.parent.map_or(SpanId::INVALID, |parent| SpanId::from_bytes(parent.to_bytes())),
        parent_span_is_remote: false,
        span_kind: match converted.kind {
            OtelKind::Internal => SpanKind::Internal,
            OtelKind::Client => SpanKind::Client,
        },
        name: name(converted.name).into(),
        start_time: record.start.into(),
        end_time: record.end.into(),
        dropped_attributes_count: count(converted.attributes.dropped()),
        attributes: key_values(converted.attributes),
        events,
        links: SpanLinks::default(),
        status: match converted.status {
            convert::Status::Unset => Status::Unset,
            convert::Status::Error(message) => Status::Error { description: message.into_owned().into() },
        },
        instrumentation_scope: scope.clone(),
    }
}

fn name(name: Name<'_>) -> String {
    match name.object {
        Some(object) => format!("{} {object}", name.operation),
        None => name.operation.into_owned(),
    }
}

fn count(dropped: usize) -> u32 {
    u32::try_from(dropped).unwrap_or(u32::MAX)
}

fn event(event: ConvertedEvent<'_>) -> Event {
    let dropped = count(event.attributes.dropped());
    Event::new(event.name.to_owned(), event.time.into(), key_values(event.attributes), dropped)
}

fn key_values(attributes: Attributes<'_>) -> Vec<KeyValue> {
    attributes.into_iter().map(|(key, value)| KeyValue::new(key_of(key), value_of(value))).collect()
}

fn key_of(key: attribute::Key<'_>) -> Key {
    if key.name.is_empty() { Key::from_static_str(key.prefix) } else { Key::from(key.to_text()) }
}

fn value_of(value: AttributeValue<'_>) -> Value {
    match value {
        AttributeValue::Bool(value) => Value::Bool(value),
        AttributeValue::I64(value) => Value::I64(value),
        AttributeValue::F64(value) => Value::F64(value),
        AttributeValue::Str(value) => Value::String(value.into_owned().into()),
        AttributeValue::Composed(text) => Value::String(text.to_text().into()),
        AttributeValue::Bools(values) => Value::Array(Array::Bool(values)),
        AttributeValue::I64s(values) => Value::Array(Array::I64(values)),
        AttributeValue::F64s(values) => Value::Array(Array::F64(values)),
        AttributeValue::Strs(values) => {
            let values = values.into_iter().map(|value| StringValue::from(value.into_owned()));
            Value::Array(Array::String(values.collect()))
        }
    }
}
