use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use super::{Pipeline, Policy, QueueLimits, Stats};
use crate::export::{ExportError, Exporter};
use crate::extract::Extractors;
use crate::price::CurrentPrices;
use crate::record::{Clock, Ids};
use crate::span::Sink;
use crate::wire::{Kind, Resource, SpanId, SpanRecord, TraceId};

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
    QueueLimits { records: 1000, bytes: 1 << 20, batch: 10, delay: Duration::from_secs(3600) }
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
fn few_spans_that_hold_much_are_exported_before_the_bytes_run_out() {
    let one = record(1).size();
    let (pipeline, batches) = pipeline(QueueLimits { bytes: 8 * one, ..limits() }, |_| Ok(()));
    submit(&pipeline, 4);
    assert_eq!(batches.recv_timeout(SOON), Ok(4));
}

#[test]
fn delays_without_sense_are_survived() {
    for delay in [Duration::ZERO, Duration::MAX] {
        let (pipeline, batches) = pipeline(QueueLimits { delay, ..limits() }, |_| Ok(()));
        submit(&pipeline, 10);
        assert_eq!(batches.recv_timeout(SOON), Ok(10));
        submit(&pipeline, 1);
        assert_eq!(pipeline.flush(SOON), 0);
    }
}

#[test]
fn no_batch_is_larger_than_the_limit() {
    let (pipeline, batches) = pipeline(limits(), |_| Ok(()));
    submit(&pipeline, 9);
    assert_eq!(pipeline.flush(SOON), 0);
    submit(&pipeline, 25);
    assert_eq!(pipeline.flush(SOON), 0);
    let sizes: Vec<_> = batches.try_iter().collect();
    assert_eq!(sizes.iter().sum::<usize>(), 34);
    assert!(sizes.iter().all(|size| *size <= 10), "{sizes:?}");
}

#[test]
fn what_the_queue_has_no_room_for_is_counted() {
    let (entered, waits) = channel();
    let (release, released) = channel::<()>();
    let (pipeline, _batches) = pipeline(QueueLimits { records: 20, ..limits() }, move |_| {
        let _ = entered.send(());
        let _ = released.recv();
        Ok(())
    });
    submit(&pipeline, 10);
    waits.recv_timeout(SOON).expect("the first batch is at the exporter");
    submit(&pipeline, 15);
    assert_eq!(pipeline.stats().lost_overflow, 5);
    drop(release);
    assert_eq!(pipeline.flush(SOON), 0);
    assert_eq!(pipeline.stats(), Stats { opened: 25, delivered: 20, lost_overflow: 5, ..Stats::default() });
}

#[test]
fn the_queue_is_bounded_in_bytes_too() {
    let (entered, waits) = channel();
    let (release, released) = channel::<()>();
    let (pipeline, _batches) = pipeline(QueueLimits { bytes: 3 * record(1).size(), ..limits() }, move |_| {
        let _ = entered.send(());
        let _ = released.recv();
        Ok(())
    });
    submit(&pipeline, 2);
    waits.recv_timeout(SOON).expect("half of the bytes are at the exporter");
    submit(&pipeline, 3);
    assert_eq!(pipeline.stats().lost_overflow, 2);
    drop(release);
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
        assert_eq!(pipeline.flush(SOON), 0);
    }
    assert_eq!(pipeline.stats(), Stats { opened: 6, delivered: 2, lost_export: 4, ..Stats::default() });
}

#[test]
fn what_a_server_rejects_of_a_batch_is_counted() {
    let (pipeline, _batches) = pipeline(limits(), |_| Err(ExportError::partial(2, "no room")));
    submit(&pipeline, 5);
    assert_eq!(pipeline.flush(SOON), 0);
    assert_eq!(pipeline.stats(), Stats { opened: 5, delivered: 3, lost_export: 2, ..Stats::default() });
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
    assert_eq!(pipeline.flush(Duration::from_millis(20)), 13);
    pipeline.shutdown(Duration::from_millis(20));
    assert!(began.elapsed() < SOON);
    assert_eq!(pipeline.stats().lost_shutdown, 13);
    // Nobody waits a second time, and what becomes of the spans now changes nothing.
    pipeline.shutdown(Duration::MAX);
    assert_eq!(pipeline.flush(Duration::MAX), 0);
    drop(release);
}

#[test]
fn a_shutdown_drains_and_what_comes_later_is_counted() {
    let (pipeline, batches) = pipeline(limits(), |_| Ok(()));
    submit(&pipeline, 3);
    pipeline.shutdown(SOON);
    assert_eq!(batches.try_iter().sum::<usize>(), 3);
    submit(&pipeline, 1);
    pipeline.shutdown(SOON);
    assert_eq!(pipeline.flush(SOON), 0);
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
            pipeline.flush(SOON);
        }
    });
    pipeline.shutdown(SOON);
    assert_eq!(batches.try_iter().sum::<usize>(), 2000);
    assert_eq!(pipeline.stats(), Stats { opened: 2000, delivered: 2000, ..Stats::default() });
}
