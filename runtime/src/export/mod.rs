//! Where finished spans go.
//!
//! What is built in:
//!
//! | | for | feature |
//! |---|---|---|
//! | [`Builder::endpoint`](crate::Builder::endpoint) | OTLP over HTTP or gRPC | `otlp`, `http-json`, `grpc`, `gzip` |
//! | [`Console`] | people at a terminal | |
//! | [`InMemory`] | tests, and programs that look at their own spans | |
//! | `JsonLines` | files that an OpenTelemetry Collector reads | `json-lines` |
//! | `OpenTelemetry` | any span exporter of the OpenTelemetry SDK | `opentelemetry` |
//!
//! All of them run on one thread of recount's, under no `tracing` subscriber: what they do is never traced,
//! and never delays a call.

mod console;
mod destination;
mod error;
#[cfg(feature = "json-lines")]
mod json_lines;
mod label;
mod loss;
mod memory;
#[cfg(feature = "opentelemetry")]
mod open_telemetry;
#[cfg(feature = "otlp")]
pub(crate) mod otlp;
mod patience;
mod proxy;
#[cfg(any(feature = "opentelemetry", test))]
mod span_data;
mod summary;
mod tls;
pub(crate) mod tree;

pub use console::Console;
pub(crate) use destination::Destination;
pub use destination::Protocol;
pub use error::ExportError;
#[cfg(feature = "json-lines")]
pub use json_lines::JsonLines;
pub use loss::Loss;
pub(crate) use loss::Losses;
pub use memory::InMemory;
#[cfg(feature = "opentelemetry")]
pub use open_telemetry::OpenTelemetry;
pub(crate) use patience::Patience;
pub(crate) use proxy::ProxySettings;
pub(crate) use tls::Tls;

pub use crate::convert::SpanLimits;
use crate::wire::{Resource, SpanRecord};

/// Takes finished spans, batch by batch, on the worker's thread.
///
/// Implement it to send spans somewhere of your own; see [`Builder::exporter`](crate::Builder::exporter). An
/// exporter may block and need not be quick: nobody but the worker waits for it. While it takes its time, the
/// [queue](crate::Builder::queue_records) fills, and what has no room there is lost; a time-out of its own is
/// wise. A panic counts as an error, and the exporter is called again for the next batch. There is no async
/// runtime on the thread. At the end it is dropped there too.
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
    /// A batch is never empty, has at most [as many spans as was set](crate::Builder::batch_size), in the
    /// order in which they ended: children come before their parents, and one trace may be spread over
    /// several batches. Nothing is offered twice: to try again is the exporter's own matter.
    ///
    /// # Errors
    ///
    /// When some spans were not taken.
    fn export(&mut self, batch: &[SpanRecord], resource: &Resource) -> Result<(), ExportError>;

    /// Tells what a span may have at most, once, before the first batch. For exporters that send attributes; those that
    /// read records need not care.
    fn limit(&mut self, limits: SpanLimits) {
        let _ = limits;
    }

    /// Sends what the exporter itself still holds back.
    ///
    /// Called after the last batch of each [`Recount::flush`](crate::Recount::flush) and of the shutdown.
    ///
    /// # Errors
    ///
    /// When some of it was not sent. The reason is kept for the next warning; no span counts as lost by it.
    fn flush(&mut self) -> Result<(), ExportError> {
        Ok(())
    }

    /// Called now and then, about once in a [delay of a batch](crate::Builder::batch_delay), also while nothing is
    /// exported: for what an exporter does by time, such as to send what it kept when the server was down.
    fn idle(&mut self) {}

    /// What the author of the program shall read, once: asked for after each batch and each [idle](Self::idle) time, and
    /// told as a [warning](crate#warnings).
    ///
    /// An exporter is not traced, so that it cannot warn itself. Losses need no warning of their own: those are counted,
    /// and told now and then.
    fn warning(&mut self) -> Option<String> {
        None
    }
}
