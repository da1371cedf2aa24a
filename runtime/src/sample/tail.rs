use std::time::Instant;

use super::decided::Decided;
use super::facts::Facts;
use super::keep::Keep;
use super::waiting::{Unfinished, Waiting};
use crate::wire::{SpanRecord, TraceId};

/// Keeps the traces that matter, once it is known which ones do: a [`Keep`] and what waits for its decision.
///
/// The spans of a trace wait until its root has ended, or one of them is a reason to keep it. What comes after that
/// follows, except that a reason to keep a trace counts at any time. Where a trace cannot be waited for, since it takes
/// too long or there are too many, it is kept: what matters is worth more than the room.
#[derive(Debug)]
pub(crate) struct Tail {
    keep: Keep,
    bounds: Bounds,
    waiting: Waiting,
    decided: Decided,
}

/// How much may wait for a decision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Spans of all traces.
    pub(crate) spans: usize,
    /// Bytes of memory that those spans may hold.
    pub(crate) bytes: usize,
    /// Spans of one trace.
    pub(crate) spans_of_trace: usize,
}

impl Tail {
    pub(crate) fn new(keep: Keep, bounds: Bounds) -> Self {
        Self { keep, bounds, waiting: Waiting::default(), decided: Decided::default() }
    }

    /// Takes records; gives those that are to be exported now to `kept`, and those that are not to `dropped`. The others
    /// wait for the rest of their trace.
    pub(crate) fn decide(
        &mut self,
        records: &mut Vec<SpanRecord>,
        now: Instant,
        kept: &mut Vec<SpanRecord>,
        dropped: &mut Vec<SpanRecord>,
    ) {
        for record in records.drain(..) {
            self.take(record, now, kept, dropped);
            while self.is_full() && self.keep_oldest(kept) {}
        }
    }

    /// Decides about traces that have waited for too long.
    pub(crate) fn expire(&mut self, now: Instant, kept: &mut Vec<SpanRecord>) {
        while let Some((_, since)) = self.waiting.oldest()
            && now.saturating_duration_since(since) >= self.keep.waits()
        {
            self.keep_oldest(kept);
        }
    }

    /// Decides about all that wait, by what is known of them: somebody flushes, or the program ends.
    pub(crate) fn conclude(&mut self, kept: &mut Vec<SpanRecord>, dropped: &mut Vec<SpanRecord>) {
        while let Some((trace_id, _)) = self.waiting.oldest() {
            self.end(trace_id, kept, dropped);
        }
    }

    fn take(
        &mut self,
        record: SpanRecord,
        now: Instant,
        kept: &mut Vec<SpanRecord>,
        dropped: &mut Vec<SpanRecord>,
    ) {
        let trace_id = record.trace_id;
        let facts = Facts::of(&record);
        match self.decided.get(trace_id) {
            Some(true) => kept.push(record),
            Some(false) if self.is_reason(&facts, &record) => {
                self.decided.set(trace_id, true);
                kept.push(record);
            }
            Some(false) => dropped.push(record),
            None => {
                let is_root = record.parent.is_none();
                let is_reason = self.keep.matches_span(&record);
                let trace = self.waiting.add(record, &facts, now);
                let is_too_long = trace.spans.len() >= self.bounds.spans_of_trace;
                if is_reason || self.keep.matches_facts(&trace.facts) {
                    self.keep(trace_id, kept);
                } else if is_root {
                    self.end(trace_id, kept, dropped);
                } else if is_too_long {
                    self.keep(trace_id, kept);
                }
            }
        }
    }

    /// Whether a late span is a reason to keep what else is to come of its trace.
    fn is_reason(&self, facts: &Facts, record: &SpanRecord) -> bool {
        self.keep.matches_facts(facts)
            || self.keep.matches_span(record)
            || self.keep.matches_condition(std::slice::from_ref(record))
    }

    fn is_full(&self) -> bool {
        self.waiting.spans() > self.bounds.spans || self.waiting.bytes() > self.bounds.bytes
    }

    /// Makes room; false where nothing waits.
    fn keep_oldest(&mut self, kept: &mut Vec<SpanRecord>) -> bool {
        let oldest = self.waiting.oldest();
        if let Some((trace_id, _)) = oldest {
            self.keep(trace_id, kept);
        }
        oldest.is_some()
    }

    fn keep(&mut self, trace_id: TraceId, kept: &mut Vec<SpanRecord>) {
        if let Some(mut trace) = self.waiting.take(trace_id) {
            self.decided.set(trace_id, true);
            kept.append(&mut trace.spans);
        }
    }

    /// Decides about a trace that no reason has kept so far.
    fn end(&mut self, trace_id: TraceId, kept: &mut Vec<SpanRecord>, dropped: &mut Vec<SpanRecord>) {
        let Some(Unfinished { mut spans, .. }) = self.waiting.take(trace_id) else { return };
        let is_kept = self.keep.has_by_chance(trace_id) || self.keep.matches_condition(&spans);
        self.decided.set(trace_id, is_kept);
        if is_kept { kept } else { dropped }.append(&mut spans);
    }

    /// How many traces and spans wait.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> (usize, usize) {
        (self.waiting.len().0, self.waiting.spans())
    }

    /// Entries of the lists that are kept of traces that are over.
    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.waiting.len().1 + self.decided.len()
    }
}
