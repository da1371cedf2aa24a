//! recount: the attributes, with nothing else in the functions.

use std::future::pending;
use std::hint::black_box;

use recount::export::InMemory;
use recount::redact::Redaction;
use recount::sample::Sampler;
use tracing_subscriber::filter::{EnvFilter, LevelFilter};
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

/// Everything is set up, and an `EnvFilter` lets only warnings through.
#[must_use]
pub fn filter_off(destination: Destination) -> Session {
    let recount = build(recount::builder().exporter(Discard::new(destination.tally)));
    tracing_subscriber::registry().with(EnvFilter::new("warn")).with(recount.layer()).init();
    session(move || Ok(recount.flush()?))
}

/// Everything is set up, and no trace is wanted.
#[must_use]
pub fn sampled_out(destination: Destination) -> Session {
    install(recount::builder().sampler(Sampler::always_off()).exporter(Discard::new(destination.tally)))
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

/// The same, and no body of a model call is read, and no secret looked for, as with the peers.
#[must_use]
pub fn bare_http(destination: Destination) -> Session {
    let builder = recount::builder().extraction(false).redact(Redaction::off());
    install(builder.endpoint(destination.url))
}

/// Spans with arguments and results as they are on the way to an exporter, kept in memory.
#[must_use]
pub fn kept(memory: InMemory) -> Session {
    install(recount::builder().extraction(false).redact(Redaction::off()).exporter(memory))
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
        bare_turn: |number| run(bare_answer(work::turn(number))),
        pending: || Box::pin(outer()),
        flush: Box::new(flush),
    }
}

/// How large the future of a call of the tool is, in bytes.
#[must_use]
pub fn future_bytes() -> usize {
    size_of_val(&look_up(&work::turn(0).lookups[0]))
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

#[recount::workflow(name = "answer", skip_all, skip_output)]
async fn bare_answer(turn: &Turn) {
    bare_complete().await;
    for lookup in &turn.lookups {
        bare_look_up(lookup).await;
    }
}

#[recount::llm_span(provider = "openai", model = "gpt-5.2", skip_all, skip_output)]
async fn bare_complete() {
    black_box(work::complete(&work::work().request).await);
}

#[recount::tool(name = "look_up", skip_all, skip_output)]
async fn bare_look_up(lookup: &Lookup) {
    let _ = black_box(work::look_up(lookup).await);
}

#[recount::agent]
async fn outer() {
    inner().await;
}

#[recount::task]
async fn inner() {
    pending::<()>().await;
}
