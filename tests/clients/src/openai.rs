//! What an `OpenAI` server says.

use serde_json::{Value, json};

const ID: &str = "chatcmpl-1";
const CREATED: u64 = 1_700_000_000;

/// A whole answer.
#[must_use]
pub fn completion(model: &str, message: &Value, finish: &str, usage: &Value) -> Value {
    json!({
        "id": ID,
        "object": "chat.completion",
        "created": CREATED,
        "model": model,
        "choices": [{"index": 0, "message": message, "logprobs": null, "finish_reason": finish}],
        "usage": usage,
    })
}

/// One chunk of a streamed answer.
#[must_use]
pub fn chunk(model: &str, delta: &Value, finish: Option<&str>) -> Value {
    json!({
        "id": ID,
        "object": "chat.completion.chunk",
        "created": CREATED,
        "model": model,
        "choices": [{"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish}],
    })
}

/// The chunk that has the tokens.
#[must_use]
pub fn usage_chunk(model: &str, usage: &Value) -> Value {
    let mut chunk = chunk(model, &json!({}), None);
    chunk["choices"] = json!([]);
    chunk["usage"] = usage.clone();
    chunk
}

/// The deltas of an answer that asks for a tool; its arguments come in these pieces.
#[must_use]
pub fn tool_deltas(name: &str, arguments: &[&str]) -> Vec<Value> {
    let call =
        json!({"index": 0, "id": "call_1", "type": "function", "function": {"name": name, "arguments": ""}});
    let piece = |piece: &&str| json!({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]});
    let first = json!({"role": "assistant", "content": null, "tool_calls": [call]});
    [first].into_iter().chain(arguments.iter().map(piece)).collect()
}
