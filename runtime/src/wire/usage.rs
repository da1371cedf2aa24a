use serde::{Deserialize, Serialize};

/// The tokens of one model call. What is not known is `None`, never 0.
///
/// Follows the OpenTelemetry conventions: `cache_read` and `cache_write` are parts of `input`, `reasoning` is a
/// part of `output`. Providers that report them apart (Anthropic, Bedrock) have to be added up first.
///
/// ```
/// let usage = recount::Usage::new(120, 30).cache_read(100);
/// assert_eq!(usage.total(), Some(150));
/// ```
///
/// Where the numbers come from, by provider:
///
/// | | `input` | `output` | `cache_read` | `cache_write` | `reasoning` |
/// |---|---|---|---|---|---|
/// | OpenAI, chat | `prompt_tokens` | `completion_tokens` | `prompt_tokens_details.cached_tokens` | `prompt_tokens_details.cache_write_tokens` | `completion_tokens_details.reasoning_tokens` |
/// | Anthropic | `input_tokens` and both cache counts, added up | `output_tokens` | `cache_read_input_tokens` | `cache_creation_input_tokens` | `output_tokens_details.thinking_tokens` |
/// | Gemini | `promptTokenCount` and, where there is one, `toolUsePromptTokenCount`, added up | `candidatesTokenCount` and `thoughtsTokenCount`, added up | `cachedContentTokenCount` | | `thoughtsTokenCount` |
///
/// ```
/// // Anthropic says: input_tokens 20, cache_read_input_tokens 100, cache_creation_input_tokens 5, output_tokens 30.
/// let usage = recount::Usage::new(20 + 100 + 5, 30).cache_read(100).cache_write(5);
/// assert_eq!(usage.total(), Some(155));
/// ```
///
/// They are facts, not content, and recorded also where content is off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Usage {
    /// Tokens of the request, cached ones included.
    ///
    /// Sent as `gen_ai.usage.input_tokens`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<u64>,
    /// Tokens of the response, reasoning included.
    ///
    /// Sent as `gen_ai.usage.output_tokens`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<u64>,
    /// The part of `input` that came from the provider's cache.
    ///
    /// Sent as `gen_ai.usage.cache_read.input_tokens`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_read: Option<u64>,
    /// The part of `input` that was written to the provider's cache.
    ///
    /// Sent as `gen_ai.usage.cache_creation.input_tokens`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<u64>,
    /// The part of `output` that was spent on reasoning.
    ///
    /// Sent as `gen_ai.usage.reasoning.output_tokens`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<u64>,
}

impl Usage {
    /// Tokens in and out, cached and reasoning ones included.
    ///
    /// Where only one of them is known, set the fields of [`Usage::default`].
    #[must_use]
    pub fn new(input: u64, output: u64) -> Self {
        Self { input: Some(input), output: Some(output), ..Self::default() }
    }

    /// Sets the part of the input that came from the provider's cache.
    #[must_use]
    pub fn cache_read(mut self, tokens: u64) -> Self {
        self.cache_read = Some(tokens);
        self
    }

    /// Sets the part of the input that was written to the provider's cache.
    #[must_use]
    pub fn cache_write(mut self, tokens: u64) -> Self {
        self.cache_write = Some(tokens);
        self
    }

    /// Sets the part of the output that was spent on reasoning.
    #[must_use]
    pub fn reasoning(mut self, tokens: u64) -> Self {
        self.reasoning = Some(tokens);
        self
    }

    /// Input and output together, where both are known.
    ///
    /// Not sent: OpenTelemetry has no name for it, and backends add up the two themselves.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.input?.checked_add(self.output?)
    }
}

#[cfg(test)]
mod tests {
    use super::Usage;

    #[test]
    fn the_parts_are_not_counted_twice() {
        let usage = Usage::new(100, 40).cache_read(60).cache_write(20).reasoning(30);
        assert_eq!(usage.total(), Some(140));
    }

    #[test]
    fn half_of_the_tokens_is_no_total() {
        assert_eq!(Usage { input: Some(1), ..Usage::default() }.total(), None);
        assert_eq!(Usage::new(u64::MAX, 1).total(), None);
    }
}
