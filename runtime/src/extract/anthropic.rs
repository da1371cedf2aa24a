//! [Messages of Anthropic](https://platform.claude.com/docs/en/api/messages) and their
//! [streams](https://platform.claude.com/docs/en/build-with-claude/streaming): at Anthropic itself, on Bedrock and
//! Vertex AI, and at others who speak them.
//!
//! A request of nothing but a model and texts cannot be told from one of `OpenAI`'s, and says the same: it is left to
//! [`openai_chat`](super::openai_chat).

mod block;
mod event;

use super::sieve::Keys;
use super::{chat_message, finish, parameter, read};
use crate::llm::{Detail, ErrorFacts, Extractor, Partial, RequestFacts, ResponseFacts};
use crate::provider::names;
use crate::wire::tape::{Seq, Value};
use crate::wire::{Message, Part, Role, Usage};

pub(super) struct Anthropic;

/// Of these, a request has one.
pub(super) const REQUEST: Keys =
    Keys::of(&["anthropic_version", "system", "output_config", "tools"]).or_parts();

/// Of these, a response has one.
pub(super) const RESPONSE: Keys = Keys::of(&["content", "error"]);

impl Extractor for Anthropic {
    fn request(&self, body: &Value<'_>) -> Option<RequestFacts> {
        let Value::Seq(messages) = body.get("messages")? else { return None };
        let version = read::text(body, "anthropic_version");
        if version.is_none() && !is_particular(body, messages) {
            return None;
        }
        let mut facts = RequestFacts::new();
        facts.provider = version.and_then(platform).map(Into::into);
        facts.model = read::text(body, "model").map(Into::into);
        chat_message::parts(body.get("system"), &mut facts.system);
        facts.messages =
            messages.filter(|said| matches!(said, Value::Map(_))).map(|said| message(&said)).collect();
        facts.tools = read::list(body, "tools").filter_map(|tool| block::tool(&tool)).collect();
        parameter::copy(body, &parameter::COMMON, &mut facts);
        if let Some(config) = read::map(body, "output_config") {
            parameter::copy(&config, &[("effort", "reasoning.level")], &mut facts);
        }
        parameter::output_type(output_format(body), &mut facts);
        Some(facts)
    }

    fn response(&self, body: &Value<'_>) -> Option<ResponseFacts> {
        if let Some(error) = error(body) {
            return Some(ResponseFacts::new().error(error));
        }
        let Value::Seq(content) = body.get("content")? else { return None };
        let usage = read::map(body, "usage").map(|usage| counts(&usage)).unwrap_or_default();
        let is_whole = body.get("stop_reason").is_some() || usage.input.is_some();
        if !is_whole || !read::text(body, "role").is_some_and(|role| role.eq_ignore_ascii_case("assistant")) {
            return None;
        }
        let mut facts = ResponseFacts::new().usage(usage.cache_apart().consistent());
        facts.details = read::map(body, "usage").map(|usage| billed(&usage).collect()).unwrap_or_default();
        facts.model = read::text(body, "model").map(Into::into);
        facts.id = read::text(body, "id").map(Into::into);
        facts.provider = facts.id.as_deref().and_then(platform).map(Into::into);
        let mut answer = Message::assistant("");
        answer.parts = content.flat_map(|said| block::parts(&said)).collect();
        answer.parts.extend(refusal(body));
        answer.finish_reason = read::text(body, "stop_reason").map(finish::normalize);
        Some(facts.message(answer))
    }

    fn chunk(&self, chunk: &Value<'_>, answer: &mut Partial) -> bool {
        event::add(chunk, answer)
    }
}

/// Whether something is there that only Anthropic has, and nothing that only `OpenAI` has.
fn is_particular(body: &Value<'_>, mut messages: Seq<'_>) -> bool {
    let all = messages;
    let is_foreign = |said: Value<'_>| {
        matches!(read::text(&said, "role"), Some("tool" | "function" | "developer"))
            || said.get("tool_calls").is_some()
    };
    let has_system = match body.get("system") {
        Some(Value::Text(system)) => !system.kept.is_empty(),
        Some(Value::Seq(mut system)) => system.any(|said| read::text(&said, "type") == Some("text")),
        _ => false,
    };
    let is_particular = has_system
        || read::map(body, "output_config").is_some()
        || read::list(body, "tools").any(|tool| block::is_tool(&tool))
        || all.flat_map(|said| read::list(&said, "content")).any(|said| block::is_particular(&said));
    is_particular && !messages.any(is_foreign) && chat_message::are_messages(body, "messages")
}

/// Who runs the model, by the version that a request speaks or the id that a response has, where they say it.
fn platform(mark: &str) -> Option<&'static str> {
    const PLATFORMS: [(&str, &str); 4] = [
        ("bedrock-", names::BEDROCK),
        ("msg_bdrk_", names::BEDROCK),
        ("vertex-", names::VERTEX_AI),
        ("msg_vrtx_", names::VERTEX_AI),
    ];
    PLATFORMS.iter().find(|(prefix, _)| mark.starts_with(prefix)).map(|(_, platform)| *platform)
}

fn message(said: &Value<'_>) -> Message {
    let role = read::text(said, "role").map_or(Role::User, chat_message::role);
    let mut message = Message::new(role, "");
    message.parts = block::contents(said.get("content"));
    message
}

/// The kind of a format that the answer has to have; `output_format` is what it was called before.
fn output_format<'a>(body: &Value<'a>) -> Option<&'a str> {
    let config = read::map(body, "output_config").and_then(|config| read::map(&config, "format"));
    read::text(&config.or_else(|| read::map(body, "output_format"))?, "type")
}

/// What the policy is that the model refuses by, where it says so.
fn refusal(stopped: &Value<'_>) -> Option<Part> {
    let details = read::map(stopped, "stop_details")?;
    (read::text(&details, "type") == Some("refusal")).then(|| Part::Other(block::readable(&details)))
}

/// The tokens as Anthropic counts them: cached ones apart from the input, thoughts as part of the output.
fn counts(usage: &Value<'_>) -> Usage {
    let thought = read::map(usage, "output_tokens_details");
    Usage {
        input: read::count(usage, "input_tokens"),
        output: read::count(usage, "output_tokens"),
        cache_read: read::count(usage, "cache_read_input_tokens"),
        cache_write: read::count(usage, "cache_creation_input_tokens").or_else(|| written(usage)),
        reasoning: thought.and_then(|details| read::count(&details, "thinking_tokens")),
    }
}

/// What is billed besides the tokens, and what makes them cost something else than usual.
fn billed(usage: &Value<'_>) -> impl Iterator<Item = (Detail, String)> {
    let searches =
        read::map(usage, "server_tool_use").and_then(|used| read::count(&used, "web_search_requests"));
    let tier = ["speed", "service_tier"]
        .into_iter()
        .find_map(|key| read::text(usage, key).filter(|tier| *tier != "standard"));
    let searches = searches.map(|count| (Detail::Searches, count.to_string()));
    searches.into_iter().chain(tier.map(|tier| (Detail::PriceTier, tier.to_owned())))
}

/// What was written to the cache, from its parts: one for each time to live.
fn written(usage: &Value<'_>) -> Option<u64> {
    let split = read::map(usage, "cache_creation")?;
    let of = |key| read::count(&split, key);
    match (of("ephemeral_5m_input_tokens"), of("ephemeral_1h_input_tokens")) {
        (None, None) => None,
        (short, long) => Some(short.unwrap_or(0).saturating_add(long.unwrap_or(0))),
    }
}

/// `{"type": "error", "error": {"type": …, "message": …}}`, as a body and in a stream.
fn error(body: &Value<'_>) -> Option<ErrorFacts> {
    let error = read::map(body, "error").filter(|_| read::text(body, "type") == Some("error"))?;
    let message = read::content(&error, "message").filter(|message| !message.is_empty())?;
    Some(ErrorFacts::new(read::text(&error, "type")?, message))
}
