//! Blocks of Anthropic's messages, and its tools.

use serde_json::{Map, Value as Json, json};

use crate::extract::{chat_message, media, read};
use crate::wire::Part;
use crate::wire::tape::Value;

/// Texts that are meant for the provider's own machines, and take much room.
const OPAQUE: [&str; 6] = [
    "cache_control",
    "encrypted_content",
    "encrypted_index",
    "encrypted_stdout",
    "fallback_credit_token",
    "signature",
];

/// Whether only Anthropic has such a block. Texts are nobody's own.
pub(super) fn is_particular(said: &Value<'_>) -> bool {
    let has = |key| said.get(key).is_some();
    match read::text(said, "type").unwrap_or_default() {
        "image" | "document" => read::map(said, "source").is_some(),
        "tool_use" | "server_tool_use" | "mcp_tool_use" => has("name") && has("input"),
        // Mistral's thoughts are a list.
        "thinking" => matches!(said.get("thinking"), Some(Value::Text(_))),
        "redacted_thinking" => has("data"),
        kind => kind.ends_with("tool_result") && has("tool_use_id"),
    }
}

/// The parts of a content: a text, or blocks.
pub(super) fn contents(content: Option<Value<'_>>) -> Vec<Part> {
    match content {
        Some(Value::Seq(blocks)) => blocks.flat_map(|said| parts(&said)).collect(),
        other => {
            let mut parts = Vec::new();
            chat_message::parts(other, &mut parts);
            parts
        }
    }
}

/// What a block says: one part, or none where it is empty; several where a document is made of them.
pub(super) fn parts(said: &Value<'_>) -> Vec<Part> {
    let kind = match said {
        Value::Map(_) => read::text(said, "type").unwrap_or_default(),
        Value::Cut(_) => return Vec::new(),
        _ => return vec![chat_message::unknown(said)],
    };
    let part = match kind {
        "text" => read::content(said, "text").map(|content| Part::Text { content }),
        // What is not shown has a signature only.
        "thinking" => read::content(said, "thinking").map(|content| Part::Reasoning { content }),
        "image" | "document" => match source(kind, said) {
            Some(parts) => return parts,
            None => Some(chat_message::unknown(said)),
        },
        "tool_use" => Some(Part::ToolCall {
            id: read::text(said, "id").map(Into::into),
            name: read::text(said, "name").unwrap_or_default().into(),
            arguments: read::json(said, "input").unwrap_or_else(|| Json::Object(Map::new())),
        }),
        "tool_result" => Some(Part::ToolCallResponse {
            id: read::text(said, "tool_use_id").map(Into::into),
            response: result(said),
        }),
        "server_tool_use" | "mcp_tool_use" => {
            let mut call = server_call(said);
            call["server_tool_call"]["arguments"] = read::json(said, "input").unwrap_or_default();
            Some(Part::Other(call))
        }
        "container_upload" => read::text(said, "file_id").map(|id| media::file("document", None, id)),
        "redacted_thinking" => Some(Part::Other(json!({"type": kind}))),
        _ if kind.ends_with("_tool_result") => Some(Part::Other(server_result(kind, said))),
        "search_result" | "compaction" | "fallback" => Some(Part::Other(readable(said))),
        _ => return chat_message::part(said),
    };
    part.into_iter().filter(|part| !is_empty(part)).collect()
}

fn is_empty(part: &Part) -> bool {
    matches!(part, Part::Text { content } | Part::Reasoning { content } if content.is_empty())
}

/// What an image or a document holds.
fn source(modality: &str, said: &Value<'_>) -> Option<Vec<Part>> {
    let source = read::map(said, "source")?;
    let mime_type = read::text(&source, "media_type");
    let part = match read::text(&source, "type")? {
        "base64" => media::inline(modality, mime_type, read::captured(&source, "data")?),
        "url" => media::at(modality, mime_type, read::captured(&source, "url")?),
        "file" => media::file(modality, mime_type, read::text(&source, "file_id")?),
        "text" => Part::Text { content: read::content(&source, "data")? },
        "content" => return Some(contents(source.get("content"))),
        _ => return None,
    };
    Some(vec![part])
}

/// What a tool of the program's own gave: a text, or the parts of it. That it failed stands beside it.
fn result(said: &Value<'_>) -> Json {
    let mut parts = contents(said.get("content"));
    let content = match parts.as_mut_slice() {
        [] => Json::Null,
        [Part::Text { content }] => Json::String(std::mem::take(content)),
        parts => serde_json::to_value(parts).unwrap_or_default(),
    };
    match said.get("is_error") {
        Some(Value::Bool(true)) => json!({"is_error": true, "content": content}),
        _ => content,
    }
}

/// The call of a tool that runs at the provider, or on one of its `MCP` servers; its arguments are still missing.
pub(super) fn server_call(said: &Value<'_>) -> Json {
    let name = read::text(said, "name").unwrap_or_default();
    let mut call = json!({"type": name});
    if let Some(server) = read::text(said, "server_name") {
        call = json!({"type": "mcp", "server_name": server});
    }
    let mut part = json!({"type": "server_tool_call"});
    if let Some(id) = read::text(said, "id") {
        part["id"] = id.into();
    }
    part["name"] = name.into();
    part["server_tool_call"] = call;
    part
}

/// What such a tool gave, in the provider's words.
fn server_result(kind: &str, said: &Value<'_>) -> Json {
    let mut response = json!({"type": kind.trim_end_matches("_tool_result")});
    response["content"] = said.get("content").map(|content| readable(&content)).unwrap_or_default();
    if let Some(Value::Bool(true)) = said.get("is_error") {
        response["is_error"] = true.into();
    }
    let mut part = json!({"type": "server_tool_call_response"});
    if let Some(id) = read::text(said, "tool_use_id") {
        part["id"] = id.into();
    }
    part["server_tool_call_response"] = response;
    part
}

/// The value as JSON, but for what nobody can read.
pub(super) fn readable(said: &Value<'_>) -> Json {
    match said {
        Value::Map(map) => map
            .filter(|(key, value)| !OPAQUE.contains(key) && !matches!(value, Value::Cut(_) | Value::Null))
            .map(|(key, value)| (key.to_owned(), readable(&value)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Seq(list) => list.map(|value| readable(&value)).collect(),
        other => read::to_json(other),
    }
}

/// Whether only Anthropic has such a tool: one with an `input_schema`, or one of its own, which have a date.
pub(super) fn is_tool(tool: &Value<'_>) -> bool {
    let is_dated = |kind: &str| {
        kind.rsplit_once('_')
            .is_some_and(|(_, date)| date.len() == 8 && date.bytes().all(|digit| digit.is_ascii_digit()))
    };
    read::map(tool, "input_schema").is_some() || read::text(tool, "type").is_some_and(is_dated)
}

/// The definition of a tool, laid flat as OpenTelemetry has it; none of a value that is no tool.
pub(super) fn tool(tool: &Value<'_>) -> Option<Json> {
    let Value::Map(map) = tool else { return None };
    let kind = read::text(tool, "type").filter(|kind| *kind != "custom").unwrap_or("function");
    let name = read::text(tool, "name").or_else(|| read::text(tool, "mcp_server_name")).unwrap_or(kind);
    let mut definition = read::others(*map, &["type", "name", "input_schema", "cache_control"]);
    definition.retain(|_, value| !value.is_null());
    definition.insert("type".into(), kind.into());
    definition.insert("name".into(), name.into());
    if let Some(schema) = read::json(tool, "input_schema") {
        definition.insert("parameters".into(), schema);
    }
    Some(Json::Object(definition))
}
