use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::panic::{AssertUnwindSafe, RefUnwindSafe, UnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use tracing::Span;
use tracing_core::span::Id;

use super::{Guard, Recording, Site, opening, unheard};
use crate::wire::{Outcome, Timestamp};

/// One call of an annotated function: the open `tracing` span and, where the Layer listens, its recording.
///
/// Ended by [`end`](Self::end). Dropped before that, the call was cancelled: that is how the span of a future
/// or a stream that nobody polls any more comes to its end.
///
/// Three states: disabled (no span, nothing to do), seen by other layers only (a span without a recording),
/// recorded. In the first two the user's function runs as if it were not annotated, but for entering the
/// span.
pub struct Call {
    span: Span,
    recording: Option<Box<dyn Held>>,
    /// Whether the span is left only when the call is dropped.
    entered: bool,
}

/// A [`Recording`] whose type ends here: the compiler, asked whether a future is `Send`, has to look no further,
/// which lets chains of annotated `async` functions be about twice as long.
///
/// It costs a virtual call where arguments are written, and an allocation, which the recording needs anyway
/// to keep futures small.
trait Held: Send + Sync {
    fn open(&mut self) -> &mut Recording;
    fn take(self: Box<Self>) -> Recording;
}

impl Held for Recording {
    fn open(&mut self) -> &mut Recording {
        self
    }

    fn take(self: Box<Self>) -> Recording {
        *self
    }
}

/// What the call holds is whole at any moment: a panic of the user's code runs through it, never within it.
impl UnwindSafe for Call {}
impl RefUnwindSafe for Call {}

/// What a new span is below of.
#[derive(Debug, Default)]
pub(super) enum Parent {
    /// The current span, where there is one.
    #[default]
    Current,
    /// This span, or none.
    Given(Option<Id>),
}

/// What `parent = …` may be given.
///
/// A trait of its own so that the error says what to write, not which conversions there are.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no parent of a span",
    label = "neither a `tracing` span nor the id of one",
    note = "write `&span`, `span.id()`, or `None` for the root of a new trace"
)]
pub trait ParentSpan {
    /// The id of the span; none for the root of a new trace.
    fn into_id(self) -> Option<Id>;
}

#[diagnostic::do_not_recommend]
impl<T: Into<Option<Id>>> ParentSpan for T {
    fn into_id(self) -> Option<Id> {
        self.into()
    }
}

impl Call {
    /// Opens a span below the current one.
    #[inline]
    #[must_use]
    pub fn open(site: &'static Site) -> Self {
        if site.is_enabled() {
            Self::open_enabled(site, site.name().into(), Parent::Current)
        } else {
            Self::disabled()
        }
    }

    /// Opens a span below the given one; `None` makes it the root of a trace of its own.
    ///
    /// The expression for the parent is evaluated only where somebody listens.
    #[inline]
    #[must_use]
    pub fn open_under<P: ParentSpan>(site: &'static Site, parent: impl FnOnce() -> P) -> Self {
        if site.is_enabled() {
            Self::open_enabled(site, site.name().into(), Parent::Given(parent().into_id()))
        } else {
            Self::disabled()
        }
    }

    /// Opens a span of this name, at a place that is enabled.
    ///
    /// The span has no fields: a payload in one would reach every layer of the program.
    pub(super) fn open_enabled(site: &'static Site, name: Cow<'static, str>, parent: Parent) -> Self {
        let metadata = site.metadata();
        let values = [];
        let values = metadata.fields().value_set(&values);
        Self::from_parts(opening::ask(site, name, || match parent {
            Parent::Current => Span::new(metadata, &values),
            Parent::Given(parent) => Span::child_of(parent, metadata, &values),
        }))
    }

    fn from_parts((span, opened): (Span, Option<opening::Opened>)) -> Self {
        let recording = opened.map(|opened| Box::new(Recording::new(opened)) as Box<dyn Held>);
        Self { span, recording, entered: false }
    }

    pub(super) fn disabled() -> Self {
        Self { span: Span::none(), recording: None, entered: false }
    }

    /// What to write arguments and results to; nothing where nobody listens.
    #[inline]
    pub fn recording(&mut self) -> Option<&mut Recording> {
        Some(self.recording.as_mut()?.open())
    }

    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    /// Runs a piece of the call inside its span. A panic is recorded, ends the call, and goes on.
    ///
    /// There is no other way to the message of a panic than to catch it; `resume_unwind` goes on without
    /// another round of the panic hook, so that nothing is printed twice. `AssertUnwindSafe` is true because
    /// nothing looks at the broken state before the panic goes on.
    #[inline]
    pub fn run<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let _innermost = unheard::enter(self.recording.is_some());
        let _entered = self.span.enter();
        let Some(recording) = &mut self.recording else { return work() };
        recording.open().start();
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
            if let Some(recording) = self.recording.take() {
                end_panicked(recording.take(), panic_message(&*panic));
            }
            resume_unwind(panic)
        })
    }

    /// Runs what only makes the call's future inside its span; the clock starts with the future.
    ///
    /// The part of an `async fn`-like function that runs at the call, before the first poll.
    #[inline]
    pub fn prepare<T>(&mut self, work: impl FnOnce() -> T) -> T {
        self.span.in_scope(work)
    }

    /// Enters the span until the guard is dropped, which ends the call: for functions whose body must stay where
    /// it is.
    ///
    /// The message of a panic is not known there: only the one who catches it is told.
    #[must_use]
    pub fn guard(mut self) -> Guard {
        if let Some(recording) = self.recording() {
            recording.start();
        }
        Guard::new(self)
    }

    /// Lets `record` read the returned value, then ends the call.
    ///
    /// Where nobody listens, `record` is not called.
    #[inline]
    pub fn finish<T>(mut self, value: T, record: impl FnOnce(&mut Recording, &T)) -> T {
        if let Some(recording) = self.recording() {
            record(recording, &value);
        }
        self.end();
        value
    }

    /// Ends the call.
    #[inline]
    pub fn end(mut self) {
        self.end_with(None);
    }

    pub(super) fn end_at(&mut self, end: Option<Timestamp>) {
        if let Some(recording) = self.recording.take() {
            recording.take().end(None, end);
        }
    }

    fn end_with(&mut self, outcome: Option<Outcome>) {
        if let Some(recording) = self.recording.take() {
            recording.take().end(outcome, None);
        }
    }

    /// Records the panic and ends the call.
    pub(super) fn end_panicked(&mut self) {
        if let Some(recording) = self.recording.take() {
            end_panicked(recording.take(), "the function panicked");
        }
    }

    /// Ends the call as cancelled, unless it has failed before.
    #[cold]
    pub(super) fn cancel(&mut self) {
        let failed = self.recording().is_some_and(|recording| recording.has_failed());
        self.end_with(if failed { None } else { Some(Outcome::Cancelled) });
    }

    pub(super) fn is_recording(&self) -> bool {
        self.recording.is_some()
    }

    /// Whether there is nothing to do for the call at all.
    pub(super) fn is_disabled(&self) -> bool {
        self.recording.is_none() && self.span.is_none()
    }

    /// Enters the span until the call is dropped, on the same thread and soon.
    ///
    /// For what drops the user's values after the last poll: they are dropped inside the span, as they would
    /// be in a plain function.
    pub(super) fn enter_for_good(&mut self) {
        let enter = |(id, dispatch): (&Id, &tracing::Dispatch)| dispatch.enter(id);
        self.entered = self.span.with_subscriber(enter).is_some();
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if self.entered {
            self.span.with_subscriber(|(id, dispatch)| dispatch.exit(id));
        }
        if self.is_recording() {
            self.cancel();
        }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("span", &self.span).finish_non_exhaustive()
    }
}

#[cold]
fn end_panicked(mut recording: Recording, message: &str) {
    recording.fail("panic", format_args!("{message}"), std::iter::empty());
    recording.end(Some(Outcome::Panicked), None);
}

/// Payloads of `panic!` are texts; those of `panic_any` may be anything.
fn panic_message(payload: &(dyn Any + Send)) -> &str {
    if let Some(message) = payload.downcast_ref::<&str>() {
        message
    } else if let Some(message) = payload.downcast_ref::<String>() {
        message
    } else {
        "the function panicked with a value that is no text"
    }
}

/// Whether this thread began to unwind since `before`.
///
/// A span that is opened by a destructor during a panic is not a victim of it.
pub(super) fn began_to_unwind(before: bool) -> bool {
    !before && thread::panicking()
}
