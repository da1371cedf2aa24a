//! The end of a thread, when the destructors of its thread-local values run.
//!
//! Such a destructor may call an annotated function. By then the registry of `tracing-subscriber` may have lost what it
//! keeps for the thread, and panics for a new span; a panic in such a destructor ends the process. So no span is opened
//! any more once the first things are gone.

use std::cell::Cell;

thread_local! {
    /// Needs no destructor: it can be read to the very end.
    static STAGE: Cell<Stage> = const { Cell::new(Stage::New) };
    static SENTINEL: Sentinel = const { Sentinel };
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The registry keeps nothing for this thread, as far as we know.
    New,
    Watched,
    Ending,
}

/// Dropped at the end of the thread, before everything that is older than it.
struct Sentinel;

impl Drop for Sentinel {
    fn drop(&mut self) {
        STAGE.set(Stage::Ending);
    }
}

/// Whether the thread is about to end.
#[inline]
pub(super) fn is_near() -> bool {
    STAGE.get() == Stage::Ending
}

/// Told of each span of ours that was opened: what the registry keeps for the thread is there by now, so a value made
/// now is dropped before it.
#[inline]
pub(super) fn watch() {
    if STAGE.get() == Stage::New {
        STAGE.set(Stage::Watched);
        // On a thread that ends already there is nothing left to watch.
        let _ = SENTINEL.try_with(|_| ());
    }
}
