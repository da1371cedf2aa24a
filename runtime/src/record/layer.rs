use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tracing::{Dispatch, Metadata, Subscriber};
use tracing_core::{Event, span};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use super::fields::{read, read_error};
use super::foreign::{ForeignSpan, declared};
use super::sampling::{Decision, Head};
use crate::span::capture::Limits;
use crate::span::{SharedNode, Sink, answer, asked};
use crate::wire::{Kind, Tape};

/// The `tracing` layer of a [`Recount`](crate::Recount).
///
/// It listens to the spans of recount's own attributes and builders; other layers see those spans too, but never
/// their arguments and results. Compose it, filter it, box it like any other layer:
///
/// ```
/// use tracing_subscriber::prelude::*;
///
/// # fn main() -> Result<(), recount::Error> {
/// let recount = recount::builder().build()?;
/// let _guard = tracing_subscriber::registry().with(recount.layer()).set_default();
/// # Ok(())
/// # }
/// ```
///
/// Behind a `tracing_subscriber::reload::Layer`, which hides its content, spans are recorded all the same, but
/// [`current`](crate::current) finds none.
///
/// Filters count: a span that a filter of this layer, or one for all layers, leaves out is not recorded, and
/// its children become those of the span above.
///
/// # Spans of other crates
///
/// Some crates open spans of their own for calls of models, tools and agents: `rig` and `genai` do, with the
/// attributes of OpenTelemetry as fields (`gen_ai.operation.name`, `gen_ai.request.model`, …). The layer records
/// those as typed spans, as complete as their fields are, unless [told not to](crate::Builder::foreign_spans). A span
/// without such fields is passed over; of one that has them, all other fields become attributes. `otel.name`,
/// `otel.kind`, `otel.status_code`, `error` and `error.type` mean what they mean to `tracing-opentelemetry`, and an
/// event of the level `ERROR` right inside the span fails it. The span begins when it is made and ends when it is
/// closed; it need not be entered.
///
/// Such a span says no more than its crate tells. `rig` 0.44 tells no error of a model call that was refused, nor of a
/// stream that broke off, and of that one no tokens either: its span looks like one that ended well. An annotated
/// function around the call, or a client below it that is instrumented, says what is missing.
///
/// A call is never counted twice. Where several tell of one call of a model, the outermost span is exported, and the
/// others add to it what it does not say itself:
///
/// - **Theirs inside of ours** (`#[llm_span]` on a function that calls `genai`): ours. What their fields say
///   fills in what the function's arguments and result do not; how the call ended is ours to say.
/// - **Ours inside of theirs** (`#[llm_span]` on a model of your own that `rig` calls, a client that is
///   instrumented): theirs, with what ours recorded. Of several attempts, the last one that succeeded counts, else
///   the last one that failed: its answer, its tokens, how it ended.
/// - **Ours inside of ours** are two calls: you wrote both.
///
/// Theirs is a call where it has a field for the model that is asked (`gen_ai.request.model`), or its operation is one
/// that asks a model (`chat`, `text_completion`, `generate_content`, `embeddings`). One that tells less, no more than
/// whose models are used say, may stand for many calls: it is exported, and those below it stay spans of their own.
///
/// A pipeline that does not record their span, since it is [told not to](crate::Builder::foreign_spans) or filters it
/// out, gets ours as a span of its own.
///
/// The same goes for a tool inside of a tool of the same name. Agents and workflows stay apart from what they do, and
/// their tokens are not exported, since those of the model calls below are.
pub struct Layer {
    /// Nothing, where the pipeline has nowhere to send a span to.
    sink: Option<Arc<dyn Sink>>,
    /// How to find the node of a span in the subscriber that this layer was put on.
    lookup: Option<Lookup>,
    /// What decides which traces are recorded; none, where all are.
    head: Option<Arc<Head>>,
    /// Whether spans of other crates are recorded.
    foreign: bool,
    /// How many of them are open: while there are none, nothing is looked up for records, events and closed spans.
    open: AtomicUsize,
}

/// A function for the subscriber's type, which is only known where the layer is put on it.
type Lookup = fn(&Dispatch, &span::Id) -> Option<SharedNode>;

/// What a span carries in the registry, for its children and for [`current`](crate::current).
///
/// A type of our own, so that no other layer's extension is taken for it.
struct OpenSpan(SharedNode);

impl Layer {
    pub(crate) fn new(sink: Option<Arc<dyn Sink>>, head: Arc<Head>, foreign: bool) -> Self {
        let sink = sink.filter(|_| !head.is_off());
        let head = Some(head).filter(|head| !head.is_on());
        Self { sink, lookup: None, head, foreign, open: AtomicUsize::new(0) }
    }

    /// The pipeline, where spans of other crates are open that it records.
    fn listening(&self) -> Option<&Arc<dyn Sink>> {
        self.sink.as_ref().filter(|_| self.open.load(Ordering::Relaxed) > 0)
    }

    /// Opens a span of another crate, where it is one that matters; joins one that another pipeline has opened.
    fn open_foreign<'a, R: LookupSpan<'a>>(
        &self,
        attributes: &span::Attributes<'_>,
        span: &SpanRef<'a, R>,
        sink: &Arc<dyn Sink>,
    ) {
        // Most spans have no fields at all.
        if !self.foreign || attributes.metadata().fields().is_empty() {
            return;
        }
        let metadata = attributes.metadata();
        let asked = || Some((declared(metadata)?, metadata.name().into()));
        let Decision::Record(trace) = self.sample(span, sink, metadata, asked) else { return };
        if let Some(opened) = span.extensions_mut().get_mut::<ForeignSpan>() {
            opened.join(attributes, sink, || heard_above(span, node_above(span), sink));
            return;
        }
        if let Some(foreign) = ForeignSpan::open(attributes, sink, trace, || node_above(span)) {
            self.open.fetch_add(1, Ordering::Relaxed);
            let mut extensions = span.extensions_mut();
            extensions.insert(OpenSpan(foreign.node().clone()));
            extensions.insert(foreign);
        }
    }

    /// Whether the pipeline records a new span, if that is one that is `asked` for.
    #[inline]
    fn sample<'a, R: LookupSpan<'a>>(
        &self,
        span: &SpanRef<'a, R>,
        sink: &Arc<dyn Sink>,
        metadata: &Metadata<'_>,
        asked: impl FnOnce() -> Option<(Kind, Cow<'static, str>)>,
    ) -> Decision {
        match self.head.as_ref().and_then(|head| Some((head, asked()?))) {
            None => Decision::Record(None),
            Some((head, (kind, name))) => head.sample(span, sink, (kind, &name), metadata),
        }
    }

    /// Counts a span that begins after the end of its pipeline; nothing of it is read.
    #[cold]
    fn miss(&self, metadata: &Metadata<'_>, sink: &Arc<dyn Sink>) {
        if asked(metadata).is_some() || (self.foreign && declared(metadata).is_some()) {
            sink.missed();
        }
    }

    /// The node of the innermost recount span that is current.
    ///
    /// By way of the dispatcher, not of a thread-local of ours: so it follows `with_subscriber`, entered
    /// spans and tasks as `tracing` does.
    pub(super) fn current_node(dispatch: &Dispatch) -> Option<SharedNode> {
        let lookup = dispatch.downcast_ref::<Self>()?.lookup?;
        lookup(dispatch, dispatch.current_span().id()?)
    }
}

impl<S> tracing_subscriber::Layer<S> for Layer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_layer(&mut self, _subscriber: &mut S) {
        self.lookup = Some(|dispatch, id| {
            let span = dispatch.downcast_ref::<S>()?.span(id)?;
            span.scope().find_map(|span| node_of(&span))
        });
    }

    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &span::Id, context: Context<'_, S>) {
        let (Some(sink), Some(span)) = (&self.sink, context.span(id)) else { return };
        let metadata = attributes.metadata();
        let Decision::Record(trace) = self.sample(&span, sink, metadata, || asked(metadata)) else { return };
        if !sink.is_open() {
            return self.miss(metadata, sink);
        }
        let heard_above = || heard_above(&span, node_above(&span), sink);
        let node = answer(metadata, sink, heard_above, |node, kind, name| {
            let mut is_heard = true;
            with_node_above(&span, |above| match above {
                Some(above) if above.is_foreign() && above.is_same_work(kind, &name) => {
                    node.open_within(above, kind, name);
                }
                Some(above) => {
                    is_heard = above.is_heard_by(sink);
                    node.open(kind, name, Some(above), sink);
                }
                None => {
                    node.open(kind, name, None, sink);
                    node.move_to(trace);
                }
            });
            // The trace and whose span it is are the same for all pipelines, whichever is told first.
            if !is_heard {
                node.move_below(heard_above().as_deref());
            }
        });
        match node {
            Some(node) => span.extensions_mut().insert(OpenSpan(node)),
            None => self.open_foreign(attributes, &span, sink),
        }
    }

    fn on_record(&self, id: &span::Id, values: &span::Record<'_>, context: Context<'_, S>) {
        let Some((sink, span)) = self.listening().zip(context.span(id)) else { return };
        record(&span, sink, |kind, content, limits| {
            Some(read(kind, content, limits, |to| values.record(to)))
        });
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let Some(sink) = self.listening() else { return };
        let around = context.event_scope(event).into_iter().flatten();
        if let Some(span) = around.into_iter().find(|span| node_of(span).is_some()) {
            record(&span, sink, |_, content, limits| read_error(event, content, limits));
        }
    }

    fn on_close(&self, id: span::Id, context: Context<'_, S>) {
        let Some((sink, span)) = self.listening().zip(context.span(&id)) else { return };
        let mut extensions = span.extensions_mut();
        let foreign = extensions.get_mut::<ForeignSpan>().filter(|foreign| foreign.is_written_by(sink));
        let Some(foreign) = foreign else { return };
        let recording = foreign.take();
        drop(extensions);
        self.open.fetch_sub(1, Ordering::Relaxed);
        if let Some(mut recording) = recording {
            let end = recording.now();
            let _ = recording.end(None, end);
        }
    }
}

/// Adds what `read` has to say to a span of another crate. The registry's lock is not held while it reads, since that
/// runs code of the user's, which may log.
fn record<'a, R: LookupSpan<'a>>(
    span: &SpanRef<'a, R>,
    sink: &Arc<dyn Sink>,
    read: impl FnOnce(Kind, bool, Limits) -> Option<Tape>,
) {
    let reading = {
        let extensions = span.extensions();
        let foreign = extensions.get::<ForeignSpan>().filter(|foreign| foreign.is_written_by(sink));
        foreign.map(ForeignSpan::reading)
    };
    let Some((kind, content, limits)) = reading else { return };
    if let Some(fields) = read(kind, content, limits)
        && let Some(foreign) = span.extensions_mut().get_mut::<ForeignSpan>()
    {
        foreign.record(&fields);
    }
}

/// Reads the node of the nearest span above that has one. Nothing else is looked up in the meantime: the registry has
/// locked what the span carries.
///
/// Not by way of an iterator: `scope()` looks the span itself up once more, and `successors` one span too many.
fn with_node_above<'a, R: LookupSpan<'a>, T>(
    span: &SpanRef<'a, R>,
    read: impl FnOnce(Option<&SharedNode>) -> T,
) -> T {
    let mut above = span.parent();
    while let Some(span) = above {
        if let Some(open) = span.extensions().get::<OpenSpan>() {
            return read(Some(&open.0));
        }
        above = span.parent();
    }
    read(None)
}

/// The node of the nearest span above that has one.
fn node_above<'a, R: LookupSpan<'a>>(span: &SpanRef<'a, R>) -> Option<SharedNode> {
    with_node_above(span, |above| Some(above?.clone()))
}

/// The node of the nearest span above that this pipeline records; `nearest` is that of the nearest span of all.
fn heard_above<'a, R: LookupSpan<'a>>(
    span: &SpanRef<'a, R>,
    nearest: Option<SharedNode>,
    sink: &Arc<dyn Sink>,
) -> Option<SharedNode> {
    match nearest {
        Some(node) if !node.is_heard_by(sink) => {
            ancestors(span).filter_map(|span| node_of(&span)).find(|node| node.is_heard_by(sink))
        }
        nearest => nearest,
    }
}

pub(super) fn ancestors<'a, R: LookupSpan<'a>>(
    span: &SpanRef<'a, R>,
) -> impl Iterator<Item = SpanRef<'a, R>> {
    std::iter::successors(span.parent(), SpanRef::parent)
}

pub(super) fn node_of<'a, R: LookupSpan<'a>>(span: &SpanRef<'a, R>) -> Option<SharedNode> {
    span.extensions().get::<OpenSpan>().map(|open| open.0.clone())
}

impl fmt::Debug for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layer").field("enabled", &self.sink.is_some()).finish_non_exhaustive()
    }
}
