//! Tests: what a program did, compared with what it should have done.
//!
//! A `Recorder` takes the spans of the thread it is installed on. Its tree has inputs, outputs and errors, and neither
//! times nor random ids, so that it is the same in every run and can be a snapshot; the spans themselves are data.
//! In a crate of your own, enable the feature `testing` of recount among the dev-dependencies. Run it with
//! `cargo run -p examples --example 10_testing`.

use recount::testing::Recorder;
use recount::wire::{Field, Kind, Outcome};
use recount::{agent, tool};

#[agent]
fn refund(order: &str, amount: u32) -> Result<u32, String> {
    let limit = limit_of(order)?;
    Ok(pay(amount.min(limit)))
}

#[tool]
fn limit_of(order: &str) -> Result<u32, String> {
    if order.starts_with("A-") { Ok(50) } else { Err(format!("no order {order}")) }
}

#[tool]
fn pay(amount: u32) -> u32 {
    amount
}

/// With `#[test]` above it, this is a whole test.
fn never_pays_more_than_the_limit() {
    let recorder = Recorder::new();
    let _installed = recorder.install();

    assert_eq!(refund("A-7", 80), Ok(50));

    print!("{}", recorder.tree());
    let expected = r#"
agent refund {"order":"A-7","amount":80} → 50
├─ tool limit_of {"order":"A-7"} → 50
└─ tool pay {"amount":50} → 50
"#;
    assert_eq!(recorder.tree(), expected.trim_start());
}

/// Some questions are better asked to the spans: here that nothing was paid.
fn pays_nothing_for_an_unknown_order() {
    let recorder = Recorder::new();
    let _installed = recorder.install();

    assert!(refund("B-7", 80).is_err());

    print!("{}", recorder.tree());
    let spans = recorder.spans();
    assert!(spans.iter().all(|span| span.name != "pay"));
    let failed = spans.iter().find(|span| span.kind == Kind::Tool && span.outcome == Outcome::Failed);
    let fault = failed.and_then(|span| span.tape.get(Field::Fault)).and_then(|fault| fault.get("message"));
    assert_eq!(fault.and_then(|message| message.as_str()), Some("no order B-7"));
}

fn main() {
    never_pays_more_than_the_limit();
    pays_nothing_for_an_unknown_order();
}
