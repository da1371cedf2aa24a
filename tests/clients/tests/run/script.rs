//! What an `OpenAI` server says in these tests.

use recount_clients::{Reply, openai};
use serde_json::{Value, json};

const MODEL: &str = "gpt-4o-2024-08-06";

/// An answer in words.
pub(crate) fn words() -> Value {
    completion(&json!({"role": "assistant", "content": "Green, please.", "refusal": null}), "stop")
}

/// An answer that asks for a tool.
pub(crate) fn tool_call() -> Value {
    let call = json!({"id": "call_1", "type": "function", "function": {
        "name": "brew", "arguments": "{\"tea\":\"green\"}"
    }});
    completion(
        &json!({"role": "assistant", "content": null, "refusal": null, "tool_calls": [call]}),
        "tool_calls",
    )
}

fn completion(message: &Value, finish: &str) -> Value {
    let mut completion = openai::completion(MODEL, message, finish, &usage());
    completion["service_tier"] = json!("default");
    completion["system_fingerprint"] = json!("fp_1");
    completion
}

fn usage() -> Value {
    json!({
        "prompt_tokens": 20,
        "completion_tokens": 5,
        "total_tokens": 25,
        "prompt_tokens_details": {"cached_tokens": 16, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 2, "audio_tokens": 0}
    })
}

/// The events of an answer in words.
pub(crate) fn streamed_words() -> Vec<String> {
    let mut events = words_without_end();
    events.extend(end("stop"));
    events
}

/// The events of an answer in words that is not over.
pub(crate) fn words_without_end() -> Vec<String> {
    let first = json!({"role": "assistant", "content": ""});
    [first, json!({"content": "Green,"}), json!({"content": " please."})]
        .map(|delta| chunk(&delta, None))
        .to_vec()
}

/// The events of an answer that asks for a tool, its arguments in pieces.
pub(crate) fn streamed_tool_call() -> Vec<String> {
    let deltas = openai::tool_deltas("brew", &["{\"tea\":", "\"green\"}"]);
    let mut events: Vec<_> = deltas.iter().map(|delta| chunk(delta, None)).collect();
    events.extend(end("tool_calls"));
    events
}

fn end(reason: &str) -> [String; 3] {
    [chunk(&json!({}), Some(reason)), openai::usage_chunk(MODEL, &usage()).to_string(), "[DONE]".into()]
}

fn chunk(delta: &Value, finish: Option<&str>) -> String {
    openai::chunk(MODEL, delta, finish).to_string()
}

/// An error, as `OpenAI` words it.
pub(crate) fn refused() -> Reply {
    let error = json!({"message": "No such model: tea-1", "type": "invalid_request_error", "param": "model", "code": "model_not_found"});
    Reply::json(&json!({"error": error})).status(404)
}
