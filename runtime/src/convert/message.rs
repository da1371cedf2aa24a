//! Messages in the JSON shape of the OpenTelemetry conventions.
//!
//! What was said explicitly is kept as it is, as far as the shape allows: a reader that finds one message broken
//! drops them all, so what a cap cut out is put back as an ellipsis.
//!
//! The input may come from anywhere: [`Message`](crate::Message)s, the request of a provider's client, a
//! text. So it is read by its shape, not by a type: `parts` or `content`, a list or one, a map with a `type`
//! or anything else, which becomes a text.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::content::{json, text_or_json};
use crate::wire::tape::json::write_text;
use crate::wire::tape::{Map, Seq, Value};

const USER: &str = "user";
const ASSISTANT: &str = "assistant";

/// The messages of a request.
pub(super) fn request(messages: &Value<'_>) -> String {
    json(&List { messages: *messages, role: USER, finish: None })
}

/// The messages of a response; `finish` says why the model stopped, for the message at an index whose own word is
/// missing.
pub(super) fn response(messages: &Value<'_>, finish: &dyn Fn(usize) -> Cow<'static, str>) -> String {
    json(&List { messages: *messages, role: ASSISTANT, finish: Some(finish) })
}

/// A captured text as the only message of a request.
pub(super) fn user(text: &str) -> String {
    wrapped(USER, text, None)
}

/// A captured text as the only message of a response.
pub(super) fn assistant(text: &str, finish: &str) -> String {
    wrapped(ASSISTANT, text, Some(finish))
}

/// System instructions: text, or parts.
pub(super) fn instructions(value: &Value<'_>) -> String {
    match value {
        Value::Seq(parts) => json(&Parts(*parts)),
        other => json(&[Text::new(&text_or_json(other))]),
    }
}

/// Definitions of tools. Those that wrap a function, as in OpenAI's requests, are laid flat.
///
/// What is no list is not sent: the convention knows nothing else.
pub(super) fn definitions(value: &Value<'_>) -> Option<String> {
    let Value::Seq(tools) = value else { return None };
    let maps =
        tools.filter_map(|tool| if let Value::Map(tool) = tool { Some(Definition(tool)) } else { None });
    Some(json(&maps.collect::<Vec<_>>()))
}

/// The words for why the model stopped, where every message has one of its own.
pub(super) fn finish_reasons(messages: &Value<'_>) -> Option<Vec<String>> {
    let Value::Seq(messages) = messages else { return None };
    messages
        .filter(|message| !matches!(message, Value::Cut(_)))
        .map(|message| message.get("finish_reason")?.as_str().map(String::from))
        .collect::<Option<Vec<_>>>()
        .filter(|reasons| !reasons.is_empty())
}

/// A text as the only part of the only message.
fn wrapped(role: &str, text: &str, finish: Option<&str>) -> String {
    // A text that is JSON has a quotation mark every now and then.
    let mut json = String::with_capacity(text.len() + text.len() / 8 + 96);
    json.push_str("[{\"role\":");
    write_text(role, &mut json);
    json.push_str(",\"parts\":[{\"type\":\"text\",\"content\":");
    write_text(text, &mut json);
    json.push_str("}]");
    if let Some(finish) = finish {
        json.push_str(",\"finish_reason\":");
        write_text(finish, &mut json);
    }
    json.push_str("}]");
    json
}

#[derive(serde::Serialize)]
struct Text<'a> {
    r#type: &'static str,
    content: &'a str,
}

impl<'a> Text<'a> {
    fn new(content: &'a str) -> Self {
        Self { r#type: "text", content }
    }
}

/// One message counts as a list of one.
struct List<'a> {
    messages: Value<'a>,
    role: &'static str,
    finish: Option<&'a dyn Fn(usize) -> Cow<'static, str>>,
}

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        let mut add = |index, message| {
            let finish = self.finish.map(|finish| finish(index));
            list.serialize_element(&Message { said: message, role: self.role, finish })
        };
        match self.messages {
            Value::Seq(messages) => {
                messages.enumerate().try_for_each(|(index, message)| add(index, message))?;
            }
            message => add(0, message)?,
        }
        list.end()
    }
}

/// Role and parts are there always, since readers insist on them; keys that are not known are kept behind
/// them.
struct Message<'a> {
    said: Value<'a>,
    role: &'static str,
    finish: Option<Cow<'static, str>>,
}

impl Serialize for Message<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut message = serializer.serialize_map(None)?;
        let finish = match self.said {
            Value::Map(map) => {
                let role = map.get("role").and_then(|role| role.as_str()).unwrap_or(self.role);
                message.serialize_entry("role", role)?;
                match (map.get("parts"), map.get("content")) {
                    (Some(Value::Seq(parts)), _) | (None, Some(Value::Seq(parts))) => {
                        message.serialize_entry("parts", &Parts(parts))?;
                    }
                    (None | Some(Value::Null), None | Some(Value::Null)) => {
                        message.serialize_entry("parts", &[(); 0])?;
                    }
                    (Some(only), _) | (None, Some(only)) => {
                        message.serialize_entry("parts", &[Part(only)])?;
                    }
                }
                for (key, value) in map {
                    if !matches!(key, "role" | "parts" | "content" | "finish_reason")
                        && !matches!(value, Value::Cut(_))
                    {
                        message.serialize_entry(key, &value)?;
                    }
                }
                map.get("finish_reason").and_then(|reason| reason.as_str())
            }
            other => {
                message.serialize_entry("role", self.role)?;
                message.serialize_entry("parts", &[Part(other)])?;
                None
            }
        };
        if let Some(reason) = finish.or(self.finish.as_deref()) {
            message.serialize_entry("finish_reason", reason)?;
        }
        message.end()
    }
}

struct Parts<'a>(Seq<'a>);

impl Serialize for Parts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.map(Part))
    }
}

struct Part<'a>(Value<'a>);

impl Part<'_> {
    /// The keys that a part of this type cannot be without.
    ///
    /// By the schemas of OpenTelemetry's conventions. A reader that validates drops a message whose part
    /// lacks one.
    fn required(kind: &str) -> &'static [&'static str] {
        match kind {
            "text" | "reasoning" => &["content"],
            "tool_call" => &["name"],
            "tool_call_response" => &["response"],
            "uri" => &["modality", "uri"],
            "blob" => &["modality", "content"],
            "file" => &["modality", "file_id"],
            _ => &[],
        }
    }
}

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (map, kind) = match self.0 {
            Value::Map(map) => match map.get("type").and_then(|kind| kind.as_str()) {
                Some(kind) => (map, kind),
                None => return Text::new(&self.0.to_json()).serialize(serializer),
            },
            Value::Cut(_) => return CutPart { r#type: "text", content: self.0 }.serialize(serializer),
            other => return Text::new(&text_or_json(&other)).serialize(serializer),
        };
        let mut part = serializer.serialize_map(None)?;
        part.serialize_entry("type", kind)?;
        for (key, value) in map {
            if key != "type" && !matches!(value, Value::Cut(_)) {
                part.serialize_entry(key, &value)?;
            }
        }
        // OpenAI's parts say `text` where the convention says `content`; what the cap took is an ellipsis.
        for key in Self::required(kind) {
            if map.get(key).is_none() {
                part.serialize_entry(key, &map.get("text").unwrap_or(Value::Cut(0)))?;
            }
        }
        part.end()
    }
}

/// What stands in the place of parts or messages that were not kept.
#[derive(serde::Serialize)]
struct CutPart<'a> {
    r#type: &'static str,
    content: Value<'a>,
}

/// The outer `type` stays, `name` comes before the rest, as in the convention.
struct Definition<'a>(Map<'a>);

impl Serialize for Definition<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let inner = match self.0.get("function") {
            Some(Value::Map(function)) if self.0.get("name").is_none() => function,
            _ => self.0,
        };
        let mut definition = serializer.serialize_map(None)?;
        definition.serialize_entry(
            "type",
            &self.0.get("type").unwrap_or_else(|| text(super::semconv::tool::FUNCTION)),
        )?;
        definition.serialize_entry("name", &inner.get("name").unwrap_or(Value::Cut(0)))?;
        for (key, value) in inner {
            if !matches!(key, "type" | "name") && !matches!(value, Value::Cut(_)) {
                definition.serialize_entry(key, &value)?;
            }
        }
        definition.end()
    }
}

fn text(kept: &str) -> Value<'_> {
    Value::Text(kept.into())
}
