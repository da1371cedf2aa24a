//! A forked child has the memory of its parent, locks included, and none of its threads. Whatever the parent's threads
//! are at in that moment, nothing in the child waits for them.
#![cfg(unix)]

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fork::{Fork, fork, waitpid_nohang};
use recount::export::InMemory;
use recount::{ErrorKind, Recount, span};
use tracing_subscriber::prelude::*;

/// More than a batch.
const SPANS: u64 = 2000;
const SOON: Duration = Duration::from_secs(20);

/// What a child found out; its exit status, since it must not print or panic.
fn check_child(recount: &Recount) -> i32 {
    for _ in 0..SPANS {
        span::task("in the child").emit();
    }
    let began = Instant::now();
    let [flushed, shut_down] = [recount.flush(), recount.shutdown()];
    let is_unavailable = |result: &Result<(), recount::Error>| {
        result.as_ref().is_err_and(|error| error.kind() == ErrorKind::Unavailable)
    };
    if !is_unavailable(&flushed) || !is_unavailable(&shut_down) {
        return 1;
    }
    // The parent's time-out is much longer; the machine may have other things to do.
    if began.elapsed() > SOON / 2 {
        return 2;
    }
    if recount.stats().lost_shutdown < SPANS {
        return 3;
    }
    // What a child has to do to be heard.
    let memory = InMemory::default();
    let Ok(own) = recount::builder().exporter(memory.clone()).build() else { return 4 };
    let subscriber = tracing_subscriber::registry().with(own.layer());
    tracing::subscriber::with_default(subscriber, || span::task("heard").emit());
    if own.shutdown().is_ok() && memory.records().len() == 1 { 0 } else { 5 }
}

fn wait_for(child: i32) -> i32 {
    let began = Instant::now();
    loop {
        if let Some(status) = waitpid_nohang(child).expect("it is ours") {
            return status;
        }
        if began.elapsed() > SOON {
            let _ = process::Command::new("kill").args(["-9", &child.to_string()]).status();
            panic!("the child waits for a thread that it does not have");
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Tells the threads of the parent to end, also where the test fails.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_forked_child_waits_for_nobody_and_the_parent_does_not_notice() {
    let memory = InMemory::default();
    // Small, so that its lock is about all that its threads do.
    let builder = recount::builder()
        .exporter(memory.clone())
        .batch_size(16)
        .queue_records(64)
        .shutdown_timeout(6 * SOON);
    let recount = builder.build().expect("good settings");
    let subscriber = tracing_subscriber::registry().with(recount.layer());
    tracing::subscriber::set_global_default(subscriber).expect("the only subscriber of the process");
    // What `tracing` and the worker set up once, under locks of theirs, is there before anybody forks.
    span::task("in the parent").emit();
    recount.flush().expect("memory takes everything");
    let over = AtomicBool::new(false);

    thread::scope(|scope| {
        let _over = Over(&over);
        for _ in 0..3 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    span::task("in the parent").emit();
                }
            });
        }
        for _ in 0..200 {
            match fork().expect("the system forks") {
                Fork::Child => process::exit(check_child(&recount)),
                Fork::Parent(child) => assert_eq!(wait_for(child), 0, "see `check_child`"),
            }
            memory.clear();
        }
    });

    recount.flush().expect("the parent is not concerned");
    let stats = recount.stats();
    assert_eq!(stats.opened, stats.delivered + stats.lost_overflow);
}
