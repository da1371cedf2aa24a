//! What nobody meant to send, as it leaves the process: every attribute is well-typed, every JSON is whole.

use recount::wire::{Field, Kind, SpanId, SpanRecord, Tape, TraceId};
use recount::{Message, Part, span};
use recount_tests::{exported, exported_records, exported_with};
use serde_json::{Value, json};

fn attributes(kind: Kind, write: impl FnOnce(&mut Tape)) -> Value {
    let mut record = SpanRecord::new(TraceId::from_bytes([1; 16]), SpanId::from_bytes([2; 8]), kind, "work");
    write(&mut record.tape);
    exported_records(&[record])[0]["attributes"].clone()
}

fn parsed(attributes: &Value, key: &str) -> Value {
    serde_json::from_str(attributes[key].as_str().expect(key)).expect(key)
}

/// With content off, no text of an argument or a result leaves the process, and all else does.
#[test]
fn content_off() {
    let spans = exported_with(recount::builder().capture_content(false), || {
        let turn = span::interaction("turn").user("u").input("SECRET").output("SECRET").start();
        turn.in_scope(|| {
            let call = span::llm("gpt-5.2").input("SECRET").output("SECRET").system_instructions("SECRET");
            let call =
                call.input_messages(&[Message::user("SECRET")]).output_messages(&[Message::user("SECRET")]);
            call.usage(recount::Usage::new(1, 2)).start().set_tool_definitions(&["SECRET"]);
            span::tool("t").input(json!({"a": "SECRET"})).output("SECRET").emit();
            span::retrieval("r")
                .query("SECRET")
                .output(json!([{"id": 1, "score": 1, "text": "SECRET"}]))
                .emit();
        });
    });
    assert!(!spans.to_string().contains("SECRET"), "{spans:#}");
    assert_eq!(spans[0]["attributes"]["gen_ai.usage.input_tokens"], 1);
    assert_eq!(spans.as_array().map(Vec::len), Some(4));
}

/// Attributes of any type keep it, as far as OpenTelemetry has it; the last of a key counts.
#[test]
fn values_of_all_types() {
    let spans = exported(|| {
        let task = span::task("t").attribute("twice", 1).attribute("twice", "two");
        let task = task.attribute("none", Option::<u8>::None).attribute("", "no key").attribute("empty", "");
        let task = task.attribute("max", u64::MAX).attribute("min", i128::MIN).attribute("i64", i64::MIN);
        let task =
            task.attribute("nan", f64::NAN).attribute("inf", f64::NEG_INFINITY).attribute("f32", 0.1_f32);
        let task =
            task.attribute("list", ["a", "b"]).attribute("numbers", (1, 2.5)).attribute("no items", [(); 0]);
        let task = task
            .attribute("mixed", ("a", 1))
            .attribute("flags", [true, false])
            .attribute("map", json!({"a": null}));
        task.attribute("nans", [f64::NAN]).attribute("nul", "a\0b").attribute("bidi", "\u{202e}abc").emit();
    });
    let expected = json!({
        "twice": "two", "empty": "", "max": "18446744073709551615", "min": i128::MIN.to_string(), "i64": i64::MIN,
        "nan": "NaN", "inf": "-Infinity", "f32": 0.1, "list": ["a", "b"], "numbers": [1.0, 2.5], "no items": [],
        "mixed": "[\"a\",1]", "flags": [true, false], "map": "{\"a\":null}", "nans": "[null]", "nul": "a\0b",
        "bidi": "\u{202e}abc",
    });
    let sent = spans[0]["attributes"].as_object().expect("attributes");
    for (key, value) in expected.as_object().expect("an object") {
        assert_eq!(sent.get(key), Some(value), "{key}");
    }
    assert!(!sent.contains_key("none") && !sent.contains_key(""));
}

/// Bare names that a backend takes for input or model are moved out of its way; ours can be replaced, on purpose.
#[test]
fn attributes_with_names_that_mean_something() {
    let spans = exported(|| {
        let call = span::llm("gpt-5.2")
            .attribute("model", "mine")
            .attribute("app.model", "last")
            .attribute("input", 1);
        call.attribute("gen_ai.request.model", "insisted").attribute("gen_ai.operation.name", "chat").emit();
    });
    let sent = &spans[0]["attributes"];
    assert_eq!(sent["app.model"], "last");
    assert_eq!(sent["app.input"], 1);
    assert_eq!(sent["gen_ai.request.model"], "insisted");
    assert!(sent.get("model").is_none() && sent.get("input").is_none());
}

/// Names that are empty leave the operation, or the kind.
#[test]
fn empty_names() {
    let spans = exported(|| {
        span::llm("").emit();
        span::tool("").emit();
        span::agent("").emit();
        span::workflow("").emit();
        span::task("").emit();
        span::retrieval("").emit();
        span::interaction("").emit();
    });
    let names: Vec<_> = spans.as_array().into_iter().flatten().map(|span| span["name"].as_str()).collect();
    let expected =
        ["chat", "execute_tool", "invoke_agent", "invoke_workflow", "task", "retrieval", "interaction"]
            .map(Some);
    assert_eq!(names, expected);
}

/// Parameters of the wrong type are left out, rather than break a typed column.
#[test]
fn parameters_of_the_wrong_type() {
    let spans = exported(|| {
        let call = span::llm("m")
            .parameter("temperature", "hot")
            .parameter("max_tokens", 10.0)
            .parameter("seed", 1.5);
        let call =
            call.parameter("top_p", f64::NAN).parameter("stop_sequences", "END").parameter("stream", false);
        call.parameter("choice.count", 1)
            .parameter("top_k", u64::MAX)
            .parameter("", 1)
            .parameter("custom", "x")
            .emit();
    });
    let sent = spans[0]["attributes"].as_object().expect("attributes");
    let parameters: Value = sent
        .iter()
        .filter(|(key, _)| key.starts_with("gen_ai.request."))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let expected = json!({
        "gen_ai.request.custom": "x", "gen_ai.request.max_tokens": 10, "gen_ai.request.model": "m",
        "gen_ai.request.stop_sequences": ["END"],
    });
    assert_eq!(parameters, expected);
}

/// Wherever a cap cuts, what is sent is whole JSON, and every message has its role, its parts and its reason.
#[test]
fn messages_that_were_cut() {
    let call =
        Part::ToolCall { id: None, name: "tool".into(), arguments: json!({"a": ["x".repeat(50), "y"]}) };
    let response = Part::ToolCallResponse { id: Some("id".into()), response: json!("r".repeat(50)) };
    let messages: Vec<_> = (0..6)
        .map(|_| {
            Message::user("é".repeat(40)).part(call.clone()).part(response.clone()).finish_reason("length")
        })
        .collect();
    for cap in 0..2_500 {
        let spans = exported_with(recount::builder().value_cap(cap), || {
            let call = span::llm("m").input_messages(&messages).output_messages(&messages);
            call.system_instructions(&"s".repeat(100)).emit();
        });
        let sent = &spans[0]["attributes"];
        let output = parsed(sent, "gen_ai.output.messages");
        for message in output.as_array().expect("a list") {
            assert!(
                message["role"].is_string() && message["finish_reason"].is_string(),
                "cap {cap}: {message}"
            );
            for part in message["parts"].as_array().expect("parts") {
                let needed = match part["type"].as_str().expect("a type") {
                    "text" => "content",
                    "tool_call" => "name",
                    "tool_call_response" => "response",
                    other => panic!("cap {cap}: {other}"),
                };
                assert!(part.get(needed).is_some(), "cap {cap}: {part}");
            }
        }
        assert!(
            parsed(sent, "gen_ai.input.messages").is_array()
                && parsed(sent, "gen_ai.system_instructions").is_array()
        );
    }
}

/// Messages that have another shape than they should.
#[test]
fn messages_of_other_shapes() {
    let spans = exported(|| {
        let call = span::llm("m").start();
        call.set_tool_definitions("no list");
        let record = attributes(Kind::Llm, |tape| {
            tape.entry(Field::InputMessages, None);
            tape.begin_seq();
            tape.text("just text");
            tape.unsigned(5);
            tape.begin_map();
            tape.text("content");
            tape.text("without a role");
            tape.end();
            tape.begin_map();
            tape.text("role");
            tape.text("robot");
            tape.text("parts");
            tape.text("no list");
            tape.end();
            tape.end();
            tape.entry(Field::OutputMessages, None);
            tape.text("only text");
            tape.entry(Field::SystemInstructions, None);
            tape.begin_seq();
            tape.text("part");
            tape.end();
        });
        let part = |text: &str| json!([{"type": "text", "content": text}]);
        let expected = json!([
            {"role": "user", "parts": part("just text")},
            {"role": "user", "parts": part("5")},
            {"role": "user", "parts": part("without a role")},
            {"role": "robot", "parts": part("no list")},
        ]);
        assert_eq!(parsed(&record, "gen_ai.input.messages"), expected);
        let expected = json!([{"role": "assistant", "parts": part("only text"), "finish_reason": "stop"}]);
        assert_eq!(parsed(&record, "gen_ai.output.messages"), expected);
        assert_eq!(parsed(&record, "gen_ai.system_instructions"), part("part"));
    });
    assert!(spans[0]["attributes"].get("gen_ai.tool.definitions").is_none());
}

/// Documents that came with a mark of a cut are documents; an id or score of another type makes them plain output.
#[test]
fn documents_of_other_shapes() {
    let documents = |score: Value, cut: bool| {
        attributes(Kind::Retrieval, |tape| {
            tape.entry(Field::Output, None);
            tape.begin_seq();
            tape.begin_map();
            tape.text("id");
            tape.text("d");
            tape.text("score");
            match score.as_str() {
                Some(score) => tape.text(score),
                None => tape.double(score.as_f64().unwrap_or(f64::NAN)),
            }
            tape.end();
            if cut {
                tape.cut(3);
            }
            tape.end();
        })
    };
    assert_eq!(
        parsed(&documents(json!(0.5), true), "gen_ai.retrieval.documents"),
        json!([{"id": "d", "score": 0.5}])
    );
    for score in [json!("high"), Value::Null] {
        let sent = documents(score, false);
        assert!(sent.get("gen_ai.retrieval.documents").is_none());
        assert!(parsed(&sent, "traceloop.entity.output").is_array());
    }
}

/// A tape that ends in the middle is read as far as it goes.
#[test]
fn a_tape_of_noise() {
    for seed in 0..64_u8 {
        let noise: Vec<u8> = (0..200_u8).map(|place| place.wrapping_mul(31).wrapping_add(seed)).collect();
        let _ = attributes(Kind::Llm, |tape| {
            for (place, byte) in noise.iter().enumerate() {
                tape.entry(if byte % 2 == 0 { Field::Usage } else { Field::Fault }, None);
                match place % 4 {
                    0 => tape.null(),
                    1 => tape.cut(u64::from(*byte)),
                    2 => tape.cut_text("", "", 0),
                    _ => tape.wide_unsigned(u128::MAX),
                }
            }
        });
    }
}
