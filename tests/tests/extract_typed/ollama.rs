use serde::Serialize;
use serde_json::{Value, json};

use super::{check, schema};

#[derive(Serialize)]
struct Request {
    model: &'static str,
    messages: Vec<Message>,
    tools: Vec<Tool>,
    options: Option<Options>,
    format: Option<String>,
    template: Option<String>,
    stream: bool,
}

#[derive(Serialize)]
struct Options {
    num_ctx: Option<u64>,
    num_predict: Option<i32>,
    temperature: Option<f32>,
    stop: Option<Vec<String>>,
}

#[derive(Serialize)]
struct Message {
    role: Role,
    content: &'static str,
    tool_calls: Vec<ToolCall>,
    images: Option<Vec<String>>,
    thinking: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    User,
    Assistant,
}

#[derive(Serialize)]
struct ToolCall {
    function: Call,
}

#[derive(Serialize)]
struct Call {
    name: &'static str,
    arguments: Value,
}

/// The name of the variant travels, as one client has it.
#[derive(Serialize)]
struct Tool {
    r#type: ToolType,
    function: Function,
}

#[derive(Serialize)]
enum ToolType {
    Function,
}

#[derive(Serialize)]
struct Function {
    name: &'static str,
    description: &'static str,
    parameters: Value,
}

#[derive(Serialize)]
struct Response {
    model: &'static str,
    created_at: &'static str,
    message: Message,
    done: bool,
    #[serde(flatten)]
    counts: Option<Counts>,
}

#[derive(Serialize)]
struct Counts {
    total_duration: u64,
    prompt_eval_count: u16,
    eval_count: u16,
}

#[test]
fn typed_values_say_what_travels() {
    let message =
        |role, content, tool_calls| Message { role, content, tool_calls, images: None, thinking: None };
    let function = Function { name: "weather", description: "The weather.", parameters: schema() };
    let request = Request {
        model: "llama3.2",
        messages: vec![message(Role::User, "And in Rome?", Vec::new())],
        tools: vec![Tool { r#type: ToolType::Function, function }],
        options: Some(Options {
            num_ctx: Some(4096),
            num_predict: Some(64),
            temperature: Some(0.1),
            stop: None,
        }),
        format: None,
        template: None,
        stream: false,
    };
    let call = Call { name: "weather", arguments: json!({"city": "Rome"}) };
    let response = Response {
        model: "llama3.2",
        created_at: "2026-04-10T13:19:59Z",
        message: message(Role::Assistant, "", vec![ToolCall { function: call }]),
        done: true,
        counts: Some(Counts { total_duration: 1, prompt_eval_count: 20, eval_count: 8 }),
    };
    check(
        &request,
        response,
        r#"{
            "model": "llama3.2", "stream": false, "options": {"num_ctx": 4096, "num_predict": 64, "temperature": 0.1},
            "messages": [{"role": "user", "content": "And in Rome?"}],
            "tools": [{"type": "function", "function": {
                "name": "weather", "description": "The weather.",
                "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}
            }}]
        }"#,
        r#"{
            "model": "llama3.2", "created_at": "2026-04-10T13:19:59Z",
            "message": {"role": "assistant", "content": "", "tool_calls": [
                {"function": {"name": "weather", "arguments": {"city": "Rome"}}}
            ]},
            "done": true, "total_duration": 1, "prompt_eval_count": 20, "eval_count": 8
        }"#,
        &json!({"usage.input_tokens": 20, "response.finish_reasons": ["tool_call"], "request.max_tokens": 64}),
    );
}
