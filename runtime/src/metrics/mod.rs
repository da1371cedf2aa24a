//! Metrics of what the spans tell, through OpenTelemetry's metrics API. Feature `metrics`.
//!
//! They are recorded on recount's thread for every span that ends, after it was read, before it is exported, into the
//! meter provider of [`Builder::meter_provider`](crate::Builder::meter_provider), or else the global one of
//! `opentelemetry::global`. How they are aggregated and where they are sent is the provider's matter.
//!
//! ```
//! # fn main() -> Result<(), recount::Error> {
//! // let provider = opentelemetry_sdk::metrics::SdkMeterProvider::builder()…
//! let provider = opentelemetry::metrics::noop::NoopMeterProvider::new();
//! let recount = recount::builder().meter_provider(provider).build()?; // works without an exporter of spans
//! # Ok(())
//! # }
//! ```
//!
//! | Name | Of | Unit | Attributes |
//! |---|---|---|---|
//! | `gen_ai.client.operation.duration` | calls of models, retrievals | s | operation, provider, models, server, `error.type` |
//! | `gen_ai.client.token.usage` | calls whose tokens are known | {token} | the same, but `error.type`; `gen_ai.token.type`: `input`, `output` |
//! | `gen_ai.client.operation.time_to_first_chunk` | streamed answers | s | as for tokens |
//! | `gen_ai.client.operation.time_per_output_chunk` | each chunk after the first, up to 4,096 of a stream | s | as for tokens |
//! | `gen_ai.execute_tool.duration` | tools | s | tool, type, agent, `error.type` |
//! | `gen_ai.invoke_agent.duration` | agents | s | agent, `error.type` |
//! | `gen_ai.invoke_agent.inference_calls`, `gen_ai.invoke_agent.tool_calls` | agents: how many calls they made themselves, failed ones included | calls | agent |
//! | `gen_ai.workflow.duration` | workflows | s | workflow, `error.type` |
//!
//! All of these are histograms, with the buckets that the conventions name. Attributes have few values: users, conversations
//! and ids are not among them. What is not known is left out, never recorded as 0; usage counts cached and reasoning
//! tokens where they belong, in input and output.
//!
//! How the pipeline itself fares is told under the names that OpenTelemetry has for SDKs, whenever the provider collects.
//! They count what [`Stats`](crate::Stats) counts; `otel.component.name` tells pipelines apart.
//!
//! | Name | Of | `error.type` |
//! |---|---|---|
//! | `otel.sdk.span.started` | spans that were started | |
//! | `otel.sdk.processor.span.queue.size`, `otel.sdk.processor.span.queue.capacity` | spans that wait, and that may wait | |
//! | `otel.sdk.processor.span.processed` | spans that left the queue, or found no room in it | `queue_full`, `already_shutdown` |
//! | `otel.sdk.exporter.span.exported` | spans that were delivered, or given up | `rejected`, `too_large`, `encoding`, `export`, `expired` |
//!
//! A span that a filter of `tracing` hides from recount's layer has no metric either.
//!
//! Calls that end after the agent that made them are not counted among its calls.
//!
//! Where several [`Recount`](crate::Recount)s listen to the same spans, each of them records; switch all but one off
//! with [`Builder::metrics`](crate::Builder::metrics).

mod calls;
mod health;
mod instruments;

use std::sync::Arc;

use opentelemetry::metrics::MeterProvider;
use opentelemetry::{KeyValue, Value, global};

use crate::convert::facts::Facts;
use crate::convert::{AttributeValue, Attributes, group, semconv};
use crate::wire::tape;
use crate::wire::{Field, Kind, SpanRecord};

use calls::Calls;
pub(crate) use health::{Health, ReadHealth};
use instruments::Instruments;

/// A meter provider of any kind.
pub(crate) type SharedMeterProvider = Arc<dyn MeterProvider + Send + Sync>;

/// Records the metrics of spans.
pub(crate) struct Metrics {
    provider: Option<SharedMeterProvider>,
    /// Made for the first span: by then the program has set its global provider.
    instruments: Option<Instruments>,
    calls: Calls,
    /// How the pipeline fares, for the instruments that tell it.
    health: Option<ReadHealth>,
}

impl Metrics {
    /// Into this provider, or the global one.
    pub(crate) fn new(provider: Option<SharedMeterProvider>) -> Self {
        Self { provider, instruments: None, calls: Calls::default(), health: None }
    }

    /// Tells how the pipeline fares as well.
    pub(crate) fn with_health(self, read: ReadHealth) -> Self {
        Self { health: Some(read), ..self }
    }

    /// Records what a span tells, after it was enriched. The provider's code may panic.
    pub(crate) fn record(&mut self, record: &SpanRecord) {
        let instruments = self.instruments.get_or_insert_with(|| match &self.provider {
            Some(provider) => Instruments::of(&**provider, self.health.as_ref()),
            None => Instruments::of(&*global::meter_provider(), self.health.as_ref()),
        });
        let calls = self.calls.ended(record);
        let facts = Facts::read(&record.tape);
        let Some(mut attributes) = group::of(record, &facts) else { return };
        let group = key_values(&attributes);
        group::add_failure(record, &facts, &mut attributes);
        let outcome = key_values(&attributes);
        let seconds = record.duration().as_secs_f64();
        match record.kind {
            Kind::Llm => {
                instruments.operation.record(seconds, &outcome);
                record_answer(instruments, &facts, group);
            }
            Kind::Retrieval => instruments.operation.record(seconds, &outcome),
            Kind::Tool => instruments.tool.record(seconds, &outcome),
            Kind::Agent => {
                instruments.agent.record(seconds, &outcome);
                instruments.inference_calls.record(calls.inference, &group);
                instruments.tool_calls.record(calls.tools, &group);
            }
            Kind::Workflow => instruments.workflow.record(seconds, &outcome),
            Kind::Task | Kind::Interaction => {}
        }
    }
}

/// Tokens, and the times of the chunks.
fn record_answer(instruments: &Instruments, facts: &Facts<'_>, mut group: Vec<KeyValue>) {
    if let Some(wait) = facts.get(Field::FirstItem).and_then(|wait| wait.as_f64()) {
        instruments.first_chunk.record(wait, &group);
    }
    if let Some(tape::Value::Seq(gaps)) = facts.get(Field::ItemGaps) {
        for gap in gaps.filter_map(|gap| gap.as_f64()) {
            instruments.output_chunk.record(gap / 1e6, &group);
        }
    }
    let usage = facts.usage;
    let place = group.len();
    for (kind, count) in [(semconv::metric::INPUT, usage.input), (semconv::metric::OUTPUT, usage.output)] {
        if let Some(count) = count {
            group.truncate(place);
            group.push(KeyValue::new(semconv::metric::TOKEN_TYPE, kind));
            instruments.tokens.record(count, &group);
        }
    }
}

fn key_values(attributes: &Attributes<'_>) -> Vec<KeyValue> {
    let values = attributes.iter().filter_map(|(key, value)| {
        let value: Value = match value {
            AttributeValue::Str(text) => text.to_string().into(),
            AttributeValue::I64(number) => (*number).into(),
            _ => return None,
        };
        Some(KeyValue::new(key.prefix, value))
    });
    values.collect()
}
