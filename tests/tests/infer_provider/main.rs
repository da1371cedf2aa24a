//! Whose model it is, where the program does not say so: by host, then by the shape of the bodies and the models' names.
//!
//! What is not certain stays unknown: a wrong name is worse than none.

mod hosts;
mod models;

use recount_tests::exported;
use serde_json::{Value, json};

/// What a test knows of a call.
#[derive(Clone, Copy, Default)]
struct Call<'a> {
    /// The address of the server.
    server: &'a str,
    asked: &'a str,
    answered: &'a str,
}

#[recount::llm_span(skip(answered))]
fn complete(request: &Value, base_url: &str, answered: &str) -> Value {
    let _ = (request, base_url);
    json!({
        "model": answered,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}]
    })
}

fn attributes(calls: &[Call<'_>]) -> Vec<Value> {
    let spans = exported(|| {
        for call in calls {
            let request = json!({"model": call.asked, "messages": [{"role": "user", "content": "Hello"}]});
            complete(&request, call.server, call.answered);
        }
    });
    let spans: Vec<Value> =
        spans.as_array().expect("spans").iter().map(|span| span["attributes"].clone()).collect();
    assert_eq!(spans.len(), calls.len());
    spans
}

/// Every line has what is known and the provider that follows from it; nothing where none does.
#[track_caller]
fn check(what: impl Fn(&'static str) -> Call<'static>, lines: &[(&'static str, &str)]) {
    let calls: Vec<_> = lines.iter().map(|(known, _)| what(known)).collect();
    let mut wrong = Vec::new();
    for ((known, expected), attributes) in lines.iter().zip(attributes(&calls)) {
        let provider = attributes["gen_ai.provider.name"].as_str().unwrap_or_default();
        if provider != *expected {
            wrong.push(format!("{known:?} is {expected:?}, not {provider:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_server_that_answers_with_another_model_is_not_the_makers() {
    let answers = |asked: &'static str, answered| Call { asked, answered, ..Call::default() };
    let calls = [
        (answers("gpt-4o", "gpt-4o-2024-08-06"), Some("openai")),
        (answers("gpt-4o", ""), Some("openai")),
        (answers("", "gpt-4o-2024-08-06"), Some("openai")),
        (answers("openai/gpt-4o", "gpt-4o-2024-08-06"), Some("openai")),
        (answers("gpt-4o", "qwen2.5-7b-instruct"), None),
        (answers("gpt-4o", "claude-sonnet-4-5"), None),
        (answers("our-deployment", "gpt-4o-2024-08-06"), None),
        (answers("llama3", "llama3"), None),
        (answers("azure/our-deployment", "gpt-4o-2024-08-06"), Some("azure.ai.openai")),
        (
            answers("anthropic.claude-3-5-sonnet-20240620-v1:0", "claude-3-5-sonnet-20240620"),
            Some("aws.bedrock"),
        ),
    ];
    let attributes = attributes(&calls.map(|(call, _)| call));
    for ((call, expected), attributes) in calls.iter().zip(attributes) {
        let provider = attributes["gen_ai.provider.name"].as_str();
        assert_eq!(provider, *expected, "{} answered by {}", call.asked, call.answered);
    }
}

#[test]
fn the_server_is_told_with_its_port_and_never_who_logs_in() {
    let of = |server| attributes(&[Call { server, asked: "m", ..Call::default() }])[0].clone();
    let default = of("https://user:hunter2@api.groq.com/openai/v1");
    assert_eq!(default["server.address"], "api.groq.com");
    assert_eq!(default["server.port"], 443);
    let explicit = of("http://hunter2@[::1]:8000/v1");
    assert_eq!(explicit["server.address"], "::1");
    assert_eq!(explicit["server.port"], 8000);
    for attributes in [default, explicit] {
        assert!(!attributes.to_string().contains("hunter2"), "{attributes}");
    }
    let page = of("https://example.com/about-models.html");
    assert_eq!((&page["server.address"], &page["server.port"]), (&Value::Null, &Value::Null));
}

#[recount::llm_span]
fn message(request: &Value) -> Value {
    json!({
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": request["model"],
        "content": [{"type": "text", "text": "Hi"}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 1, "output_tokens": 1}
    })
}

#[test]
fn a_language_that_many_servers_speak_is_not_its_inventors() {
    let provider = |model: &str| {
        let request = json!({
            "model": model,
            "system": "Be brief.",
            "max_tokens": 16,
            "messages": [{"role": "user", "content": "Hello"}]
        });
        exported(|| message(&request))[0]["attributes"]["gen_ai.provider.name"].clone()
    };
    assert_eq!(provider("claude-sonnet-4-5"), "anthropic");
    assert_eq!(provider("us.anthropic.claude-sonnet-4-5-20250929-v1:0"), "aws.bedrock");
    assert_eq!(provider("claude-sonnet-4-5@20250929"), "gcp.vertex_ai");
    for model in ["kimi-k2-thinking", "glm-4.6", "MiniMax-M2", "qwen3-coder", "our-model"] {
        assert_eq!(provider(model), Value::Null, "{model}");
    }
}

#[recount::llm_span(provider = "house", model = "gpt-4o")]
fn said_by_the_program(base_url: &str) {
    let _ = base_url;
}

#[test]
fn what_the_program_says_counts() {
    let span = exported(|| said_by_the_program("https://api.openai.com/v1"))[0]["attributes"].clone();
    assert_eq!(span["gen_ai.provider.name"], "house");
    assert_eq!(span["server.address"], "api.openai.com");
}
