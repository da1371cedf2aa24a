//! Bodies as Rust types have them: keys that are null where a provider leaves them out, enums for its words, numbers of
//! any width. They say the same as what travels.

#![expect(clippy::struct_field_names, reason = "they are the providers' names")]

mod anthropic;
mod bedrock;
mod cohere;
mod gemini;
mod mistral;
mod ollama;
mod openai_responses;
mod rerank;

use recount_tests::exported;
use serde::Serialize;
use serde_json::{Value, json};

#[recount::llm_span(skip(answer))]
fn call<Q: Serialize, A: Serialize>(request: &Q, answer: A) -> A {
    let _ = request;
    answer
}

/// Checks that typed values say the same as the JSON that travels, these facts among it.
#[track_caller]
fn check(request: &impl Serialize, answer: impl Serialize, sent: &str, received: &str, facts: &Value) {
    let typed = exported(|| call(request, answer));
    let raw = exported(|| call(&sent, received.to_owned()));
    assert_eq!(typed, raw);
    for (name, fact) in facts.as_object().expect("facts") {
        assert_eq!(&typed[0]["attributes"][&format!("gen_ai.{name}")], fact, "{name}");
    }
}

fn schema() -> Value {
    json!({"type": "object", "properties": {"city": {"type": "string"}}})
}
