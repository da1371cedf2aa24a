//! OTLP over HTTP, to a receiver made of OpenTelemetry's own types.

use std::io::Read;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use recount::testing::Recorder;
use recount::{Builder, Protocol, span};
use recount_tests::Collector;

/// Records a workflow that calls a model, and sends it off.
fn send(builder: Builder) -> Recorder {
    let recorder = Recorder::with(builder);
    let guard = recorder.install();
    span::workflow("answer").in_scope(|| {
        span::llm("gpt-5.2").provider("openai").input("hi").output("hello").finish_reasons(&["stop"]).emit();
    });
    drop(guard);
    recorder
}

fn text<'a>(span: &'a Span, key: &str) -> Option<&'a str> {
    let value = span.attributes.iter().find(|attribute| attribute.key == key)?.value.as_ref()?;
    if let Some(Value::StringValue(text)) = &value.value { Some(text) } else { None }
}

/// Everything that a span has: where it comes from, its ids, its times, its kind, its attributes.
#[test]
fn spans_arrive_as_protobuf() {
    let collector = Collector::http();
    let builder = recount::builder()
        .endpoint(collector.url())
        .header("authorization", "Bearer key")
        .header("X-Project", "bot")
        .service_name("bot");
    assert_eq!(send(builder).stats().delivered, 2);

    let received = collector.received();
    let [received] = received.as_slice() else { panic!("one request, not {}", received.len()) };
    assert_eq!(received.path, "/v1/traces");
    assert_eq!(received.headers["content-type"], "application/x-protobuf");
    assert_eq!(received.headers["authorization"], "Bearer key");
    assert_eq!(received.headers["x-project"], "bot");

    let [resource] = received.request.resource_spans.as_slice() else { panic!("one resource") };
    let attributes = &resource.resource.as_ref().expect("a resource").attributes;
    let name = attributes.iter().find(|attribute| attribute.key == "service.name").expect("a name");
    assert_eq!(
        name.value.as_ref().and_then(|value| value.value.clone()),
        Some(Value::StringValue("bot".into()))
    );

    let [scope] = resource.scope_spans.as_slice() else { panic!("one scope") };
    assert_eq!(scope.scope.as_ref().map(|scope| scope.name.as_str()), Some("recount"));
    assert_eq!(scope.schema_url, "https://opentelemetry.io/schemas/1.41.0");

    let [llm, workflow] = scope.spans.as_slice() else { panic!("two spans") };
    assert_eq!((llm.name.as_str(), llm.kind()), ("chat gpt-5.2", SpanKind::Client));
    assert_eq!((workflow.name.as_str(), workflow.kind()), ("invoke_workflow answer", SpanKind::Internal));
    assert_eq!((&llm.trace_id, &llm.parent_span_id), (&workflow.trace_id, &workflow.span_id));
    assert!(workflow.parent_span_id.is_empty());
    assert!(workflow.start_time_unix_nano <= llm.start_time_unix_nano);
    assert!(
        llm.start_time_unix_nano < llm.end_time_unix_nano
            && llm.end_time_unix_nano <= workflow.end_time_unix_nano
    );
    assert_eq!(text(llm, "gen_ai.provider.name"), Some("openai"));
    assert_eq!(text(llm, "traceloop.workflow.name"), Some("answer"));
}

#[test]
fn spans_arrive_as_json() {
    let collector = Collector::http();
    send(recount::builder().endpoint(collector.url()).protocol(Protocol::HttpJson));
    assert_eq!(collector.received()[0].headers["content-type"], "application/json");
    let spans = collector.spans();
    assert_eq!(spans.len(), 2);
    assert_eq!(text(&spans[0], "gen_ai.request.model"), Some("gpt-5.2"));
}

#[test]
fn spans_arrive_compressed() {
    let collector = Collector::http();
    send(recount::builder().endpoint(collector.url()).gzip(true));
    assert_eq!(collector.received()[0].headers["content-encoding"], "gzip");
    assert_eq!(collector.spans().len(), 2);
}

/// The exporter needs no runtime, and does not mind one.
#[test]
fn spans_arrive_from_within_a_runtime() {
    let collector = Collector::http();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async { drop(send(recount::builder().endpoint(collector.url()))) });
    assert_eq!(collector.spans().len(), 2);
}

/// A path of its own, and one that is there already.
#[test]
fn endpoints_have_paths() {
    for (path, arrived) in [
        ("/", "/v1/traces"),
        ("/api/public/otel", "/api/public/otel/v1/traces"),
        ("/x/v1/traces", "/x/v1/traces"),
    ] {
        let collector = Collector::http();
        send(recount::builder().endpoint(format!("{}{path}", collector.url())));
        assert_eq!(collector.received()[0].path, arrived);
    }
}

/// Many spans arrive in batches, each once.
#[test]
fn batches() {
    let collector = Collector::http();
    let recorder = Recorder::with(recount::builder().endpoint(collector.url()).batch_size(100));
    let guard = recorder.install();
    for _ in 0..1_050 {
        span::task("step").emit();
    }
    drop(guard);
    assert_eq!(recorder.stats().delivered, 1_050);
    let mut ids: Vec<_> = collector.spans().into_iter().map(|span| span.span_id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 1_050);
    let largest = collector
        .received()
        .iter()
        .map(|received| received.request.resource_spans[0].scope_spans[0].spans.len())
        .max();
    assert_eq!(largest, Some(100));
}

/// A server that takes the request and never answers: a caller that waited for it would wait a minute.
#[test]
fn a_server_that_is_silent_holds_up_nobody() {
    const MINUTE: Duration = Duration::from_secs(60);
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", silent.local_addr().expect("an address"));
    let builder = recount::builder().endpoint(url).batch_size(1).timeout(MINUTE);
    let began = Instant::now();
    let recorder = send(builder.shutdown_timeout(Duration::from_millis(20)));
    let (mut request, _) = silent.accept().expect("the exporter calls");
    assert!(request.read(&mut [0]).is_ok_and(|read| read == 1), "the request is under way");
    assert_eq!(recorder.stats().delivered, 0);
    drop(recorder);
    assert!(began.elapsed() < MINUTE / 2, "the caller waited");
}
