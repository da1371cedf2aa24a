//! Chat Completions of `OpenAI`, and of every server that speaks them: Azure, Groq, `DeepSeek`, `OpenRouter`, vLLM,
//! llama.cpp, xAI, Mistral and many more. Legacy text completions too.
//!
//! Most bodies do not say whose server it was; the host or the model may, see [`provider`](crate::provider).
//!
//! [Reference](https://platform.openai.com/docs/api-reference/chat)

mod chunk;
mod error;
mod usage;

use super::{chat_message, envelope, finish, parameter, read};
use crate::llm::{Detail, Extractor, Partial, RequestFacts, ResponseFacts};
use crate::provider::names;
use crate::wire::tape::{Seq, Value};
use crate::wire::{Message, Part, Role};

pub(super) use error::{error, is_failure};

pub(super) struct OpenAiChat;

impl Extractor for OpenAiChat {
    fn request(&self, body: &Value<'_>) -> Option<RequestFacts> {
        let mut facts = if chat_message::are_messages(body, "messages") {
            let messages = chat_message::messages(body, "messages");
            RequestFacts { messages, ..RequestFacts::new() }.detail(Detail::Api, "chat_completions")
        } else {
            prompted(body)?
        };
        facts.model = read::text(body, "model").map(Into::into);
        facts.tools = chat_message::tools(body, "tools");
        facts.tools.extend(chat_message::tools(body, "functions"));
        parameter::copy(body, parameter::COMMON, &mut facts);
        parameter::copy(body, &[("reasoning_effort", "reasoning.level")], &mut facts);
        if let Some(reasoning) = read::map(body, "reasoning") {
            parameter::copy(&reasoning, &[("effort", "reasoning.level")], &mut facts);
        }
        parameter::output_type(output_type(body), &mut facts);
        if let Some(tier) = read::text(body, "service_tier") {
            facts = facts.detail(Detail::RequestServiceTier, tier);
        }
        Some(facts)
    }

    fn response(&self, body: &Value<'_>) -> Option<ResponseFacts> {
        let failed = error(body);
        let Some(Value::Seq(choices)) = body.get("choices") else {
            let provider = provider(body).map(Into::into);
            let failed = failed.filter(|_| envelope::is_of_error(body));
            return failed.map(|error| ResponseFacts { provider, ..ResponseFacts::new() }.error(error));
        };
        if !is_completion(body, choices) && !are_answers(choices) {
            return None;
        }
        let choices = choices.filter(|choice| matches!(choice, Value::Map(_)));
        let mut facts = ResponseFacts {
            operation: read::text(body, "object").filter(|object| *object == TEXT).map(|_| TEXT.into()),
            provider: provider(body).map(Into::into),
            model: read::text(body, "model").map(Into::into),
            id: read::text(body, "id").map(Into::into),
            messages: choices.clone().map(|choice| answer(&choice)).collect(),
            usage: usage::tokens(body),
            cost: read::map(body, "usage").and_then(|usage| usage::cost(&usage)),
            error: failed.or_else(|| choices.clone().find_map(|choice| error(&choice))),
            ..ResponseFacts::new()
        };
        if let Some(first) = facts.messages.first_mut() {
            first.parts.extend(sources(body));
        }
        for (key, detail) in DETAILS {
            if let Some(value) = read::text(body, key) {
                facts = facts.detail(detail, value);
            }
        }
        Some(facts)
    }

    fn chunk(&self, chunk: &Value<'_>, answer: &mut Partial) -> bool {
        chunk::add(chunk, answer)
    }
}

/// The operation of the old interface, which is also the type of its responses.
const TEXT: &str = "text_completion";

const DETAILS: [(&str, Detail); 2] =
    [("service_tier", Detail::ResponseServiceTier), ("system_fingerprint", Detail::SystemFingerprint)];

/// A request that has a prompt, or an input, in the place of messages.
///
/// With a model that is nothing particular: embeddings, images and speech are asked for in the same way. What is
/// said to which model is certain; the operation is, where a parameter of the old completions is there.
fn prompted(body: &Value<'_>) -> Option<RequestFacts> {
    const OWN: [&str; 10] = [
        "max_tokens",
        "temperature",
        "top_p",
        "stop",
        "logprobs",
        "echo",
        "suffix",
        "best_of",
        "frequency_penalty",
        "presence_penalty",
    ];
    read::text(body, "model")?;
    // A response repeats much of its request.
    if body.get("object").is_some() || body.get("output").is_some() {
        return None;
    }
    let said = |key| body.get(key).filter(|value| matches!(value, Value::Text(_) | Value::Seq(_)));
    let prompt = said("prompt");
    let mut parts = chat_message::inputs(prompt.or_else(|| said("input"))?);
    if parts.is_empty() {
        return None;
    }
    if let Some(suffix) = read::content(body, "suffix").filter(|suffix| !suffix.is_empty()) {
        parts.push(Part::Other(serde_json::json!({"type": "suffix", "content": suffix})));
    }
    let mut message = Message::user("");
    message.parts = parts;
    let facts = RequestFacts::new().message(message);
    let is_completion = prompt.is_some() && OWN.iter().any(|key| body.get(key).is_some());
    Some(if is_completion { facts.operation(TEXT) } else { facts })
}

/// The kind of output: sound where that is wanted as well as text.
fn output_type<'a>(body: &Value<'a>) -> Option<&'a str> {
    let wants = |kind| read::list(body, "modalities").any(|modality| modality.as_str() == Some(kind));
    match ["audio", "image"].into_iter().find(|kind| wants(kind)) {
        Some("audio") => Some("speech"),
        Some(kind) => Some(kind),
        None => read::text(&read::map(body, "response_format")?, "type"),
    }
}

/// Whether the body says that it is a completion: by its type, or by a model and what it used. Surveys may have
/// those, too: they count no tokens, and have other choices.
fn is_completion(body: &Value<'_>, mut choices: Seq<'_>) -> bool {
    const OWN: [&str; 3] = ["message", "finish_reason", "logprobs"];
    match read::text(body, "object") {
        Some(object) if object.contains("chat.completion") || object == TEXT => true,
        _ => read::text(body, "model").and_then(|_| read::map(body, "usage")).is_some_and(|usage| {
            let counts = read::count(&usage, "total_tokens").is_some() || !usage::tokens(body).is_empty();
            counts || choices.any(|choice| OWN.iter().any(|key| choice.get(key).is_some()))
        }),
    }
}

/// Whether each choice can only be an answer of a model. Surveys have choices too, with texts.
fn are_answers(choices: Seq<'_>) -> bool {
    let mut choices = choices.filter(|choice| !matches!(choice, Value::Cut(_))).peekable();
    choices.peek().is_some()
        && choices.all(|choice| match read::map(&choice, "message") {
            Some(message) => {
                let role = read::text(&message, "role").map(chat_message::role);
                role.map_or(choice.get("finish_reason").is_some(), |role| role == Role::Assistant)
            }
            None => {
                read::text(&choice, "text").is_some()
                    && choice.get("finish_reason").is_some()
                    && (choice.get("index").is_some() || choice.get("logprobs").is_some())
            }
        })
}

/// One choice of a whole response. What a content filter stopped may have no message.
fn answer(choice: &Value<'_>) -> Message {
    let mut message = match read::map(choice, "message") {
        Some(message) => chat_message::message(&message),
        None => Message::assistant(read::content(choice, "text").unwrap_or_default()),
    };
    // In the model's own words where the gateway has none.
    let word = read::text(choice, "finish_reason").or_else(|| read::text(choice, "native_finish_reason"));
    message.finish_reason = word.map(finish::normalize);
    message
}

/// What a server that searches the web says of its sources, beside the choices.
fn sources(body: &Value<'_>) -> Vec<Part> {
    let source = |key: &str| {
        let list = read::json(body, key).filter(|list| list.as_array().is_some_and(|list| !list.is_empty()));
        list.map(|list| Part::Other(serde_json::json!({"type": key, key: list})))
    };
    source("search_results").or_else(|| source("citations")).into_iter().collect()
}

/// Whose server it was, where only one has such a key. [`provider`](crate::provider) looks at the model besides.
fn provider(body: &Value<'_>) -> Option<&'static str> {
    let Value::Map(map) = body else { return None };
    let keys = read::list(body, "choices").filter_map(|choice| match choice {
        Value::Map(choice) => Some(choice),
        _ => None,
    });
    (*map)
        .into_iter()
        .find_map(|(key, value)| answerer(key, &value))
        .or_else(|| keys.flatten().find_map(|(key, _)| chooser(key)))
}

/// Whose server it was that has this key beside its choices.
fn answerer(key: &str, value: &Value<'_>) -> Option<&'static str> {
    match key {
        "x_groq" if matches!(value, Value::Map(_)) => Some(names::GROQ),
        "usage" => value.get("cost_in_usd_ticks").map(|_| names::X_AI),
        "prompt_filter_results" => Some(names::AZURE_OPENAI),
        "object" if value.as_str().is_some_and(|object| object.starts_with("extensions.")) => {
            Some(names::AZURE_OPENAI)
        }
        "error" => value.get("innererror").map(|_| names::AZURE_OPENAI),
        _ => None,
    }
}

/// Whose server it was that has this key in its choices.
fn chooser(key: &str) -> Option<&'static str> {
    match key {
        "content_filter_results" => Some(names::AZURE_OPENAI),
        "native_finish_reason" => Some(names::OPENROUTER),
        _ => None,
    }
}
