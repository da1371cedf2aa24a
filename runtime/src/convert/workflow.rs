//! Workflows, their tasks, and interactions: what a program does around its models and tools.

use super::content::{Input, Output};
use super::facts::{self, Facts};
use super::semconv::{self, openinference, operation, traceloop};
use super::{AttributeValue, Attributes, attribute, llm, span_name};
use crate::wire::{Field, Kind, SpanRecord};

/// Sets the attributes of a workflow, a task or an interaction; returns the span's name.
pub(super) fn convert(
    record: &SpanRecord,
    facts: &Facts<'_>,
    own_name: String,
    attributes: &mut Attributes,
) -> String {
    let name = if record.kind == Kind::Workflow {
        attributes.set(semconv::OPERATION, operation::INVOKE_WORKFLOW);
        attributes.set(semconv::WORKFLOW_NAME, own_name.clone());
        span_name(operation::INVOKE_WORKFLOW, Some(&own_name))
    } else if own_name.is_empty() {
        record.kind.to_string()
    } else {
        own_name.clone()
    };
    // Readers of Traceloop's spans know no interactions; what one holds together is a workflow to them.
    let kind = if record.kind == Kind::Task { Kind::Task } else { Kind::Workflow };
    attributes.set(traceloop::SPAN_KIND, kind.as_str());
    attributes.set(openinference::SPAN_KIND, openinference::CHAIN);
    attributes.maybe(traceloop::VERSION, version(facts));
    entity(facts, own_name, attributes);
    llm::explicit(record, facts, attributes);
    name
}

/// Sets name, input and output where readers of Traceloop's spans look for them.
pub(super) fn entity(facts: &Facts<'_>, own_name: String, attributes: &mut Attributes) {
    attributes.set(traceloop::NAME, own_name);
    attributes.maybe(traceloop::INPUT, facts.input().map(Input::call));
    attributes.maybe(traceloop::OUTPUT, facts.output().map(Output::json));
}

/// The version as a number, where it is one.
///
/// Traceloop's attribute is a number; a text that is none is kept as text.
pub(super) fn version(facts: &Facts<'_>) -> Option<AttributeValue> {
    let value = facts.get(Field::Version)?;
    if let Some(number) = attribute::integer(&value) {
        return Some(number.into());
    }
    let text = facts::text(&value)?;
    Some(text.parse::<i64>().map_or_else(|_| text.into(), AttributeValue::I64))
}
