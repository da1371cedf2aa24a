//! Who is asked what a body says.

use std::sync::Arc;

use super::sieve::Keys;
use super::{
    anthropic, bedrock, cohere, embeddings, gemini, genai, mistral, ollama, openai_chat, openai_responses,
    rerank,
};
use crate::llm::{Extractor, Partial, RequestFacts, ResponseFacts};
use crate::span::guarded;
use crate::wire::tape::Value;

/// Everybody who is asked whether a body is theirs: the user's own first, then the built-in ones, from the most
/// to the least particular shape.
#[derive(Clone)]
pub(crate) struct Extractors(Arc<[Asked]>);

/// One who is asked, and about which bodies: those with any of these keys.
struct Asked {
    extractor: Box<dyn Extractor>,
    request: Keys,
    response: Keys,
}

impl Asked {
    fn new(extractor: impl Extractor + 'static, request: Keys, response: Keys) -> Self {
        Self { extractor: Box::new(extractor), request, response }
    }

    /// Of a user's own extractor nobody knows what it looks for.
    fn always(extractor: Box<dyn Extractor>) -> Self {
        Self { extractor, request: Keys::ALL, response: Keys::ALL }
    }
}

impl Extractors {
    pub(crate) fn new(own: Vec<Box<dyn Extractor>>) -> Self {
        let built_in = [
            Asked::new(genai::Genai, genai::REQUEST, genai::RESPONSE),
            Asked::new(anthropic::Anthropic, anthropic::REQUEST, anthropic::RESPONSE),
            Asked::new(gemini::Gemini, gemini::REQUEST, gemini::RESPONSE),
            Asked::new(bedrock::Bedrock, bedrock::REQUEST, bedrock::RESPONSE),
            Asked::new(ollama::Ollama, ollama::REQUEST, ollama::RESPONSE),
            Asked::new(cohere::Cohere, cohere::REQUEST, cohere::RESPONSE),
            Asked::new(rerank::Rerank, rerank::REQUEST, rerank::RESPONSE),
            Asked::new(embeddings::Embeddings, embeddings::REQUEST, embeddings::RESPONSE),
            Asked::new(
                openai_responses::OpenAiResponses,
                openai_responses::REQUEST,
                openai_responses::RESPONSE,
            ),
            Asked::new(mistral::Mistral, mistral::REQUEST, mistral::RESPONSE),
            Asked::new(openai_chat::OpenAiChat, openai_chat::REQUEST, openai_chat::RESPONSE),
        ];
        Self(own.into_iter().map(Asked::always).chain(built_in).collect())
    }

    /// What a request says, by the first who knows it; one who panics does not.
    pub(super) fn request(&self, body: &Value<'_>) -> Option<RequestFacts> {
        let keys = Keys::in_body(body);
        let mut asked = self.0.iter().filter(|asked| asked.request.meets(keys));
        asked.find_map(|asked| guarded(|| asked.extractor.request(body)).flatten())
    }

    /// What a response says, by the first who knows it; one who panics does not.
    pub(super) fn response(&self, body: &Value<'_>) -> Option<ResponseFacts> {
        let keys = Keys::in_body(body);
        let mut asked = self.0.iter().filter(|asked| asked.response.meets(keys));
        asked.find_map(|asked| guarded(|| asked.extractor.response(body)).flatten())
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// Lets the one at this place add a chunk; one who panics has not taken it.
    pub(super) fn add(&self, place: usize, chunk: &Value<'_>, partial: &mut Partial) -> bool {
        guarded(|| self.0[place].extractor.chunk(chunk, partial)).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests;
