use std::fmt;
use std::time::Duration;

use crate::export::{Console, Exporter, Protocol};

/// Sets recount up; made by [`builder`](crate::builder), ended by [`build`](Self::build).
///
/// What is not set here is read from the environment: `OTEL_SDK_DISABLED`, `OTEL_SERVICE_NAME`,
/// `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_EXPORTER` (`otlp`, `console`, `none`),
/// `OTEL_EXPORTER_OTLP_{ENDPOINT,PROTOCOL,HEADERS,TIMEOUT,COMPRESSION}` and the same with `OTLP_TRACES`,
/// `OTEL_BSP_{SCHEDULE_DELAY,MAX_QUEUE_SIZE,MAX_EXPORT_BATCH_SIZE,EXPORT_TIMEOUT}`,
/// `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`, `TRACELOOP_TRACE_CONTENT`,
/// `OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT` and `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`.
///
/// Nothing is sent anywhere unless an endpoint or an exporter was named, here or there.
///
/// ```
/// # fn main() -> Result<(), recount::Error> {
/// let recount = recount::builder().service_name("support-bot").console().build()?;
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
    pub(super) timeout: Option<Duration>,
    pub(super) gzip: Option<bool>,
    pub(super) exporters: Vec<Box<dyn Exporter>>,
    pub(super) console: bool,
    pub(super) content: Option<bool>,
    pub(super) value_cap: Option<usize>,
    pub(super) batch_size: Option<usize>,
    pub(super) batch_delay: Option<Duration>,
    pub(super) queue_records: Option<usize>,
    pub(super) queue_bytes: Option<usize>,
    pub(super) shutdown_timeout: Option<Duration>,
}

impl Builder {
    /// Sets the name of the service, which backends group spans by.
    pub fn service_name(mut self, name: impl Into<String>) -> Self {
        self.service_name = Some(name.into());
        self
    }

    /// Sets the version of the service.
    pub fn service_version(mut self, version: impl Into<String>) -> Self {
        self.service_version = Some(version.into());
        self
    }

    /// Sets where the service is deployed: `production`, `staging`, ….
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        self.environment = Some(name.into());
        self
    }

    /// Sets an attribute of the resource, which all spans share.
    pub fn resource_attribute(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.resource.push((key.into(), value.into()));
        self
    }

    /// Sends spans to an OpenTelemetry endpoint, such as `http://localhost:4318`: the base, below which HTTP has
    /// `/v1/traces`. A URL that ends with that path is taken as it is.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// Adds a header to what is sent to the endpoint, such as the one with the key of the backend.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the protocol that the endpoint is spoken to in: HTTP with protobuf bodies, unless set.
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.protocol = Some(protocol);
        self
    }

    /// Sets how long the endpoint may take for one batch, attempts after the first included: 10 seconds, unless set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Compresses what is sent to the endpoint with gzip, or not: not, unless set. Feature `gzip`.
    pub fn gzip(mut self, on: bool) -> Self {
        self.gzip = Some(on);
        self
    }

    /// Adds an exporter.
    pub fn exporter(mut self, exporter: impl Exporter + 'static) -> Self {
        self.exporters.push(Box::new(exporter));
        self
    }

    /// Prints traces as trees to the standard error; see [`Console`].
    pub fn console(mut self) -> Self {
        self.console = true;
        self
    }

    /// Switches the recording of arguments, results and messages on or off: on, unless set.
    pub fn capture_content(mut self, on: bool) -> Self {
        self.content = Some(on);
        self
    }

    /// Sets how many bytes of one value are kept: 128 KiB, unless set.
    pub fn value_cap(mut self, bytes: usize) -> Self {
        self.value_cap = Some(bytes);
        self
    }

    /// Sets how many spans are exported together at most: 512, unless set.
    pub fn batch_size(mut self, spans: usize) -> Self {
        self.batch_size = Some(spans);
        self
    }

    /// Sets how long a span waits for others at most: 1 second, unless set.
    pub fn batch_delay(mut self, delay: Duration) -> Self {
        self.batch_delay = Some(delay);
        self
    }

    /// Sets how many spans may wait to be exported: 65,536, unless set. Further ones are lost, and counted.
    pub fn queue_records(mut self, spans: usize) -> Self {
        self.queue_records = Some(spans);
        self
    }

    /// Sets how much memory the spans that wait may hold: 64 MiB, unless set. Further ones are lost, and counted.
    pub fn queue_bytes(mut self, bytes: usize) -> Self {
        self.queue_bytes = Some(bytes);
        self
    }

    /// Sets how long a flush or the shutdown waits at most: 5 seconds, unless set.
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.shutdown_timeout = Some(timeout);
        self
    }

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
        f.debug_struct("Builder")
            .field("service_name", &self.service_name)
            .field("endpoint", &self.endpoint)
            .field("protocol", &self.protocol)
            .field("headers", &self.headers.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .field("exporters", &self.exporters.len())
            .field("console", &self.console)
            .field("content", &self.content)
            .finish_non_exhaustive()
    }
}
