//! Rerankers: Cohere, Jina, Voyage, vLLM, Together, Bedrock and Text Embeddings Inference.
//!
//! They are given a question and documents, and say how much each document has to do with the question. That is no
//! operation of OpenTelemetry's; its name here is `rerank`. The question and the documents are the input, the
//! documents in their new order, with their scores, the output.
//!
//! References: [Cohere](https://docs.cohere.com/reference/rerank), [Jina](https://jina.ai/reranker/),
//! [Voyage](https://docs.voyageai.com/reference/reranker-api),
//! [Text Embeddings Inference](https://huggingface.github.io/text-embeddings-inference/).

use serde_json::json;

use super::sieve::Keys;
use super::{chat_message, read};
use crate::llm::{Detail, Extractor, RequestFacts, ResponseFacts};
use crate::provider::names;
use crate::wire::tape::{Seq, Value};
use crate::wire::{Message, Part, Usage};

const OPERATION: &str = "rerank";

pub(super) struct Rerank;

/// Of these, a request has one.
pub(super) const REQUEST: Keys = Keys::of(&["query"]);

/// Of these, a response has one.
pub(super) const RESPONSE: Keys = Keys::of(&["results", "data"]);

impl Extractor for Rerank {
    fn request(&self, body: &Value<'_>) -> Option<RequestFacts> {
        let query = read::content(body, "query")?;
        let documents = documents(body)?;
        let mut message = Message::user(query);
        for document in documents {
            message.parts.extend(
                text(&document).map(|content| Part::Other(json!({"type": "document", "content": content}))),
            );
        }
        let mut facts = RequestFacts::new().operation(OPERATION).message(message);
        facts.model = read::text(body, "model").map(Into::into);
        for key in ["top_n", "top_k", "topN"] {
            if let Some(count) = read::count(body, key) {
                facts = facts.parameter("top_k", count);
            }
        }
        Some(facts)
    }

    fn response(&self, body: &Value<'_>) -> Option<ResponseFacts> {
        let results = results(body)?;
        let mut message = Message::assistant("");
        message.parts = results.filter_map(|result| ranked(&result)).chain(others(body)).collect();
        let mut facts = ResponseFacts::new().operation(OPERATION).message(message);
        facts.model = read::text(body, "model").map(Into::into);
        facts.id = read::text(body, "id").map(Into::into);
        facts.usage = Usage { input: tokens(body), ..Usage::default() };
        if read::map(body, "meta").is_some_and(|meta| meta.get("api_version").is_some()) {
            facts = facts.provider(names::COHERE);
        }
        if let Some(searches) = searches(body) {
            facts = facts.detail(Detail::Searches, searches.to_string());
        }
        Some(facts)
    }
}

/// How many searches are billed: a query with many documents is several.
fn searches(body: &Value<'_>) -> Option<u64> {
    let billed = read::map(&read::map(body, "meta")?, "billed_units")?;
    read::count(&billed, "search_units")
}

/// The documents of a request. A question and documents are also what an answer is made from: a key that only
/// rerankers have tells, or the name of the model.
fn documents<'a>(body: &Value<'a>) -> Option<Seq<'a>> {
    const OWN: [&str; 6] = [
        "top_n",
        "return_documents",
        "max_tokens_per_doc",
        "max_chunks_per_doc",
        "rank_fields",
        "raw_scores",
    ];
    let named = read::text(body, "model").is_some_and(|model| model.to_ascii_lowercase().contains("rerank"));
    if !named && !OWN.iter().any(|key| body.get(key).is_some()) {
        return None;
    }
    match body.get("documents").or_else(|| body.get("texts"))? {
        Value::Seq(documents) => Some(documents),
        _ => None,
    }
}

const SCORES: [&str; 2] = ["relevance_score", "relevanceScore"];

/// The results of a response: each has the place of a document, and a score.
fn results<'a>(body: &Value<'a>) -> Option<Seq<'a>> {
    let results = match body {
        Value::Seq(results) => *results,
        body => match body.get("results").or_else(|| body.get("data"))? {
            Value::Seq(results) => results,
            _ => return None,
        },
    };
    let mut maps = results.filter(|result| !matches!(result, Value::Cut(_))).peekable();
    maps.peek()?;
    maps.all(|result| is_result(&result, body)).then_some(results)
}

/// Whether a body with results is a provider's for certain: of what a search finds, nobody counts the tokens.
fn is_signed(body: &Value<'_>) -> bool {
    let meta = read::map(body, "meta");
    tokens(body).is_some()
        || meta.is_some_and(|meta| ["api_version", "billed_units"].iter().any(|key| meta.get(key).is_some()))
        || read::text(body, "object") == Some("rerank")
}

/// Whether a result has the place of a document, and a score. In a body that nothing else tells from that of a
/// search, there is nothing besides but the document.
fn is_result(result: &Value<'_>, body: &Value<'_>) -> bool {
    let scores = match body {
        // A bare list is one of Text Embeddings Inference.
        Value::Seq(_) => &["score"][..],
        _ => &SCORES,
    };
    read::count(result, "index").is_some()
        && scores.iter().any(|key| read::number(result, key).is_some())
        && (is_signed(body) || has_only(result, &RESULT) && has_only(body, &BODY))
}

fn has_only(value: &Value<'_>, known: &[&str]) -> bool {
    match *value {
        Value::Map(map) => map.into_iter().all(|(key, _)| known.contains(&key)),
        _ => true,
    }
}

const RESULT: [&str; 6] = ["index", "score", "relevance_score", "relevanceScore", "document", "text"];

const BODY: [&str; 7] = ["results", "data", "id", "model", "object", "usage", "meta"];

/// What a provider has added to its responses.
fn others(body: &Value<'_>) -> Option<Part> {
    let Value::Map(map) = *body else { return None };
    let mut others = read::others(map, &BODY);
    others.retain(|_, value| !value.is_null());
    if others.is_empty() {
        return None;
    }
    others.insert("type".into(), OPERATION.into());
    Some(Part::Other(others.into()))
}

/// One result: which document, how well it fits, and its text where the server sends that back.
fn ranked(result: &Value<'_>) -> Option<Part> {
    let key = SCORES.iter().chain(&["score"]).find(|key| result.get(key).is_some())?;
    let score = match result.get(key)? {
        Value::Text(_) => read::number(result, key)?.into(),
        score => read::to_json(&score),
    };
    let mut part = json!({"type": "document", "index": read::count(result, "index")?, "score": score});
    let content = result.get("document").as_ref().and_then(text).or_else(|| read::content(result, "text"));
    if let Some(content) = content {
        part["content"] = content.into();
    }
    if let (Value::Map(map), Some(part)) = (result, part.as_object_mut()) {
        for (key, value) in read::others(*map, &RESULT).into_iter().filter(|(_, value)| !value.is_null()) {
            part.entry(key).or_insert(value);
        }
    }
    Some(Part::Other(part))
}

/// The text of a document: itself, or under the key that most have it; else what there is, as JSON.
fn text(document: &Value<'_>) -> Option<String> {
    match document {
        Value::Text(text) => Some(text.to_string()),
        Value::Map(_) => read::content(document, "text").or_else(|| Some(document.to_json())),
        Value::Cut(_) => match chat_message::unknown(document) {
            Part::Text { content } => Some(content),
            _ => None,
        },
        _ => None,
    }
}

/// The tokens that were read. There are no others, so a total is as good; Cohere's are what it bills, which is none
/// for most.
fn tokens(body: &Value<'_>) -> Option<u64> {
    let of = |map: Value<'_>| {
        ["prompt_tokens", "input_tokens", "total_tokens"].iter().find_map(|key| read::count(&map, key))
    };
    read::map(body, "usage").and_then(of).or_else(|| {
        let meta = read::map(body, "meta")?;
        read::map(&meta, "billed_units").and_then(of).or_else(|| read::map(&meta, "tokens").and_then(of))
    })
}
