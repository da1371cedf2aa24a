//! Parameters of requests: the provider's keys and OpenTelemetry's names.

use super::read;
use crate::llm::RequestFacts;
use crate::wire::tape::Value;

/// The keys that most providers share, with OpenTelemetry's names for them.
pub(super) const COMMON: &[(&str, &str)] = &[
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

/// Adds the parameters that stand under these keys of the body.
pub(super) fn copy(body: &Value<'_>, keys: &[(&str, &'static str)], facts: &mut RequestFacts) {
    /// Few requests have more parameters.
    const MOST: usize = 8;
    let Value::Map(map) = *body else { return };
    // Few of the keys are there: one walk over the body is shorter than a search for each.
    let place = |found: &[u8]| keys.iter().position(|(key, _)| key.as_bytes() == found);
    let mut there = Vec::with_capacity(keys.len().min(MOST));
    there.extend(map.pairs().filter_map(|(key, value)| Some((place(key)?, value))));
    // The last of those that come more than once is the first of them then, and stays.
    there.reverse();
    there.sort_by_key(|(place, _)| *place);
    there.dedup_by_key(|(place, _)| *place);
    facts.parameters.reserve(there.len());
    for (place, value) in there {
        if let Some(value) = value.read() {
            add(keys[place].1, &value, facts);
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
