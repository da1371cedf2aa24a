use serde::Serialize;
use serde_json::{Value, json};

use super::{check, schema};

#[derive(Serialize)]
struct Function {
    name: &'static str,
    description: Option<&'static str>,
    parameters: Value,
}

#[derive(Serialize)]
struct Request {
    model: &'static str,
    input: Input,
    instructions: Option<&'static str>,
    max_output_tokens: Option<u32>,
    previous_response_id: Option<String>,
    tools: Option<Vec<Tool>>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Tool {
    Function(Function),
}

#[derive(Serialize)]
#[serde(untagged)]
enum Input {
    Items(Vec<Item>),
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Item {
    Message { role: &'static str, content: Vec<Content>, status: Option<Status> },
    Reasoning { id: &'static str, summary: Vec<Content>, encrypted_content: Option<String> },
    FunctionCall { id: Option<String>, call_id: &'static str, name: &'static str, arguments: &'static str },
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Content {
    InputText { text: &'static str },
    SummaryText { text: &'static str },
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Completed,
}

#[derive(Serialize)]
struct Response {
    id: &'static str,
    object: &'static str,
    status: Status,
    error: Option<()>,
    incomplete_details: Option<()>,
    model: &'static str,
    output: Vec<Item>,
    usage: Option<Usage>,
}

#[derive(Serialize)]
struct Usage {
    input_tokens: u32,
    output_tokens: u32,
    output_tokens_details: Details,
    total_tokens: u32,
}

#[derive(Serialize)]
struct Details {
    reasoning_tokens: u32,
}

#[test]
fn typed_values_say_what_travels() {
    let content = vec![Content::InputText { text: "And in Rome?" }];
    let request = Request {
        model: "o4-mini",
        input: Input::Items(vec![Item::Message { role: "user", content, status: None }]),
        instructions: None,
        max_output_tokens: Some(64),
        previous_response_id: None,
        tools: Some(vec![Tool::Function(Function {
            name: "weather",
            description: Some("The weather."),
            parameters: schema(),
        })]),
    };
    let summary = vec![Content::SummaryText { text: "Rome it is." }];
    let arguments = r#"{"city":"Rome"}"#;
    let response = Response {
        id: "resp_1",
        object: "response",
        status: Status::Completed,
        error: None,
        incomplete_details: None,
        model: "o4-mini-2025-04-16",
        output: vec![
            Item::Reasoning { id: "rs_1", summary, encrypted_content: None },
            Item::FunctionCall { id: None, call_id: "call_1", name: "weather", arguments },
        ],
        usage: Some(Usage {
            input_tokens: 20,
            output_tokens: 64,
            output_tokens_details: Details { reasoning_tokens: 56 },
            total_tokens: 84,
        }),
    };
    check(
        &request,
        response,
        r#"{
            "model": "o4-mini", "max_output_tokens": 64,
            "input": [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "And in Rome?"}]}],
            "tools": [{
                "type": "function", "name": "weather", "description": "The weather.",
                "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}
            }]
        }"#,
        r#"{
            "id": "resp_1", "object": "response", "status": "completed", "model": "o4-mini-2025-04-16",
            "output": [
                {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Rome it is."}]},
                {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": "{\"city\":\"Rome\"}"}
            ],
            "usage": {
                "input_tokens": 20, "output_tokens": 64, "total_tokens": 84,
                "output_tokens_details": {"reasoning_tokens": 56}
            }
        }"#,
        &json!({"usage.output_tokens": 64, "response.finish_reasons": ["tool_call"], "request.max_tokens": 64}),
    );
}
