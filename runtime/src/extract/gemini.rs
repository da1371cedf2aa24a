//! `generateContent` and `streamGenerateContent` of Gemini, on the Gemini API and on Vertex AI.
//!
//! The meaning of the fields: <https://ai.google.dev/api/generate-content> and
//! <https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference>. The REST names are in camel
//! case; both servers take snake case too, and some clients have it. What the program asks for by URL, the model
//! and whether to stream, is not in the body. A stream is a list of responses, each with the parts that are new and
//! the tokens so far.

mod content;
mod request;
mod response;
mod spelling;

use super::sieve::Keys;
use super::{envelope, read};
use crate::llm::{ErrorFacts, Extractor, Partial, RequestFacts, ResponseFacts};
use crate::wire::tape::Value;
use crate::wire::{Message, Part, Role};
use response::Response;

pub(super) struct Gemini;

/// Of these, a request has one.
pub(super) const REQUEST: Keys = Keys::of(&["contents"]).or_odd();

/// Of these, a response has one.
pub(super) const RESPONSE: Keys = Keys::of(&["candidates", "error"]).or_odd();

const OPERATION: &str = "generate_content";

impl Extractor for Gemini {
    fn request(&self, body: &Value<'_>) -> Option<RequestFacts> {
        request::read(body)
    }

    fn response(&self, body: &Value<'_>) -> Option<ResponseFacts> {
        if let Some(error) = error(body) {
            return Some(ResponseFacts::new().error(error));
        }
        let said = Response::read(body)?;
        let mut facts = ResponseFacts::new().operation(OPERATION).provider(said.provider).usage(said.usage);
        facts.model = said.model.map(Into::into);
        facts.id = said.id.map(Into::into);
        for candidate in said.candidates() {
            let mut message = match &candidate.content {
                Some(said) => content::message(said, Role::Assistant),
                None => Message::assistant(""),
            };
            let calls = message.parts.iter().any(|part| matches!(part, Part::ToolCall { .. }));
            message.finish_reason = candidate.finish_reason(calls);
            facts.messages.push(message);
        }
        if facts.messages.is_empty() && said.is_blocked {
            facts.messages.push(Message::assistant("").finish_reason(BLOCKED));
        }
        Some(facts)
    }

    fn chunk(&self, chunk: &Value<'_>, answer: &mut Partial) -> bool {
        if let Some(error) = error(chunk) {
            answer.fail(error);
            return true;
        }
        let Some(said) = Response::read(chunk) else { return false };
        answer.set_operation(OPERATION);
        answer.set_provider(said.provider);
        answer.set_model(said.model.unwrap_or_default());
        answer.set_id(said.id.unwrap_or_default());
        answer.update_usage(said.usage);
        for (place, candidate) in said.candidates().enumerate() {
            let mut so_far = answer.choice(candidate.index.unwrap_or(place as u64));
            candidate.parts().filter_map(|said| content::part(&said)).for_each(|part| so_far.add(part));
            if let Some(reason) = candidate.finish_reason(so_far.calls_tools()) {
                so_far.finish(reason);
            }
        }
        if said.is_blocked {
            answer.choice(0).finish(BLOCKED);
        }
        true
    }
}

/// The name within a resource's: `models/gemini-2.5-pro`, `projects/…/publishers/google/models/gemini-2.5-pro`.
fn model(name: &str) -> &str {
    match name.rsplit_once('/') {
        Some((path, name)) if path == "models" || path.ends_with("/models") => name,
        _ => name,
    }
}

const BLOCKED: &str = "content_filter";

/// `{"error": {"code": 429, "message": …, "status": "RESOURCE_EXHAUSTED"}}`; the status tells it from others'.
fn error(body: &Value<'_>) -> Option<ErrorFacts> {
    let error = read::map(body, "error").filter(|_| envelope::is_of_error(body))?;
    let is_word = |status: &&str| status.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let status = read::text(&error, "status").filter(is_word)?;
    Some(ErrorFacts::new(status, read::content(&error, "message")?))
}
