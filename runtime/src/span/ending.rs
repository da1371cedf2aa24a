use std::sync::Arc;

use super::Node;
use super::exchange::Seen;
use super::opening::Listener;
use crate::wire::{Outcome, SpanRecord, Tape, Timestamp};

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
    /// How many are not over.
    open: usize,
    /// What was seen of the one that counts.
    seen: Option<Seen>,
    /// The call has returned while a response was still being read.
    waiting: Option<Ending>,
}

impl Node {
    /// A request is about to be sent on behalf of this model call; false where the call is over.
    pub(super) fn begin_exchange(&self) -> bool {
        let mut updates = self.updates();
        updates.exchanges.open += usize::from(!updates.ended);
        !updates.ended
    }

    /// The response has been read, or will not be any more. A call that waits for it ends now.
    pub(super) fn end_exchange(&self, seen: Seen) {
        let mut updates = self.updates();
        let exchanges = &mut updates.exchanges;
        exchanges.open -= 1;
        if exchanges.seen.as_ref().is_none_or(|before| seen.replaces(before)) {
            exchanges.seen = Some(seen);
        }
        if exchanges.open > 0 {
            return;
        }
        let waiting = exchanges.waiting.take();
        drop(updates);
        if let Some(mut ending) = waiting {
            ending.end = self.sink.now();
            self.hand_over(ending);
        }
    }

    /// Ends the span and hands over its record, now or when the response that was returned has been read: as the
    /// span of a stream lasts until the stream ends.
    ///
    /// The lock is held while the span is marked as ended, so that nothing is set after that and lost unseen.
    pub(super) fn end(&self, ending: Ending) {
        {
            let mut updates = self.updates();
            updates.ended = true;
            if updates.exchanges.open > 0 && ending.outcome == Outcome::Completed {
                updates.exchanges.waiting = Some(ending);
                return;
            }
        }
        self.hand_over(ending);
    }

    /// What clients saw comes first on the tape, what was set through the node comes last, and so counts. Further
    /// pipelines get copies; the node's own, or the span that this one adds to, gets the original.
    fn hand_over(&self, ending: Ending) {
        let Ending { start, end, mut outcome, tape: mut own, others } = ending;
        {
            let mut updates = self.updates();
            let seen = updates.exchanges.seen.take().unwrap_or_default();
            let mut tape = seen.tape;
            tape.append(&std::mem::take(&mut updates.observed));
            if !tape.is_empty() {
                tape.append(&own);
                own = tape;
            }
            own.append(&std::mem::take(&mut updates.tape));
            // A failure that was told of says more than that nobody waited for the end.
            let failed = updates.failed || seen.outcome == Outcome::Failed;
            if failed && matches!(outcome, Outcome::Completed | Outcome::Cancelled) {
                outcome = Outcome::Failed;
            }
            // Other crates often do not say how a call ended.
            if self.is_foreign() && outcome == Outcome::Completed {
                outcome = seen.ending.unwrap_or_default();
            }
        }
        let record = SpanRecord {
            trace_id: self.trace_id,
            span_id: self.span_id,
            parent: self.parent,
            kind: self.kind,
            name: self.name.clone(),
            start,
            end: end.max(start),
            outcome,
            identity: Arc::clone(self.identity()),
            tape: own,
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
