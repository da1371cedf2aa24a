//! What is written here says what the library would have said, field by field, of records made at random.

use std::collections::HashSet;
use std::sync::Arc;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::string::string_regex;
use prost::Message;

use super::*;
use crate::export::span_data;
use crate::wire::{Field, Identity, Kind, Outcome, SpanId, Tape, Timestamp, TraceId};

/// A value to be written onto a tape.
#[derive(Clone, Debug)]
enum Said {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Wide(i128),
    WideUnsigned(u128),
    Single(f32),
    Double(f64),
    Text(String),
    CutText(String, String, u64),
    Seq(Vec<Self>, Option<u64>),
    Map(Vec<(String, Self)>, Option<u64>),
}

impl Said {
    fn write(&self, tape: &mut Tape) {
        match self {
            Self::Null => tape.null(),
            Self::Bool(value) => tape.bool(*value),
            Self::Unsigned(value) => tape.unsigned(*value),
            Self::Signed(value) => tape.signed(*value),
            Self::Wide(value) => tape.wide_signed(*value),
            Self::WideUnsigned(value) => tape.wide_unsigned(*value),
            Self::Single(value) => tape.single(*value),
            Self::Double(value) => tape.double(*value),
            Self::Text(value) => tape.text(value),
            Self::CutText(kept, tail, original) => tape.cut_text(kept, tail, *original),
            Self::Seq(values, cut) => {
                tape.begin_seq();
                for value in values {
                    value.write(tape);
                }
                if let Some(missing) = cut {
                    tape.cut(*missing);
                }
                tape.end();
            }
            Self::Map(pairs, cut) => {
                tape.begin_map();
                for (key, value) in pairs {
                    tape.text(key);
                    value.write(tape);
                }
                if let Some(missing) = cut {
                    tape.cut(*missing);
                }
                tape.end();
            }
        }
    }
}

/// Names that the conversion looks for, and others.
const NAMES: [&str; 42] = [
    "",
    "a",
    "model",
    "input",
    "stream",
    "temperature",
    "max_tokens",
    "top_k",
    "stop_sequences",
    "choice.count",
    "dimension.count",
    "output.type",
    "query",
    "question",
    "user_id",
    "session_id",
    "original_size",
    "chunk_count",
    "role",
    "parts",
    "content",
    "text",
    "type",
    "name",
    "function",
    "id",
    "score",
    "finish_reason",
    "time",
    "attributes",
    "message",
    "chain",
    "output",
    "cache_read",
    "gen_ai.request.model",
    "gen_ai.operation.name",
    "app.input",
    "session.id",
    "api",
    "system_fingerprint",
    "tool_call",
    "\u{202e}\0\"\\",
];

fn name() -> impl Strategy<Value = String> {
    prop_oneof![4 => select(&NAMES[..]).prop_map(String::from), 1 => text()]
}

fn text() -> impl Strategy<Value = String> {
    // Of patterns that are read here. One that is given as a text is read again for each text that is made by it, which
    // took most of the time of the test.
    let pattern = |pattern| string_regex(pattern).expect("a pattern");
    prop_oneof![
        4 => pattern("\\PC{0,12}"),
        1 => pattern("[\0\u{1}\n\t\"\\\\a-c\u{7f}\u{202e}\u{feff}é🦀]{0,40}"),
        1 => select(&["", "chat", "embeddings", "rerank", "text", "uri", "client", "7", "{\"a\":[1]}"][..]).prop_map(String::from),
        1 => (0..3000_usize).prop_map(|len| "prose, \"quoted\"\n".repeat(len / 16)),
    ]
}

fn scalar() -> impl Strategy<Value = Said> {
    prop_oneof![
        Just(Said::Null),
        any::<bool>().prop_map(Said::Bool),
        prop_oneof![any::<u64>(), Just(u64::MAX), 0..300_u64].prop_map(Said::Unsigned),
        prop_oneof![any::<i64>(), Just(i64::MIN)].prop_map(Said::Signed),
        any::<i128>().prop_map(Said::Wide),
        any::<u128>().prop_map(Said::WideUnsigned),
        prop_oneof![any::<f32>(), Just(f32::NAN)].prop_map(Said::Single),
        prop_oneof![any::<f64>(), Just(f64::NAN), Just(f64::INFINITY), Just(-0.0), Just(1e300)]
            .prop_map(Said::Double),
        name().prop_map(Said::Text),
        text().prop_map(Said::Text),
        (text(), text(), any::<u64>()).prop_map(|(kept, tail, len)| Said::CutText(kept, tail, len)),
        (text(), Just(0)).prop_map(|(kept, len)| Said::CutText(kept, String::new(), len)),
    ]
}

fn value() -> impl Strategy<Value = Said> {
    // Made here and not below, where they would be made again for each value.
    let (names, scalars) = (name().boxed(), scalar().boxed());
    scalar().prop_recursive(4, 60, 8, move |inner| {
        prop_oneof![
            (vec(inner.clone(), 0..8), option::of(any::<u64>()))
                .prop_map(|(values, cut)| Said::Seq(values, cut)),
            (scalars.clone(), 0..40_usize).prop_map(|(value, len)| Said::Seq(vec![value; len], None)),
            (vec((names.clone(), inner), 0..8), option::of(any::<u64>()))
                .prop_map(|(pairs, cut)| Said::Map(pairs, cut)),
        ]
    })
}

/// Those that come often, and those that may come in any number.
const MANY: [Field; 6] =
    [Field::Argument, Field::Attribute, Field::Parameters, Field::Event, Field::Fault, Field::Item];

fn field() -> impl Strategy<Value = Field> {
    let all = (0..Field::COUNT).filter_map(|byte| Field::from_byte(u8::try_from(byte).ok()?));
    prop_oneof![3 => select(all.collect::<Vec<_>>()), 2 => select(&MANY[..])]
}

fn tape(entries: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = Tape> {
    vec((field(), name(), value()), entries).prop_map(|entries| {
        let mut tape = Tape::default();
        for (field, name, value) in entries {
            tape.entry(field, Some(&name));
            value.write(&mut tape);
        }
        tape
    })
}

fn shared() -> impl Strategy<Value = Option<Arc<str>>> {
    option::of(text().prop_map(Arc::from))
}

fn identity() -> impl Strategy<Value = Identity> {
    let names = [
        shared().boxed(),
        shared().boxed(),
        shared().boxed(),
        shared().boxed(),
        shared().boxed(),
        shared().boxed(),
    ];
    (names, vec(name().prop_map(Arc::from), 0..5), tape(0..5)).prop_map(
        |([workflow, agent, path, user, conversation, event], tags, properties)| Identity {
            workflow,
            agent,
            path,
            user,
            conversation,
            event,
            tags: tags.into(),
            properties,
        },
    )
}

fn record() -> impl Strategy<Value = SpanRecord> {
    const KINDS: [Kind; 7] =
        [Kind::Llm, Kind::Tool, Kind::Agent, Kind::Workflow, Kind::Task, Kind::Retrieval, Kind::Interaction];
    const OUTCOMES: [Outcome; 4] =
        [Outcome::Completed, Outcome::Failed, Outcome::Panicked, Outcome::Cancelled];
    let ids = (any::<[u8; 16]>(), any::<[u8; 8]>(), option::of(any::<[u8; 8]>()));
    let times = (any::<u64>(), any::<u64>());
    let entries = prop_oneof![8 => tape(0..12).boxed(), 1 => tape(60..90).boxed()];
    (ids, select(&KINDS[..]), name(), times, select(&OUTCOMES[..]), identity(), entries).prop_map(
        |((trace, span, parent), kind, name, times, outcome, identity, tape)| {
            let mut record =
                SpanRecord::new(TraceId::from_bytes(trace), SpanId::from_bytes(span), kind, name);
            // The library takes an id of zeros for none.
            record.parent = parent.map(SpanId::from_bytes).filter(|parent| parent.is_valid());
            record.start = Timestamp::from_unix_nanos(times.0.min(times.1));
            record.end = Timestamp::from_unix_nanos(times.0.max(times.1));
            (record.outcome, record.identity, record.tape) = (outcome, Arc::new(identity), tape);
            record
        },
    )
}

fn limits() -> impl Strategy<Value = SpanLimits> {
    let count = || prop_oneof![3 => Just(128), 1 => 0..20_usize];
    let length = prop_oneof![2 => Just(None), 1 => option::of(0..200_usize)];
    (count(), count(), count(), length).prop_map(|(attributes, events, event_attributes, value_length)| {
        SpanLimits { attributes, events, event_attributes, value_length, ..SpanLimits::default() }
    })
}

fn encoded(batch: &[SpanRecord], resource: &Resource, limits: SpanLimits) -> Vec<u8> {
    let mut body = Vec::new();
    let mut encoder = Encoder::new(resource, limits);
    encoder.begin(&mut body);
    for record in batch {
        encoder.span(&mut body, record);
    }
    encoder.end(&mut body);
    body
}

fn expected(batch: &[SpanRecord], resource: &Resource, limits: SpanLimits) -> ExportTraceServiceRequest {
    let scope = span_data::scope();
    let spans = batch.iter().map(|record| span_data::span(record, &scope, &limits)).collect();
    let schema = ResourceAttributesWithSchema::from(&span_data::resource(resource));
    ExportTraceServiceRequest { resource_spans: group_spans_by_resource_and_scope(spans, &schema) }
}

fn decoded(body: &[u8]) -> ExportTraceServiceRequest {
    ExportTraceServiceRequest::decode(body).expect("a request")
}

fn spans(request: &ExportTraceServiceRequest) -> impl Iterator<Item = &Span> {
    request.resource_spans.iter().flat_map(|all| &all.scope_spans).flat_map(|scope| &scope.spans)
}

fn resource() -> Resource {
    let mut resource = Resource::default();
    resource.set("service.name", "bot");
    resource
}

/// What backends cannot do without: each key once, no more than is allowed, texts no longer than is allowed.
fn check_attributes(attributes: &[KeyValue], most: usize, limits: &SpanLimits) {
    assert!(attributes.len() <= most);
    let keys: HashSet<_> = attributes.iter().map(|attribute| &attribute.key).collect();
    assert_eq!(keys.len(), attributes.len(), "{attributes:?}");
    assert!(!keys.contains(&String::new()));
    for attribute in attributes {
        let Some(Any::StringValue(text)) = attribute.value.as_ref().and_then(|any| any.value.as_ref()) else {
            continue;
        };
        assert!(limits.value_length.is_none_or(|most| text.chars().count() <= most), "{text}");
        let is_json = ["gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.tool.call.arguments"];
        if is_json.contains(&attribute.key.as_str()) && text.len() > 3 {
            assert!(serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(), "{text}");
        }
    }
}

/// Enough to find what is wrong in seconds, unless `PROPTEST_CASES` says how many.
fn config() -> ProptestConfig {
    let told = ProptestConfig::default();
    let cases = std::env::var_os("PROPTEST_CASES").map_or(512, |_| told.cases);
    ProptestConfig { cases, failure_persistence: None, ..told }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_body_says_what_the_library_would_have_said(record in record(), limits in limits()) {
        let batch = [record];
        let ours = decoded(&encoded(&batch, &resource(), limits));
        prop_assert_eq!(&ours, &expected(&batch, &resource(), limits));
        for span in spans(&ours) {
            check_attributes(&span.attributes, limits.attributes, &limits);
            prop_assert!(span.events.len() <= limits.events);
            for event in &span.events {
                check_attributes(&event.attributes, limits.event_attributes, &limits);
            }
        }
    }
}

fn tool(id: u8, result: &str) -> SpanRecord {
    let trace = TraceId::from_bytes([7; 16]);
    let mut record = SpanRecord::new(trace, SpanId::from_bytes([id; 8]), Kind::Tool, "search");
    record.tape.entry(Field::Output, None);
    record.tape.text(result);
    record
}

/// Lengths that have no room in the place that was left for them.
#[test]
fn what_is_larger_than_expected() {
    for len in [1, 127, 128, 16_384, (1 << 21) - 60, 1 << 21, 5 << 20] {
        let batch = [tool(1, "before"), tool(2, &"x".repeat(len)), tool(3, "behind")];
        let ours = decoded(&encoded(&batch, &resource(), SpanLimits::default()));
        assert!(ours == expected(&batch, &resource(), SpanLimits::default()), "{len} bytes");
    }
}

#[test]
fn a_span_is_taken_out_again() {
    let mut body = Vec::new();
    let mut encoder = Encoder::new(&resource(), SpanLimits::default());
    encoder.begin(&mut body);
    encoder.span(&mut body, &tool(1, "stays"));
    let len = body.len();
    encoder.span(&mut body, &tool(2, "goes"));
    body.truncate(len);
    encoder.end(&mut body);
    assert_eq!(decoded(&body), expected(&[tool(1, "stays")], &resource(), SpanLimits::default()));
}
