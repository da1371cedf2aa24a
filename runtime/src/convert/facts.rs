use std::collections::HashMap;

use crate::wire::tape::Value;
use crate::wire::{Field, Tape, Usage};

/// What a tape says of its span, read in one pass: the last entry of each field and name, all events and items.
///
/// A list for the fields that come once: a span has a handful, and a handful is searched faster than hashed.
/// Named values may be many, and are found by hash.
#[derive(Debug, Default)]
pub(crate) struct Facts<'a> {
    single: Vec<(Field, Value<'a>)>,
    pub(super) arguments: Named<'a>,
    pub(super) attributes: Named<'a>,
    pub(super) parameters: Named<'a>,
    pub(super) details: Named<'a>,
    /// Of several, what a later one leaves open stays.
    pub(crate) usage: Usage,
    pub(super) events: Vec<(&'a str, Value<'a>)>,
    pub(super) items: Vec<Value<'a>>,
}

/// Values by name, in the order in which the names came, each with its last value.
///
/// Order is kept for the reader: arguments appear as they were declared.
#[derive(Debug, Default)]
pub(super) struct Named<'a> {
    entries: Vec<(&'a str, Value<'a>)>,
    places: HashMap<&'a str, usize>,
}

impl<'a> Facts<'a> {
    pub(crate) fn read(tape: &'a Tape) -> Self {
        let mut facts = Self::default();
        for entry in tape.entries() {
            match entry.field {
                Field::Argument => facts.arguments.set(entry.name, entry.value),
                Field::Attribute => facts.attributes.set(entry.name, entry.value),
                Field::Parameters => facts.parameters.set_all(entry.name, entry.value),
                Field::Detail => facts.details.set(entry.name, entry.value),
                Field::Event => facts.events.push((entry.name, entry.value)),
                Field::Usage => facts.usage.update(Usage::of_tape(&entry.value)),
                Field::Item => facts.items.push(entry.value),
                field => facts.set(field, entry.value),
            }
        }
        facts
    }

    fn set(&mut self, field: Field, value: Value<'a>) {
        match self.single.iter_mut().find(|(found, _)| *found == field) {
            Some(entry) => entry.1 = value,
            None => self.single.push((field, value)),
        }
    }

    /// The last value of a field; an explicit null is no value.
    pub(crate) fn get(&self, field: Field) -> Option<Value<'a>> {
        let (_, value) = self.single.iter().find(|(found, _)| *found == field)?;
        (!matches!(value, Value::Null)).then_some(*value)
    }

    /// The last value of a field, null included.
    ///
    /// For a result that is null: a function that returned nothing has returned.
    pub(super) fn get_any(&self, field: Field) -> Option<Value<'a>> {
        self.single.iter().find(|(found, _)| *found == field).map(|(_, value)| *value)
    }

    /// A text, number or truth value as text, with a mark where it was cut; an empty one is none.
    pub(crate) fn text(&self, field: Field) -> Option<String> {
        text(&self.get(field)?)
    }
}

/// A text, number or truth value as text, with a mark where it was cut; an empty one is none.
pub(super) fn text(value: &Value<'_>) -> Option<String> {
    let text = match value {
        Value::Text(text) => text.to_string(),
        other => other.to_text()?.into_owned(),
    };
    (!text.is_empty()).then_some(text)
}

impl<'a> Named<'a> {
    pub(super) fn set(&mut self, name: &'a str, value: Value<'a>) {
        if let Some(&place) = self.places.get(name) {
            self.entries[place].1 = value;
        } else {
            self.places.insert(name, self.entries.len());
            self.entries.push((name, value));
        }
    }

    /// As [`set`](Self::set); the pairs of a map that has no name are values of their own.
    fn set_all(&mut self, name: &'a str, value: Value<'a>) {
        match value {
            Value::Map(map) if name.is_empty() => {
                for (name, value) in map {
                    self.set(name, value);
                }
            }
            value => self.set(name, value),
        }
    }

    pub(super) fn entries(&self) -> &[(&'a str, Value<'a>)] {
        &self.entries
    }
}
