//! Whose span it is: on every span, since backends judge each for itself.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use super::attribute::{AttributeValue, Attributes, Key};
use super::facts::Named;
use super::semconv::{self, traceloop};
use crate::wire::Identity;

/// Sets user, conversation, event, workflow, path and tags.
///
/// The conversation and the user have several names each: there is none that all backends read.
pub(super) fn convert<'a>(identity: &'a Identity, attributes: &mut Attributes<'a>) {
    let mut set = |key, text: &'a Option<Arc<str>>| attributes.maybe(key, text.as_deref());
    set(traceloop::WORKFLOW, &identity.workflow);
    set(traceloop::PATH, &identity.path);
    set(semconv::USER, &identity.user);
    set(traceloop::USER, &identity.user);
    set(semconv::CONVERSATION, &identity.conversation);
    set(semconv::SESSION, &identity.conversation);
    set(traceloop::SESSION, &identity.conversation);
    set(traceloop::EVENT, &identity.event);
    if !identity.tags.is_empty() {
        let mut seen = HashSet::new();
        let tags = identity.tags.iter().map(|tag| &**tag).filter(|tag| seen.insert(*tag));
        attributes.add(semconv::TAGS, tags.map(Cow::Borrowed).collect::<Vec<_>>());
    }
}

/// Sets free properties; one that is empty says nothing, and none takes the place of the user or the session.
///
/// The prefix is Traceloop's: backends make filters of what stands behind it.
pub(super) fn properties<'a>(identity: &'a Identity, attributes: &mut Attributes<'a>) {
    if identity.properties.is_empty() {
        return;
    }
    let mut properties = Named::default();
    for entry in identity.properties.entries() {
        properties.set(entry.name, entry.value);
    }
    let properties = properties.entries().iter().map(|(name, value)| {
        let value = AttributeValue::from_tape(value).filter(|value| {
            !name.is_empty() && !matches!(value, AttributeValue::Str(text) if text.is_empty())
        });
        (Key { prefix: traceloop::PROPERTY_PREFIX, name }, value)
    });
    attributes.merge(properties, false);
}
