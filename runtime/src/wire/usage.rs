use serde::{Deserialize, Serialize};

use super::Tape;
use super::tape::Value;

/// The tokens of one model call. What is not known is `None`, never 0.
///
/// Follows the OpenTelemetry conventions: `cache_read` and `cache_write` are parts of `input`, `reasoning` is a
/// part of `output`. Where a provider reports them apart (Anthropic, Bedrock, Gemini), [`cache_apart`](Self::cache_apart)
/// and [`reasoning_apart`](Self::reasoning_apart) add them up.
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
/// | Bedrock, Converse | `inputTokens` and both cache counts, added up | `outputTokens` | `cacheReadInputTokens` | `cacheWriteInputTokens` | |
/// | Gemini | `promptTokenCount` and, where there is one, `toolUsePromptTokenCount`, added up | `candidatesTokenCount` and `thoughtsTokenCount`, added up | `cachedContentTokenCount` | | `thoughtsTokenCount` |
///
/// ```
/// // Anthropic says: input_tokens 20, cache_read_input_tokens 100, cache_creation_input_tokens 5, output_tokens 30.
/// let usage = recount::Usage::new(20, 30).cache_read(100).cache_write(5).cache_apart();
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
    /// Where only one of them is known, set that on [`Usage::default`].
    #[must_use]
    pub fn new(input: u64, output: u64) -> Self {
        Self { input: Some(input), output: Some(output), ..Self::default() }
    }

    /// Sets the tokens of the request, cached ones included.
    #[must_use]
    pub fn input(mut self, tokens: u64) -> Self {
        self.input = Some(tokens);
        self
    }

    /// Sets the tokens of the response, reasoning included.
    #[must_use]
    pub fn output(mut self, tokens: u64) -> Self {
        self.output = Some(tokens);
        self
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

    /// The tokens that an entry of a tape tells of; counts that are negative or no integers are not known.
    pub(crate) fn of_tape(value: &Value<'_>) -> Self {
        let mut usage = Self::default();
        let Value::Map(map) = value else { return usage };
        for (key, tokens) in map.pairs() {
            let count = match key {
                b"input" => &mut usage.input,
                b"output" => &mut usage.output,
                b"cache_read" => &mut usage.cache_read,
                b"cache_write" => &mut usage.cache_write,
                b"reasoning" => &mut usage.reasoning,
                _ => continue,
            };
            *count = tokens.read().and_then(|tokens| tokens.as_u64());
        }
        usage
    }

    /// Writes what is known, as it serializes.
    pub(crate) fn write(&self, tape: &mut Tape) {
        let counts = [
            ("input", self.input),
            ("output", self.output),
            ("cache_read", self.cache_read),
            ("cache_write", self.cache_write),
            ("reasoning", self.reasoning),
        ];
        tape.begin_map();
        for (name, tokens) in counts {
            if let Some(tokens) = tokens {
                tape.text(name);
                tape.unsigned(tokens);
            }
        }
        tape.end();
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes over what `later` knows: counts of a stream are totals so far, and the last one counts.
    pub fn update(&mut self, later: Self) {
        self.input = later.input.or(self.input);
        self.output = later.output.or(self.output);
        self.cache_read = later.cache_read.or(self.cache_read);
        self.cache_write = later.cache_write.or(self.cache_write);
        self.reasoning = later.reasoning.or(self.reasoning);
    }

    /// Adds the cached tokens to the input, for a provider that counts them apart from it.
    ///
    /// Where the input is unknown it stays so: the cached tokens are a part of it, of unknown size.
    ///
    /// ```
    /// let apart = recount::Usage::new(20, 30).cache_read(100).cache_write(5);
    /// assert_eq!(apart.cache_apart(), recount::Usage::new(125, 30).cache_read(100).cache_write(5));
    /// ```
    #[must_use]
    pub fn cache_apart(mut self) -> Self {
        self.input = self.input.map(|input| input.saturating_add(self.cached()));
        self
    }

    /// Adds the reasoning to the output, for a provider that counts it apart from it.
    ///
    /// Where the output is unknown it stays so.
    ///
    /// ```
    /// let apart = recount::Usage::new(20, 30).reasoning(12);
    /// assert_eq!(apart.reasoning_apart(), recount::Usage::new(20, 42).reasoning(12));
    /// ```
    #[must_use]
    pub fn reasoning_apart(mut self) -> Self {
        self.output = self.output.map(|output| output.saturating_add(self.reasoning.unwrap_or(0)));
        self
    }

    /// Counts a part that is larger than its whole as reported apart from it.
    ///
    /// Servers that speak like `OpenAI` without counting like it report cached tokens beside the input, or reasoning
    /// beside the output. Where a part is not above its whole nothing tells, and nothing is changed.
    ///
    /// ```
    /// let said = recount::Usage::new(20, 30).cache_read(100);
    /// assert_eq!(said.consistent(), recount::Usage::new(120, 30).cache_read(100));
    /// ```
    #[must_use]
    pub fn consistent(self) -> Self {
        let is_above = |part: u64, whole: Option<u64>| whole.is_some_and(|whole| part > whole);
        let usage = if is_above(self.cached(), self.input) { self.cache_apart() } else { self };
        let reasoning = self.reasoning.unwrap_or(0);
        if is_above(reasoning, self.output) { usage.reasoning_apart() } else { usage }
    }

    /// Counts as apart what has to be, for the provider's own total to come out: reasoning beside the output, cached
    /// tokens beside the input, or both. Where no way leads to the total, or it is not known, as
    /// [`consistent`](Self::consistent) does.
    ///
    /// ```
    /// let said = recount::Usage::new(10, 20).reasoning(12);
    /// assert_eq!(said.reconciled(Some(30)), said);
    /// assert_eq!(said.reconciled(Some(42)), recount::Usage::new(10, 32).reasoning(12));
    /// ```
    #[must_use]
    pub fn reconciled(self, total: Option<u64>) -> Self {
        let ways = [self, self.reasoning_apart(), self.cache_apart(), self.cache_apart().reasoning_apart()];
        let fits = |usage: &Self| usage.total() == total && usage.consistent() == *usage;
        ways.into_iter().find(|usage| total.is_some() && fits(usage)).unwrap_or_else(|| self.consistent())
    }

    /// Input and output together, where both are known.
    ///
    /// Not sent: OpenTelemetry has no name for it, and backends add up the two themselves.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.input?.checked_add(self.output?)
    }

    fn cached(&self) -> u64 {
        self.cache_read.unwrap_or(0).saturating_add(self.cache_write.unwrap_or(0))
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
    fn what_is_counted_apart_is_added_to_what_is_known() {
        let usage = Usage::new(20, 30).cache_read(100).cache_write(5).reasoning(12);
        assert_eq!(usage.cache_apart().input, Some(125));
        assert_eq!(usage.reasoning_apart().output, Some(42));
        let unknown = Usage { input: None, output: None, ..usage };
        assert_eq!(unknown.cache_apart().reasoning_apart(), unknown);
        assert_eq!(Usage::new(u64::MAX, 0).cache_read(1).cache_apart().input, Some(u64::MAX));
    }

    #[test]
    fn a_part_above_its_whole_is_no_part_of_it() {
        assert_eq!(Usage::new(10, 30).cache_read(8).cache_write(4).consistent().input, Some(22));
        assert_eq!(Usage::new(10, 30).reasoning(31).consistent().output, Some(61));
        let within = Usage::new(10, 30).cache_read(10).reasoning(30);
        assert_eq!(within.consistent(), within);
        assert_eq!(Usage::default().cache_read(1).consistent(), Usage::default().cache_read(1));
    }

    #[test]
    fn half_of_the_tokens_is_no_total() {
        assert_eq!(Usage { input: Some(1), ..Usage::default() }.total(), None);
        assert_eq!(Usage::new(u64::MAX, 1).total(), None);
    }
}
