//! Blocks of Converse, and its tools. Each is a map of one key, which says its kind.

use serde_json::{Map, Value as Json, json};

use super::key;
use crate::extract::{chat_message, media, read};
use crate::wire::Part;
use crate::wire::tape::Value;

/// The kinds of blocks.
const KINDS: [&str; 12] = [
    "text",
    "image",
    "document",
    "video",
    "audio",
    "toolUse",
    "toolResult",
    "reasoningContent",
    "citationsContent",
    "guardContent",
    "searchResult",
    "cachePoint",
];

/// Whether the value is a block: providers who tell the kinds apart by a `type` have none of these.
pub(super) fn is_one(said: &Value<'_>) -> bool {
    kind(said).is_some() && said.get("type").is_none()
}

/// The kind of a block, and what is in it. Keys whose value is null are those of the other kinds.
fn kind<'a>(said: &Value<'a>) -> Option<(&'static str, Value<'a>)> {
    let Value::Map(mut map) = *said else { return None };
    map.find_map(|(name, inner)| {
        let kind = KINDS.into_iter().find(|kind| key::is_same(name, kind))?;
        (!matches!(inner, Value::Null)).then_some((kind, inner))
    })
}

/// What a block says: one part, or none where it is empty or a mark for the cache; several where it is made of them.
pub(super) fn parts(said: &Value<'_>) -> Vec<Part> {
    let Some((kind, inner)) = kind(said) else {
        return if matches!(said, Value::Cut(_)) { Vec::new() } else { vec![unknown(said)] };
    };
    let part = match kind {
        "text" => key::content(said, kind).map(|content| Part::Text { content }),
        "image" | "document" | "video" | "audio" => return source(kind, &inner),
        "toolUse" => Some(Part::ToolCall {
            id: key::text(&inner, "toolUseId").map(Into::into),
            name: key::text(&inner, "name").unwrap_or_default().into(),
            arguments: key::json(&inner, "input").unwrap_or_else(|| Json::Object(Map::new())),
        }),
        "toolResult" => Some(Part::ToolCallResponse {
            id: key::text(&inner, "toolUseId").map(Into::into),
            response: result(&inner),
        }),
        "reasoningContent" => reasoning(&inner),
        "citationsContent" => return key::list(&inner, "content").flat_map(|said| parts(&said)).collect(),
        "guardContent" => return guarded(&inner),
        "cachePoint" => None,
        _ => Some(unknown(said)),
    };
    part.into_iter().collect()
}

/// A part of a kind that nobody here knows, by its key.
fn unknown(said: &Value<'_>) -> Part {
    let first = match *said {
        Value::Map(mut map) if said.get("type").is_none() => map.next(),
        _ => None,
    };
    match first {
        Some((kind, inner)) if !kind.is_empty() => {
            Part::Other(json!({"type": kind, kind: media::to_json(&inner)}))
        }
        _ => chat_message::unknown(said),
    }
}

/// What an image, a document, a video or a sound holds.
fn source(modality: &str, said: &Value<'_>) -> Vec<Part> {
    let Some(source) = key::map(said, "source") else { return vec![unknown(said)] };
    let mime_type = key::text(said, "format").map(|format| mime_type(modality, &format.to_ascii_lowercase()));
    let mime_type = mime_type.as_deref();
    let place = key::map(&source, "s3Location").and_then(|place| key::captured(&place, "uri"));
    if let Some(bytes) = key::get(&source, "bytes").filter(|bytes| !matches!(bytes, Value::Null)) {
        vec![match bytes {
            Value::Text(base64) => media::inline(modality, mime_type, base64),
            // Of a list of numbers nobody sees anything.
            Value::Seq(bytes) => media::of_size(modality, mime_type, read::len(bytes)),
            _ => media::of_size(modality, mime_type, None),
        }]
    } else if let Some(uri) = place {
        vec![media::at(modality, mime_type, uri)]
    } else if let Some(content) = key::content(&source, "text") {
        vec![Part::Text { content }]
    } else {
        key::list(&source, "content").flat_map(|said| parts(&said)).collect()
    }
}

/// The media type of a format, which Bedrock names like the end of a file's name.
fn mime_type(modality: &str, format: &str) -> String {
    let (kind, name) = match (modality, format) {
        ("document", "pdf") => ("application", "pdf"),
        ("document", "txt") => ("text", "plain"),
        ("document", "md") => ("text", "markdown"),
        ("document", "csv" | "html") => ("text", format),
        ("document", "doc") => ("application", "msword"),
        ("document", "xls") => ("application", "vnd.ms-excel"),
        ("document", "docx") => {
            ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")
        }
        ("document", "xlsx") => ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("document", _) => ("application", "octet-stream"),
        ("image", "jpg") => ("image", "jpeg"),
        ("video", "mov") => ("video", "quicktime"),
        ("video", "three_gp") => ("video", "3gpp"),
        ("audio", "mp3") => ("audio", "mpeg"),
        _ => (modality, format),
    };
    format!("{kind}/{name}")
}

/// What a tool gave: a text or a JSON value, or the parts of it. That it failed stands beside it.
fn result(said: &Value<'_>) -> Json {
    let mut values: Vec<_> = key::list(said, "content")
        .flat_map(|said| match key::json(&said, "json") {
            Some(json) => vec![json],
            None => parts(&said).iter().map(|part| serde_json::to_value(part).unwrap_or_default()).collect(),
        })
        .collect();
    let content = match values.as_mut_slice() {
        [] => Json::Null,
        [one] if one["type"] == "text" && one["content"].is_string() => one["content"].take(),
        [one] => one.take(),
        _ => Json::Array(values),
    };
    match key::text(said, "status") {
        Some(status) if status.eq_ignore_ascii_case("error") => {
            json!({"status": "error", "content": content})
        }
        _ => content,
    }
}

/// Thoughts; of those that nobody may read, that there were some.
fn reasoning(said: &Value<'_>) -> Option<Part> {
    if key::get(said, "redactedContent").is_some_and(|bytes| !matches!(bytes, Value::Null)) {
        return Some(Part::Other(json!({"type": "redacted_thinking"})));
    }
    let content = key::map(said, "reasoningText").and_then(|thought| key::content(&thought, "text"))?;
    Some(Part::Reasoning { content })
}

/// What a guardrail shall look at.
fn guarded(said: &Value<'_>) -> Vec<Part> {
    match key::map(said, "text") {
        Some(text) => parts(&text),
        None => parts(said),
    }
}

/// The definition of a tool, laid flat as OpenTelemetry has it; none of a mark for the cache.
pub(super) fn tool(tool: &Value<'_>) -> Option<Json> {
    if let Some(system) = key::map(tool, "systemTool") {
        return Some(json!({"type": "system_tool", "name": key::text(&system, "name")?}));
    }
    let spec = key::map(tool, "toolSpec")?;
    let mut definition = json!({"type": "function", "name": key::text(&spec, "name").unwrap_or_default()});
    if let Some(description) = key::content(&spec, "description") {
        definition["description"] = description.into();
    }
    if let Some(schema) = key::map(&spec, "inputSchema").and_then(|schema| key::json(&schema, "json")) {
        definition["parameters"] = schema;
    }
    if let Some(strict) = key::json(&spec, "strict") {
        definition["strict"] = strict;
    }
    Some(definition)
}
