use std::fmt;

use futures_executor::block_on;
use opentelemetry::InstrumentationScope;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::SpanExporter;

use super::{ExportError, Exporter, span_data};
use crate::convert::SpanLimits;
use crate::wire::{Resource, SpanRecord};

/// Sends spans through any span exporter of the OpenTelemetry SDK.
///
/// The exporter runs on recount's worker thread, without an async runtime: one that needs tokio's brings its own,
/// as `opentelemetry-otlp` does with its blocking HTTP client.
///
/// ```
/// # #[derive(Debug)]
/// # struct MyExporter;
/// # impl opentelemetry_sdk::trace::SpanExporter for MyExporter {
/// #     async fn export(&self, _: Vec<opentelemetry_sdk::trace::SpanData>) -> opentelemetry_sdk::error::OTelSdkResult {
/// #         Ok(())
/// #     }
/// # }
/// # fn main() -> Result<(), recount::Error> {
/// let exporter = recount::export::OpenTelemetry::new(MyExporter);
/// let recount = recount::builder().exporter(exporter).build()?;
/// # Ok(())
/// # }
/// ```
///
/// Spans arrive as the SDK's own would, with the attributes that recount's OTLP sends. An exporter whose
/// future waits for a runtime that is not there never ends, and with it the worker.
pub struct OpenTelemetry<E: SpanExporter> {
    exporter: E,
    scope: InstrumentationScope,
    limits: SpanLimits,
    /// What the exporter was told last.
    resource: Option<Resource>,
}

impl<E: SpanExporter> OpenTelemetry<E> {
    /// Sends spans through this exporter.
    #[must_use]
    pub fn new(exporter: E) -> Self {
        Self { exporter, scope: span_data::scope(), limits: SpanLimits::default(), resource: None }
    }

    /// Hands a batch to the exporter; the future has to be run by the caller.
    ///
    /// The resource is told only where it is another one: exporters of the SDK convert it each time they are
    /// told.
    pub(super) fn send(
        &mut self,
        batch: &[SpanRecord],
        resource: &Resource,
    ) -> impl Future<Output = OTelSdkResult> {
        if self.resource.as_ref() != Some(resource) {
            self.exporter.set_resource(&span_data::resource(resource));
            self.resource = Some(resource.clone());
        }
        let spans = batch.iter().map(|record| span_data::span(record, &self.scope, &self.limits));
        self.exporter.export(spans.collect())
    }
}

impl<E: SpanExporter> Exporter for OpenTelemetry<E> {
    fn export(&mut self, batch: &[SpanRecord], resource: &Resource) -> Result<(), ExportError> {
        block_on(self.send(batch, resource)).map_err(|error| ExportError::new(error.to_string()))
    }

    fn limit(&mut self, limits: SpanLimits) {
        self.limits = limits;
    }

    fn flush(&mut self) -> Result<(), ExportError> {
        self.exporter.force_flush().map_err(|error| ExportError::new(error.to_string()))
    }
}

/// Lets the exporter shut down, for as long as the SDK gives it.
impl<E: SpanExporter> Drop for OpenTelemetry<E> {
    fn drop(&mut self) {
        // The worker has ended, and nobody is left to tell.
        let _ = self.exporter.shutdown();
    }
}

impl<E: SpanExporter> fmt::Debug for OpenTelemetry<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OpenTelemetry").field(&self.exporter).finish()
    }
}
