use std::fmt;
use std::time::Duration;

use super::delivery::SaidDelivery;
use super::limits::SaidLimits;
use super::outbox::SaidOutbox;
use super::queue::SaidQueue;
use crate::export::{Console, Exporter, Protocol};
use crate::llm::Extractor;
#[cfg(feature = "metrics")]
use crate::metrics::SharedMeterProvider;
use crate::price::PriceTable;
use crate::redact::Redaction;
use crate::sample::{Keep, Sampler};

/// Sets recount up; made by [`builder`](crate::builder), ended by [`build`](Self::build).
///
/// What is not set here is read from the environment, by the variables of OpenTelemetry and Traceloop that
/// [the manual](crate#environment) lists; each setter names its own. Where both speak, the builder counts.
/// Nothing is checked before `build`, which says what is wrong and where it was said.
///
/// Nothing is sent anywhere unless an endpoint or an exporter was named, here or there.
///
/// ```
/// # fn main() -> Result<(), recount::Error> {
/// let recount = recount::builder().service_name("support-bot").console().build()?;
/// # Ok(())
/// # }
/// ```
///
/// Several exporters may be set; each gets every span:
///
/// ```
/// # fn main() -> Result<(), recount::Error> {
/// use std::time::Duration;
///
/// let memory = recount::export::InMemory::default();
/// let recount = recount::builder()
///     .service_name("support-bot")
///     .service_version(env!("CARGO_PKG_VERSION"))
///     .environment("staging")
///     .capture_content(false)
///     .batch_delay(Duration::from_millis(200))
///     .exporter(memory.clone())
///     .console()
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is set up before `build`"]
#[derive(Default)]
pub struct Builder {
    pub(super) service_name: Option<String>,
    pub(super) service_version: Option<String>,
    pub(super) environment: Option<String>,
    pub(super) resource: Vec<(String, String)>,
    pub(super) endpoint: Option<String>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) protocol: Option<Protocol>,
    pub(super) delivery: SaidDelivery,
    pub(super) gzip: Option<bool>,
    pub(super) exporters: Vec<Box<dyn Exporter>>,
    pub(super) extractors: Vec<Box<dyn Extractor>>,
    pub(super) extraction: Option<bool>,
    pub(super) prices: Option<PriceTable>,
    pub(super) sampler: Option<Sampler>,
    pub(super) keep: Option<Keep>,
    pub(super) redaction: Option<Redaction>,
    #[cfg(feature = "metrics")]
    pub(super) metrics: Option<bool>,
    #[cfg(feature = "metrics")]
    pub(super) meter_provider: Option<SharedMeterProvider>,
    pub(super) console: bool,
    pub(super) content: Option<bool>,
    pub(super) foreign: Option<bool>,
    pub(super) value_cap: Option<usize>,
    pub(super) limits: SaidLimits,
    pub(super) outbox: SaidOutbox,
    pub(super) queue: SaidQueue,
    pub(super) shutdown_timeout: Option<Duration>,
}

impl Builder {
    /// Sets the name of the service, which backends group spans by.
    ///
    /// The attribute `service.name` of the resource. Unless set: `OTEL_SERVICE_NAME`, then `service.name` in
    /// `OTEL_RESOURCE_ATTRIBUTES`, then `unknown_service:` and the name of the executable.
    pub fn service_name(mut self, name: impl Into<String>) -> Self {
        self.service_name = Some(name.into());
        self
    }

    /// Sets the version of the service.
    ///
    /// The attribute `service.version` of the resource; none unless set, here or in
    /// `OTEL_RESOURCE_ATTRIBUTES`.
    ///
    /// ```
    /// let builder = recount::builder()
    ///     .service_name("support-bot")
    ///     .service_version(env!("CARGO_PKG_VERSION"));
    /// ```
    pub fn service_version(mut self, version: impl Into<String>) -> Self {
        self.service_version = Some(version.into());
        self
    }

    /// Sets where the service is deployed: `production`, `staging`, ….
    ///
    /// The attribute `deployment.environment.name` of the resource; none unless set, here or in
    /// `OTEL_RESOURCE_ATTRIBUTES`. Backends keep the traces of different environments apart by it.
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        self.environment = Some(name.into());
        self
    }

    /// Sets an attribute of the resource, which all spans share.
    ///
    /// Said twice, the last value counts. It replaces one of the same key in `OTEL_RESOURCE_ATTRIBUTES`, and
    /// is replaced by [`service_name`](Self::service_name), [`service_version`](Self::service_version) and
    /// [`environment`](Self::environment). The resource is sent with each request: facts about one call
    /// belong on its span.
    ///
    /// ```
    /// let builder = recount::builder()
    ///     .resource_attribute("k8s.pod.name", "bot-7d4")
    ///     .resource_attribute("cloud.region", "eu-west-1");
    /// ```
    pub fn resource_attribute(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.resource.push((key.into(), value.into()));
        self
    }

    /// Sends spans to an OpenTelemetry endpoint, such as `http://localhost:4318`: the base, below which HTTP has
    /// `/v1/traces`. It is added before a query, and not to a URL that ends with it.
    ///
    /// Unless set: `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, whose URL is taken as it is, then
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`, a base. gRPC takes scheme, host and port. No connection is made before
    /// the first batch. Beside other exporters an endpoint that is down is given up sooner, since they wait for it:
    /// see [`retry_timeout`](Self::retry_timeout).
    ///
    /// An `https://` endpoint is reached through the proxy that `HTTPS_PROXY` names, unless `NO_PROXY` names its host;
    /// what the proxy passes on is encrypted. Spans in plain HTTP are shown to no proxy, and gRPC uses none.
    ///
    /// [`build`](Self::build) refuses a URL without `http://` or `https://`, and one with a user or a
    /// password in it: credentials belong in a [`header`](Self::header), which is never printed.
    ///
    /// ```
    /// let builder = recount::builder()
    ///     .endpoint("https://cloud.langfuse.com/api/public/otel")
    ///     .header("authorization", "Basic …");
    /// ```
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// Adds a header to what is sent to the endpoint, such as the one with the key of the backend.
    ///
    /// Adds to those of `OTEL_EXPORTER_OTLP_TRACES_HEADERS` or `OTEL_EXPORTER_OTLP_HEADERS`, and replaces one
    /// of the same name there, in whatever case. The value is sent as it is; only the variables are
    /// percent-encoded. Values are secrets to recount: neither `Debug` nor an error shows them, also where a server
    /// says them back, and a redirect is not followed with them.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the protocol that the endpoint is spoken to in: HTTP with protobuf bodies, unless set.
    ///
    /// Unless set: `OTEL_EXPORTER_OTLP_TRACES_PROTOCOL`, then `OTEL_EXPORTER_OTLP_PROTOCOL`. A protocol whose
    /// cargo feature is off is an error of [`build`](Self::build), not a silent change to another one.
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.protocol = Some(protocol);
        self
    }

    /// Compresses what is sent to the endpoint with gzip, or not: not, unless set. Feature `gzip`.
    ///
    /// Unless set: `OTEL_EXPORTER_OTLP_TRACES_COMPRESSION`, then `OTEL_EXPORTER_OTLP_COMPRESSION`. It pays
    /// where the network is slow: prompts shrink to a fraction, for more
    /// work on the exporting thread. Callers notice nothing.
    pub fn gzip(mut self, on: bool) -> Self {
        self.gzip = Some(on);
        self
    }

    /// Adds an exporter.
    ///
    /// It runs besides the others and on the same thread, one after the other, and before the
    /// [endpoint](Self::endpoint): one that is slow delays the rest. With `OTEL_SDK_DISABLED` it is dropped unused.
    ///
    /// ```
    /// # fn main() -> Result<(), recount::Error> {
    /// let memory = recount::export::InMemory::default();
    /// let recount = recount::builder().exporter(memory.clone()).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn exporter(mut self, exporter: impl Exporter + 'static) -> Self {
        self.exporters.push(Box::new(exporter));
        self
    }

    /// Adds an extractor for the bodies of a private provider; it is asked before the built-in ones, and before those
    /// that are added later. See [`llm::Extractor`](crate::llm::Extractor).
    pub fn extractor(mut self, extractor: impl Extractor + 'static) -> Self {
        self.extractors.push(Box::new(extractor));
        self
    }

    /// Sets whether the requests and responses of model calls are read for what they say: model, messages, tokens, finish
    /// reasons. On unless set.
    ///
    /// Off, they are recorded as they are, like the arguments and results of any other function, and the worker has less
    /// to do. What the program says itself is sent still.
    pub fn extraction(mut self, on: bool) -> Self {
        self.extraction = Some(on);
        self
    }

    /// Sets what model calls cost: [`PriceTable::builtin`], unless set. An [empty](PriceTable::empty) table switches
    /// prices off; what the program or the provider says of them is sent still. See [`price`](crate::price).
    ///
    /// ```
    /// use recount::price::{Price, PriceTable};
    ///
    /// let ours = PriceTable::builtin().with("openai", "our-fine-tuned-model", Price::per_million(3.0, 12.0));
    /// let builder = recount::builder().prices(ours);
    /// ```
    pub fn prices(mut self, table: PriceTable) -> Self {
        self.prices = Some(table);
        self
    }

    /// Sets whether the spans that other crates open for calls of models, tools and agents are recorded: those of
    /// `rig` and `genai`, say. On unless set; see [`Layer`](crate::Layer#spans-of-other-crates).
    ///
    /// Off, they are to the layer what any other `tracing` span is.
    ///
    /// ```
    /// let builder = recount::builder().foreign_spans(false);
    /// ```
    pub fn foreign_spans(mut self, record: bool) -> Self {
        self.foreign = Some(record);
        self
    }

    /// Sets what model calls cost, where nobody said it.
    #[cfg(feature = "testing")]
    pub(crate) fn prices_unless_set(mut self, table: PriceTable) -> Self {
        self.prices.get_or_insert(table);
        self
    }

    /// Switches the recording of metrics on or off. Feature `metrics`.
    ///
    /// Unless set, they are recorded wherever spans are exported or a [`meter_provider`](Self::meter_provider) is
    /// given. `true` records them without either: for programs that have a global provider and export no spans. With
    /// `OTEL_SDK_DISABLED` there are none. See [`metrics`](crate::metrics).
    #[cfg(feature = "metrics")]
    pub fn metrics(mut self, on: bool) -> Self {
        self.metrics = Some(on);
        self
    }

    /// Sets where metrics are recorded: the global meter provider of `opentelemetry`, unless set. Feature `metrics`.
    ///
    /// To flush it and shut it down stays your matter, after [`Recount::shutdown`](crate::Recount::shutdown).
    #[cfg(feature = "metrics")]
    pub fn meter_provider(
        mut self,
        provider: impl opentelemetry::metrics::MeterProvider + Send + Sync + 'static,
    ) -> Self {
        self.meter_provider = Some(std::sync::Arc::new(provider));
        self
    }

    /// Prints traces as trees to the standard error; see [`Console`].
    ///
    /// `OTEL_TRACES_EXPORTER=console` asks for the same. Durations, tokens and errors are printed, no inputs
    /// and outputs.
    pub fn console(mut self) -> Self {
        self.console = true;
        self
    }

    /// Switches the recording of arguments, results and messages on or off: on, unless set.
    ///
    /// Unless set: `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`, then `TRACELOOP_TRACE_CONTENT`.
    /// Switched off, no argument, result, item, message or error text is recorded; those of model calls are looked
    /// at for their facts and dropped before any exporter. What the program names explicitly is recorded still. See [the manual](crate#without-content) for which is which.
    ///
    /// ```
    /// # #[cfg(feature = "testing")] {
    /// use recount::testing::Recorder;
    ///
    /// #[recount::tool(fields(rows = 3))]
    /// fn export(customer: &str) -> Result<(), String> {
    ///     Err(format!("{customer} does not exist"))
    /// }
    ///
    /// let recorder = Recorder::with(recount::builder().capture_content(false));
    /// let _guard = recorder.install();
    /// let _ = export("Ada");
    /// let tree = recorder.tree();
    /// assert!(tree.contains("export") && !tree.contains("Ada"), "{tree}");
    /// # }
    /// ```
    pub fn capture_content(mut self, on: bool) -> Self {
        self.content = Some(on);
        self
    }

    /// Sets how many bytes of one value are kept: 128 KiB, unless set.
    ///
    /// Unless set: `OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT`, then `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`, as far
    /// as they are smaller; only the builder makes the cap larger. It holds for each argument, each result,
    /// and all items of one stream together, in bytes of the value, not of its JSON.
    ///
    /// A longer value is not dropped but cut: long texts and lists end with a note of what is missing, and
    /// short fields behind them are kept, in up to 8 KiB more. Zero keeps no lists
    /// and no `Debug` text, and of structured values the short fields.
    pub fn value_cap(mut self, bytes: usize) -> Self {
        self.value_cap = Some(bytes);
        self
    }

    /// Sets how long a flush or the shutdown waits at most: 5 seconds, unless set.
    ///
    /// It holds for [`Recount::flush`](crate::Recount::flush),
    /// [`Recount::shutdown`](crate::Recount::shutdown) and for dropping a `Recount`. Choose less than what
    /// your platform gives a process between asking and killing it.
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.shutdown_timeout = Some(timeout);
        self
    }

    /// The exporters of the builder, in the order of the calls, then the console: one, however often it was
    /// asked for.
    pub(super) fn take_exporters(&mut self) -> Vec<Box<dyn Exporter>> {
        let mut exporters = std::mem::take(&mut self.exporters);
        if std::mem::take(&mut self.console) {
            exporters.push(Box::new(Console::stderr()));
        }
        exporters
    }
}

/// Prints no values of headers: they are secrets.
impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What stands in front of the host or behind the path may be a key.
        let shown = self.endpoint.as_ref().map(|url| url.split(['?', '#']).next().unwrap_or_default());
        let shown = shown.filter(|url| !url.contains('@'));
        f.debug_struct("Builder")
            .field("service_name", &self.service_name)
            .field("endpoint", &shown)
            .field("protocol", &self.protocol)
            .field("headers", &self.headers.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .field("exporters", &self.exporters.len())
            .field("console", &self.console)
            .field("content", &self.content)
            .finish_non_exhaustive()
    }
}
