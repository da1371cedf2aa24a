//! Spans in the shape of the OpenTelemetry SDK.
//!
//! For exporters of the SDK, and for JSON lines. OTLP in protobuf, the hot way, does not come by here: it is
//! written from the records, without the SDK's intermediate shape.

use std::borrow::Cow;

use opentelemetry::trace::{Event, SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{Array, InstrumentationScope, Key, KeyValue, StringValue, Value};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

use crate::convert::{self, AttributeValue, Attributes, ConvertedEvent, OtelKind, semconv};
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
pub(super) fn span(record: &SpanRecord, scope: &InstrumentationScope) -> SpanData {
    let converted = convert::span(record);
    let mut events = SpanEvents::default();
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
        name: converted.name,
        start_time: record.start.into(),
        end_time: record.end.into(),
        attributes: key_values(converted.attributes),
        dropped_attributes_count: 0,
        events,
        links: SpanLinks::default(),
        status: match converted.status {
            convert::Status::Unset => Status::Unset,
            convert::Status::Error(message) => Status::Error { description: message.into() },
        },
        instrumentation_scope: scope.clone(),
    }
}

fn event(event: ConvertedEvent) -> Event {
    Event::new(event.name, event.time.into(), key_values(event.attributes), 0)
}

fn key_values(attributes: Attributes) -> Vec<KeyValue> {
    attributes.into_iter().map(|(key, value)| KeyValue::new(key_of(key), value_of(value))).collect()
}

fn key_of(key: Cow<'static, str>) -> Key {
    match key {
        Cow::Borrowed(key) => Key::from_static_str(key),
        Cow::Owned(key) => Key::from(key),
    }
}

fn value_of(value: AttributeValue) -> Value {
    match value {
        AttributeValue::Bool(value) => Value::Bool(value),
        AttributeValue::I64(value) => Value::I64(value),
        AttributeValue::F64(value) => Value::F64(value),
        AttributeValue::Str(value) => Value::String(value.into()),
        AttributeValue::Bools(values) => Value::Array(Array::Bool(values)),
        AttributeValue::I64s(values) => Value::Array(Array::I64(values)),
        AttributeValue::F64s(values) => Value::Array(Array::F64(values)),
        AttributeValue::Strs(values) => {
            Value::Array(Array::String(values.into_iter().map(StringValue::from).collect()))
        }
    }
}
