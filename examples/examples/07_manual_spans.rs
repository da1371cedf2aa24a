//! Spans by hand, for work that is no function of yours: a closure, a future, a loop, a job that is over already.
//!
//! A builder for each kind takes what the attributes take. `start` opens a span until its guard is dropped;
//! `in_scope` and `instrument` run a closure or a future inside it; `emit` records what happened before, with its own
//! times. They mix freely with annotated functions. Run it with `cargo run -p examples --example 07_manual_spans`.

use std::time::{Duration, SystemTime};

use recount::{Usage, span, tool};
use tracing_subscriber::prelude::*;

#[tool]
fn weigh(parcel: &str) -> usize {
    parcel.len() * 10
}

/// A job that another system has done; what it logged is turned into spans.
struct LoggedCall {
    model: &'static str,
    prompt: &'static str,
    answer: &'static str,
    began: SystemTime,
    took: Duration,
    tokens: (u64, u64),
}

impl LoggedCall {
    fn emit(&self) {
        span::llm(self.model)
            .provider("anthropic")
            .input(self.prompt)
            .output(self.answer)
            .usage(Usage::new(self.tokens.0, self.tokens.1))
            .start_time(self.began)
            .end_time(self.began + self.took)
            .emit();
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), recount::Error> {
    let recount = recount::builder().service_name("07_manual_spans").console().build()?;
    tracing_subscriber::registry().with(recount.layer()).init();

    // A guard: what is known only in the middle is set on it.
    let day = span::workflow("shipping day").user("ada").start();
    let inside = day.enter();

    // A closure. The annotated function it calls is below it.
    let grams: usize =
        span::task("load").input(["vase", "lamp"]).in_scope(|| ["vase", "lamp"].map(weigh).iter().sum());
    day.set_attribute("app.grams", grams);

    // A failure without an error value.
    let stamp = span::tool("print a stamp").start();
    stamp.set_error_message("out_of_paper", "the printer has no paper");
    drop(stamp);

    LoggedCall {
        model: "claude-sonnet-5",
        prompt: "Address this to Lisbon.",
        answer: "Rua Augusta 1",
        began: SystemTime::now() - Duration::from_secs(60),
        took: Duration::from_millis(1_300),
        tokens: (210, 12),
    }
    .emit();
    drop(inside);

    // A future: never hold `enter()` across an await, instrument the future instead.
    let driven = span::task("drive").parent(day.id()).instrument(async {
        tokio::task::yield_now().await;
        format!("{grams} g delivered")
    });
    println!("{}", driven.await);
    day.end();

    recount.shutdown()
}
