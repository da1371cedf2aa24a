//! Where nobody listens nothing is evaluated, and nothing is serialized.

use std::fmt::{self, Debug};
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::executor::block_on;
use futures::stream::{self, Stream, StreamExt};
use recount::Builder;
use recount::testing::Recorder;
use recount::wire::SpanRecord;
use recount_tests::{facts, records, records_with};
use serde::{Serialize, Serializer};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::{FilterFn, Targets};
use tracing_subscriber::layer::{Layer, SubscriberExt};

/// Counts how often it is read, in whatever way.
#[derive(Default)]
struct Watched(AtomicUsize);

impl Watched {
    fn read(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    fn mark(&self) -> u8 {
        self.0.fetch_add(1, Ordering::SeqCst);
        1
    }
}

impl Serialize for Watched {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.mark())
    }
}

impl Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.mark())
    }
}

#[recount::tool(description = value.mark(), fields(mark = value.mark(), debug = ?value))]
fn sync(value: &Watched) -> &Watched {
    value
}

#[recount::llm_span(
    model = value.mark(),
    input = value,
    parameters(top_p = value.mark()),
    output = |value| value.mark()
)]
async fn later<'a>(value: &'a Watched) -> Result<&'a Watched, ()> {
    Ok(value)
}

#[recount::task(err(Debug))]
fn fails(value: &Watched) -> Result<(), &Watched> {
    Err(value)
}

#[recount::task]
fn streamed(value: &Watched) -> impl Stream<Item = &Watched> {
    stream::iter([value])
}

#[recount::task(debug(value))]
fn iterated(value: &Watched) -> impl Iterator<Item = &Watched> {
    std::iter::once(value)
}

#[recount::interaction(user = value.mark(), tags = [value.mark()], properties(mark = value.mark()))]
fn turn(value: &Watched) -> &Watched {
    value
}

/// Calls everything; tells how often the value was read.
fn call_all() -> usize {
    let value = Watched::default();
    sync(&value);
    assert!(block_on(later(&value)).is_ok());
    assert!(fails(&value).is_err());
    assert_eq!(block_on(streamed(&value).count()), 1);
    assert_eq!(iterated(&value).count(), 1);
    turn(&value);
    value.read()
}

/// The test's own premise: with a recorder the value is read.
#[test]
fn everything_is_read_by_a_recorder() {
    let (read, spans) = records(call_all);
    assert!(read >= 15, "{read}");
    assert_eq!(spans.len(), 6);
}

/// Without any subscriber.
#[test]
fn no_subscriber() {
    tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::default(), || {
        assert_eq!(call_all(), 0);
    });
}

/// With a subscriber of somebody else's that wants every span.
#[test]
fn another_subscriber() {
    let subscriber = tracing_subscriber::fmt().with_writer(std::io::sink).finish();
    tracing::subscriber::with_default(subscriber, || assert_eq!(call_all(), 0));
}

/// With our layer filtered out: by level, by target, by a filter of its own, next to a layer that listens.
#[test]
fn filtered_out() {
    let recorder = Recorder::new();
    let nothing = FilterFn::new(|_| false);
    let dispatches = [
        tracing::Dispatch::new(
            tracing_subscriber::registry().with(recorder.layer()).with(LevelFilter::ERROR),
        ),
        tracing::Dispatch::new(
            tracing_subscriber::registry().with(recorder.layer().with_filter(Targets::new())),
        ),
        tracing::Dispatch::new(
            tracing_subscriber::registry()
                .with(tracing_subscriber::fmt::layer().with_writer(std::io::sink))
                .with(recorder.layer().with_filter(nothing)),
        ),
    ];
    for dispatch in dispatches {
        tracing::dispatcher::with_default(&dispatch, || assert_eq!(call_all(), 0));
    }
    assert_eq!(recorder.spans(), []);
}

/// A pipeline that has nowhere to send a span to.
#[test]
fn no_exporter() {
    if std::env::vars_os().any(|(name, _)| name.as_encoded_bytes().starts_with(b"OTEL_")) {
        println!("skipped: the environment configures an exporter");
        return;
    }
    let recount = recount::builder().build().expect("a set-up");
    let subscriber = tracing_subscriber::registry().with(recount.layer());
    tracing::subscriber::with_default(subscriber, || assert_eq!(call_all(), 0));
}

/// With content off: structural facts are evaluated, arguments and results are not, and no text of them is
/// anywhere.
#[test]
fn content_off() {
    #[recount::tool(description = "a tool", call_id = call)]
    fn secret(call: &str, password: &Watched, text: &str) -> String {
        let _ = password;
        text.to_uppercase()
    }

    #[recount::llm_span(model = "gpt-5.2", system = prompt, input = prompt, tools = [prompt])]
    async fn complete(prompt: &str) -> Result<String, String> {
        if prompt.is_empty() { Err("nothing to do".into()) } else { Ok(prompt.to_uppercase()) }
    }

    #[recount::retrieval(query = question, top_k = 3)]
    fn look_up(question: &str) -> impl Iterator<Item = &str> {
        question.split(' ')
    }

    let password = Watched::default();
    let ((), spans) = records_with(Builder::default().capture_content(false), || {
        secret("call_1", &password, "hunter2");
        assert!(block_on(complete("hunter2")).is_ok());
        assert!(block_on(complete("")).is_err());
        assert_eq!(look_up("hunter2 hunter2").count(), 2);
        recount::span::task("manual").input("hunter2").output("hunter2").emit();
    });
    assert_eq!(password.read(), 0);
    let told: Vec<_> = spans.iter().map(told).collect();
    assert!(!told.concat().to_lowercase().contains("hunter"), "{told:#?}");
    insta::assert_snapshot!(told.join("\n"), @r#"
    tool secret
    Description = "a tool"
    CallId = "call_1"
    llm complete
    Provider = "openai"
    RequestModel = "gpt-5.2"
    llm complete
    Provider = "openai"
    RequestModel = "gpt-5.2"
    Fault = {"type":"alloc::string::String"}
    retrieval look_up
    TopK = 3
    FirstItem = 0.001
    ItemCount = 2
    task manual
    "#);
}

fn told(span: &SpanRecord) -> String {
    format!("{} {}\n{}", span.kind, span.name, facts(span)).trim_end().to_owned()
}
