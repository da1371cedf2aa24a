//! Executions of tools.

use std::borrow::Cow;

use super::attribute::Attributes;
use super::composed::Composed;
use super::content::{Input, Output};
use super::facts::Facts;
use super::semconv::{self, agent, operation, tool, traceloop};
use super::{Name, llm};
use crate::wire::{Field, Kind, SpanRecord};

/// The size, in bytes as captured, up to which arguments and result are sent twice, for backends that read only the
/// one or the other copy.
///
/// Twice a long value is twice the bytes of the request, for a copy that few readers need.
const TWICE: usize = 8 * 1024;

/// Sets the attributes of a tool's execution; returns the span's name.
pub(super) fn convert<'a>(
    record: &'a SpanRecord,
    facts: &'a Facts<'a>,
    own_name: Cow<'a, str>,
    attributes: &mut Attributes<'a>,
) -> Name<'a> {
    attributes.add(semconv::OPERATION, operation::EXECUTE_TOOL);
    attributes.add(tool::NAME, own_name.clone());
    attributes.add(tool::TYPE, tool::FUNCTION);
    attributes.maybe(tool::CALL_ID, facts.text(Field::CallId));
    attributes.maybe(tool::DESCRIPTION, facts.text(Field::Description));
    attributes.maybe(agent::NAME, record.identity.agent.as_deref());
    attributes.add(traceloop::SPAN_KIND, Kind::Tool.as_str());
    attributes.add(traceloop::NAME, own_name.clone());
    content(facts, attributes);
    llm::explicit(record, facts, attributes);
    Name::of(operation::EXECUTE_TOOL, Some(own_name))
}

/// Arguments and result are objects by the convention; what is none gets a key.
fn content<'a>(facts: &'a Facts<'a>, attributes: &mut Attributes<'a>) {
    let (input, output) = (facts.input(), facts.output());
    attributes.maybe(tool::ARGUMENTS, input.map(Composed::Object));
    if input.map_or(0, Input::size) + output.map_or(0, Output::size) <= TWICE {
        attributes.maybe(traceloop::INPUT, input.map(Composed::Call));
        attributes.maybe(traceloop::OUTPUT, output.map(Composed::Output));
    }
    attributes.maybe(tool::RESULT, output.map(Composed::Result));
}
