//! Bodies that are longer than what is kept of a value: model, tokens and finish reasons are read all the same.

use recount::price::PriceTable;
use recount_tests::{corpus, exported_with};
use serde::Serialize;
use serde_json::{Value, json};

const CAPS: [usize; 3] = [2 * 1024, 16 * 1024, 128 * 1024];

/// Keys of what people and models say, and of what they attach.
const CONTENT: [&str; 13] = [
    "text",
    "content",
    "arguments",
    "thinking",
    "reasoning",
    "reasoning_content",
    "refusal",
    "response",
    "data",
    "signature",
    "b64_json",
    "transcript",
    "output",
];

#[recount::llm_span(skip(answer))]
fn call<Q: Serialize, A: Serialize>(request: &Q, answer: A) -> A {
    let _ = request;
    answer
}

/// What is short in a span: all but the content.
fn short_facts<Q: Serialize, A: Serialize>(cap: usize, request: &Q, answer: A) -> Value {
    let builder = recount::builder().value_cap(cap).prices(PriceTable::empty());
    let spans = exported_with(builder, || call(request, answer));
    let mut attributes = spans[0]["attributes"].clone();
    let content = ["messages", "instructions", "definitions", "stop_sequences"];
    attributes
        .as_object_mut()
        .expect("attributes")
        .retain(|key, _| !content.iter().any(|word| key.contains(word)));
    attributes
}

/// The body with `long` in front of whatever is said in it.
fn inflated(body: &str, long: &str) -> String {
    let escaped = serde_json::to_string(long).expect("a text");
    let escaped = &escaped[1..escaped.len() - 1];
    let keys = CONTENT.iter().fold(body.to_owned(), |body, key| {
        body.replace(&format!("\"{key}\": \""), &format!("\"{key}\": \"{escaped}"))
    });
    assert!(serde_json::from_str::<Value>(&keys).is_ok(), "it is still JSON");
    keys
}

/// Texts that fill the cap, as harmless and as hostile as texts can be.
fn long_text(cap: usize, place: usize) -> String {
    let evil = r#"","usage":{"prompt_tokens":666},"model":"evil","finish_reason":"evil"}],"model":"evil"}\"#;
    let text = ["A long text. ", evil, "\u{1F980}\\\""][place % 3];
    text.repeat((cap + 20_000) / text.len())
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// Long contents in the responses of all providers.
#[test]
fn responses_of_long_texts() {
    let mut count = 0;
    for (place, case) in corpus().into_iter().enumerate() {
        let Some(response) = case.text("response") else { continue };
        let expected = short_facts(128 * 1024, &Value::Null, parsed(response));
        for cap in CAPS {
            let long = inflated(response, &long_text(cap, place + cap / 2000));
            let typed = short_facts(cap, &Value::Null, parsed(&long));
            assert_eq!(typed, expected, "{}, typed, {cap}", case.name);
            // What makes a list of documents a ranking stands behind their texts.
            if !case.name.starts_with("rerank/") {
                let raw = without_inner(&short_facts(cap, &Value::Null, &long), &expected);
                assert_eq!(raw, without_inner(&expected, &expected), "{}, raw, {cap}", case.name);
            }
            count += usize::from(long != response);
        }
    }
    assert!(count > 50, "{count} long bodies");
}

/// The facts without those that are told by what may be in the middle of a long text: by one of several choices, by
/// the calls of tools where the provider just says "stop", and by an error within a choice.
fn without_inner(facts: &Value, expected: &Value) -> Value {
    const REASONS: &str = "gen_ai.response.finish_reasons";
    let reasons = expected[REASONS].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut facts = facts.clone();
    let attributes = facts.as_object_mut().expect("attributes");
    if reasons.len() > 1 || reasons == ["tool_call"] {
        attributes.remove(REASONS);
    }
    if reasons == ["error"] {
        attributes.remove("error.type");
    }
    facts
}

/// Long contents in requests.
#[test]
fn requests_of_long_texts() {
    for (place, case) in corpus().into_iter().enumerate() {
        let Some(request) = case.text("request") else { continue };
        let expected = short_facts(128 * 1024, &parsed(request), Value::Null);
        for cap in CAPS {
            let long = inflated(request, &long_text(cap, place + cap / 2000));
            let typed = short_facts(cap, &parsed(&long), Value::Null);
            assert_eq!(typed, expected, "{}, typed, {cap}", case.name);
        }
    }
}

/// A request as long as they get: thousands of messages, hundreds of tools, an image.
#[test]
fn requests_of_many_parts() {
    #[derive(Serialize)]
    struct Message {
        role: &'static str,
        content: Value,
    }

    #[derive(Serialize)]
    struct Request {
        messages: Vec<Message>,
        tools: Vec<Value>,
        model: &'static str,
        temperature: f64,
        max_completion_tokens: u32,
    }

    let image = format!("data:image/png;base64,{}", "A".repeat(3_000_000));
    let part = json!({"type": "image_url", "image_url": {"url": image}});
    let content = json!([part, {"type": "text", "text": "What is this?"}]);
    let mut messages = vec![Message { role: "user", content }];
    messages.extend((0..5000).map(|n| Message { role: "user", content: format!("Message {n}.").into() }));
    let tool = |n: usize| {
        let schema = json!({"type": "object", "properties": {"city": {"type": "string", "description": "x".repeat(300)}}});
        json!({"type": "function", "function": {"name": format!("tool_{n}"), "parameters": schema}})
    };
    let tools = (0..500).map(tool).collect();
    let request = Request { messages, tools, model: "gpt-5.2", temperature: 0.5, max_completion_tokens: 100 };
    for cap in CAPS {
        let facts = short_facts(cap, &request, Value::Null);
        assert_eq!(facts["gen_ai.request.model"], "gpt-5.2", "{cap}");
        assert_eq!(facts["gen_ai.request.temperature"], 0.5, "{cap}");
        assert_eq!(facts["gen_ai.request.max_tokens"], 100, "{cap}");
        let raw = short_facts(cap, &serde_json::to_string(&request).expect("JSON"), Value::Null);
        assert_eq!(raw, facts, "{cap}");
    }
}

/// The request that was logged together with its response takes no room from it.
#[test]
fn a_response_behind_its_request() {
    #[derive(Serialize)]
    struct Logged {
        request: Value,
        response: Value,
    }

    let long = "A long text. ".repeat(20_000);
    let logged = Logged {
        request: json!({"model": "gpt-5.2", "messages": [{"role": "user", "content": long}]}),
        response: json!({
            "id": "chatcmpl-1", "model": "gpt-5.2-2026", "object": "chat.completion",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": long}, "finish_reason": "length"}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 20},
        }),
    };
    for cap in CAPS {
        let facts = short_facts(cap, &Value::Null, &logged);
        assert_eq!(facts["gen_ai.response.model"], "gpt-5.2-2026", "{cap}");
        assert_eq!(facts["gen_ai.response.finish_reasons"], json!(["length"]), "{cap}");
        assert_eq!(facts["gen_ai.usage.output_tokens"], 20, "{cap}");
    }
}
