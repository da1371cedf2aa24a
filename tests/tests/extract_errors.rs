//! Errors that providers answer with, and those that are none of the model's.

use futures::executor::block_on;
use futures::stream::{self, Stream, StreamExt};
use recount_tests::exported;
use serde_json::{Value, json};

#[recount::llm_span(skip(response))]
fn answer<T: serde::Serialize>(response: T) -> T {
    response
}

#[recount::llm_span(skip(items))]
fn stream_answer(items: Vec<Value>) -> impl Stream<Item = Value> {
    stream::iter(items)
}

/// What servers send, and nothing else, where they refuse.
fn refusals() -> Vec<(Value, &'static str)> {
    let message =
        "Rate limit reached for the organization, please try again in twenty seconds or some time later.";
    vec![
        (
            json!({"error": {"message": message, "type": "requests", "param": null, "code": "rate_limit_exceeded"}}),
            "rate_limit_exceeded",
        ),
        (
            json!({"type": "error", "error": {"type": "rate_limit_error", "message": message}, "request_id": "req_1"}),
            "rate_limit_error",
        ),
        (
            json!({"error": {"code": 429, "message": message, "status": "RESOURCE_EXHAUSTED"}}),
            "RESOURCE_EXHAUSTED",
        ),
        (
            json!({"error": {"code": 429, "message": message, "metadata": {"raw": "…"}}, "user_id": "user_1"}),
            "429",
        ),
        (json!({"object": "error", "message": message, "type": "TooMany", "code": 429}), "TooMany"),
        (json!({"__type": "com.amazon#ThrottlingException", "message": message}), "ThrottlingException"),
    ]
}

fn check_failed(span: &Value, kind: &str, case: &Value) {
    assert_eq!(span["status"]["code"], "ERROR", "{case}");
    assert_eq!(span["attributes"]["error.type"], kind, "{case}");
    let attributes = span["attributes"].as_object().expect("attributes");
    let output: Vec<_> = attributes.keys().filter(|key| key.contains("output")).collect();
    assert_eq!(output, [""; 0], "told once, as an error: {case}");
}

#[test]
fn an_error_is_told_as_one_and_is_no_message() {
    for (error, kind) in refusals() {
        let spans = exported(|| {
            answer(error.clone());
            answer(error.to_string());
            answer(error.to_string().into_bytes());
            block_on(stream_answer(vec![error.clone()]).count());
        });
        for span in spans.as_array().expect("spans") {
            check_failed(span, kind, &error);
        }
    }
}

#[test]
fn an_error_is_found_in_an_envelope() {
    for (error, kind) in refusals() {
        let envelopes = [
            json!({ "body": error }),
            json!({ "Err": error }),
            json!({"status": 429, "body": error}),
            json!({"status": "429 Too Many Requests", "request_id": "req_1", "ok": false, "body": error}),
            json!({"url": "https://api.example.com/v1/chat", "method": "POST", "elapsed": 0.3, "body": error}),
            json!({"status": 429, "headers": {"retry-after": "20", "server": "cloudflare"}, "body": error}),
            json!({"attempt": 3, "response": null, "usage": [], "error_body": error}),
            json!({"status": 429, "body": error.to_string()}),
        ];
        for envelope in envelopes {
            let spans = exported(|| {
                answer(envelope.clone());
                block_on(stream_answer(vec![envelope.clone()]).count());
            });
            for span in spans.as_array().expect("spans") {
                check_failed(span, kind, &envelope);
            }
        }
    }
}

/// Nothing of it is lost, and the call has not failed.
fn check_kept(span: &Value, value: &Value) {
    assert_eq!(span["status"]["code"], "UNSET", "{value}");
    let messages = span["attributes"]["gen_ai.output.messages"].as_str().expect("messages");
    let messages: Value = serde_json::from_str(messages).expect("JSON");
    let said = messages[0]["parts"][0]["content"].as_str().expect("a text");
    let said: Value = serde_json::from_str(said).expect("JSON");
    assert!(said == *value || said == json!([value]), "{said} for {value}");
}

#[test]
fn an_error_beside_an_answer_is_another_matter() {
    let mut others = vec![
        json!({"answer": "Paris", "tool": {"error": "not found"}}),
        json!({"answer": "Paris", "error": {"type": "cache_miss", "message": "no entry"}}),
        json!({"id": 7, "title": "Printer", "error": {"code": "E42", "message": "Paper jam"}}),
        json!({"job": "nightly", "state": "red", "error": {"status": "FAILED", "message": "disk full"}}),
        json!({"city": {"name": "Paris"}, "weather": {"error": "no station"}}),
        json!({"rows": [1, 2], "lookup": {"error": "no index"}}),
    ];
    for (error, _) in refusals() {
        others.push(json!({"answer": "Paris", "tool": error}));
        others.push(json!({"found": ["Paris"], "lookup": error}));
        others.push(json!({"text": "It is sunny.", "trace": error.to_string()}));
        others.push(json!({"id": "x".repeat(300), "tool": error}));
    }
    for value in others {
        let spans = exported(|| {
            answer(value.clone());
            block_on(stream_answer(vec![value.clone()]).count());
        });
        for span in spans.as_array().expect("spans") {
            check_kept(span, &value);
        }
    }
}

#[test]
fn an_error_beside_a_response_does_not_hide_it() {
    let choice =
        json!({"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"});
    let response = json!({"object": "chat.completion", "model": "gpt-5.2", "choices": [choice]});
    let error = json!({"error": {"message": "slow down", "code": "rate_limit_exceeded"}});
    let spans = exported(|| answer(json!({"first_try": error, "second_try": response})));
    assert_eq!(spans[0]["attributes"]["gen_ai.response.model"], "gpt-5.2");
    assert_eq!(spans[0]["status"]["code"], "UNSET");
}

/// Events of an agent: the answer's chunks, and what its tools say between them.
#[test]
fn an_error_of_something_else_between_chunks_does_not_end_the_answer() {
    let chunk = |content: &str, reason: Option<&str>| {
        let choice = json!({"index": 0, "delta": {"content": content}, "finish_reason": reason});
        let chunk = json!({"object": "chat.completion.chunk", "model": "gpt-5.2", "choices": [choice]});
        json!({"event": "model", "data": chunk})
    };
    let tool = json!({"event": "tool", "data": {"error": {"code": 404, "message": "not found"}}});
    let items = vec![chunk("Hel", None), tool, chunk("lo", Some("stop"))];
    let spans = exported(|| block_on(stream_answer(items).count()));
    assert_eq!(spans[0]["status"]["code"], "UNSET");
    assert_eq!(
        spans[0]["attributes"]["gen_ai.output.messages"],
        r#"[{"role":"assistant","parts":[{"type":"text","content":"Hello"}],"finish_reason":"stop"}]"#
    );
}
