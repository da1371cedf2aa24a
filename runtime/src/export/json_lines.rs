use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::otlp::{Requests, json};
use super::{ExportError, Exporter, Loss, Losses};
use crate::convert::SpanLimits;
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
    requests: Requests,
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
        Self { writer, requests: Requests::new(usize::MAX) }
    }
}

impl<W: Write + Send> Exporter for JsonLines<W> {
    fn export(&mut self, batch: &[SpanRecord], resource: &Resource) -> Result<(), ExportError> {
        let broken = self.requests.write_all(batch, resource);
        let mut line = json::of_protobuf(self.requests.body())
            .map_err(|why| ExportError::new(why).because(Loss::Encoding))?;
        line.push(b'\n');
        // In one piece, so that what several processes append to one file stays apart.
        self.writer.write_all(&line).map_err(|error| unwritten(&error))?;
        match broken {
            0 => Ok(()),
            broken => {
                let losses = Losses::of(Loss::Encoding, broken);
                Err(ExportError::some(losses, "some spans could not be written as OTLP"))
            }
        }
    }

    fn limit(&mut self, limits: SpanLimits) {
        self.requests.limit(limits);
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
