use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use super::{Identity, Kind, SpanId, Tape, Timestamp, TraceId};

/// A span that is over.
///
/// Facts that every span has are fields; everything that was captured or set stands on the
/// [`tape`](Self::tape), in the order in which it came.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SpanRecord {
    /// The trace that the span is part of.
    pub trace_id: TraceId,
    /// The span's own id.
    pub span_id: SpanId,
    /// The span above; none for the root of a trace.
    pub parent: Option<SpanId>,
    /// What the span stands for.
    pub kind: Kind,
    /// The name that the user knows it by: the function's, unless another was given.
    pub name: Cow<'static, str>,
    /// When the work began.
    pub start: Timestamp,
    /// When it ended; never before `start`.
    pub end: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
    /// Whose span it is.
    pub identity: Arc<Identity>,
    /// What was captured and set.
    pub tape: Tape,
}

impl SpanRecord {
    /// A span without content that took no time; fill in the rest.
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
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.end.since(self.start)
    }

    /// The bytes that the record holds in memory, near enough to bound a queue.
    #[must_use]
    pub fn size(&self) -> usize {
        size_of::<Self>() + self.tape.capacity()
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
    Cancelled,
}

impl Outcome {
    /// Whether a backend shall show the span as an error.
    #[must_use]
    pub const fn is_error(self) -> bool {
        !matches!(self, Self::Completed)
    }
}
