//! Messages in the shape of `OpenAI`'s chat, which most servers have taken over.

mod part;
mod tool;

use super::read;
use crate::llm::Transcript;
use crate::wire::tape::{Seq, Unread, Value};
use crate::wire::{Message, Part, Role};

pub(super) use part::{inputs, named, part, parts, unknown};
pub(super) use tool::{CALLED, definitions, tools};

/// Whether the values under a key are messages: maps that tell who says what.
///
/// Other programs have lists of messages too. Where the body names no model, the first has to be of somebody who
/// takes part in a chat.
pub(super) fn are_messages(body: &Value<'_>, key: &str) -> bool {
    let is_named = read::text(body, "model").is_some();
    begins_chat(read::list(body, key), is_named)
}

/// Whether the first of these is a message, in a body that names a model or does not.
pub(super) fn begins_chat(mut messages: Seq<'_>, is_named: bool) -> bool {
    const KEYS: [&str; 6] = ["role", "content", "tool_calls", "function_call", "refusal", "audio"];
    match messages.next() {
        Some(Value::Cut(_)) => is_named,
        Some(first) => {
            let [speaker, said @ ..] = read::find(&first, KEYS);
            let speaker = speaker.and_then(Unread::as_str).unwrap_or_default();
            let speaks = said.iter().any(Option::is_some) || read::is_cut(&first);
            speaks && !speaker.is_empty() && (is_named || !matches!(role(speaker), Role::Other(_)))
        }
        None => false,
    }
}

/// One message of a request or a response; the model's, unless it says otherwise.
pub(super) fn message(said: &Value<'_>) -> Message {
    if let Value::Cut(_) = said {
        // The converter has the same mark for messages that are not there.
        return Message::new(Role::User, read::to_json(said).as_str().unwrap_or_default());
    }
    // Nearly all messages are, and conversations are long.
    if let Some((role, content)) = plain(said) {
        let mut message = Message::new(role, "");
        parts(content.and_then(Unread::read), &mut message.parts);
        return message;
    }
    let role = read::text(said, "role").map_or(Role::Assistant, role);
    let mut message = Message::new(role, "");
    message.name = read::text(said, "name").map(Into::into);
    reasoning(said, &mut message.parts);
    if message.role == Role::Tool {
        message.parts.push(tool::response(said));
        return message;
    }
    parts(said.get("content"), &mut message.parts);
    if let Some(content) = read::content(said, "refusal").filter(|content| !content.is_empty()) {
        message.parts.push(Part::Text { content });
    }
    if let Some(audio) = read::map(said, "audio") {
        message.parts.extend(part::spoken(&audio));
    }
    lists(said, &mut message.parts);
    message.parts.extend(tool::calls(said));
    message
}

/// The conversation, where all messages have a role and a text, and nothing else.
pub(super) fn transcript(messages: Seq<'_>) -> Option<Transcript> {
    // Hardly more than there is now, unless they are many and short.
    let size = Value::Seq(messages).size();
    let bytes = size + size / 4 + 256;
    Transcript::new(
        bytes,
        messages.map(|said| plain(&said).and_then(|(role, content)| Some((role, content?)))),
    )
}

/// The role and the content of a message that has nothing else.
fn plain<'a>(said: &Value<'a>) -> Option<(Role, Option<Unread<'a>>)> {
    let Value::Map(map) = *said else { return None };
    let (mut speaker, mut content) = (None, None);
    for (key, value) in map.pairs() {
        match key {
            b"role" => speaker = Some(value),
            b"content" => content = Some(value),
            _ => return None,
        }
    }
    let speaker = speaker.and_then(Unread::as_str);
    let role = speaker.filter(|name| !name.is_empty()).map_or(Role::Assistant, role);
    (role != Role::Tool).then_some((role, content))
}

/// `developer` is what newer models call the system.
///
/// Enums of clients that rename nothing begin with a capital.
pub(super) fn role(name: &str) -> Role {
    // Nearly all say it in these words.
    match name {
        "user" => return Role::User,
        "assistant" => return Role::Assistant,
        "system" => return Role::System,
        _ => {}
    }
    let is = |names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known));
    if is(&["user"]) {
        Role::User
    } else if is(&["assistant", "model", "chatbot"]) {
        Role::Assistant
    } else if is(&["system", "developer"]) {
        Role::System
    } else if is(&["tool", "function"]) {
        Role::Tool
    } else {
        Role::Other(name.into())
    }
}

/// What servers call the thoughts of a model. Some send them under several names.
pub(super) const THOUGHTS: [&str; 4] = ["reasoning_content", "reasoning", "thinking", "reasoning_text"];

/// The parts for what the model thought.
fn reasoning(said: &Value<'_>, parts: &mut Vec<Part>) {
    let told = THOUGHTS.iter().filter_map(|key| read::content(said, key)).find(|content| !content.is_empty());
    match told {
        Some(content) => parts.push(Part::Reasoning { content }),
        None => parts.extend(details(said).map(|content| Part::Reasoning { content })),
    }
}

/// `OpenRouter`'s second way to tell it. What is encrypted there is nobody's to read.
pub(super) fn details(said: &Value<'_>) -> impl Iterator<Item = String> {
    read::list(said, "reasoning_details")
        .filter_map(|detail| read::content(&detail, "text").or_else(|| read::content(&detail, "summary")))
        .filter(|content| !content.is_empty())
}

/// Where Azure has the sources that it found in the data of its customer.
pub(super) const CONTEXT: &str = "context";

/// The lists of a message that are no part of the shape.
fn lists(said: &Value<'_>, parts: &mut Vec<Part>) {
    const READ: [&str; 3] = ["content", "tool_calls", "reasoning_details"];
    let Value::Map(map) = said else { return };
    for (key, value) in *map {
        match value {
            Value::Seq(entries) if !READ.contains(&key) => list(key, entries, parts),
            Value::Map(_) if key == CONTEXT => parts.push(part::named(key, value)),
            _ => {}
        }
    }
}

/// The entries of a list that is no part of the shape: sources, images, tools that the server ran. What one server
/// or the other has here is content all the same, but for `LiteLLM`'s copy of the thoughts.
pub(super) fn list(key: &str, entries: Seq<'_>, parts: &mut Vec<Part>) {
    if key == "thinking_blocks" {
        return;
    }
    for said in entries.filter(|said| matches!(said, Value::Map(_))) {
        match read::text(&said, "type") {
            Some(_) => parts.extend(part(&said)),
            None => parts.push(part::named(key, said)),
        }
    }
}
