use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::wire::SpanRecord;

/// How much may wait, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QueueLimits {
    /// Spans that may wait, those that are being exported included.
    pub(crate) records: usize,
    /// Bytes of memory that those spans may hold.
    pub(crate) bytes: usize,
    /// Spans in one batch at most; the worker is woken when so many wait.
    pub(crate) batch: usize,
    /// How long a span waits at most before it is exported.
    pub(crate) delay: Duration,
}

/// The finished spans that wait for the worker.
#[derive(Debug)]
pub(super) struct Queue {
    limits: QueueLimits,
    state: Mutex<State>,
    /// Rung for the worker: a batch is full, somebody flushes, or it is time to end.
    work: Condvar,
    /// Rung for those who flush: a round is done, or the worker has ended.
    done: Condvar,
}

#[derive(Debug, Default)]
struct State {
    records: Vec<SpanRecord>,
    /// Spans and bytes in the queue and at the exporters.
    held_records: usize,
    held_bytes: usize,
    /// Rounds that were asked for, and that are done.
    rounds_asked: u64,
    rounds_done: u64,
    closed: bool,
    ended: bool,
}

/// Why a span was not queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Full,
    Closed,
}

/// What the worker shall do next.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) records: Vec<SpanRecord>,
    /// The round that these records complete.
    pub(super) round: Option<u64>,
    /// Whether nothing comes after them.
    pub(super) last: bool,
}

impl Queue {
    pub(super) fn new(limits: QueueLimits) -> Self {
        Self { limits, state: Mutex::default(), work: Condvar::new(), done: Condvar::new() }
    }

    pub(super) fn limits(&self) -> &QueueLimits {
        &self.limits
    }

    pub(super) fn push(&self, record: SpanRecord) -> Result<(), Refused> {
        let size = record.size();
        let mut state = self.lock();
        if state.closed {
            return Err(Refused::Closed);
        }
        if state.held_records >= self.limits.records || state.held_bytes + size > self.limits.bytes {
            return Err(Refused::Full);
        }
        state.held_records += 1;
        state.held_bytes += size;
        state.records.push(record);
        let full = state.records.len() == self.limits.batch;
        drop(state);
        if full {
            self.work.notify_one();
        }
        Ok(())
    }

    /// Waits until there is something to do: a full batch, a delay that has passed, a round, the end.
    pub(super) fn next(&self, spare: Vec<SpanRecord>) -> Work {
        let mut state = self.lock();
        let mut deadline = Instant::now() + self.limits.delay;
        loop {
            let round = (state.rounds_asked > state.rounds_done).then_some(state.rounds_asked);
            let due = round.is_some() || state.records.len() >= self.limits.batch || state.closed;
            let now = Instant::now();
            if due || (now >= deadline && !state.records.is_empty()) {
                let records = std::mem::replace(&mut state.records, spare);
                return Work { records, round, last: state.closed };
            }
            if now >= deadline {
                deadline = now + self.limits.delay;
            }
            let waited = self.work.wait_timeout(state, deadline - now);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Makes room: so many spans of so many bytes have left the exporters.
    pub(super) fn release(&self, records: usize, bytes: usize) {
        let mut state = self.lock();
        state.held_records = state.held_records.saturating_sub(records);
        state.held_bytes = state.held_bytes.saturating_sub(bytes);
    }

    pub(super) fn finish_round(&self, round: u64) {
        self.lock().rounds_done = round;
        self.done.notify_all();
    }

    /// The worker takes nothing any more.
    pub(super) fn end(&self) {
        self.lock().ended = true;
        self.done.notify_all();
    }

    /// Asks for everything queued so far to be exported; whether it was before the deadline.
    pub(super) fn flush(&self, deadline: Instant) -> bool {
        let mut state = self.lock();
        state.rounds_asked += 1;
        let round = state.rounds_asked;
        self.work.notify_one();
        while state.rounds_done < round && !state.ended {
            let Some(left) = deadline.checked_duration_since(Instant::now()) else { return false };
            let waited = self.done.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.rounds_done >= round || state.held_records == 0
    }

    /// Takes no more spans; whether the worker has exported everything and ended before the deadline.
    pub(super) fn close(&self, deadline: Instant) -> bool {
        let mut state = self.lock();
        state.closed = true;
        self.work.notify_one();
        while !state.ended {
            let Some(left) = deadline.checked_duration_since(Instant::now()) else { return false };
            let waited = self.done.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Spans that are queued, or at the exporters.
    pub(super) fn held(&self) -> usize {
        self.lock().held_records
    }

    /// Takes what the worker has not taken.
    pub(super) fn abandon(&self) -> Vec<SpanRecord> {
        std::mem::take(&mut self.lock().records)
    }

    /// Nothing that can panic runs under the lock.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
