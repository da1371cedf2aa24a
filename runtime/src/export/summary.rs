//! What was said to a model and what it answered, in few words.

use crate::wire::tape::Value;

/// The last of the messages: what is new since the call before.
pub(super) fn last(messages: &Value<'_>) -> Option<String> {
    match messages {
        Value::Seq(messages) => said(&messages.filter(|message| !matches!(message, Value::Cut(_))).last()?),
        message => said(message),
    }
}

/// The first of the messages: what most programs take of several choices.
pub(super) fn first(messages: &Value<'_>) -> Option<String> {
    match messages {
        Value::Seq(messages) => said(&messages.into_iter().next()?),
        message => said(message),
    }
}

fn said(message: &Value<'_>) -> Option<String> {
    let Value::Seq(parts) = message.get("parts")? else { return None };
    let words: Vec<_> = parts.filter_map(|part| words(&part)).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// A text as it is, a call of a tool as a call, anything else by its type.
fn words(part: &Value<'_>) -> Option<String> {
    let text = |key: &str| part.get(key).and_then(|value| value.to_text());
    Some(match text("type")?.as_ref() {
        "text" => text("content")?.into_owned(),
        "reasoning" => return None,
        "tool_call" => {
            let arguments = part.get("arguments").map(|value| value.to_json()).unwrap_or_default();
            format!("{}({arguments})", text("name")?)
        }
        "tool_call_response" => {
            let response = part.get("response")?;
            response.as_str().map_or_else(|| response.to_json(), Into::into)
        }
        other => format!("[{}]", text("modality").as_deref().unwrap_or(other)),
    })
}
