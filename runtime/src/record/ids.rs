#[cfg(any(test, feature = "testing"))]
use std::sync::atomic::{AtomicU64, Ordering};

use crate::wire::{SpanId, TraceId};

/// Where the ids of traces and spans come from.
///
/// Ids of our own, not those of `tracing`, which are used again as soon as a span is closed.
#[derive(Debug)]
pub(crate) enum Ids {
    /// From the thread's generator of random numbers, as W3C Trace Context asks.
    Random,
    /// One after the other, for tests.
    #[cfg(any(test, feature = "testing"))]
    Sequential {
        /// The next trace.
        trace: AtomicU64,
        /// The next span.
        span: AtomicU64,
    },
}

impl Ids {
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn sequential() -> Self {
        Self::Sequential { trace: AtomicU64::new(1), span: AtomicU64::new(1) }
    }

    pub(crate) fn trace_id(&self) -> TraceId {
        TraceId::from_bytes(match self {
            // Zero is no id, and as likely as a collision.
            Self::Random => rand::random::<u128>().max(1).to_be_bytes(),
            #[cfg(any(test, feature = "testing"))]
            Self::Sequential { trace, .. } => u128::from(trace.fetch_add(1, Ordering::Relaxed)).to_be_bytes(),
        })
    }

    pub(crate) fn span_id(&self) -> SpanId {
        SpanId::from_bytes(match self {
            Self::Random => rand::random::<u64>().max(1).to_be_bytes(),
            #[cfg(any(test, feature = "testing"))]
            Self::Sequential { span, .. } => span.fetch_add(1, Ordering::Relaxed).to_be_bytes(),
        })
    }
}
