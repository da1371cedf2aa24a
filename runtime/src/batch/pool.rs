use std::sync::{Mutex, PoisonError};

use crate::wire::SpanRecord;

/// Buffers that have been exported, for the next spans to write into.
///
/// A buffer that went to the worker would otherwise be freed on another thread than it was allocated on, span
/// by span, which is what allocators are worst at.
#[derive(Debug, Default)]
pub(super) struct Pool {
    free: Mutex<Free>,
}

#[derive(Debug, Default)]
struct Free {
    buffers: Vec<Vec<u8>>,
    bytes: usize,
}

impl Pool {
    /// The most that is kept in all.
    ///
    /// What a program that has been busy once keeps for ever. Enough for thousands of buffers of common size.
    const BYTES: usize = 8 << 20;
    /// Enough for most spans that are no model call.
    const FRESH_BYTES: usize = 1 << 10;
    /// A buffer that once held a giant is given back to the allocator.
    const BUFFER_BYTES: usize = 64 << 10;

    /// The last one that came back: it is the most likely to be in the processor's cache.
    pub(super) fn take(&self) -> Vec<u8> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(buffer) = free.buffers.pop() else { return Vec::with_capacity(Self::FRESH_BYTES) };
        free.bytes -= buffer.capacity();
        buffer
    }

    pub(super) fn put_back(&self, records: impl Iterator<Item = SpanRecord>) {
        // Callers wait for the lock: what is freed is freed before it or after it.
        let buffers: Vec<_> = records.map(|record| record.tape.into_buffer()).collect();
        let mut buffers =
            buffers.into_iter().filter(|buffer| (1..=Self::BUFFER_BYTES).contains(&buffer.capacity()));
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        for buffer in buffers.by_ref() {
            if free.bytes + buffer.capacity() > Self::BYTES {
                break;
            }
            free.bytes += buffer.capacity();
            free.buffers.push(buffer);
        }
        drop(free);
        drop(buffers);
    }
}
