//! `fastrace` with `fastrace-opentelemetry`: arguments and results as JSON text in properties of the spans.

use std::borrow::Cow;
use std::future::pending;
use std::hint::black_box;

use fastrace::collector::{Config, SpanContext};
use fastrace::future::FutureExt;
use fastrace::local::LocalSpan;
use fastrace::{Span, trace};
use fastrace_opentelemetry::OpenTelemetryReporter;
use opentelemetry::InstrumentationScope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SpanExporter;

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

fn install(exporter: impl SpanExporter + 'static) -> Session {
    let resource = Cow::Owned(Resource::builder().build());
    let scope = InstrumentationScope::builder("benches").build();
    fastrace::set_reporter(OpenTelemetryReporter::new(exporter, resource, scope), Config::default());
    Session {
        turn: |number| {
            let turn = work::turn(number);
            run(answer(&turn.question, turn).in_span(root("answer")));
        },
        bare_turn: |number| run(bare_answer(work::turn(number)).in_span(root("answer"))),
        pending: || Box::pin(outer().in_span(root("outer"))),
        flush: Box::new(|| {
            fastrace::flush();
            Ok(())
        }),
    }
}

fn root(name: &'static str) -> Span {
    Span::root(name, SpanContext::random())
}

fn property(key: &'static str, value: impl Into<Cow<'static, str>>) -> (&'static str, Cow<'static, str>) {
    (key, value.into())
}

/// How large the future of a call of the tool is, in bytes.
#[must_use]
pub fn future_bytes() -> usize {
    size_of_val(&look_up(&work::turn(0).lookups[0]))
}

async fn answer(question: &str, turn: &Turn) -> &'static str {
    LocalSpan::add_properties(|| {
        [
            property("gen_ai.operation.name", "invoke_workflow"),
            property("gen_ai.workflow.name", "answer"),
            property("input", json(&question)),
        ]
    });
    let response = complete(&work::work().request).await;
    for lookup in &turn.lookups {
        let _ = black_box(look_up(lookup).await);
    }
    let text = response.text();
    LocalSpan::add_property(|| ("output", json(&text)));
    text
}

#[trace(name = "complete")]
async fn complete(request: &Request) -> &'static Response {
    LocalSpan::add_properties(|| {
        [
            property("span.kind", "client"),
            property("gen_ai.operation.name", "chat"),
            property("gen_ai.provider.name", "openai"),
            property("gen_ai.request.model", request.model.clone()),
            property("input", json(request)),
        ]
    });
    let response = work::complete(request).await;
    LocalSpan::add_property(|| ("output", json(response)));
    response
}

#[trace(name = "look_up")]
async fn look_up(lookup: &Lookup) -> Result<&'static Found, LookupError> {
    LocalSpan::add_properties(|| {
        [
            property("gen_ai.operation.name", "execute_tool"),
            property("gen_ai.tool.name", "look_up"),
            property("input", json(lookup)),
        ]
    });
    let result = work::look_up(lookup).await;
    match &result {
        Ok(found) => LocalSpan::add_property(|| ("output", json(found))),
        Err(error) => LocalSpan::add_properties(|| {
            [property("span.status_code", "error"), property("span.status_description", error.to_string())]
        }),
    }
    result
}

async fn bare_answer(turn: &Turn) {
    LocalSpan::add_properties(|| {
        [property("gen_ai.operation.name", "invoke_workflow"), property("gen_ai.workflow.name", "answer")]
    });
    bare_complete().await;
    for lookup in &turn.lookups {
        bare_look_up(lookup).await;
    }
}

#[trace(name = "complete")]
async fn bare_complete() {
    LocalSpan::add_properties(|| {
        [
            property("span.kind", "client"),
            property("gen_ai.operation.name", "chat"),
            property("gen_ai.provider.name", "openai"),
            property("gen_ai.request.model", "gpt-5.2"),
        ]
    });
    black_box(work::complete(&work::work().request).await);
}

#[trace(name = "look_up")]
async fn bare_look_up(lookup: &Lookup) {
    LocalSpan::add_properties(|| {
        [property("gen_ai.operation.name", "execute_tool"), property("gen_ai.tool.name", "look_up")]
    });
    let _ = black_box(work::look_up(lookup).await);
}

async fn outer() {
    inner().await;
}

#[trace(name = "inner")]
async fn inner() {
    pending::<()>().await;
}
