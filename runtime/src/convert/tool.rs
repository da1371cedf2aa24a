//! Executions of tools.

use super::facts::Facts;
use super::semconv::{self, agent, operation, tool, traceloop};
use super::{Attributes, llm, span_name};
use crate::wire::{Field, Kind, SpanRecord};

/// The size, in bytes, up to which arguments and result are sent twice, for backends that read only the one or the
/// other copy.
///
/// Twice a long value is twice the bytes of the request, for a copy that few readers need.
const TWICE: usize = 8 * 1024;

/// Sets the attributes of a tool's execution; returns the span's name.
pub(super) fn convert(
    record: &SpanRecord,
    facts: &Facts<'_>,
    own_name: String,
    attributes: &mut Attributes,
) -> String {
    let name = span_name(operation::EXECUTE_TOOL, Some(&own_name));
    attributes.set(semconv::OPERATION, operation::EXECUTE_TOOL);
    attributes.set(tool::NAME, own_name.clone());
    attributes.set(tool::TYPE, tool::FUNCTION);
    attributes.maybe(tool::CALL_ID, facts.text(Field::CallId));
    attributes.maybe(tool::DESCRIPTION, facts.text(Field::Description));
    attributes.maybe(agent::NAME, record.identity.agent.as_ref());
    attributes.set(traceloop::SPAN_KIND, Kind::Tool.as_str());
    attributes.set(traceloop::NAME, own_name);
    content(facts, attributes);
    llm::explicit(record, facts, attributes);
    name
}

/// Arguments and result are objects by the convention; what is none gets a key.
fn content(facts: &Facts<'_>, attributes: &mut Attributes) {
    let input = facts.input().map(|input| (input, input.object()));
    let output = facts.output().map(|output| (output, output.json()));
    let size =
        input.as_ref().map_or(0, |(_, json)| json.len()) + output.as_ref().map_or(0, |(_, json)| json.len());
    if size <= TWICE {
        attributes.maybe(traceloop::INPUT, input.as_ref().map(|(input, object)| input.call_of(object)));
        attributes.maybe(traceloop::OUTPUT, output.as_ref().map(|(_, json)| json.clone()));
    }
    attributes.maybe(tool::ARGUMENTS, input.map(|(_, object)| object));
    attributes.maybe(tool::RESULT, output.map(|(output, json)| output.object_of(json)));
}
