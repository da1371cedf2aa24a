//! What cannot be delivered waits on disk until it can: over real connections that are cut and come back, and in
//! programs that are killed.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use prost::Message;
use recount::export::{ExportError, Exporter};
use recount::wire::{Resource, SpanRecord};
use recount::{Builder, ErrorKind, Protocol, Recount, Stats, span};
use recount_tests::server::{Request, Server, status, well};
use recount_tests::{Collector, Door};
use tempfile::TempDir;
use tracing_subscriber::prelude::*;

/// A builder with an outbox, for tests that do not want to wait.
fn builder(door: &Door, folder: &Path) -> Builder {
    recount::builder()
        .endpoint(door.url())
        .outbox(folder)
        .batch_delay(Duration::from_millis(10))
        .timeout(Duration::from_secs(5))
}

fn build(builder: Builder) -> Recount {
    builder.build().expect("a set-up that means something")
}

/// Records a span of each of these names, and sends each in a request of its own.
fn send(recount: &Recount, names: &[&str]) {
    let guard = tracing_subscriber::registry().with(recount.layer()).set_default();
    for name in names {
        span::task((*name).to_owned()).in_scope(|| ());
        recount.flush().expect("it is sent or kept");
    }
    drop(guard);
}

/// Waits until the spans went where they are expected to go.
fn wait(recount: &Recount, expected: impl Fn(&Stats) -> bool) {
    let began = Instant::now();
    while !expected(&recount.stats()) {
        assert!(began.elapsed() < Duration::from_secs(30), "{}", recount.stats());
        thread::sleep(Duration::from_millis(5));
    }
}

fn names(collector: &Collector) -> Vec<String> {
    collector.spans().into_iter().map(|span| span.name).collect()
}

fn add_up(stats: &Stats) {
    assert_eq!(stats.opened, stats.delivered + stats.stored + stats.sampled_out + stats.lost(), "{stats}");
}

/// The files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Down, up, down and up again; each protocol has its own words for it.
#[test]
fn what_could_not_be_delivered_is_when_the_server_is_back_oldest_first() {
    let transports = [
        (Protocol::HttpProtobuf, Collector::http as fn() -> Collector),
        (Protocol::HttpJson, Collector::http),
        (Protocol::Grpc, Collector::grpc),
    ];
    for (protocol, collector) in transports {
        let (collector, folder) = (collector(), TempDir::new().expect("a folder"));
        let door = Door::to(collector.url());
        let recount = build(builder(&door, folder.path()).protocol(protocol));
        send(&recount, &["one", "two", "three"]);
        let stats = recount.stats();
        assert_eq!((stats.stored, stats.delivered, stats.lost()), (3, 0, 0), "{protocol}");
        door.open();
        wait(&recount, |stats| stats.delivered == 3);
        send(&recount, &["four"]);
        wait(&recount, |stats| stats.delivered == 4);
        door.shut();
        send(&recount, &["five", "six"]);
        assert_eq!(recount.stats().stored, 2);
        door.open();
        wait(&recount, |stats| stats.delivered == 6);
        assert_eq!(names(&collector), ["one", "two", "three", "four", "five", "six"], "{protocol}");
        recount.shutdown().expect("nothing is lost");
        add_up(&recount.stats());
        drop(recount);
        assert!(files(folder.path()).is_empty(), "{:?}", files(folder.path()));
    }
}

/// With the same ids: a server that has seen one already can tell.
#[test]
fn the_next_program_sends_what_the_last_one_left() {
    let (collector, folder) = (Collector::http(), TempDir::new().expect("a folder"));
    let door = Door::to(collector.url());
    let memory = recount::export::InMemory::default();
    let recount = build(builder(&door, folder.path()).exporter(memory.clone()));
    send(&recount, &["one", "two"]);
    recount.shutdown().expect("nothing is lost: it is on disk");
    assert_eq!((recount.stats().stored, recount.stats().lost()), (2, 0));
    assert_eq!(recount.stats().to_string(), "2 spans opened, 0 delivered, 2 stored, 0 lost");
    drop(recount);

    // What is for one customer of the backend is not sent to another.
    door.open();
    let other = build(builder(&door, folder.path()).header("x-key", "of somebody else"));
    send(&other, &["own"]);
    other.shutdown().expect("nothing is lost");
    assert_eq!((other.stats().delivered, other.stats().recovered), (1, 0));

    let recount = build(builder(&door, folder.path()));
    wait(&recount, |stats| stats.recovered == 2);
    recount.shutdown().expect("nothing is lost");
    assert_eq!(names(&collector), ["own", "one", "two"]);
    let sent: Vec<_> = collector.spans().into_iter().skip(1).map(|span| span.span_id).collect();
    let recorded: Vec<_> = memory.records().iter().map(|span| span.span_id.to_bytes().to_vec()).collect();
    assert_eq!(sent, recorded);
}

/// What the server says when it is back: it refuses one for good, part of another one, has no time, then takes the rest.
#[test]
fn what_the_server_makes_of_what_was_kept_is_counted() {
    let partial = ExportTraceServiceResponse {
        partial_success: Some(ExportTracePartialSuccess {
            rejected_spans: 1,
            error_message: "too old".into(),
        }),
    };
    let protobuf = [("content-type", "application/x-protobuf")];
    let server = Server::new(vec![
        status("400 Bad Request", &[], b""),
        status("200 OK", &protobuf, &partial.encode_to_vec()),
        status("503 Service Unavailable", &[("retry-after", "0")], b""),
        well(),
    ]);
    let folder = TempDir::new().expect("a folder");
    let door = Door::to(&server.url());
    let recount = build(builder(&door, folder.path()));
    send(&recount, &["refused", "refused too", "again", "last"]);
    assert_eq!(recount.stats().stored, 4);
    door.open();
    wait(&recount, |stats| stats.stored == 0);
    assert_eq!((recount.stats().lost_rejected, recount.stats().delivered), (2, 2), "{}", recount.stats());
    add_up(&recount.stats());
    let requests = server.requests();
    let names: Vec<_> = requests.iter().flat_map(Request::spans).map(|span| span.name).collect();
    assert_eq!(names, ["refused", "refused too", "again", "again", "last"]);
    assert!(requests[2].body == requests[3].body, "the same bytes again");
    assert!(files(folder.path()).iter().all(|file| file.extension().is_some_and(|end| end == "lock")));
}

/// The flush of a short program sends the backlog too: it may never be idle.
#[test]
fn a_program_that_ends_at_once_sends_what_was_left_first() {
    let (collector, folder) = (Collector::http(), TempDir::new().expect("a folder"));
    let door = Door::to(collector.url());
    let hour = Duration::from_secs(3600);
    let recount = build(builder(&door, folder.path()).batch_delay(hour));
    send(&recount, &["one", "two"]);
    drop(recount);
    door.open();
    let recount = build(builder(&door, folder.path()).batch_delay(hour));
    send(&recount, &["three"]);
    recount.shutdown().expect("nothing is lost");
    assert_eq!((recount.stats().recovered, recount.stats().stored), (2, 0));
    assert_eq!(names(&collector), ["one", "two", "three"]);
}

/// The server hangs, the time of the shutdown is short: what was not sent is on disk by then, not lost.
#[test]
fn a_shutdown_that_may_not_wait_puts_everything_on_disk() {
    let (collector, folder) = (Collector::http(), TempDir::new().expect("a folder"));
    let door = Door::to(collector.url());
    door.stick();
    let recount = build(
        builder(&door, folder.path()).timeout(Duration::from_secs(60)).batch_delay(Duration::from_secs(60)),
    );
    let guard = tracing_subscriber::registry().with(recount.layer()).set_default();
    for _ in 0..2000 {
        span::task("work").in_scope(|| ());
    }
    drop(guard);
    let began = Instant::now();
    recount.shutdown_within(Duration::from_secs(2)).expect("nothing is lost");
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!((recount.stats().stored, recount.stats().lost()), (2000, 0), "{}", recount.stats());
    drop(recount);
    door.open();
    let recount = build(builder(&door, folder.path()));
    wait(&recount, |stats| stats.recovered == 2000);
}

/// What was put away is bounded; what has no room is told.
#[test]
fn what_has_no_room_is_counted_as_lost() {
    let (collector, folder) = (Collector::http(), TempDir::new().expect("a folder"));
    let door = Door::to(collector.url());
    let recount = build(builder(&door, folder.path()).outbox_bytes(3 * 4096));
    send(&recount, &["one", "two", "three"]);
    let guard = tracing_subscriber::registry().with(recount.layer()).set_default();
    span::task("four").in_scope(|| ());
    drop(guard);
    let _ = recount.flush();
    wait(&recount, |stats| stats.lost_expired == 1);
    assert_eq!(recount.stats().stored, 3);
    door.open();
    wait(&recount, |stats| stats.delivered == 3);
    assert_eq!(names(&collector), ["two", "three", "four"]);
    let error = recount.shutdown().expect_err("one is lost");
    assert!(error.to_string().contains("1 lost (1 expired)"), "{error}");
    add_up(&recount.stats());
}

/// The folder is replaced by a file while the program runs; a full disk looks the same from here.
#[test]
fn what_cannot_be_put_on_disk_is_counted_as_lost() {
    let (collector, folder) = (Collector::http(), TempDir::new().expect("a folder"));
    let door = Door::to(collector.url());
    let recount = build(builder(&door, &folder.path().join("outbox")));
    fs::remove_dir_all(folder.path().join("outbox")).expect("removed");
    fs::write(folder.path().join("outbox"), "").expect("written");
    let guard = tracing_subscriber::registry().with(recount.layer()).set_default();
    span::task("work").in_scope(|| ());
    drop(guard);
    let error = recount.flush().expect_err("neither a server nor a disk");
    assert!(error.to_string().contains("the outbox could not be written: "), "{error}");
    assert_eq!((recount.stats().lost_export, recount.stats().stored), (1, 0));
    add_up(&recount.stats());
}

/// Takes no span.
struct Unwilling;

impl Exporter for Unwilling {
    fn export(&mut self, _: &[SpanRecord], _: &Resource) -> Result<(), ExportError> {
        Err(ExportError::new("no"))
    }
}

/// Hangs until the test lets go of it.
struct Hanging(Receiver<()>);

impl Exporter for Hanging {
    fn export(&mut self, _: &[SpanRecord], _: &Resource) -> Result<(), ExportError> {
        let _ = self.0.recv();
        Ok(())
    }
}

/// Lost by one exporter and on disk for the other one: lost, also when the file is delivered.
#[test]
fn a_span_that_another_exporter_loses_counts_once() {
    let (collector, folder) = (Collector::http(), TempDir::new().expect("a folder"));
    let door = Door::to(collector.url());
    let recount = build(builder(&door, folder.path()).exporter(Unwilling));
    let guard = tracing_subscriber::registry().with(recount.layer()).set_default();
    for _ in 0..10 {
        span::task("work").in_scope(|| ());
    }
    drop(guard);
    recount.flush().expect_err("one of them takes nothing");
    assert_eq!(recount.stats().to_string(), "10 spans opened, 0 delivered, 10 lost (10 export)");
    door.open();
    let began = Instant::now();
    while collector.spans().len() < 10 {
        assert!(began.elapsed() < Duration::from_secs(30), "the other one sends what is on disk");
        thread::sleep(Duration::from_millis(5));
    }
    recount.shutdown().expect_err("they were lost");
    assert_eq!(recount.stats().to_string(), "10 spans opened, 0 delivered, 10 lost (10 export)");
    add_up(&recount.stats());
}

/// On disk, and then the next exporter does not come back in time.
#[test]
fn what_is_on_disk_when_the_time_of_the_shutdown_is_over_counts_once() {
    let (collector, folder) = (Collector::http(), TempDir::new().expect("a folder"));
    let door = Door::to(collector.url());
    let (release, released) = channel();
    let recount = build(builder(&door, folder.path()).exporter(Hanging(released)));
    let guard = tracing_subscriber::registry().with(recount.layer()).set_default();
    for _ in 0..10 {
        span::task("work").in_scope(|| ());
    }
    drop(guard);
    let _ = recount.flush_within(Duration::from_millis(500));
    recount.shutdown_within(Duration::from_millis(100)).expect_err("an exporter hangs");
    assert_eq!(recount.stats().to_string(), "10 spans opened, 0 delivered, 10 lost (10 shutdown)");
    drop(release);
    drop(recount);
}

/// Two set-ups of one program with one folder: neither sends what the other one keeps.
#[test]
fn two_pipelines_share_a_folder() {
    let (collector, folder) = (Collector::http(), TempDir::new().expect("a folder"));
    let door = Door::to(collector.url());
    let both = [(); 2].map(|()| build(builder(&door, folder.path())));
    send(&both[0], &["one", "two"]);
    send(&both[1], &["three"]);
    assert_eq!([both[0].stats().stored, both[1].stats().stored], [2, 1]);
    door.open();
    wait(&both[0], |stats| stats.delivered == 2);
    wait(&both[1], |stats| stats.delivered == 1);
    for recount in both {
        recount.shutdown().expect("nothing is lost");
        assert_eq!(recount.stats().recovered, 0);
    }
    let mut names = names(&collector);
    names.sort();
    assert_eq!(names, ["one", "three", "two"]);
    assert!(files(folder.path()).is_empty(), "{:?}", files(folder.path()));
}

#[test]
fn nothing_touches_the_disk_unless_it_is_asked_to() {
    let collector = Collector::http();
    let folder = TempDir::new().expect("a folder");
    let unused = folder.path().join("outbox");
    // Nothing is sent anywhere, so nothing can be left over.
    let recount = build(recount::builder().outbox(&unused).console());
    send(&recount, &["work"]);
    assert!(!unused.exists());
    let door = Door::to(collector.url());
    let without = recount::builder().endpoint(door.url()).retry_timeout(Duration::from_millis(1));
    let recount = build(without);
    let guard = tracing_subscriber::registry().with(recount.layer()).set_default();
    span::task("work").in_scope(|| ());
    drop(guard);
    recount.shutdown().expect_err("there is no server");
    assert_eq!((recount.stats().lost_export, recount.stats().stored), (1, 0));
}

#[test]
fn a_folder_that_cannot_be_is_told_when_the_program_starts() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, "").expect("written");
    let error = recount::builder().endpoint("http://localhost:4318").outbox(&file).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().starts_with("The outbox in "), "{error}");
    for (builder, what) in [
        (recount::builder().outbox_bytes(0), "The outbox_bytes of the builder: it is 0"),
        (recount::builder().outbox_age(Duration::ZERO), "The outbox_age of the builder: it is 0"),
        (recount::builder().outbox(""), "The folder of the outbox: "),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().starts_with(what), "{error}");
    }
}

const PROGRAM: &[&str] = &["--exact", "program", "--ignored", "--nocapture"];
const ROUND: &str = "ROUND_OF_THE_PROGRAM";

/// Set up from the environment; tells each span that is delivered or on disk, until it is killed.
#[test]
#[ignore = "run by the other tests, in a process of its own"]
fn program() {
    let recount = build(recount::builder());
    let round = env::var(ROUND).expect("a round");
    let guard = tracing_subscriber::registry().with(recount.layer()).set_default();
    for number in 0.. {
        let name = format!("{round}.{number}");
        span::task(name.clone()).input("content ".repeat(number % 1000)).in_scope(|| ());
        recount.flush().expect("it is sent or kept");
        std::io::stdout().write_all(format!("\nsafe {name}\n").as_bytes()).expect("somebody listens");
    }
    drop(guard);
}

fn start(door: &Door, folder: &Path, round: usize) -> Child {
    let mut program = Command::new(env::current_exe().expect("this program"));
    for (name, _) in env::vars() {
        if name.starts_with("OTEL_") || name.starts_with("RECOUNT_") {
            program.env_remove(name);
        }
    }
    program
        .args(PROGRAM)
        .env(ROUND, round.to_string())
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", door.url())
        .env("OTEL_BSP_SCHEDULE_DELAY", "2")
        .env("RECOUNT_OUTBOX", folder)
        .env("RECOUNT_OUTBOX_BYTES", "100000000")
        .env("RECOUNT_OUTBOX_AGE", "3600000")
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program")
}

/// While the server goes and comes, programs are killed at any moment. What one of them was told to be delivered or
/// on disk arrives.
#[test]
fn kill_9_loses_nothing_that_was_flushed() {
    let (collector, folder) = (Collector::http(), TempDir::new().expect("a folder"));
    let door = Door::to(collector.url());
    let (mut safe, mut cuts) = (BTreeSet::new(), 0);
    let rounds = 8;
    for round in 0..rounds {
        let mut program = start(&door, folder.path(), round);
        let mut said = BufReader::new(program.stdout.take().expect("a pipe"));
        let mut lines = String::new();
        for line in 0..40 + round * 5 {
            said.read_line(&mut lines).expect("it goes on");
            if (line + round) % 12 == 0 {
                door.open();
            } else if (line + round) % 6 == 0 {
                door.shut();
                cuts += 1;
            }
        }
        program.kill().expect("it runs still");
        cuts += 1;
        said.read_to_string(&mut lines).expect("text");
        program.wait().expect("it is gone");
        safe.extend(lines.lines().filter_map(|line| line.strip_prefix("safe ")).map(str::to_owned));
    }
    assert!(safe.len() > 100, "they did something: {}", safe.len());
    door.open();
    let recount = build(builder(&door, folder.path()));
    wait(&recount, |_| {
        let waiting = files(folder.path())
            .iter()
            .filter(|file| file.extension().is_some_and(|end| end == "v1"))
            .count();
        waiting == 0
    });
    recount.shutdown().expect("nothing is lost");
    assert_eq!((recount.stats().forfeited, recount.stats().lost()), (0, 0));
    drop(recount);
    assert!(files(folder.path()).is_empty(), "{:?}", files(folder.path()));
    let arrived = names(&collector);
    let distinct: BTreeSet<_> = arrived.iter().cloned().collect();
    let lost: Vec<_> = safe.difference(&distinct).collect();
    assert!(lost.is_empty(), "{lost:?}");
    // Twice, where a program died or the door was shut between the server's answer and what is done then.
    let twice = arrived.len() - distinct.len();
    assert!(twice <= cuts, "{twice} of {} came twice, after {cuts} cuts", arrived.len());
}
