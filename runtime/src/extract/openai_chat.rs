//! Chat Completions of `OpenAI`, and of every server that speaks them: Azure, Groq, `DeepSeek`, `OpenRouter`, vLLM,
//! llama.cpp, xAI, Mistral and many more. Legacy text completions too.
//!
//! Most bodies do not say whose server it was; the host or the model may, see [`provider`](crate::provider).
//!
//! [Reference](https://platform.openai.com/docs/api-reference/chat)

mod chunk;
mod error;
mod usage;

use super::sieve::Keys;
use super::{chat_message, envelope, finish, parameter, read};
use crate::llm::{Detail, Extractor, Partial, RequestFacts, ResponseFacts};
use crate::provider::names;
use crate::wire::tape::{Seq, Value};
use crate::wire::{Message, Part, Role, Usage};

pub(super) use error::{error, is_failure};

pub(super) struct OpenAiChat;

/// Of these, a request has one.
pub(super) const REQUEST: Keys = Keys::of(&["messages", "prompt", "input"]);

/// Of these, a response has one.
pub(super) const RESPONSE: Keys = Keys::of(&["choices", "error", "object", "x_groq"]);

impl Extractor for OpenAiChat {
    fn request(&self, body: &Value<'_>) -> Option<RequestFacts> {
        let [model, messages, tools, functions, effort, reasoning, modalities, format, tier] =
            read::pick(body, REQUEST_KEYS);
        let model = filled(model);
        let mut facts = match messages {
            Some(Value::Seq(messages)) if chat_message::begins_chat(messages, model.is_some()) => {
                let transcript = chat_message::transcript(messages);
                let messages = match transcript {
                    Some(_) => Vec::new(),
                    None => messages.map(|said| chat_message::message(&said)).collect(),
                };
                RequestFacts { messages, transcript, ..RequestFacts::new() }
                    .detail(Detail::Api, "chat_completions")
            }
            _ => prompted(body)?,
        };
        facts.model = model.map(Into::into);
        facts.tools = [tools, functions].into_iter().flatten().flat_map(chat_message::definitions).collect();
        parameter::copy(body, &parameter::COMMON, &mut facts);
        if let Some(effort) = effort {
            parameter::add("reasoning.level", &effort, &mut facts);
        }
        if let Some(reasoning) = reasoning {
            parameter::copy(&reasoning, &[("effort", "reasoning.level")], &mut facts);
        }
        parameter::output_type(output_type(modalities, format), &mut facts);
        if let Some(tier) = filled(tier) {
            facts = facts.detail(Detail::RequestServiceTier, tier);
        }
        Some(facts)
    }

    fn response(&self, body: &Value<'_>) -> Option<ResponseFacts> {
        let failed = error(body);
        let [choices, object, model, id, usage, timings, tier, fingerprint, results, citations] =
            read::pick(body, RESPONSE_KEYS);
        let Some(Value::Seq(choices)) = choices else {
            let provider = provider(body, Seq::default()).map(Into::into);
            let failed = failed.filter(|_| envelope::is_of_error(body));
            return failed.map(|error| ResponseFacts { provider, ..ResponseFacts::new() }.error(error));
        };
        let (object, model) = (filled(object), filled(model));
        let usage = usage.filter(|usage| matches!(usage, Value::Map(_)));
        let tokens = match (&usage, timings) {
            (Some(usage), _) => usage::counted(usage),
            (None, Some(timings)) => usage::measured(&timings),
            (None, None) => Usage::default(),
        };
        let counts = usage
            .filter(|_| model.is_some())
            .map(|usage| !tokens.is_empty() || read::count(&usage, "total_tokens").is_some());
        if !is_completion(object, counts, choices) && !are_answers(choices) {
            return None;
        }
        let provider = provider(body, choices).map(Into::into);
        let choices = choices.filter(|choice| matches!(choice, Value::Map(_)));
        let mut facts = ResponseFacts {
            operation: object.filter(|object| *object == TEXT).map(|_| TEXT.into()),
            provider,
            model: model.map(Into::into),
            id: filled(id).map(Into::into),
            messages: choices.clone().map(|choice| answer(&choice)).collect(),
            usage: tokens,
            cost: usage.and_then(|usage| usage::cost(&usage)),
            error: failed.or_else(|| choices.clone().find_map(|choice| error(&choice))),
            ..ResponseFacts::new()
        };
        if let Some(first) = facts.messages.first_mut() {
            first.parts.extend(sources([results, citations]));
        }
        for ((_, detail), said) in DETAILS.into_iter().zip([tier, fingerprint]) {
            if let Some(said) = filled(said) {
                facts = facts.detail(detail, said);
            }
        }
        Some(facts)
    }

    fn chunk(&self, chunk: &Value<'_>, answer: &mut Partial) -> bool {
        chunk::add(chunk, answer)
    }
}

/// The keys of a request, but for its parameters.
const REQUEST_KEYS: [&str; 9] = [
    "model",
    "messages",
    "tools",
    "functions",
    "reasoning_effort",
    "reasoning",
    "modalities",
    "response_format",
    "service_tier",
];

/// The keys of a response, but for those that tell whose server it was, and those of an error.
const RESPONSE_KEYS: [&str; 10] = [
    "choices",
    "object",
    "model",
    "id",
    "usage",
    "timings",
    DETAILS[0].0,
    DETAILS[1].0,
    SOURCES[0],
    SOURCES[1],
];

const DETAILS: [(&str, Detail); 2] =
    [("service_tier", Detail::ResponseServiceTier), ("system_fingerprint", Detail::SystemFingerprint)];

/// Where servers that search the web have their sources; where they have both, the first says more.
const SOURCES: [&str; 2] = ["search_results", "citations"];

/// The text, where there is one.
fn filled(value: Option<Value<'_>>) -> Option<&str> {
    value?.as_str().filter(|text| !text.is_empty())
}

/// The operation of the old interface, which is also the type of its responses.
const TEXT: &str = "text_completion";

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
fn output_type<'a>(modalities: Option<Value<'a>>, format: Option<Value<'a>>) -> Option<&'a str> {
    let wants = |kind| match modalities {
        Some(Value::Seq(mut modalities)) => modalities.any(|modality| modality.as_str() == Some(kind)),
        _ => false,
    };
    match ["audio", "image"].into_iter().find(|kind| wants(kind)) {
        Some("audio") => Some("speech"),
        Some(kind) => Some(kind),
        None => read::text(&format?, "type"),
    }
}

/// Whether the body says that it is a completion: by its type, or by a model and what it used. Surveys may have
/// those, too: they count no tokens, and have other choices.
///
/// `counts` tells of a body that has both whether it counts tokens.
fn is_completion(object: Option<&str>, counts: Option<bool>, mut choices: Seq<'_>) -> bool {
    const OWN: [&str; 3] = ["message", "finish_reason", "logprobs"];
    match object {
        Some(object) if object.contains("chat.completion") || object == TEXT => true,
        _ => {
            counts.is_some_and(|counts| counts || choices.any(|choice| OWN.iter().any(|key| choice.has(key))))
        }
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

/// What a server that searches the web says of its sources, in the lists under these keys.
fn sources(lists: [Option<Value<'_>>; 2]) -> Option<Part> {
    let is_list =
        |list: &Value<'_>| matches!(*list, Value::Seq(sources) if sources.into_iter().next().is_some());
    let mut said = SOURCES.into_iter().zip(lists);
    let (key, list) = said.find_map(|(key, list)| Some((key, list.filter(is_list)?)))?;
    Some(Part::Other(serde_json::json!({"type": key, key: read::to_json(&list)})))
}

/// Whose server it was, where only one has such a key. [`provider`](crate::provider) looks at the model besides.
fn provider(body: &Value<'_>, choices: Seq<'_>) -> Option<&'static str> {
    let Value::Map(map) = body else { return None };
    let choices = choices.filter_map(|choice| match choice {
        Value::Map(choice) => Some(choice.keys()),
        _ => None,
    });
    let mut told = map.pairs().filter_map(|(key, value)| {
        let key = TELLING.into_iter().find(|telling| telling.as_bytes() == key)?;
        answerer(key, &value.read()?)
    });
    told.next().or_else(|| choices.flatten().find_map(chooser))
}

/// The keys that [`answerer`] knows.
const TELLING: [&str; 5] = ["x_groq", "usage", "prompt_filter_results", "object", "error"];

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
fn chooser(key: &[u8]) -> Option<&'static str> {
    match key {
        b"content_filter_results" => Some(names::AZURE_OPENAI),
        b"native_finish_reason" => Some(names::OPENROUTER),
        _ => None,
    }
}
