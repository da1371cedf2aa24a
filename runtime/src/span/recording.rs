use std::fmt;
use std::sync::Arc;

use super::capture::Limits;
use super::ending::Ending;
use super::items::Items;
use super::opening::{Listener, join};
use super::{Node, SharedNode, Sink, Site};
use crate::wire::tape::Value;
use crate::wire::{Field, Identity, Kind, Outcome, Tape, Timestamp};

/// The half of an open span that its owner writes: what the arguments and the result were.
///
/// Only the call has it, so nothing here is locked; the span's shared half is the `Node`. It is boxed, once,
/// for the whole call: a future that is annotated grows by a few words, not by this.
pub struct Recording {
    node: SharedNode,
    /// Where the span comes from; none of a span of another crate.
    site: Option<&'static Site>,
    /// Further pipelines that listen to the same span.
    others: Vec<Listener>,
    tape: Tape,
    limits: Limits,
    start: Option<Timestamp>,
    outcome: Outcome,
    /// Where [`output`](Self::output) goes: the value that was returned, or one item of many.
    items: Option<Box<Items>>,
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
    /// Enough for most spans that are no model call.
    const FRESH_BYTES: usize = 1 << 10;
    /// A tape of so many bytes is copied in next to no time, from a buffer that is warm.
    const COPIED: usize = 256;

    /// A recording of no span.
    pub(super) fn vacant() -> Self {
        Self::on(Node::vacant(), Limits::value(0))
    }

    /// A recording of this span.
    pub(crate) fn new(node: Node) -> Self {
        let limits = Limits::value(node.sink.value_cap());
        Self::on(node, limits)
    }

    fn on(node: Node, limits: Limits) -> Self {
        Self {
            tape: Tape::default(),
            limits,
            node: SharedNode::new(node),
            site: None,
            others: Vec::new(),
            start: None,
            outcome: Outcome::Completed,
            items: None,
        }
    }

    /// Makes it the recording of another span, in the same memory: after the [end](Self::end) of the one before. `open`
    /// makes a node that of the new span.
    pub(super) fn renew(&mut self, site: &'static Site, open: impl FnOnce(&mut Node)) {
        if let Some(node) = self.node.alone() {
            open(node);
        } else {
            let mut node = Node::vacant();
            open(&mut node);
            self.node = SharedNode::new(node);
        }
        self.limits = Limits::value(self.node.sink.value_cap());
        self.site = Some(site);
        self.outcome = Outcome::Completed;
        let expected = site.expected_len();
        if expected > Self::COPIED && !self.tape.suits(expected) {
            self.tape = Tape::reuse(self.node.sink.buffer(expected));
        } else {
            self.tape.clear(Self::FRESH_BYTES);
        }
    }

    pub(crate) fn node(&self) -> &SharedNode {
        &self.node
    }

    /// The time, by the clock of the span's pipeline.
    pub(crate) fn now(&self) -> Timestamp {
        self.node.sink.now()
    }

    /// Whether arguments, results and messages are recorded.
    #[must_use]
    pub fn content(&self) -> bool {
        self.node.content()
    }

    /// Whether arguments and results are looked at: those of a model call always are.
    #[must_use]
    pub fn reads_values(&self) -> bool {
        self.node.reads(Field::Output)
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
        let limits = items.room().map(Limits::value);
        let slot = self.slot(Field::Item, None);
        Slot { target: slot.target.and_then(|(tape, _)| Some((tape, limits?))), ..slot }
    }

    fn slot<'a>(&'a mut self, field: Field, name: Option<&'a str>) -> Slot<'a> {
        let open = self.node.reads(field);
        Slot { target: open.then_some((&mut self.tape, self.limits)), field, name }
    }

    /// Notes that the call failed; whether there is room to say how. Of a stream that fails again and again, not
    /// every failure is kept.
    pub(crate) fn set_failed(&mut self) -> bool {
        let first = !self.has_failed();
        self.outcome = Outcome::Failed;
        first || self.items.as_ref().is_none_or(|items| items.has_room())
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
        if self.start.replace(start).is_some() {
            return;
        }
        if let Some(outer) = self.node.outer() {
            // There is a span already, which counts; after its end there is nothing to add to.
            self.start = outer.begin_exchange().then_some(start);
            if self.start.is_none() {
                return;
            }
        } else {
            self.node.sink.opened();
        }
        let others = self.others.iter().map(|other| &other.sink);
        others.filter(|sink| self.node.is_sent_to(sink)).for_each(|sink| sink.opened());
    }

    /// Adds a pipeline that listens to the span, too.
    pub(crate) fn join(&mut self, sink: &Arc<dyn Sink>, above: impl FnOnce() -> Option<SharedNode>) {
        if join(&self.node, &mut self.others, sink, above) && self.start.is_some() {
            sink.opened();
        }
    }

    /// From here on, [`output`](Self::output) is the place of one item of many.
    pub(super) fn expect_items(&mut self) {
        let gaps = self.node.sink.item_gaps() || self.others.iter().any(|other| other.sink.item_gaps());
        let items = Items::new(Field::Item, &self.tape, self.limits, self.node.kind == Kind::Llm);
        self.items = Some(Box::new(items.with_gaps(gaps)));
    }

    /// Counts an item, then lets `record` read it; how long the first one took is kept.
    ///
    /// The first item's time is measured to here: it is what a person waited for.
    pub(super) fn item(&mut self, record: impl FnOnce(&mut Self)) {
        let Some(items) = &mut self.items else { return };
        items.arrived(&mut self.tape, self.start, || self.node.sink.now());
        let before = self.tape.len();
        record(self);
        if let Some(items) = &mut self.items {
            items.written(&mut self.tape, before, &**self.node.sink);
        }
    }

    /// Ends the span and hands over its record; one that never started leaves no trace. Says whether what is left is memory
    /// that may be [used again](Self::renew): nobody has a handle to the span.
    ///
    /// The tape leaves in a buffer of the right length, which mostly is the one that it was written into: many spans may
    /// have to wait in the queue, where slack is memory that nobody uses.
    pub(crate) fn end(&mut self, outcome: Option<Outcome>, end: Timestamp) -> bool {
        let items = self.items.take();
        let Some(start) = self.start.take() else {
            self.others.clear();
            return self.node.alone().map(Node::vacate).is_some();
        };
        if let Some(items) = items {
            items.finish(&mut self.tape);
        }
        if let Some(site) = self.site {
            site.learn_len(self.tape.len());
        }
        let sink = &self.node.sink;
        let tape = self.tape.pack(|len| sink.buffer(len));
        let outcome = outcome.unwrap_or(self.outcome);
        self.node.end(Ending { start, end, outcome, tape, others: std::mem::take(&mut self.others) })
    }

    /// The bytes of memory that stay for the next span.
    pub(super) fn capacity(&self) -> usize {
        self.tape.capacity()
    }

    /// Gives back that memory.
    pub(super) fn shrink(&mut self) {
        self.tape = Tape::default();
    }
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
    let properties = &mut identity.properties;
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
}
