//! Where a thread writes what it records: memory that is used again for its next span.

use std::cell::RefCell;

use super::shared::Vacancy;
use super::{Node, Recording, SharedNode};
use crate::wire::{Outcome, Tape, Timestamp};

/// The place of one [`Recording`]: everything that a span needs on the heap while it is open, but for what the registry
/// wants.
///
/// A tape grows to the length of what is captured, and is of no use to anybody else before the end. So it is written in a
/// buffer that stays with the thread, warm and long enough, and leaves as a copy of the right length: many spans may
/// have to wait in the queue, where slack is memory that nobody uses.
#[derive(Default)]
pub(super) struct Desk {
    recording: Option<Recording>,
    /// There while nobody sits here.
    vacancy: Option<Vacancy>,
    buffer: Vec<u8>,
}

/// The desks that a thread keeps.
struct Free {
    #[expect(clippy::vec_box, reason = "the boxes are what is used again")]
    desks: Vec<Box<Desk>>,
    /// What their buffers hold.
    bytes: usize,
}

thread_local! {
    static FREE: RefCell<Free> = const { RefCell::new(Free { desks: Vec::new(), bytes: 0 }) };
}

impl Desk {
    /// Desks that a thread keeps. As many spans are open at once in most call trees, if they do not fan out.
    const KEPT: usize = 16;
    /// Enough for most spans that are no model call.
    const FRESH_BYTES: usize = 1 << 10;
    /// What the buffers of a thread may hold in all; a buffer beyond that is given back to the allocator. A program may
    /// have hundreds of threads.
    const KEPT_BYTES: usize = 128 << 10;

    /// A recording of this node.
    pub(super) fn open(node: Node) -> Box<Self> {
        let free = FREE.try_with(|free| free.try_borrow_mut().ok()?.take()).ok().flatten();
        let mut desk = free.unwrap_or_default();
        let node = match desk.vacancy.take() {
            Some(vacancy) => vacancy.fill(node),
            None => SharedNode::new(node),
        };
        let mut buffer = std::mem::take(&mut desk.buffer);
        buffer.reserve(Self::FRESH_BYTES);
        let tape = Tape::reuse(buffer);
        desk.recording = Some(Recording::new(node, tape));
        desk
    }

    pub(super) fn node(&self) -> Option<&SharedNode> {
        self.recording.as_ref().map(Recording::node)
    }

    pub(super) fn recording(&mut self) -> Option<&mut Recording> {
        self.recording.as_mut()
    }

    /// Ends the recording, if there is one, and clears the desk for the next.
    pub(super) fn end(mut self: Box<Self>, outcome: Option<Outcome>, end: Timestamp) {
        let Some(recording) = self.recording.take() else { return };
        (self.vacancy, self.buffer) = recording.end(outcome, end);
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
        self.bytes -= desk.buffer.capacity();
        Some(desk)
    }

    fn keep(&mut self, mut desk: Box<Desk>) {
        if self.desks.len() >= Desk::KEPT {
            return;
        }
        if self.bytes + desk.buffer.capacity() > Desk::KEPT_BYTES {
            desk.buffer = Vec::new();
        }
        self.bytes += desk.buffer.capacity();
        self.desks.push(desk);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_keeps_no_more_than_its_share() {
        let mut free = Free { desks: Vec::new(), bytes: 0 };
        let desk = |bytes| Box::new(Desk { buffer: Vec::with_capacity(bytes), ..Desk::default() });
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
