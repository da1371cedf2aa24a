//! Where finished spans go.

mod console;
mod destination;
mod error;
#[cfg(feature = "json-lines")]
mod json_lines;
mod label;
mod memory;
#[cfg(feature = "otlp")]
mod open_telemetry;
#[cfg(feature = "otlp")]
pub(crate) mod otlp;
#[cfg(feature = "otlp")]
mod span_data;
pub(crate) mod tree;

pub use console::Console;
pub(crate) use destination::Destination;
pub use destination::Protocol;
pub use error::ExportError;
#[cfg(feature = "json-lines")]
pub use json_lines::JsonLines;
pub use memory::InMemory;
#[cfg(feature = "otlp")]
pub use open_telemetry::OpenTelemetry;

use crate::wire::{Resource, SpanRecord};

/// Takes finished spans, batch by batch, on the worker's thread.
///
/// Implement it to send spans somewhere of your own; see [`Builder::exporter`](crate::Builder::exporter). An
/// exporter may block and need not be quick: nobody but the worker waits for it.
///
/// ```
/// use recount::export::{ExportError, Exporter};
/// use recount::wire::{Resource, SpanRecord};
///
/// /// Counts the spans that failed.
/// struct Failures(usize);
///
/// impl Exporter for Failures {
///     fn export(&mut self, batch: &[SpanRecord], _resource: &Resource) -> Result<(), ExportError> {
///         self.0 += batch.iter().filter(|span| span.outcome.is_error()).count();
///         Ok(())
///     }
/// }
/// ```
pub trait Exporter: Send {
    /// Takes a batch. An error counts its spans as lost, with the reason that the error gives.
    ///
    /// # Errors
    ///
    /// When some spans were not taken.
    fn export(&mut self, batch: &[SpanRecord], resource: &Resource) -> Result<(), ExportError>;

    /// Sends what the exporter itself still holds back.
    ///
    /// # Errors
    ///
    /// When some of it was not sent.
    fn flush(&mut self) -> Result<(), ExportError> {
        Ok(())
    }
}
