//! With content off, model calls are read for their facts, and nothing that people or models wrote leaves.

use futures::executor::block_on;
use futures::stream::{self, BoxStream, StreamExt};
use recount::Builder;
use recount::export::{Console, JsonLines};
use recount::testing::Recorder;
use recount::wire::SpanRecord;
use recount_tests::{SharedBuffer, corpus, flat};
use serde::Serialize;
use serde_json::{Map, Value, json};
use tracing_subscriber::layer::SubscriberExt;

/// Stands in everything that is content.
const NEEDLE: &str = "hunter2";

/// Keys of what people and models write, in all providers' bodies.
const CONTENT: [&str; 26] = [
    "text",
    "content",
    "arguments",
    "thinking",
    "reasoning",
    "reasoning_content",
    "refusal",
    "data",
    "signature",
    "url",
    "image_url",
    "b64_json",
    "transcript",
    "output",
    "message",
    "description",
    "instructions",
    "prompt",
    "suffix",
    "query",
    "title",
    "input",
    "system",
    "partial_json",
    "delta",
    "uri",
];

#[recount::llm_span(skip(answer))]
fn call<Q: Serialize, A: Serialize>(request: &Q, answer: A) -> Result<A, String> {
    let _ = request;
    Ok(answer)
}

#[recount::llm_span(skip(items))]
fn stream_call<Q: Serialize, I: Serialize + Send + 'static>(
    request: &Q,
    items: Vec<Result<I, String>>,
) -> BoxStream<'static, Result<I, String>> {
    let _ = request;
    stream::iter(items).boxed()
}

/// The texts under these keys, and those in lists under them, with the needle in front.
fn secret(value: &Value, is_content: bool) -> Value {
    match value {
        Value::String(text) if is_content && !text.starts_with("http") => format!("{NEEDLE} {text}").into(),
        Value::Array(list) => list.iter().map(|item| secret(item, is_content)).collect(),
        Value::Object(map) => {
            let pairs = map.iter();
            let pairs = pairs.map(|(key, value)| (key.clone(), secret(value, CONTENT.contains(&&**key))));
            Value::Object(pairs.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

/// Everything that leaves by any way, as one text: lines of OTLP/JSON, the console, records as exporters see them.
struct Outside {
    lines: String,
    everything: String,
}

fn outside<T>(builder: Builder, work: impl FnOnce() -> T) -> Outside {
    let (lines, console) = (SharedBuffer::default(), SharedBuffer::default());
    let builder = builder.exporter(JsonLines::new(lines.clone()));
    let builder = builder.exporter(Console::new(console.clone()));
    let recorder = Recorder::with(builder);
    let guard = recorder.install();
    work();
    drop(guard);
    let records = recorder.spans();
    let lines = lines.text();
    Outside { everything: [raw(&records), console.text(), lines.clone()].concat(), lines }
}

fn raw(records: &[SpanRecord]) -> String {
    let bytes =
        |record: &SpanRecord| String::from_utf8_lossy(&record.tape.clone().into_buffer()).into_owned();
    records.iter().flat_map(|record| [format!("{record:?}"), bytes(record)]).collect()
}

fn content(content: bool) -> Builder {
    recount::builder().capture_content(content)
}

/// The attributes of the only span that are no content.
fn facts(outside: &Outside) -> Value {
    let mut attributes = flat(&outside.lines)[0]["attributes"].clone();
    let words = ["messages", "instructions", "definitions", "error.message"];
    let attributes_map = attributes.as_object_mut().expect("attributes");
    attributes_map.retain(|key, _| !words.iter().any(|word| key.contains(word)));
    attributes
}

#[track_caller]
fn check(case: &str, work: &dyn Fn()) {
    let with = outside(content(true), work);
    assert!(with.everything.contains(NEEDLE), "{case}: the test's own premise");
    let without = outside(content(false), work);
    let place = without.everything.find(NEEDLE);
    let around = place.map(|place| &without.everything[place.saturating_sub(200)..place + 20]);
    assert_eq!(around, None, "{case}");
    assert_eq!(facts(&without), facts(&with), "{case}: the facts are those with content");
}

/// Every provider's bodies, as values and as text.
#[test]
fn bodies_of_all_providers() {
    for case in corpus() {
        let (request, name) = (secret(&case.request, false), &case.name);
        let response = case.response.map(|response| secret(&response, false)).unwrap_or_default();
        let chunks: Vec<_> = case.chunks.into_iter().flatten().map(|chunk| secret(&chunk, false)).collect();
        if !json!([request, response, chunks]).to_string().contains(NEEDLE) {
            continue;
        }
        if chunks.is_empty() {
            check(name, &|| drop(call(&request, response.clone())));
            check(name, &|| drop(call(&request.to_string(), response.to_string())));
        } else {
            check(name, &|| drain(stream_call(&request, chunks.iter().cloned().map(Ok).collect())));
            let events = chunks.iter().map(|chunk| Ok(format!("data: {chunk}\n\n")));
            check(name, &|| drain(stream_call(&request, events.clone().collect())));
        }
    }
}

fn drain<T>(stream: BoxStream<'static, T>) {
    block_on(stream.for_each(|_| async {}));
}

fn chunk() -> Value {
    json!({
        "id": "chatcmpl-1", "model": "gpt-5.2", "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": {"content": NEEDLE}, "finish_reason": null}],
    })
}

fn last() -> Value {
    json!({
        "id": "chatcmpl-1", "model": "gpt-5.2", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 2000},
    })
}

/// A stream that is put together while it goes on, to its end and not.
#[test]
fn long_streams() {
    let request = json!({"model": "gpt-5.2", "messages": [{"role": "user", "content": NEEDLE}]});
    let chunks = || (0..2000).map(|_| Ok(chunk()));
    let failed = || [Err(format!("{NEEDLE} could not be reached"))];
    check("to its end", &|| drain(stream_call(&request, chunks().chain([Ok(last())]).collect())));
    check("to an error", &|| drain(stream_call(&request, chunks().chain(failed()).collect())));
    check("cancelled", &|| drain(stream_call(&request, chunks().collect()).take(1500).boxed()));
    check("unfinished", &|| drain(stream_call(&request, chunks().collect())));
    let raw =
        || chunks().map(|chunk: Result<_, String>| Ok(format!("data: {}\n\n", chunk.unwrap_or_default())));
    check("raw", &|| drain(stream_call(&request, raw().collect())));
}

/// What nobody knows is content from beginning to end.
#[test]
fn what_nobody_knows() {
    for length in [1, 5000] {
        let items = |item: Value| (0..length).map(|_| Ok(item.clone())).collect::<Vec<_>>();
        check("values", &|| drop(call(&json!({ "secret": NEEDLE }), json!([NEEDLE, { "secret": NEEDLE }]))));
        check("texts", &|| drop(call(&NEEDLE, NEEDLE.repeat(length))));
        check("bytes", &|| drop(call(&NEEDLE.as_bytes(), NEEDLE)));
        check("a stream of values", &|| drain(stream_call(&NEEDLE, items(json!({ "secret": NEEDLE })))));
        check("a stream of texts", &|| drain(stream_call(&NEEDLE, items(NEEDLE.into()))));
        let half = format!("data: {{\"choices\": \"{NEEDLE}");
        check("half an event", &|| drain(stream_call(&NEEDLE, items(half.clone().into()))));
    }
}

/// What a provider says of an error is content; which error it was is none.
#[test]
fn errors() {
    let error = json!({"error": {"type": "rate_limit_error", "message": NEEDLE}});
    check("a body", &|| drop(call(&NEEDLE, error.clone())));
    let spans = flat(&outside(content(false), || drop(call(&NEEDLE, error.clone()))).lines);
    assert_eq!(spans[0]["attributes"]["error.type"], "rate_limit_error");
    assert_eq!(spans[0]["status"], json!({"code": "ERROR", "message": ""}));
}

/// Where servers have a word for groups of calls, some write what they like.
#[test]
fn sentences_in_the_place_of_words() {
    let message = json!({"role": "assistant", "content": NEEDLE});
    let sentence = format!("because of {NEEDLE} in the text");
    let choice = json!({"index": 0, "message": message, "finish_reason": sentence});
    let response = json!({"object": "chat.completion", "model": "gpt-5.2", "choices": [choice]});
    let request = json!({"model": "gpt-5.2", "messages": [message], "reasoning_effort": sentence});
    let error = json!({"error": {"message": "no", "type": sentence, "code": format!("{NEEDLE:x>80}")}});
    let spans = outside(content(false), || {
        drop(call(&request, response.clone()));
        drop(call(&request, error.clone()));
    });
    assert!(!spans.everything.contains(NEEDLE), "{}", spans.everything);
    let spans = flat(&spans.lines);
    assert_eq!(spans[0]["attributes"]["gen_ai.response.model"], "gpt-5.2");
    assert_eq!(spans[1]["attributes"]["error.type"], "_OTHER");
    let spans = flat(&outside(content(true), || drop(call(&request, response.clone()))).lines);
    assert_eq!(spans[0]["attributes"]["gen_ai.response.finish_reasons"], json!([sentence]));
    assert_eq!(spans[0]["attributes"]["gen_ai.request.reasoning.level"], sentence);
}

/// One pipeline with content, one without: each exports what it was asked for, whoever was first.
#[test]
fn two_pipelines() {
    let request = json!({"model": "gpt-5.2", "messages": [{"role": "user", "content": NEEDLE}]});
    for with_first in [true, false] {
        for length in [1, 2000] {
            let (lines, secret_lines) = (SharedBuffer::default(), SharedBuffer::default());
            let open = Recorder::with(content(true).exporter(JsonLines::new(secret_lines.clone())));
            let closed = Recorder::with(content(false).exporter(JsonLines::new(lines.clone())));
            let (first, second) = if with_first { (&open, &closed) } else { (&closed, &open) };
            let layers = tracing_subscriber::registry().with(first.layer()).with(second.layer());
            tracing::subscriber::with_default(layers, || {
                let chunks = (0..length).map(|_| Ok(chunk())).chain([Ok(last())]);
                drain(stream_call(&request, chunks.collect()));
                drop(call(&request, NEEDLE));
            });
            let (open, closed) = (open.spans(), closed.spans());
            assert!(raw(&open).contains(NEEDLE) && secret_lines.text().contains(NEEDLE));
            assert!(
                !raw(&closed).contains(NEEDLE) && !lines.text().contains(NEEDLE),
                "{with_first}, {length}"
            );
            let attributes = &flat(&lines.text())[0]["attributes"];
            assert_eq!(attributes["gen_ai.response.model"], "gpt-5.2");
            assert_eq!(attributes["gen_ai.usage.output_tokens"], 2000);
            assert_eq!(attributes["gen_ai.response.finish_reasons"], json!(["stop"]));
        }
    }
}
