use serde::Serialize;
use serde_json::json;

use super::check;

#[derive(Serialize)]
struct Request {
    model: &'static str,
    messages: Vec<Message>,
    safe_prompt: bool,
    random_seed: Option<u32>,
    max_tokens: Option<u32>,
    stop: Option<Vec<String>>,
}

#[derive(Serialize)]
struct Message {
    role: Role,
    content: Content,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_calls: Option<()>,
    prefix: Option<bool>,
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
    Parts(Vec<Part>),
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Part {
    Text { text: &'static str },
    Thinking { thinking: Vec<Part>, closed: Option<bool> },
}

#[derive(Serialize)]
struct Response {
    id: &'static str,
    object: &'static str,
    created: u64,
    model: &'static str,
    choices: Vec<Choice>,
    usage: Usage,
}

#[derive(Serialize)]
struct Choice {
    index: u32,
    message: Message,
    finish_reason: FinishReason,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum FinishReason {
    ModelLength,
}

#[derive(Serialize)]
struct Usage {
    prompt_tokens: u32,
    completion_tokens: u32,
    total_tokens: u32,
    num_cached_tokens: Option<u32>,
}

#[test]
fn typed_values_say_what_travels() {
    let message = |role, content| Message { role, content, tool_calls: None, prefix: None };
    let request = Request {
        model: "magistral-medium-latest",
        messages: vec![message(Role::User, Content::Text("And in Rome?"))],
        safe_prompt: true,
        random_seed: Some(7),
        max_tokens: Some(64),
        stop: None,
    };
    let thinking = Part::Thinking { thinking: vec![Part::Text { text: "Rome it is." }], closed: None };
    let said = Content::Parts(vec![thinking, Part::Text { text: "One" }]);
    let response = Response {
        id: "1",
        object: "chat.completion",
        created: 1_702_256_327,
        model: "magistral-medium-latest",
        choices: vec![Choice {
            index: 0,
            message: message(Role::Assistant, said),
            finish_reason: FinishReason::ModelLength,
        }],
        usage: Usage { prompt_tokens: 20, completion_tokens: 64, total_tokens: 84, num_cached_tokens: None },
    };
    check(
        &request,
        response,
        r#"{
            "model": "magistral-medium-latest", "safe_prompt": true, "random_seed": 7, "max_tokens": 64,
            "messages": [{"role": "user", "content": "And in Rome?"}]
        }"#,
        r#"{
            "id": "1", "object": "chat.completion", "created": 1702256327, "model": "magistral-medium-latest",
            "choices": [{"index": 0, "finish_reason": "model_length", "message": {"role": "assistant", "content": [
                {"type": "thinking", "thinking": [{"type": "text", "text": "Rome it is."}]},
                {"type": "text", "text": "One"}
            ]}}],
            "usage": {"prompt_tokens": 20, "completion_tokens": 64, "total_tokens": 84}
        }"#,
        &json!({"provider.name": "mistral_ai", "response.finish_reasons": ["length"], "request.seed": 7}),
    );
}
