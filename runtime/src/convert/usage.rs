//! Tokens and price.
//!
//! On model calls only: a backend that adds up the spans of a trace would count twice what an agent repeats
//! of its model's.

use super::attribute::{self, Attributes};
use super::facts::Facts;
use super::semconv::{cost, usage};
use crate::wire::Field;
use crate::wire::tape::Value;

/// Sets tokens and price. Counts beyond what an attribute can hold are left out.
///
/// There is no total: OpenTelemetry's registry has no name for it, and backends add up input and output.
pub(super) fn convert<'a>(facts: &Facts<'a>, attributes: &mut Attributes<'a>) {
    let tokens = facts.usage;
    for (key, count) in [
        (usage::INPUT, tokens.input),
        (usage::OUTPUT, tokens.output),
        (usage::CACHE_READ, tokens.cache_read),
        (usage::CACHE_WRITE, tokens.cache_write),
        (usage::REASONING, tokens.reasoning),
    ] {
        attributes.maybe(key, count.and_then(|count| attribute::integer(&Value::Unsigned(count))));
    }
    price(facts, attributes);
}

/// Sets the price, its parts and where it comes from.
///
/// OpenTelemetry has no names for prices. Those of OpenInference are read by most backends that show prices; for the
/// source nobody has a name, and it is a property like those that programs set: backends show it with the span.
fn price<'a>(facts: &Facts<'a>, attributes: &mut Attributes<'a>) {
    let total = facts.get(Field::Cost).and_then(|cost| attribute::number(&cost));
    // Nobody is paid for asking.
    let Some(total) = total.filter(|total| *total >= 0.0) else { return };
    attributes.add(cost::TOTAL, total);
    let parts = facts.get(Field::CostParts);
    for (key, name) in [
        (cost::INPUT, "input"),
        (cost::OUTPUT, "output"),
        (cost::CACHE_READ, "cache_read"),
        (cost::CACHE_WRITE, "cache_write"),
    ] {
        let part = parts.and_then(|parts| parts.get(name));
        attributes.maybe(key, part.and_then(|part| attribute::number(&part)));
    }
    attributes.maybe(cost::SOURCE, facts.text(Field::CostSource));
}
