//! Calls of tools, their answers and definitions.

use serde_json::Value as Json;

use super::part;
use crate::extract::read;
use crate::llm::partial::arguments;
use crate::wire::Part;
use crate::wire::tape::Value;

/// The calls in a message of the model; the one of old models, which had no more.
pub(super) fn calls(said: &Value<'_>) -> impl Iterator<Item = Part> {
    let only = read::map(said, "function_call").map(|call| function(None, &call));
    read::list(said, "tool_calls").map(|said| call(&said)).chain(only)
}

/// Where the name stands of what is called. `custom_tool` is what a client makes of `custom`.
pub(in crate::extract) const CALLED: [&str; 3] = ["function", "custom", "custom_tool"];

/// A call of a function, or of a tool that takes any text. One of a kind that nobody knows is kept as it is.
fn call(said: &Value<'_>) -> Part {
    // Mistral says "null" where a call has no id.
    let id = read::text(said, "id").filter(|id| *id != "null");
    let inner = CALLED.iter().find_map(|key| read::map(said, key));
    match inner {
        Some(inner) => function(id, &inner),
        None if said.get("name").is_some() => function(id, said),
        None => part::unknown(said),
    }
}

/// A function's name and arguments: an object, or a text of one.
fn function(id: Option<&str>, said: &Value<'_>) -> Part {
    let arguments = match said.get("arguments").or_else(|| said.get("input")) {
        Some(Value::Text(text)) => arguments(text.to_string()),
        Some(Value::Null) | None => Json::Object(serde_json::Map::new()),
        Some(other) => read::to_json(&other),
    };
    let name = read::text(said, "name").unwrap_or_default();
    Part::ToolCall { id: id.map(Into::into), name: name.into(), arguments }
}

/// The answer of a tool: its text, or JSON.
pub(super) fn response(said: &Value<'_>) -> Part {
    let id = read::text(said, "tool_call_id").or_else(|| read::text(said, "tool_name")).map(Into::into);
    let response = match said.get("content") {
        Some(Value::Text(text)) => Json::String(text.to_string()),
        Some(list @ Value::Seq(_)) => answered(list),
        Some(other) => read::to_json(&other),
        None => Json::Null,
    };
    Part::ToolCallResponse { id, response }
}

/// An answer in parts: one text where there are only texts.
fn answered(list: Value<'_>) -> Json {
    let mut parts = Vec::new();
    part::parts(Some(list), &mut parts);
    let texts: Option<String> = parts
        .iter()
        .map(|part| if let Part::Text { content } = part { Some(content.as_str()) } else { None })
        .collect();
    texts.map_or_else(|| serde_json::to_value(&parts).unwrap_or_default(), Json::String)
}

/// Definitions of tools, laid flat as OpenTelemetry has them.
pub(in crate::extract) fn tools(body: &Value<'_>, key: &str) -> Vec<Json> {
    body.get(key).map(definitions).unwrap_or_default()
}

/// Those in a list.
pub(in crate::extract) fn definitions(tools: Value<'_>) -> Vec<Json> {
    let Value::Seq(tools) = tools else { return Vec::new() };
    tools.filter(|tool| matches!(tool, Value::Map(_))).map(|tool| definition(&tool)).collect()
}

fn definition(tool: &Value<'_>) -> Json {
    let kind = read::text(tool, "type").unwrap_or("function");
    let inner = read::map(tool, "function").or_else(|| read::map(tool, "custom"));
    let Value::Map(map) = inner.unwrap_or(*tool) else { return read::to_json(tool) };
    let mut definition = read::others(map, &["type"]);
    definition.insert("type".into(), kind.into());
    if !definition.contains_key("name") {
        definition.insert("name".into(), kind.into());
    }
    Json::Object(definition)
}
