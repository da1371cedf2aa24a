//! Messages as other crates write them into their spans: JSON text, near enough to the convention.

use serde_json::Value as Json;

use super::finish;
use crate::wire::tape::Value;

/// The messages of a JSON text, as the convention has them; none where the text is no list of messages.
pub(super) fn read(said: &Value<'_>) -> Option<Vec<Json>> {
    let Value::Text(text) = said else { return None };
    let mut messages: Vec<Json> = serde_json::from_str(text.kept).ok()?;
    messages.iter_mut().for_each(correct);
    Some(messages)
}

/// The provider's word for why the model stopped becomes the convention's; one that says that nobody knows says
/// nothing.
fn correct(message: &mut Json) {
    let Some(message) = message.as_object_mut() else { return };
    match message.get("finish_reason").and_then(Json::as_str) {
        Some("unknown" | "") => drop(message.remove("finish_reason")),
        Some(reason) => {
            let reason = finish::normalize(reason).into_owned();
            message.insert("finish_reason".into(), reason.into());
        }
        None => {}
    }
    for part in message.get_mut("parts").and_then(Json::as_array_mut).into_iter().flatten() {
        correct_part(part);
    }
}

/// The answer of a tool had another key in older generations of the convention.
fn correct_part(part: &mut Json) {
    let Some(part) = part.as_object_mut() else { return };
    let is_answer = part.get("type").and_then(Json::as_str) == Some("tool_call_response");
    if is_answer
        && !part.contains_key("response")
        && let Some(result) = part.remove("result")
    {
        part.insert("response".into(), result);
    }
}
