//! What a model is asked and what it answers.

use recount_clients::openai;
use serde_json::{Value, json};

const MODEL: &str = "gpt-5.2-2026-08-01";

pub(crate) fn question() -> Value {
    json!({"model": "gpt-5.2", "temperature": 0.5, "messages": [{"role": "user", "content": "How warm is it in Paris?"}]})
}

pub(crate) fn streamed_question() -> Value {
    let mut question = question();
    question["stream"] = json!(true);
    question["stream_options"] = json!({"include_usage": true});
    question
}

/// The whole of an answer.
pub(crate) fn answer(text: &str) -> Value {
    openai::completion(MODEL, &json!({"role": "assistant", "content": text}), "stop", &usage())
}

fn usage() -> Value {
    json!({"prompt_tokens": 14, "completion_tokens": 3, "total_tokens": 17})
}

/// One chunk of a streamed answer.
pub(crate) fn chunk(delta: &Value, finish: Option<&str>) -> Value {
    openai::chunk(MODEL, delta, finish)
}

/// The chunk that has the tokens.
pub(crate) fn usage_chunk() -> Value {
    openai::usage_chunk(MODEL, &usage())
}

/// The chunks of an answer of these pieces.
pub(crate) fn chunks(pieces: &[&str]) -> Vec<Value> {
    let texts = pieces.iter().map(|piece| chunk(&json!({"content": piece}), None));
    let first = chunk(&json!({"role": "assistant", "content": ""}), None);
    let last = chunk(&json!({}), Some("stop"));
    [first].into_iter().chain(texts).chain([last, usage_chunk()]).collect()
}

/// The chunks as the texts of events, and the end.
pub(crate) fn events(chunks: &[Value]) -> Vec<String> {
    chunks.iter().map(ToString::to_string).chain(["[DONE]".to_owned()]).collect()
}

pub(crate) fn tool_chunks() -> Vec<Value> {
    let deltas = openai::tool_deltas("weather", &["{\"city\":", "\"Paris\"}"]);
    let mut chunks: Vec<_> = deltas.iter().map(|delta| chunk(delta, None)).collect();
    chunks.extend([chunk(&json!({}), Some("tool_calls")), usage_chunk()]);
    chunks
}

pub(crate) fn refusal() -> Value {
    json!({"error": {"message": "Slow down.", "type": "rate_limit_error", "param": null, "code": "rate_limit_exceeded"}})
}
