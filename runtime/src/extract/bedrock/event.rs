//! Events of `ConverseStream`.

use super::{block, error, key, model_name, routed, tier, tokens};
use crate::extract::{finish, read};
use crate::llm::{Detail, Partial};
use crate::provider::names;
use crate::wire::tape::Value;

const EVENTS: [&str; 6] =
    ["messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"];

/// Adds an event to the answer; false where it is none of Converse's.
///
/// The event's name is the only key of a map. Programs that read the stream themselves have it elsewhere, and here
/// what stands under it only: so what counts is what is in it.
pub(super) fn add(chunk: &Value<'_>, answer: &mut Partial) -> bool {
    if let Some(error) = error(chunk) {
        answer.fail(error);
        return true;
    }
    let named = EVENTS.into_iter().find_map(|name| Some((name, key::map(chunk, name)?)));
    let is_bare = || {
        key::get(chunk, "contentBlockIndex").is_some()
            || key::get(chunk, "stopReason").is_some()
            || key::map(chunk, "usage").is_some_and(|usage| key::get(&usage, "inputTokens").is_some())
                && key::map(chunk, "metrics").is_some()
    };
    let event = match named {
        // Anybody may have metadata.
        Some(("metadata", event))
            if key::map(&event, "usage").is_none() && key::map(&event, "metrics").is_none() =>
        {
            return false;
        }
        Some((_, event)) => event,
        None if is_bare() => *chunk,
        None => return false,
    };
    answer.set_provider(names::BEDROCK);
    let place =
        key::get(&event, "contentBlockIndex").and_then(|index| read::whole(&index)).unwrap_or_default();
    if let Some(start) = key::map(&event, "start") {
        open(&start, place, answer);
    }
    if let Some(delta) = key::map(&event, "delta") {
        grow(&delta, place, answer);
    }
    if let Some(reason) = key::text(&event, "stopReason") {
        answer.choice(0).finish(finish::normalize(reason));
    }
    if let Some(usage) = key::map(&event, "usage") {
        answer.update_usage(tokens(&usage));
    }
    if let Some(tier) = tier(&event) {
        answer.set_detail(Detail::PriceTier, tier);
    }
    if let Some(model) = routed(&event) {
        answer.set_model(model_name(model));
    }
    true
}

/// A new block; only that of a tool call says something.
fn open(start: &Value<'_>, place: u64, answer: &mut Partial) {
    if let Some(call) = key::map(start, "toolUse") {
        let (id, name) = (key::text(&call, "toolUseId"), key::text(&call, "name"));
        answer.choice(0).tool_call(place, id, name, "");
    }
}

fn grow(delta: &Value<'_>, place: u64, answer: &mut Partial) {
    let mut so_far = answer.choice(0);
    if let Some(piece) = key::text(delta, "text") {
        so_far.text(place, piece);
    } else if let Some(call) = key::map(delta, "toolUse") {
        so_far.tool_call(place, None, None, key::text(&call, "input").unwrap_or_default());
    } else if let Some(thought) = key::map(delta, "reasoningContent") {
        match key::text(&thought, "text") {
            Some(piece) => so_far.reasoning(place, piece),
            None => {
                for part in block::parts(delta) {
                    so_far.part(part);
                }
            }
        }
    }
}
