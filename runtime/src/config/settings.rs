use std::sync::Arc;
use std::time::Duration;

use super::environment::Environment;
use super::{Builder, resource};
use crate::Error;
use crate::batch::QueueLimits;
use crate::convert::semconv::resource as names;
use crate::export::{Exporter, Patience};
use crate::extract::Extractors;
#[cfg(feature = "metrics")]
use crate::metrics::Metrics;
use crate::outbox::Ledger;
use crate::price::{CurrentPrices, PriceTable};
use crate::redact::Redactor;
use crate::sample::{Sampler, Tail};
use crate::wire::Resource;

/// Everything that a pipeline needs to know, checked.
///
/// Made in one place, so that no other part reads the environment, and tests can hand in one of their own.
pub(crate) struct Settings {
    pub(crate) resource: Resource,
    /// None, where spans are to go nowhere.
    pub(crate) exporters: Vec<Box<dyn Exporter>>,
    /// Whoever is asked what bodies of models' calls say.
    pub(crate) extractors: Extractors,
    /// Whether anybody is asked.
    pub(crate) extraction: bool,
    /// What model calls cost.
    pub(crate) prices: CurrentPrices,
    /// What takes secrets out of records; none, where everything is exported as it is.
    pub(crate) redactor: Option<Redactor>,
    /// What decides which traces are recorded.
    pub(crate) sampler: Sampler,
    /// What decides which finished traces are exported; none, where all are.
    pub(crate) tail: Option<Tail>,
    /// How long exporters may take, shared with them.
    pub(crate) patience: Arc<Patience>,
    /// What became of the spans on disk, shared with the outbox.
    pub(crate) ledger: Arc<Ledger>,
    /// Where metrics are recorded; none, where they are not.
    #[cfg(feature = "metrics")]
    pub(crate) metrics: Option<Metrics>,
    /// Whether arguments, results and messages are recorded.
    pub(crate) content: bool,
    /// Whether spans of other crates are recorded.
    pub(crate) foreign: bool,
    /// How many bytes of one value are kept.
    pub(crate) value_cap: usize,
    pub(crate) queue: QueueLimits,
    /// How long a flush or the shutdown waits at most.
    pub(crate) shutdown_timeout: Duration,
}

/// How many bytes of one value are kept unless somebody says otherwise.
///
/// Most prompts are shorter, and the backends that cut values themselves do so at lengths of this order. A
/// variable may lower it, since it is meant for attributes of all kinds; it never raises it, since a limit
/// that somebody set for small attributes says nothing about how much memory a span may take.
const VALUE_CAP: usize = 128 * 1024;

impl Builder {
    /// Makes one of what the builder and the environment say; the builder counts first.
    ///
    /// `environment` is asked for each variable by name. An error of the environment is one even where the
    /// builder overrides the variable: a typing mistake that works by chance on one machine fails on the
    /// next.
    pub(crate) fn settings(
        mut self,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Settings, Error> {
        let mut environment = Environment::read(environment)?;
        let queue = self.queue_limits(&environment)?;
        let (patience, ledger) = (Arc::<Patience>::default(), Arc::<Ledger>::default());
        // Also where nothing is sent: a mistake is one.
        self.outbox_options(&environment.outbox)?;
        let limits = self.limits.or(environment.limits);
        let mut exporters =
            if environment.disabled { Vec::new() } else { self.open(&environment, &patience, &ledger)? };
        for exporter in &mut exporters {
            exporter.limit(limits);
        }
        let value_cap = self
            .value_cap
            .unwrap_or_else(|| environment.limits.value_length().unwrap_or(VALUE_CAP).min(VALUE_CAP));
        Ok(Settings {
            extractors: Extractors::new(std::mem::take(&mut self.extractors)),
            extraction: self.extraction.unwrap_or(true),
            redactor: self.take_redactor(environment.redaction.take())?,
            sampler: self.take_sampler(environment.sampler.take())?,
            tail: self.take_tail(&queue)?,
            patience,
            ledger,
            prices: CurrentPrices::new(self.prices.take().unwrap_or_else(PriceTable::builtin)),
            #[cfg(feature = "metrics")]
            metrics: self.open_metrics(!exporters.is_empty(), environment.disabled),
            content: self.content.or(environment.content).unwrap_or(true),
            exporters,
            foreign: self.foreign.unwrap_or(true),
            value_cap,
            queue,
            shutdown_timeout: self.shutdown_timeout.unwrap_or(Duration::from_secs(5)),
            resource: self.resource(environment),
        })
    }

    /// Metrics are recorded where somebody asked for them, and where spans are exported unless somebody asked not to.
    #[cfg(feature = "metrics")]
    fn open_metrics(&mut self, exports_spans: bool, disabled: bool) -> Option<Metrics> {
        let provider = self.meter_provider.take();
        let on = self.metrics.unwrap_or(exports_spans || provider.is_some());
        (on && !disabled).then(|| Metrics::new(provider))
    }

    /// From the weakest to the strongest: defaults, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_SERVICE_NAME`,
    /// attributes of the builder, its named setters. That of the first three is what OpenTelemetry asks for.
    fn resource(self, environment: Environment) -> Resource {
        let mut resource = resource::default();
        let said = environment.resource.into_iter();
        let said = said.chain(environment.service_name.map(|name| (names::SERVICE_NAME.to_owned(), name)));
        let said = said.chain(self.resource);
        said.for_each(|(key, value)| resource.set(key, value));
        for (key, value) in [
            (names::SERVICE_NAME, self.service_name),
            (names::SERVICE_VERSION, self.service_version),
            (names::ENVIRONMENT, self.environment),
        ] {
            if let Some(value) = value {
                resource.set(key, value);
            }
        }
        resource
    }
}
