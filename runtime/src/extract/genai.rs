//! The types of the crate `genai`, which are those of no provider: requests, responses and events of a stream.
//!
//! Its own spans say which model was asked, with which parameters, and what it cost; mostly not what was said. An
//! annotated function around a call knows that.

use super::sieve::Keys;
use super::{finish, media, read};
use crate::llm::{Extractor, Partial, RequestFacts, ResponseFacts};
use crate::wire::tape::{Map, Text, Value};
use crate::wire::{Message, Part, Role, Usage};

pub(super) struct Genai;

/// Of these, a request has one.
pub(super) const REQUEST: Keys = Keys::of(&[]).or_parts();

/// Of these, a response has one.
pub(super) const RESPONSE: Keys = Keys::of(&["provider_model_iden"]);

impl Extractor for Genai {
    fn request(&self, body: &Value<'_>) -> Option<RequestFacts> {
        let messages: Option<Vec<_>> = read::list(body, "messages").map(|said| message(&said)).collect();
        let mut facts = RequestFacts::new();
        facts.messages = messages.filter(|messages| !messages.is_empty())?;
        if let Some(system) = read::content(body, "system") {
            facts = facts.system(system);
        }
        facts.tools = read::list(body, "tools").map(|tool| definition(&tool)).collect();
        Some(facts)
    }

    fn response(&self, body: &Value<'_>) -> Option<ResponseFacts> {
        let model = read::map(body, "provider_model_iden")?;
        let mut facts =
            ResponseFacts::new().message(answer(body, ["content", "reasoning_content", "stop_reason"])?);
        facts.model = model.get("model_name").and_then(|name| text_of(&name)).map(|name| name.to_string());
        facts.id = read::text(body, "response_id").map(Into::into);
        facts.usage = tokens(body, "usage");
        Some(facts)
    }

    fn chunk(&self, chunk: &Value<'_>, so_far: &mut Partial) -> bool {
        let Some((event, data)) = variant(chunk) else { return false };
        match event {
            "Chunk" | "ReasoningChunk" => {
                let Some(piece) = data.get("content").and_then(|piece| piece.as_str()) else { return false };
                let mut choice = so_far.choice(0);
                if event == "Chunk" { choice.text(0, piece) } else { choice.reasoning(0, piece) }
            }
            "ToolCallChunk" => {
                let Some(call) = read::map(&data, "tool_call") else { return false };
                let (Some(id), name) = (read::text(&call, "call_id"), read::text(&call, "fn_name")) else {
                    return false;
                };
                // Each chunk has all of the arguments so far; the end has the whole.
                so_far.choice(0).tool_call(place(id), Some(id), name, "");
            }
            "End" => end(&data, so_far),
            _ => return false,
        }
        true
    }
}

/// Ends a stream with what the client was asked to capture of it; where it was not, the pieces stand.
fn end(data: &Value<'_>, so_far: &mut Partial) {
    let keys = ["captured_content", "captured_reasoning_content", "captured_stop_reason"];
    so_far.set_id(read::text(data, "captured_response_id").unwrap_or_default());
    so_far.update_usage(tokens(data, "captured_usage"));
    if let Some(message) = answer(data, keys) {
        so_far.replace(ResponseFacts::new().message(message));
    } else if let Some(reason) = stop_reason(data, keys[2]) {
        so_far.choice(0).finish(reason);
    }
    so_far.end();
}

/// The message under these keys: content, reasoning, why the model stopped; none where there is no list of parts.
fn answer(body: &Value<'_>, [content, reasoning, reason]: [&str; 3]) -> Option<Message> {
    let Value::Seq(said) = body.get(content)? else { return None };
    let mut message = Message::new(Role::Assistant, "");
    message.parts = said.filter_map(|said| part(&said)).collect();
    let thinks = message.parts.iter().any(|part| matches!(part, Part::Reasoning { .. }));
    if let Some(thought) = read::content(body, reasoning).filter(|thought| !thought.is_empty() && !thinks) {
        message.parts.insert(0, Part::Reasoning { content: thought });
    }
    message.finish_reason = stop_reason(body, reason).map(Into::into);
    Some(message)
}

/// `{"Completed": "end_turn"}`: the crate's word, and the provider's.
fn stop_reason(body: &Value<'_>, key: &str) -> Option<String> {
    let (_, word) = variant(&body.get(key)?)?;
    word.as_str().map(|word| finish::normalize(word).into_owned())
}

/// The tokens as the crate counts them, whoever the provider is: cached ones are part of the prompt.
fn tokens(body: &Value<'_>, key: &str) -> Usage {
    let Some(said) = read::map(body, key) else { return Usage::default() };
    let detail = |of: &str, key: &str| read::count(&read::map(&said, of)?, key);
    let counted = Usage {
        input: read::count(&said, "prompt_tokens"),
        output: read::count(&said, "completion_tokens"),
        cache_read: detail("prompt_tokens_details", "cached_tokens"),
        cache_write: detail("prompt_tokens_details", "cache_creation_tokens"),
        reasoning: detail("completion_tokens_details", "reasoning_tokens"),
    };
    counted.reconciled(read::count(&said, "total_tokens"))
}

/// A message of a request; none where it is not one of this crate's, whose roles are capitalized.
fn message(said: &Value<'_>) -> Option<Message> {
    let role = match read::text(said, "role")? {
        "System" => Role::System,
        "User" => Role::User,
        "Assistant" => Role::Assistant,
        "Tool" => Role::Tool,
        _ => return None,
    };
    let Value::Seq(content) = said.get("content")? else { return None };
    let mut message = Message::new(role, "");
    message.parts = content.filter_map(|said| part(&said)).collect();
    Some(message)
}

/// A part of a content; none where it is only of use to the provider.
fn part(said: &Value<'_>) -> Option<Part> {
    let (kind, data) = variant(said)?;
    let content = || text_of(&data).map(|text| text.to_string()).unwrap_or_default();
    let text = |key: &str| read::content(&data, key).unwrap_or_default();
    let json = |key: &str| read::json(&data, key).unwrap_or_default();
    Some(match kind {
        "Text" => Part::Text { content: content() },
        "ReasoningContent" => Part::Reasoning { content: content() },
        "ToolCall" => Part::ToolCall {
            id: Some(text("call_id")),
            name: text("fn_name"),
            arguments: json("fn_arguments"),
        },
        "ToolResponse" => Part::ToolCallResponse { id: Some(text("call_id")), response: json("content") },
        "Binary" => binary(&data)?,
        "ThoughtSignature" => return None,
        _ => Part::Other(serde_json::json!({"type": kind, "content": read::to_json(&data)})),
    })
}

fn binary(data: &Value<'_>) -> Option<Part> {
    let mime_type = read::text(data, "content_type");
    let modality = media::modality(mime_type.unwrap_or_default());
    match variant(&data.get("source")?)? {
        ("Url", url) => Some(media::at(modality, mime_type, text_of(&url)?)),
        (_, Value::Text(base64)) => Some(media::inline(modality, mime_type, base64)),
        _ => None,
    }
}

fn definition(tool: &Value<'_>) -> serde_json::Value {
    let mut definition = serde_json::json!({"type": "function"});
    for (key, name) in [("name", "name"), ("description", "description"), ("schema", "parameters")] {
        if let Some(value) = read::json(tool, key) {
            definition[name] = value;
        }
    }
    definition
}

/// The only pair of a map: how `serde` writes one of several cases.
fn variant<'a>(value: &Value<'a>) -> Option<(&'a str, Value<'a>)> {
    let Value::Map(map) = value else { return None };
    let mut pairs: Map<'a> = *map;
    let only = pairs.next()?;
    pairs.next().is_none().then_some(only)
}

/// A text, or the text of one of several cases.
fn text_of<'a>(value: &Value<'a>) -> Option<Text<'a>> {
    match value {
        Value::Text(text) => Some(*text),
        value => text_of(&variant(value)?.1),
    }
}

/// The number of a tool call, which the crate knows by its id only.
fn place(id: &str) -> u64 {
    id.bytes().fold(0, |place, byte| place.wrapping_mul(31).wrapping_add(byte.into()))
}
