//! Streams as they leave the process: what came in pieces is one text, or a list.

use recount::wire::{Field, Kind, SpanId, SpanRecord, Tape, TraceId};
use recount_tests::exported_records;
use serde_json::{Value, json};

fn stream(kind: Kind, cut: u64, items: impl FnOnce(&mut Tape)) -> Value {
    let mut record = SpanRecord::new(TraceId::from_bytes([1; 16]), SpanId::from_bytes([2; 8]), kind, "work");
    record.tape.entry(Field::FirstItem, None);
    record.tape.double(0.5);
    items(&mut record.tape);
    record.tape.entry(Field::ItemsCut, None);
    record.tape.unsigned(cut);
    exported_records(&[record])[0]["attributes"].clone()
}

fn text(tape: &mut Tape, text: &str) {
    tape.entry(Field::Item, None);
    tape.text(text);
}

fn content(attributes: &Value) -> Value {
    let messages = attributes["gen_ai.output.messages"].as_str().expect("messages");
    serde_json::from_str::<Value>(messages).expect("JSON")[0]["parts"][0]["content"].clone()
}

#[test]
fn pieces_of_text_are_one_text() {
    let attributes =
        stream(Kind::Llm, 0, |tape| ["Hel", "lo", "!"].into_iter().for_each(|piece| text(tape, piece)));
    assert_eq!(content(&attributes), "Hello!");
    assert_eq!(attributes["gen_ai.request.stream"], true);
    assert_eq!(attributes["gen_ai.response.time_to_first_chunk"], 0.5);
}

#[test]
fn pieces_that_were_not_kept_are_counted() {
    let attributes = stream(Kind::Llm, 5, |tape| {
        text(tape, "Hel");
        tape.entry(Field::Item, None);
        tape.cut_text("lo", "", 10);
    });
    assert_eq!(content(&attributes), "Hello…[+8 bytes]…[+5 more]");
}

#[test]
fn other_chunks_are_a_list() {
    let attributes = stream(Kind::Llm, 1, |tape| {
        text(tape, "a");
        tape.entry(Field::Item, None);
        tape.unsigned(1);
    });
    assert_eq!(content(&attributes), r#"["a",1,"…[+1 more]"]"#);
}

/// An empty stream is a stream, and has no output.
#[test]
fn a_stream_without_items() {
    let attributes = stream(Kind::Llm, 0, |_| ());
    assert_eq!(attributes["gen_ai.request.stream"], true);
    assert!(attributes.get("gen_ai.output.messages").is_none());
}

/// What a task gives item by item is a list; documents that come one by one are documents.
#[test]
fn streams_of_other_kinds() {
    let attributes = stream(Kind::Task, 0, |tape| ["a", "b"].into_iter().for_each(|piece| text(tape, piece)));
    assert_eq!(attributes["traceloop.entity.output"], r#"["a","b"]"#);
    assert!(attributes.get("gen_ai.request.stream").is_none());

    let attributes = stream(Kind::Tool, 0, |tape| text(tape, "a"));
    assert_eq!(attributes["gen_ai.tool.call.result"], r#"{"result":["a"]}"#);

    let attributes = stream(Kind::Retrieval, 0, |tape| {
        tape.entry(Field::Item, None);
        tape.begin_map();
        tape.text("id");
        tape.unsigned(7);
        tape.text("score");
        tape.single(0.3);
        tape.end();
    });
    assert_eq!(attributes["gen_ai.retrieval.documents"], json!([{"id": "7", "score": 0.3}]).to_string());
}
