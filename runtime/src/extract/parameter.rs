//! Parameters of requests: the provider's keys and OpenTelemetry's names.

use super::read;
use crate::llm::RequestFacts;
use crate::wire::tape::{Unread, Value};

/// The keys that most providers share, with OpenTelemetry's names for them.
pub(super) const COMMON: [(&str, &str); 13] = [
    ("temperature", "temperature"),
    ("top_p", "top_p"),
    ("top_k", "top_k"),
    ("max_tokens", "max_tokens"),
    ("max_completion_tokens", "max_tokens"),
    ("max_output_tokens", "max_tokens"),
    ("frequency_penalty", "frequency_penalty"),
    ("presence_penalty", "presence_penalty"),
    ("seed", "seed"),
    ("stop", "stop_sequences"),
    ("stop_sequences", "stop_sequences"),
    ("n", "choice.count"),
    ("stream", "stream"),
];

/// Adds the parameters that stand under these keys of the body, in the order of the keys.
pub(super) fn copy<const N: usize>(
    body: &Value<'_>,
    keys: &[(&str, &'static str); N],
    facts: &mut RequestFacts,
) {
    let there = read::find(body, keys.map(|(key, _)| key));
    facts.parameters.reserve(there.iter().flatten().count());
    for (value, (_, name)) in there.into_iter().zip(keys) {
        if let Some(value) = value.and_then(Unread::read) {
            add(name, &value, facts);
        }
    }
}

/// Adds a parameter by its OpenTelemetry name; null is none.
pub(super) fn add(name: &'static str, value: &Value<'_>, facts: &mut RequestFacts) {
    let value = match value.as_str().map(str::parse::<serde_json::Number>) {
        // Some clients have numbers as texts; the converter wants the numbers.
        Some(Ok(number)) if name != "stop_sequences" => number.into(),
        _ => read::to_json(value),
    };
    if !value.is_null() {
        facts.parameters.push((name.into(), value));
    }
}

/// Adds the kind of output that was asked for, where there is a word for it.
pub(super) fn output_type(kind: Option<&str>, facts: &mut RequestFacts) {
    let name = match kind {
        Some("text") => "text",
        Some("json" | "json_object" | "json_schema" | "application/json") => "json",
        Some("speech") => "speech",
        Some("image") => "image",
        _ => return,
    };
    facts.parameters.push(("output.type".into(), name.into()));
}
