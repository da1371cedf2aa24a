//! The body of a request, in protobuf: written span by span, straight from the records, into a buffer that is used
//! again. What is long is written once, where it goes.

mod attribute;
mod protobuf;
#[cfg(test)]
mod tests;

use std::mem::take;

use attribute::Twice;
use protobuf::{Large, Small, bytes, delimited, delimited_len, fixed32, fixed64, integer, varint_len};

use crate::convert::attribute::Key;
use crate::convert::facts::Facts;
use crate::convert::{
    self, AttributeValue, Attributes, ConvertedEvent, ConvertedSpan, Name, OtelKind, SpanLimits, semconv,
};
use crate::wire::{Resource, SpanRecord};

/// Sampled, and a parent that is known not to be remote.
const FLAGS: u32 = 0x101;
/// The code of a status that is an error.
const ERROR: u64 = 2;

/// Writes requests of OTLP.
///
/// A request is a `ResourceSpans` (field 1) with the resource (1) and a `ScopeSpans` (2), which has the scope (1), the
/// spans (2) and the schema's URL (3). A test compares it with what the library writes.
#[derive(Debug)]
pub(super) struct Encoder {
    /// The resource and the scope, as they stand in each request.
    resource: Vec<u8>,
    scope: Vec<u8>,
    limits: SpanLimits,
    /// Both empty, in the memory of those of the span before.
    facts: Facts<'static>,
    attributes: Attributes<'static>,
    /// Where the two lengths of the request that was begun stand.
    open: Option<[Large; 2]>,
}

impl Encoder {
    /// For spans of this resource, with no more of each thing than the limits allow.
    pub(super) fn new(resource: &Resource, limits: SpanLimits) -> Self {
        Self {
            resource: encoded_resource(resource),
            scope: encoded_scope(),
            limits,
            facts: Facts::default(),
            attributes: Attributes::default(),
            open: None,
        }
    }

    /// Begins a request: head, resource, scope.
    pub(super) fn begin(&mut self, body: &mut Vec<u8>) {
        let resource_spans = Large::begin(body, 1);
        body.extend_from_slice(&self.resource);
        let scope_spans = Large::begin(body, 2);
        body.extend_from_slice(&self.scope);
        self.open = Some([scope_spans, resource_spans]);
    }

    /// Appends one span. To take it out again, truncate the body to the length that it had before.
    pub(super) fn span(&mut self, body: &mut Vec<u8>, record: &SpanRecord) {
        let mut facts: Facts<'_> = take(&mut self.facts);
        facts.add(&record.tape);
        self.attributes = {
            let converted = convert::span(record, &facts, &self.limits, take(&mut self.attributes));
            let span = Small::begin(body, 2);
            write_span(body, record, &converted);
            span.end(body);
            converted.attributes.emptied()
        };
        self.facts = facts.emptied();
    }

    /// Ends the request.
    pub(super) fn end(&mut self, body: &mut Vec<u8>) {
        self.open.take().into_iter().flatten().for_each(|open| open.end(body));
    }
}

/// Writes a request with these spans, in place of what is in the buffer; for benchmarks.
#[doc(hidden)]
pub fn write_otlp_request(batch: &[SpanRecord], resource: &Resource, body: &mut Vec<u8>) {
    body.clear();
    let mut encoder = Encoder::new(resource, SpanLimits::default());
    encoder.begin(body);
    for record in batch {
        encoder.span(body, record);
    }
    encoder.end(body);
}

/// The fields of a `Span`, in the order of their numbers.
fn write_span(body: &mut Vec<u8>, record: &SpanRecord, span: &ConvertedSpan<'_>) {
    bytes(body, 1, &record.trace_id.to_bytes());
    bytes(body, 2, &record.span_id.to_bytes());
    if let Some(parent) = record.parent {
        bytes(body, 4, &parent.to_bytes());
    }
    write_name(body, &span.name);
    let kind = match span.kind {
        OtelKind::Internal => 1,
        OtelKind::Client => 3,
    };
    integer(body, 6, kind);
    fixed64(body, 7, record.start.unix_nanos());
    fixed64(body, 8, record.end.unix_nanos());
    let mut twice = Twice::default();
    for (key, value) in span.attributes.iter() {
        attribute::write(body, 9, key, value, &mut twice);
    }
    dropped(body, 10, span.attributes.dropped());
    span.events.iter().for_each(|event| write_event(body, event));
    dropped(body, 12, span.dropped_events);
    match &span.status {
        convert::Status::Unset => delimited(body, 15, 0),
        convert::Status::Error(message) => {
            let code = 1 + varint_len(ERROR);
            delimited(body, 15, delimited_len(message.len()) + code);
            bytes(body, 2, message.as_bytes());
            integer(body, 3, ERROR);
        }
    }
    fixed32(body, 16, FLAGS);
}

fn write_name(body: &mut Vec<u8>, name: &Name<'_>) {
    match &name.object {
        None => bytes(body, 5, name.operation.as_bytes()),
        Some(object) => {
            delimited(body, 5, name.operation.len() + 1 + object.len());
            for part in [&*name.operation, " ", object] {
                body.extend_from_slice(part.as_bytes());
            }
        }
    }
}

fn write_event(body: &mut Vec<u8>, event: &ConvertedEvent<'_>) {
    let open = Small::begin(body, 11);
    fixed64(body, 1, event.time.unix_nanos());
    bytes(body, 2, event.name.as_bytes());
    for (key, value) in event.attributes.iter() {
        attribute::write(body, 3, key, value, &mut Twice::default());
    }
    dropped(body, 4, event.attributes.dropped());
    open.end(body);
}

/// How many are missing, where some are.
fn dropped(body: &mut Vec<u8>, field: u8, count: usize) {
    if count > 0 {
        integer(body, field, u64::from(u32::try_from(count).unwrap_or(u32::MAX)));
    }
}

fn encoded_resource(resource: &Resource) -> Vec<u8> {
    let mut encoded = Vec::new();
    let open = Small::begin(&mut encoded, 1);
    for (key, value) in &resource.attributes {
        let value = AttributeValue::Str(value.as_str().into());
        attribute::write(&mut encoded, 1, &Key { prefix: "", name: key }, &value, &mut Twice::default());
    }
    open.end(&mut encoded);
    encoded
}

/// The scope and the schema's URL, which a reader takes in any order.
fn encoded_scope() -> Vec<u8> {
    let mut encoded = Vec::new();
    let scope = Small::begin(&mut encoded, 1);
    bytes(&mut encoded, 1, env!("CARGO_PKG_NAME").as_bytes());
    bytes(&mut encoded, 2, env!("CARGO_PKG_VERSION").as_bytes());
    scope.end(&mut encoded);
    bytes(&mut encoded, 3, semconv::SCHEMA_URL.as_bytes());
    encoded
}
