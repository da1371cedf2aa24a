//! The body of a request, in protobuf: written span by span, straight from the records, into a buffer that is used
//! again, so that no more than one span is held in any other shape.
//!
//! A message within a message needs its length in front. Of the small ones it is computed; of the large ones,
//! whose parts are not there yet, the place is left open and filled in at the end, with a varint that is
//! longer than it needs to be, which protobuf allows.

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource as ProtoResource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, SpanKind};
use opentelemetry_proto::tonic::trace::v1::{Span, Status, status};
use prost::Message;
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint};

use crate::convert::{self, AttributeValue, Attributes, OtelKind, semconv};
use crate::wire::{Resource, SpanRecord};

/// The bytes that a length takes when it is filled in later: a varint of this many bytes, long or not.
const LENGTH: usize = 5;

/// Writes the request that carries a batch.
///
/// A `ResourceSpans` (field 1) with the resource (1) and a `ScopeSpans` (2), which has the scope (1), the
/// spans (2) and the schema's URL (3). A test compares it with what the library writes.
pub(super) fn write(body: &mut Vec<u8>, batch: &[SpanRecord], resource: &Resource) {
    let resource_spans = begin(body, 1);
    let attributes = resource.attributes.iter();
    let attributes =
        attributes.map(|(key, value)| pair(key.to_string(), Value::StringValue(value.clone()))).collect();
    field(body, 1, &ProtoResource { attributes, ..ProtoResource::default() });
    let scope_spans = begin(body, 2);
    let scope = InstrumentationScope {
        name: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ..InstrumentationScope::default()
    };
    field(body, 1, &scope);
    for record in batch {
        field(body, 2, &span(record));
    }
    text(body, 3, semconv::SCHEMA_URL);
    end(body, scope_spans);
    end(body, resource_spans);
}

fn field(body: &mut Vec<u8>, tag: u32, message: &impl Message) {
    encode_key(tag, WireType::LengthDelimited, body);
    let len = message.encoded_len();
    body.reserve(len + encoded_len_varint(len as u64));
    encode_varint(len as u64, body);
    message.encode_raw(body);
}

fn text(body: &mut Vec<u8>, tag: u32, text: &str) {
    encode_key(tag, WireType::LengthDelimited, body);
    encode_varint(text.len() as u64, body);
    body.extend_from_slice(text.as_bytes());
}

/// Leaves room for a length; returns its place for [`end`].
fn begin(body: &mut Vec<u8>, tag: u32) -> usize {
    encode_key(tag, WireType::LengthDelimited, body);
    let at = body.len();
    body.extend_from_slice(&[0; LENGTH]);
    at
}

/// Fills in the length of all that came since. Five bytes hold 34 GiB.
fn end(body: &mut [u8], at: usize) {
    let len = body.len() - at - LENGTH;
    for (place, byte) in body[at..at + LENGTH].iter_mut().enumerate() {
        let more = if place + 1 < LENGTH { 0x80 } else { 0 };
        *byte = u8::try_from(len >> (7 * place) & 0x7f).unwrap_or_default() | more;
    }
}

fn span(record: &SpanRecord) -> Span {
    let converted = convert::span(record);
    let (code, message) = match converted.status {
        convert::Status::Unset => (status::StatusCode::Unset, String::new()),
        convert::Status::Error(message) => (status::StatusCode::Error, message),
    };
    Span {
        trace_id: record.trace_id.to_bytes().to_vec(),
        span_id: record.span_id.to_bytes().to_vec(),
        trace_state: String::new(),
        parent_span_id: record.parent.map_or_else(Vec::new, |parent| parent.to_bytes().to_vec()),
        // Sampled, and a parent that is known not to be remote.
        flags: 0x101,
        name: converted.name.into_owned(),
        kind: match converted.kind {
            OtelKind::Internal => SpanKind::Internal,
            OtelKind::Client => SpanKind::Client,
        } as i32,
        start_time_unix_nano: record.start.unix_nanos(),
        end_time_unix_nano: record.end.unix_nanos(),
        attributes: pairs(converted.attributes),
        events: converted
            .events
            .into_iter()
            .map(|event| Event {
                time_unix_nano: event.time.unix_nanos(),
                name: event.name.to_string(),
                attributes: pairs(event.attributes),
                dropped_attributes_count: 0,
            })
            .collect(),
        status: Some(Status { message, code: code as i32 }),
        ..Span::default()
    }
}

fn pairs(attributes: Attributes) -> Vec<KeyValue> {
    attributes.into_iter().map(|(key, value)| pair(key.into_owned(), value_of(value))).collect()
}

fn pair(key: String, value: Value) -> KeyValue {
    KeyValue { key, value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

fn value_of(value: AttributeValue) -> Value {
    match value {
        AttributeValue::Bool(value) => Value::BoolValue(value),
        AttributeValue::I64(value) => Value::IntValue(value),
        AttributeValue::F64(value) => Value::DoubleValue(value),
        AttributeValue::Str(value) => Value::StringValue(value.into_owned()),
        AttributeValue::Bools(values) => list(values, Value::BoolValue),
        AttributeValue::I64s(values) => list(values, Value::IntValue),
        AttributeValue::F64s(values) => list(values, Value::DoubleValue),
        AttributeValue::Strs(values) => list(values, Value::StringValue),
    }
}

fn list<T>(values: Vec<T>, value: impl Fn(T) -> Value) -> Value {
    Value::ArrayValue(ArrayValue {
        values: values.into_iter().map(|one| AnyValue { value: Some(value(one)) }).collect(),
    })
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
    use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
    use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;

    use super::*;
    use crate::export::span_data;
    use crate::wire::{Field, Kind, Outcome, SpanId, Timestamp, TraceId};

    fn records() -> Vec<SpanRecord> {
        let trace = TraceId::from_bytes([7; 16]);
        let mut root = SpanRecord::new(trace, SpanId::from_bytes([1; 8]), Kind::Workflow, "answer");
        root.start = Timestamp::from_unix_nanos(1_700_000_000_000_000_001);
        root.end = Timestamp::from_unix_nanos(1_700_000_000_000_000_501);
        let mut child = SpanRecord::new(trace, SpanId::from_bytes([2; 8]), Kind::Tool, "search");
        child.parent = Some(root.span_id);
        (child.start, child.end) = (root.start, root.end);
        child.outcome = Outcome::Failed;
        child.tape.entry(Field::Argument, Some("query"));
        child.tape.text("\"quoted\"\n\u{1}é");
        for name in ["list", "more"] {
            child.tape.entry(Field::Attribute, Some(name));
            child.tape.begin_seq();
            child.tape.double(0.5);
            child.tape.unsigned(3);
            child.tape.end();
        }
        child.tape.entry(Field::Fault, None);
        child.tape.begin_map();
        child.tape.text("type");
        child.tape.text("SearchError");
        child.tape.text("message");
        child.tape.text("nothing found");
        child.tape.end();
        vec![root, child]
    }

    #[test]
    fn the_body_says_what_the_library_would_have_said() {
        let mut resource = Resource::default();
        resource.set("service.name", "bot");
        let batch = records();
        let mut body = Vec::new();
        write(&mut body, &batch, &resource);
        let ours = ExportTraceServiceRequest::decode(&*body).expect("a request");
        let scope = span_data::scope();
        let spans = batch.iter().map(|record| span_data::span(record, &scope)).collect();
        let schema = ResourceAttributesWithSchema::from(&span_data::resource(&resource));
        let resource_spans = group_spans_by_resource_and_scope(spans, &schema);
        assert_eq!(ours, ExportTraceServiceRequest { resource_spans });
    }
}
