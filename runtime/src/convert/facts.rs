use std::borrow::Cow;
use std::collections::HashMap;

use super::attribute::emptied;
use super::content::Pair;
use crate::wire::tape::Value;
use crate::wire::{Field, Tape, Usage};

/// What a tape says of its span, read in one pass: the last entry of each field and name, all events and items.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    /// Of the fields that come once, the last value.
    single: Vec<Value<'a>>,
    /// For each field, one more than its place in `single`; 0 where there is none.
    places: [u8; Field::COUNT],
    pub(super) arguments: Named<'a>,
    pub(super) attributes: Named<'a>,
    pub(super) parameters: Named<'a>,
    pub(super) details: Named<'a>,
    /// Of several, what a later one leaves open stays.
    pub(crate) usage: Usage,
    pub(super) events: Vec<Pair<'a>>,
    pub(super) items: Vec<Value<'a>>,
}

/// Values by name, in the order in which the names came, each with its last value.
///
/// Order is kept for the reader: arguments appear as they were declared. A few are searched faster than hashed.
#[derive(Debug, Default)]
pub(super) struct Named<'a> {
    entries: Vec<Pair<'a>>,
    /// The place of each name, where they are many.
    places: Option<HashMap<&'a str, usize>>,
}

impl Default for Facts<'_> {
    fn default() -> Self {
        Self {
            single: Vec::new(),
            places: [0; Field::COUNT],
            arguments: Named::default(),
            attributes: Named::default(),
            parameters: Named::default(),
            details: Named::default(),
            usage: Usage::default(),
            events: Vec::new(),
            items: Vec::new(),
        }
    }
}

impl<'a> Facts<'a> {
    pub(crate) fn read(tape: &'a Tape) -> Self {
        let mut facts = Self::default();
        facts.add(tape);
        facts
    }

    /// Adds what a tape says.
    pub(crate) fn add(&mut self, tape: &'a Tape) {
        for entry in tape.entries() {
            match entry.field {
                Field::Argument => self.arguments.set(entry.name, entry.value),
                Field::Attribute => self.attributes.set(entry.name, entry.value),
                Field::Parameters => self.parameters.set_all(entry.name, entry.value),
                Field::Detail => self.details.set(entry.name, entry.value),
                Field::Event => self.events.push((entry.name, entry.value)),
                Field::Usage => self.usage.update(Usage::of_tape(&entry.value)),
                Field::Item => self.items.push(entry.value),
                field => self.set(field, entry.value),
            }
        }
    }

    /// Forgets everything, so that the memory is used again for what another tape says.
    pub(crate) fn emptied<'b>(self) -> Facts<'b> {
        Facts {
            single: emptied(self.single),
            arguments: self.arguments.emptied(),
            attributes: self.attributes.emptied(),
            parameters: self.parameters.emptied(),
            details: self.details.emptied(),
            events: emptied(self.events),
            items: emptied(self.items),
            ..Facts::default()
        }
    }

    fn set(&mut self, field: Field, value: Value<'a>) {
        let place = &mut self.places[field as usize];
        if *place == 0 {
            self.single.push(value);
            // There are fewer fields than a byte has values.
            *place = u8::try_from(self.single.len()).unwrap_or(0);
        } else {
            self.single[usize::from(*place) - 1] = value;
        }
    }

    /// The last value of a field; an explicit null is no value.
    #[inline]
    pub(crate) fn get(&self, field: Field) -> Option<Value<'a>> {
        self.get_any(field).filter(|value| !matches!(value, Value::Null))
    }

    /// The last value of a field, null included.
    ///
    /// For a result that is null: a function that returned nothing has returned.
    #[inline]
    pub(super) fn get_any(&self, field: Field) -> Option<Value<'a>> {
        let place = usize::from(self.places[field as usize]).checked_sub(1)?;
        Some(self.single[place])
    }

    /// A text, number or truth value as text, with a mark where it was cut; an empty one is none.
    #[inline]
    pub(crate) fn text(&self, field: Field) -> Option<Cow<'a, str>> {
        text(&self.get(field)?)
    }
}

/// A text, number or truth value as text, with a mark where it was cut; an empty one is none.
pub(super) fn text<'a>(value: &Value<'a>) -> Option<Cow<'a, str>> {
    let text = match value {
        Value::Text(text) => text.marked(),
        other => other.to_text()?,
    };
    (!text.is_empty()).then_some(text)
}

impl<'a> Named<'a> {
    /// So many are searched one by one.
    const FEW: usize = 16;

    pub(super) fn set(&mut self, name: &'a str, value: Value<'a>) {
        if self.entries.len() == Self::FEW && self.places.is_none() {
            self.places = Some(self.entries.iter().map(|(name, _)| *name).zip(0..).collect());
        }
        let place = match &self.places {
            None => self.entries.iter().position(|(found, _)| *found == name),
            Some(places) => places.get(name).copied(),
        };
        if let Some(place) = place {
            self.entries[place].1 = value;
        } else {
            if let Some(places) = &mut self.places {
                places.insert(name, self.entries.len());
            }
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

    fn emptied<'b>(self) -> Named<'b> {
        Named { entries: emptied(self.entries), places: None }
    }

    pub(super) fn entries(&self) -> &[Pair<'a>] {
        &self.entries
    }
}
