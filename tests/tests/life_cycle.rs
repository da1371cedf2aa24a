//! Flushing and shutting down: what is delivered, what is lost, and that deadlines hold.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use recount::export::{ExportError, Exporter, InMemory};
use recount::wire::{Resource, SpanRecord};
use recount::{Error, ErrorKind, Recount, span};
use serde::{Serialize, Serializer};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::prelude::*;

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(20);

/// Hangs until the test is over.
struct Hanging(Receiver<()>);

impl Exporter for Hanging {
    fn export(&mut self, _: &[SpanRecord], _: &Resource) -> Result<(), ExportError> {
        let _ = self.0.recv();
        Ok(())
    }
}

fn set_up(exporter: impl Exporter + 'static) -> (Recount, DefaultGuard) {
    let recount = recount::builder().exporter(exporter).batch_delay(LONG).build().expect("good settings");
    let guard = tracing_subscriber::registry().with(recount.layer()).set_default();
    (recount, guard)
}

/// Every span that was opened is somewhere.
#[track_caller]
fn check_balance(recount: &Recount) {
    let stats = recount.stats();
    assert_eq!(stats.opened, stats.delivered + stats.stored + stats.sampled_out + stats.lost(), "{stats}");
}

#[test]
fn a_flush_delivers_what_has_ended_and_leaves_what_is_open() {
    let memory = InMemory::default();
    let (recount, _guard) = set_up(memory.clone());
    let open = span::workflow("open").start();
    span::task("ended").emit();
    recount.flush().expect("memory takes everything");
    assert_eq!(memory.records().len(), 1);
    drop(open);
    recount.shutdown_within(LONG).expect("memory takes everything");
    assert_eq!(memory.records().len(), 2);
    check_balance(&recount);
}

#[test]
fn dropping_it_shuts_down() {
    let memory = InMemory::default();
    let (recount, guard) = set_up(memory.clone());
    span::task("ended").emit();
    drop((recount, guard));
    assert_eq!(memory.records().len(), 1);
}

#[test]
fn a_panic_on_its_way_up_shuts_down_too() {
    let memory = InMemory::default();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _recount = set_up(memory.clone());
        span::task("panics").in_scope(|| panic!("on purpose"));
    }));
    assert!(panicked.is_err());
    assert_eq!(memory.records().len(), 1);
}

#[test]
fn what_ends_after_the_shutdown_is_counted() {
    let (recount, _guard) = set_up(InMemory::default());
    let open = span::workflow("open").start();
    recount.shutdown().expect("nothing has ended yet");
    drop(open);
    assert_eq!(recount.stats().lost_shutdown, 1);
    let error = recount.shutdown().expect_err("one span came too late");
    assert_eq!(error.kind(), ErrorKind::Undelivered);
    check_balance(&recount);
}

thread_local! {
    static READ: Cell<usize> = const { Cell::new(0) };
}

/// Counts how often it is read.
struct Watched;

impl Serialize for Watched {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        READ.set(READ.get() + 1);
        serializer.serialize_unit()
    }
}

#[recount::tool]
fn look(_at: u8, it: Watched) -> Watched {
    it
}

#[test]
fn after_the_shutdown_nothing_is_read_and_each_call_is_counted() {
    let (recount, _guard) = set_up(InMemory::default());
    look(1, Watched);
    assert_eq!(READ.get(), 2, "the argument and the result");
    recount.shutdown().expect("memory takes everything");
    for _ in 0..3 {
        look(1, Watched);
        assert!(!span::task("late").in_scope(|| recount::current().is_recording()));
    }
    assert_eq!(READ.get(), 2);
    assert_eq!(recount.stats().lost_shutdown, 6);
    check_balance(&recount);
}

#[test]
fn a_pipeline_that_has_ended_takes_nothing_from_another() {
    let memory = InMemory::default();
    let ended = recount::builder().exporter(InMemory::default()).build().expect("good settings");
    let other = recount::builder().exporter(memory.clone()).build().expect("good settings");
    let layers = tracing_subscriber::registry().with(ended.layer()).with(other.layer());
    let _guard = layers.set_default();
    let root = span::workflow("root").start();
    ended.shutdown().expect("nothing has ended yet");
    let around = root.enter();
    look(1, Watched);
    drop(around);
    drop(root);
    other.shutdown().expect("memory takes everything");
    let names: Vec<_> = memory.records().iter().map(|record| record.name.to_string()).collect();
    assert_eq!(names, ["look", "root"]);
    assert_eq!(memory.records()[0].parent, Some(memory.records()[1].span_id));
    assert_eq!(ended.stats().lost_shutdown, 2);
}

#[test]
fn deadlines_hold_when_the_exporter_hangs() {
    let (release, hangs) = channel();
    let (recount, _guard) = set_up(Hanging(hangs));
    span::task("at the exporter").emit();
    let began = Instant::now();
    let error = recount.flush_within(SHORT).expect_err("it hangs");
    assert!(error.to_string().contains("1 spans were not exported within 20ms"), "{error}");
    span::task("in the queue").emit();
    assert!(recount.shutdown_within(SHORT).is_err());
    assert_eq!(recount.stats().lost_shutdown, 2);
    check_balance(&recount);
    // Neither a second call nor the end of `main` waits again.
    assert!(recount.shutdown_within(LONG).is_err());
    drop(recount);
    assert!(began.elapsed() < LONG);
    drop(release);
}

#[test]
fn a_pipeline_that_hangs_is_not_noticed_by_another() {
    let (release, hangs) = channel();
    let memory = InMemory::default();
    let hanging = recount::builder().exporter(Hanging(hangs)).build().expect("good settings");
    let other = recount::builder().exporter(memory.clone()).build().expect("good settings");
    let layers = tracing_subscriber::registry().with(hanging.layer()).with(other.layer());
    let _guard = layers.set_default();
    span::task("first").emit();
    assert!(hanging.flush_within(SHORT).is_err());
    span::task("second").emit();
    other.flush().expect("it is not concerned");
    assert_eq!(memory.records().len(), 2);
    drop(release);
}

#[test]
fn flushes_and_shutdowns_of_many_threads_all_return() {
    let memory = InMemory::default();
    let (recount, _guard) = set_up(memory.clone());
    thread::scope(|scope| {
        for number in 0..8 {
            let dispatch = tracing::dispatcher::get_default(Clone::clone);
            let recount = &recount;
            scope.spawn(move || {
                tracing::dispatcher::with_default(&dispatch, || {
                    for _ in 0..100 {
                        span::task("work").emit();
                        // What comes after the shutdown is lost, which is an error to those who ask.
                        let _ = if number == 7 { recount.shutdown() } else { recount.flush() };
                    }
                });
            });
        }
    });
    let stats = recount.stats();
    assert_eq!(stats.opened, 800);
    assert_eq!(stats.delivered, memory.records().len() as u64);
    check_balance(&recount);
}

/// Calls the program's own annotated functions, and asks for the end of what it is part of.
struct Meddling {
    recount: Arc<OnceLock<Recount>>,
    told: Sender<[Result<(), Error>; 2]>,
}

impl Exporter for Meddling {
    fn export(&mut self, _: &[SpanRecord], _: &Resource) -> Result<(), ExportError> {
        look(1, Watched);
        let recount = self.recount.get().expect("it is set before the first span");
        let _ = self.told.send([recount.flush(), recount.shutdown()]);
        panic!("on purpose");
    }
}

#[test]
fn whatever_an_exporter_does_it_waits_for_nothing_and_records_nothing() {
    let recount: Arc<OnceLock<Recount>> = Arc::default();
    let (told, tells) = channel();
    let meddling = Meddling { recount: Arc::clone(&recount), told };
    let built = recount::builder().exporter(meddling).build().expect("good settings");
    let _guard = tracing_subscriber::registry().with(built.layer()).set_default();
    let recount = recount.get_or_init(|| built);
    span::task("only").emit();
    assert!(recount.shutdown().is_err(), "it panicked");
    for result in tells.recv().expect("it was told before it panicked") {
        let error = result.expect_err("it would wait for itself");
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.to_string().contains("by an exporter"), "{error}");
    }
    let stats = recount.stats();
    assert_eq!((stats.opened, stats.lost_export), (1, 1));
}

async fn work(memory: &InMemory, recount: &Recount) {
    span::task("in a runtime").instrument(tokio::task::yield_now()).await;
    recount.flush().expect("memory takes everything");
    assert_eq!(memory.records().len(), 1);
}

#[tokio::test]
async fn it_needs_no_runtime_and_does_not_mind_one() {
    let memory = InMemory::default();
    let (recount, _guard) = set_up(memory.clone());
    work(&memory, &recount).await;
    recount.shutdown().expect("memory takes everything");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flush_may_be_waited_for_on_any_thread_of_a_runtime() {
    let memory = InMemory::default();
    let (recount, guard) = set_up(memory.clone());
    let recount = Arc::new(recount);
    work(&memory, &recount).await;
    let its = Arc::clone(&recount);
    tokio::task::spawn_blocking(move || its.flush()).await.expect("no panic").expect("nothing is left");
    let its = Arc::clone(&recount);
    tokio::spawn(async move { its.shutdown() }).await.expect("no panic").expect("nothing is lost");
    drop((recount, guard));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_spans_at_once_all_arrive_once() {
    use tracing::instrument::WithSubscriber;

    let memory = InMemory::default();
    let (recount, _guard) = set_up(memory.clone());
    let all_open = Arc::new(tokio::sync::Barrier::new(10_000));
    let tasks: Vec<_> = (0..10_000)
        .map(|_| {
            let all_open = Arc::clone(&all_open);
            let work = async move {
                span::task("work").instrument(all_open.wait()).await;
            };
            tokio::spawn(work.with_current_subscriber())
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
    recount.shutdown_within(LONG).expect("memory takes everything");
    let mut ids: Vec<_> = memory.records().iter().map(|record| record.span_id.to_bytes()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 10_000);
    check_balance(&recount);
}

/// Hangs, and says so.
struct Entered(Sender<()>, Hanging);

impl Exporter for Entered {
    fn export(&mut self, batch: &[SpanRecord], resource: &Resource) -> Result<(), ExportError> {
        let _ = self.0.send(());
        self.1.export(batch, resource)
    }
}

/// The shutdown of another thread gives up what a flush waits for.
#[test]
fn a_flush_is_told_what_a_shutdown_gave_up() {
    let (release, released) = channel();
    let (entered, flushing) = channel();
    let (recount, _guard) = set_up(Entered(entered, Hanging(released)));
    (0..3).for_each(|_| span::task("work").emit());
    thread::scope(|scope| {
        let flushed = scope.spawn(|| recount.flush_within(LONG));
        // Before that time nothing but the flush makes the worker take so few.
        flushing.recv_timeout(LONG).expect("the flush has begun");
        recount.shutdown_within(SHORT).expect_err("an exporter hangs");
        let flushed = flushed.join().expect("no panic");
        let error = flushed.expect_err("three spans are lost").to_string();
        assert!(error.contains("3 lost (3 shutdown)"), "{error}");
    });
    drop(release);
    check_balance(&recount);
}

/// Nobody needs an exporter that is never given anything, nor a thread for it.
#[test]
fn a_sampler_that_leaves_out_everything_needs_no_worker() {
    let (never, released) = channel();
    let builder = recount::builder().sampler(recount::sample::Sampler::always_off());
    let recount = builder.exporter(Hanging(released)).build().expect("good settings");
    assert!(never.send(()).is_err(), "the exporter is dropped");
    recount.flush().expect("there is nothing to wait for");
    recount.shutdown().expect("there is nothing to wait for");
    check_balance(&recount);
}
