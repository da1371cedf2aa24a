//! Events of Anthropic's streams.

use super::{billed, block, counts, error, platform, refusal};
use crate::extract::{finish, read};
use crate::llm::{Partial, PartialChoice};
use crate::provider::names;
use crate::wire::tape::Value;
use crate::wire::{Part, Usage};

/// What Bedrock adds to the last event.
const METRICS: &str = "amazon-bedrock-invocationMetrics";

/// Adds an event to the answer; false where it is none of Anthropic's. Its unknown events say nothing.
pub(super) fn add(event: &Value<'_>, answer: &mut Partial) -> bool {
    let part = |name| read::map(event, name);
    match read::text(event, "type").unwrap_or_default() {
        "message_start" => match part("message") {
            Some(message) => start(&message, answer),
            None => return false,
        },
        "content_block_start" => open(event, answer),
        "content_block_delta" => delta(event, answer),
        "message_delta" if part("delta").or_else(|| part("usage")).is_some() => stop(event, answer),
        "message_stop" => {
            if let Some(metrics) = part(METRICS) {
                measured(&metrics, answer);
            }
            answer.end();
        }
        "error" => match error(event) {
            Some(error) => answer.fail(error),
            None => return false,
        },
        // Other programs have such words too.
        other if other == "ping" || other.starts_with("message_") => return answer.id().is_some(),
        other => return other.starts_with("content_block_"),
    }
    true
}

/// Who answers, and how large the request is. How much has been put out by now says nothing of how much it will be.
fn start(message: &Value<'_>, answer: &mut Partial) {
    let id = read::text(message, "id").unwrap_or_default();
    answer.set_id(id);
    answer.set_model(read::text(message, "model").unwrap_or_default());
    if let Some(platform) = platform(id) {
        answer.set_provider(platform);
    }
    if let Some(usage) = read::map(message, "usage") {
        add_billed(&usage, answer);
        let usage = Usage { output: None, reasoning: None, ..counts(&usage) };
        answer.update_usage(usage.cache_apart());
    }
    add_whole(&mut answer.choice(0), read::list(message, "content"));
}

/// A new block: what will come in pieces begins empty, the rest is here as a whole.
fn open(event: &Value<'_>, answer: &mut Partial) {
    let Some(said) = read::map(event, "content_block") else { return };
    let place = read::count(event, "index").unwrap_or_default();
    let mut so_far = answer.choice(0);
    match read::text(&said, "type").unwrap_or_default() {
        "text" => add_text(&mut so_far, place, &said),
        "thinking" => add_thought(&mut so_far, place, &said),
        "tool_use" => {
            so_far.tool_call(place, read::text(&said, "id"), read::text(&said, "name"), &input(&said));
        }
        "server_tool_use" | "mcp_tool_use" => {
            so_far.server_tool_call(place, block::server_call(&said));
            so_far.tool_call(place, None, None, &input(&said));
        }
        // Its text is still to come.
        "compaction" if read::text(&said, "content").is_none() => {}
        _ => add_whole(&mut so_far, [said]),
    }
}

/// The arguments of a call whose block has them already; nothing where they are still to come.
fn input(said: &Value<'_>) -> String {
    match said.get("input") {
        Some(Value::Map(input)) if input.count() > 0 => Value::Map(input).to_json(),
        _ => String::new(),
    }
}

fn delta(event: &Value<'_>, answer: &mut Partial) {
    let Some(delta) = read::map(event, "delta") else { return };
    let place = read::count(event, "index").unwrap_or_default();
    let mut so_far = answer.choice(0);
    match read::text(&delta, "type").unwrap_or_default() {
        "text_delta" => add_text(&mut so_far, place, &delta),
        "thinking_delta" => add_thought(&mut so_far, place, &delta),
        "input_json_delta" => {
            if let Some(piece) = read::text(&delta, "partial_json") {
                so_far.tool_call(place, None, None, piece);
            }
        }
        "compaction_delta" if read::text(&delta, "content").is_some() => {
            let content = read::content(&delta, "content");
            so_far.part(Part::Other(serde_json::json!({"type": "compaction", "content": content})));
        }
        _ => {}
    }
}

fn add_whole<'a>(so_far: &mut PartialChoice<'_>, blocks: impl IntoIterator<Item = Value<'a>>) {
    for part in blocks.into_iter().flat_map(|said| block::parts(&said)) {
        so_far.part(part);
    }
}

fn add_text(so_far: &mut PartialChoice<'_>, place: u64, said: &Value<'_>) {
    if let Some(piece) = read::text(said, "text") {
        so_far.text(place, piece);
    }
}

fn add_thought(so_far: &mut PartialChoice<'_>, place: u64, said: &Value<'_>) {
    if let Some(piece) = read::text(said, "thinking") {
        so_far.reasoning(place, piece);
    }
}

/// Why the model stopped, and the totals so far.
fn stop(event: &Value<'_>, answer: &mut Partial) {
    if let Some(delta) = read::map(event, "delta") {
        if let Some(reason) = read::text(&delta, "stop_reason") {
            answer.choice(0).finish(finish::normalize(reason));
        }
        if let Some(refusal) = refusal(&delta) {
            answer.choice(0).part(refusal);
        }
    }
    if let Some(usage) = read::map(event, "usage") {
        add_billed(&usage, answer);
        let before = answer.usage();
        let mut now = counts(&usage);
        // Totals only grow. Servers that send the input twice may leave the cached tokens out, or be back at 0.
        now.cache_read = now.cache_read.max(before.cache_read);
        now.cache_write = now.cache_write.max(before.cache_write);
        let now = now.cache_apart().consistent();
        answer.update_usage(Usage { input: now.input.max(before.input), ..now });
    }
}

fn add_billed(usage: &Value<'_>, answer: &mut Partial) {
    for (detail, value) in billed(usage) {
        answer.set_detail(detail, &value);
    }
}

/// What Bedrock counted, where the events did not say it.
fn measured(metrics: &Value<'_>, answer: &mut Partial) {
    answer.set_provider(names::BEDROCK);
    let mut usage = Usage {
        input: read::count(metrics, "inputTokenCount"),
        output: read::count(metrics, "outputTokenCount"),
        cache_read: read::count(metrics, "cacheReadInputTokenCount"),
        cache_write: read::count(metrics, "cacheWriteInputTokenCount"),
        reasoning: None,
    }
    .cache_apart();
    usage.update(answer.usage());
    answer.update_usage(usage);
}
