//! `tracing` with `tracing-opentelemetry` and the SDK's batch processor: arguments and results as JSON text in
//! fields of the spans.

use std::future::pending;
use std::hint::black_box;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::{BatchSpanProcessor, SdkTracer, SdkTracerProvider, SpanExporter};
use tracing::field::Empty;
use tracing::{Span, instrument};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::{json, otlp, run};
use crate::Session;
use crate::discard::Discard;
use crate::variant::Destination;
use crate::work::{self, Found, Lookup, LookupError, Request, Response, Turn};

/// As it comes, to an exporter that discards.
#[must_use]
pub fn discarded(destination: Destination) -> Session {
    install(Discard::new(destination.tally), |layer| layer)
}

/// As it comes, over OTLP HTTP.
#[must_use]
pub fn http(destination: Destination) -> Session {
    install(otlp(destination.url), |layer| layer)
}

/// With everything switched off that is not asked for, to an exporter that discards.
#[must_use]
pub fn lean_discarded(destination: Destination) -> Session {
    install(Discard::new(destination.tally), lean)
}

/// With everything switched off that is not asked for, over OTLP HTTP.
#[must_use]
pub fn lean_http(destination: Destination) -> Session {
    install(otlp(destination.url), lean)
}

fn lean(layer: Layer) -> Layer {
    layer.with_location(false).with_threads(false).with_target(false).with_tracked_inactivity(false)
}

type Layer = OpenTelemetryLayer<Registry, SdkTracer>;

fn install(exporter: impl SpanExporter + 'static, configure: impl FnOnce(Layer) -> Layer) -> Session {
    let processor = BatchSpanProcessor::builder(exporter).build();
    let provider = SdkTracerProvider::builder().with_span_processor(processor).build();
    let layer = configure(tracing_opentelemetry::layer().with_tracer(provider.tracer("benches")));
    tracing_subscriber::registry().with(layer).init();
    Session {
        turn: |number| {
            let turn = work::turn(number);
            run(answer(&turn.question, turn));
        },
        bare_turn: |number| run(bare_answer(work::turn(number))),
        pending: || Box::pin(outer()),
        flush: Box::new(move || Ok(provider.force_flush()?)),
    }
}

/// How large the future of a call of the tool is, in bytes.
#[must_use]
pub fn future_bytes() -> usize {
    size_of_val(&look_up(&work::turn(0).lookups[0]))
}

#[instrument(
    skip_all,
    fields(gen_ai.operation.name = "invoke_workflow", gen_ai.workflow.name = "answer", input = json(&question), output = Empty)
)]
async fn answer(question: &str, turn: &Turn) -> &'static str {
    let response = complete(&work::work().request).await;
    for lookup in &turn.lookups {
        let _ = black_box(look_up(lookup).await);
    }
    let text = response.text();
    Span::current().record("output", json(&text));
    text
}

#[instrument(
    skip_all,
    fields(
        otel.kind = "client",
        gen_ai.operation.name = "chat",
        gen_ai.provider.name = "openai",
        gen_ai.request.model = request.model,
        input = json(request),
        output = Empty,
    )
)]
async fn complete(request: &Request) -> &'static Response {
    let response = work::complete(request).await;
    Span::current().record("output", json(response));
    response
}

#[instrument(
    skip_all,
    err,
    fields(gen_ai.operation.name = "execute_tool", gen_ai.tool.name = "look_up", input = json(lookup), output = Empty)
)]
async fn look_up(lookup: &Lookup) -> Result<&'static Found, LookupError> {
    let found = work::look_up(lookup).await?;
    Span::current().record("output", json(found));
    Ok(found)
}

#[instrument(skip_all, fields(gen_ai.operation.name = "invoke_workflow", gen_ai.workflow.name = "answer"))]
async fn bare_answer(turn: &Turn) {
    bare_complete().await;
    for lookup in &turn.lookups {
        bare_look_up(lookup).await;
    }
}

#[instrument(
    skip_all,
    fields(
        otel.kind = "client",
        gen_ai.operation.name = "chat",
        gen_ai.provider.name = "openai",
        gen_ai.request.model = "gpt-5.2",
    )
)]
async fn bare_complete() {
    black_box(work::complete(&work::work().request).await);
}

#[instrument(skip_all, fields(gen_ai.operation.name = "execute_tool", gen_ai.tool.name = "look_up"))]
async fn bare_look_up(lookup: &Lookup) {
    let _ = black_box(work::look_up(lookup).await);
}

#[instrument]
async fn outer() {
    inner().await;
}

#[instrument]
async fn inner() {
    pending::<()>().await;
}
