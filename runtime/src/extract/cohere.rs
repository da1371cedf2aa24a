//! Chat of Cohere, version 2 of the API.
//!
//! The meaning of the fields: <https://docs.cohere.com/v2/reference/chat> and
//! <https://docs.cohere.com/v2/reference/chat-stream>. Messages are like `OpenAI`'s, with a plan beside tool calls,
//! and citations. Tokens are counted twice: those that are billed, which count here, and those that the model saw.
//! No response says the model. An error is just `{"message": …}`, which is nothing particular: it is told by the
//! HTTP status only.

use serde_json::Value as Json;

use super::sieve::Keys;
use super::{chat_message, finish, parameter, read};
use crate::llm::{ErrorFacts, Extractor, Partial, RequestFacts, ResponseFacts};
use crate::provider::names;
use crate::wire::tape::Value;
use crate::wire::{Message, Part, Role, Usage};

pub(super) struct Cohere;

/// Of these, a request has one.
pub(super) const REQUEST: Keys = Keys::of(&[
    "citation_options",
    "safety_mode",
    "strict_tools",
    "raw_prompting",
    "tool_plan",
    "documents",
    "k",
    "p",
]);

/// Of these, a response has one.
pub(super) const RESPONSE: Keys = Keys::of(&["message"]);

impl Extractor for Cohere {
    fn request(&self, body: &Value<'_>) -> Option<RequestFacts> {
        if !chat_message::are_messages(body, "messages") || !(is_cohere(body) || is_like_cohere(body)) {
            return None;
        }
        let mut facts = RequestFacts::new();
        facts.provider = is_cohere(body).then(|| names::COHERE.into());
        facts.model = read::text(body, "model").map(Into::into);
        facts.messages = read::list(body, "messages").map(|said| message(&said)).collect();
        let asks = facts.messages.iter_mut().rev().find(|message| message.role == Role::User);
        if let Some(question) = asks {
            question.parts.extend(read::list(body, "documents").filter_map(|said| document(&said)));
        }
        facts.tools = chat_message::tools(body, "tools");
        parameter::copy(body, &parameter::COMMON, &mut facts);
        parameter::copy(
            body,
            &[("k", "top_k"), ("p", "top_p"), ("reasoning_effort", "reasoning.level")],
            &mut facts,
        );
        let format = read::map(body, "response_format");
        parameter::output_type(format.and_then(|format| read::text(&format, "type")), &mut facts);
        Some(facts)
    }

    fn response(&self, body: &Value<'_>) -> Option<ResponseFacts> {
        let said = read::map(body, "message")?;
        let reason = read::text(body, "finish_reason");
        let usage = read::map(body, "usage");
        let is_cohere = usage.is_some_and(|usage| is_usage(&usage)) || reason.is_some_and(is_reason);
        if !is_cohere {
            return None;
        }
        let mut message = message(&said);
        message.finish_reason = reason.map(finish::normalize);
        let mut facts = ResponseFacts::new().provider(names::COHERE).message(message);
        facts.id = read::text(body, "id").map(Into::into);
        facts.usage = usage.map(|usage| tokens(&usage)).unwrap_or_default();
        Some(facts)
    }

    fn chunk(&self, chunk: &Value<'_>, answer: &mut Partial) -> bool {
        let Some(kind) = read::text(chunk, "type").filter(|kind| EVENTS.contains(kind)) else { return false };
        let index = read::count(chunk, "index");
        let Some(delta) = read::map(chunk, "delta") else {
            // A block is over.
            return kind.ends_with("-end") && index.is_some();
        };
        answer.set_provider(names::COHERE);
        answer.set_id(read::text(chunk, "id").unwrap_or_default());
        if kind == "message-end" {
            end(&delta, answer);
        } else if let Some(message) = read::map(&delta, "message") {
            add(&message, index.unwrap_or_default(), answer);
        }
        true
    }
}

const EVENTS: [&str; 11] = [
    "message-start",
    "content-start",
    "content-delta",
    "content-end",
    "tool-plan-delta",
    "tool-call-start",
    "tool-call-delta",
    "tool-call-end",
    "citation-start",
    "citation-end",
    "message-end",
];

/// Whether a request has what only Cohere's have.
fn is_cohere(body: &Value<'_>) -> bool {
    has(body, &["citation_options", "safety_mode", "strict_tools", "raw_prompting"])
        || read::list(body, "messages").any(|said| read::text(&said, "tool_plan").is_some())
}

/// Other servers take documents too, and a program's own request may have a `k`.
fn is_like_cohere(body: &Value<'_>) -> bool {
    let is_model = || read::text(body, "model").is_some_and(|model| model.starts_with("command"));
    has(body, &["documents"]) || (has(body, &["k", "p"]) && is_model())
}

fn has(body: &Value<'_>, keys: &[&str]) -> bool {
    keys.iter().any(|key| !matches!(body.get(key), None | Some(Value::Null | Value::Cut(_))))
}

/// Its words for why the model stopped; others have small letters.
fn is_reason(reason: &str) -> bool {
    ["COMPLETE", "STOP_SEQUENCE", "MAX_TOKENS", "TOOL_CALL", "ERROR", "TIMEOUT"].contains(&reason)
}

fn is_usage(usage: &Value<'_>) -> bool {
    ["billed_units", "tokens"].iter().any(|key| read::map(usage, key).is_some())
}

/// A message like `OpenAI`'s; what the model plans to do with its tools comes first, what it cites last.
fn message(said: &Value<'_>) -> Message {
    let mut message = chat_message::message(said);
    if let Some(content) = read::content(said, "tool_plan").filter(|plan| !plan.is_empty()) {
        message.parts.insert(0, Part::Reasoning { content });
    }
    message.parts.iter_mut().for_each(name_citation);
    message
}

/// What the model may cite belongs to the question.
fn document(said: &Value<'_>) -> Option<Part> {
    let document = match said {
        Value::Map(_) | Value::Text(_) => read::to_json(said),
        _ => return None,
    };
    Some(Part::Other(serde_json::json!({"type": "document", "document": document})))
}

/// The type of a citation says what is cited; the part is a citation.
fn name_citation(part: &mut Part) {
    let Part::Other(Json::Object(said)) = part else { return };
    if ["start", "end", "text"].iter().all(|key| said.contains_key(*key)) {
        let cited = said.insert("type".into(), "citation".into());
        if let Some(cited) = cited.filter(|cited| cited != "citations") {
            said.insert("citation_type".into(), cited);
        }
    }
}

/// Adds what is new in a message.
fn add(message: &Value<'_>, index: u64, answer: &mut Partial) {
    /// The plan has no index.
    const PLAN: u64 = u64::MAX;
    let mut so_far = answer.choice(0);
    if let Some(piece) = read::text(message, "tool_plan") {
        so_far.reasoning(PLAN, piece);
    }
    if let Some(content) = read::map(message, "content") {
        if let Some(piece) = read::text(&content, "thinking") {
            so_far.reasoning(index, piece);
        }
        if let Some(piece) = read::text(&content, "text") {
            so_far.text(index, piece);
        }
    }
    if let Some(call) = read::map(message, "tool_calls") {
        let function = read::map(&call, "function").unwrap_or(call);
        let arguments = read::text(&function, "arguments").unwrap_or_default();
        so_far.tool_call(index, read::text(&call, "id"), read::text(&function, "name"), arguments);
    }
    if let Some(said) = read::map(message, "citations") {
        let mut citation = Part::Other(read::to_json(&said));
        name_citation(&mut citation);
        so_far.part(citation);
    }
}

/// The last event.
fn end(delta: &Value<'_>, answer: &mut Partial) {
    let reason = read::text(delta, "finish_reason");
    if let Some(reason) = reason {
        answer.choice(0).finish(finish::normalize(reason));
    }
    if let Some(usage) = read::map(delta, "usage") {
        answer.update_usage(tokens(&usage));
    }
    if let Some(message) = read::content(delta, "error").filter(|message| !message.is_empty()) {
        answer.fail(ErrorFacts::new(reason.unwrap_or_default(), message));
    }
    answer.end();
}

/// The tokens that are billed, else those that the model saw. More cached ones than billed ones are part of the latter.
fn tokens(usage: &Value<'_>) -> Usage {
    let billed = read::map(usage, "billed_units").unwrap_or(Value::Null);
    let seen = read::map(usage, "tokens").unwrap_or(Value::Null);
    let cached = read::count(usage, "cached_tokens");
    let input = read::count(&billed, "input_tokens").filter(|input| *input >= cached.unwrap_or_default());
    Usage {
        input: input.or_else(|| read::count(&seen, "input_tokens")),
        output: read::count(&billed, "output_tokens").or_else(|| read::count(&seen, "output_tokens")),
        cache_read: cached,
        ..Usage::default()
    }
}
