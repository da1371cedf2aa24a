//! The rungs above [`Probe`] that only calls of models have: values that say themselves what they ask or answer.

#![allow(clippy::unused_self, reason = "the receiver of these methods is what chooses between them")]

use std::any::type_name;

use super::super::rung::rung;
use super::facts::{write_request, write_response};
use super::{Probe, Slot, attempt};
use crate::llm::{Request, Response};

/// The ladder for the arguments of a model call.
#[derive(Debug)]
pub struct RequestProbe<T: ?Sized>(Probe<T>);

/// The ladder for the result of a model call.
#[derive(Debug)]
pub struct ResponseProbe<T: ?Sized>(Probe<T>);

impl<T: ?Sized> RequestProbe<T> {
    /// The ladder for the type of this value.
    #[must_use]
    pub fn of(value: &T) -> Self {
        Self(Probe::of(value))
    }
}

impl<T: ?Sized> ResponseProbe<T> {
    /// The ladder for the type of this value.
    #[must_use]
    pub fn of(value: &T) -> Self {
        Self(Probe::of(value))
    }
}

rung!(RequestProbe falls to Probe);
rung!(ResponseProbe falls to Probe);

impl<T: Request + ?Sized> RequestProbe<T> {
    /// Writes what the value says of itself.
    pub fn __recount_1_capture(&self, value: &T, slot: Slot<'_>) {
        slot.request(value);
    }
}

impl<T: Response + ?Sized> ResponseProbe<T> {
    /// Writes what the value says of itself.
    pub fn __recount_1_capture(&self, value: &T, slot: Slot<'_>) {
        slot.response(value);
    }
}

impl Slot<'_> {
    /// Writes what a request says of itself, in place of the entry.
    pub(crate) fn request<T: Request + ?Sized>(self, value: &T) {
        let Some((tape, limits)) = self.target else { return };
        let said = attempt(tape, |tape| {
            write_request(&value.facts(), tape, limits);
            true
        });
        if !said {
            tape.entry(self.field, self.name);
            tape.text(type_name::<T>());
        }
    }

    /// Writes what a response says of itself, in place of the entry.
    pub(crate) fn response<T: Response + ?Sized>(self, value: &T) {
        let Some((tape, limits)) = self.target else { return };
        let said = attempt(tape, |tape| {
            write_response(&value.facts(), tape, limits);
            true
        });
        if !said {
            tape.entry(self.field, self.name);
            tape.text(type_name::<T>());
        }
    }
}
