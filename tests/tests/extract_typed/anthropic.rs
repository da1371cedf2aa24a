use serde::Serialize;
use serde_json::{Value, json};

use super::{check, schema};

#[derive(Serialize)]
struct Request {
    model: &'static str,
    max_tokens: u32,
    system: Option<&'static str>,
    messages: Vec<Message>,
    temperature: Option<f64>,
    stop_sequences: Option<Vec<String>>,
    tools: Option<Vec<Tool>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    description: Option<&'static str>,
    input_schema: Value,
}

#[derive(Serialize)]
struct Message {
    role: Role,
    content: Content,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    User,
    Assistant,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Content {
    Text(&'static str),
    Blocks(Vec<Block>),
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    Text { text: &'static str, cache_control: Option<()> },
    ToolUse { id: &'static str, name: &'static str, input: Value },
}

#[derive(Serialize)]
struct Response {
    id: &'static str,
    r#type: &'static str,
    role: Role,
    model: &'static str,
    content: Vec<Block>,
    stop_reason: Option<StopReason>,
    stop_sequence: Option<String>,
    usage: Usage,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum StopReason {
    ToolUse,
}

#[derive(Serialize)]
struct Usage {
    input_tokens: u32,
    output_tokens: u32,
    cache_read_input_tokens: Option<u32>,
    cache_creation_input_tokens: Option<u32>,
}

#[test]
fn typed_values_say_what_travels() {
    let tool = Tool { name: "weather", description: None, input_schema: schema() };
    let look = |city| Block::ToolUse { id: "toolu_1", name: "weather", input: json!({ "city": city }) };
    let request = Request {
        model: "claude-sonnet-4-5",
        max_tokens: 64,
        system: Some("Be brief."),
        messages: vec![
            Message { role: Role::User, content: Content::Text("And in Rome?") },
            Message {
                role: Role::Assistant,
                content: Content::Blocks(vec![Block::Text { text: "I look.", cache_control: None }]),
            },
        ],
        temperature: None,
        stop_sequences: None,
        tools: Some(vec![tool]),
    };
    let response = Response {
        id: "msg_01",
        r#type: "message",
        role: Role::Assistant,
        model: "claude-sonnet-4-5-20250929",
        content: vec![Block::Text { text: "One moment.", cache_control: None }, look("Rome")],
        stop_reason: Some(StopReason::ToolUse),
        stop_sequence: None,
        usage: Usage {
            input_tokens: 20,
            output_tokens: 8,
            cache_read_input_tokens: Some(100),
            cache_creation_input_tokens: None,
        },
    };
    check(
        &request,
        response,
        r#"{
            "model": "claude-sonnet-4-5", "max_tokens": 64, "system": "Be brief.",
            "messages": [
                {"role": "user", "content": "And in Rome?"},
                {"role": "assistant", "content": [{"type": "text", "text": "I look."}]}
            ],
            "tools": [{"name": "weather", "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}]
        }"#,
        r#"{
            "id": "msg_01", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5-20250929",
            "content": [
                {"type": "text", "text": "One moment."},
                {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Rome"}}
            ],
            "stop_reason": "tool_use",
            "usage": {"input_tokens": 20, "output_tokens": 8, "cache_read_input_tokens": 100}
        }"#,
        &json!({"usage.input_tokens": 120, "response.finish_reasons": ["tool_call"], "request.max_tokens": 64}),
    );
}
