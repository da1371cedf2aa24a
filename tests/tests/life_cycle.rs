//! Flushing and shutting down: what is delivered, what is lost, and that deadlines hold.

use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use recount::export::{ExportError, Exporter, InMemory};
use recount::wire::{Resource, SpanRecord};
use recount::{ErrorKind, Recount, span};
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
fn what_ends_after_the_shutdown_is_counted() {
    let (recount, _guard) = set_up(InMemory::default());
    let open = span::workflow("open").start();
    recount.shutdown().expect("nothing has ended yet");
    drop(open);
    assert_eq!(recount.stats().lost_shutdown, 1);
    let error = recount.shutdown().expect_err("one span came too late");
    assert_eq!(error.kind(), ErrorKind::Undelivered);
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
    // Neither a second call nor the end of `main` waits again.
    assert!(recount.shutdown_within(LONG).is_err());
    drop(recount);
    assert!(began.elapsed() < LONG);
    drop(release);
}

#[tokio::test]
async fn it_needs_no_runtime_and_does_not_mind_one() {
    let memory = InMemory::default();
    let (recount, _guard) = set_up(memory.clone());
    span::task("in a runtime").instrument(tokio::task::yield_now()).await;
    recount.flush().expect("memory takes everything");
    recount.shutdown().expect("memory takes everything");
    assert_eq!(memory.records().len(), 1);
}
