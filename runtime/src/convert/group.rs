//! What metrics are grouped by: attributes that have few values. None of them names a call, a user or a conversation.

use std::borrow::Cow;

use super::attribute::Attributes;
use super::facts::Facts;
use super::semconv::{self, agent, operation, request, response, tool};
use super::{fault, llm};
use crate::wire::{Field, Kind, SpanRecord};

/// The attributes that the metrics of a span share; nothing where no convention has metrics of its kind.
pub(crate) fn of<'a>(record: &'a SpanRecord, facts: &Facts<'a>) -> Option<Attributes<'a>> {
    let mut attributes = Attributes::default();
    let own_name = || {
        facts
            .text(Field::Name)
            .or(Some((&*record.name).into()).filter(|name: &Cow<'_, str>| !name.is_empty()))
    };
    match record.kind {
        Kind::Llm => {
            let operation = facts.text(Field::Operation).unwrap_or(operation::CHAT.into());
            attributes.add(semconv::OPERATION, operation);
            model(facts, &mut attributes);
        }
        Kind::Retrieval => {
            attributes.add(semconv::OPERATION, operation::RETRIEVAL);
            model(facts, &mut attributes);
        }
        Kind::Tool => {
            attributes.maybe(tool::NAME, own_name());
            attributes.add(tool::TYPE, tool::FUNCTION);
            attributes.maybe(agent::NAME, record.identity.agent.as_deref());
        }
        Kind::Agent => attributes.maybe(agent::NAME, own_name()),
        Kind::Workflow => attributes.maybe(semconv::WORKFLOW_NAME, own_name()),
        Kind::Task | Kind::Interaction => return None,
    }
    Some(attributes)
}

fn model<'a>(facts: &Facts<'a>, attributes: &mut Attributes<'a>) {
    attributes.maybe(semconv::PROVIDER, facts.text(Field::Provider));
    attributes.maybe(request::MODEL, facts.text(Field::RequestModel));
    attributes.maybe(response::MODEL, facts.text(Field::ResponseModel));
    llm::server(facts, attributes);
}

/// The class of the failure of a span that ended badly.
pub(crate) fn add_failure<'a>(record: &SpanRecord, facts: &Facts<'a>, attributes: &mut Attributes<'a>) {
    attributes.maybe(semconv::ERROR_TYPE, fault::read(record, facts).map(|fault| fault.kind));
}
