use std::fmt;
use std::sync::Arc;

use super::capture::Limits;
use super::{Node, Opened, Sink};
use crate::wire::tape::Value;
use crate::wire::{Field, Identity, Outcome, SpanRecord, Tape, Timestamp};

/// The half of an open span that its owner writes: what the arguments and the result were.
///
/// Only the call has it, so nothing here is locked; the span's shared half is the `Node`. It is boxed, once,
/// for the whole call: a future that is annotated grows by a few words, not by this.
pub struct Recording {
    node: Arc<Node>,
    /// Further pipelines that listen to the same span.
    others: Vec<Arc<dyn Sink>>,
    tape: Tape,
    limits: Limits,
    start: Option<Timestamp>,
    outcome: Outcome,
    /// Where [`output`](Self::output) goes: the value that was returned, or one item of many.
    items: Option<Items>,
}

/// The items of a stream or an iterator so far.
///
/// Items share one cap: a stream of a million tokens is one value to its reader.
#[derive(Debug, Default)]
struct Items {
    count: u64,
    /// Those that the tape had no room for.
    cut: u64,
    /// The bytes that items may still take up on the tape.
    room: usize,
}

/// A place on the tape for one value. Without content, nothing is read and nothing written.
///
/// Generated code opens one for each value and hands it to a ladder, which chooses how to write. Whether
/// content is recorded is decided here, once, for all of them.
#[derive(Debug)]
pub struct Slot<'a> {
    pub(crate) target: Option<(&'a mut Tape, Limits)>,
    pub(crate) field: Field,
    pub(crate) name: Option<&'a str>,
}

impl Recording {
    pub(super) fn new(opened: Opened) -> Self {
        let sink = &opened.node.sink;
        Self {
            tape: Tape::reuse(sink.buffer()),
            limits: Limits::value(sink.value_cap()),
            node: opened.node,
            others: opened.others,
            start: None,
            outcome: Outcome::Completed,
            items: None,
        }
    }

    pub(crate) fn node(&self) -> &Arc<Node> {
        &self.node
    }

    /// Whether arguments, results and messages are recorded.
    #[must_use]
    pub fn content(&self) -> bool {
        self.node.content()
    }

    /// The place of an argument.
    pub fn argument<'a>(&'a mut self, name: &'a str) -> Slot<'a> {
        self.slot(Field::Argument, Some(name))
    }

    /// The place of a fact that has no name.
    pub fn field(&mut self, field: Field) -> Slot<'_> {
        self.slot(field, None)
    }

    /// The place of a fact that has a name: an attribute, a property.
    pub fn named<'a>(&'a mut self, field: Field, name: &'a str) -> Slot<'a> {
        self.slot(field, Some(name))
    }

    /// The place of the returned value, or of the next item of a stream.
    ///
    /// With no room left, the item is counted and not read.
    pub fn output(&mut self) -> Slot<'_> {
        let Some(items) = &mut self.items else { return self.slot(Field::Output, None) };
        let limits = Limits::value(self.limits.cap().min(items.room));
        let full = limits.cap() == 0;
        items.cut += u64::from(full);
        let slot = self.slot(Field::Item, None);
        Slot { target: slot.target.filter(|_| !full).map(|(tape, _)| (tape, limits)), ..slot }
    }

    fn slot<'a>(&'a mut self, field: Field, name: Option<&'a str>) -> Slot<'a> {
        let open = self.node.content() || !field.is_content();
        Slot { target: open.then_some((&mut self.tape, self.limits)), field, name }
    }

    /// Notes that the call failed; whether there is room to say how. Of a stream that fails again and again, not
    /// every failure is kept.
    pub(crate) fn set_failed(&mut self) -> bool {
        let first = !self.has_failed();
        self.outcome = Outcome::Failed;
        first || self.items.as_ref().is_none_or(|items| items.room > 0)
    }

    /// Whether the call failed so far.
    pub(crate) fn has_failed(&self) -> bool {
        self.outcome == Outcome::Failed
    }

    pub(crate) fn tape(&mut self) -> &mut Tape {
        &mut self.tape
    }

    /// Copies what was recorded of user, conversation, event, tags and properties to the span's identity, and so
    /// to every span below.
    ///
    /// Called once, after the identity was recorded and before the body runs: children copy it when they
    /// open.
    pub fn identify(&self) {
        self.node.identify(|identity| read_identity(&self.tape, identity));
    }

    /// Starts the clock, unless it runs.
    ///
    /// The clock is read after the arguments were captured, so that the span does not pay for it.
    pub(crate) fn start(&mut self) {
        if self.start.is_none() {
            self.start_at(self.node.sink.now());
        }
    }

    /// A span counts as opened when it starts, not when it is made.
    pub(crate) fn start_at(&mut self, start: Timestamp) {
        if self.start.replace(start).is_none() {
            self.node.sink.opened();
            self.others.iter().for_each(|sink| sink.opened());
        }
    }

    /// From here on, [`output`](Self::output) is the place of one item of many.
    pub(super) fn expect_items(&mut self) {
        self.items = Some(Items { count: 0, cut: 0, room: self.limits.cap() });
    }

    /// Counts an item, then lets `record` read it; how long the first one took is kept.
    ///
    /// The first item's time is measured to here: it is what a person waited for.
    pub(super) fn item(&mut self, record: impl FnOnce(&mut Self)) {
        let Some(items) = &mut self.items else { return };
        items.count += 1;
        if items.count == 1 {
            let now = self.node.sink.now();
            let waited = now.since(self.start.unwrap_or(now));
            self.tape.entry(Field::FirstItem, None);
            self.tape.double(waited.as_secs_f64());
        }
        let before = self.tape.len();
        record(self);
        let written = self.tape.len() - before;
        if let Some(items) = &mut self.items {
            items.room = items.room.saturating_sub(written);
        }
    }

    /// Ends the span and hands over its record; one that never started leaves no trace.
    ///
    /// What was set through the node comes last on the tape, and so counts. The lock is held while the span
    /// is marked as ended, so that nothing is set after that and lost unseen. Further pipelines get copies;
    /// the node's own gets the original.
    pub(crate) fn end(mut self, outcome: Option<Outcome>, end: Option<Timestamp>) {
        let Some(start) = self.start else { return };
        let end = end.unwrap_or_else(|| self.node.sink.now());
        if let Some(items) = &self.items {
            self.tape.entry(Field::ItemCount, None);
            self.tape.unsigned(items.count);
            if items.cut > 0 {
                self.tape.entry(Field::ItemsCut, None);
                self.tape.unsigned(items.cut);
            }
        }
        let mut outcome = outcome.unwrap_or(self.outcome);
        {
            let mut updates = self.node.updates();
            updates.ended = true;
            self.tape.append(&std::mem::take(&mut updates.tape));
            // A failure that was told of says more than that nobody waited for the end.
            if updates.failed && matches!(outcome, Outcome::Completed | Outcome::Cancelled) {
                outcome = Outcome::Failed;
            }
        }
        let Self { node, others, tape, .. } = self;
        let record = SpanRecord {
            trace_id: node.trace_id,
            span_id: node.span_id,
            parent: node.parent,
            kind: node.kind,
            name: node.name.clone(),
            start,
            end: end.max(start),
            outcome,
            identity: Arc::clone(node.identity()),
            tape,
        };
        for sink in others {
            hand_over(&*sink, record.clone(), node.content());
        }
        hand_over(&*node.sink, record, node.content());
    }
}

/// Gives the record to a pipeline; without the content that only another one asked for.
fn hand_over(sink: &dyn Sink, mut record: SpanRecord, content: bool) {
    if content && !sink.content() {
        record.tape = record.tape.without_content();
    }
    sink.submit(record);
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording").field("node", &self.node).finish_non_exhaustive()
    }
}

/// What a tape says of user, conversation, event, tags and properties.
///
/// From the tape, where generated code and builders have written it like any other fact. An empty text leaves
/// what is inherited.
fn read_identity(tape: &Tape, identity: &mut Identity) {
    let mut properties = Tape::clone(&identity.properties);
    for entry in tape.entries() {
        let text = entry.value.to_text().filter(|text| !text.is_empty()).map(Arc::<str>::from);
        match entry.field {
            Field::User => identity.user = text.or(identity.user.take()),
            Field::Conversation => identity.conversation = text.or(identity.conversation.take()),
            Field::EventId => identity.event = text.or(identity.event.take()),
            Field::Tags => {
                let tags: Vec<_> = match entry.value {
                    Value::Seq(seq) => seq.filter_map(|tag| tag.to_text().map(Arc::from)).collect(),
                    _ => text.into_iter().collect(),
                };
                identity.tags = identity.tags.iter().cloned().chain(tags).collect();
            }
            Field::Property => properties.copy(&entry),
            _ => {}
        }
    }
    identity.properties = Arc::new(properties);
}
