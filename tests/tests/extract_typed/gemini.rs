use serde::Serialize;
use serde_json::{Value, json};

use super::check;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    contents: Vec<Content>,
    system_instruction: Option<Content>,
    generation_config: Option<Config>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    temperature: Option<f32>,
    top_k: Option<i32>,
    max_output_tokens: Option<i32>,
}

#[derive(Serialize)]
struct Content {
    role: Option<Role>,
    parts: Vec<Part>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    User,
    Model,
}

/// A field for each kind of part.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    text: Option<&'static str>,
    thought: Option<bool>,
    function_call: Option<Call>,
    inline_data: Option<()>,
}

#[derive(Serialize)]
struct Call {
    id: Option<String>,
    name: &'static str,
    args: Option<Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    candidates: Vec<Candidate>,
    prompt_feedback: Option<()>,
    usage_metadata: Usage,
    model_version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    content: Content,
    finish_reason: Option<FinishReason>,
    index: Option<i32>,
}

#[derive(Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum FinishReason {
    MaxTokens,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Usage {
    prompt_token_count: i32,
    candidates_token_count: Option<i32>,
    thoughts_token_count: Option<i32>,
    cached_content_token_count: Option<i32>,
}

#[test]
fn typed_values_say_what_travels() {
    let text = |text| Part { text: Some(text), ..Part::default() };
    let request = Request {
        contents: vec![Content { role: Some(Role::User), parts: vec![text("And in Rome?")] }],
        system_instruction: None,
        generation_config: Some(Config { temperature: Some(0.1), top_k: None, max_output_tokens: Some(64) }),
    };
    let call = Call { id: None, name: "weather", args: Some(json!({"city": "Rome"})) };
    let thought = Part { thought: Some(true), ..text("Rome it is.") };
    let parts = vec![thought, text("One"), Part { function_call: Some(call), ..Part::default() }];
    let candidate = Candidate {
        content: Content { role: Some(Role::Model), parts },
        finish_reason: Some(FinishReason::MaxTokens),
        index: None,
    };
    let response = Response {
        candidates: vec![candidate],
        prompt_feedback: None,
        usage_metadata: Usage {
            prompt_token_count: 20,
            candidates_token_count: Some(8),
            thoughts_token_count: Some(56),
            cached_content_token_count: None,
        },
        model_version: "gemini-2.5-pro",
    };
    check(
        &request,
        response,
        r#"{
            "contents": [{"role": "user", "parts": [{"text": "And in Rome?"}]}],
            "generationConfig": {"temperature": 0.1, "maxOutputTokens": 64}
        }"#,
        r#"{
            "candidates": [{"content": {"role": "model", "parts": [
                {"text": "Rome it is.", "thought": true}, {"text": "One"},
                {"functionCall": {"name": "weather", "args": {"city": "Rome"}}}
            ]}, "finishReason": "MAX_TOKENS"}],
            "usageMetadata": {"promptTokenCount": 20, "candidatesTokenCount": 8, "thoughtsTokenCount": 56},
            "modelVersion": "gemini-2.5-pro"
        }"#,
        &json!({"usage.output_tokens": 64, "response.finish_reasons": ["length"], "request.max_tokens": 64}),
    );
}
