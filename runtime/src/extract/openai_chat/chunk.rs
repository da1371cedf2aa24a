//! Chunks of streamed completions.
//!
//! Each map is walked once: a long stream is put together while the program waits for its next chunk.

use super::{DETAILS, SOURCES, TEXT, answerer, chooser, error, sources, usage};
use crate::extract::{chat_message, envelope, finish, media, read};
use crate::llm::{ErrorFacts, Partial, PartialChoice};
use crate::wire::Part;
use crate::wire::tape::{Map, Seq, Value};

/// Adds a chunk to those before; false where it is none.
pub(super) fn add(chunk: &Value<'_>, answer: &mut Partial) -> bool {
    let Value::Map(map) = chunk else { return false };
    let (mut choices, mut object) = (None, "");
    for (key, value) in *map {
        match (key, value) {
            ("choices", Value::Seq(list)) => choices = Some(list),
            ("object", Value::Text(text)) => object = text.kept,
            _ => {}
        }
    }
    let own_error = || error(chunk).filter(|_| envelope::is_of_error(chunk));
    let Some(choices) = choices else { return fail(own_error(), answer) };
    if !object.ends_with("chat.completion.chunk") && object != TEXT && !are_pieces(chunk, choices) {
        return fail(own_error(), answer);
    }
    for (key, value) in *map {
        describe(chunk, key, &value, answer);
    }
    for choice in choices {
        if let Value::Map(map) = choice {
            choose(chunk, &choice, map, answer);
        }
    }
    true
}

/// Says that the provider broke off, where it did.
fn fail(error: Option<ErrorFacts>, answer: &mut Partial) -> bool {
    let failed = error.is_some();
    if let Some(error) = error {
        answer.fail(error);
    }
    failed
}

/// Whether a chunk that does not say it can only be one. Azure's first has no choices but what the filters say of the
/// prompt; the last has none but the usage.
fn are_pieces(chunk: &Value<'_>, choices: Seq<'_>) -> bool {
    let has = |value: &Value<'_>, keys: &[&str]| keys.iter().any(|key| value.get(key).is_some());
    let mut choices = choices.filter(|choice| matches!(choice, Value::Map(_))).peekable();
    if choices.peek().is_none() {
        let counts = read::map(chunk, "usage").is_some_and(|usage| has(&usage, &["completion_tokens"]));
        return counts || has(chunk, &["prompt_filter_results"]) || error(chunk).is_some();
    }
    choices.all(|choice| {
        read::map(&choice, "delta").is_some()
            || has(&choice, &["content_filter_results"])
            || (has(&choice, &["text"]) && has(&choice, &["finish_reason", "logprobs"]))
    })
}

/// What a chunk says beside its choices.
fn describe(chunk: &Value<'_>, key: &str, value: &Value<'_>, answer: &mut Partial) {
    match (key, value) {
        ("id", Value::Text(id)) => answer.set_id(id.kept),
        ("model", Value::Text(model)) => answer.set_model(model.kept),
        ("object", Value::Text(object)) if object.kept == TEXT => answer.set_operation(TEXT),
        ("usage", Value::Map(_)) => {
            answer.update_usage(usage::counted(value));
            if let Some(cost) = usage::cost(value) {
                answer.set_cost(cost);
            }
        }
        ("timings", Value::Map(_)) if answer.usage().is_empty() => {
            answer.update_usage(usage::measured(value));
        }
        ("x_groq", Value::Map(_)) => {
            if let Some(counts) = read::map(value, "usage") {
                answer.update_usage(usage::counted(&counts));
            }
            fail(error(chunk), answer);
        }
        ("error", Value::Map(_) | Value::Text(_)) => {
            fail(error(chunk), answer);
        }
        (key, Value::Text(text)) => {
            let detail = DETAILS.iter().find(|(known, _)| *known == key && !text.kept.is_empty());
            if let Some((_, detail)) = detail {
                answer.set_detail(*detail, text.kept);
            }
        }
        _ => {}
    }
    if let Some(provider) = answerer(key, value) {
        answer.set_provider(provider);
    }
}

/// Adds one choice of a chunk.
fn choose(chunk: &Value<'_>, choice: &Value<'_>, map: Map<'_>, answer: &mut Partial) {
    let mut so_far = answer.choice(read::count(choice, "index").unwrap_or_default());
    let (mut counts, mut failed, mut reason, mut native, mut provider) = (None, None, None, None, None);
    for (key, value) in map {
        provider = provider.or(chooser(key.as_bytes()));
        match (key, value) {
            ("text", Value::Text(text)) => so_far.text(0, text.kept),
            // Some gateways send a message in the place of the delta.
            ("delta", Value::Map(delta)) => extend(&mut so_far, &value, delta),
            ("message", Value::Map(message)) if read::map(choice, "delta").is_none() => {
                extend(&mut so_far, &value, message);
            }
            ("finish_reason", Value::Text(word)) if !word.kept.is_empty() => reason = Some(word.kept),
            ("native_finish_reason", Value::Text(word)) if !word.kept.is_empty() => native = Some(word.kept),
            ("usage", Value::Map(_)) => counts = Some(usage::counted(&value)),
            ("error", Value::Map(_)) => failed = error(choice),
            _ => {}
        }
    }
    if let Some(word) = reason.or(native) {
        // What they say of their sources, they say in each chunk.
        if let Some(part) = sources(read::pick(chunk, SOURCES)) {
            so_far.part(part);
        }
        so_far.finish(finish::normalize(word));
    }
    if let Some(provider) = provider {
        answer.set_provider(provider);
    }
    if let Some(counts) = counts {
        answer.update_usage(counts);
    }
    fail(failed, answer);
}

/// Adds what the model said meanwhile.
fn extend(so_far: &mut PartialChoice<'_>, delta: &Value<'_>, map: Map<'_>) {
    let mut thought = None;
    let mut details = false;
    for (key, value) in map {
        match (key, value) {
            ("role", Value::Text(role)) if !role.kept.is_empty() => {
                so_far.role(chat_message::role(role.kept));
            }
            ("content", said) => content(so_far, said),
            ("refusal", Value::Text(piece)) if !piece.kept.is_empty() => so_far.text(1, piece.kept),
            ("audio", Value::Map(_)) => hear(so_far, &value),
            ("tool_calls", Value::Seq(calls)) => {
                for (place, call) in calls.filter(|call| matches!(call, Value::Map(_))).enumerate() {
                    tool_call(so_far, read::count(&call, "index").unwrap_or(place as u64), &call);
                }
            }
            ("function_call", Value::Map(_)) => tool_call(so_far, 0, &value),
            (chat_message::CONTEXT, Value::Map(_)) => so_far.part(chat_message::named(key, value)),
            ("reasoning_details", Value::Seq(_)) => details = true,
            // Some servers tell it under two names.
            (key, Value::Text(piece)) if thought.is_none() && chat_message::THOUGHTS.contains(&key) => {
                thought = Some(piece.kept).filter(|piece| !piece.is_empty());
            }
            (key, Value::Seq(list)) => {
                let mut parts = Vec::new();
                chat_message::list(key, list, &mut parts);
                for part in parts {
                    so_far.part(part);
                }
            }
            _ => {}
        }
    }
    match thought {
        Some(piece) => so_far.reasoning(0, piece),
        None if details => chat_message::details(delta).for_each(|piece| so_far.reasoning(0, &piece)),
        None => {}
    }
}

/// A piece of text; Mistral's may be a list of parts, each a piece of thought or text.
fn content(so_far: &mut PartialChoice<'_>, said: Value<'_>) {
    match said {
        Value::Text(piece) if !piece.kept.is_empty() => so_far.text(0, piece.kept),
        Value::Seq(_) => {
            let mut parts = Vec::new();
            chat_message::parts(Some(said), &mut parts);
            for part in parts {
                match part {
                    Part::Text { content } => so_far.text(0, &content),
                    Part::Reasoning { content } => so_far.reasoning(0, &content),
                    other => so_far.part(other),
                }
            }
        }
        _ => {}
    }
}

/// Sound comes in pieces that are of no use one by one: its id is kept, and what was said.
fn hear(so_far: &mut PartialChoice<'_>, audio: &Value<'_>) {
    if let Some(id) = read::text(audio, "id").filter(|_| so_far.parts() == 0) {
        so_far.part(media::file("audio", None, id));
    }
    if let Some(piece) = read::text(audio, "transcript") {
        so_far.text(2, piece);
    }
}

/// A piece of a tool call. Some servers send arguments whole, and as an object.
fn tool_call(so_far: &mut PartialChoice<'_>, block: u64, call: &Value<'_>) {
    let inner = chat_message::CALLED.iter().find_map(|key| read::map(call, key)).unwrap_or(*call);
    let id = read::text(call, "id").filter(|id| *id != "null");
    let name = read::text(&inner, "name");
    match inner.get("arguments").or_else(|| inner.get("input")) {
        Some(Value::Text(piece)) => so_far.tool_call(block, id, name, piece.kept),
        Some(whole @ Value::Map(_)) => so_far.tool_call(block, id, name, &whole.to_json()),
        _ => so_far.tool_call(block, id, name, ""),
    }
}
