//! What a completion used, by the names of `OpenAI` and of those who speak like it.

use crate::extract::read;
use crate::wire::Usage;
use crate::wire::tape::Value;

/// The tokens as `OpenAI` counts them: cached ones are part of the prompt, reasoning is part of the completion.
/// [xAI](https://docs.x.ai/docs/key-information/consumption-and-rate-limits) and Perplexity count reasoning apart,
/// gateways some of both; the total tells.
pub(super) fn counted(usage: &Value<'_>) -> Usage {
    let first = |of: &Value<'_>, keys: &[&str]| keys.iter().find_map(|key| read::count(of, key));
    let prompt =
        read::map(usage, "prompt_tokens_details").or_else(|| read::map(usage, "prompt_token_details"));
    let completion = read::map(usage, "completion_tokens_details");
    let counted = Usage {
        input: first(usage, &["prompt_tokens", "input_tokens"]),
        output: first(usage, &["completion_tokens", "output_tokens"]),
        cache_read: prompt.and_then(|details| read::count(&details, "cached_tokens")).or_else(|| {
            // DeepSeek, Moonshot, Mistral, gateways in front of Anthropic.
            let keys =
                ["prompt_cache_hit_tokens", "cached_tokens", "num_cached_tokens", "cache_read_input_tokens"];
            first(usage, &keys)
        }),
        cache_write: prompt
            .and_then(|details| first(&details, &["cache_write_tokens", "cache_creation_tokens"]))
            .or_else(|| read::count(usage, "cache_creation_input_tokens")),
        reasoning: completion
            .and_then(|details| read::count(&details, "reasoning_tokens"))
            .or_else(|| read::count(usage, "reasoning_tokens")),
    };
    counted.reconciled(read::count(usage, "total_tokens"))
}

/// What [llama.cpp](https://github.com/ggml-org/llama.cpp/tree/master/tools/server) measured. Old versions do not
/// tell how much of the prompt was cached; then its length is not known.
pub(super) fn measured(timings: &Value<'_>) -> Usage {
    let cached = read::count(timings, "cache_n");
    let read = read::count(timings, "prompt_n");
    Usage {
        input: read.zip(cached).and_then(|(read, cached)| read.checked_add(cached)),
        output: read::count(timings, "predicted_n"),
        cache_read: cached,
        ..Usage::default()
    }
}

/// The price in US dollars that stands beside the tokens: `OpenRouter`, Perplexity, xAI.
pub(super) fn cost(usage: &Value<'_>) -> Option<f64> {
    /// xAI's unit, of which a dollar has so many.
    const TICKS: f64 = 1e10;
    let dollars = match (read::number(usage, "cost"), read::map(usage, "cost")) {
        // Whoever brings a key of their own pays the model's provider, and OpenRouter for the way there.
        (Some(fee), _) if matches!(usage.get("is_byok"), Some(Value::Bool(true))) => {
            fee + read::number(&read::map(usage, "cost_details")?, "upstream_inference_cost")?
        }
        (Some(cost), _) => cost,
        (None, Some(parts)) => read::number(&parts, "total_cost")?,
        (None, None) => read::number(usage, "cost_in_usd_ticks")? / TICKS,
    };
    (dollars >= 0.0).then_some(dollars)
}
