//! Ollama's own API: `/api/chat` and `/api/generate`. Ollama speaks as `OpenAI` too, see
//! [`openai_chat`](super::openai_chat).
//!
//! The meaning of the fields: <https://docs.ollama.com/api/chat> and <https://docs.ollama.com/api/generate>. Tool
//! calls have arguments that are objects and mostly no ids, images are base64 beside the text, and a stream is
//! lines of JSON, each with the piece that is new; the last one, which is `done`, has the tokens.

mod request;

use std::borrow::Cow;

use super::sieve::Keys;
use super::{chat_message, finish, media, openai_chat, read};
use crate::llm::{ErrorFacts, Extractor, Partial, RequestFacts, ResponseFacts};
use crate::provider::names;
use crate::wire::tape::Value;
use crate::wire::{Message, Part, Usage};

pub(super) struct Ollama;

/// Of these, a request has one, or [the file of `OpenAI`](super::openai_chat) reads the same.
pub(super) const REQUEST: Keys =
    Keys::of(&["options", "keep_alive", "think", "format", "images", "template", "raw", "context"]);

/// Of these, a response has one.
pub(super) const RESPONSE: Keys = Keys::of(&["done", "done_reason", "eval_count", "error"]);

/// What `/api/generate` does, mostly; some models draw.
const COMPLETION: &str = "text_completion";
const DRAWING: &str = "generate_content";

impl Extractor for Ollama {
    fn request(&self, body: &Value<'_>) -> Option<RequestFacts> {
        request::read(body)
    }

    fn response(&self, body: &Value<'_>) -> Option<ResponseFacts> {
        if let Some(error) = error(body) {
            return Some(ResponseFacts::new().error(error));
        }
        let (operation, mut message) = said(body)?;
        let mut facts = ResponseFacts::new().provider(names::OLLAMA);
        facts.operation = operation.map(Into::into);
        facts.model = read::text(body, "model").map(Into::into);
        facts.usage = tokens(body);
        let calls = message.parts.iter().any(|part| matches!(part, Part::ToolCall { .. }));
        message.finish_reason = finish_reason(body, calls);
        facts.messages.push(message);
        Some(facts)
    }

    fn chunk(&self, chunk: &Value<'_>, answer: &mut Partial) -> bool {
        if let Some(error) = error(chunk) {
            answer.fail(error);
            return true;
        }
        let Some((operation, message)) = said(chunk) else { return false };
        answer.set_provider(names::OLLAMA);
        answer.set_model(read::text(chunk, "model").unwrap_or_default());
        answer.update_usage(tokens(chunk));
        if let Some(operation) = operation {
            answer.set_operation(operation);
        }
        let mut so_far = answer.choice(0);
        message.parts.into_iter().for_each(|part| so_far.add(part));
        if let Some(reason) = finish_reason(chunk, so_far.calls_tools()) {
            so_far.finish(reason);
        }
        if is_done(chunk) {
            answer.end();
        }
        true
    }
}

/// What is said, and the operation where it is no chat. None where this is no answer: each says whether it is
/// `done`, or how many tokens it has.
fn said(body: &Value<'_>) -> Option<(Option<&'static str>, Message)> {
    read::text(body, "model")?;
    let ends = matches!(body.get("done"), Some(Value::Bool(_)))
        || read::text(body, "done_reason").is_some()
        || read::count(body, "eval_count").is_some();
    if !ends {
        return None;
    }
    if let Some(said) = read::map(body, "message") {
        return Some((None, message(&said)));
    }
    // An image, or how far it has come.
    if read::text(body, "image").is_some() || read::count(body, "total").is_some() {
        return Some((Some(DRAWING), completion(body)));
    }
    matches!(body.get("response"), Some(Value::Text(_))).then(|| (Some(COMPLETION), completion(body)))
}

/// A message like `OpenAI`'s, with its images.
fn message(said: &Value<'_>) -> Message {
    // The pieces of a stream are many, and nearly all of them are just text.
    if let Value::Map(mut pairs) = *said
        && read::text(said, "role") == Some("assistant")
        && pairs.all(|(key, value)| match key {
            "role" => true,
            "content" | "thinking" => matches!(value, Value::Text(_) | Value::Null),
            _ => matches!(value, Value::Null),
        })
    {
        return spoken(said, "content");
    }
    let mut message = chat_message::message(said);
    add_images(said, &mut message);
    message
}

fn add_images(said: &Value<'_>, message: &mut Message) {
    let images = read::list(said, "images");
    message.parts.extend(images.filter_map(|image| match image {
        Value::Text(data) => Some(media::inline("image", None, data)),
        _ => None,
    }));
}

/// What `/api/generate` answers: reasoning, text, or an image.
fn completion(body: &Value<'_>) -> Message {
    let mut message = spoken(body, "response");
    if let Some(Value::Text(data)) = body.get("image") {
        message.parts.push(media::inline("image", None, data));
    }
    message
}

/// Reasoning, and the text under a key.
fn spoken(said: &Value<'_>, key: &str) -> Message {
    let filled = |key| read::content(said, key).filter(|content| !content.is_empty());
    let mut message = Message::assistant("");
    message.parts.extend(filled("thinking").map(|content| Part::Reasoning { content }));
    message.parts.extend(filled(key).map(|content| Part::Text { content }));
    message
}

fn is_done(body: &Value<'_>) -> bool {
    matches!(body.get("done"), Some(Value::Bool(true)))
}

/// Why the model stopped; old servers, and clients that leave it out, do not say it. That it calls a tool is to be
/// seen.
fn finish_reason(body: &Value<'_>, calls_tools: bool) -> Option<Cow<'static, str>> {
    let said = read::text(body, "done_reason").map(finish::normalize);
    match said.as_deref() {
        Some("stop") | None if calls_tools && is_done(body) => Some("tool_call".into()),
        _ => said,
    }
}

/// The tokens; of a prompt that was in the cache, the server does not tell them.
fn tokens(body: &Value<'_>) -> Usage {
    Usage {
        input: read::count(body, "prompt_eval_count"),
        output: read::count(body, "eval_count"),
        ..Usage::default()
    }
}

/// `{"error": "model 'x' not found"}` and nothing else of interest: that a program's own value has an error
/// among other things says little. Clients with types have the keys of an answer, without values.
fn error(body: &Value<'_>) -> Option<ErrorFacts> {
    const ANSWER: [&str; 12] = [
        "model",
        "created_at",
        "message",
        "response",
        "thinking",
        "done",
        "done_reason",
        "total_duration",
        "prompt_eval_count",
        "prompt_eval_duration",
        "eval_count",
        "eval_duration",
    ];
    let Value::Map(mut pairs) = *body else { return None };
    let message = read::content(body, "error").filter(|message| !message.is_empty())?;
    let alone = pairs.all(|(key, value)| match key {
        "error" | "signin_url" => true,
        "status" | "status_code" => matches!(value, Value::Null) || openai_chat::is_failure(&value),
        key => ANSWER.contains(&key) && matches!(value, Value::Null),
    });
    alone.then(|| ErrorFacts::new("", message))
}
