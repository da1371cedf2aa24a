//! The items that the input and the output of a response are made of.

use serde_json::{Map, Value as Json, json};

use super::{chat_message, read};
use crate::extract::media;
use crate::llm::partial::arguments;
use crate::wire::tape::{Seq, Value};
use crate::wire::{Message, Part, Role};

/// Where a call of a built-in tool has what came of it.
const RESULTS: [&str; 5] = ["results", "outputs", "output", "result", "error"];

/// Whether a map is an item, by its role or type.
pub(super) fn is_item(said: &Value<'_>) -> bool {
    let kind = read::text(said, "type").unwrap_or_default();
    read::text(said, "role").is_some()
        || matches!(kind, "message" | "reasoning" | "item_reference" | "compaction")
        || kind.ends_with("_call")
        || kind.ends_with("_output")
}

/// The messages of an input. What the model said in several items, one after the other, is one message.
pub(super) fn messages(items: Seq<'_>) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    for said in items {
        let (role, parts) = (role(&said), parts(&said));
        match messages.last_mut() {
            Some(last) if role == Role::Assistant && last.role == role => last.parts.extend(parts),
            _ => {
                let mut message = Message::new(role, "");
                message.parts = parts;
                messages.push(message);
            }
        }
    }
    messages
}

fn role(said: &Value<'_>) -> Role {
    if let Some(name) = read::text(said, "role") {
        return chat_message::role(name);
    }
    match read::text(said, "type").unwrap_or_default() {
        "reasoning" | "compaction" | "mcp_list_tools" | "mcp_approval_request" | "program" => Role::Assistant,
        kind if kind.ends_with("_call") => Role::Assistant,
        kind if kind.ends_with("_output") => Role::Tool,
        _ => Role::User,
    }
}

/// What an item says.
pub(super) fn parts(said: &Value<'_>) -> Vec<Part> {
    if !matches!(said, Value::Map(_)) {
        let is_nothing = matches!(said, Value::Null);
        return if is_nothing { Vec::new() } else { vec![chat_message::unknown(said)] };
    }
    match read::text(said, "type").unwrap_or_default() {
        "reasoning" => reasoning(said),
        "function_call" | "custom_tool_call" => vec![tool_call(said)],
        "function_call_output" | "custom_tool_call_output" => {
            vec![Part::ToolCallResponse { id: call_id(said), response: result(said.get("output")) }]
        }
        "image_generation_call" => {
            let mut parts = server_tool_call("image_generation", said);
            let mime_type = read::text(said, "output_format").map(|format| format!("image/{format}"));
            let image = read::captured(said, "result");
            parts.extend(image.map(|bytes| media::inline("image", mime_type.as_deref(), bytes)));
            parts
        }
        // What is encrypted is of use to nobody but the provider.
        "compaction" => vec![Part::Other(json!({"type": "compaction", "id": read::text(said, "id")}))],
        "message" | "" => content(said.get("content")),
        kind => match (kind.strip_suffix("_call"), kind.strip_suffix("_output")) {
            (Some(tool), _) => server_tool_call(tool, said),
            (_, Some(tool)) => {
                let tool = tool.strip_suffix("_call").unwrap_or(tool);
                let response = json!({"type": tool, "output": result(said.get("output"))});
                vec![server_tool_call_response(said, &response)]
            }
            _ => vec![chat_message::unknown(said)],
        },
    }
}

/// Whether the model waits for the program to run a tool.
pub(super) fn calls_back(output: Seq<'_>) -> bool {
    let answered = |id: Option<String>| {
        let mut items = output;
        items.any(|item| item.get("output").is_some() && call_id(&item) == id)
    };
    let mut items = output;
    items.any(|item| match read::text(&item, "type") {
        Some(
            "function_call" | "custom_tool_call" | "computer_call" | "local_shell_call" | "shell_call"
            | "apply_patch_call",
        ) => !answered(call_id(&item)),
        _ => false,
    })
}

/// Whether capture has left items out.
pub(super) fn is_cut(output: Seq<'_>) -> bool {
    output.last().is_some_and(|last| matches!(last, Value::Cut(_)))
}

/// Takes out what a definition of a remote tool holds to log in with.
pub(super) fn without_credentials(definition: &mut Json) {
    let Some(definition) = definition.as_object_mut() else { return };
    if definition.get("type").is_some_and(|kind| kind == "mcp") {
        definition.retain(|key, _| key != "authorization" && key != "headers");
        if let Some(label) = definition.get("server_label").cloned() {
            definition.insert("name".into(), label);
        }
    }
}

/// A content: a text, or a list of parts.
fn content(said: Option<Value<'_>>) -> Vec<Part> {
    match said {
        Some(Value::Seq(list)) => list.flat_map(|said| content_part(&said)).collect(),
        other => {
            let mut parts = Vec::new();
            chat_message::parts(other, &mut parts);
            parts
        }
    }
}

fn content_part(said: &Value<'_>) -> Vec<Part> {
    let known = match read::text(said, "type").unwrap_or_default() {
        "input_image" if read::text(said, "image_url").is_none() => {
            read::text(said, "file_id").map(|id| media::file("image", None, id))
        }
        "input_file" => file(said),
        "summary_text" | "reasoning_text" => {
            read::content(said, "text").map(|content| Part::Reasoning { content })
        }
        _ => None,
    };
    known.map_or_else(|| chat_message::part(said), |part| vec![part])
}

/// A document that the provider keeps, that is elsewhere, or that was sent along.
fn file(said: &Value<'_>) -> Option<Part> {
    if let Some(id) = read::text(said, "file_id") {
        return Some(media::file("document", None, id));
    }
    if let Some(url) = read::captured(said, "file_url") {
        return Some(media::at("document", None, url));
    }
    let data = read::captured(said, "file_data")?;
    let is_url = data.kept.starts_with("data:");
    Some(if is_url { media::at("document", None, data) } else { media::inline("document", None, data) })
}

/// Summaries, and the thoughts themselves where a server shows them.
fn reasoning(said: &Value<'_>) -> Vec<Part> {
    let texts = read::list(said, "summary").chain(read::list(said, "content"));
    let texts = texts.filter_map(|said| match said {
        Value::Text(text) => Some(text.to_string()),
        said => read::content(&said, "text"),
    });
    texts.filter(|text| !text.is_empty()).map(|content| Part::Reasoning { content }).collect()
}

/// A call that the program has to run: arguments as a text of JSON, or the free text of a custom tool.
fn tool_call(said: &Value<'_>) -> Part {
    let arguments = match (said.get("arguments"), said.get("input")) {
        (Some(Value::Text(text)), _) => arguments(text.to_string()),
        (_, Some(Value::Text(text))) => Json::String(text.to_string()),
        (Some(Value::Null) | None, Some(Value::Null) | None) => Json::Object(Map::new()),
        (Some(Value::Null) | None, Some(other)) | (Some(other), _) => read::to_json(&other),
    };
    let name = read::text(said, "name").unwrap_or_default();
    Part::ToolCall { id: call_id(said), name: name.into(), arguments }
}

/// A call of a built-in tool; what came of it is a part of its own.
fn server_tool_call(tool: &str, said: &Value<'_>) -> Vec<Part> {
    let Value::Map(map) = said else { return Vec::new() };
    let name = read::text(said, "name").unwrap_or(tool);
    let mut call = read::others(*map, &["id", "call_id", "type", "status", "name"]);
    call.retain(|key, value| !value.is_null() && !RESULTS.contains(&key.as_str()));
    if let Some(Json::String(text)) = call.get("arguments") {
        let parsed = arguments(text.clone());
        call.insert("arguments".into(), parsed);
    }
    call.insert("type".into(), tool.into());
    let part = json!({
        "type": "server_tool_call",
        "id": call_id(said),
        "name": name,
        "server_tool_call": call,
    });
    let mut parts = vec![Part::Other(part)];
    // The image of a generation is a part of its own.
    let results = RESULTS.iter().filter(|key| tool != "image_generation" || **key == "error");
    let mut response = Map::new();
    for key in results {
        if let Some(value) = said.get(key).filter(|value| !matches!(value, Value::Null)) {
            response.insert((*key).into(), result(Some(value)));
        }
    }
    if !response.is_empty() {
        response.insert("type".into(), tool.into());
        parts.push(server_tool_call_response(said, &Json::Object(response)));
    }
    parts
}

fn server_tool_call_response(said: &Value<'_>, response: &Json) -> Part {
    let part = json!({"type": "server_tool_call_response", "id": call_id(said), "server_tool_call_response": response});
    Part::Other(part)
}

/// What a tool gave; images in it are cut to size.
fn result(output: Option<Value<'_>>) -> Json {
    output.map(|output| media::to_json(&output)).unwrap_or_default()
}

/// The id by which a call and its answer belong together.
fn call_id(said: &Value<'_>) -> Option<String> {
    read::text(said, "call_id").or_else(|| read::text(said, "id")).map(Into::into)
}
