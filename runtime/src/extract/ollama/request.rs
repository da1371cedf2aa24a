//! Requests of `/api/chat` and `/api/generate`.

use serde_json::json;

use super::super::{chat_message, parameter, read};
use super::{COMPLETION, add_images, message};
use crate::llm::RequestFacts;
use crate::provider::names;
use crate::wire::tape::Value;
use crate::wire::{Message, Part};

pub(super) fn read(body: &Value<'_>) -> Option<RequestFacts> {
    if !is_request(body) {
        return None;
    }
    let mut facts = RequestFacts::new().model(read::text(body, "model")?);
    facts.provider = is_surely_ollama(body).then(|| names::OLLAMA.into());
    facts.messages = read::list(body, "messages").map(|said| message(&said)).collect();
    if facts.messages.is_empty()
        && let Some(prompt) = read::content(body, "prompt")
    {
        facts = facts.operation(COMPLETION);
        facts.messages.extend(question(body, prompt));
    }
    if let Some(content) = read::content(body, "system").filter(|content| !content.is_empty()) {
        facts.system.push(Part::Text { content });
    }
    facts.tools = chat_message::tools(body, "tools");
    for tool in &mut facts.tools {
        // A client in Rust has the name of an enum here.
        if tool["type"] == "Function" {
            tool["type"] = "function".into();
        }
    }
    parameter::copy(body, &[("stream", "stream")], &mut facts);
    if let Some(options) = read::map(body, "options") {
        parameter::copy(&options, &OPTIONS, &mut facts);
        // Below zero, there is no limit.
        if let Some(limit) = read::count(&options, "num_predict") {
            facts = facts.parameter("max_tokens", limit);
        }
    }
    // Whether to think at all is no level.
    if let Some(level) = read::text(body, "think") {
        facts = facts.parameter("reasoning.level", level);
    }
    let schema = read::map(body, "format").map(|_| "json");
    parameter::output_type(schema.or_else(|| read::text(body, "format")), &mut facts);
    Some(facts)
}

/// Whether a request has anything that `OpenAI` does not know. Without, [its file](super::super::openai_chat) reads the same.
fn is_request(body: &Value<'_>) -> bool {
    let has = |key: &&str| !matches!(body.get(key), None | Some(Value::Null | Value::Cut(_)));
    let chats = chat_message::are_messages(body, "messages");
    let prompts = matches!(body.get("prompt"), Some(Value::Text(_)));
    let shows = read::list(body, "messages").any(|said| read::list(&said, "images").next().is_some());
    (chats || prompts)
        && (["options", "keep_alive", "think", "format"].iter().any(has)
            || (chats && shows)
            || (prompts && ["template", "raw", "context", "images"].iter().any(has)))
}

/// Whether nobody else is asked like this: a program's own requests have options and formats too.
fn is_surely_ollama(body: &Value<'_>) -> bool {
    const OWN: [&str; 5] = ["num_ctx", "num_predict", "num_gpu", "repeat_penalty", "repeat_last_n"];
    let options = read::map(body, "options");
    matches!(body.get("keep_alive"), Some(Value::Text(_) | Value::Unsigned(_) | Value::Signed(_)))
        || options.is_some_and(|options| OWN.iter().any(|key| options.get(key).is_some()))
}

/// A prompt with its images, and what the answer has to lead up to; none where there is nothing.
fn question(body: &Value<'_>, prompt: String) -> Option<Message> {
    let mut message = Message::user(prompt);
    if let Some(suffix) = read::content(body, "suffix").filter(|suffix| !suffix.is_empty()) {
        message.parts.push(Part::Other(json!({"type": "suffix", "content": suffix})));
    }
    add_images(body, &mut message);
    Some(message).filter(|message| !message.parts.is_empty())
}

const OPTIONS: [(&str, &str); 7] = [
    ("temperature", "temperature"),
    ("top_p", "top_p"),
    ("top_k", "top_k"),
    ("seed", "seed"),
    ("stop", "stop_sequences"),
    ("frequency_penalty", "frequency_penalty"),
    ("presence_penalty", "presence_penalty"),
];
