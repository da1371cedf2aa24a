use std::borrow::Cow;
use std::sync::Arc;

use super::exchange::Seen;
use super::opening::Listener;
use super::updates::Told;
use super::{Node, SharedNode};
use crate::wire::{Identity, Outcome, SpanRecord, Tape, Timestamp};

/// What the owner of a span knows at its end.
pub(super) struct Ending {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    pub(super) outcome: Outcome,
    pub(super) tape: Tape,
    /// Further pipelines that listen to the same span.
    pub(super) others: Vec<Listener>,
}

/// What clients that are instrumented do below a model call.
#[derive(Default)]
pub(crate) struct Exchanges {
    /// What was seen of the one that counts.
    seen: Option<Seen>,
    /// The call has returned while a response was still being read.
    waiting: Option<Ending>,
}

impl Node {
    /// A request is about to be sent on behalf of this model call; false where the call is over.
    pub(super) fn begin_exchange(&self) -> bool {
        let mut updates = self.updates();
        updates.exchanging += usize::from(!updates.ended);
        !updates.ended
    }

    /// The response has been read, or will not be any more. A call that waits for it ends now.
    pub(super) fn end_exchange(&self, seen: Seen) {
        let mut updates = self.updates();
        updates.exchanging -= 1;
        let is_last = updates.exchanging == 0;
        let exchanges = &mut updates.told().exchanges;
        if exchanges.seen.as_ref().is_none_or(|before| seen.replaces(before)) {
            exchanges.seen = Some(seen);
        }
        if !is_last {
            return;
        }
        let waiting = exchanges.waiting.take();
        drop(updates);
        if let Some(mut ending) = waiting {
            ending.end = self.sink.now();
            self.hand_over(ending, Said::read(self));
        }
    }

    /// What clients saw comes first on the tape, what was set through the node comes last, and so counts. Further
    /// pipelines get copies; the node's own, or the span that this one adds to, gets the original.
    fn hand_over(&self, ending: Ending, said: Said) {
        let Ending { start, end, mut outcome, mut tape, others } = ending;
        let mut failed = said.failed;
        let mut seen_ending = None;
        if let Some(told) = said.told {
            let Told { exchanges, observed, tape: set, .. } = *told;
            let seen = exchanges.seen.unwrap_or_default();
            failed |= seen.outcome == Outcome::Failed;
            seen_ending = seen.ending;
            let mut before = seen.tape;
            before.append(&observed);
            if !before.is_empty() {
                before.append(&tape);
                tape = before;
            }
            tape.append(&set);
        }
        // A failure that was told of says more than that nobody waited for the end.
        if failed && matches!(outcome, Outcome::Completed | Outcome::Cancelled) {
            outcome = Outcome::Failed;
        }
        // Other crates often do not say how a call ended.
        if self.is_foreign() && outcome == Outcome::Completed {
            outcome = seen_ending.unwrap_or_default();
        }
        let record = SpanRecord {
            trace_id: self.trace_id,
            span_id: self.span_id,
            parent: self.parent,
            kind: self.kind,
            name: said.name,
            start,
            end: end.max(start),
            outcome,
            identity: said.identity,
            tape,
        };
        for Listener { sink, parent } in others {
            if self.is_sent_to(&sink) {
                sink.submit(SpanRecord { span_id: self.id_for(&sink), parent, ..record.clone() });
            }
        }
        match self.outer() {
            Some(outer) => outer.end_exchange(Seen::within(record.tape, outcome)),
            None => self.sink.submit(record),
        }
    }
}

/// What a node has to say at the end of its span.
struct Said {
    told: Option<Box<Told>>,
    failed: bool,
    name: Cow<'static, str>,
    identity: Arc<Identity>,
}

impl Said {
    fn read(node: &Node) -> Self {
        let mut updates = node.updates();
        Self {
            told: updates.take_told(),
            failed: updates.failed,
            name: node.name.clone(),
            identity: node.identity(),
        }
    }

    /// The node is nobody else's: nothing has to be locked or copied.
    fn take(node: &mut Node) -> Self {
        let updates = node.updates_mut();
        Self {
            told: updates.take_told(),
            failed: updates.failed,
            name: std::mem::take(&mut node.name),
            identity: node.take_identity(),
        }
    }
}

impl SharedNode {
    /// Ends the span and hands over its record, now or when the response that was returned has been read: as the
    /// span of a stream lasts until the stream ends. Says whether the node is vacant now: nobody else has it.
    ///
    /// The lock is held while the span is marked as ended, so that nothing is set after that and lost unseen.
    pub(super) fn end(&mut self, ending: Ending) -> bool {
        if let Some(node) = self.alone() {
            let said = Said::take(node);
            node.hand_over(ending, said);
            node.vacate();
            return true;
        }
        {
            let mut updates = self.updates();
            updates.ended = true;
            if updates.exchanging > 0 && ending.outcome == Outcome::Completed {
                updates.told().exchanges.waiting = Some(ending);
                return false;
            }
        }
        self.hand_over(ending, Said::read(self));
        false
    }
}
