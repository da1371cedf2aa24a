//! Structs around a body: of a program's own, or of an HTTP client.
//!
//! Many things have errors: tools, lookups, the fields of an answer. Of the model's call tells only one beside which
//! nothing stands that could be the answer.

use crate::llm::ResponseFacts;
use crate::wire::tape::{Map, Value};

/// A map, by what it says of its own.
///
/// Numbers, truth values and what is absent are no answer. A text may be one, unless its key says that it names
/// something, or it says what kind of error or event this is: `{"status": 429, "request_id": "req_1", "body": …}` is an
/// envelope of its body, and `{"answer": "Paris", "tool": …}` is none of the tool's.
#[derive(Clone, Copy, Debug)]
pub(super) enum Envelope<'a> {
    /// Of whatever is found in it.
    Empty,
    /// Of what stands under this key.
    Of(&'a str),
    Nothing,
}

impl<'a> Envelope<'a> {
    pub(super) fn read(map: Map<'a>) -> Self {
        let mut matters = map.filter(|(key, value)| !is_beside(key, value));
        match (matters.next(), matters.next()) {
            (None, _) => Self::Empty,
            (Some((key, value)), None) if !matches!(value, Value::Cut(_)) => Self::Of(key),
            _ => Self::Nothing,
        }
    }

    /// Whether what stands under the key is all that the map is about.
    pub(super) fn is_of(self, key: &str) -> bool {
        match self {
            Self::Empty => true,
            Self::Of(only) => only == key,
            Self::Nothing => false,
        }
    }
}

/// Whether the facts, which were found under a key of the map, are those of the call.
pub(super) fn holds(envelope: Envelope<'_>, key: &str, facts: &ResponseFacts) -> bool {
    !is_error_only(facts) || envelope.is_of(key)
}

/// Whether the error that stands in the body is what it is about: programs have structs with an `error` of their own.
pub(super) fn is_of_error(body: &Value<'_>) -> bool {
    match body {
        Value::Map(map) if matches!(map.get("error"), Some(Value::Map(_))) => {
            Envelope::read(*map).is_of("error")
        }
        _ => true,
    }
}

/// Whether a value may stand beside a body, and matters to nobody.
fn is_beside(key: &str, value: &Value<'_>) -> bool {
    match *value {
        Value::Text(text) => text.cut.is_none() && (is_name(key, text.kept) || is_kind(key, text.kept)),
        Value::Map(_) => key == "headers",
        Value::Seq(mut list) => list.next().is_none(),
        Value::Cut(_) => false,
        _ => true,
    }
}

/// Whether a text under this key only names something.
fn is_name(key: &str, text: &str) -> bool {
    const NAMES: [&str; 8] = ["code", "param", "url", "method", "version", "model", "provider", "region"];
    // In bytes. Addresses are the longest.
    const LONGEST: usize = 256;
    let key = key.to_ascii_lowercase();
    let is_named = key.starts_with("status")
        || key.ends_with("status")
        || key == "id"
        || key.ends_with("_id")
        || key.ends_with("requestid")
        || NAMES.contains(&&*key);
    is_named && text.len() <= LONGEST
}

/// Whether a text says that this is an error, or an event like any other of server-sent events.
fn is_kind(key: &str, text: &str) -> bool {
    matches!(key, "type" | "object" | "event") && (text.contains("error") || matches!(text, "message" | ""))
}

/// Whether nothing is known of the answer but that there is none.
pub(super) fn is_error_only(facts: &ResponseFacts) -> bool {
    facts.error.is_some()
        && facts.messages.is_empty()
        && facts.model.is_none()
        && facts.id.is_none()
        && facts.usage.is_empty()
}
