//! Bodies of errors, which every server writes in its own way.

use crate::extract::read;
use crate::llm::ErrorFacts;
use crate::wire::tape::Value;

/// What an error says: `{"error": {"message": …, "type": …, "code": …}}`, its `error` a text, or vLLM's and Mistral's
/// `{"object": "error", …}`. Groq hides one of a stream that broke off.
pub(in crate::extract) fn error(body: &Value<'_>) -> Option<ErrorFacts> {
    let [said, object, groq] = read::pick(body, ["error", "object", "x_groq"]);
    match said {
        Some(error @ Value::Map(_)) if has(&error, &CLASS) => {
            // A class alone is that of anything: `{"error": {"code": "retrying"}}`.
            described(&error).filter(|error| !error.message.is_empty() && error.kind != "0")
        }
        Some(Value::Text(message)) if says_nothing_else(body) => {
            Some(ErrorFacts::new(kind(body), message.to_string()))
        }
        _ if object.and_then(|object| object.as_str()) == Some("error") && says_nothing_but(body, &WHOLE) => {
            described(body)
        }
        _ => {
            let message = read::content(&groq?, "error").filter(|text| !text.is_empty())?;
            Some(ErrorFacts::new("", message))
        }
    }
}

/// An error has a message, or at least a class.
fn described(error: &Value<'_>) -> Option<ErrorFacts> {
    let kind = kind(error);
    let message = match error.get("message") {
        Some(Value::Text(message)) => message.to_string(),
        // Mistral has the list of what is wrong with a request there.
        Some(details @ Value::Map(_)) => details.to_json(),
        _ if kind.is_empty() => return None,
        _ => String::new(),
    };
    Some(ErrorFacts::new(kind, message))
}

/// Whether the body is about its error alone, and says more of it than a text: structs of a program's own have errors
/// too.
fn says_nothing_else(body: &Value<'_>) -> bool {
    const BESIDE: [&str; 5] = ["error", "param", "request_id", "timestamp", "path"];
    let has_class = ["code", "type", "error_type"].iter().any(|key| body.get(key).is_some());
    let has_failed = body.get("status").as_ref().map(is_failure);
    read::text(body, "error").is_some()
        && has_failed.unwrap_or(has_class)
        && says_nothing_but(body, &[&BESIDE[..], &CLASS[..]].concat())
}

/// Whether a status, in the words of HTTP mostly, is one of failure.
pub(in crate::extract) fn is_failure(status: &Value<'_>) -> bool {
    let code = match status {
        Value::Text(text) => text.kept.split(' ').next().and_then(|code| code.parse().ok()),
        number => read::whole(number),
    };
    code.is_some_and(|code| code >= 400) || status.as_str() == Some("error")
}

/// Whether nothing stands in the body that could be an answer, but for these keys.
fn says_nothing_but(body: &Value<'_>, known: &[&str]) -> bool {
    let Value::Map(mut map) = *body else { return false };
    map.all(|(key, value)| {
        known.contains(&key) || !matches!(value, Value::Text(_) | Value::Map(_) | Value::Seq(_))
    })
}

/// What stands in a body that is an error as a whole.
const WHOLE: [&str; 9] =
    ["object", "message", "type", "code", "param", "status", "request_id", "raw_status_code", "detail"];

fn has(map: &Value<'_>, keys: &[&str]) -> bool {
    keys.iter().any(|key| map.has(key))
}

/// Where the class of an error may stand. Clients with types have the key also where there is none.
const CLASS: [&str; 4] = ["code", "type", "status", "error_type"];

/// The word that says most of the error: `context_length_exceeded` rather than `invalid_request_error`, and a
/// number only where there is no word. Sentences are no class.
fn kind(error: &Value<'_>) -> String {
    // In bytes.
    const LONGEST: usize = 64;
    let words = CLASS
        .into_iter()
        .filter_map(|key| error.get(key)?.to_text())
        .filter(|word| !word.is_empty() && word.len() <= LONGEST && !word.contains(char::is_whitespace));
    let rank = |word: &str| match word {
        "invalid_request_error" => 1,
        word if word.bytes().all(|byte| byte.is_ascii_digit()) => 2,
        _ => 0,
    };
    words.min_by_key(|word| rank(word)).unwrap_or_default().into_owned()
}
