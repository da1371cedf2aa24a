//! The end of a process, in all the ways there are. Each case is a process of its own, this program again, with a real
//! `main`: so there is no test harness.

use std::cell::RefCell;
use std::io::Write;
use std::process::{self, Command, Output};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use recount::export::{ExportError, Exporter};
use recount::wire::{Resource, SpanRecord};
use recount::{Recount, span};
use tracing_subscriber::prelude::*;

const CASE: &str = "PROCESS_END_CASE";
const LONG: Duration = Duration::from_secs(60);

/// Prints the names of spans, as long as anybody could read them.
struct Printing;

impl Exporter for Printing {
    fn export(&mut self, batch: &[SpanRecord], _: &Resource) -> Result<(), ExportError> {
        let mut out = std::io::stdout().lock();
        batch.iter().try_for_each(|record| writeln!(out, "{}", record.name)).expect("the test reads");
        Ok(())
    }
}

/// Takes its time, more than anybody has.
struct Hanging;

impl Exporter for Hanging {
    fn export(&mut self, _: &[SpanRecord], _: &Resource) -> Result<(), ExportError> {
        thread::park();
        Ok(())
    }
}

fn set_up(exporter: impl Exporter + 'static) -> Recount {
    let builder = recount::builder().exporter(exporter).batch_delay(LONG);
    let recount = builder.shutdown_timeout(Duration::from_millis(200)).build().expect("good settings");
    let subscriber = tracing_subscriber::registry().with(recount.layer());
    tracing::subscriber::set_global_default(subscriber).expect("the only one");
    recount
}

/// Records a span when its thread ends, after everything that came later on the thread.
struct Last(&'static str);

impl Drop for Last {
    fn drop(&mut self) {
        span::task(self.0).emit();
        span::task("within").in_scope(|| ());
    }
}

thread_local! {
    static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
    static KEPT: RefCell<Option<Recount>> = const { RefCell::new(None) };
}

/// What it is called, what it does, the status it ends with, and the spans that arrive.
type Case = (&'static str, fn(), i32, &'static [&'static str]);

const CASES: &[Case] = &[
    (
        "the end of main",
        || {
            let _recount = set_up(Printing);
            span::task("work").emit();
        },
        0,
        &["work"],
    ),
    (
        "a panic in main",
        || {
            let _recount = set_up(Printing);
            span::task("work").in_scope(|| panic!("on purpose"));
        },
        101,
        &["work"],
    ),
    (
        "the end of a thread",
        || {
            let _recount = set_up(Printing);
            let thread = thread::spawn(|| LAST.set(Some(Last("last"))));
            thread.join().expect("no panic");
        },
        0,
        &["last", "within"],
    ),
    (
        "a pipeline that the main thread ends with",
        || {
            KEPT.set(Some(set_up(Printing)));
            span::task("work").emit();
        },
        0,
        &["work"],
    ),
    (
        "spans after the end of main",
        || {
            LAST.set(Some(Last("too late")));
            let _recount = set_up(Printing);
            span::task("work").emit();
        },
        0,
        &["work"],
    ),
    (
        "threads that go on after the end of main",
        || {
            let _recount = set_up(Printing);
            for _ in 0..2 {
                thread::spawn(|| {
                    loop {
                        span::task("endless").in_scope(thread::yield_now);
                    }
                });
            }
            span::task("endless").emit();
        },
        0,
        &[],
    ),
    (
        "a pipeline that is never dropped",
        || {
            static KEPT: OnceLock<Recount> = OnceLock::new();
            let recount = KEPT.get_or_init(|| set_up(Printing));
            span::task("work").emit();
            recount.flush().expect("it is printed");
            span::task("nobody asks for it").emit();
        },
        0,
        &["work"],
    ),
    (
        "an exit in the middle",
        || {
            let _recount = set_up(Printing);
            span::task("nobody asks for it").emit();
            process::exit(7);
        },
        7,
        &[],
    ),
    (
        "an exporter that hangs",
        || {
            let recount = set_up(Hanging);
            span::task("work").emit();
            let _ = recount.flush_within(Duration::from_millis(1));
        },
        0,
        &[],
    ),
];

fn run(name: &str) -> Output {
    let program = std::env::current_exe().expect("this program");
    Command::new(program).env(CASE, name).output().expect("it runs")
}

fn main() {
    if let Ok(name) = std::env::var(CASE) {
        let (_, case, ..) = CASES.iter().find(|(known, ..)| *known == name).expect("a case");
        return case();
    }
    for (name, _, status, spans) in CASES {
        let began = Instant::now();
        let output = run(name);
        assert_eq!(output.status.code(), Some(*status), "{name}: {output:?}");
        assert!(began.elapsed() < LONG / 2, "{name} took {:?}", began.elapsed());
        let printed = String::from_utf8_lossy(&output.stdout);
        // How many of these there are nobody knows.
        let printed: Vec<_> = printed.lines().filter(|line| *line != "endless").collect();
        assert_eq!(printed, *spans, "{name}");
        println!("{name}: ok");
    }
}
