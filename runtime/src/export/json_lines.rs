use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use opentelemetry::InstrumentationScope;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;

use super::{ExportError, Exporter, span_data};
use crate::wire::{Resource, SpanRecord};

/// Writes spans as OTLP/JSON, one request a line: the format that OpenTelemetry Collectors write to files and read
/// back.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let file = recount::export::JsonLines::append("spans.jsonl")?;
/// let recount = recount::builder().exporter(file).build()?;
/// # Ok(())
/// # }
/// ```
///
/// Content is in it as far as it is recorded: treat the file as you treat the prompts. The file grows without
/// a bound; to rotate it is for others, and a file that was moved is written on.
pub struct JsonLines<W> {
    writer: W,
    scope: InstrumentationScope,
}

impl JsonLines<File> {
    /// Appends to a file; a new one can be read and written by its owner only, since it holds prompts.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened.
    pub fn append(path: impl AsRef<Path>) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Self::new(options.open(path)?))
    }
}

impl<W: Write + Send> JsonLines<W> {
    /// Writes to a writer.
    ///
    /// Each batch is one line and one write; the writer is flushed with the pipeline.
    #[must_use]
    pub fn new(writer: W) -> Self {
        Self { writer, scope: span_data::scope() }
    }
}

impl<W: Write + Send> Exporter for JsonLines<W> {
    fn export(&mut self, batch: &[SpanRecord], resource: &Resource) -> Result<(), ExportError> {
        let spans = batch.iter().map(|record| span_data::span(record, &self.scope)).collect();
        let resource = ResourceAttributesWithSchema::from(&span_data::resource(resource));
        let request =
            ExportTraceServiceRequest { resource_spans: group_spans_by_resource_and_scope(spans, &resource) };
        let mut line = serde_json::to_vec(&request)
            .map_err(|error| ExportError::new(format!("the spans could not be written as JSON: {error}")))?;
        line.push(b'\n');
        // In one piece, so that what several processes append to one file stays apart.
        self.writer.write_all(&line).map_err(|error| unwritten(&error))
    }

    fn flush(&mut self) -> Result<(), ExportError> {
        self.writer.flush().map_err(|error| unwritten(&error))
    }
}

fn unwritten(error: &io::Error) -> ExportError {
    ExportError::new(format!("the JSON lines could not be written: {error}"))
}

impl<W> fmt::Debug for JsonLines<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonLines").finish_non_exhaustive()
    }
}
