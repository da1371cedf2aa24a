use prost::Message;

/// A request, as far as it has to be understood to be split: what is not spans stays the bytes that it is.
#[derive(Clone, PartialEq, Eq, Message)]
struct Request {
    #[prost(message, repeated, tag = "1")]
    resource_spans: Vec<ResourceSpans>,
}

#[derive(Clone, PartialEq, Eq, Message)]
struct ResourceSpans {
    #[prost(bytes = "vec", tag = "1")]
    resource: Vec<u8>,
    #[prost(message, repeated, tag = "2")]
    scope_spans: Vec<ScopeSpans>,
}

#[derive(Clone, PartialEq, Eq, Message)]
struct ScopeSpans {
    #[prost(bytes = "vec", tag = "1")]
    scope: Vec<u8>,
    #[prost(bytes = "vec", repeated, tag = "2")]
    spans: Vec<Vec<u8>>,
    #[prost(bytes = "vec", tag = "3")]
    schema_url: Vec<u8>,
}

/// A part of a request, and how many spans it has.
pub(super) type Half = (Vec<u8>, usize);

/// The request as two with half of the spans each; nothing where it has fewer than two.
///
/// For requests that were written earlier, whose records are gone.
pub(super) fn split(request: &[u8]) -> Option<[Half; 2]> {
    let mut one = Request::decode(request).ok()?;
    // As they are written here: one resource, one scope.
    let [ResourceSpans { resource, scope_spans }] = one.resource_spans.as_mut_slice() else { return None };
    let [ScopeSpans { scope, spans, schema_url }] = scope_spans.as_mut_slice() else { return None };
    if spans.len() < 2 {
        return None;
    }
    let others = spans.split_off(spans.len() / 2);
    let (count, other_count) = (spans.len(), others.len());
    let scope_spans = ScopeSpans { scope: scope.clone(), spans: others, schema_url: schema_url.clone() };
    let other = ResourceSpans { resource: resource.clone(), scope_spans: vec![scope_spans] };
    let other = Request { resource_spans: vec![other] };
    Some([(one.encode_to_vec(), count), (other.encode_to_vec(), other_count)])
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;

    use super::*;
    use crate::export::otlp::requests::{Requests, Written};
    use crate::wire::{Kind, Resource, SpanId, SpanRecord, TraceId};

    #[test]
    fn both_halves_say_what_the_whole_said() {
        let record = |id: u8| {
            let trace = TraceId::from_bytes([7; 16]);
            SpanRecord::new(trace, SpanId::from_bytes([id; 8]), Kind::Tool, format!("tool {id}"))
        };
        let records: Vec<_> = (1..=5).map(record).collect();
        let mut resource = Resource::default();
        resource.set("service.name", "bot");
        let mut requests = Requests::new(1 << 20);
        assert_eq!(requests.write(&records, &resource), Written::Spans(5));

        let decoded = |request: &[u8]| ExportTraceServiceRequest::decode(request).expect("a request");
        let mut whole = decoded(requests.body());
        let [(one, count), (other, other_count)] = split(requests.body()).expect("five spans");
        assert_eq!((count, other_count), (2, 3));
        let (one, mut other) = (decoded(&one), decoded(&other));
        let spans = &mut whole.resource_spans[0].scope_spans[0].spans;
        let rest = spans.split_off(2);
        assert_eq!(one, whole);
        assert_eq!(std::mem::take(&mut other.resource_spans[0].scope_spans[0].spans), rest);
        whole.resource_spans[0].scope_spans[0].spans.clear();
        assert_eq!(other, whole, "the same resource and scope");
    }

    #[test]
    fn one_span_is_not_split_and_noise_neither() {
        let id = SpanId::from_bytes([1; 8]);
        let record = SpanRecord::new(TraceId::from_bytes([1; 16]), id, Kind::Task, "work");
        let mut requests = Requests::new(1 << 20);
        requests.write(&[record], &Resource::default());
        assert!(split(requests.body()).is_none());
        assert!(split(b"").is_none() && split(&[0xff; 100]).is_none());
    }
}
