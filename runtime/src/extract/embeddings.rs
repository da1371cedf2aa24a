//! Embeddings: of `OpenAI` and those who speak like it (Mistral, Voyage, Jina, vLLM), Cohere, Gemini and Vertex AI,
//! Ollama, and Titan on Bedrock.
//!
//! The vectors themselves are of no use to a reader: what is kept is how long they are.
//!
//! References: [OpenAI](https://platform.openai.com/docs/api-reference/embeddings),
//! [Cohere](https://docs.cohere.com/reference/embed), [Gemini](https://ai.google.dev/api/embeddings),
//! [Ollama](https://docs.ollama.com/api/embed), [Voyage](https://docs.voyageai.com/reference/embeddings-api),
//! [Titan](https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html).

mod request;
mod vector;

use super::read;
use super::sieve::Keys;
use crate::llm::{Extractor, RequestFacts, ResponseFacts};
use crate::provider::names;
use crate::wire::Usage;
use crate::wire::tape::Value;

use vector::Vectors;

const OPERATION: &str = "embeddings";

pub(super) struct Embeddings;

/// Of these, a request has one.
pub(super) const REQUEST: Keys = Keys::of(&[
    "input",
    "inputs",
    "texts",
    "images",
    "prompt",
    "content",
    "requests",
    "instances",
    "parameters",
    "inputText",
    "inputImage",
]);

/// Of these, a response has one.
pub(super) const RESPONSE: Keys = Keys::of(&["embedding", "embeddings", "predictions", "data"]);

impl Extractor for Embeddings {
    fn request(&self, body: &Value<'_>) -> Option<RequestFacts> {
        request::read(body)
    }

    fn response(&self, body: &Value<'_>) -> Option<ResponseFacts> {
        let vectors = Vectors::of(body).filter(|_| is_response(body))?;
        let mut facts = ResponseFacts::new().operation(OPERATION);
        facts.dimensions = vectors.dimensions;
        facts.provider = provider(body).map(Into::into);
        facts.model = read::text(body, "model").map(Into::into);
        facts.id = read::text(body, "id").map(Into::into);
        facts.usage = Usage { input: tokens(body), ..Usage::default() };
        Some(facts)
    }
}

/// Whether a body that has vectors is a provider's: there is nothing else, or what only a response has. Programs have
/// structs with a text and its vector.
fn is_response(body: &Value<'_>) -> bool {
    const BESIDE: [&str; 9] = [
        "model",
        "usage",
        "object",
        "meta",
        "response_type",
        "usageMetadata",
        "inputTextTokenCount",
        "total_duration",
        "predictions",
    ];
    let Value::Map(map) = *body else { return false };
    if is_row(body) || read::list(body, "data").next().is_some_and(|first| is_row(&first)) {
        return false;
    }
    map.count() == 1 || BESIDE.iter().any(|key| body.get(key).is_some())
}

/// Whether what the vector stands for is there too.
fn is_row(map: &Value<'_>) -> bool {
    ["text", "content", "title", "document", "chunk"].iter().any(|key| read::text(map, key).is_some())
}

/// The tokens that were read. There are no others, so a total is as good; Cohere's are what it bills.
fn tokens(body: &Value<'_>) -> Option<u64> {
    const KEYS: [&str; 4] = ["prompt_tokens", "input_tokens", "total_tokens", "promptTokenCount"];
    let counted = |of: &Value<'_>| KEYS.iter().find_map(|key| read::count(of, key));
    let within = |keys: &[&str]| {
        let mut map = *body;
        for key in keys {
            map = read::map(&map, key)?;
        }
        counted(&map)
    };
    within(&["usage"])
        .or_else(|| within(&["usageMetadata"]))
        .or_else(|| within(&["meta", "billed_units"]))
        .or_else(|| read::count(body, "prompt_eval_count"))
        .or_else(|| read::count(body, "inputTextTokenCount"))
        .or_else(|| vector::vertex_tokens(body))
}

/// Whose server it was, where only one has such a key.
fn provider(body: &Value<'_>) -> Option<&'static str> {
    if body.get("inputTextTokenCount").is_some() {
        Some(names::BEDROCK)
    } else if body.get("load_duration").is_some() {
        Some(names::OLLAMA)
    } else {
        read::map(&read::map(body, "meta")?, "api_version").map(|_| names::COHERE)
    }
}
