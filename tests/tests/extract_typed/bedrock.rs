use serde::Serialize;
use serde_json::{Value, json};

use super::check;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    model_id: &'static str,
    messages: Vec<Message>,
    system: Option<Vec<Block>>,
    inference_config: Option<Config>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    max_tokens: Option<i32>,
    temperature: Option<f32>,
    stop_sequences: Option<Vec<String>>,
}

#[derive(Serialize)]
struct Message {
    role: &'static str,
    content: Vec<Block>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Block {
    Text(&'static str),
    #[serde(rename_all = "camelCase")]
    ToolUse {
        tool_use_id: &'static str,
        name: &'static str,
        input: Value,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    output: Output,
    stop_reason: StopReason,
    usage: Usage,
    additional_model_response_fields: Option<Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Output {
    Message(Message),
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum StopReason {
    ToolUse,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Usage {
    input_tokens: i32,
    output_tokens: i32,
    total_tokens: i32,
    cache_read_input_tokens: Option<i32>,
    cache_write_input_tokens: Option<i32>,
}

#[test]
fn typed_values_say_what_travels() {
    let request = Request {
        model_id: "amazon.nova-pro-v1:0",
        messages: vec![Message { role: "user", content: vec![Block::Text("And in Rome?")] }],
        system: None,
        inference_config: Some(Config { max_tokens: Some(64), temperature: None, stop_sequences: None }),
    };
    let look = Block::ToolUse { tool_use_id: "t1", name: "weather", input: json!({"city": "Rome"}) };
    let response = Response {
        output: Output::Message(Message { role: "assistant", content: vec![look] }),
        stop_reason: StopReason::ToolUse,
        usage: Usage {
            input_tokens: 20,
            output_tokens: 8,
            total_tokens: 128,
            cache_read_input_tokens: Some(100),
            cache_write_input_tokens: None,
        },
        additional_model_response_fields: None,
    };
    check(
        &request,
        response,
        r#"{
            "modelId": "amazon.nova-pro-v1:0",
            "messages": [{"role": "user", "content": [{"text": "And in Rome?"}]}],
            "inferenceConfig": {"maxTokens": 64}
        }"#,
        r#"{
            "output": {"message": {"role": "assistant", "content": [
                {"toolUse": {"toolUseId": "t1", "name": "weather", "input": {"city": "Rome"}}}
            ]}},
            "stopReason": "tool_use",
            "usage": {"inputTokens": 20, "outputTokens": 8, "totalTokens": 128, "cacheReadInputTokens": 100}
        }"#,
        &json!({"usage.input_tokens": 120, "response.finish_reasons": ["tool_call"], "request.max_tokens": 64}),
    );
}
