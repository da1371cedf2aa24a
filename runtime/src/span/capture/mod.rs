//! Reads a value, once, onto the tape: as structured data when it is `Serialize`, else as its `Debug` text, else
//! as the name of its type.
//!
//! Whatever the value's own code does, capture ends, stays within its [`Limits`], and does not panic.
//!
//! It is the user's code that runs here, inside the user's call: a `Serialize` that loops, a `Debug` that
//! panics, a value of a gigabyte. `ladder` chooses how to read, `serialize` and `text` read within limits,
//! `key` reads the keys of maps, and what goes wrong leaves the name of the type on the tape.

mod excerpt;
pub(crate) mod facts;
mod key;
mod ladder;
mod model;
mod serialize;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use excerpt::{Ends, Excerpt};
pub use ladder::{Json, Probe, TextProbe, debug_text, display_text, json, redacted, type_text};
pub use model::{RequestProbe, ResponseProbe};

use std::any::type_name;
use std::fmt::{Arguments, Debug, Display};

use serde::Serialize;

use super::{Slot, guarded};
use crate::wire::{Field, Tape};

/// How much of one value is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    cap: usize,
}

impl Limits {
    /// What a value whose cap is used up may still write, so that the short fields behind a long one are kept: in
    /// most bodies of model calls the usage and the finish reason come last.
    pub(crate) const TAIL: usize = 8 * 1024;
    /// The most that one text may take of the tail, in bytes.
    const TAIL_TEXT: usize = 256;
    /// So many items of a sequence may stand behind the end.
    const FIRST: usize = 4;
    /// A map of so few pairs is treated as a struct, whose last fields matter too: JSON is all maps.
    const FEW: usize = 64;
    /// Containers within containers. Readers of JSON give up at 128, and the value still gets wrapped.
    const DEPTH: usize = 100;

    /// Keeps about so many bytes of a value.
    pub(crate) fn value(cap: usize) -> Self {
        Self { cap }
    }

    pub(crate) fn cap(self) -> usize {
        self.cap
    }
}

/// Reads `value` as structured data; false where its `Serialize` failed or panicked.
fn serialize<T: Serialize + ?Sized>(value: &T, tape: &mut Tape, limits: Limits) -> bool {
    attempt(tape, |tape| serialize::write(value, tape, limits))
}

/// Reads the `Debug` text of `value`; false where its `Debug` failed or panicked.
fn debug<T: Debug + ?Sized>(value: &T, tape: &mut Tape, limits: Limits) -> bool {
    attempt(tape, |tape| text::write(tape, limits, format_args!("{value:?}")))
}

/// Reads the `Display` text of `value`; false where its `Display` failed or panicked.
fn display<T: Display + ?Sized>(value: &T, tape: &mut Tape, limits: Limits) -> bool {
    attempt(tape, |tape| text::write(tape, limits, format_args!("{value}")))
}

/// Reads formatted text; what stands there instead says so where formatting failed or panicked.
pub(super) fn format(tape: &mut Tape, limits: Limits, text: Arguments<'_>) {
    if !attempt(tape, |tape| text::write(tape, limits, text)) {
        tape.text("(its message could not be formatted)");
    }
}

/// Runs `write`, which is the user's code; takes back what it wrote where it fails or panics.
///
/// The panic hook still prints the panic. What is taken back is only what stands on the tape: a value that
/// counts its readers has counted.
pub(super) fn attempt(tape: &mut Tape, write: impl FnOnce(&mut Tape) -> bool) -> bool {
    let mark = tape.mark();
    let written = guarded(|| write(tape)).unwrap_or(false);
    if !written {
        tape.rewind(mark);
    }
    written
}

/// One way to read a value; false where it failed.
///
/// In order of preference: the next one is tried where one fails.
type Way<'a> = dyn Fn(&mut Tape, Limits) -> bool + 'a;

impl Slot<'_> {
    /// Writes the entry with the first of these ways that works, else with the name of the type.
    fn write<T: ?Sized>(self, ways: &[&Way<'_>]) {
        let Some((tape, limits)) = self.target else { return };
        tape.entry(self.field, self.name);
        if !ways.iter().any(|way| way(tape, limits)) {
            tape.text(type_name::<T>());
        }
    }

    /// Writes the entry: structured data.
    pub(crate) fn serialize<T: Serialize + ?Sized>(self, value: &T) {
        self.write::<T>(&[&|tape, limits| serialize(value, tape, limits)]);
    }

    /// Writes the entry: `Debug` text.
    pub(crate) fn debug<T: Debug + ?Sized>(self, value: &T) {
        self.write::<T>(&[&|tape, limits| debug(value, tape, limits)]);
    }

    /// Writes the entry: `Display` text.
    pub(crate) fn display<T: Display + ?Sized>(self, value: &T) {
        self.write::<T>(&[&|tape, limits| display(value, tape, limits)]);
    }

    /// Writes the entry: a mark in the place of the value.
    pub(crate) fn redacted(self) {
        self.write::<()>(&[&|tape, _| {
            tape.text("[redacted]");
            true
        }]);
    }

    /// Writes the entry: the name of the type.
    pub(crate) fn type_name<T: ?Sized>(self) {
        self.write::<T>(&[]);
    }
}

impl<'a> Slot<'a> {
    /// A slot outside a recording.
    pub(crate) fn on(tape: &'a mut Tape, limits: Limits, field: Field, name: Option<&'a str>) -> Self {
        Self { target: Some((tape, limits)), field, name }
    }
}
