use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use super::facts::Facts;
use crate::wire::{SpanRecord, TraceId};

/// What has ended of a trace that is not over.
#[derive(Debug)]
pub(super) struct Unfinished {
    pub(super) facts: Facts,
    pub(super) spans: Vec<SpanRecord>,
    pub(super) since: Instant,
    /// Tells it from an earlier trace of the same id in the order.
    turn: u64,
}

/// The traces that are not over, and how much memory they hold.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    traces: HashMap<TraceId, Unfinished>,
    /// In the order in which they came; some are over already.
    order: VecDeque<(TraceId, u64)>,
    turns: u64,
    spans: usize,
    bytes: usize,
}

impl Waiting {
    /// Adds a span to its trace; what is known of that now.
    pub(super) fn add(&mut self, span: SpanRecord, facts: &Facts, now: Instant) -> &Unfinished {
        self.spans += 1;
        self.bytes += span.size();
        let trace_id = span.trace_id;
        let Self { order, turns, .. } = self;
        let trace = self.traces.entry(trace_id).or_insert_with(|| {
            *turns += 1;
            order.push_back((trace_id, *turns));
            Unfinished { facts: Facts::default(), spans: Vec::new(), since: now, turn: *turns }
        });
        trace.facts.add(facts);
        trace.spans.push(span);
        trace
    }

    pub(super) fn take(&mut self, trace_id: TraceId) -> Option<Unfinished> {
        let trace = self.traces.remove(&trace_id)?;
        self.spans -= trace.spans.len();
        self.bytes -= trace.spans.iter().map(SpanRecord::size).sum::<usize>();
        // Of traces that are soon over only the order is left.
        if self.order.len() > 2 * self.traces.len() + 64 {
            let Self { traces, order, .. } = self;
            order.retain(|(id, turn)| traces.get(id).is_some_and(|trace| trace.turn == *turn));
        }
        Some(trace)
    }

    /// The trace that has waited for the longest, and since when.
    pub(super) fn oldest(&mut self) -> Option<(TraceId, Instant)> {
        while let Some((id, turn)) = self.order.front() {
            match self.traces.get(id) {
                Some(trace) if trace.turn == *turn => return Some((*id, trace.since)),
                _ => self.order.pop_front(),
            };
        }
        None
    }

    pub(super) fn spans(&self) -> usize {
        self.spans
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Traces that wait, and entries of their order.
    #[cfg(test)]
    pub(super) fn len(&self) -> (usize, usize) {
        (self.traces.len(), self.order.len())
    }
}
