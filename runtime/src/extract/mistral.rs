//! Mistral's chat and its completion of code, where they differ from `OpenAI`'s.
//!
//! Most of their bodies could be from anybody; what only Mistral has tells that it is Mistral. Content in parts, with
//! thoughts among them, is read by [`chat_message`](super::chat_message) for all.
//!
//! [Reference](https://docs.mistral.ai/api/)

use super::openai_chat::OpenAiChat;
use super::sieve::Keys;
use super::{parameter, read};
use crate::llm::{Extractor, Partial, RequestFacts, ResponseFacts};
use crate::provider::names;
use crate::wire::tape::{Unread, Value};

pub(super) struct Mistral;

/// Keys of a request that nobody else has.
const OWN: &[&str] =
    &["safe_prompt", "random_seed", "prompt_mode", "document_image_limit", "document_page_limit"];

/// Of these, a request has one.
pub(super) const REQUEST: Keys = Keys::of(OWN);

/// Of these, a response has one.
pub(super) const RESPONSE: Keys = Keys::of(&["choices", "usage"]);

impl Extractor for Mistral {
    fn request(&self, body: &Value<'_>) -> Option<RequestFacts> {
        if !OWN.iter().any(|key| body.get(key).is_some()) {
            return None;
        }
        let mut facts = OpenAiChat.request(body)?.provider(names::MISTRAL);
        parameter::copy(body, &[("random_seed", "seed")], &mut facts);
        Some(facts)
    }

    fn response(&self, body: &Value<'_>) -> Option<ResponseFacts> {
        let facts = is_own(body, "message").then(|| OpenAiChat.response(body))??;
        Some(facts.provider(names::MISTRAL))
    }

    fn chunk(&self, chunk: &Value<'_>, answer: &mut Partial) -> bool {
        let is_taken = is_own(chunk, "delta") && OpenAiChat.chunk(chunk, answer);
        if is_taken {
            answer.set_provider(names::MISTRAL);
        }
        is_taken
    }
}

/// Whether nobody else has such an answer: seconds of sound among its tokens, or thoughts that are a list of parts.
fn is_own(body: &Value<'_>, key: &str) -> bool {
    let [usage, choices] = read::find(body, ["usage", "choices"]);
    let hears =
        usage.and_then(Unread::map).is_some_and(|usage| Value::Map(usage).has("prompt_audio_seconds"));
    let choices = choices.and_then(Unread::seq).unwrap_or_default();
    hears
        || choices.filter_map(|choice| read::map(&choice, key)).any(|said| {
            read::list(&said, "content").any(|part| {
                read::text(&part, "type") == Some("thinking")
                    && matches!(part.get("thinking"), Some(Value::Seq(_)))
            })
        })
}
