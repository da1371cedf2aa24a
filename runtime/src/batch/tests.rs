use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use super::{Overflow, Pipeline, Policy, QueueLimits, Stats, Unfinished};
use crate::export::{ExportError, Exporter};
use crate::extract::Extractors;
use crate::price::CurrentPrices;
use crate::record::{Clock, Ids};
use crate::span::Sink;
use crate::wire::{Field, Kind, Resource, SpanId, SpanRecord, TraceId};

const SOON: Duration = Duration::from_secs(10);

/// Tells of each batch, and answers as the test says.
struct Scripted<F> {
    batches: Sender<usize>,
    answer: F,
}

impl<F> Exporter for Scripted<F>
where
    F: FnMut(&[SpanRecord]) -> Result<(), ExportError> + Send,
{
    fn export(&mut self, batch: &[SpanRecord], _: &Resource) -> Result<(), ExportError> {
        // The test may be over already.
        let _ = self.batches.send(batch.len());
        (self.answer)(batch)
    }
}

fn limits() -> QueueLimits {
    QueueLimits {
        records: 1000,
        bytes: 1 << 20,
        batch: 10,
        batch_bytes: 1 << 20,
        delay: Duration::from_secs(3600),
        overflow: Overflow::DropNewest,
    }
}

fn pipeline<F>(limits: QueueLimits, answer: F) -> (Pipeline, Receiver<usize>)
where
    F: FnMut(&[SpanRecord]) -> Result<(), ExportError> + Send + 'static,
{
    let (batches, received) = channel();
    let exporters: Vec<Box<dyn Exporter>> = vec![Box::new(Scripted { batches, answer })];
    let extractors = Extractors::new(Vec::new());
    let policy = Policy {
        content: true,
        value_cap: 1024,
        extractors,
        prices: CurrentPrices::default(),
        extraction: true,
        redactor: None,
        tail: None,
        patience: Arc::default(),
        ledger: Arc::default(),
        #[cfg(feature = "metrics")]
        metrics: None,
        clock: Clock::stepping(),
        ids: Ids::sequential(),
    };
    let pipeline = Pipeline::start(exporters, Resource::default(), limits, policy).expect("a thread");
    (pipeline, received)
}

fn submit(pipeline: &Pipeline, spans: u64) {
    for id in 1..=spans {
        pipeline.opened();
        pipeline.submit(record(id));
    }
}

fn record(id: u64) -> SpanRecord {
    let (trace, span) = (TraceId::from_bytes([1; 16]), SpanId::from_bytes(id.to_be_bytes()));
    SpanRecord::new(trace, span, Kind::Task, "step")
}

#[test]
fn a_full_batch_is_exported_without_being_asked_for() {
    let (pipeline, batches) = pipeline(limits(), |_| Ok(()));
    submit(&pipeline, 10);
    assert_eq!(batches.recv_timeout(SOON), Ok(10));
}

#[test]
fn a_trickle_is_exported_by_time() {
    let quick = QueueLimits { delay: Duration::from_millis(20), ..limits() };
    let (pipeline, batches) = pipeline(quick, |_| Ok(()));
    for _ in 0..3 {
        submit(&pipeline, 1);
        assert_eq!(batches.recv_timeout(SOON), Ok(1));
    }
}

#[test]
fn a_trickle_is_not_put_off_by_what_follows() {
    let quick =
        QueueLimits { delay: Duration::from_millis(50), records: 1 << 20, batch: 1 << 19, ..limits() };
    let (pipeline, batches) = pipeline(quick, |_| Ok(()));
    let began = Instant::now();
    let exported = loop {
        submit(&pipeline, 1);
        match batches.recv_timeout(Duration::from_millis(1)) {
            Ok(spans) => break spans,
            Err(_) => assert!(began.elapsed() < SOON, "each span puts those before it off"),
        }
    };
    assert!(exported >= 1);
}

#[test]
fn few_spans_that_hold_much_are_exported_before_the_bytes_run_out() {
    let one = record(1).size();
    let (pipeline, batches) = pipeline(QueueLimits { bytes: 8 * one, ..limits() }, |_| Ok(()));
    submit(&pipeline, 2);
    assert_eq!(batches.recv_timeout(SOON), Ok(2));
}

#[test]
fn delays_without_sense_are_survived() {
    for delay in [Duration::ZERO, Duration::MAX] {
        let (pipeline, batches) = pipeline(QueueLimits { delay, ..limits() }, |_| Ok(()));
        submit(&pipeline, 10);
        assert_eq!(batches.recv_timeout(SOON), Ok(10));
        submit(&pipeline, 1);
        assert_eq!(pipeline.flush(SOON), Ok(()));
    }
}

#[test]
fn no_batch_is_larger_than_the_limit() {
    let (pipeline, batches) = pipeline(limits(), |_| Ok(()));
    submit(&pipeline, 9);
    assert_eq!(pipeline.flush(SOON), Ok(()));
    submit(&pipeline, 25);
    assert_eq!(pipeline.flush(SOON), Ok(()));
    let sizes: Vec<_> = batches.try_iter().collect();
    assert_eq!(sizes.iter().sum::<usize>(), 34);
    assert!(sizes.iter().all(|size| *size <= 10), "{sizes:?}");
}

/// A pipeline whose exporter is at its first batch, of two spans, and stays there until the sender is gone; besides, it has
/// room for three spans.
fn at_an_exporter(limits: QueueLimits) -> (Pipeline, Receiver<Vec<u64>>, Sender<()>) {
    let (entered, batches) = channel();
    let (release, released) = channel::<()>();
    let (pipeline, _) = pipeline(limits, move |batch| {
        let id = |record: &SpanRecord| u64::from_be_bytes(record.span_id.to_bytes());
        let _ = entered.send(batch.iter().map(id).collect());
        let _ = released.recv();
        Ok(())
    });
    submit(&pipeline, 2);
    assert_eq!(batches.recv_timeout(SOON), Ok(vec![1, 2]));
    (pipeline, batches, release)
}

fn room_for_five(overflow: Overflow) -> QueueLimits {
    QueueLimits { records: 5, batch: 2, overflow, ..limits() }
}

fn submit_ids(pipeline: &Pipeline, ids: RangeInclusive<u64>) {
    for id in ids {
        pipeline.opened();
        pipeline.submit(record(id));
    }
}

#[test]
fn what_the_queue_has_no_room_for_is_counted() {
    let (pipeline, batches, release) = at_an_exporter(room_for_five(Overflow::DropNewest));
    submit_ids(&pipeline, 3..=9);
    assert_eq!(pipeline.stats().lost_overflow, 4);
    drop(release);
    assert_eq!(pipeline.flush(SOON), Ok(()));
    assert_eq!(batches.try_iter().flatten().collect::<Vec<_>>(), [3, 4, 5]);
    assert_eq!(pipeline.stats(), Stats { opened: 9, delivered: 5, lost_overflow: 4, ..Stats::default() });
}

#[test]
fn the_oldest_make_room_where_that_is_asked_for() {
    let (pipeline, batches, release) = at_an_exporter(room_for_five(Overflow::DropOldest));
    submit_ids(&pipeline, 3..=9);
    assert_eq!(pipeline.stats().lost_overflow, 4);
    drop(release);
    assert_eq!(pipeline.flush(SOON), Ok(()));
    assert_eq!(batches.try_iter().flatten().collect::<Vec<_>>(), [7, 8, 9]);
    assert_eq!(pipeline.stats(), Stats { opened: 9, delivered: 5, lost_overflow: 4, ..Stats::default() });
}

#[test]
fn nothing_is_thrown_out_for_a_span_that_has_no_room_even_then() {
    let bytes = 5 * record(1).size();
    let (pipeline, _batches, release) =
        at_an_exporter(QueueLimits { bytes, records: 1000, ..room_for_five(Overflow::DropOldest) });
    submit_ids(&pipeline, 3..=5);
    let mut giant = record(6);
    giant.tape.entry(Field::Output, None);
    giant.tape.text(&"x".repeat(bytes));
    pipeline.opened();
    pipeline.submit(giant);
    drop(release);
    assert_eq!(pipeline.flush(SOON), Ok(()));
    assert_eq!(pipeline.stats(), Stats { opened: 6, delivered: 5, lost_overflow: 1, ..Stats::default() });
}

#[test]
fn who_waits_for_room_goes_on_as_soon_as_there_is_some() {
    let (pipeline, _batches, release) = at_an_exporter(room_for_five(Overflow::Wait(Duration::MAX)));
    submit_ids(&pipeline, 3..=5);
    let (done, is_done) = channel();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            submit_ids(&pipeline, 6..=20);
            done.send(()).expect("the test waits");
        });
        assert!(is_done.recv_timeout(Duration::from_millis(20)).is_err(), "there is no room yet");
        drop(release);
        assert_eq!(is_done.recv_timeout(SOON), Ok(()));
    });
    assert_eq!(pipeline.shutdown(SOON), Ok(()));
    assert_eq!(pipeline.stats(), Stats { opened: 20, delivered: 20, ..Stats::default() });
}

#[test]
fn nobody_waits_for_room_longer_than_was_said() {
    let (pipeline, _batches, release) =
        at_an_exporter(room_for_five(Overflow::Wait(Duration::from_millis(20))));
    let began = Instant::now();
    submit_ids(&pipeline, 3..=6);
    assert!(began.elapsed() >= Duration::from_millis(20));
    assert_eq!(pipeline.stats().lost_overflow, 1);
    drop(release);
}

#[test]
fn a_shutdown_ends_the_wait_for_room() {
    let (pipeline, _batches, release) = at_an_exporter(room_for_five(Overflow::Wait(Duration::MAX)));
    submit_ids(&pipeline, 3..=5);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| submit_ids(&pipeline, 6..=9));
        assert_eq!(pipeline.shutdown(Duration::from_millis(20)), Err(Unfinished::Late(5)));
        waiting.join().expect("no panic");
    });
    assert_eq!(pipeline.stats(), Stats { opened: 9, lost_shutdown: 9, ..Stats::default() });
    drop(release);
}

#[test]
fn nobody_waits_for_room_on_a_worker() {
    let (inner, _batches, release) = at_an_exporter(room_for_five(Overflow::Wait(Duration::MAX)));
    let inner = Arc::new(inner);
    let other = Arc::clone(&inner);
    let (outer, _) = pipeline(limits(), move |_| {
        submit_ids(&other, 3..=6);
        Ok(())
    });
    submit(&outer, 10);
    assert_eq!(outer.flush(SOON), Ok(()));
    assert_eq!(inner.stats().lost_overflow, 1);
    drop(release);
}

#[test]
fn the_queue_is_bounded_in_bytes_too() {
    let bytes = 5 * record(1).size();
    let limits = QueueLimits { bytes, records: 1000, ..room_for_five(Overflow::DropNewest) };
    let (pipeline, _batches, release) = at_an_exporter(limits);
    submit_ids(&pipeline, 3..=9);
    assert_eq!(pipeline.stats().lost_overflow, 4);
    drop(release);
}

fn submit_with(pipeline: &Pipeline, id: u64, bytes: usize) {
    let mut record = record(id);
    record.tape.entry(Field::Output, None);
    record.tape.text(&"x".repeat(bytes));
    pipeline.opened();
    pipeline.submit(record);
}

#[test]
fn few_spans_are_exported_without_being_asked_for_where_they_say_much() {
    let (pipeline, batches) = pipeline(QueueLimits { batch_bytes: 1000, ..limits() }, |_| Ok(()));
    submit_with(&pipeline, 1, 500);
    submit_with(&pipeline, 2, 500);
    assert_eq!(batches.recv_timeout(SOON), Ok(2));
    submit_with(&pipeline, 3, 500);
    assert_eq!(pipeline.flush(SOON), Ok(()));
    assert_eq!(batches.recv_timeout(SOON), Ok(1), "it has waited for others");
}

#[test]
fn while_the_worker_is_busy_batches_are_larger_and_bounded() {
    let limits = QueueLimits { batch_bytes: 1000, batch: 100, ..limits() };
    let (entered, batches) = channel();
    let (release, released) = channel::<()>();
    let (pipeline, _) = pipeline(limits, move |batch| {
        let _ = entered.send(batch.len());
        let _ = released.recv();
        Ok(())
    });
    submit_with(&pipeline, 1, 1000);
    assert_eq!(batches.recv_timeout(SOON), Ok(1));
    (2..=12).for_each(|id| submit_with(&pipeline, id, 1000));
    drop(release);
    assert_eq!(pipeline.flush(SOON), Ok(()));
    assert_eq!(batches.try_iter().collect::<Vec<_>>(), [4, 4, 3]);
}

#[test]
fn a_flush_ends_while_others_go_on_pushing() {
    let (pipeline, _batches) = pipeline(QueueLimits { records: 100_000, ..limits() }, |_| Ok(()));
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    submit(&pipeline, 1);
                }
            });
        }
        for _ in 0..100 {
            assert_eq!(pipeline.flush(SOON), Ok(()));
        }
        over.store(true, Ordering::Relaxed);
    });
}

#[test]
fn an_exporter_that_asks_for_a_flush_or_a_shutdown_is_told_at_once() {
    let own: Arc<OnceLock<Arc<Pipeline>>> = Arc::default();
    let (answers, answered) = channel();
    let its = Arc::clone(&own);
    let (pipeline, _) = pipeline(limits(), move |_| {
        let pipeline = its.get().expect("it is set before the first batch");
        let _ = answers.send((pipeline.flush(SOON), pipeline.shutdown(SOON)));
        Ok(())
    });
    let pipeline = own.get_or_init(|| Arc::new(pipeline));
    submit(pipeline, 10);
    let inside = Err(Unfinished::Inside);
    assert_eq!(answered.recv_timeout(SOON), Ok((inside, inside)));
    assert_eq!(pipeline.shutdown(SOON), Ok(()), "the worker ends, now that it may");
    assert_eq!(pipeline.stats(), Stats { opened: 10, delivered: 10, ..Stats::default() });
}

#[test]
fn what_an_exporter_does_not_take_is_counted_and_blocks_nothing() {
    let mut batch = 0;
    let (pipeline, _batches) = pipeline(limits(), move |_| {
        batch += 1;
        match batch {
            1 => Err(ExportError::new("no")),
            2 => panic!("on purpose"),
            _ => Ok(()),
        }
    });
    for _ in 0..3 {
        submit(&pipeline, 2);
        assert_eq!(pipeline.flush(SOON), Ok(()));
    }
    assert_eq!(pipeline.stats(), Stats { opened: 6, delivered: 2, lost_export: 4, ..Stats::default() });
}

#[test]
fn what_a_server_rejects_of_a_batch_is_counted() {
    let (pipeline, _batches) = pipeline(limits(), |_| Err(ExportError::partial(2, "no room")));
    submit(&pipeline, 5);
    assert_eq!(pipeline.flush(SOON), Ok(()));
    assert_eq!(pipeline.stats(), Stats { opened: 5, delivered: 3, lost_rejected: 2, ..Stats::default() });
}

#[test]
fn deadlines_hold_when_an_exporter_hangs() {
    let (release, released) = channel::<()>();
    let (pipeline, batches) = pipeline(limits(), move |_| {
        let _ = released.recv();
        Ok(())
    });
    submit(&pipeline, 10);
    assert_eq!(batches.recv_timeout(SOON), Ok(10));
    submit(&pipeline, 3);
    let began = Instant::now();
    assert_eq!(pipeline.flush(Duration::from_millis(20)), Err(Unfinished::Late(13)));
    assert_eq!(pipeline.shutdown(Duration::from_millis(20)), Err(Unfinished::Late(13)));
    assert!(began.elapsed() < SOON);
    assert_eq!(pipeline.stats().lost_shutdown, 13);
    // Nobody waits a second time, and what becomes of the spans now changes nothing.
    assert_eq!(pipeline.shutdown(Duration::MAX), Ok(()));
    assert_eq!(pipeline.flush(Duration::MAX), Ok(()));
    drop(release);
}

#[test]
fn a_shutdown_drains_and_what_comes_later_is_counted() {
    let (pipeline, batches) = pipeline(limits(), |_| Ok(()));
    submit(&pipeline, 3);
    assert_eq!(pipeline.shutdown(SOON), Ok(()));
    assert_eq!(batches.try_iter().sum::<usize>(), 3);
    submit(&pipeline, 1);
    assert_eq!(pipeline.shutdown(SOON), Ok(()));
    assert_eq!(pipeline.flush(SOON), Ok(()));
    assert_eq!(pipeline.stats(), Stats { opened: 4, delivered: 3, lost_shutdown: 1, ..Stats::default() });
}

#[test]
fn spans_of_many_threads_all_arrive_once() {
    let (pipeline, batches) =
        pipeline(QueueLimits { records: 100_000, bytes: 1 << 30, ..limits() }, |_| Ok(()));
    let pipeline = Arc::new(pipeline);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| submit(&pipeline, 500));
        }
        for _ in 0..20 {
            assert_eq!(pipeline.flush(SOON), Ok(()));
        }
    });
    assert_eq!(pipeline.shutdown(SOON), Ok(()));
    assert_eq!(batches.try_iter().sum::<usize>(), 2000);
    assert_eq!(pipeline.stats(), Stats { opened: 2000, delivered: 2000, ..Stats::default() });
}
