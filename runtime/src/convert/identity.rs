//! Whose span it is: on every span, since backends judge each for itself.

use super::facts::Named;
use super::semconv::{self, traceloop};
use super::{AttributeValue, Attributes};
use crate::wire::Identity;

/// Sets user, conversation, event, workflow, path, tags and properties.
///
/// The conversation and the user have several names each: there is none that all backends read.
pub(super) fn convert(identity: &Identity, attributes: &mut Attributes) {
    attributes.maybe(traceloop::WORKFLOW, identity.workflow.as_ref());
    attributes.maybe(traceloop::PATH, identity.path.as_ref());
    attributes.maybe(semconv::USER, identity.user.as_ref());
    attributes.maybe(traceloop::USER, identity.user.as_ref());
    attributes.maybe(semconv::CONVERSATION, identity.conversation.as_ref());
    attributes.maybe(semconv::SESSION, identity.conversation.as_ref());
    attributes.maybe(traceloop::SESSION, identity.conversation.as_ref());
    attributes.maybe(traceloop::EVENT, identity.event.as_ref());
    if !identity.tags.is_empty() {
        attributes.set(semconv::TAGS, tags(identity));
    }
    properties(identity, attributes);
}

/// The tags, each once.
fn tags(identity: &Identity) -> Vec<String> {
    let mut tags: Vec<String> = Vec::with_capacity(identity.tags.len());
    for tag in identity.tags.iter() {
        if !tags.iter().any(|found| **found == **tag) {
            tags.push(String::from(&**tag));
        }
    }
    tags
}

/// Free properties; one that is empty says nothing, and none takes the place of the user or the session.
///
/// The prefix is Traceloop's: backends make filters of what stands behind it.
fn properties(identity: &Identity, attributes: &mut Attributes) {
    let mut properties = Named::default();
    for entry in identity.properties.entries() {
        properties.set(entry.name, entry.value);
    }
    for (name, value) in properties.entries() {
        let value = AttributeValue::from_tape(value);
        let Some(value) =
            value.filter(|value| !matches!(value, AttributeValue::Str(text) if text.is_empty()))
        else {
            continue;
        };
        let key = format!("{}{name}", traceloop::PROPERTY_PREFIX);
        if !name.is_empty() && !attributes.contains(&key) {
            attributes.set(key, value);
        }
    }
}
