//! Values that backends trip over, and more of them than a span may have, as they leave the process.

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_sdk::trace::InMemorySpanExporter;
use recount::export::{Exporter, JsonLines, OpenTelemetry, SpanLimits};
use recount::testing::Recorder;
use recount::wire::{Field, Kind, Resource, SpanId, SpanRecord, TraceId};
use recount::{Builder, Message, Usage, span};
use recount_tests::{Collector, SharedBuffer, exported, exported_records, exported_with, flat};
use serde_json::{Value, json};

/// What a collector receives of the spans.
fn received(builder: Builder, work: impl FnOnce()) -> Vec<Span> {
    let collector = Collector::http();
    let recorder = Recorder::with(builder.endpoint(collector.url()));
    let guard = recorder.install();
    work();
    drop((guard, recorder));
    collector.spans()
}

fn keys(attributes: &[KeyValue]) -> Vec<&str> {
    attributes.iter().map(|attribute| attribute.key.as_str()).collect()
}

#[track_caller]
fn parsed(text: &Value) -> Value {
    serde_json::from_str(text.as_str().expect("a text")).expect("JSON")
}

/// What OTLP has no number for is sent as text, and as null within JSON, which has none either.
#[test]
fn numbers_that_are_none() {
    let numbers = json!({"largest": u64::MAX});
    let spans = exported(|| {
        let call = span::tool("t").input(numbers.clone()).output([f64::NAN, f64::INFINITY, 0.5]);
        let call = call.attribute("largest", u64::MAX).attribute("lists", [u64::MAX, 0]);
        call.attribute("nan", f64::NAN)
            .attribute("infinity", f64::INFINITY)
            .attribute("f32", f32::NAN)
            .emit();
    });
    let sent = &spans[0]["attributes"];
    assert_eq!(sent["largest"], "18446744073709551615");
    assert_eq!(sent["lists"], "[18446744073709551615,0]");
    assert_eq!(
        (&sent["nan"], &sent["infinity"], &sent["f32"]),
        (&json!("NaN"), &json!("Infinity"), &json!("NaN"))
    );
    assert_eq!(parsed(&sent["gen_ai.tool.call.arguments"]), numbers);
    assert_eq!(parsed(&sent["gen_ai.tool.call.result"]), json!({"result": [null, null, 0.5]}));
}

/// Text is sent as it was: the reader is told what was said, and nobody else is made to read it wrong.
#[test]
fn text_that_hides_something() {
    for text in
        ["nul \0 within", "\u{202e}turned around\u{2066}", "\u{feff}\u{fffe}\u{10ffff}", "\u{7f}\u{1b}[31m"]
    {
        let spans = exported(|| {
            let call = span::llm("m").input(json!({"text": text, text: 1})).attribute("text", text);
            call.attribute(text, "key").property(text, text).emit();
        });
        let sent = &spans[0]["attributes"];
        assert_eq!((&sent["text"], &sent[text]), (&json!(text), &json!("key")));
        assert_eq!(sent[format!("traceloop.association.properties.{text}")], text);
        let messages = parsed(&sent["gen_ai.input.messages"]);
        let said: Value = parsed(&messages[0]["parts"][0]["content"]);
        assert_eq!(said, json!({"text": text, text: 1}));
    }
}

/// Half of a character is no text. JSON that has one in an escape is no JSON to us, and is sent as the text that it was.
#[test]
fn half_a_character() {
    let json = r#"{"role":"user","content":"\ud83d"}"#;
    let spans = exported(|| span::llm("m").input(json).output(json).emit());
    for key in ["gen_ai.input.messages", "gen_ai.output.messages"] {
        assert_eq!(parsed(&spans[0]["attributes"][key])[0]["parts"][0]["content"], json);
    }
}

/// Whoever says it, and however often: a key is sent once. What the user says counts.
#[test]
fn keys_that_come_again() {
    let spans = exported(|| {
        let call = span::llm("m").user("ada").property("user_id", "mallory").parameter("model", "parameter");
        let call = call.attribute("gen_ai.usage.input_tokens", 7).attribute("gen_ai.usage.input_tokens", 8);
        call.usage(Usage::new(1, 2)).attribute("input", 1).attribute("app.input", 2).emit();
    });
    // The helper refuses spans that have a key twice.
    let sent = &spans[0]["attributes"];
    assert_eq!(sent["traceloop.association.properties.user_id"], "ada");
    assert_eq!((&sent["gen_ai.usage.input_tokens"], &sent["app.input"]), (&json!(8), &json!(2)));
}

/// The attributes that say what a span is outlive those of the user, and what is missing is counted.
#[test]
fn more_attributes_than_allowed() {
    let spans = received(recount::builder().attribute_limit(20), || {
        let mut call = span::llm("m").input("question").output("answer").usage(Usage::new(1, 2)).user("ada");
        for number in 0..100 {
            call = call.attribute(&format!("key {number}"), number);
        }
        call.emit();
    });
    let keys = keys(&spans[0].attributes);
    assert_eq!(keys.len(), 20);
    for key in [
        "gen_ai.operation.name",
        "gen_ai.request.model",
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.output_tokens",
        "gen_ai.input.messages",
        "gen_ai.output.messages",
        "user.id",
        "key 0",
    ] {
        assert!(keys.contains(&key), "{key} is not among {keys:?}");
    }
    let ours = keys.iter().filter(|key| !key.starts_with("key ")).count();
    assert_eq!(spans[0].dropped_attributes_count as usize, 100 - (20 - ours));
}

/// Unless told otherwise, a span has 128 attributes at most, as with the OpenTelemetry SDK.
#[test]
fn the_default_is_that_of_open_telemetry() {
    let spans = received(recount::builder(), || {
        let mut task = span::task("t");
        for number in 0..1000 {
            task = task.attribute(&format!("key {number}"), number);
        }
        let task = task.start();
        (0..1000).for_each(|_| task.add_event("beat", json!({})));
        task.end();
    });
    assert_eq!((spans[0].attributes.len(), spans[0].events.len()), (128, 128));
    assert_eq!(spans[0].dropped_events_count, 1000 - 128);
}

/// The exception is the one event that is looked for.
#[test]
fn more_events_than_allowed() {
    let spans = received(recount::builder().event_limit(2).event_attribute_limit(1), || {
        let task = span::task("t").start();
        for number in 0..5 {
            task.add_event("beat", json!({"number": number, "more": 1}));
        }
        task.set_error_message("Broken", "");
        task.end();
    });
    let names: Vec<_> = spans[0].events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!((names, spans[0].dropped_events_count), (vec!["exception", "beat"], 4));
    assert_eq!(spans[0].events[1].dropped_attributes_count, 1);
    assert!(spans[0].events.iter().all(|event| event.attributes.len() == 1));
}

/// A text is cut at a character, each text of a list for itself; JSON is made shorter inside and stays JSON.
#[test]
fn texts_longer_than_allowed() {
    let long = "größer ".repeat(100);
    let builder = || recount::builder().value_length_limit(120);
    let spans = exported_with(builder(), || {
        let messages = [Message::system(&*long), Message::user(&*long), Message::user("short")];
        let call = span::llm("m").input_messages(&messages[1..2]).output(json!({"list": vec![7; 300]}));
        call.attribute("text", &*long).attribute("list", [&*long, "short"]).emit();
        span::tool("t").input(json!({"query": long, "limit": 3})).output(vec![long.as_str(); 50]).emit();
    });
    let sent = &spans[0]["attributes"];
    let cut: String = long.chars().take(120).collect();
    assert_eq!((&sent["text"], &sent["list"]), (&json!(cut), &json!([cut, "short"])));
    let messages = parsed(&sent["gen_ai.input.messages"]);
    assert_eq!(messages[0]["role"], "user");
    assert!(
        messages[0]["parts"][0]["content"].as_str().is_some_and(|text| text.starts_with("größer")),
        "{messages}"
    );
    let arguments = parsed(&spans[1]["attributes"]["gen_ai.tool.call.arguments"]);
    assert_eq!(arguments["limit"], 3);
    assert!(parsed(&spans[1]["attributes"]["gen_ai.tool.call.result"])["result"].is_array());
    for span in spans.as_array().into_iter().flatten() {
        for (key, value) in span["attributes"].as_object().into_iter().flatten() {
            assert!(value.as_str().is_none_or(|text| text.chars().count() <= 120), "{key}: {value}");
        }
    }
}

/// Where not even the frame of a message has room, no message is left, and where nothing has, nothing.
#[test]
fn next_to_no_room() {
    for (characters, left) in [(0, ""), (1, ""), (2, "[]"), (40, "[]")] {
        let spans = exported_with(recount::builder().value_length_limit(characters), || {
            span::llm("m").input("question").output("answer").emit();
        });
        assert_eq!(spans[0]["attributes"]["gen_ai.output.messages"], left, "{characters}");
    }
}

/// An exporter of the OpenTelemetry SDK gets what is sent otherwise.
#[test]
fn limits_hold_for_any_exporter() {
    let memory = InMemorySpanExporter::default();
    let builder = recount::builder().attribute_limit(3).event_limit(0).value_length_limit(6);
    let recorder = Recorder::with(builder.exporter(OpenTelemetry::new(memory.clone())));
    let guard = recorder.install();
    let task = span::task("a long name").attribute("a", 1).start();
    task.add_event("beat", json!({}));
    task.end();
    drop(guard);
    // A flush; at the end, this exporter forgets.
    let _ = recorder.stats();
    let spans = memory.get_finished_spans().expect("the spans");
    assert_eq!((spans[0].attributes.len(), spans[0].events.dropped_count), (3, 1));
    assert_eq!(spans[0].dropped_attributes_count, 1);
    assert!(spans[0].attributes.iter().all(|attribute| attribute.value.as_str().chars().count() <= 6));
}

/// Of content that was cut to what may be sent at once, its size before is told.
#[test]
fn content_that_was_cut_tells_its_size() {
    let (trace, id) = (TraceId::from_bytes([1; 16]), SpanId::from_bytes([2; 8]));
    let mut record = SpanRecord::new(trace, id, Kind::Task, "work");
    record.tape.entry(Field::OriginalSize, None);
    record.tape.unsigned(5_000_000);
    let sent = &exported_records(&[record])[0]["attributes"];
    assert_eq!(sent["traceloop.association.properties.original_size"], 5_000_000);
}

/// Thousands of attributes are sent where the limit lets them, each once, and not by comparing each with each.
#[test]
fn thousands_of_names() {
    let mut record =
        SpanRecord::new(TraceId::from_bytes([1; 16]), SpanId::from_bytes([2; 8]), Kind::Task, "work");
    for key in (0..20_000).chain(0..20_000) {
        record.tape.entry(Field::Attribute, Some(&format!("key {key}")));
        record.tape.unsigned(key);
    }
    let buffer = SharedBuffer::default();
    let mut exporter = JsonLines::new(buffer.clone());
    let mut limits = SpanLimits::default();
    limits.attributes = usize::MAX;
    exporter.limit(limits);
    exporter.export(&[record], &Resource::default()).expect("a buffer takes everything");
    let sent = flat(&buffer.text());
    let sent = sent[0]["attributes"].as_object().expect("attributes").len();
    assert!(sent > 20_000 && sent < 20_010, "{sent}");
}
