//! OTLP over gRPC, to a receiver made of OpenTelemetry's own types.

use recount::testing::Recorder;
use recount::{Builder, Protocol, span};
use recount_tests::Collector;

fn send(builder: Builder) -> Recorder {
    let recorder = Recorder::with(builder.protocol(Protocol::Grpc));
    let guard = recorder.install();
    span::workflow("answer").in_scope(|| span::tool("search").input("x").output("y").emit());
    drop(guard);
    recorder
}

fn names(collector: &Collector) -> Vec<String> {
    collector.spans().into_iter().map(|span| span.name).collect()
}

#[test]
fn spans_arrive() {
    let collector = Collector::grpc();
    let recorder =
        send(recount::builder().endpoint(collector.url()).header("x-key", "key").service_name("bot"));
    assert_eq!(recorder.stats().delivered, 2);
    assert_eq!(names(&collector), ["execute_tool search", "invoke_workflow answer"]);
    let received = &collector.received()[0];
    assert_eq!(received.headers["x-key"], "key");
    assert_eq!(
        received.request.resource_spans[0].scope_spans[0].schema_url,
        "https://opentelemetry.io/schemas/1.41.0"
    );
}

#[test]
fn spans_arrive_compressed() {
    let collector = Collector::grpc();
    send(recount::builder().endpoint(collector.url()).gzip(true));
    assert_eq!(names(&collector).len(), 2);
    assert_eq!(collector.received()[0].headers["grpc-encoding"], "gzip");
}

/// Set up, used and dropped inside the runtimes of a program, where no other runtime may be run or dropped.
#[test]
fn spans_arrive_from_within_runtimes() {
    let single = || tokio::runtime::Builder::new_current_thread().enable_all().build();
    let multi = || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    for runtime in [single(), multi()] {
        let collector = Collector::grpc();
        let builder = recount::builder().endpoint(collector.url());
        runtime.expect("a runtime").block_on(async { drop(send(builder)) });
        assert_eq!(names(&collector).len(), 2);
    }
}

/// One connection carries batch after batch.
#[test]
fn batch_after_batch() {
    let collector = Collector::grpc();
    let recorder = Recorder::with(recount::builder().endpoint(collector.url()).protocol(Protocol::Grpc));
    let _guard = recorder.install();
    for round in 1..=20 {
        span::task("step").emit();
        assert_eq!(recorder.stats().delivered, round);
    }
    assert_eq!(collector.received().len(), 20);
}

/// More than a collector takes in one message.
#[test]
fn long_prompts() {
    let collector = Collector::grpc();
    let builder = recount::builder().endpoint(collector.url()).protocol(Protocol::Grpc);
    let recorder = Recorder::with(builder);
    let guard = recorder.install();
    let prompt = "a \"long\" prompt\n".repeat(8_000);
    for _ in 0..60 {
        span::llm("gpt-5.2").input(serde_json::json!({ "prompt": prompt })).emit();
    }
    drop(guard);
    assert_eq!(recorder.stats().delivered, 60);
    assert_eq!(collector.spans().len(), 60);
    assert!(collector.received().len() > 5);
}
