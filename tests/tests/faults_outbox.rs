//! Servers that are back, and not in order yet, while requests wait on disk for them.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use recount::{Builder, Recount, Stats, span};
use recount_tests::Door;
use recount_tests::server::{Server, late, status, well};
use tempfile::TempDir;
use tracing_subscriber::prelude::*;

/// Much longer than any test takes.
const LONG: Duration = Duration::from_secs(30);

fn builder(url: &str, folder: &Path) -> Builder {
    recount::builder().endpoint(url).outbox(folder).batch_delay(Duration::from_millis(10))
}

/// Records so many spans; each in a request of its own, if wanted.
fn send(recount: &Recount, spans: usize, apart: bool) {
    let guard = tracing_subscriber::registry().with(recount.layer()).set_default();
    for _ in 0..spans {
        span::task("step").emit();
        if apart {
            recount.flush().expect("it is sent or kept");
        }
    }
    recount.flush().expect("it is sent or kept");
    drop(guard);
}

fn wait(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < LONG, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn add_up(stats: &Stats) {
    assert_eq!(stats.opened, stats.delivered + stats.stored + stats.sampled_out + stats.lost(), "{stats}");
}

/// Keys expire and are renewed, accounts are blocked and paid for.
#[test]
fn it_wants_other_credentials_and_what_waits_goes_on_waiting() {
    for line in ["401 Unauthorized", "403 Forbidden"] {
        let server = Server::new(vec![status(line, &[], b""), well()]);
        let (door, folder) = (Door::to(&server.url()), TempDir::new().expect("a folder"));
        let recount = builder(door.url(), folder.path()).build().expect("settings");
        send(&recount, 2, true);
        door.open();
        wait("it is asked", || server.requests().len() == 1);
        // It is left alone for a while now.
        send(&recount, 2, true);
        recount.shutdown().expect("nothing is lost");
        let stats = recount.stats();
        assert_eq!((stats.stored, stats.lost(), server.requests().len()), (4, 0, 1), "{stats}");
        add_up(&stats);
        drop(recount);

        let recount = builder(door.url(), folder.path()).build().expect("settings");
        wait("it is sent", || recount.stats().recovered == 4);
    }
}

/// Also the first request that it does not know us with.
#[test]
fn it_wants_other_credentials_from_the_beginning() {
    let server = Server::new(vec![status("401 Unauthorized", &[], b"")]);
    let folder = TempDir::new().expect("a folder");
    let recount = builder(&server.url(), folder.path()).build().expect("settings");
    send(&recount, 5, true);
    let stats = recount.stats();
    assert_eq!((stats.stored, stats.lost(), server.requests().len()), (5, 0, 1), "{stats}");
    add_up(&stats);
}

/// Who flushes waits for the new spans, which are safe, not for everything that has waited for days.
#[test]
fn it_is_slow_and_a_flush_does_not_wait_for_all_that_was_kept() {
    let server = Server::new(vec![late(Duration::from_millis(100), well())]);
    let (door, folder) = (Door::to(&server.url()), TempDir::new().expect("a folder"));
    let recount = builder(door.url(), folder.path()).batch_delay(Duration::from_secs(3600));
    let recount = recount.shutdown_timeout(LONG).build().expect("settings");
    send(&recount, 60, true);
    assert_eq!(recount.stats().stored, 60);
    door.open();
    wait("some are sent", || {
        recount.flush().expect("there is nothing new");
        !server.requests().is_empty()
    });
    let stats = recount.stats();
    assert!(stats.stored > 0, "one flush took the time of all: {stats}");
    // When the program ends there is no other time.
    recount.shutdown().expect("nothing is lost");
    assert_eq!((recount.stats().delivered, recount.stats().stored), (60, 0));
}

#[test]
fn it_takes_no_request_at_all_for_its_size() {
    let server = Server::new(vec![status("413 Content Too Large", &[], b"")]);
    let (door, folder) = (Door::to(&server.url()), TempDir::new().expect("a folder"));
    let recount = builder(door.url(), folder.path()).batch_delay(Duration::from_millis(100));
    let recount = recount.build().expect("settings");
    send(&recount, 200, false);
    assert_eq!(recount.stats().stored, 200);
    door.open();
    wait("it is given up", || recount.stats().stored == 0);
    let stats = recount.stats();
    assert_eq!(stats.lost(), 200);
    add_up(&stats);
    // One or a few requests were kept; each is halved until it is known that no span is small enough.
    assert!(server.requests().len() <= 40, "{} requests", server.requests().len());
}
