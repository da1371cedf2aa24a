use std::collections::VecDeque;
use std::mem;

use super::limits::QueueLimits;
use crate::wire::SpanRecord;

/// The spans that wait for the worker, in batches.
///
/// Batches, not one long row: to hand over the next one is to move three words, the row never has to be moved to a
/// larger place, and those that are emptied are filled again.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    /// The full ones, the oldest first.
    full: VecDeque<Batch>,
    /// The one that is being filled.
    open: Batch,
    /// Emptied ones.
    spare: Vec<VecDeque<SpanRecord>>,
    records: usize,
    bytes: usize,
    /// Spans that are not here any more.
    left: u64,
}

#[derive(Debug, Default)]
struct Batch {
    records: VecDeque<SpanRecord>,
    bytes: usize,
    content: usize,
}

/// What a record takes up: in memory, and of content.
#[derive(Clone, Copy)]
pub(super) struct Weight {
    pub(super) bytes: usize,
    content: usize,
}

impl Weight {
    pub(super) fn of(record: &SpanRecord) -> Self {
        Self { bytes: record.size(), content: record.tape.len() }
    }
}

impl Backlog {
    /// A burst leaves so many empty batches behind, for the next one.
    const SPARE: usize = 8;
    /// A batch is full when it has so many times the bytes that are enough.
    const FULL: usize = 4;

    /// Spans that wait.
    pub(super) fn records(&self) -> usize {
        self.records
    }

    /// Bytes of memory that they hold.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The place behind the last span, counted from the first that ever came.
    pub(super) fn end(&self) -> u64 {
        self.left + self.records as u64
    }

    /// The place of the span that is next.
    pub(super) fn start(&self) -> u64 {
        self.left
    }

    /// Adds a span; whether the worker should know: the batch is full, or there is enough to begin with.
    ///
    /// A worker that has nothing to do takes what is enough; one that is busy finds larger batches when it is back, which
    /// cost less for each span.
    pub(super) fn push(&mut self, record: SpanRecord, weight: Weight, limits: &QueueLimits) -> bool {
        self.records += 1;
        self.bytes += weight.bytes;
        self.open.records.push_back(record);
        self.open.bytes += weight.bytes;
        let was_enough = self.open.content >= limits.batch_bytes;
        self.open.content += weight.content;
        let has_enough = self.open.content >= limits.batch_bytes;
        // Buffers may be much larger than what is in them: a few shall not fill the queue and wake nobody.
        let is_full = self.open.records.len() >= limits.batch
            || self.open.content >= limits.batch_bytes.saturating_mul(Self::FULL)
            || self.open.bytes >= limits.bytes / 4;
        if is_full {
            let records = self.spare.pop();
            // The next batch will be as long as this one.
            let records = records.unwrap_or_else(|| VecDeque::with_capacity(self.open.records.len()));
            let filled = mem::replace(&mut self.open, Batch { records, bytes: 0, content: 0 });
            self.full.push_back(filled);
        }
        is_full || (has_enough && !was_enough)
    }

    /// The oldest batch, if it is full, has enough, or its first span stands before `due`.
    pub(super) fn take(&mut self, due: u64, limits: &QueueLimits) -> Option<VecDeque<SpanRecord>> {
        let is_due = self.left < due || self.open.content >= limits.batch_bytes;
        let batch = match self.full.pop_front() {
            Some(batch) => batch,
            None if is_due && self.records > 0 => {
                let records = self.spare.pop().unwrap_or_default();
                mem::replace(&mut self.open, Batch { records, bytes: 0, content: 0 })
            }
            None => return None,
        };
        self.left(batch.records.len(), batch.bytes);
        Some(batch.records)
    }

    /// Takes out the span that has waited longest.
    pub(super) fn evict(&mut self) -> Option<SpanRecord> {
        while self.full.front().is_some_and(|batch| batch.records.is_empty()) {
            self.full.pop_front();
        }
        let batch = self.full.front_mut().unwrap_or(&mut self.open);
        let record = batch.records.pop_front()?;
        let weight = Weight::of(&record);
        batch.bytes -= weight.bytes;
        batch.content -= weight.content;
        self.left(1, weight.bytes);
        Some(record)
    }

    /// Takes out everything.
    pub(super) fn clear(&mut self) -> Self {
        let all = mem::take(self);
        self.left = all.end();
        all
    }

    /// Takes an emptied batch back.
    pub(super) fn put_back(&mut self, emptied: VecDeque<SpanRecord>) {
        if self.spare.len() < Self::SPARE && emptied.capacity() > 0 {
            self.spare.push(emptied);
        }
    }

    fn left(&mut self, records: usize, bytes: usize) {
        self.records -= records;
        self.bytes -= bytes;
        self.left += records as u64;
    }
}
