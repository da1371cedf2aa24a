//! Workflows, their tasks, and interactions: what a program does around its models and tools.

use std::borrow::Cow;

use super::attribute::{self, AttributeValue, Attributes};
use super::composed::Composed;
use super::facts::{self, Facts};
use super::semconv::{self, openinference, operation, traceloop};
use super::{Name, llm};
use crate::wire::{Field, Kind, SpanRecord};

/// Sets the attributes of a workflow, a task or an interaction; returns the span's name.
pub(super) fn convert<'a>(
    record: &SpanRecord,
    facts: &'a Facts<'a>,
    own_name: Cow<'a, str>,
    attributes: &mut Attributes<'a>,
) -> Name<'a> {
    let name = if record.kind == Kind::Workflow {
        attributes.add(semconv::OPERATION, operation::INVOKE_WORKFLOW);
        attributes.add(semconv::WORKFLOW_NAME, own_name.clone());
        Name::of(operation::INVOKE_WORKFLOW, Some(own_name.clone()))
    } else if own_name.is_empty() {
        Name::of(record.kind.as_str(), None)
    } else {
        Name::of(own_name.clone(), None)
    };
    // Readers of Traceloop's spans know no interactions; what one holds together is a workflow to them.
    let kind = if record.kind == Kind::Task { Kind::Task } else { Kind::Workflow };
    attributes.add(traceloop::SPAN_KIND, kind.as_str());
    attributes.add(openinference::SPAN_KIND, openinference::CHAIN);
    attributes.maybe(traceloop::VERSION, version(facts));
    entity(facts, own_name, attributes);
    llm::explicit(record, facts, attributes);
    name
}

/// Sets name, input and output where readers of Traceloop's spans look for them.
pub(super) fn entity<'a>(facts: &'a Facts<'a>, own_name: Cow<'a, str>, attributes: &mut Attributes<'a>) {
    attributes.add(traceloop::NAME, own_name);
    attributes.maybe(traceloop::INPUT, facts.input().map(Composed::Call));
    attributes.maybe(traceloop::OUTPUT, facts.output().map(Composed::Output));
}

/// The version as a number, where it is one.
///
/// Traceloop's attribute is a number; a text that is none is kept as text.
pub(super) fn version<'a>(facts: &Facts<'a>) -> Option<AttributeValue<'a>> {
    let value = facts.get(Field::Version)?;
    if let Some(number) = attribute::integer(&value) {
        return Some(number.into());
    }
    let text = facts::text(&value)?;
    Some(text.parse::<i64>().map_or(text.into(), AttributeValue::I64))
}
