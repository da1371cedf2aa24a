//! Spans that ended badly, as they leave the process: status, `error.type`, one `exception` event.

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use recount::span;
use recount::wire::{Field, Kind, Outcome, SpanId, SpanRecord, TraceId};
use recount_tests::{assert_golden, exported, exported_records};

#[derive(Debug)]
struct Unreachable(std::num::ParseIntError);

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server is unreachable")
    }
}

impl Error for Unreachable {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

fn record(kind: Kind, outcome: Outcome) -> SpanRecord {
    let mut record = SpanRecord::new(TraceId::from_bytes([1; 16]), SpanId::from_bytes([2; 8]), kind, "work");
    record.outcome = outcome;
    record
}

/// The sources of an error make the trace; events that were added before come after the exception.
#[test]
fn an_error_with_sources() {
    let spans = exported(|| {
        let tool = span::tool("fetch").input("x").start();
        tool.add_event("retry", serde_json::json!({"attempt": 2, "why": ["slow", "busy"]}));
        tool.set_error(&Unreachable("x".parse::<i32>().expect_err("no number")));
    });
    assert_golden("an_error_with_sources", &spans);
}

/// A failure in the user's own words, on a model call that had begun to answer.
#[test]
fn an_error_without_sources() {
    let spans = exported(|| {
        let call = span::llm("gpt-5.2").provider("openai").input("hi").output("Hel").start();
        call.set_error_message("rate_limit_error", "too many requests");
    });
    assert_golden("an_error_without_sources", &spans);
}

#[test]
fn a_panic() {
    let spans = exported(|| {
        let _ = catch_unwind(AssertUnwindSafe(|| {
            span::task("divide").in_scope(|| panic!("divided by zero"));
        }));
    });
    let span = &spans[0];
    assert_eq!(span["status"]["code"], "ERROR");
    assert_eq!(span["attributes"]["error.type"], "panic");
    assert_eq!(span["events"].as_array().map(Vec::len), Some(1));
    assert_eq!(span["events"][0]["attributes"]["exception.type"], "panic");
}

/// Nobody raised an error: there is a status, and no exception.
#[test]
fn a_cancelled_stream() {
    let mut call = record(Kind::Llm, Outcome::Cancelled);
    call.tape.entry(Field::Provider, None);
    call.tape.text("openai");
    call.tape.entry(Field::FirstItem, None);
    call.tape.double(0.25);
    for piece in ["One, ", "two", " and"] {
        call.tape.entry(Field::Item, None);
        call.tape.text(piece);
    }
    call.tape.entry(Field::ItemCount, None);
    call.tape.unsigned(5);
    call.tape.entry(Field::ItemsCut, None);
    call.tape.unsigned(2);
    assert_golden("a_cancelled_stream", &exported_records(&[call]));
}

/// A record that says it failed, but not why: still exactly one exception.
#[test]
fn a_failure_without_words() {
    let spans =
        exported_records(&[record(Kind::Task, Outcome::Failed), record(Kind::Task, Outcome::Panicked)]);
    assert_golden("a_failure_without_words", &spans);
}

/// What failed before and came to its end all the same is no failure.
#[test]
fn a_fault_on_a_completed_span() {
    let mut task = record(Kind::Task, Outcome::Completed);
    task.tape.entry(Field::Fault, None);
    task.tape.begin_map();
    task.tape.text("type");
    task.tape.text("old");
    task.tape.end();
    let spans = exported_records(&[task]);
    assert_eq!(spans[0]["status"]["code"], "UNSET");
    assert_eq!(spans[0]["events"], serde_json::json!([]));
    assert!(spans[0]["attributes"].get("error.type").is_none());
}
