//! What a completion used, by the names of `OpenAI` and of those who speak like it.

use crate::extract::read;
use crate::wire::Usage;
use crate::wire::tape::{Unread, Value};

/// The tokens as `OpenAI` counts them: cached ones are part of the prompt, reasoning is part of the completion.
/// [xAI](https://docs.x.ai/docs/key-information/consumption-and-rate-limits) and Perplexity count reasoning apart,
/// gateways some of both; the total tells.
pub(super) fn counted(usage: &Value<'_>) -> Usage {
    let found = read::find(usage, KEYS);
    let [
        prompt,
        input,
        completion,
        output,
        total,
        created,
        reasoning,
        hits,
        cached,
        counted_apart,
        read_apart,
        ..,
    ] = found.map(|count| read::whole(&count?.read()?));
    let [.., prompt_details, prompt_detail, completion_details] =
        found.map(|details| details?.map().map(Value::Map));
    let details = prompt_details.or(prompt_detail);
    let first = |of: &Value<'_>, keys: &[&str]| keys.iter().find_map(|key| read::count(of, key));
    let counted = Usage {
        input: prompt.or(input),
        output: completion.or(output),
        cache_read: details
            .and_then(|details| read::count(&details, "cached_tokens"))
            // DeepSeek, Moonshot, Mistral, gateways in front of Anthropic.
            .or(hits)
            .or(cached)
            .or(counted_apart)
            .or(read_apart),
        cache_write: details
            .and_then(|details| first(&details, &["cache_write_tokens", "cache_creation_tokens"]))
            .or(created),
        reasoning: completion_details
            .and_then(|details| read::count(&details, "reasoning_tokens"))
            .or(reasoning),
    };
    counted.reconciled(total)
}

/// The counts, then the maps of details.
const KEYS: [&str; 14] = [
    "prompt_tokens",
    "input_tokens",
    "completion_tokens",
    "output_tokens",
    "total_tokens",
    "cache_creation_input_tokens",
    "reasoning_tokens",
    "prompt_cache_hit_tokens",
    "cached_tokens",
    "num_cached_tokens",
    "cache_read_input_tokens",
    "prompt_tokens_details",
    "prompt_token_details",
    "completion_tokens_details",
];

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
    let [cost, ticks] = read::find(usage, ["cost", "cost_in_usd_ticks"]);
    let cost = cost.and_then(Unread::read);
    let dollars = match (cost.as_ref().and_then(read::float), cost) {
        // Whoever brings a key of their own pays the model's provider, and OpenRouter for the way there.
        (Some(fee), _) if matches!(usage.get("is_byok"), Some(Value::Bool(true))) => {
            fee + read::number(&read::map(usage, "cost_details")?, "upstream_inference_cost")?
        }
        (Some(cost), _) => cost,
        (None, Some(parts @ Value::Map(_))) => read::number(&parts, "total_cost")?,
        (None, _) => read::float(&ticks?.read()?)? / TICKS,
    };
    (dollars >= 0.0).then_some(dollars)
}
