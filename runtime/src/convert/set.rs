//! Attributes that the user set.

use super::attribute::{AttributeValue, Attributes, Key};
use super::facts::Facts;
use super::semconv;

/// Sets the user's attributes as given. One that has the key of an attribute of ours takes its place: the user
/// insists. A bare name that a backend would take for input, output or model is prefixed; a null sets nothing.
pub(super) fn convert<'a>(facts: &'a Facts<'a>, attributes: &mut Attributes<'a>) {
    let set = facts.attributes.entries().iter().map(|(name, value)| {
        let prefix = if semconv::is_reserved(name) { semconv::RESERVED_PREFIX } else { "" };
        let value = AttributeValue::from_tape(value).filter(|_| !name.is_empty());
        (Key { prefix, name }, value)
    });
    attributes.merge(set, true);
}
