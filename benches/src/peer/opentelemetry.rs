//! The SDK of OpenTelemetry by itself, spans made by hand: arguments and results as JSON text in attributes.

use std::borrow::Cow;
use std::future::pending;
use std::hint::black_box;
use std::sync::OnceLock;

use opentelemetry::context::FutureExt;
use opentelemetry::trace::{SpanKind, Status, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{BatchSpanProcessor, SdkTracer, SdkTracerProvider, SpanExporter};

use super::{json, otlp, run};
use crate::Session;
use crate::discard::Discard;
use crate::variant::Destination;
use crate::work::{self, Found, Lookup, LookupError, Request, Response, Turn};

/// To an exporter that discards.
#[must_use]
pub fn discarded(destination: Destination) -> Session {
    install(Discard::new(destination.tally))
}

/// Over OTLP HTTP.
#[must_use]
pub fn http(destination: Destination) -> Session {
    install(otlp(destination.url))
}

static TRACER: OnceLock<SdkTracer> = OnceLock::new();

fn install(exporter: impl SpanExporter + 'static) -> Session {
    let processor = BatchSpanProcessor::builder(exporter).build();
    let provider = SdkTracerProvider::builder().with_span_processor(processor).build();
    TRACER.get_or_init(|| provider.tracer("benches"));
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

/// A context with a new span below the current one.
fn open<const N: usize>(name: &'static str, kind: SpanKind, attributes: [KeyValue; N]) -> Context {
    let tracer = TRACER.get().expect("it is installed");
    let span = tracer.span_builder(name).with_kind(kind).with_attributes(attributes).start(tracer);
    Context::current_with_span(span)
}

fn attribute(key: &'static str, value: impl Into<Cow<'static, str>>) -> KeyValue {
    KeyValue::new(key, value.into())
}

/// How large the future of a call of the tool is, in bytes.
#[must_use]
pub fn future_bytes() -> usize {
    size_of_val(&look_up(&work::turn(0).lookups[0]))
}

async fn answer(question: &str, turn: &Turn) -> &'static str {
    let attributes = [
        attribute("gen_ai.operation.name", "invoke_workflow"),
        attribute("gen_ai.workflow.name", "answer"),
        attribute("input", json(&question)),
    ];
    let body = async {
        let response = complete(&work::work().request).await;
        for lookup in &turn.lookups {
            let _ = black_box(look_up(lookup).await);
        }
        let text = response.text();
        Context::map_current(|context| context.span().set_attribute(attribute("output", json(&text))));
        text
    };
    body.with_context(open("answer", SpanKind::Internal, attributes)).await
}

async fn complete(request: &Request) -> &'static Response {
    let attributes = [
        attribute("gen_ai.operation.name", "chat"),
        attribute("gen_ai.provider.name", "openai"),
        attribute("gen_ai.request.model", request.model.clone()),
        attribute("input", json(request)),
    ];
    let body = async {
        let response = work::complete(request).await;
        Context::map_current(|context| context.span().set_attribute(attribute("output", json(response))));
        response
    };
    body.with_context(open("complete", SpanKind::Client, attributes)).await
}

async fn look_up(lookup: &Lookup) -> Result<&'static Found, LookupError> {
    let attributes = [
        attribute("gen_ai.operation.name", "execute_tool"),
        attribute("gen_ai.tool.name", "look_up"),
        attribute("input", json(lookup)),
    ];
    let body = async {
        let result = work::look_up(lookup).await;
        Context::map_current(|context| match &result {
            Ok(found) => context.span().set_attribute(attribute("output", json(found))),
            Err(error) => context.span().set_status(Status::error(error.to_string())),
        });
        result
    };
    body.with_context(open("look_up", SpanKind::Internal, attributes)).await
}

async fn bare_answer(turn: &Turn) {
    let attributes =
        [attribute("gen_ai.operation.name", "invoke_workflow"), attribute("gen_ai.workflow.name", "answer")];
    let body = async {
        bare_complete().await;
        for lookup in &turn.lookups {
            bare_look_up(lookup).await;
        }
    };
    body.with_context(open("answer", SpanKind::Internal, attributes)).await;
}

async fn bare_complete() {
    let attributes = [
        attribute("gen_ai.operation.name", "chat"),
        attribute("gen_ai.provider.name", "openai"),
        attribute("gen_ai.request.model", "gpt-5.2"),
    ];
    let body = async {
        black_box(work::complete(&work::work().request).await);
    };
    body.with_context(open("complete", SpanKind::Client, attributes)).await;
}

async fn bare_look_up(lookup: &Lookup) {
    let attributes =
        [attribute("gen_ai.operation.name", "execute_tool"), attribute("gen_ai.tool.name", "look_up")];
    let body = async {
        let _ = black_box(work::look_up(lookup).await);
    };
    body.with_context(open("look_up", SpanKind::Internal, attributes)).await;
}

async fn outer() {
    inner().with_context(open("outer", SpanKind::Internal, [])).await;
}

async fn inner() {
    pending::<()>().with_context(open("inner", SpanKind::Internal, [])).await;
}
