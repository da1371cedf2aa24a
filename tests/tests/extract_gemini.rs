//! What is read of Gemini's `generateContent`.

use recount_tests::{check_bodies, check_distorted_bodies, exported, exported_with};
use serde_json::{Value, json};

#[test]
fn bodies_are_understood() {
    check_bodies("gemini");
}

#[test]
fn nothing_panics_whatever_stands_where() {
    check_distorted_bodies("gemini");
}

/// What `streamGenerateContent` sends where nobody asked for server-sent events.
#[test]
fn a_list_of_chunks_is_one_response() {
    let chunks = json!([
        {
            "candidates": [{"content": {"parts": [{"text": "One, "}], "role": "model"}, "index": 0}],
            "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 2, "totalTokenCount": 7},
            "modelVersion": "gemini-2.0-flash",
        },
        {
            "candidates": [{"content": {"parts": [{"text": "two."}], "role": "model"}, "finishReason": "STOP"}],
            "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 4, "totalTokenCount": 9},
            "modelVersion": "gemini-2.0-flash",
        },
    ]);
    let spans = exported(|| {
        answer(&Value::Null, chunks.clone());
        answer(&Value::Null, Value::from(format!("{chunks:#}")));
    });
    assert_eq!(spans[0]["attributes"], spans[1]["attributes"]);
    let attributes = &spans[0]["attributes"];
    assert_eq!(attributes["gen_ai.response.finish_reasons"], json!(["stop"]));
    assert_eq!(attributes["gen_ai.usage.output_tokens"], 4);
    assert_eq!(
        attributes["gen_ai.output.messages"],
        r#"[{"role":"assistant","parts":[{"type":"text","content":"One, two."}],"finish_reason":"stop"}]"#
    );
}

#[test]
fn an_error_in_a_list_is_an_error() {
    let list =
        json!([{"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}}]);
    let spans = exported(|| answer(&Value::Null, list));
    assert_eq!(spans[0]["attributes"]["error.type"], "INVALID_ARGUMENT");
    assert_eq!(spans[0]["status"]["message"], "API key not valid.");
}

#[test]
fn facts_survive_where_texts_are_cut() {
    let long = "All work and no play makes Jack a dull boy. ".repeat(200);
    let request = json!({
        "contents": [{"role": "user", "parts": [{"text": long}, {"inlineData": {"mimeType": "image/png", "data": long}}]}],
        "generationConfig": {"maxOutputTokens": 1024},
    });
    let response = json!({
        "candidates": [{"content": {"parts": [{"text": long, "thought": true}, {"text": long}]}, "finishReason": "MAX_TOKENS"}],
        "usageMetadata": {"promptTokenCount": 110, "candidatesTokenCount": 1000, "thoughtsTokenCount": 24},
        "modelVersion": "gemini-2.5-pro",
    });
    let spans = exported_with(recount::builder().value_cap(512), || answer(&request, response));
    let attributes = &spans[0]["attributes"];
    assert_eq!(attributes["gen_ai.request.max_tokens"], 1024);
    assert_eq!(attributes["gen_ai.response.model"], "gemini-2.5-pro");
    assert_eq!(attributes["gen_ai.response.finish_reasons"], json!(["length"]));
    assert_eq!(attributes["gen_ai.usage.input_tokens"], 110);
    assert_eq!(attributes["gen_ai.usage.output_tokens"], 1024);
    assert_eq!(attributes["gen_ai.operation.name"], "generate_content");
}

#[test]
fn what_only_has_contents_is_no_request() {
    let letter = json!({"contents": ["Dear Sir", "Yours"], "generationConfig": {"temperature": 1}});
    let spans = exported(|| answer(&letter, json!({"candidates": ["Ann", "Bob"], "usageMetadata": {}})));
    let attributes = &spans[0]["attributes"];
    assert_eq!(attributes["gen_ai.provider.name"], Value::Null);
    assert_eq!(attributes["gen_ai.operation.name"], "chat");
}

#[test]
fn an_embedding_is_no_answer() {
    let response = json!({"embedding": {"values": [0.1, 0.2]}, "usageMetadata": {"promptTokenCount": 3, "totalTokenCount": 3}});
    let spans = exported(|| answer(&Value::Null, response));
    assert_ne!(spans[0]["attributes"]["gen_ai.operation.name"], "generate_content");
}

/// Function calls whose arguments come in pieces, by JSON path, are not read; nor are they calls without a name.
#[test]
fn a_call_without_a_name_is_no_call() {
    let response = json!({
        "candidates": [{"content": {"parts": [{"functionCall": {"partialArgs": [{"jsonPath": "$.city", "stringValue": "Ro"}], "willContinue": true}}]}, "finishReason": "STOP"}],
    });
    let spans = exported(|| answer(&Value::Null, response));
    assert_eq!(spans[0]["attributes"]["gen_ai.response.finish_reasons"], json!(["stop"]));
}

#[recount::llm_span(skip(answer))]
#[expect(unused_variables, reason = "captured")]
fn answer(request: &Value, answer: Value) -> Value {
    answer
}
