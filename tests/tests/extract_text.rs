//! Bodies as raw text: whatever the client makes of the bytes, the same is read from them.

use std::fmt::Debug;

use bytes::Bytes;
use futures::executor::block_on;
use futures::stream::{self, Stream, StreamExt};
use recount::price::PriceTable;
use recount_tests::{Case, corpus, exported_with};
use serde::Serialize;
use serde_json::Value;

/// What leaves the process for a stream of these items, but for what depends on their number.
fn streamed<I: Serialize>(request: &Value, items: Vec<I>) -> Value {
    #[recount::llm_span(skip(items))]
    fn call<I: Serialize>(request: &Value, items: Vec<I>) -> impl Stream<Item = I> + use<I> {
        let _ = request;
        stream::iter(items)
    }

    read(|| block_on(call(request, items).for_each(|_| async {})))
}

/// The same for items that have only `Debug`.
fn streamed_debug<I: Debug>(request: &Value, items: Vec<I>) -> Value {
    #[recount::llm_span(skip(items))]
    fn call<I: Debug>(request: &Value, items: Vec<I>) -> impl Stream<Item = I> + use<I> {
        let _ = request;
        stream::iter(items)
    }

    read(|| block_on(call(request, items).for_each(|_| async {})))
}

/// What leaves the process for a value that is returned at once.
fn returned<T: Serialize>(request: &Value, value: T) -> Value {
    #[recount::llm_span(skip(value))]
    fn call<T: Serialize>(request: &Value, value: T) -> T {
        let _ = request;
        value
    }

    read(|| call(request, value))
}

fn returned_debug<T: Debug>(request: &Value, value: T) -> Value {
    #[recount::llm_span(skip(value))]
    fn call<T: Debug>(request: &Value, value: T) -> T {
        let _ = request;
        value
    }

    read(|| call(request, value))
}

/// The facts of the only span.
fn read<T>(work: impl FnOnce() -> T) -> Value {
    let spans = exported_with(recount::builder().prices(PriceTable::empty()), work);
    let mut span = spans[0].clone();
    let attributes = span["attributes"].as_object_mut().expect("attributes");
    attributes.retain(|key, _| !key.contains("chunk") && !key.contains("request.stream"));
    // A body that says nothing but what went wrong is recorded as it came.
    if attributes.contains_key("error.type") || !attributes.contains_key("gen_ai.response.finish_reasons") {
        attributes.remove("gen_ai.output.messages");
    }
    span
}

/// The event of a client crate: it has no `Serialize`.
#[derive(Clone, Debug)]
#[expect(dead_code, reason = "only its Debug text is read")]
struct Event {
    kind: String,
    data: String,
    id: String,
    retry: Option<u64>,
}

#[derive(Debug)]
#[expect(dead_code, reason = "only its Debug text is read")]
enum Message {
    Open,
    Message(Event),
}

/// One with `Serialize`, of the program's own.
#[derive(Serialize)]
struct Typed {
    event: &'static str,
    data: String,
}

/// The chunks as one text, with this before and behind each.
fn joined(chunks: &[Value], before: &str, behind: &str) -> String {
    chunks.iter().flat_map(|chunk| [before.to_owned(), chunk.to_string(), behind.to_owned()]).collect()
}

fn split(text: &str, size: usize) -> Vec<Vec<u8>> {
    text.as_bytes().chunks(size).map(<[u8]>::to_vec).collect()
}

fn debug_events(chunks: &[Value]) -> Vec<Message> {
    let event = |chunk: &Value| Event {
        kind: "message, data: \"".into(),
        data: chunk.to_string(),
        id: String::new(),
        retry: None,
    };
    std::iter::once(Message::Open).chain(chunks.iter().map(event).map(Message::Message)).collect()
}

fn streams() -> impl Iterator<Item = (Case, Vec<Value>)> {
    corpus().into_iter().filter_map(|case| {
        let chunks = case.chunks.clone()?;
        Some((case, chunks))
    })
}

#[track_caller]
fn check(case: &str, way: &str, found: &Value, expected: &Value) {
    assert_eq!(found, expected, "{case}, {way}");
}

/// Chunks in all the ways in which they come over the wire and out of clients.
#[test]
fn streams_of_text() {
    for (Case { name, request, .. }, chunks) in streams() {
        let typed = streamed(&request, chunks.clone());
        let events = joined(&chunks, ": ping\r\nevent: message\r\nid: 7\r\ndata: ", "\r\n\r\n");
        for size in [1, 7, 100, 1000, 1 << 20] {
            check(&name, "events as bytes", &streamed(&request, split(&events, size)), &typed);
            let debug = split(&events, size).into_iter().map(Bytes::from).collect();
            check(&name, "events as Bytes", &streamed_debug(&request, debug), &typed);
        }
        let texts = chunks.iter().map(|chunk| format!("data:{chunk}\n\n")).collect();
        check(&name, "an event each", &streamed(&request, texts), &typed);
        let lines = events.lines().map(str::to_owned).collect();
        check(&name, "lines of events", &streamed(&request, lines), &typed);
        let data = chunks.iter().map(Value::to_string).collect();
        check(&name, "the data of events", &streamed(&request, data), &typed);
        let lines = joined(&chunks, "", "\n");
        check(&name, "lines of JSON", &streamed(&request, split(&lines, 11)), &typed);
        let array = format!("{:#}", Value::Array(chunks.clone()));
        check(&name, "an array", &streamed(&request, split(&array, 13)), &typed);
        let wrapped =
            chunks.iter().map(|chunk| Typed { event: "message", data: chunk.to_string() }).collect();
        check(&name, "events of the program's own", &streamed(&request, wrapped), &typed);
        check(&name, "events of a client", &streamed_debug(&request, debug_events(&chunks)), &typed);
        let lists = chunks.chunks(2).map(<[Value]>::to_vec).collect();
        check(&name, "several at once", &streamed(&request, lists), &typed);
    }
}

/// A stream that somebody has read to its end before.
#[test]
fn collected_streams() {
    for (Case { name, request, .. }, chunks) in streams() {
        let typed = streamed(&request, chunks.clone());
        let events = joined(&chunks, "data: ", "\n\n");
        check(&name, "a text of events", &returned(&request, events.clone()), &typed);
        check(&name, "bytes of events", &returned(&request, events.clone().into_bytes()), &typed);
        check(&name, "Bytes of events", &returned_debug(&request, Bytes::from(events.clone())), &typed);
        let lines = joined(&chunks, "", "\n");
        check(&name, "lines of JSON", &returned(&request, lines), &typed);
        check(&name, "a list", &returned(&request, chunks.clone()), &typed);
        check(&name, "an array", &returned(&request, Value::Array(chunks).to_string()), &typed);
    }
}

/// Whole bodies as bytes, and in pieces.
#[test]
fn bodies_of_text() {
    for Case { name, request, response, .. } in corpus() {
        let Some(response) = response else { continue };
        let typed = returned(&request, &response);
        let pretty = format!("{response:#}");
        for text in [response.to_string(), pretty] {
            check(&name, "text", &returned(&request, &text), &typed);
            check(&name, "bytes", &returned(&request, text.as_bytes()), &typed);
            check(&name, "Bytes", &returned_debug(&request, Bytes::from(text.clone())), &typed);
        }
        let pieces = split(&response.to_string(), 100);
        check(&name, "pieces", &streamed(&request, pieces), &typed);
    }
}

/// Requests as bytes.
#[test]
fn requests_of_text() {
    #[recount::llm_span]
    fn typed(body: &Value) {
        let _ = body;
    }

    #[recount::llm_span]
    fn bytes(body: &[u8]) {
        let _ = body;
    }

    #[recount::llm_span]
    fn debug(body: &Bytes) {
        let _ = body;
    }

    let facts = |work: &dyn Fn()| {
        let mut span = read(work);
        span["name"] = Value::Null;
        // A body that has no messages is recorded as it came.
        let messages = &mut span["attributes"]["gen_ai.input.messages"];
        if messages.as_str().is_some_and(|text| text.contains("our-model") || text.contains("[123,")) {
            *messages = Value::Null;
        }
        span
    };
    for Case { name, request, .. } in corpus().into_iter().filter(|case| !case.request.is_null()) {
        let expected = facts(&|| typed(&request));
        let text = format!("{request:#}");
        check(&name, "bytes", &facts(&|| bytes(text.as_bytes())), &expected);
        check(&name, "Bytes", &facts(&|| debug(&Bytes::from(text.clone()))), &expected);
    }
}

/// What a model says is no chunk, whatever it looks like.
#[test]
fn other_text_stays_text() {
    for tokens in [
        vec!["{", "\"city\"", ": \"Paris", "\"}"],
        vec!["data", ": the model", " says\n\n", "Hello"],
        vec!["Hello", " {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}"],
        vec![": ", "a comment"],
        vec!["b\"x", "\""],
        vec!["", " ", "\n"],
        vec!["Event { data: \"{}\" }"],
    ] {
        let span = streamed(&Value::Null, tokens.clone());
        let said = span["attributes"].get("gen_ai.response.finish_reasons");
        assert_eq!(said, None, "{tokens:?}");
        assert_eq!(span["status"]["code"], "UNSET", "{tokens:?}");
    }
}
