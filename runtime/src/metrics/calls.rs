use std::collections::{HashMap, VecDeque};

use crate::wire::{Kind, SpanId, SpanRecord};

/// How many calls of models and tools stand directly below an agent: with no other agent in between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CallCount {
    pub(super) inference: u64,
    pub(super) tools: u64,
}

/// The calls below spans that are open still.
///
/// Children end before their parents, so each span that ends hands what is below it to the one above. Spans whose parent
/// never comes by (it was lost, or is not ours) would stay for good; the oldest ones make room.
#[derive(Debug, Default)]
pub(super) struct Calls {
    below: HashMap<SpanId, CallCount>,
    /// In the order in which they came; some are gone already.
    order: VecDeque<SpanId>,
}

impl Calls {
    /// How many open spans are remembered.
    const MOST: usize = 1 << 16;

    /// A span has ended; what was below it.
    pub(super) fn ended(&mut self, record: &SpanRecord) -> CallCount {
        let below = self.below.remove(&record.span_id).unwrap_or_default();
        // What an agent did is its own matter.
        let mut handed = if record.kind == Kind::Agent { CallCount::default() } else { below };
        handed.inference += u64::from(record.kind == Kind::Llm);
        handed.tools += u64::from(record.kind == Kind::Tool);
        if let Some(parent) = record.parent.filter(|_| handed != CallCount::default()) {
            let Self { below, order } = self;
            let count = below.entry(parent).or_insert_with(|| {
                order.push_back(parent);
                CallCount::default()
            });
            count.inference += handed.inference;
            count.tools += handed.tools;
            self.make_room();
        }
        below
    }

    fn make_room(&mut self) {
        while self.order.len() > Self::MOST {
            if let Some(oldest) = self.order.pop_front() {
                self.below.remove(&oldest);
            }
        }
        // Of short-lived spans only the order is left.
        if self.order.len() > 2 * self.below.len() + 64 {
            self.order.retain(|span| self.below.contains_key(span));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CallCount, Calls};
    use crate::wire::{Kind, SpanId, SpanRecord, TraceId};

    fn span(id: u64, parent: u64, kind: Kind) -> SpanRecord {
        let id_of = |id: u64| SpanId::from_bytes(id.to_be_bytes());
        let mut record = SpanRecord::new(TraceId::from_bytes([1; 16]), id_of(id), kind, "");
        record.parent = (parent > 0).then(|| id_of(parent));
        record
    }

    #[test]
    fn an_agent_has_the_calls_below_it_but_those_of_other_agents() {
        let mut calls = Calls::default();
        // agent 1: llm 2, task 3 (tool 4 (llm 5)), agent 6 (tool 7)
        for (id, parent, kind) in
            [(2, 1, Kind::Llm), (5, 4, Kind::Llm), (4, 3, Kind::Tool), (3, 1, Kind::Task), (7, 6, Kind::Tool)]
        {
            calls.ended(&span(id, parent, kind));
        }
        assert_eq!(calls.ended(&span(6, 1, Kind::Agent)), CallCount { inference: 0, tools: 1 });
        assert_eq!(calls.ended(&span(1, 0, Kind::Agent)), CallCount { inference: 2, tools: 1 });
        assert!(calls.below.is_empty());
    }

    #[test]
    fn parents_that_never_end_take_up_no_more_and_more_room() {
        let mut calls = Calls::default();
        for id in 1..=2 * Calls::MOST as u64 {
            calls.ended(&span(2 * id, 2 * id + 1, Kind::Llm));
        }
        assert!(calls.below.len() <= Calls::MOST && calls.order.len() <= Calls::MOST);
        for id in (1 << 32)..(1 << 32) + 100_000 {
            calls.ended(&span(2 * id, 2 * id + 1, Kind::Llm));
            calls.ended(&span(2 * id + 1, 0, Kind::Task));
        }
        assert!(calls.order.len() <= Calls::MOST);
    }
}
