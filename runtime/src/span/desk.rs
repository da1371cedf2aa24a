//! Where a thread writes what it records: memory that is used again for its next span.

use std::cell::RefCell;

use super::{Node, Recording, SharedNode, Site};
use crate::wire::{Outcome, Timestamp};

/// The place of one [`Recording`]: everything that a span needs on the heap while it is open, but for what the registry
/// wants.
///
/// It stays with the thread, warm and large enough, and nothing of it is moved or made anew for the next span.
pub(super) struct Desk {
    recording: Recording,
    /// Whether a span is being recorded.
    is_open: bool,
}

/// The desks that a thread keeps.
struct Free {
    #[expect(clippy::vec_box, reason = "the boxes are what is used again")]
    desks: Vec<Box<Desk>>,
    /// What their tapes hold.
    bytes: usize,
}

thread_local! {
    static FREE: RefCell<Free> = const { RefCell::new(Free { desks: Vec::new(), bytes: 0 }) };
}

impl Desk {
    /// Desks that a thread keeps. As many spans are open at once in most call trees, if they do not fan out.
    const KEPT: usize = 16;
    /// What the tapes of a thread may hold in all; one beyond that is given back to the allocator. A program may have
    /// hundreds of threads.
    const KEPT_BYTES: usize = 128 << 10;

    /// A recording of a span from this site, of this pipeline; `open` makes a node that of the span.
    #[expect(clippy::unnecessary_box_returns, reason = "the box is what is used again")]
    pub(super) fn open(site: &'static Site, open: impl FnOnce(&mut Node)) -> Box<Self> {
        let free = FREE.try_with(|free| free.try_borrow_mut().ok()?.take()).ok().flatten();
        let mut desk =
            free.unwrap_or_else(|| Box::new(Self { recording: Recording::vacant(), is_open: false }));
        desk.recording.renew(site, open);
        desk.is_open = true;
        desk
    }

    pub(super) fn node(&self) -> Option<&SharedNode> {
        self.is_open.then(|| self.recording.node())
    }

    #[inline]
    pub(super) fn recording(&mut self) -> Option<&mut Recording> {
        self.is_open.then_some(&mut self.recording)
    }

    /// Ends the recording, and clears the desk for the next.
    pub(super) fn end(mut self: Box<Self>, outcome: Option<Outcome>, end: Timestamp) {
        if !std::mem::replace(&mut self.is_open, false) {
            return;
        }
        if !self.recording.end(outcome, end) {
            return;
        }
        let _ = FREE.try_with(|free| {
            if let Ok(mut free) = free.try_borrow_mut() {
                free.keep(self);
            }
        });
    }
}

impl Free {
    /// The one that was used last: it is the most likely to be in the processor's cache.
    fn take(&mut self) -> Option<Box<Desk>> {
        let desk = self.desks.pop()?;
        self.bytes -= desk.recording.capacity();
        Some(desk)
    }

    fn keep(&mut self, mut desk: Box<Desk>) {
        if self.desks.len() >= Desk::KEPT {
            return;
        }
        if self.bytes + desk.recording.capacity() > Desk::KEPT_BYTES {
            desk.recording.shrink();
        }
        self.bytes += desk.recording.capacity();
        self.desks.push(desk);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_keeps_no_more_than_its_share() {
        let mut free = Free { desks: Vec::new(), bytes: 0 };
        let desk = |bytes| {
            let mut recording = Recording::vacant();
            recording.tape().clear(bytes);
            Box::new(Desk { recording, is_open: false })
        };
        for bytes in [1 << 30, Desk::KEPT_BYTES / 2, Desk::KEPT_BYTES / 2, 1] {
            free.keep(desk(bytes));
            assert!(free.bytes <= Desk::KEPT_BYTES);
        }
        assert_eq!(free.bytes, Desk::KEPT_BYTES);
        (0..100).for_each(|_| free.keep(desk(0)));
        assert_eq!(free.desks.len(), Desk::KEPT);
        while free.take().is_some() {}
        assert_eq!(free.bytes, 0);
    }
}
