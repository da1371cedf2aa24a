//! recount: the attributes, with nothing else in the functions.

use std::future::pending;
use std::hint::black_box;

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::run;
use crate::Session;
use crate::discard::Discard;
use crate::variant::Destination;
use crate::work::{self, Found, Lookup, LookupError, Request, Response, Turn};

/// Nobody has set anything up.
#[must_use]
pub fn idle(_: Destination) -> Session {
    session(|| Ok(()))
}

/// Everything is set up, and `tracing` is told to let only warnings through.
#[must_use]
pub fn level_off(destination: Destination) -> Session {
    let recount = build(recount::builder().exporter(Discard::new(destination.tally)));
    tracing_subscriber::registry().with(LevelFilter::WARN).with(recount.layer()).init();
    session(move || Ok(recount.flush()?))
}

/// The program's subscriber wants every span, and recount's layer is not part of it.
#[must_use]
pub fn other_layer(_: Destination) -> Session {
    // Any layer does. Without one, the registry never forgets a span.
    tracing_subscriber::registry().with(LevelFilter::TRACE).init();
    session(|| Ok(()))
}

/// Spans without arguments and results.
#[must_use]
pub fn without_content(destination: Destination) -> Session {
    install(recount::builder().capture_content(false).exporter(Discard::new(destination.tally)))
}

/// Spans with arguments and results, which nobody reads.
#[must_use]
pub fn discarded(destination: Destination) -> Session {
    install(recount::builder().exporter(Discard::new(destination.tally)))
}

/// Spans with arguments and results, over OTLP HTTP.
#[must_use]
pub fn http(destination: Destination) -> Session {
    install(recount::builder().endpoint(destination.url))
}

fn install(builder: recount::Builder) -> Session {
    let recount = build(builder);
    tracing_subscriber::registry().with(recount.layer()).init();
    session(move || Ok(recount.flush()?))
}

fn build(builder: recount::Builder) -> recount::Recount {
    builder.build().expect("the settings have a meaning")
}

fn session(flush: impl Fn() -> anyhow::Result<()> + 'static) -> Session {
    Session {
        turn: |number| {
            let turn = work::turn(number);
            run(answer(&turn.question, turn));
        },
        pending: || Box::pin(outer()),
        flush: Box::new(flush),
    }
}

#[recount::workflow(skip(turn))]
async fn answer(question: &str, turn: &Turn) -> &'static str {
    black_box(question);
    let response = complete(&work::work().request).await;
    for lookup in &turn.lookups {
        let _ = black_box(look_up(lookup).await);
    }
    response.text()
}

#[recount::llm_span(provider = "openai", model = &request.model)]
async fn complete(request: &Request) -> &'static Response {
    work::complete(request).await
}

#[recount::tool]
async fn look_up(lookup: &Lookup) -> Result<&'static Found, LookupError> {
    work::look_up(lookup).await
}

#[recount::agent]
async fn outer() {
    inner().await;
}

#[recount::task]
async fn inner() {
    pending::<()>().await;
}
