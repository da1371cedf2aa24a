use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, RefUnwindSafe, UnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use tracing_core::span::Id;

use super::desk::Desk;
use super::{Entering, Guard, Handle, Recording, Site, opening, unheard};
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
    span: Option<Handle>,
    recording: Option<Box<dyn Held>>,
    /// Whether the span is left only when the call is dropped.
    entered: bool,
}

/// A [`Desk`] whose type ends here: the compiler, asked whether a future is `Send`, has to look no further,
/// which lets chains of annotated `async` functions be about twice as long.
///
/// It costs a virtual call where arguments are written, and an allocation, which the recording needs anyway
/// to keep futures small.
trait Held: Send + Sync {
    fn recording(&mut self) -> Option<&mut Recording>;
    fn end(self: Box<Self>, outcome: Option<Outcome>, end: Timestamp);
}

impl Held for Desk {
    fn recording(&mut self) -> Option<&mut Recording> {
        Self::recording(self)
    }

    fn end(self: Box<Self>, outcome: Option<Outcome>, end: Timestamp) {
        Self::end(self, outcome, end);
    }
}

/// A piece of what the annotated function does, whose type ends here.
pub(super) trait Piece {
    /// Does it, and keeps what comes of it.
    fn run(&mut self);
}

/// A piece that is done once.
enum Once<W, T> {
    Work(W),
    Running,
    Value(T),
}

impl<W: FnOnce() -> T, T> Piece for Once<W, T> {
    fn run(&mut self) {
        if let Self::Work(work) = mem::replace(self, Self::Running) {
            *self = Self::Value(work());
        }
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
        let (span, desk) = opening::ask(site, name, || Handle::open(metadata, &values, parent));
        Self { span, recording: desk.map(|desk| desk as Box<dyn Held>), entered: false }
    }

    #[inline]
    pub(super) fn disabled() -> Self {
        Self { span: None, recording: None, entered: false }
    }

    /// What to write arguments and results to; nothing where nobody listens.
    pub fn recording(&mut self) -> Option<&mut Recording> {
        self.recording.as_mut()?.recording()
    }

    /// The `tracing` span; none where nobody listens.
    pub(super) fn id(&self) -> Option<Id> {
        self.span.as_ref().map(Handle::id)
    }

    /// Enters the span until the guard is dropped.
    pub(super) fn enter(&self) -> Option<Entering<'_>> {
        self.span.as_ref().map(Handle::enter)
    }

    /// Runs a piece of the call inside its span. A panic is recorded, ends the call, and goes on.
    ///
    /// There is no other way to the message of a panic than to catch it; `resume_unwind` goes on without
    /// another round of the panic hook, so that nothing is printed twice. `AssertUnwindSafe` is true because
    /// nothing looks at the broken state before the panic goes on.
    pub fn run<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let mut once = Once::Work(work);
        self.run_piece(&mut once);
        let Once::Value(value) = once else { unreachable!("the work was done, or has panicked") };
        value
    }

    /// The same, of a piece that keeps what comes of it.
    #[inline]
    pub(super) fn run_piece(&mut self, piece: &mut impl Piece) {
        if self.is_disabled() {
            let _innermost = unheard::enter(false);
            return piece.run();
        }
        self.run_enabled(piece);
    }

    /// The same for every function, and compiled with this crate: what stands in generic code is compiled in the user's,
    /// once for each function that is annotated.
    fn run_enabled(&mut self, piece: &mut dyn Piece) {
        let _innermost = unheard::enter(self.recording.is_some());
        let _entered = self.span.as_ref().map(Handle::enter);
        let Some(recording) = self.recording.as_mut().and_then(|held| held.recording()) else {
            return piece.run();
        };
        recording.start();
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| piece.run())) {
            if let Some(held) = self.recording.take() {
                end_panicked(held, panic_message(&*panic));
            }
            resume_unwind(panic)
        }
    }

    /// Runs what only makes the call's future inside its span; the clock starts with the future.
    ///
    /// The part of an `async fn`-like function that runs at the call, before the first poll.
    #[inline]
    pub fn prepare<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let _entered = self.enter();
        work()
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
    ///
    /// A function pointer, here and in the ladders that lead here, so that functions with results of one type share what
    /// is compiled for them.
    pub fn finish<T>(mut self, value: T, record: fn(&mut Recording, &T)) -> T {
        if let Some(recording) = self.recording() {
            record(recording, &value);
        }
        self.end();
        value
    }

    /// Ends the call.
    #[inline]
    pub fn end(mut self) {
        if !self.is_disabled() {
            self.end_with(None, None);
        }
    }

    pub(super) fn end_at(&mut self, end: Option<Timestamp>) {
        self.end_with(None, end);
    }

    /// The `tracing` span is closed before the record is made: then, most of the time, nobody but the recording has the
    /// node any more, and what it knows need not be locked and copied. The recording stays in its place meanwhile, since
    /// closing runs other layers, which may panic.
    fn end_with(&mut self, outcome: Option<Outcome>, end: Option<Timestamp>) {
        let Some(recording) = self.recording() else { return };
        let end = end.unwrap_or_else(|| recording.now());
        self.span = None;
        if let Some(held) = self.recording.take() {
            held.end(outcome, end);
        }
    }

    /// Records the panic and ends the call.
    pub(super) fn end_panicked(&mut self) {
        if let Some(held) = self.recording.take() {
            end_panicked(held, "the function panicked");
        }
    }

    /// Ends the call as cancelled, unless it has failed before.
    #[cold]
    pub(super) fn cancel(&mut self) {
        let failed = self.recording().is_some_and(|recording| recording.has_failed());
        self.end_with(if failed { None } else { Some(Outcome::Cancelled) }, None);
    }

    pub(super) fn is_recording(&self) -> bool {
        self.recording.is_some()
    }

    /// Whether there is nothing to do for the call at all.
    #[inline]
    pub(super) fn is_disabled(&self) -> bool {
        self.recording.is_none() && self.span.is_none()
    }

    /// Enters the span until the call is dropped, on the same thread and soon.
    ///
    /// For what drops the user's values after the last poll: they are dropped inside the span, as they would
    /// be in a plain function.
    pub(super) fn enter_for_good(&mut self) {
        if let Some(span) = &self.span {
            span.enter_for_good();
            self.entered = true;
        }
    }

    /// Leaves the span that was [entered for good](Self::enter_for_good).
    pub(super) fn leave(&mut self) {
        if let Some(span) = self.span.as_ref().filter(|_| self.entered) {
            span.leave();
        }
        self.entered = false;
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.leave();
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
fn end_panicked(mut held: Box<dyn Held>, message: &str) {
    let Some(recording) = held.recording() else { return };
    recording.fail("panic", format_args!("{message}"), std::iter::empty());
    let end = recording.now();
    held.end(Some(Outcome::Panicked), end);
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
