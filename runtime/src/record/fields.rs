//! The fields of `tracing` spans and events, written down as they are.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Debug;

use tracing::Level;
use tracing::field::{Field as Name, Visit};
use tracing_core::Event;

use crate::convert::foreign::{EVENT_TEXT, FAILURE, FAILURE_TEXT, meaning};
use crate::span::capture::Limits;
use crate::span::recording::Slot;
use crate::wire::{Field, Kind, Tape};

/// Writes down fields, each as an entry; without content, those that cannot be any.
pub(super) fn read(kind: Kind, content: bool, limits: Limits, fields: impl FnOnce(&mut dyn Visit)) -> Tape {
    let mut visitor = Visitor { tape: Tape::default(), kind, content, limits };
    fields(&mut visitor);
    visitor.tape
}

/// What an error that was logged says of the span that it was logged in; nothing of other events.
pub(super) fn read_error(event: &Event<'_>, content: bool, limits: Limits) -> Option<Tape> {
    if *event.metadata().level() != Level::ERROR {
        return None;
    }
    let mut failure = Failure { texts: [None, None], limits };
    if content {
        event.record(&mut failure);
    }
    let mut tape = Tape::default();
    tape.entry(Field::Foreign, Some(FAILURE));
    tape.bool(true);
    let [error, message] = failure.texts;
    if let Some(text) = error.or(message) {
        tape.entry(Field::Foreign, Some(FAILURE_TEXT));
        tape.text(&text);
    }
    Some(tape)
}

struct Visitor {
    tape: Tape,
    kind: Kind,
    content: bool,
    limits: Limits,
}

impl Visitor {
    /// How many times the cap a text of JSON may be long to be read on the caller's thread.
    const READ_CAPS: usize = 16;

    /// The place for a field; none where it may be content and that is not wanted.
    fn slot<'a>(&'a mut self, name: &'a str) -> Option<Slot<'a>> {
        let wanted = self.content || !meaning(name, self.kind).may_be_content();
        wanted.then(|| Slot::on(&mut self.tape, self.limits, Field::Foreign, Some(name)))
    }

    /// Numbers and truth values are never content.
    fn number<T: serde::Serialize>(&mut self, name: &Name, value: T) {
        Slot::on(&mut self.tape, self.limits, Field::Foreign, Some(name.name())).serialize(&value);
    }
}

impl Visit for Visitor {
    fn record_bool(&mut self, name: &Name, value: bool) {
        self.number(name, value);
    }

    fn record_i64(&mut self, name: &Name, value: i64) {
        self.number(name, value);
    }

    fn record_u64(&mut self, name: &Name, value: u64) {
        self.number(name, value);
    }

    fn record_i128(&mut self, name: &Name, value: i128) {
        self.number(name, value);
    }

    fn record_u128(&mut self, name: &Name, value: u128) {
        self.number(name, value);
    }

    fn record_f64(&mut self, name: &Name, value: f64) {
        self.number(name, value);
    }

    /// A long text of JSON is cut inside its values, so that it stays JSON; one that is too long to be read here is
    /// cut like any text.
    fn record_str(&mut self, name: &Name, value: &str) {
        let cap = self.limits.cap();
        let Some(slot) = self.slot(name.name()) else { return };
        let is_long = value.len() > cap && value.len() <= Self::READ_CAPS * cap;
        match is_long.then(|| serde_json::from_str::<serde_json::Value>(value)) {
            Some(Ok(json)) => slot.serialize(&json),
            _ => slot.serialize(value),
        }
    }

    fn record_error(&mut self, name: &Name, value: &(dyn Error + 'static)) {
        if let Some(slot) = self.slot(name.name()) {
            slot.display(value);
        }
    }

    fn record_debug(&mut self, name: &Name, value: &dyn Debug) {
        if let Some(slot) = self.slot(name.name()) {
            slot.debug(value);
        }
    }
}

/// What an event says went wrong: its `error`, else its text.
struct Failure {
    texts: [Option<String>; 2],
    limits: Limits,
}

impl Failure {
    fn set(&mut self, name: &Name, write: impl FnOnce(Slot<'_>)) {
        let place = match name.name() {
            FAILURE => 0,
            EVENT_TEXT => 1,
            _ => return,
        };
        let mut tape = Tape::default();
        write(Slot::on(&mut tape, self.limits, Field::Foreign, None));
        self.texts[place] = tape.get(Field::Foreign).and_then(|text| text.to_text().map(Cow::into_owned));
    }
}

impl Visit for Failure {
    fn record_str(&mut self, name: &Name, value: &str) {
        self.set(name, |slot| slot.serialize(value));
    }

    fn record_error(&mut self, name: &Name, value: &(dyn Error + 'static)) {
        self.set(name, |slot| slot.display(value));
    }

    fn record_debug(&mut self, name: &Name, value: &dyn Debug) {
        self.set(name, |slot| slot.debug(value));
    }
}
