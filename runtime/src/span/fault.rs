//! What went wrong: the type, the message, and the messages of the sources.
//!
//! Errors have no common type, and the type is what backends group by. So a ladder chooses, by what the
//! error's type implements, how much there is to say: `Error` gives the type, the message and the sources;
//! `anyhow::Error` and boxed errors the message and the sources; `Display` and `Debug` a text.

#![allow(clippy::unused_self, reason = "the receiver of these methods is what chooses between them")]

use std::any::type_name;
use std::error::Error;
use std::fmt::{Arguments, Debug, Display};
use std::marker::PhantomData;

use super::Recording;
use super::capture::{Limits, attempt, format};
use super::rung::rung;
use crate::wire::Tape;

/// The most that is kept of one message, in bytes.
///
/// Some errors quote the whole body of a response.
const MESSAGE_CAP: usize = 16 * 1024;
/// The most sources that are followed; a chain may be a ring.
pub(crate) const CHAIN_CAP: usize = 32;

/// The type of an error of which only the message is known.
pub(super) const UNKNOWN: &str = "";

/// Writes a fault onto a tape. Without content only its type: what an error says may quote an argument.
pub(super) fn write<'a>(
    tape: &mut Tape,
    content: bool,
    kind: &str,
    message: Arguments<'_>,
    sources: impl Iterator<Item = &'a (dyn Error + 'static)>,
) {
    tape.begin_fault(kind);
    if content {
        write_messages(tape, message, sources);
    }
    tape.end();
}

fn write_messages<'a>(
    tape: &mut Tape,
    message: Arguments<'_>,
    sources: impl Iterator<Item = &'a (dyn Error + 'static)>,
) {
    tape.text("message");
    format(tape, Limits::value(MESSAGE_CAP), message);
    // `Error::source` is the user's code as well.
    attempt(tape, |tape| {
        let mut sources = sources.take(CHAIN_CAP).peekable();
        if sources.peek().is_some() {
            tape.text("chain");
            tape.begin_seq();
            sources.for_each(|source| format(tape, Limits::value(MESSAGE_CAP), format_args!("{source}")));
            tape.end();
        }
        true
    });
}

/// The sources of an error, nearest first. The error is not asked before the iterator is.
///
/// Lazily, since without content nobody is to call `source`.
pub(crate) fn sources<'a>(error: &'a (dyn Error + 'a)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut last = error;
    std::iter::from_fn(move || {
        let source = last.source()?;
        last = source;
        Some(source)
    })
}

impl Recording {
    /// Says that the call failed with this error. The last failure counts.
    pub(crate) fn fail<'a>(
        &mut self,
        kind: &str,
        message: Arguments<'_>,
        sources: impl Iterator<Item = &'a (dyn Error + 'static)>,
    ) {
        if self.set_failed() {
            let content = self.content();
            write(self.tape(), content, kind, message, sources);
        }
    }
}

/// The type of an error, without what it is wrapped in and without its type parameters: few enough values to group
/// by.
fn short_type_name<T: ?Sized>() -> &'static str {
    shortened(type_name::<T>())
}

/// Texts only: `type_name` has no stable form, and a form that is not known comes out longer, not wrong.
fn shortened(mut name: &str) -> &str {
    const WRAPPERS: [&str; 6] =
        ["&", "mut ", "alloc::sync::Arc<", "alloc::rc::Rc<", "alloc::boxed::Box<", "core::pin::Pin<"];
    while let Some(inner) = WRAPPERS.iter().find_map(|wrapper| name.strip_prefix(wrapper)) {
        name = inner;
    }
    if name.starts_with("dyn ") {
        return UNKNOWN;
    }
    name.split(['<', '>', ',']).next().unwrap_or(name)
}

/// The ladder for the value of an `Err`: `std::error::Error` with its sources, what derefs or refers to one, else
/// `Display` text, else `Debug` text, else the name of the type.
#[derive(Debug)]
pub struct Fault<T: ?Sized>(AsErrorRung<T>);

/// The second rung of [`Fault`]: `anyhow::Error`, `eyre::Report`, `Box<dyn Error>`.
#[derive(Debug)]
pub struct AsErrorRung<T: ?Sized>(AsSyncErrorRung<T>);

/// The third rung of [`Fault`]: `Box<dyn Error + Send + Sync>`.
#[derive(Debug)]
pub struct AsSyncErrorRung<T: ?Sized>(DisplayRung<T>);

/// The fourth rung of [`Fault`].
#[derive(Debug)]
pub struct DisplayRung<T: ?Sized>(DebugRung<T>);

/// The fifth rung of [`Fault`].
#[derive(Debug)]
pub struct DebugRung<T: ?Sized>(AnyFault<T>);

/// The last rung of [`Fault`].
#[derive(Debug)]
pub struct AnyFault<T: ?Sized>(PhantomData<fn(&T)>);

impl<T: ?Sized> Fault<T> {
    /// The ladder for the type of this value.
    #[must_use]
    pub fn of(_: &T) -> Self {
        Self(AsErrorRung(AsSyncErrorRung(DisplayRung(DebugRung(AnyFault(PhantomData))))))
    }
}

rung!(Fault falls to AsErrorRung);
rung!(AsErrorRung falls to AsSyncErrorRung);
rung!(AsSyncErrorRung falls to DisplayRung);
rung!(DisplayRung falls to DebugRung);
rung!(DebugRung falls to AnyFault);

impl<T: Error> Fault<T> {
    /// Says that the call failed with this error.
    pub fn __recount_1_fault(&self, error: &T, recording: &mut Recording) {
        recording.fail(short_type_name::<T>(), format_args!("{error}"), sources(error));
    }
}

impl<T: AsRef<dyn Error + 'static> + ?Sized> AsErrorRung<T> {
    /// Says that the call failed with this error.
    pub fn __recount_1_fault(&self, error: &T, recording: &mut Recording) {
        let error = error.as_ref();
        recording.fail(UNKNOWN, format_args!("{error}"), sources(error));
    }
}

impl<T: AsRef<dyn Error + Send + Sync + 'static> + ?Sized> AsSyncErrorRung<T> {
    /// Says that the call failed with this error.
    pub fn __recount_1_fault(&self, error: &T, recording: &mut Recording) {
        let error = error.as_ref();
        recording.fail(UNKNOWN, format_args!("{error}"), sources(error));
    }
}

impl<T: Display + ?Sized> DisplayRung<T> {
    /// Says that the call failed with this error.
    pub fn __recount_1_fault(&self, error: &T, recording: &mut Recording) {
        recording.fail(short_type_name::<T>(), format_args!("{error}"), std::iter::empty());
    }
}

impl<T: Debug + ?Sized> DebugRung<T> {
    /// Says that the call failed with this error.
    pub fn __recount_1_fault(&self, error: &T, recording: &mut Recording) {
        recording.fail(short_type_name::<T>(), format_args!("{error:?}"), std::iter::empty());
    }
}

impl<T: ?Sized> AnyFault<T> {
    /// Says that the call failed.
    pub fn __recount_1_fault(&self, _error: &T, recording: &mut Recording) {
        let name = short_type_name::<T>();
        recording.fail(name, format_args!("{name}"), std::iter::empty());
    }
}

/// What `err(Display)` asks for; says what to write instead.
#[diagnostic::on_unimplemented(
    message = "the error type `{Self}` has no `Display` text",
    label = "not `Display`",
    note = "implement `std::fmt::Display` for it, or write `err(Debug)`"
)]
pub trait Displayed: Display {}

#[diagnostic::do_not_recommend]
impl<T: Display + ?Sized> Displayed for T {}

/// Says that the call failed, with the `Display` text of the error: `err(Display)`.
pub fn fault_display<T: Displayed + ?Sized>(error: &T, recording: &mut Recording) {
    recording.fail(short_type_name::<T>(), format_args!("{error}"), std::iter::empty());
}

/// Says that the call failed, with the `Debug` text of the error: `err(Debug)`.
pub fn fault_debug<T: Debug + ?Sized>(error: &T, recording: &mut Recording) {
    recording.fail(short_type_name::<T>(), format_args!("{error:?}"), std::iter::empty());
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::rc::Rc;
    use std::sync::{Arc, PoisonError};

    use super::{UNKNOWN, short_type_name};

    #[test]
    fn an_error_is_named_without_its_wrappers_and_parameters() {
        assert_eq!(short_type_name::<std::fmt::Error>(), "core::fmt::Error");
        assert_eq!(short_type_name::<&&mut Arc<Box<std::fmt::Error>>>(), "core::fmt::Error");
        assert_eq!(short_type_name::<Rc<str>>(), "str");
        assert_eq!(short_type_name::<PoisonError<Arc<str>>>(), "std::sync::poison::PoisonError");
        assert_eq!(short_type_name::<Pin<Box<dyn std::error::Error>>>(), UNKNOWN);
    }
}
