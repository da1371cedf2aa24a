//! What is said, to the model and by it: contents of parts, and the tools.

use serde_json::{Map, Value as Json, json};

use super::super::{chat_message, media, read};
use super::spelling::{each, get, is, pick, text, word};
use crate::llm::partial::arguments;
use crate::wire::tape::Value;
use crate::wire::{Message, Part, Role};

/// One content; of this role, unless it says otherwise.
pub(super) fn message(content: &Value<'_>, role: Role) -> Message {
    if let Value::Cut(_) = content {
        return chat_message::message(content);
    }
    let role = text(content, "role").map_or(role, |said| chat_message::role(&word(said)));
    let mut message = Message::new(role, "");
    message.parts = parts(content);
    message
}

/// The parts of a content; a plain text, which clients have for one, is a part itself.
pub(super) fn parts(content: &Value<'_>) -> Vec<Part> {
    match content {
        Value::Text(_) => part(content).into_iter().collect(),
        content => each(content, "parts").filter_map(|said| part(&said)).collect(),
    }
}

/// One part; none where it is empty, such as one that has just a signature.
pub(super) fn part(said: &Value<'_>) -> Option<Part> {
    match said {
        Value::Text(text) if !text.kept.is_empty() => return Some(Part::Text { content: text.to_string() }),
        Value::Cut(_) => return Some(chat_message::unknown(said)),
        _ => {}
    }
    let Value::Map(map) = said else { return None };
    // Clients with a field for each kind of part have an empty text beside the others.
    for (key, value) in map.filter(|(_, value)| matches!(value, Value::Map(_))) {
        return match word(key).as_str() {
            "function_call" => function_call(&value),
            "function_response" => Some(function_response(&value)),
            "inline_data" => inline_data(&value),
            "file_data" => file_data(&value),
            "executable_code" => Some(server_call("code_execution", &value)),
            "code_execution_result" => Some(server_result("code_execution", &value)),
            "tool_call" => Some(server_call(&tool(&value), &value)),
            "tool_response" => Some(server_result(&tool(&value), &value)),
            _ => continue,
        };
    }
    let [text, thought] = pick(said, ["text", "thought"]);
    if let Some(Value::Text(text)) = text {
        let content = text.to_string();
        let is_thought = matches!(thought, Some(Value::Bool(true)));
        let part = if is_thought { Part::Reasoning { content } } else { Part::Text { content } };
        return Some(part).filter(|_| !text.kept.is_empty());
    }
    let mut others = map.filter(|(key, value)| {
        !matches!(value, Value::Null | Value::Cut(_)) && !BESIDE.iter().any(|name| is(key, name))
    });
    let (kind, value) = others.next()?;
    Some(Part::Other(json!({"type": word(kind), kind: media::to_json(&value)})))
}

/// What stands beside any part and is none itself.
const BESIDE: [&str; 5] = ["thought", "thoughtSignature", "partMetadata", "videoMetadata", "mediaResolution"];

/// None where it has no name: pieces of arguments that are streamed by their JSON path.
fn function_call(call: &Value<'_>) -> Option<Part> {
    let arguments = match get(call, "args") {
        Some(Value::Text(text)) => arguments(text.to_string()),
        Some(args) => read::to_json(&args),
        None => Json::Object(Map::new()),
    };
    Some(Part::ToolCall { id: text(call, "id").map(Into::into), name: text(call, "name")?.into(), arguments })
}

/// Without ids, answers are matched to calls by the name.
fn function_response(said: &Value<'_>) -> Part {
    let id = text(said, "id").or_else(|| text(said, "name")).map(Into::into);
    let response = get(said, "response").map(|response| read::to_json(&response)).unwrap_or_default();
    Part::ToolCallResponse { id, response }
}

fn inline_data(blob: &Value<'_>) -> Option<Part> {
    let mime_type = text(blob, "mimeType");
    let Some(Value::Text(data)) = get(blob, "data") else { return None };
    Some(media::inline(modality(mime_type), mime_type, data))
}

fn file_data(file: &Value<'_>) -> Option<Part> {
    let mime_type = text(file, "mimeType");
    let Some(Value::Text(uri)) = get(file, "fileUri") else { return None };
    Some(media::at(modality(mime_type), mime_type, uri)).filter(|_| !uri.kept.is_empty())
}

fn modality(mime_type: Option<&str>) -> &'static str {
    mime_type.map_or("document", media::modality)
}

/// The name of a tool that runs at the provider.
fn tool(said: &Value<'_>) -> String {
    text(said, "toolType").map_or_else(|| "tool".into(), word)
}

/// A tool is called that runs at the provider.
fn server_call(name: &str, said: &Value<'_>) -> Part {
    let mut part = server_side("server_tool_call", name, said);
    part["name"] = name.into();
    Part::Other(part)
}

/// A tool that runs at the provider has answered.
fn server_result(name: &str, said: &Value<'_>) -> Part {
    Part::Other(server_side("server_tool_call_response", name, said))
}

fn server_side(kind: &str, name: &str, said: &Value<'_>) -> Json {
    let mut details = match said {
        Value::Map(map) => read::others(*map, &["id", "type"]),
        _ => Map::new(),
    };
    details.retain(|key, value| !value.is_null() && !is(key, "toolType"));
    details.insert("type".into(), name.into());
    let mut part = json!({"type": kind, kind: details});
    if let Some(id) = text(said, "id") {
        part["id"] = id.into();
    }
    part
}

/// The tools that the model may use: functions of the program, and those of the provider by their names.
pub(super) fn tools(body: &Value<'_>) -> Vec<Json> {
    each(body, "tools").flat_map(|tool| definitions(&tool)).collect()
}

fn definitions(tool: &Value<'_>) -> Vec<Json> {
    let Value::Map(map) = tool else { return Vec::new() };
    let mut definitions = Vec::new();
    for (key, value) in *map {
        match value {
            Value::Null | Value::Cut(_) => {}
            _ if is(key, "functionDeclarations") => {
                definitions.extend(each(tool, "functionDeclarations").map(|declared| function(&declared)));
            }
            value => definitions.push(built_in(&word(key), &value)),
        }
    }
    definitions
}

fn function(declared: &Value<'_>) -> Json {
    let Value::Map(map) = declared else { return read::to_json(declared) };
    let mut definition = read::others(*map, &["type"]);
    definition.retain(|_, value| !value.is_null());
    let schema = definition.keys().find(|key| is(key, "parametersJsonSchema")).cloned();
    if let Some(schema) = schema.and_then(|key| definition.remove(&key)) {
        definition.insert("parameters".into(), schema);
    }
    definition.insert("type".into(), "function".into());
    Json::Object(definition)
}

/// A tool of the provider's, with how it is set up.
fn built_in(name: &str, setup: &Value<'_>) -> Json {
    let mut definition = match setup {
        Value::Map(map) => read::others(*map, &["type", "name"]),
        _ => Map::new(),
    };
    definition.retain(|_, value| !value.is_null());
    definition.insert("type".into(), name.into());
    definition.insert("name".into(), name.into());
    Json::Object(definition)
}
