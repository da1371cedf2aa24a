//! The queue's own source, on primitives that try thousands of orders of its threads. What holds here holds whatever the
//! scheduler does; times are not part of it: nothing ever times out.

#[path = "../../runtime/src/batch/backlog.rs"]
mod backlog;
#[path = "../../runtime/src/batch/limits.rs"]
#[expect(unreachable_pub, reason = "it is the library that exports it")]
mod limits;
#[path = "../../runtime/src/batch/own_thread.rs"]
#[expect(dead_code, reason = "there is no pipeline around the queue")]
mod own_thread;
#[path = "../../runtime/src/batch/process.rs"]
mod process;
#[path = "../../runtime/src/batch/queue.rs"]
#[expect(dead_code, reason = "there is no pipeline around the queue")]
mod queue;

/// As `runtime/src/batch/sync.rs`.
mod sync {
    pub(super) use std::sync::{PoisonError, TryLockError};

    pub(super) use shuttle::sync::atomic::{AtomicBool, Ordering};
    pub(super) use shuttle::sync::{Condvar, Mutex, MutexGuard};
}

/// What the source knows as the parts of its own crate.
mod wire {
    pub(super) use recount::wire::SpanRecord;
}
mod export {
    pub(super) use recount::export::Loss;
}

use std::time::{Duration, Instant};

use limits::{Overflow, QueueLimits};
use queue::{Queue, Work, deadline};
use recount::export::Loss;
use recount::wire::{Kind, SpanId, SpanRecord, TraceId};
use shuttle::sync::Arc;
use shuttle::sync::mpsc::{Receiver, Sender, channel};
use shuttle::thread::{self, JoinHandle};

/// Orders that are tried of each test.
const ORDERS: usize = 3000;

fn limits(records: usize, overflow: Overflow) -> QueueLimits {
    QueueLimits {
        records,
        bytes: 1 << 20,
        batch: 2,
        batch_bytes: 1 << 20,
        delay: Duration::from_secs(3600),
        overflow,
    }
}

fn never() -> Instant {
    deadline(Duration::MAX)
}

fn record(id: u64) -> SpanRecord {
    let (trace, span) = (TraceId::from_bytes([1; 16]), SpanId::from_bytes(id.to_be_bytes()));
    SpanRecord::new(trace, span, Kind::Task, "step")
}

/// Exports to the test, as the worker of a pipeline does.
fn work(queue: &Queue, exported: &Sender<u64>) {
    let mut spare = Vec::new();
    loop {
        let Work { mut records, round, last, .. } = queue.next(spare);
        let bytes = records.iter().map(SpanRecord::size).sum();
        let ids: Vec<_> =
            records.iter().map(|record| u64::from_be_bytes(record.span_id.to_bytes())).collect();
        if queue.release(records.len(), bytes) {
            for id in ids {
                exported.send(id).expect("the test listens");
            }
        }
        if let Some(round) = round {
            queue.finish_round(round);
        }
        if last {
            break;
        }
        records.clear();
        spare = records;
    }
    queue.end(|left| assert_eq!(left, 0, "nothing is left behind"));
}

/// A queue, its worker, and what that exports.
fn start(limits: QueueLimits) -> (Arc<Queue>, JoinHandle<()>, Receiver<u64>) {
    let queue = Arc::new(Queue::new(limits));
    let (exported, received) = channel();
    let worker = {
        let queue = Arc::clone(&queue);
        thread::spawn(move || work(&queue, &exported))
    };
    (queue, worker, received)
}

/// Pushes three spans from each of so many threads; how many were lost, and why.
fn push_from(threads: u64, queue: &Arc<Queue>) -> Vec<(Loss, usize)> {
    let pushing: Vec<_> = (0..threads)
        .map(|thread| {
            let queue = Arc::clone(queue);
            thread::spawn(move || {
                (0..3).filter_map(|id| queue.push(record(10 * thread + id))).collect::<Vec<_>>()
            })
        })
        .collect();
    pushing.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
}

fn shut_down(queue: &Queue, worker: JoinHandle<()>) {
    queue.close();
    assert!(queue.wait_for_end(never()));
    worker.join().expect("no panic");
}

fn sorted(received: &Receiver<u64>) -> Vec<u64> {
    let mut ids: Vec<_> = received.try_iter().collect();
    ids.sort_unstable();
    ids
}

#[test]
fn every_span_arrives_once_and_a_shutdown_waits_for_it() {
    let test = || {
        let (queue, worker, received) = start(limits(100, Overflow::DropNewest));
        assert_eq!(push_from(2, &queue), []);
        shut_down(&queue, worker);
        assert_eq!(sorted(&received), [0, 1, 2, 10, 11, 12]);
        assert_eq!(queue.held(), 0);
    };
    shuttle::check_random(test, ORDERS);
}

#[test]
fn a_flush_has_seen_all_that_was_pushed_before_it() {
    let test = || {
        let (queue, worker, received) = start(limits(100, Overflow::DropNewest));
        let others = {
            let queue = Arc::clone(&queue);
            thread::spawn(move || {
                queue.push(record(50));
                assert_eq!(queue.flush(never()), 0);
            })
        };
        // More than a batch.
        (1..=5).for_each(|id| assert_eq!(queue.push(record(id)), None));
        assert_eq!(queue.flush(never()), 0);
        let ours: Vec<_> = received.try_iter().filter(|id| *id < 50).collect();
        assert_eq!(ours, [1, 2, 3, 4, 5], "what was pushed before the flush is exported");
        others.join().expect("no panic");
        shut_down(&queue, worker);
    };
    shuttle::check_random(test, ORDERS);
}

#[test]
fn a_span_is_either_exported_or_lost() {
    for overflow in [Overflow::DropNewest, Overflow::DropOldest] {
        let test = move || {
            let (queue, worker, received) = start(limits(2, overflow));
            let lost = push_from(2, &queue);
            shut_down(&queue, worker);
            assert!(lost.iter().all(|(reason, _)| *reason == Loss::Overflow));
            let lost: usize = lost.iter().map(|(_, spans)| spans).sum();
            assert_eq!(received.try_iter().count() + lost, 6);
        };
        shuttle::check_random(test, ORDERS);
    }
}

#[test]
fn who_waits_for_room_is_always_woken() {
    let test = || {
        let (queue, worker, received) = start(limits(2, Overflow::Wait(Duration::MAX)));
        assert_eq!(push_from(3, &queue), []);
        shut_down(&queue, worker);
        assert_eq!(received.try_iter().count(), 9);
    };
    shuttle::check_random(test, ORDERS);
}

#[test]
fn the_end_of_the_queue_wakes_everybody_and_every_span_is_counted_once() {
    let test = || {
        let (queue, worker, received) = start(limits(2, Overflow::Wait(Duration::MAX)));
        let flushing = {
            let queue = Arc::clone(&queue);
            thread::spawn(move || queue.flush(never()))
        };
        let ending = {
            let queue = Arc::clone(&queue);
            thread::spawn(move || {
                queue.close();
                queue.abandon(|_| ())
            })
        };
        let lost = push_from(2, &queue);
        let given_up = ending.join().expect("no panic");
        flushing.join().expect("no panic");
        shut_down(&queue, worker);
        let lost: usize = lost.iter().map(|(_, spans)| spans).sum();
        assert_eq!(received.try_iter().count() + given_up + lost, 6);
    };
    shuttle::check_random(test, ORDERS);
}

/// Of the flush's own spans: it says how many were given up, and finds them counted.
#[test]
fn a_flush_is_told_what_somebody_else_gave_up() {
    use std::sync::atomic::{AtomicUsize, Ordering};

    // Nothing, where all was over before the flush; the fourth span may have come before it.
    static TOLD: [AtomicUsize; 5] = [const { AtomicUsize::new(0) }; 5];
    let test = || {
        // Nobody works: the exporter hangs, say.
        let queue = Arc::new(Queue::new(limits(100, Overflow::DropNewest)));
        let counted = Arc::new(sync::AtomicBool::new(false));
        (1..=3).for_each(|id| assert_eq!(queue.push(record(id)), None));
        let ending = {
            let (queue, counted) = (Arc::clone(&queue), Arc::clone(&counted));
            thread::spawn(move || {
                queue.push(record(4));
                queue.close();
                let count = |_| counted.store(true, sync::Ordering::SeqCst);
                assert_eq!(queue.abandon(count), 4);
            })
        };
        let late = queue.flush(never());
        assert!(counted.load(sync::Ordering::SeqCst), "counted before anybody is woken");
        TOLD[late].fetch_add(1, Ordering::Relaxed);
        ending.join().expect("no panic");
    };
    shuttle::check_random(test, ORDERS);
    let told = TOLD.each_ref().map(|times| times.load(Ordering::Relaxed));
    assert_eq!(told.map(|times| times > 0), [true, false, false, true, true], "{told:?}");
}
