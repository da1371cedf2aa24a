//! Agents at work.
//!
//! An agent of the program's own is internal; one that is hosted elsewhere is a client's call, like a
//! model's.

use std::borrow::Cow;

use super::attribute::{AttributeValue, Attributes};
use super::facts::Facts;
use super::semconv::{self, agent, operation, traceloop};
use super::{Name, OtelKind, llm, workflow};
use crate::wire::{Field, Kind, SpanRecord};

/// Sets the attributes of an agent; returns the span's name, and whether the agent works elsewhere.
///
/// An agent that has an address is asked over the network. Model and tokens stay on the model calls below: backends
/// that add up all spans would count them twice.
pub(super) fn convert<'a>(
    record: &SpanRecord,
    facts: &'a Facts<'a>,
    own_name: Cow<'a, str>,
    attributes: &mut Attributes<'a>,
) -> (Name<'a>, OtelKind) {
    let name = Name::of(operation::INVOKE_AGENT, Some(own_name.clone()));
    attributes.add(semconv::OPERATION, operation::INVOKE_AGENT);
    attributes.add(agent::NAME, own_name.clone());
    attributes.maybe(agent::DESCRIPTION, facts.text(Field::Description));
    attributes.maybe(agent::ID, facts.text(Field::Id));
    attributes.maybe(agent::VERSION, facts.text(Field::Version));
    attributes.maybe(semconv::DATA_SOURCE, facts.text(Field::DataSource));
    attributes.add(traceloop::SPAN_KIND, Kind::Agent.as_str());
    // Traceloop's versions are numbers; a text has its place above.
    attributes.maybe(
        traceloop::VERSION,
        workflow::version(facts).filter(|version| matches!(version, AttributeValue::I64(_))),
    );
    workflow::entity(facts, own_name, attributes);
    llm::explicit(record, facts, attributes);
    if facts.text(Field::ServerAddress).is_none() {
        return (name, OtelKind::Internal);
    }
    attributes.maybe(semconv::PROVIDER, facts.text(Field::Provider));
    llm::server(facts, attributes);
    (name, OtelKind::Client)
}
