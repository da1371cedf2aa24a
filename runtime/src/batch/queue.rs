use std::ops::RangeInclusive;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::wire::SpanRecord;

/// How much may wait, and for how long.
///
/// Two bounds, since neither is enough: a million empty spans, and a thousand prompts of a megabyte.
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
///
/// A vector under a mutex, not a channel: the lock is held for one push, the worker takes everything in one
/// swap, and the two vectors change places, so that in a steady state nothing is allocated. What is at the
/// exporters still counts as held; else a slow server would let the memory grow by a queue for each batch.
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
    ///
    /// A round is one flush: it is done when all that was queued at the time it was asked for has been
    /// exported. Numbers, not flags, so that flushes of several threads do not take each other's answers.
    rounds_asked: u64,
    rounds_done: u64,
    closed: bool,
    ended: bool,
    /// Nobody waits any longer for what was held.
    abandoned: bool,
}

/// Why a span was not queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Full,
    Closed,
}

/// What the worker shall do next.
///
/// Taken in one look at the queue, under one lock, so that the three agree.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) records: Vec<SpanRecord>,
    /// The round that these records complete.
    pub(super) round: Option<u64>,
    /// Whether nothing comes after them.
    pub(super) last: bool,
}

impl Queue {
    /// A delay of zero would keep the worker busy with nothing, and one of ages overflows the clock.
    const DELAYS: RangeInclusive<Duration> = Duration::from_millis(5)..=Duration::from_secs(3600);

    pub(super) fn new(mut limits: QueueLimits) -> Self {
        limits.delay = limits.delay.clamp(*Self::DELAYS.start(), *Self::DELAYS.end());
        Self { limits, state: Mutex::default(), work: Condvar::new(), done: Condvar::new() }
    }

    pub(super) fn limits(&self) -> &QueueLimits {
        &self.limits
    }

    /// Never waits for room. The worker is woken once, by the record that fills a batch or half of the bytes,
    /// not by each one: to wake a thread is dearer than to push.
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
        // Only the one record that crosses a bound rings: the worker is on its way for the others.
        // Few long prompts fill the bytes before they fill a batch.
        let was_half_full = state.held_bytes - size >= self.limits.bytes / 2;
        let is_due =
            state.records.len() == self.limits.batch || (!was_half_full && self.is_half_full(&state));
        drop(state);
        if is_due {
            self.work.notify_one();
        }
        Ok(())
    }

    /// Waits until there is something to do: a full batch, a delay that has passed, a round, the end.
    ///
    /// `spare` becomes the queue's vector. Time is measured from the last look, so that a record waits for
    /// one delay at most, and an idle worker wakes up once in a delay and does nothing.
    pub(super) fn next(&self, spare: Vec<SpanRecord>) -> Work {
        let mut state = self.lock();
        let mut deadline = Instant::now() + self.limits.delay;
        loop {
            let round = (state.rounds_asked > state.rounds_done).then_some(state.rounds_asked);
            let full = state.records.len() >= self.limits.batch || self.is_half_full(&state);
            let due = round.is_some() || full || state.closed;
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

    fn is_half_full(&self, state: &State) -> bool {
        !state.records.is_empty() && state.held_bytes >= self.limits.bytes / 2
    }

    /// Makes room: so many spans of so many bytes have left the exporters.
    ///
    /// False where they were given up, and counted as lost, in the meantime.
    pub(super) fn release(&self, records: usize, bytes: usize) -> bool {
        let mut state = self.lock();
        if state.abandoned {
            return false;
        }
        state.held_records = state.held_records.saturating_sub(records);
        state.held_bytes = state.held_bytes.saturating_sub(bytes);
        true
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
    ///
    /// The worker tells of a round only after its exporters have flushed too.
    pub(super) fn flush(&self, deadline: Instant) -> bool {
        let mut state = self.lock();
        state.rounds_asked += 1;
        let round = state.rounds_asked;
        self.work.notify_one();
        while state.rounds_done < round && !state.ended && !state.abandoned {
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
        while !state.ended && !state.abandoned {
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

    /// Gives up what is queued or at the exporters, which may hang for ever; how many spans that was. Whatever becomes
    /// of them from now on, they are lost.
    pub(super) fn abandon(&self) -> usize {
        let mut state = self.lock();
        state.abandoned = true;
        state.held_bytes = 0;
        let records = std::mem::take(&mut state.records);
        let held = std::mem::take(&mut state.held_records);
        drop(state);
        self.done.notify_all();
        drop(records);
        held
    }

    /// Nothing that can panic runs under the lock.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
