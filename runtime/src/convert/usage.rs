//! Tokens and price.
//!
//! On model calls only: a backend that adds up the spans of a trace would count twice what an agent repeats
//! of its model's.

use super::facts::Facts;
use super::semconv::usage;
use super::{Attributes, attribute};
use crate::wire::tape::Value;
use crate::wire::{Field, Usage};

/// The tokens that a span was told of.
///
/// Counts that are negative or no integers are not known.
pub(crate) fn read(facts: &Facts<'_>) -> Usage {
    let mut usage = Usage::default();
    if let Some(value) = facts.get(Field::Usage) {
        let count = |key: &str| value.get(key).and_then(|tokens| tokens.as_u64());
        usage.input = count("input");
        usage.output = count("output");
        usage.cache_read = count("cache_read");
        usage.cache_write = count("cache_write");
        usage.reasoning = count("reasoning");
    }
    usage
}

/// Sets tokens and price. Counts beyond what an attribute can hold are left out.
///
/// There is no total: OpenTelemetry's registry has no name for it, and backends add up input and output.
pub(super) fn convert(facts: &Facts<'_>, attributes: &mut Attributes) {
    let tokens = read(facts);
    for (key, count) in [
        (usage::INPUT, tokens.input),
        (usage::OUTPUT, tokens.output),
        (usage::CACHE_READ, tokens.cache_read),
        (usage::CACHE_WRITE, tokens.cache_write),
        (usage::REASONING, tokens.reasoning),
    ] {
        attributes.maybe(key, count.and_then(|count| attribute::integer(&Value::Unsigned(count))));
    }
    attributes.maybe(usage::COST, facts.get(Field::Cost).and_then(|cost| attribute::number(&cost)));
}
