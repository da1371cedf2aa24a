use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;

use crate::convert::semconv::{ERROR_TYPE, health as names};

/// How a pipeline fares: how many spans went which way since it was built, and how many wait.
#[derive(Clone, Debug, Default)]
pub(crate) struct Health {
    /// Spans that were started.
    pub(crate) started: u64,
    /// Spans that wait to be exported, those at the exporters included, and how many may.
    pub(crate) queued: u64,
    pub(crate) capacity: u64,
    /// Spans that were handed to the exporters, or left out by a rule.
    pub(crate) processed: u64,
    /// Spans that were not, since there was no room or the pipeline had ended.
    pub(crate) overflowed: u64,
    pub(crate) too_late: u64,
    /// Spans that were delivered.
    pub(crate) exported: u64,
    /// Spans that were not, by the name of the reason.
    pub(crate) failed: Vec<(&'static str, u64)>,
}

/// Reads the health of a pipeline; none once that is gone.
pub(crate) type ReadHealth = Arc<dyn Fn() -> Option<Health> + Send + Sync>;

/// Makes the instruments that tell it, each time somebody collects. A provider keeps them for as long as it lives.
pub(super) fn observe(meter: &Meter, read: &ReadHealth) {
    static PIPELINES: AtomicU64 = AtomicU64::new(0);
    let number = PIPELINES.fetch_add(1, Ordering::Relaxed);
    let component = [
        KeyValue::new(names::COMPONENT_TYPE, names::PIPELINE),
        KeyValue::new(names::COMPONENT_NAME, format!("{}/{number}", names::PIPELINE)),
    ];
    counter(meter, names::STARTED, "Spans that were started.", read, &component, |health| {
        vec![(None, health.started)]
    });
    counter(
        meter,
        names::PROCESSED,
        "Spans that left the queue, or found no room in it.",
        read,
        &component,
        |health| {
            vec![
                (None, health.processed),
                (Some(names::QUEUE_FULL), health.overflowed),
                (Some(names::ALREADY_SHUT_DOWN), health.too_late),
            ]
        },
    );
    // What is on disk for a moment counts as delivered a moment before: a counter must not run backwards.
    let most = AtomicU64::new(0);
    counter(
        meter,
        names::EXPORTED,
        "Spans that were delivered, or given up.",
        read,
        &component,
        move |health| {
            let exported = health.exported.max(most.fetch_max(health.exported, Ordering::Relaxed));
            let failed = health.failed.iter().map(|(reason, spans)| (Some(*reason), *spans));
            std::iter::once((None, exported)).chain(failed).collect()
        },
    );
    let queued: fn(&Health) -> u64 = |health| health.queued;
    let capacity: fn(&Health) -> u64 = |health| health.capacity;
    for (name, what, size) in [
        (names::QUEUE_SIZE, "Spans that wait to be exported.", queued),
        (names::QUEUE_CAPACITY, "Spans that may wait to be exported.", capacity),
    ] {
        let (read, component) = (Arc::clone(read), component.clone());
        let instrument =
            meter.i64_observable_up_down_counter(name).with_unit("{span}").with_description(what);
        let instrument = instrument.with_callback(move |observer| {
            if let Some(health) = read() {
                observer.observe(i64::try_from(size(&health)).unwrap_or(i64::MAX), &component);
            }
        });
        instrument.build();
    }
}

/// A counter, by the type of the error where there is one. An error that has never happened is not told.
fn counter(
    meter: &Meter,
    name: &'static str,
    what: &'static str,
    read: &ReadHealth,
    component: &[KeyValue],
    values: impl Fn(&Health) -> Vec<(Option<&'static str>, u64)> + Send + Sync + 'static,
) {
    let (read, component) = (Arc::clone(read), component.to_vec());
    let instrument = meter.u64_observable_counter(name).with_unit("{span}").with_description(what);
    let instrument = instrument.with_callback(move |observer| {
        for (error, spans) in read().map(|health| values(&health)).unwrap_or_default() {
            let mut attributes = component.clone();
            attributes.extend(error.map(|error| KeyValue::new(ERROR_TYPE, error)));
            if error.is_none() || spans > 0 {
                observer.observe(spans, &attributes);
            }
        }
    });
    instrument.build();
}
