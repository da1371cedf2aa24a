use std::thread;
use std::time::{Duration, Instant};

use super::backlog::{Backlog, Weight};
use super::limits::{Overflow, QueueLimits};
use super::own_thread;
use super::process::Process;
use super::sync::{AtomicBool, Condvar, Mutex, MutexGuard, Ordering, PoisonError, TryLockError};
use crate::export::Loss;
use crate::wire::SpanRecord;

/// The finished spans that wait for the worker.
///
/// A mutex, not a channel: it is held for one push, or for the hand-over of one batch. What is at the exporters still
/// counts as held; else a slow server would let the memory grow by a queue for each batch.
#[derive(Debug)]
pub(super) struct Queue {
    limits: QueueLimits,
    process: Process,
    state: Mutex<State>,
    /// As in the state, for those who only want to know.
    closed: AtomicBool,
    /// Rung for the worker: a batch is full, somebody flushes, or it is time to end.
    work: Condvar,
    /// Rung for those who wait with a span: something was exported, or there is nothing left to wait for.
    room: Condvar,
    /// Rung for those who flush: a round is done, or the worker has ended.
    done: Condvar,
}

#[derive(Debug)]
struct State {
    backlog: Backlog,
    /// Spans and bytes in the backlog and at the exporters.
    held_records: usize,
    held_bytes: usize,
    /// Everything before this place is handed over, whether its batch is full or not.
    due: u64,
    /// When whatever waits is handed over.
    tick: Instant,
    /// Rounds that were asked for, and that are done.
    ///
    /// A round is one flush: it is done when all that was queued at the time it began has been exported. Numbers,
    /// not flags, so that flushes of several threads do not take each other's answers.
    rounds_asked: u64,
    rounds_done: u64,
    /// The round that the worker is at, and the place where it ends: those who go on pushing do not prolong it.
    round: Option<(u64, u64)>,
    /// The worker waits to be rung.
    idle: bool,
    /// Callers that wait for room.
    waiting: usize,
    /// Spans that were held when the queue was given up.
    given_up: usize,
    life: Life,
}

/// How far a queue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    Open,
    /// It takes no more spans; the worker exports what there is.
    Closed,
    /// The worker has ended, or nobody waits any longer for what it holds.
    Over,
}

/// What the worker shall do next.
///
/// Taken in one look at the queue, under one lock, so that all of it agrees.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) records: Vec<SpanRecord>,
    /// The round that these records complete.
    pub(super) round: Option<u64>,
    /// Whether a delay has passed since this was last said.
    pub(super) tick: bool,
    /// Whether nothing comes after them.
    pub(super) last: bool,
}

/// How many spans were lost when one was pushed, and why.
pub(super) type Lost = Option<(Loss, usize)>;

impl Queue {
    pub(super) fn new(limits: QueueLimits) -> Self {
        let limits = limits.sensible();
        let state = State {
            backlog: Backlog::default(),
            held_records: 0,
            held_bytes: 0,
            due: 0,
            tick: Instant::now() + limits.delay,
            rounds_asked: 0,
            rounds_done: 0,
            round: None,
            idle: false,
            waiting: 0,
            given_up: 0,
            life: Life::Open,
        };
        Self {
            limits,
            process: Process::current(),
            state: Mutex::new(state),
            closed: AtomicBool::new(false),
            work: Condvar::new(),
            room: Condvar::new(),
            done: Condvar::new(),
        }
    }

    pub(super) fn limits(&self) -> &QueueLimits {
        &self.limits
    }

    /// Whether spans are taken. One that is pushed later may be refused all the same.
    pub(super) fn is_open(&self) -> bool {
        !self.closed.load(Ordering::Relaxed)
    }

    /// Whether nobody works on it, since this process is a fork of the one that it was made in.
    pub(super) fn is_orphaned(&self) -> bool {
        self.process.is_forked()
    }

    /// Adds a span. Waits for room only where the policy says so; the worker is woken by the span that fills a batch, not
    /// by each one: to wake a thread is dearer than to push.
    ///
    /// In a burst on few processors the worker may not get its turn before the queue is full. So whoever adds to a crowded
    /// one [gives way](State::gives_way) to others that could run: a microsecond, or the span would be lost.
    pub(super) fn push(&self, record: SpanRecord) -> Lost {
        let weight = Weight::of(&record);
        let mut evicted = Vec::new();
        let Some(mut state) = self.enter() else { return Some((Loss::Shutdown, 1)) };
        if state.life == Life::Open && !state.has_room(weight, &self.limits) {
            if self.is_orphaned() {
                return Some((Loss::Shutdown, 1 + self.abandon_state(state, |_| ())));
            }
            match self.limits.overflow {
                Overflow::DropNewest => {}
                Overflow::DropOldest => evicted = state.evict(weight, &self.limits),
                Overflow::Wait(time) => state = self.wait_for_room(state, weight, time),
            }
            if state.life == Life::Open && !state.has_room(weight, &self.limits) {
                return Some((Loss::Overflow, 1 + evicted.len()));
            }
        }
        if state.life != Life::Open {
            return Some((Loss::Shutdown, 1));
        }
        state.held_records += 1;
        state.held_bytes += weight.bytes;
        let is_full = state.backlog.push(record, weight, &self.limits);
        let gives_way = state.gives_way(&self.limits, is_full);
        if is_full && self.is_orphaned() {
            return Some((Loss::Shutdown, self.abandon_state(state, |_| ())));
        }
        if is_full {
            self.ring(state);
        } else {
            drop(state);
        }
        if gives_way {
            thread::yield_now();
        }
        (!evicted.is_empty()).then_some((Loss::Overflow, evicted.len()))
    }

    /// The state when there is room, when it is closed, or when it is too late.
    fn wait_for_room<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        weight: Weight,
        time: Duration,
    ) -> MutexGuard<'a, State> {
        // A record that never fits is not waited with; nor is any on a thread that has to make the room.
        if weight.bytes > self.limits.bytes || own_thread::is_worker() {
            return state;
        }
        let deadline = deadline(time);
        state.waiting += 1;
        // The worker may be asleep in front of a batch that is not full.
        state.due = state.backlog.end();
        self.work.notify_one();
        while state.life == Life::Open && !state.has_room(weight, &self.limits) {
            let Some(left) = left(deadline) else { break };
            let waited = self.room.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.waiting -= 1;
        state
    }

    /// Waits until there is something to do: a batch that is full, a delay that has passed, a round, the end.
    ///
    /// `spare` is an emptied batch. A delay passes once in a delay, whatever the worker is busy with, so that no span waits
    /// for longer than that while the worker has time.
    pub(super) fn next(&self, spare: Vec<SpanRecord>) -> Work {
        let mut state = self.lock();
        state.backlog.put_back(spare.into());
        loop {
            let now = Instant::now();
            let tick = now >= state.tick;
            if tick {
                state.tick = now + self.limits.delay;
            }
            if tick || state.life != Life::Open {
                state.due = state.backlog.end();
            }
            if state.round.is_none() && state.rounds_asked > state.rounds_done {
                state.round = Some((state.rounds_asked, state.backlog.end()));
                state.due = state.backlog.end();
            }
            let due = state.due;
            let records = state.backlog.take(due, &self.limits);
            let start = state.backlog.start();
            let round = state.round.filter(|(_, end)| start >= *end).map(|(round, _)| round);
            let last = state.life != Life::Open && state.backlog.records() == 0;
            if records.is_some() || round.is_some() || tick || last {
                drop(state);
                return Work { records: records.map_or_else(Vec::new, Vec::from), round, tick, last };
            }
            let until_tick = state.tick.saturating_duration_since(now);
            state.idle = true;
            let waited = self.work.wait_timeout(state, until_tick);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            state.idle = false;
        }
    }

    /// Makes room: so many spans of so many bytes have left the exporters.
    ///
    /// False where they were given up, and counted as lost, in the meantime.
    pub(super) fn release(&self, records: usize, bytes: usize) -> bool {
        let mut state = self.lock();
        if state.life == Life::Over {
            return false;
        }
        state.held_records = state.held_records.saturating_sub(records);
        state.held_bytes = state.held_bytes.saturating_sub(bytes);
        let is_waited_for = state.waiting > 0;
        drop(state);
        if is_waited_for {
            self.room.notify_all();
        }
        true
    }

    /// What was queued holds more or less memory than it did.
    pub(super) fn reweigh(&self, before: usize, after: usize) {
        let mut state = self.lock();
        if state.life != Life::Over {
            state.held_bytes = (state.held_bytes + after).saturating_sub(before);
        }
    }

    pub(super) fn finish_round(&self, round: u64) {
        let mut state = self.lock();
        state.rounds_done = round;
        state.round = None;
        drop(state);
        self.done.notify_all();
    }

    /// The worker takes nothing any more; `count` is told how many spans it leaves behind, as in
    /// [`abandon`](Self::abandon).
    pub(super) fn end(&self, count: impl FnOnce(usize)) {
        self.abandon_state(self.lock(), count);
    }

    /// Asks for everything queued so far to be exported; how much of it was not before the deadline, or was given up by
    /// somebody else meanwhile.
    ///
    /// The worker tells of a round only after its exporters have flushed too.
    pub(super) fn flush(&self, deadline: Instant) -> usize {
        let Some(mut state) = self.enter() else { return 0 };
        if state.life == Life::Over {
            return 0;
        }
        state.rounds_asked += 1;
        let (round, end) = (state.rounds_asked, state.backlog.end());
        self.work.notify_one();
        while state.rounds_done < round && state.life != Life::Over {
            let Some(left) = left(deadline) else { return state.held_before(end) };
            let waited = self.done.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        if state.rounds_done < round { state.held_before(end) } else { 0 }
    }

    /// Takes no more spans.
    pub(super) fn close(&self) {
        let Some(mut state) = self.enter() else { return };
        if state.life == Life::Open {
            state.life = Life::Closed;
        }
        self.closed.store(true, Ordering::Relaxed);
        drop(state);
        self.work.notify_one();
        self.room.notify_all();
    }

    /// Waits for the end of the worker, once it is closed; whether it has ended, or was given up, before the deadline.
    pub(super) fn wait_for_end(&self, deadline: Instant) -> bool {
        let Some(mut state) = self.enter() else { return false };
        while state.life != Life::Over {
            let Some(left) = left(deadline) else { return false };
            let waited = self.done.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Spans that are queued, or at the exporters.
    pub(super) fn held(&self) -> usize {
        self.enter().map_or(0, |state| state.held_records)
    }

    /// Gives up what is queued or at the exporters, which may hang for ever; how many spans that was. Whatever becomes
    /// of them from now on, they are lost.
    ///
    /// `count` is called under the lock: whoever is woken by this finds them counted.
    pub(super) fn abandon(&self, count: impl FnOnce(usize)) -> usize {
        self.enter().map_or(0, |state| self.abandon_state(state, count))
    }

    fn abandon_state(&self, mut state: MutexGuard<'_, State>, count: impl FnOnce(usize)) -> usize {
        state.life = Life::Over;
        self.closed.store(true, Ordering::Relaxed);
        state.held_bytes = 0;
        let held = std::mem::take(&mut state.held_records);
        state.given_up += held;
        let records = state.backlog.clear();
        count(held);
        drop(state);
        self.work.notify_one();
        self.room.notify_all();
        self.done.notify_all();
        drop(records);
        held
    }

    /// Wakes the worker, if it sleeps: to ring in vain is a call of the system as well.
    fn ring(&self, mut state: MutexGuard<'_, State>) {
        let is_idle = std::mem::take(&mut state.idle);
        drop(state);
        if is_idle {
            self.work.notify_one();
        }
    }

    /// The state, for callers; none in a forked child where another thread held the lock at that moment, and holds it for
    /// ever.
    fn enter(&self) -> Option<MutexGuard<'_, State>> {
        match self.state.try_lock() {
            Ok(state) => Some(state),
            Err(TryLockError::Poisoned(state)) => Some(state.into_inner()),
            Err(TryLockError::WouldBlock) if self.is_orphaned() => {
                self.closed.store(true, Ordering::Relaxed);
                None
            }
            Err(TryLockError::WouldBlock) => Some(self.lock()),
        }
    }

    /// The state, for the worker, which no fork takes along. Nothing that can panic runs under the lock.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn has_room(&self, weight: Weight, limits: &QueueLimits) -> bool {
        self.held_records < limits.records && self.held_bytes + weight.bytes <= limits.bytes
    }

    /// Whether the one who added a span lets others go first: once in a batch from a quarter of the room on, once in
    /// sixteen spans from a half on, and each time where less than a quarter is left.
    fn gives_way(&self, limits: &QueueLimits, fills_batch: bool) -> bool {
        let is_above = |quarters| {
            self.held_records / quarters > limits.records / 4 || self.held_bytes / quarters > limits.bytes / 4
        };
        if !is_above(1) {
            return false;
        }
        fills_batch || is_above(3) || is_above(2) && self.held_records.is_multiple_of(16)
    }

    /// Takes out the oldest spans until there is room; none, where there would not be any even then.
    fn evict(&mut self, weight: Weight, limits: &QueueLimits) -> Vec<SpanRecord> {
        let mut evicted = Vec::new();
        let at_exporters = self.held_records.saturating_sub(self.backlog.records());
        let bytes_at_exporters = self.held_bytes.saturating_sub(self.backlog.bytes());
        if at_exporters >= limits.records || bytes_at_exporters + weight.bytes > limits.bytes {
            return evicted;
        }
        while !self.has_room(weight, limits) {
            let Some(record) = self.backlog.evict() else { break };
            self.held_records -= 1;
            self.held_bytes = self.held_bytes.saturating_sub(record.size());
            evicted.push(record);
        }
        evicted
    }

    /// Spans that are held, or were when the queue was given up, of those that stand before a place.
    fn held_before(&self, end: u64) -> usize {
        let behind = usize::try_from(self.backlog.end() - end).unwrap_or(usize::MAX);
        (self.held_records + self.given_up).saturating_sub(behind)
    }
}

/// So much later. A time too long for the clock is a century: some callers say `Duration::MAX` for "until it is done".
pub(super) fn deadline(time: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(time).unwrap_or_else(|| now + Duration::from_secs(3_155_760_000))
}

fn left(deadline: Instant) -> Option<Duration> {
    deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
}
