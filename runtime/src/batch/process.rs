use std::process;

/// The process that a pipeline was built in.
///
/// A fork copies the memory, but of the threads only the one that called it: a child has a queue and no worker, and
/// locks that another thread held at that moment are never released in it. To ask who we are is a call of the system,
/// so it is done where there is time: on contention, once in a batch, when a queue is full, and before anybody waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Process(u32);

impl Process {
    pub(super) fn current() -> Self {
        Self(process::id())
    }

    /// Whether this is another process by now: a fork of the one that it was.
    pub(super) fn is_forked(self) -> bool {
        self != Self::current()
    }
}
