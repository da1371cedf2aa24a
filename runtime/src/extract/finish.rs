//! Why a model stopped, in OpenTelemetry's words.

use std::borrow::Cow;

/// The word of the convention for a provider's own; one that nobody knows is kept as it is.
///
/// One table for all providers: no word means two things. Sources: the providers' references, see
/// `reference` links in each provider's file.
pub(super) fn normalize(word: &str) -> Cow<'static, str> {
    let known = match &*snake_case(word) {
        "stop" | "end_turn" | "stop_sequence" | "completed" | "complete" | "eos" | "eos_token" => "stop",
        "length" | "max_tokens" | "max_output_tokens" | "model_length" | "model_context_window_exceeded" => {
            "length"
        }
        "tool_call" | "tool_calls" | "function_call" | "tool_use" => "tool_call",
        "content_filter"
        | "content_filtered"
        | "guardrail_intervened"
        | "refusal"
        | "safety"
        | "recitation"
        | "blocklist"
        | "prohibited_content"
        | "spii"
        | "image_safety"
        | "image_prohibited_content"
        | "image_recitation"
        | "model_armor"
        | "jailbreak" => "content_filter",
        "error"
        | "failed"
        | "cancelled"
        | "error_toxic"
        | "timeout"
        | "insufficient_system_resource"
        | "unexpected_tool_call"
        | "too_many_tool_calls"
        | "missing_thought_signature" => "error",
        other if other.starts_with("malformed_") => "error",
        _ => return Cow::Owned(word.to_owned()),
    };
    Cow::Borrowed(known)
}

/// Enums of clients that rename nothing have words such as `EndTurn`.
fn snake_case(word: &str) -> Cow<'_, str> {
    if !word.bytes().any(|letter| letter.is_ascii_uppercase()) {
        return Cow::Borrowed(word);
    }
    let mut snake = String::with_capacity(word.len() + 4);
    for letter in word.chars() {
        if letter.is_ascii_uppercase() && snake.ends_with(|before: char| before.is_ascii_lowercase()) {
            snake.push('_');
        }
        snake.push(letter);
    }
    snake.make_ascii_lowercase();
    Cow::Owned(snake)
}
