//! Attributes that the user set.

use std::borrow::Cow;
use std::collections::HashMap;

use super::facts::Facts;
use super::{AttributeValue, Attributes, semconv};

/// Sets the user's attributes as given. One that has the key of an attribute of ours takes its place: the user
/// insists. A bare name that a backend would take for input, output or model is prefixed; a null sets nothing.
///
/// Places are looked up only where something is set, which most spans do not need.
pub(super) fn convert(facts: &Facts<'_>, attributes: &mut Attributes) {
    let mut places: HashMap<Cow<'static, str>, usize> = HashMap::new();
    for (key, value) in facts.attributes.entries() {
        let Some(value) = AttributeValue::from_tape(value).filter(|_| !key.is_empty()) else { continue };
        let key = if semconv::is_reserved(key) {
            format!("{}{key}", semconv::RESERVED_PREFIX)
        } else {
            String::from(*key)
        };
        if places.is_empty() {
            places = attributes.places();
        }
        if let Some(place) = places.get(key.as_str()) {
            attributes.replace(*place, value);
        } else {
            let place = attributes.push(Cow::Owned(key.clone()), value);
            places.insert(Cow::Owned(key), place);
        }
    }
}
