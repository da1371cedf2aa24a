use opentelemetry::InstrumentationScope;
use opentelemetry::metrics::{Histogram, Meter, MeterProvider};

use super::health::{ReadHealth, observe};
use crate::convert::semconv::{self, metric};

/// The histograms, with the names, units and buckets of the conventions.
pub(super) struct Instruments {
    pub(super) operation: Histogram<f64>,
    pub(super) tokens: Histogram<u64>,
    pub(super) first_chunk: Histogram<f64>,
    pub(super) output_chunk: Histogram<f64>,
    pub(super) tool: Histogram<f64>,
    pub(super) agent: Histogram<f64>,
    pub(super) inference_calls: Histogram<u64>,
    pub(super) tool_calls: Histogram<u64>,
    pub(super) workflow: Histogram<f64>,
}

impl Instruments {
    pub(super) fn of(provider: &dyn MeterProvider, health: Option<&ReadHealth>) -> Self {
        let scope = InstrumentationScope::builder(env!("CARGO_PKG_NAME"))
            .with_version(env!("CARGO_PKG_VERSION"))
            .with_schema_url(semconv::SCHEMA_URL)
            .build();
        let meter = provider.meter_with_scope(scope);
        if let Some(health) = health {
            observe(&meter, health);
        }
        let calls = growing(0.01, 2.0, 14);
        Self {
            operation: seconds(&meter, metric::OPERATION_DURATION, "Duration of calls of models.", &calls),
            tokens: counts(&meter, metric::TOKEN_USAGE, "{token}", "Tokens used.", growing(1.0, 4.0, 14)),
            first_chunk: seconds(&meter, metric::FIRST_CHUNK, "Time to the first chunk.", &calls),
            output_chunk: seconds(&meter, metric::OUTPUT_CHUNK, "Time from chunk to chunk.", &calls),
            tool: seconds(&meter, metric::TOOL_DURATION, "Duration of tools.", &calls),
            agent: seconds(&meter, metric::AGENT_DURATION, "Duration of agents.", &growing(0.1, 2.0, 13)),
            inference_calls: counts(
                &meter,
                metric::INFERENCE_CALLS,
                "{inference_call}",
                "Calls of models that an agent made.",
                growing(1.0, 2.0, 10),
            ),
            tool_calls: counts(
                &meter,
                metric::TOOL_CALLS,
                "{tool_call}",
                "Calls of tools that an agent made.",
                growing(1.0, 2.0, 10),
            ),
            workflow: seconds(
                &meter,
                metric::WORKFLOW_DURATION,
                "Duration of workflows.",
                &[1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0],
            ),
        }
    }
}

/// So many bounds, each the one before times `factor`.
fn growing(first: f64, factor: f64, bounds: usize) -> Vec<f64> {
    std::iter::successors(Some(first), |bound| Some(bound * factor)).take(bounds).collect()
}

fn seconds(meter: &Meter, name: &'static str, what: &'static str, bounds: &[f64]) -> Histogram<f64> {
    let histogram = meter.f64_histogram(name).with_unit("s").with_description(what);
    histogram.with_boundaries(bounds.to_vec()).build()
}

fn counts(
    meter: &Meter,
    name: &'static str,
    unit: &'static str,
    what: &'static str,
    bounds: Vec<f64>,
) -> Histogram<u64> {
    let histogram = meter.u64_histogram(name).with_unit(unit).with_description(what);
    histogram.with_boundaries(bounds).build()
}

#[cfg(test)]
mod tests {
    use super::growing;

    #[test]
    fn the_buckets_are_those_of_the_conventions() {
        assert_eq!(growing(0.01, 2.0, 14).last(), Some(&81.92));
        assert_eq!(growing(1.0, 4.0, 14).last(), Some(&67_108_864.0));
        assert_eq!(growing(0.1, 2.0, 13).last(), Some(&409.6));
    }
}
