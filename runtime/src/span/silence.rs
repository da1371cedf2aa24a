//! Code that is not ours, and not the program's work: exporters, extractors.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use tracing::Dispatch;
use tracing::dispatcher::with_default;
use tracing::subscriber::NoSubscriber;

/// Known to `tracing`, unlike [`Dispatch::none`]: a function that is called here for the first time would otherwise
/// count as one that nobody ever wants to hear of, also where it is the program's work. One for all, since to make one
/// known asks for every callsite anew.
static SILENCE: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::new()));

/// Runs work of which nothing is traced on this thread: its spans would be worked on in their turn, without end.
pub(crate) fn silently<T>(work: impl FnOnce() -> T) -> T {
    with_default(&SILENCE, work)
}

/// What the work gives; nothing where it panics.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    // What a panic carries may panic when it is dropped.
    catch_unwind(AssertUnwindSafe(work)).map_err(mem::forget).ok()
}
