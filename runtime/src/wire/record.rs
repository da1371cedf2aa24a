use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use super::{Identity, Kind, SpanId, Tape, Timestamp, TraceId};

/// A span that is over.
///
/// Facts that every span has are fields; everything that was captured or set stands on the
/// [`tape`](Self::tape), in the order in which it came.
///
/// It is handed over once, when the span ends; nothing of it changes after that. The names that backends know
/// come later, from the converter; an exporter of your own reads the fields.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SpanRecord {
    /// The trace that the span is part of.
    ///
    /// Of the root above, or a new one.
    pub trace_id: TraceId,
    /// The span's own id.
    pub span_id: SpanId,
    /// The span above; none for the root of a trace.
    ///
    /// Looked for among the spans of recount only: a plain `tracing` span in between is passed over.
    pub parent: Option<SpanId>,
    /// What the span stands for.
    pub kind: Kind,
    /// The name that the user knows it by: the function's, unless another was given.
    pub name: Cow<'static, str>,
    /// When the work began.
    ///
    /// By the clock of the pipeline: tied to the time of day once and monotonic from there, so that no child
    /// begins before its parent because somebody set the clock.
    pub start: Timestamp,
    /// When it ended; never before `start`.
    pub end: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
    /// Whose span it is.
    ///
    /// Shared with the spans above, as far as it is the same.
    pub identity: Arc<Identity>,
    /// What was captured and set.
    pub tape: Tape,
}

impl SpanRecord {
    /// A span without content that took no time; fill in the rest.
    ///
    /// For tests of exporters of your own.
    ///
    /// ```
    /// use recount::wire::{Field, Kind, SpanId, SpanRecord, TraceId};
    ///
    /// let (trace, span) = (TraceId::from_bytes([1; 16]), SpanId::from_bytes([2; 8]));
    /// let mut record = SpanRecord::new(trace, span, Kind::Tool, "search");
    /// record.tape.entry(Field::Argument, Some("query"));
    /// record.tape.text("tea");
    /// assert_eq!(record.tape.entries().count(), 1);
    /// ```
    #[must_use]
    pub fn new(trace_id: TraceId, span_id: SpanId, kind: Kind, name: impl Into<Cow<'static, str>>) -> Self {
        Self {
            trace_id,
            span_id,
            parent: None,
            kind,
            name: name.into(),
            start: Timestamp::default(),
            end: Timestamp::default(),
            outcome: Outcome::Completed,
            identity: Arc::default(),
            tape: Tape::default(),
        }
    }

    /// How long the span lasted.
    ///
    /// Of a stream, until its last item; of a future, waiting included.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.end.since(self.start)
    }

    /// The bytes that the record holds in memory, near enough to bound a queue.
    ///
    /// The buffer counts with its whole capacity, since that is what is not free. Shared names and identities
    /// are not counted: they are small, and counting them for each span would count them often.
    #[must_use]
    pub fn size(&self) -> usize {
        let name = if let Cow::Owned(name) = &self.name { name.capacity() } else { 0 };
        size_of::<Self>() + name + self.tape.capacity()
    }

    /// A copy whose tape has at most so many bytes, for a span that is larger than what may be sent. Long texts and
    /// sequences are cut, and marked; short facts are kept. A tape that is cut says [how large](super::Field::OriginalSize)
    /// it was, so it never has fewer than 14 bytes.
    #[cfg(feature = "otlp")]
    pub(crate) fn shrunk(&self, bytes: usize) -> Self {
        Self {
            trace_id: self.trace_id,
            span_id: self.span_id,
            parent: self.parent,
            kind: self.kind,
            name: self.name.clone(),
            start: self.start,
            end: self.end,
            outcome: self.outcome,
            identity: Arc::clone(&self.identity),
            tape: self.tape.shrunk(bytes),
        }
    }
}

/// How a span ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It came to its end.
    #[default]
    Completed,
    /// It returned an error, or was told of one; the tape has a [`Field::Fault`](super::Field::Fault).
    Failed,
    /// It panicked; the tape has a [`Field::Fault`](super::Field::Fault).
    Panicked,
    /// Its future or stream was dropped before the end.
    ///
    /// Backends show it as an error, since the work was not done; no exception is recorded for it.
    Cancelled,
}

impl Outcome {
    /// Whether a backend shall show the span as an error.
    #[must_use]
    pub const fn is_error(self) -> bool {
        !matches!(self, Self::Completed)
    }
}
