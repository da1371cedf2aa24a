//! The events of a streamed response.
//!
//! Reference: <https://platform.openai.com/docs/api-reference/responses-streaming>.

use super::{Value, facts, finish, is_response, is_silent, item, openai_chat, read};
use crate::llm::{ErrorFacts, Partial};

/// Adds one event; false where it is none of a response.
pub(super) fn add(event: &Value<'_>, answer: &mut Partial) -> bool {
    let Some(kind) = read::text(event, "type") else {
        // Some programs give the response itself, each time that it has changed.
        return is_response(event) && snapshot(event, "", answer);
    };
    if kind == "error" {
        let error = openai_chat::error(event).or_else(|| error(event));
        let known = error.is_some();
        if let Some(error) = error {
            answer.fail(error);
        }
        return known;
    }
    let Some(name) = kind.strip_prefix("response.") else { return false };
    if let Some(response) = read::map(event, "response") {
        return snapshot(&response, name, answer);
    }
    let block = block(event);
    let delta = read::text(event, "delta").unwrap_or_default();
    match name {
        "output_text.delta" | "refusal.delta" | "audio.transcript.delta" => {
            answer.choice(0).text(block, delta);
        }
        "reasoning_text.delta" | "reasoning.delta" => answer.choice(0).reasoning(block, delta),
        "reasoning_summary_text.delta" | "reasoning_summary.delta" => {
            answer.choice(0).reasoning(block | SUMMARY, delta);
        }
        "function_call_arguments.delta" | "custom_tool_call_input.delta" => {
            answer.choice(0).tool_call(block, None, None, delta);
        }
        "output_item.added" | "output_item.done" => {
            if let Some(said) = read::map(event, "item") {
                add_item(name, block, &said, answer);
            }
        }
        _ => {}
    }
    true
}

/// Summaries are numbered apart from the thoughts themselves.
const SUMMARY: u64 = 1 << 63;

/// The number of the block that a piece belongs to: of the item, and within it of the part.
fn block(event: &Value<'_>) -> u64 {
    let number = |key| read::count(event, key).unwrap_or_default() & 0x7fff_ffff;
    let within = number("content_index").max(number("summary_index"));
    number("output_index") << 31 | within
}

/// A call is known by its name before its arguments come; those of built-in tools come whole.
fn add_item(name: &str, block: u64, said: &Value<'_>, answer: &mut Partial) {
    match read::text(said, "type").unwrap_or_default() {
        "function_call" | "custom_tool_call" => {
            let id = read::text(said, "call_id").or_else(|| read::text(said, "id"));
            answer.choice(0).tool_call(block, id, read::text(said, "name"), "");
        }
        // Their texts have come in pieces.
        "message" | "reasoning" => {}
        _ if name == "output_item.done" => {
            for part in item::parts(said) {
                answer.choice(0).part(part);
            }
        }
        _ => {}
    }
}

/// The response as far as it is: when it is over, it stands for the pieces. Some servers tell how it stands in the
/// event's name only.
fn snapshot(response: &Value<'_>, name: &str, answer: &mut Partial) -> bool {
    let status = read::text(response, "status").unwrap_or(name);
    let mut whole = facts(response, status);
    if matches!(status, "created" | "queued" | "in_progress" | "") {
        answer.set_id(whole.id.as_deref().unwrap_or_default());
        answer.set_model(whole.model.as_deref().unwrap_or_default());
        for (detail, value) in &whole.details {
            answer.set_detail(*detail, value);
        }
        return true;
    }
    // Where the last event was cut, or a server leaves the output out of it, the pieces say more.
    let is_less = whole.messages.iter().all(is_silent) || is_cut(response.get("output"));
    if is_less && answer.choice(0).parts() > 0 {
        let reason = whole.messages.pop().and_then(|message| message.finish_reason);
        let mut so_far = answer.choice(0);
        so_far.finish(match reason {
            Some(reason) if status != "completed" => reason,
            _ => finish::normalize(if so_far.calls_tools() { "tool_calls" } else { "stop" }),
        });
    }
    answer.replace(whole);
    true
}

/// Whether capture has left anything of a value out.
fn is_cut(value: Option<Value<'_>>) -> bool {
    match value {
        Some(Value::Text(text)) => text.cut.is_some(),
        Some(Value::Cut(_)) => true,
        Some(Value::Seq(mut list)) => list.any(|value| is_cut(Some(value))),
        Some(Value::Map(mut map)) => map.any(|(_, value)| is_cut(Some(value))),
        _ => false,
    }
}

/// `{"type": "error", "code": …, "message": …}`.
fn error(event: &Value<'_>) -> Option<ErrorFacts> {
    let message = read::content(event, "message")?;
    let code = event.get("code").and_then(|code| code.to_text());
    Some(ErrorFacts::new(code.unwrap_or_default(), message))
}
