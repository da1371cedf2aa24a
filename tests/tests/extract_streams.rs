//! Streams of a model's answer, long ones and those that do not end well.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::executor::block_on;
use futures::stream::{self, BoxStream, Stream, StreamExt};
use recount::Builder;
use recount::testing::Recorder;
use recount::wire::{Field, Outcome, SpanRecord};
use recount_tests::{exported_with, fact, records_with};
use serde::Serialize;
use serde_json::{Value, json};
use tracing_subscriber::layer::SubscriberExt;

type Item = Result<Value, String>;

#[recount::llm_span(skip(items))]
fn typed<I>(items: I) -> BoxStream<'static, Item>
where
    I: IntoIterator<Item = Item, IntoIter: Send> + 'static,
{
    stream::iter(items.into_iter()).boxed()
}

#[recount::llm_span(skip(items))]
fn texts(items: Vec<String>) -> impl Stream<Item = String> {
    stream::iter(items)
}

fn chunk(delta: &str) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": "gpt-5.2",
        "choices": [{"index": 0, "delta": {"content": delta}, "finish_reason": null}],
    })
}

fn last() -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": "gpt-5.2",
        "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 5000},
    })
}

fn unknown(text: &str) -> Value {
    json!({"progress": text})
}

/// The chunks as one text.
fn events(chunks: impl Iterator<Item = Value>) -> String {
    chunks.flat_map(|chunk| ["data: ".to_owned(), chunk.to_string(), "\n\n".to_owned()]).collect()
}

fn drain<T>(items: impl Stream<Item = T>) -> usize {
    block_on(items.count())
}

/// The only span that the work left, at this cap.
fn recorded_at<T>(cap: usize, work: impl FnOnce() -> T) -> SpanRecord {
    let (_, spans) = records_with(recount::builder().value_cap(cap), work);
    let [span] = &*spans else { panic!("{} spans", spans.len()) };
    span.clone()
}

/// The text that the only choice says.
fn said(span: &SpanRecord) -> String {
    let messages = fact(span, Field::OutputMessages).unwrap_or_default();
    let messages: Value = serde_json::from_str(&messages).unwrap_or_default();
    messages[0]["parts"][0]["content"].as_str().unwrap_or_default().to_owned()
}

fn finish(span: &SpanRecord) -> String {
    fact(span, Field::FinishReasons).unwrap_or_default()
}

fn fault(span: &SpanRecord) -> String {
    let fault = span.tape.get(Field::Fault).and_then(|fault| fault.get("type"));
    fault.and_then(|kind| kind.to_text()).unwrap_or_default().into_owned()
}

fn items(span: &SpanRecord) -> usize {
    span.tape.entries().filter(|entry| entry.field == Field::Item).count()
}

const CAP: usize = 128 * 1024;

/// Everything that is known of an answer of 5,000 chunks, a megabyte and more of them.
#[test]
fn thousands_of_chunks() {
    let words = || (0..5000).map(|n| format!("word {n} "));
    let text: String = words().collect();
    let chunks = move || words().map(|word| Ok(chunk(&word))).chain([Ok(last())]);
    let raw = events(chunks().filter_map(Result::ok));
    assert!(raw.len() > 800_000);
    let pieces =
        |size: usize| raw.as_bytes().chunks(size).map(|piece| String::from_utf8_lossy(piece).into_owned());
    for (way, span) in [
        ("typed", recorded_at(CAP, || drain(typed(chunks())))),
        ("pieces of 100", recorded_at(CAP, || drain(texts(pieces(100).collect())))),
        ("pieces of 9000", recorded_at(CAP, || drain(texts(pieces(9000).collect())))),
        ("pieces of 20000", recorded_at(CAP, || drain(texts(pieces(20_000).collect())))),
    ] {
        assert_eq!(said(&span), text, "{way}");
        assert_eq!(finish(&span), r#"["stop"]"#, "{way}");
        assert_eq!(fact(&span, Field::Usage).as_deref(), Some(r#"{"input":7,"output":5000}"#), "{way}");
        assert_eq!(fact(&span, Field::ResponseModel).as_deref(), Some(r#""gpt-5.2""#), "{way}");
        assert_eq!((span.outcome, items(&span)), (Outcome::Completed, 0), "{way}");
        assert_eq!(fact(&span, Field::ItemsCut), None, "{way}");
    }
}

/// Of the text as much is kept as of any value; what comes last is kept anyway.
#[test]
fn the_text_has_a_cap() {
    for cap in [64, 300, 1000, 10_000, CAP] {
        let chunks = (0..20_000).map(|_| Ok(chunk("ten bytes!"))).chain([Ok(last())]);
        let span = recorded_at(cap, || drain(typed(chunks)));
        let text = said(&span);
        let (kept, mark) = text.split_once('…').expect("a mark");
        assert!(kept.len() <= cap && kept.len() + 10 > cap.min(50), "{cap}: {}", kept.len());
        assert!(mark.starts_with("[+"), "{cap}: {mark}");
        assert_eq!(finish(&span), r#"["stop"]"#, "{cap}");
        assert_eq!(fact(&span, Field::Usage).as_deref(), Some(r#"{"input":7,"output":5000}"#), "{cap}");
    }
}

/// The same for raw text in pieces that are longer than the cap.
#[test]
fn raw_text_beyond_the_cap() {
    let chunks = (0..2000).map(|_| chunk("ten bytes!")).chain([last()]);
    let raw = events(chunks);
    for cap in [64, 1000, 10_000] {
        for size in [700, 5000, 16_000] {
            let pieces = raw.as_bytes().chunks(size).map(|piece| String::from_utf8_lossy(piece).into_owned());
            let span = recorded_at(cap, || drain(texts(pieces.collect())));
            assert!(said(&span).starts_with("ten bytes!ten bytes!"), "{cap}, {size}: {}", said(&span));
            assert_eq!(finish(&span), r#"["stop"]"#, "{cap}, {size}");
        }
    }
}

/// While the stream goes on, no more is in memory than a fixed number of bytes, whatever comes.
#[test]
fn memory_is_bounded() {
    let recorder = Recorder::with(recount::builder().value_cap(CAP));
    let guard = recorder.install();
    let long = "x".repeat(1 << 20);
    let chunks = (0..100).map(move |_| Ok(chunk(&long)));
    drain(typed(chunks));
    drain(texts((0..3000).map(|n| format!("data: {{\"half\": \"{n}{}", "y".repeat(1000))).collect()));
    drain(texts((0..3000).map(|_| "z".repeat(1000)).collect()));
    drain(typed((0..20_000).map(|_| Err("failed again and again".to_owned()))));
    drain(typed((0..20_000).map(|n| if n % 2 == 0 { Ok(chunk("x")) } else { Err("failed".to_owned()) })));
    let name = "n".repeat(20_000);
    let calls = move |n: u64| {
        json!({"id": name, "model": name, "choices": [{"index": n % 100, "delta": {"tool_calls": [
            {"index": n, "id": name, "function": {"name": name, "arguments": "{}"}}
        ]}, "finish_reason": name}]})
    };
    drain(typed((0..6000).map(move |n| Ok(calls(n)))));
    drop(guard);
    for span in recorder.spans() {
        assert!(span.size() < 5 * CAP, "{}: {}", span.name, span.size());
        assert!(span.tape.capacity() < 8 * CAP, "{}: {}", span.name, span.tape.capacity());
    }
}

/// A stream that nobody knows is kept from its beginning, and what is missing is counted.
#[test]
fn streams_that_nobody_knows() {
    let text = "t".repeat(99);
    for (way, span) in [
        ("typed", recorded_at(CAP, || drain(typed((0..5000).map(|_| Ok(unknown(&"u".repeat(99)))))))),
        ("tokens", recorded_at(CAP, || drain(texts(vec![text.clone(); 5000])))),
        ("JSON", recorded_at(CAP, || drain(texts(vec![format!("{{\"t\": \"{text}\"}}"); 5000])))),
        (
            "half an object",
            recorded_at(CAP, || {
                drain(texts([vec!["{\"a\": \"".to_owned()], vec![text.clone(); 5000]].concat()))
            }),
        ),
        ("events", recorded_at(CAP, || drain(texts(vec![format!("data: {{\"t\": \"{text}\"}}\n\n"); 5000])))),
    ] {
        let (kept, count) =
            (items(&span) as u64, span.tape.get(Field::ItemCount).and_then(|count| count.as_u64()));
        let cut = span.tape.get(Field::ItemsCut).and_then(|cut| cut.as_u64()).unwrap_or_default();
        assert!(kept > 500 && cut > 0, "{way}: {kept} and {cut}");
        assert_eq!(Some(kept + cut), count, "{way}");
        let size: usize = span
            .tape
            .entries()
            .filter(|entry| entry.field == Field::Item)
            .map(|entry| entry.value.to_json().len())
            .sum();
        assert!(size < CAP + 16 * 1024, "{way}: {size}");
        assert_eq!(fact(&span, Field::FinishReasons), None, "{way}");
    }
}

/// Between the chunks there may be others, at the beginning too.
#[test]
fn chunks_among_others() {
    for before in [1, 100] {
        let others = |count| (0..count).map(|_| Ok(unknown(&"u".repeat(990))));
        let mixed = (0..100).flat_map(|_| [Ok(unknown("x")), Ok(chunk("ab"))]);
        let all: Vec<_> = others(before).chain(mixed).chain([Ok(last())]).chain(others(100)).collect();
        let span = recorded_at(CAP, || drain(typed(all)));
        assert_eq!(said(&span), "ab".repeat(100), "{before} before");
        assert_eq!(finish(&span), r#"["stop"]"#);
    }
}

/// A first chunk that is longer than everything that is kept, in pieces.
#[test]
fn a_first_chunk_beyond_the_cap() {
    let long = chunk(&"l".repeat(10 * CAP)).to_string();
    let raw = format!("data: {long}\n\ndata: {}\n\n", last());
    let pieces = raw.as_bytes().chunks(8000).map(|piece| String::from_utf8_lossy(piece).into_owned());
    let span = recorded_at(CAP, || drain(texts(pieces.collect())));
    assert!(said(&span).starts_with("llll"));
    assert_eq!(finish(&span), r#"["stop"]"#);
    assert_eq!((items(&span), fact(&span, Field::ItemsCut)), (0, None));
}

fn many(count: usize) -> impl Iterator<Item = Item> + Clone + Send {
    (0..count).map(|_| Ok(chunk("ab")))
}

/// A stream that ends before the model said why: short, and so long that it is put together on the way.
#[test]
fn streams_that_just_end() {
    for count in [1, 1000] {
        let span = recorded_at(CAP, || drain(typed(many(count))));
        assert_eq!((span.outcome, &*fault(&span)), (Outcome::Failed, "unfinished_stream"), "{count}");
        assert_eq!((said(&span), finish(&span)), ("ab".repeat(count), r#"["error"]"#.to_owned()), "{count}");
    }
}

#[test]
fn streams_that_are_dropped() {
    for count in [1, 1000] {
        let span = recorded_at(CAP, || block_on(typed(many(count).chain([Ok(last())])).take(count).count()));
        assert_eq!((span.outcome, &*fault(&span)), (Outcome::Cancelled, ""), "{count}");
        assert_eq!((said(&span), finish(&span)), ("ab".repeat(count), r#"["error"]"#.to_owned()), "{count}");
    }
}

#[test]
fn streams_that_fail() {
    for count in [1, 1000] {
        let chunks = many(count).chain([Err("connection reset".to_owned())]);
        let span = recorded_at(CAP, || drain(typed(chunks)));
        assert_eq!((span.outcome, &*fault(&span)), (Outcome::Failed, "alloc::string::String"), "{count}");
        assert_eq!((said(&span), finish(&span)), ("ab".repeat(count), r#"["error"]"#.to_owned()), "{count}");
    }
}

#[test]
fn streams_that_panic() {
    for count in [1, 1000] {
        let span = recorded_at(CAP, || {
            let mut chunks = many(count);
            let chunks =
                std::iter::from_fn(move || Some(chunks.next().unwrap_or_else(|| panic!("on purpose"))));
            let drained = std::panic::catch_unwind(|| drain(typed(chunks)));
            assert!(drained.is_err());
        });
        assert_eq!((span.outcome, &*fault(&span)), (Outcome::Panicked, "panic"), "{count}");
        assert_eq!(said(&span), "ab".repeat(count), "{count}");
    }
}

/// After an error the stream may go on.
#[test]
fn streams_that_go_on_after_an_error() {
    for count in [1, 1000] {
        let chunks = many(count).chain([Err("hiccup".to_owned())]).chain(many(count)).chain([Ok(last())]);
        let span = recorded_at(CAP, || drain(typed(chunks)));
        assert_eq!((span.outcome, &*fault(&span)), (Outcome::Failed, "alloc::string::String"), "{count}");
        assert_eq!(
            (said(&span), finish(&span)),
            ("ab".repeat(2 * count), r#"["stop"]"#.to_owned()),
            "{count}"
        );
    }
}

/// Or the client asks again, and another answer begins.
#[test]
fn streams_that_begin_anew() {
    fn again(mut chunk: Value) -> Value {
        chunk["id"] = "chatcmpl-2".into();
        chunk
    }

    for count in [1, 1000] {
        let anew = many(count).filter_map(Result::ok).chain([last()]).map(again).map(Ok);
        let chunks = many(count).chain([Err("connection reset".to_owned())]).chain(anew);
        let span = recorded_at(CAP, || drain(typed(chunks)));
        assert_eq!((said(&span), finish(&span)), ("ab".repeat(count), r#"["stop"]"#.to_owned()), "{count}");
        assert_eq!(fact(&span, Field::ResponseId).as_deref(), Some(r#""chatcmpl-2""#), "{count}");
    }
}

/// A provider that breaks off says so in a chunk.
#[test]
fn streams_in_which_the_provider_fails() {
    for count in [1, 1000] {
        let error = json!({"error": {"message": "The server is overloaded.", "type": "server_error"}});
        let span = recorded_at(CAP, || drain(typed(many(count).chain([Ok(error)]))));
        assert_eq!((span.outcome, &*fault(&span)), (Outcome::Failed, "server_error"), "{count}");
        assert_eq!((said(&span), finish(&span)), ("ab".repeat(count), r#"["error"]"#.to_owned()), "{count}");
    }
}

/// What is left open when the call ends is exported as it leaves the process.
#[test]
fn an_unfinished_stream_is_an_error_to_the_backend() {
    let spans = exported_with(Builder::default(), || drain(typed(many(2))));
    assert_eq!(spans[0]["status"]["code"], "ERROR");
    assert_eq!(spans[0]["attributes"]["error.type"], "unfinished_stream");
    assert_eq!(spans[0]["attributes"]["gen_ai.response.finish_reasons"], json!(["error"]));
}

/// Each pipeline gets the whole answer, whichever put it together.
#[test]
fn several_pipelines() {
    for count in [1, 1000] {
        let (one, other) = (Recorder::new(), Recorder::with(recount::builder().value_cap(1000)));
        let layers = tracing_subscriber::registry().with(one.layer()).with(other.layer());
        tracing::subscriber::with_default(layers, || drain(typed(many(count).chain([Ok(last())]))));
        for recorder in [one, other] {
            let spans = recorder.spans();
            assert_eq!((said(&spans[0]), finish(&spans[0])), ("ab".repeat(count), r#"["stop"]"#.to_owned()));
        }
    }
}

/// Chunks are serialized once each, by whoever polls the stream, and not again on the worker.
#[test]
fn chunks_are_read_once() {
    #[derive(Clone)]
    struct Counted(Arc<AtomicUsize>);

    impl Serialize for Counted {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.0.fetch_add(1, Ordering::Relaxed);
            chunk("ab").serialize(serializer)
        }
    }

    #[recount::llm_span(skip(items))]
    fn call(items: Vec<Counted>) -> impl Stream<Item = Counted> {
        stream::iter(items)
    }

    let items: Vec<_> = (0..1000).map(|_| Counted(Arc::default())).collect();
    let span = recorded_at(CAP, || drain(call(items.clone())));
    assert!(items.iter().all(|item| item.0.load(Ordering::Relaxed) == 1));
    assert_eq!(said(&span), "ab".repeat(1000));
}
