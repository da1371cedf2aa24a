use serde::Serialize;
use serde_json::{Value, json};

use super::check;

#[derive(Serialize)]
struct Request {
    model: &'static str,
    messages: Vec<Message>,
    safety_mode: Option<SafetyMode>,
    max_tokens: Option<u64>,
    k: Option<u32>,
    documents: Option<Vec<Value>>,
}

#[derive(Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum SafetyMode {
    Contextual,
}

#[derive(Serialize)]
#[serde(tag = "role", rename_all = "lowercase")]
enum Message {
    User {
        content: &'static str,
    },
    Assistant {
        content: Option<Vec<Value>>,
        tool_plan: Option<&'static str>,
        tool_calls: Option<Vec<ToolCall>>,
    },
}

#[derive(Serialize)]
struct ToolCall {
    id: &'static str,
    r#type: &'static str,
    function: Function,
}

#[derive(Serialize)]
struct Function {
    name: &'static str,
    arguments: &'static str,
}

#[derive(Serialize)]
struct Response {
    id: &'static str,
    finish_reason: FinishReason,
    message: Message,
    usage: Option<Usage>,
}

#[derive(Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum FinishReason {
    ToolCall,
}

#[derive(Serialize)]
struct Usage {
    billed_units: Option<Units>,
    tokens: Option<Units>,
    cached_tokens: Option<f64>,
}

#[derive(Serialize)]
struct Units {
    input_tokens: Option<f64>,
    output_tokens: Option<f64>,
    search_units: Option<f64>,
}

#[test]
fn typed_values_say_what_travels() {
    let request = Request {
        model: "command-a-03-2025",
        messages: vec![Message::User { content: "And in Rome?" }],
        safety_mode: Some(SafetyMode::Contextual),
        max_tokens: Some(64),
        k: None,
        documents: None,
    };
    let function = Function { name: "weather", arguments: r#"{"city":"Rome"}"# };
    let message = Message::Assistant {
        content: None,
        tool_plan: Some("I look."),
        tool_calls: Some(vec![ToolCall { id: "call_1", r#type: "function", function }]),
    };
    let units =
        |input, output| Units { input_tokens: Some(input), output_tokens: Some(output), search_units: None };
    let usage =
        Usage { billed_units: Some(units(20.0, 8.0)), tokens: Some(units(400.0, 30.0)), cached_tokens: None };
    check(
        &request,
        Response { id: "1", finish_reason: FinishReason::ToolCall, message, usage: Some(usage) },
        r#"{
            "model": "command-a-03-2025", "safety_mode": "CONTEXTUAL", "max_tokens": 64,
            "messages": [{"role": "user", "content": "And in Rome?"}]
        }"#,
        r#"{
            "id": "1", "finish_reason": "TOOL_CALL",
            "message": {"role": "assistant", "tool_plan": "I look.", "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{\"city\":\"Rome\"}"}}
            ]},
            "usage": {
                "billed_units": {"input_tokens": 20, "output_tokens": 8},
                "tokens": {"input_tokens": 400, "output_tokens": 30}
            }
        }"#,
        &json!({"usage.input_tokens": 20, "response.finish_reasons": ["tool_call"], "request.max_tokens": 64}),
    );
}
