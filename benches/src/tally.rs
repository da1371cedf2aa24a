//! Counts what reaches the end of a variant's way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

/// What has been seen.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub struct Seen {
    /// Spans.
    pub spans: u64,
    /// Bytes of text in the spans' attributes; a thorough tally only.
    pub text: u64,
    /// Bytes on the wire.
    pub bytes: u64,
}

/// The count so far.
///
/// A thorough one looks into the spans. That is for checks: it takes longer than to drop them.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    thorough: bool,
    counters: Arc<Counters>,
}

#[derive(Debug, Default)]
struct Counters {
    spans: AtomicU64,
    text: AtomicU64,
    bytes: AtomicU64,
}

impl Tally {
    /// A tally for checks.
    #[must_use]
    pub fn thorough() -> Self {
        Self { thorough: true, ..Self::default() }
    }

    /// Counts spans; `text` says how many bytes of text they carry.
    pub fn count_spans(&self, spans: usize, text: impl FnOnce() -> usize) {
        self.counters.spans.fetch_add(spans as u64, Ordering::Relaxed);
        if self.thorough {
            self.counters.text.fetch_add(text() as u64, Ordering::Relaxed);
        }
    }

    /// Counts the body of a request with so many spans; `text` says how many bytes of text they carry.
    pub fn count_body(&self, body: &[u8], spans: usize, text: impl FnOnce() -> usize) {
        self.counters.bytes.fetch_add(body.len() as u64, Ordering::Relaxed);
        self.count_spans(spans, text);
    }

    /// What has been seen since this was asked the last time.
    #[must_use]
    pub fn take(&self) -> Seen {
        let Counters { spans, text, bytes } = &*self.counters;
        Seen {
            spans: spans.swap(0, Ordering::Relaxed),
            text: text.swap(0, Ordering::Relaxed),
            bytes: bytes.swap(0, Ordering::Relaxed),
        }
    }
}
