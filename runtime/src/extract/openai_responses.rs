//! Responses of `OpenAI`, and of the servers that have taken them over: Azure, xAI, Groq, `OpenRouter`, vLLM.
//!
//! The body does not say whose server it was; the host or the model may, see [`provider`]. Only
//! Azure tells what its content filters found.
//!
//! Reference: <https://platform.openai.com/docs/api-reference/responses>.

mod event;
mod item;

use std::borrow::Cow;

use super::sieve::Keys;
use super::{chat_message, finish, openai_chat, parameter, read};
use crate::llm::{Detail, ErrorFacts, Extractor, Partial, RequestFacts, ResponseFacts};
use crate::provider::{self, names};
use crate::wire::tape::{Seq, Value};
use crate::wire::{Message, Part, Role, Usage};

pub(super) struct OpenAiResponses;

/// Of these, a request has one.
pub(super) const REQUEST: Keys = Keys::of(&["input", "prompt"]);

/// Of these, a response has one.
pub(super) const RESPONSE: Keys = Keys::of(&["output", "status"]);

impl Extractor for OpenAiResponses {
    fn request(&self, body: &Value<'_>) -> Option<RequestFacts> {
        let model = read::text(body, "model");
        // What else asks a model with an `input` is read by `openai_chat`.
        let messages = input(body)?;
        let mut facts = RequestFacts::new().detail(Detail::Api, API);
        facts.messages = messages;
        facts.model = model.map(Into::into);
        if let Some(text) = read::content(body, "instructions").filter(|text| !text.is_empty()) {
            facts = facts.system(text);
        }
        facts.tools = chat_message::tools(body, "tools");
        facts.tools.iter_mut().for_each(item::without_credentials);
        parameter::copy(body, &parameter::COMMON, &mut facts);
        parameter::copy(body, &[("previous_response_id", "previous_response.id")], &mut facts);
        if let Some(reasoning) = read::map(body, "reasoning") {
            parameter::copy(&reasoning, &[("effort", "reasoning.level")], &mut facts);
        }
        let format = read::map(body, "text").and_then(|text| read::map(&text, "format"));
        parameter::output_type(format.and_then(|format| read::text(&format, "type")), &mut facts);
        if let Some(tier) = read::text(body, "service_tier") {
            facts = facts.detail(Detail::RequestServiceTier, tier);
        }
        Some(facts)
    }

    fn response(&self, body: &Value<'_>) -> Option<ResponseFacts> {
        is_response(body).then(|| facts(body, read::text(body, "status").unwrap_or_default()))
    }

    fn chunk(&self, chunk: &Value<'_>, answer: &mut Partial) -> bool {
        event::add(chunk, answer)
    }
}

const API: &str = "responses";

/// Keys that a request has and that a body with a model and an `input` of another kind (embeddings, moderation,
/// speech) has not.
const PARTICULAR: &[&str] = &[
    "instructions",
    "max_output_tokens",
    "previous_response_id",
    "conversation",
    "reasoning",
    "text",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "max_tool_calls",
    "temperature",
    "top_p",
    "stream",
    "store",
    "background",
    "include",
    "truncation",
];

/// What is said to the model, where this is a request.
///
/// A model and a text are nothing particular: another key has to tell, or the model's name.
fn input(body: &Value<'_>) -> Option<Vec<Message>> {
    if repeats(body) {
        return None;
    }
    let has = |key: &str| body.get(key).is_some_and(|value| !matches!(value, Value::Null));
    match body.get("input") {
        Some(Value::Seq(items)) if items.into_iter().any(|item| item::is_item(&item)) => {
            Some(item::messages(items))
        }
        Some(Value::Text(text)) => {
            let answers = read::text(body, "model").is_some_and(provider::is_openai_chat_model);
            let certain = answers || PARTICULAR.iter().any(|key| has(key));
            certain.then(|| vec![Message::user(text.to_string())])
        }
        // The input may be part of a prompt that is kept by the provider.
        None | Some(Value::Null) => {
            let prompt = read::map(body, "prompt").is_some_and(|prompt| read::text(&prompt, "id").is_some());
            (prompt || has("previous_response_id") && has("model")).then(Vec::new)
        }
        _ => None,
    }
}

/// Whether this is a response, which repeats much of its request.
fn repeats(body: &Value<'_>) -> bool {
    read::text(body, "object").is_some() || body.get("output").is_some()
}

/// Whether this is a response; of one that was deleted nothing is left to tell.
///
/// Jobs of any kind have a status and an output: one that does not say what it is has items of a model.
fn is_response(body: &Value<'_>) -> bool {
    let output = matches!(body.get("output"), Some(Value::Seq(_)));
    let status = read::text(body, "status").is_some();
    if let Some(object) = read::text(body, "object") {
        return (object == "response" || object == "response.compaction") && (output || status);
    }
    let id = read::text(body, "id");
    let has_items = read::list(body, "output").any(|said| item::is_item(&said));
    let is_ours = has_items || id.is_some_and(|id| id.starts_with("resp_"));
    output && status && is_ours && (id.is_some() || read::text(body, "model").is_some())
}

/// What a response of this status says.
fn facts(body: &Value<'_>, status: &str) -> ResponseFacts {
    let mut facts = ResponseFacts::new().detail(Detail::Api, API);
    facts.model = read::text(body, "model").map(Into::into);
    facts.id = read::text(body, "id").map(Into::into);
    if let Some(tier) = read::text(body, "service_tier") {
        facts = facts.detail(Detail::ResponseServiceTier, tier);
    }
    let mut filters = read::list(body, "content_filters");
    if filters.any(|filter| filter.get("content_filter_results").is_some()) {
        facts = facts.provider(names::AZURE_OPENAI);
    }
    if let Some(usage) = read::map(body, "usage") {
        facts.usage = tokens(&usage);
        facts.cost = read::number(&usage, "cost");
    }
    let output = read::list(body, "output");
    let mut message = Message::new(Role::Assistant, "");
    message.parts = output.flat_map(|said| item::parts(&said)).collect();
    message.finish_reason = finish_reason(status, body, output);
    facts.messages.push(message);
    facts.error = openai_chat::error(body);
    if status == "failed" && facts.error.is_none() {
        facts.error = Some(ErrorFacts::new("failed", ""));
    }
    facts
}

/// Why the model stopped; of one that goes on in the background, the status.
fn finish_reason(status: &str, body: &Value<'_>, output: Seq<'_>) -> Option<Cow<'static, str>> {
    Some(match status {
        "" => return None,
        "completed" if item::calls_back(output) => finish::normalize("tool_calls"),
        // What capture left out may have been a call, where there was a tool to call.
        "completed" if item::is_cut(output) && read::list(body, "tools").next().is_some() => return None,
        "incomplete" => {
            let details = read::map(body, "incomplete_details");
            finish::normalize(details.and_then(|details| read::text(&details, "reason")).unwrap_or(status))
        }
        other => finish::normalize(other),
    })
}

/// The tokens: cached ones are part of the input, reasoning is part of the output.
fn tokens(usage: &Value<'_>) -> Usage {
    let input = read::map(usage, "input_tokens_details");
    let output = read::map(usage, "output_tokens_details");
    let counted = Usage {
        input: read::count(usage, "input_tokens"),
        output: read::count(usage, "output_tokens"),
        cache_read: input.and_then(|details| read::count(&details, "cached_tokens")),
        cache_write: input.and_then(|details| read::count(&details, "cache_write_tokens")),
        reasoning: output.and_then(|details| read::count(&details, "reasoning_tokens")),
    };
    counted.reconciled(read::count(usage, "total_tokens"))
}

/// Whether the model said anything in this message.
fn is_silent(message: &Message) -> bool {
    !message.parts.iter().any(|part| !matches!(part, Part::Text { content } if content.is_empty()))
}
