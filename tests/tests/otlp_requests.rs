//! How much goes into one request: never more than was said, and no span is lost for its length.

use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use recount::testing::Recorder;
use recount::{Builder, Protocol, Stats, span};
use recount_tests::server::{Request, Server, by_size, status, well};
use recount_tests::{Collector, Random};
use serde_json::json;

/// Sends model calls with prompts of these lengths.
fn send(builder: Builder, lengths: &[usize]) -> Stats {
    // Long texts take their time where nothing is optimized.
    let recorder = Recorder::with(builder.value_cap(64 << 20).shutdown_timeout(Duration::from_secs(60)));
    let guard = recorder.install();
    for length in lengths {
        let prompt = "a \"long\" prompt\n".chars().cycle().take(*length).collect::<String>();
        span::llm("gpt-5.2").input(json!([{"role": "user", "content": prompt}])).output("short").emit();
    }
    drop(guard);
    recorder.stats()
}

fn text<'a>(span: &'a Span, key: &str) -> &'a str {
    let attribute = span.attributes.iter().find(|attribute| attribute.key == key);
    match attribute.and_then(|attribute| attribute.value.as_ref()?.value.as_ref()) {
        Some(Value::StringValue(text)) => text,
        other => panic!("{key} is {other:?}"),
    }
}

#[test]
fn no_request_is_longer_than_was_said() {
    let mut random = Random::new(7);
    let lengths: Vec<_> = (0..300)
        .map(|_| {
            let longest = *random.choose(&[10, 1_000, 10_000]);
            usize::try_from(random.below(longest)).expect("a length")
        })
        .collect();
    for limit in [20_000, 50_000, 1 << 20] {
        let server = Server::new(vec![well()]);
        let stats = send(recount::builder().endpoint(server.url()).request_bytes(limit), &lengths);
        assert_eq!((stats.delivered, stats.lost()), (300, 0));
        let sizes: Vec<_> = server.requests().iter().map(|request| request.body.len()).collect();
        assert!(sizes.iter().all(|size| *size <= limit), "{sizes:?}");
        // Nor are they much shorter: none but the last of a batch has room for the longest span.
        let total: usize = sizes.iter().sum();
        assert!(sizes.len() <= total / (limit.saturating_sub(16_000)).max(1) + 2, "{limit}: {sizes:?}");
        let spans: Vec<_> = server.requests().iter().flat_map(Request::spans).collect();
        assert_eq!(spans.len(), 300);
        let whole = spans.iter().filter(|span| text(span, "gen_ai.input.messages").len() > 10_000).count();
        assert!(whole > 0 && spans.iter().all(|span| text(span, "gen_ai.output.messages").contains("short")));
    }
}

#[test]
fn json_is_counted_as_json() {
    const LIMIT: usize = 20_000;
    let server = Server::new(vec![by_size(
        LIMIT,
        status("200 OK", &[("content-type", "application/json")], b"{}"),
        status("413 Content Too Large", &[], b""),
    )]);
    let builder = recount::builder().endpoint(server.url()).protocol(Protocol::HttpJson).request_bytes(LIMIT);
    let stats = send(builder, &[500; 100]);
    assert_eq!((stats.delivered, stats.lost()), (100, 0));
    let sizes: Vec<_> = server.requests().iter().map(|request| request.body.len()).collect();
    assert!(sizes.iter().all(|size| *size <= LIMIT), "{sizes:?}");
}

#[test]
fn a_span_that_is_too_long_is_cut_inside() {
    const LIMIT: usize = 100_000;
    for (protocol, collector) in [
        (Protocol::HttpProtobuf, Collector::http()),
        (Protocol::HttpJson, Collector::http()),
        (Protocol::Grpc, Collector::grpc()),
    ] {
        let builder = recount::builder().endpoint(collector.url()).protocol(protocol).request_bytes(LIMIT);
        let stats = send(builder, &[10, 1_000_000, 10]);
        assert_eq!((stats.delivered, stats.lost()), (3, 0), "{protocol}");
        let spans = collector.spans();
        let long =
            spans.iter().find(|span| text(span, "gen_ai.input.messages").len() > 1_000).expect("a span");
        let messages: serde_json::Value =
            serde_json::from_str(text(long, "gen_ai.input.messages")).expect("JSON, cut inside");
        assert_eq!(messages[0]["role"], "user");
        assert_eq!(text(long, "gen_ai.request.model"), "gpt-5.2");
        assert!(text(long, "gen_ai.output.messages").contains("short"));
        let marked = long.attributes.iter().any(|attribute| attribute.key.ends_with("original_size"));
        assert!(marked, "{:?}", long.attributes.iter().map(|attribute| &attribute.key).collect::<Vec<_>>());
    }
}

/// What every span has, however little of its content is left.
#[test]
fn a_span_that_is_too_long_without_content_is_lost_alone() {
    let server = Server::new(vec![well()]);
    let builder = recount::builder().endpoint(server.url()).request_bytes(5_000);
    let recorder = Recorder::with(builder);
    let guard = recorder.install();
    span::task("short").emit();
    // One that is part of the program is kept as it is.
    span::task(&*"long".repeat(2_000).leak()).emit();
    span::task("short").emit();
    drop(guard);
    let stats = recorder.stats();
    assert_eq!((stats.delivered, stats.lost_too_large), (2, 1));
    assert_eq!(server.requests().iter().flat_map(Request::spans).count(), 2);
}

#[test]
fn a_resource_that_is_too_long_leaves_no_room() {
    let server = Server::new(vec![well()]);
    let builder = recount::builder()
        .endpoint(server.url())
        .request_bytes(5_000)
        .resource_attribute("everything", "x".repeat(10_000));
    let stats = send(builder, &[10, 10]);
    assert_eq!((stats.delivered, stats.lost_too_large), (0, 2));
    assert!(server.requests().is_empty());
}

/// One that a server in front of the collector refuses for its length, as nginx does from 1 MiB on.
#[test]
fn a_span_that_is_too_long_for_the_server_is_cut_inside() {
    let server = Server::new(vec![by_size(1 << 20, well(), status("413 Content Too Large", &[], b""))]);
    let stats = send(recount::builder().endpoint(server.url()), &[10, 1_500_000, 10, 700_000, 700_000]);
    assert_eq!((stats.delivered, stats.lost()), (5, 0));
    let requests = server.requests();
    let taken = requests.iter().filter(|request| request.body.len() <= 1 << 20);
    assert_eq!(taken.flat_map(Request::spans).count(), 5);
}

/// What was kept while the server was down, and is too long for it when it is back, is split; nothing of it is lost.
#[test]
fn what_was_kept_is_split_too() {
    const LIMIT: usize = 3_000;
    let folder = tempfile::TempDir::new().expect("a folder");
    let server = Server::new(vec![
        status("503 Service Unavailable", &[], b""),
        by_size(LIMIT, well(), status("413 Content Too Large", &[], b"")),
    ]);
    let builder = recount::builder().endpoint(server.url()).outbox(folder.path());
    let recorder = Recorder::with(builder.batch_delay(Duration::from_millis(10)));
    let guard = recorder.install();
    (0..40).for_each(|_| span::task("step").emit());
    drop(guard);
    let deadline = Instant::now() + Duration::from_secs(30);
    while recorder.stats().delivered < 40 {
        assert!(Instant::now() < deadline, "{}", recorder.stats());
        std::thread::yield_now();
    }
    let requests = server.requests();
    let taken = requests.iter().skip(1).filter(|request| request.body.len() <= LIMIT);
    assert_eq!(taken.flat_map(Request::spans).count(), 40);
}
