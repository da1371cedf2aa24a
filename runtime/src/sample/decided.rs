use std::collections::{HashMap, VecDeque};

use crate::wire::TraceId;

/// Which traces were kept, of the last ones that were decided about: their late spans follow.
#[derive(Debug, Default)]
pub(super) struct Decided {
    kept: HashMap<TraceId, bool>,
    order: VecDeque<TraceId>,
}

impl Decided {
    /// How many traces are remembered: about a mebibyte of them.
    pub(super) const MOST: usize = 1 << 14;

    pub(super) fn get(&self, trace: TraceId) -> Option<bool> {
        self.kept.get(&trace).copied()
    }

    pub(super) fn set(&mut self, trace: TraceId, kept: bool) {
        if self.kept.insert(trace, kept).is_some() {
            return;
        }
        self.order.push_back(trace);
        if self.order.len() > Self::MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.kept.remove(&oldest);
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.kept.len().max(self.order.len())
    }
}
