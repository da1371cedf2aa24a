//! How a [`Call`](super::Call) learns whether the Layer listens to its span.
//!
//! The call leaves a request in a thread-local slot and opens the `tracing` span. `tracing` asks every layer that
//! wants the span, on the same thread, before it returns; ours answers into the slot. A layer that is absent,
//! filtered out, or behind a wrapper that hides it from downcasting needs no special case.
//!
//! A downcast of the dispatcher to our layer would find it, too, but not behind every wrapper, and it would
//! not say whether the layer's filter lets this span pass. `tracing` has decided that by the time it asks.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use tracing_core::Metadata;

use super::desk::Desk;
use super::{Handle, Node, SharedNode, Sink, Site, thread_end};
use crate::wire::{Kind, SpanId};

/// A further pipeline that listens to a span.
pub(crate) struct Listener {
    pub(crate) sink: Arc<dyn Sink>,
    /// The span above, of those that this pipeline records: each has filters of its own.
    pub(crate) parent: Option<SpanId>,
}

/// The name travels in it, since a `tracing` span has only the static one of its callsite.
struct Request {
    site: &'static Site,
    name: Cow<'static, str>,
    /// The first layer that answers makes the node and opens a recording of it; those that come after join, so that a
    /// span has the same ids everywhere.
    answer: Option<Box<Desk>>,
}

thread_local! {
    static OPENING: RefCell<Option<Request>> = const { RefCell::new(None) };
}

/// Leaves a request in the slot while it lives; a layer that panics must not leave it there for the next span.
///
/// Requests may be nested: a layer may open an annotated span of its own while it is told of ours. The outer
/// one waits here.
struct Ask {
    outer: Option<Request>,
    ended: bool,
}

impl Ask {
    fn new(request: Request) -> Self {
        Self { outer: swap(Some(request)), ended: false }
    }

    /// Takes the request out of the slot.
    ///
    /// Puts the outer one back.
    fn end(&mut self) -> Option<Request> {
        self.ended = true;
        swap(self.outer.take())
    }
}

impl Drop for Ask {
    fn drop(&mut self) {
        if !self.ended {
            self.end();
        }
    }
}

/// Nothing is in the slot of a thread that is being torn down.
fn swap(request: Option<Request>) -> Option<Request> {
    OPENING.try_with(|slot| slot.replace(request)).ok().flatten()
}

/// Opens a `tracing` span with `open`; returns it and what the Layer answered.
pub(super) fn ask(
    site: &'static Site,
    name: Cow<'static, str>,
    open: impl FnOnce() -> Handle,
) -> (Option<Handle>, Option<Box<Desk>>) {
    if thread_end::is_near() {
        return (None, None);
    }
    let mut ask = Ask::new(Request { site, name, answer: None });
    let span = open();
    let answer = ask.end().and_then(|request| request.answer);
    if answer.is_some() {
        thread_end::watch();
    }
    (Some(span), answer)
}

/// Called by a Layer for a new span: opens its node, unless the span is none of ours, or another pipeline has
/// answered before. `above` is the nearest span above that this pipeline records.
pub(crate) fn answer(
    metadata: &Metadata<'_>,
    sink: &Arc<dyn Sink>,
    above: impl FnOnce() -> Option<SharedNode>,
    open: impl FnOnce(&mut Node, Kind, Cow<'static, str>),
) -> Option<SharedNode> {
    let answer = |slot: &RefCell<Option<Request>>| {
        let mut slot = slot.borrow_mut();
        // Another layer may open spans of its own while it is told of this one.
        let request =
            slot.as_mut().filter(|request| request.site.metadata().callsite() == metadata.callsite())?;
        if let Some(recording) = request.answer.as_mut().and_then(|desk| desk.recording()) {
            recording.join(sink, above);
            return None;
        }
        let (site, name) = (request.site, std::mem::take(&mut request.name));
        let desk = request.answer.insert(Desk::open(site, |node| open(node, site.kind(), name)));
        let recording = desk.recording()?;
        // A node that adds to a span has the pipeline of that one, which may be another.
        recording.join(sink, above);
        Some(recording.node().clone())
    };
    OPENING.try_with(answer).ok().flatten()
}

/// What is being opened at this callsite, and its name; none where it is no span of ours.
pub(crate) fn asked(metadata: &Metadata<'_>) -> Option<(Kind, Cow<'static, str>)> {
    let asked = |slot: &RefCell<Option<Request>>| {
        let slot = slot.borrow();
        let request =
            slot.as_ref().filter(|request| request.site.metadata().callsite() == metadata.callsite())?;
        let node = request.answer.as_ref().and_then(|desk| desk.node());
        let name = node.map_or(&request.name, |node| &node.name);
        Some((request.site.kind(), name.clone()))
    };
    OPENING.try_with(asked).ok().flatten()
}

/// Adds a pipeline to those that listen to a span, unless it is there already, behind another layer of its own;
/// whether it was new.
pub(super) fn join(
    node: &Node,
    others: &mut Vec<Listener>,
    sink: &Arc<dyn Sink>,
    above: impl FnOnce() -> Option<SharedNode>,
) -> bool {
    let known = others.iter().map(|other| &other.sink);
    let is_new = !std::iter::once(&*node.sink).chain(known).any(|known| Arc::ptr_eq(known, sink));
    if is_new {
        node.allow_content(sink.content());
        node.add_listener(sink);
        let parent = match above() {
            // Of another trace, where the first pipeline saw nothing above: what it said holds for all.
            Some(above) if above.trace_id != node.trace_id => node.parent,
            above => above.map(|above| above.id_for(sink)),
        };
        others.push(Listener { sink: Arc::clone(sink), parent });
    }
    is_new
}
