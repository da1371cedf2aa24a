//! Requests: contents, instructions, tools, and how to generate.

use super::super::{parameter, read};
use super::content;
use super::spelling::{each, get, text, word};
use super::{OPERATION, model};
use crate::llm::RequestFacts;
use crate::provider::names;
use crate::wire::Role;
use crate::wire::tape::Value;

pub(super) fn read(body: &Value<'_>) -> Option<RequestFacts> {
    if !is_request(body) {
        return None;
    }
    let mut facts = RequestFacts::new().operation(OPERATION).provider(names::GOOGLE);
    facts.messages = each(body, "contents").map(|said| content::message(&said, Role::User)).collect();
    if let Some(system) = get(body, "systemInstruction") {
        facts.system = content::parts(&system);
    }
    facts.tools = content::tools(body);
    if let Some(name) = text(body, "model") {
        if name.starts_with("projects/") || name.starts_with("publishers/") {
            facts.provider = Some(names::VERTEX_AI.into());
        }
        facts.model = Some(model(name).into());
    }
    if let Some(config) = get(body, "generationConfig") {
        configure(&config, &mut facts);
    }
    Some(facts)
}

/// Whether there are contents with parts. Where capture cut them off, something beside them has to be Gemini's.
fn is_request(body: &Value<'_>) -> bool {
    let Some(first) = each(body, "contents").next() else { return false };
    if matches!(first, Value::Cut(_)) || read::is_cut(&first) {
        let known = ["generationConfig", "systemInstruction", "safetySettings"];
        return known.iter().any(|name| matches!(get(body, name), Some(Value::Map(_) | Value::Seq(_))));
    }
    get(&first, "parts").is_some()
}

const PARAMETERS: [(&str, &str); 16] = [
    ("temperature", "temperature"),
    ("topP", "top_p"),
    ("top_p", "top_p"),
    ("topK", "top_k"),
    ("top_k", "top_k"),
    ("maxOutputTokens", "max_tokens"),
    ("max_output_tokens", "max_tokens"),
    ("candidateCount", "choice.count"),
    ("candidate_count", "choice.count"),
    ("stopSequences", "stop_sequences"),
    ("stop_sequences", "stop_sequences"),
    ("frequencyPenalty", "frequency_penalty"),
    ("frequency_penalty", "frequency_penalty"),
    ("presencePenalty", "presence_penalty"),
    ("presence_penalty", "presence_penalty"),
    ("seed", "seed"),
];

/// Adds what the configuration of the generation says.
fn configure(config: &Value<'_>, facts: &mut RequestFacts) {
    parameter::copy(config, &PARAMETERS, facts);
    let thinking = get(config, "thinkingConfig");
    let level = thinking.and_then(|thinking| get(&thinking, "thinkingLevel"));
    let level = level.and_then(|level| level.as_str().map(word)).unwrap_or_default();
    if !level.is_empty() && !level.ends_with("unspecified") {
        facts.parameters.push(("reasoning.level".into(), level.into()));
    }
    let modality = each(config, "responseModalities")
        .filter_map(|modality| Some(word(modality.as_str()?)))
        .find_map(|modality| {
            [("image", "image"), ("audio", "speech")].into_iter().find(|(said, _)| modality == *said)
        });
    let schema = ["responseSchema", "responseJsonSchema"].iter().any(|name| get(config, name).is_some());
    match (modality, text(config, "responseMimeType")) {
        (Some((_, kind)), _) => facts.parameters.push(("output.type".into(), kind.into())),
        (None, Some("text/plain")) => parameter::output_type(Some("text"), facts),
        (None, None) if schema => parameter::output_type(Some("json"), facts),
        (None, said) => parameter::output_type(said, facts),
    }
}
