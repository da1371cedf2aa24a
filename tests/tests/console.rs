//! Traces as trees on the console.

use std::io::{self, Write};
use std::time::Duration;

use insta::assert_snapshot;
use recount::export::{Console, Exporter};
use recount::testing::Recorder;
use recount::wire::{Field, Kind, Outcome, Resource, SpanId, SpanRecord, Timestamp, TraceId};
use recount::{Usage, span};
use recount_tests::SharedBuffer;

/// What the console shows of `work`.
fn shown(work: impl FnOnce()) -> String {
    let buffer = SharedBuffer::default();
    let recorder = Recorder::with(recount::builder().exporter(Console::new(buffer.clone())));
    let guard = recorder.install();
    work();
    drop(guard);
    let _ = recorder.stats();
    buffer.text()
}

fn record(trace: u8, id: u64, parent: Option<u64>, name: &'static str) -> SpanRecord {
    let span_id = |id: u64| SpanId::from_bytes(id.to_be_bytes());
    let mut record = SpanRecord::new(TraceId::from_bytes([trace; 16]), span_id(id), Kind::Task, name);
    record.parent = parent.map(span_id);
    record.start = Timestamp::from_unix_nanos(id);
    record.end = record.start.after(Duration::from_millis(3));
    record
}

fn export(console: &mut Console<SharedBuffer>, batch: &[SpanRecord]) {
    console.export(batch, &Resource::default()).expect("a buffer takes everything");
}

/// A whole program: kinds, models, tokens, errors; no prompts.
#[test]
fn a_program() {
    let tree = shown(|| {
        span::workflow("answer").input("PROMPT").in_scope(|| {
            span::retrieval("notes").query("PROMPT").emit();
            span::agent("planner").in_scope(|| {
                span::llm("gpt-5.2").input("PROMPT").usage(Usage::new(1204, 86)).emit();
                let tool = span::tool("search").start();
                tool.set_error_message("files::NotFound", "no such file");
            });
            span::llm("gpt-5.2").operation("embeddings").usage(Usage::default()).emit();
        });
    });
    assert_snapshot!(tree, @r"
    workflow answer  11 ms
    ├─ retrieval notes  1 ms
    ├─ agent planner  5 ms
    │  ├─ llm chat gpt-5.2  1 ms  1,204 → 86 tokens
    │  └─ tool search  1 ms  ✗ NotFound: no such file
    └─ llm embeddings gpt-5.2  1 ms
    ");
}

/// Traces that end one after the other are shown apart.
#[test]
fn two_traces() {
    let tree = shown(|| {
        span::task("one").emit();
        span::task("two").emit();
    });
    assert_snapshot!(tree, @r"
    task one  1 ms
    task two  1 ms
    ");
}

/// A trace is shown when its root has ended, all at once; what comes late is shown with the flush.
#[test]
fn a_tree_waits_for_its_root() {
    let buffer = SharedBuffer::default();
    let mut console = Console::new(buffer.clone());
    export(&mut console, &[record(1, 3, Some(2), "leaf"), record(1, 2, Some(1), "branch")]);
    assert_eq!(buffer.text(), "");
    export(&mut console, &[record(1, 1, None, "root")]);
    assert_eq!(buffer.text(), "task root  3 ms\n└─ task branch  3 ms\n   └─ task leaf  3 ms\n");
    export(&mut console, &[record(1, 4, Some(1), "late")]);
    console.flush().expect("a buffer takes everything");
    assert!(buffer.text().ends_with("leaf  3 ms\ntask late  3 ms\n"));
    console.flush().expect("a buffer takes everything");
    assert_eq!(buffer.text().lines().count(), 4);
}

/// Siblings stand in the order in which they began, whenever they ended.
#[test]
fn siblings_stand_in_order() {
    let buffer = SharedBuffer::default();
    let batch = [
        record(1, 9, Some(1), "c"),
        record(1, 5, Some(1), "b"),
        record(1, 2, Some(1), "a"),
        record(1, 1, None, "root"),
    ];
    export(&mut Console::new(buffer.clone()), &batch);
    let names: Vec<_> = buffer
        .text()
        .lines()
        .map(|line| line.split(' ').rev().nth(3).unwrap_or_default().to_owned())
        .collect();
    assert_eq!(names, ["root", "a", "b", "c"]);
}

/// Parents that are nobody, oneself, or one's own children: every span is shown once.
#[test]
fn families_that_cannot_be() {
    let buffer = SharedBuffer::default();
    let mut console = Console::new(buffer.clone());
    let batch = [
        record(1, 1, Some(1), "own parent"),
        record(1, 2, Some(3), "mutual a"),
        record(1, 3, Some(2), "mutual b"),
        record(1, 4, Some(99), "orphan"),
        record(1, 5, None, "root"),
        record(1, 5, None, "twin"),
        record(2, 6, Some(5), "of another trace"),
    ];
    export(&mut console, &batch);
    console.flush().expect("a buffer takes everything");
    for name in ["own parent", "mutual a", "mutual b", "orphan", "root", "twin", "of another trace"] {
        assert_eq!(buffer.text().matches(name).count(), 1, "{name}\n{}", buffer.text());
    }
}

/// A chain of many thousands neither overflows the stack nor fills the memory with indentation.
#[test]
fn a_deep_chain() {
    let buffer = SharedBuffer::default();
    let chain: Vec<_> = (1..=50_000).map(|id| record(1, id, (id > 1).then(|| id - 1), "link")).collect();
    export(&mut Console::new(buffer.clone()), &chain);
    let text = buffer.text();
    assert_eq!(text.lines().count(), 50_000);
    assert!(text.len() < 50_000 * 300);
}

/// Names and messages cannot drive the terminal, and do not break lines.
#[test]
fn names_that_are_none() {
    let buffer = SharedBuffer::default();
    let mut hostile = record(1, 1, None, "\u{1b}[2Ja\nb\u{202e}");
    hostile.outcome = Outcome::Failed;
    hostile.tape.entry(Field::Fault, None);
    hostile.tape.begin_map();
    hostile.tape.text("type");
    hostile.tape.text("\u{1b}]0;owned\u{7}");
    hostile.tape.text("message");
    hostile.tape.text(&"long\r".repeat(100));
    hostile.tape.end();
    export(&mut Console::new(buffer.clone()), &[hostile]);
    let text = buffer.text();
    assert!(text.chars().all(|char| char == '\n' || !char.is_control()), "{text:?}");
    assert!(!text.contains('\u{202e}'));
    assert_eq!(text.lines().count(), 1);
    assert!(text.chars().count() < 400);
}

/// Traces whose roots never come are shown before they take up too much memory.
#[test]
fn roots_that_never_come() {
    let buffer = SharedBuffer::default();
    let mut console = Console::new(buffer.clone());
    for trace in 1..=101_u8 {
        let batch: Vec<_> = (2..1_002).map(|id| record(trace, id, Some(1), "orphan")).collect();
        export(&mut console, &batch);
    }
    assert_eq!(buffer.text().lines().count(), 1_000);
}

/// A console that is gone is an error to the worker, and to nobody else.
#[test]
fn a_console_that_is_gone() {
    struct Gone;
    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let error = Console::new(Gone).export(&[record(1, 1, None, "root")], &Resource::default());
    assert_eq!(
        error.expect_err("nobody reads").to_string(),
        "the console could not be written to: broken pipe"
    );
}
