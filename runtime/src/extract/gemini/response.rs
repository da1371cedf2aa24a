//! Responses, whole or in pieces, as they say it themselves.

use std::borrow::Cow;

use super::super::{finish, read};
use super::model;
use super::spelling::{each, get, is, items, pick, text, word};
use crate::provider::names;
use crate::wire::Usage;
use crate::wire::tape::Value;

/// A response, or a piece of one.
pub(super) struct Response<'a> {
    candidates: Option<Value<'a>>,
    /// The tokens so far.
    pub(super) usage: Usage,
    pub(super) provider: &'static str,
    pub(super) model: Option<&'a str>,
    pub(super) id: Option<&'a str>,
    /// The prompt was not even given to the model.
    pub(super) is_blocked: bool,
}

impl<'a> Response<'a> {
    /// None where there is neither an answer, nor the reason that there is none, nor just the tokens.
    pub(super) fn read(body: &Value<'a>) -> Option<Self> {
        let [candidates, feedback, counts, name, id, embedding, embeddings] = pick(
            body,
            [
                "candidates",
                "promptFeedback",
                "usageMetadata",
                "modelVersion",
                "responseId",
                "embedding",
                "embeddings",
            ],
        );
        let [blocked, ratings] =
            feedback.map_or([None; 2], |feedback| pick(&feedback, ["blockReason", "safetyRatings"]));
        let (usage, provider) = tokens(counts);
        let text = |said: Option<Value<'a>>| said?.as_str().filter(|text| !text.is_empty());
        let response = Self {
            candidates,
            usage,
            provider,
            model: text(name).map(model),
            id: text(id),
            is_blocked: blocked.is_some(),
        };
        let signs = [!usage.is_empty(), response.model.is_some(), response.id.is_some()];
        let signs = signs.into_iter().filter(|sign| *sign).count();
        let is_one = match response.candidates().next() {
            Some(candidate) => candidate.is_one(signs),
            // Embeddings count tokens in the same way.
            None if embedding.or(embeddings).is_some() => false,
            None => blocked.or(ratings).is_some() || !usage.is_empty() && (signs > 1 || counts_only(body)),
        };
        is_one.then_some(response)
    }

    pub(super) fn candidates(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        let candidates = items(self.candidates).filter(|said| matches!(said, Value::Map(_)));
        candidates.map(|said| {
            let [content, finish, index] = pick(&said, ["content", "finishReason", "index"]);
            Candidate { content, finish, index: index.and_then(|index| read::whole(&index)) }
        })
    }
}

/// One of the answers.
pub(super) struct Candidate<'a> {
    pub(super) content: Option<Value<'a>>,
    finish: Option<Value<'a>>,
    pub(super) index: Option<u64>,
}

impl<'a> Candidate<'a> {
    /// Whether this is an answer of a model's: elections have candidates, too. The signs are those of Gemini beside
    /// the candidates.
    fn is_one(&self, signs: usize) -> bool {
        let has_said = match &self.content {
            Some(content @ Value::Map(_)) => {
                get(content, "parts").is_some()
                    || text(content, "role").is_some_and(|role| word(role) == "model")
                    || signs > 0 && read::is_cut(content)
            }
            Some(Value::Cut(_)) => signs > 0,
            Some(_) => return signs > 1,
            None => false,
        };
        let has_stopped = matches!(self.finish_reason(false), Some(Cow::Borrowed(_)));
        has_said || signs > 1 || has_stopped && (signs > 0 || self.index.is_some())
    }

    /// What is said, part by part.
    pub(super) fn parts(&self) -> impl Iterator<Item = Value<'a>> + use<'a> {
        self.content.into_iter().flat_map(|content| each(&content, "parts"))
    }

    /// Why the model stopped. There is no word for "to call a tool": it stopped, and the answer has a call.
    pub(super) fn finish_reason(&self, calls_tools: bool) -> Option<Cow<'static, str>> {
        let reason = match self.finish? {
            // Clients that are made from the protocol's definition have numbers; from 6 on, the two servers differ.
            Value::Unsigned(number) => match number {
                1 => "stop",
                2 => "max_tokens",
                3 => "safety",
                4 => "recitation",
                5 => "other",
                7 | 8 => "prohibited_content",
                _ => return None,
            }
            .into(),
            said => word(said.as_str()?),
        };
        if reason.is_empty() || reason.ends_with("unspecified") {
            return None;
        }
        let reason = finish::normalize(&reason);
        Some(if calls_tools && reason == "stop" { "tool_call".into() } else { reason })
    }
}

/// Whether nothing stands in the body that could be an answer, but for what the model left out or capture cut.
fn counts_only(body: &Value<'_>) -> bool {
    let Value::Map(mut map) = *body else { return false };
    map.all(|(key, value)| match value {
        Value::Map(_) => is(key, "usageMetadata"),
        Value::Seq(mut list) => is(key, "candidates") && list.all(|said| matches!(said, Value::Cut(_))),
        Value::Text(_) => ["modelVersion", "responseId", "createTime"].iter().any(|name| is(key, name)),
        _ => true,
    })
}

/// The tokens, and who counted them: only Vertex AI says from which quota it served.
///
/// What tools brought in is not part of the prompt, and thoughts are not part of the candidates.
fn tokens(counts: Option<Value<'_>>) -> (Usage, &'static str) {
    let Some(counts) = counts else { return (Usage::default(), names::GOOGLE) };
    let [prompt, from_tools, said, thoughts, cached, quota] = pick(
        &counts,
        [
            "promptTokenCount",
            "toolUsePromptTokenCount",
            "candidatesTokenCount",
            "thoughtsTokenCount",
            "cachedContentTokenCount",
            "trafficType",
        ],
    );
    let count = |said: Option<Value<'_>>| read::whole(&said?);
    let thoughts = count(thoughts);
    let usage = Usage {
        input: count(prompt).map(|prompt| prompt.saturating_add(count(from_tools).unwrap_or_default())),
        // Counts of zero are left out: a model that has only thought so far has said nothing.
        output: count(said).or(thoughts.map(|_| 0)),
        cache_read: count(cached),
        cache_write: None,
        reasoning: thoughts,
    };
    (usage.reasoning_apart(), if quota.is_some() { names::VERTEX_AI } else { names::GOOGLE })
}
