//! Chooses, at compile time and without a bound on the user's types, how to read a value.
//!
//! Each rung is a type with one inherent method of the same name; a rung whose bound the value does not meet is
//! passed over, because the method is then looked up behind `Deref`, on the next rung. Nothing has to be imported
//! where the method is called, and the user's own `Deref` is never followed.

#![allow(clippy::unused_self, reason = "the receiver of these methods is what chooses between them")]

use std::cell::RefCell;
use std::fmt::{Debug, Display};
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::{Arc, Mutex, RwLock};

use serde::Serialize;

use super::super::rung::rung;
use super::{Slot, debug, display, serialize};

/// A type that locks to serialize itself, and would deadlock where the caller holds the lock. Its `Debug` only
/// tries to.
///
/// A lock within a struct is not seen by this: its `Serialize` waits, as it would for anybody.
pub trait Lock {}

impl<T: ?Sized> Lock for Mutex<T> {}
impl<T: ?Sized> Lock for RwLock<T> {}
impl<T: ?Sized> Lock for RefCell<T> {}
impl<T: Lock + ?Sized> Lock for &T {}
impl<T: Lock + ?Sized> Lock for &mut T {}
impl<T: Lock + ?Sized> Lock for Arc<T> {}
impl<T: Lock + ?Sized> Lock for Rc<T> {}
impl<T: Lock + ?Sized> Lock for Box<T> {}
impl<T: Lock> Lock for Option<T> {}

/// The ladder for arguments and results: locks as `Debug` text, else structured data, else `Debug` text, else the
/// name of the type.
#[derive(Debug)]
pub struct Probe<T: ?Sized>(SerializeRung<T>);

/// The second rung of [`Probe`].
#[derive(Debug)]
pub struct SerializeRung<T: ?Sized>(SerializeOnlyRung<T>);

/// The third rung of [`Probe`].
///
/// Apart from the rung above, since a fallback to `Debug` is only there for types that have it.
#[derive(Debug)]
pub struct SerializeOnlyRung<T: ?Sized>(DebugRung<T>);

/// The fourth rung of [`Probe`].
#[derive(Debug)]
pub struct DebugRung<T: ?Sized>(NameRung<T>);

/// The last rung of [`Probe`] and [`TextProbe`].
#[derive(Debug)]
pub struct NameRung<T: ?Sized>(PhantomData<fn(&T)>);

/// The ladder for attributes: structured data, else `Display` text, else as [`Probe`] does.
#[derive(Debug)]
pub struct TextProbe<T: ?Sized>(DisplayRung<T>);

/// The second rung of [`TextProbe`].
#[derive(Debug)]
pub struct DisplayRung<T: ?Sized>(Probe<T>);

impl<T: ?Sized> Probe<T> {
    /// The ladder for the type of this value.
    #[must_use]
    pub fn of(_: &T) -> Self {
        Self(SerializeRung(SerializeOnlyRung(DebugRung(NameRung(PhantomData)))))
    }
}

impl<T: ?Sized> TextProbe<T> {
    /// The ladder for the type of this value.
    #[must_use]
    pub fn of(value: &T) -> Self {
        Self(DisplayRung(Probe::of(value)))
    }
}

rung!(Probe falls to SerializeRung);
rung!(SerializeRung falls to SerializeOnlyRung);
rung!(SerializeOnlyRung falls to DebugRung);
rung!(DebugRung falls to NameRung);
rung!(TextProbe falls to DisplayRung);
rung!(DisplayRung falls to Probe);

impl<T: Lock + Debug + ?Sized> Probe<T> {
    /// Reads the value into the slot.
    pub fn __recount_1_capture(&self, value: &T, slot: Slot<'_>) {
        slot.debug(value);
    }
}

impl<T: Serialize + Debug + ?Sized> SerializeRung<T> {
    /// Reads the value into the slot; as `Debug` text where serializing fails.
    pub fn __recount_1_capture(&self, value: &T, slot: Slot<'_>) {
        slot.write::<T>(&[&|tape, limits| serialize(value, tape, limits), &|tape, limits| {
            debug(value, tape, limits)
        }]);
    }
}

impl<T: Serialize + ?Sized> SerializeOnlyRung<T> {
    /// Reads the value into the slot.
    pub fn __recount_1_capture(&self, value: &T, slot: Slot<'_>) {
        slot.serialize(value);
    }
}

impl<T: Debug + ?Sized> DebugRung<T> {
    /// Reads the value into the slot.
    pub fn __recount_1_capture(&self, value: &T, slot: Slot<'_>) {
        slot.debug(value);
    }
}

impl<T: ?Sized> NameRung<T> {
    /// Writes the name of the type into the slot.
    pub fn __recount_1_capture(&self, _value: &T, slot: Slot<'_>) {
        slot.type_name::<T>();
    }
}

impl<T: Serialize + ?Sized> TextProbe<T> {
    /// Reads the value into the slot.
    pub fn __recount_1_capture_text(&self, value: &T, slot: Slot<'_>) {
        slot.serialize(value);
    }
}

impl<T: Display + ?Sized> DisplayRung<T> {
    /// Reads the value into the slot.
    pub fn __recount_1_capture_text(&self, value: &T, slot: Slot<'_>) {
        slot.write::<T>(&[&|tape, limits| display(value, tape, limits)]);
    }
}

impl<T: Debug + ?Sized> DebugRung<T> {
    /// Reads the value into the slot.
    pub fn __recount_1_capture_text(&self, value: &T, slot: Slot<'_>) {
        slot.debug(value);
    }
}

impl<T: ?Sized> NameRung<T> {
    /// Writes the name of the type into the slot.
    pub fn __recount_1_capture_text(&self, _value: &T, slot: Slot<'_>) {
        slot.type_name::<T>();
    }
}

/// What `json(argument)` asks for.
///
/// A trait of its own so that the error names the argument and the ways out, not serde's implementations.
#[diagnostic::on_unimplemented(
    message = "the type `{Self}` cannot be captured as JSON: it does not implement `serde::Serialize`",
    label = "not `Serialize`",
    note = "add `#[derive(serde::Serialize)]` to the type, or write `debug(..)`, `display(..)` or `skip(..)`"
)]
pub trait Json {
    #[doc(hidden)]
    fn __recount_json(&self, slot: Slot<'_>);
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> Json for T {
    fn __recount_json(&self, slot: Slot<'_>) {
        slot.serialize(self);
    }
}

/// Reads the value as structured data: `json(argument)`.
pub fn json<T: Json + ?Sized>(value: &T, slot: Slot<'_>) {
    value.__recount_json(slot);
}

/// Reads the `Debug` text of the value: `debug(argument)`.
pub fn debug_text<T: Debug + ?Sized>(value: &T, slot: Slot<'_>) {
    slot.debug(value);
}

/// Reads the `Display` text of the value: `display(argument)`.
pub fn display_text<T: Display + ?Sized>(value: &T, slot: Slot<'_>) {
    slot.display(value);
}

/// Writes that there is a value, and nothing of it: `redact(argument)`.
pub fn redacted<T: ?Sized>(_value: &T, slot: Slot<'_>) {
    slot.redacted();
}

/// Writes the name of the value's type.
pub fn type_text<T: ?Sized>(_value: &T, slot: Slot<'_>) {
    slot.type_name::<T>();
}
