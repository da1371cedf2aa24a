//! How the pipeline itself fares, as metrics tell it.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData, ScopeMetrics};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use recount::export::{ExportError, Exporter};
use recount::wire::{Resource, SpanRecord};
use recount::{Recount, span};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::prelude::*;

/// Rejects one span of each batch, after the test has said that it may.
struct Picky(Receiver<()>);

impl Exporter for Picky {
    fn export(&mut self, _: &[SpanRecord], _: &Resource) -> Result<(), ExportError> {
        let _ = self.0.recv();
        Err(ExportError::partial(1, "one too many"))
    }
}

struct Meters {
    provider: SdkMeterProvider,
    memory: InMemoryMetricExporter,
}

impl Meters {
    fn new() -> Self {
        let memory = InMemoryMetricExporter::default();
        let reader = PeriodicReader::builder(memory.clone()).build();
        Self { provider: SdkMeterProvider::builder().with_reader(reader).build(), memory }
    }

    /// The values by name and type of error, as they are now.
    fn values(&self) -> BTreeMap<String, u64> {
        self.memory.reset();
        self.provider.force_flush().expect("in memory");
        let mut values = BTreeMap::new();
        let Some(last) = self.memory.get_finished_metrics().expect("in memory").pop() else { return values };
        for metric in last.scope_metrics().flat_map(ScopeMetrics::metrics) {
            let mut add = |attributes: &mut dyn Iterator<Item = &opentelemetry::KeyValue>, value| {
                let attributes: BTreeMap<_, _> = attributes
                    .map(|attribute| (attribute.key.to_string(), attribute.value.to_string()))
                    .collect();
                assert_eq!(attributes["otel.component.type"], "recount::Recount");
                let error = attributes.get("error.type").map_or("", String::as_str);
                values.insert(format!("{} {error}", metric.name()).trim().to_owned(), value);
            };
            match metric.data() {
                AggregatedMetrics::U64(MetricData::Sum(sum)) => {
                    sum.data_points().for_each(|point| add(&mut point.attributes(), point.value()));
                }
                AggregatedMetrics::I64(MetricData::Sum(sum)) => sum
                    .data_points()
                    .for_each(|point| add(&mut point.attributes(), point.value().unsigned_abs())),
                _ => {}
            }
        }
        values
    }
}

fn set_up(meters: &Meters, exporter: impl Exporter + 'static) -> (Recount, DefaultGuard) {
    let builder = recount::builder().exporter(exporter).meter_provider(meters.provider.clone());
    let recount = builder.queue_records(4).build().expect("good settings");
    let guard = tracing_subscriber::registry().with(recount.layer()).set_default();
    (recount, guard)
}

#[test]
fn what_became_of_each_span_is_told_by_the_names_that_open_telemetry_has_for_it() {
    let meters = Meters::new();
    let (release, picky) = channel();
    let (recount, _guard) = set_up(&meters, Picky(picky));
    for _ in 0..6 {
        span::task("work").emit();
    }
    drop(release);
    recount.shutdown().expect_err("some were lost");
    span::task("late").emit();
    let rejected = recount.stats().lost_rejected;
    assert!(rejected > 0, "one of each batch");

    let values = meters.values();
    let told = |name: &str| values.get(name).copied();
    assert_eq!(told("otel.sdk.span.started"), Some(7));
    assert_eq!(told("otel.sdk.processor.span.queue.size"), Some(0));
    assert_eq!(told("otel.sdk.processor.span.queue.capacity"), Some(4));
    assert_eq!(told("otel.sdk.processor.span.processed"), Some(4));
    assert_eq!(told("otel.sdk.processor.span.processed queue_full"), Some(2));
    assert_eq!(told("otel.sdk.processor.span.processed already_shutdown"), Some(1));
    assert_eq!(told("otel.sdk.exporter.span.exported"), Some(4 - rejected));
    assert_eq!(told("otel.sdk.exporter.span.exported rejected"), Some(rejected));
    assert_eq!(told("otel.sdk.exporter.span.exported too_large"), None, "it never happened");
}

#[test]
fn a_provider_that_outlives_a_pipeline_does_not_keep_it() {
    let meters = Meters::new();
    let (_, picky) = channel();
    let (recount, guard) = set_up(&meters, Picky(picky));
    span::task("work").emit();
    drop((recount, guard));
    // The worker's thread ends a moment after it has said so.
    let began = Instant::now();
    while !meters.values().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(10), "the pipeline is still there");
    }
}
