use std::fmt;
use std::sync::Arc;

use tracing::{Dispatch, Subscriber};
use tracing_core::span;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use crate::span::{Node, Sink, answer};

/// The `tracing` layer of a [`Recount`](crate::Recount).
///
/// It listens to the spans of recount's own attributes and builders, and to nothing else; other layers see those
/// spans too, but never their arguments and results. Compose it, filter it, box it like any other layer:
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
pub struct Layer {
    /// Nothing, where the pipeline has nowhere to send a span to.
    sink: Option<Arc<dyn Sink>>,
    /// How to find the node of a span in the subscriber that this layer was put on.
    lookup: Option<Lookup>,
}

/// A function for the subscriber's type, which is only known where the layer is put on it.
type Lookup = fn(&Dispatch, &span::Id) -> Option<Arc<Node>>;

/// What a span carries in the registry, for its children and for [`current`](crate::current).
///
/// A type of our own, so that no other layer's extension is taken for it.
struct OpenSpan(Arc<Node>);

impl Layer {
    pub(crate) fn new(sink: Option<Arc<dyn Sink>>) -> Self {
        Self { sink, lookup: None }
    }

    /// The node of the innermost recount span that is current.
    ///
    /// By way of the dispatcher, not of a thread-local of ours: so it follows `with_subscriber`, entered
    /// spans and tasks as `tracing` does.
    pub(super) fn current_node(dispatch: &Dispatch) -> Option<Arc<Node>> {
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
        let node = answer(attributes.metadata(), sink, |kind, name| {
            // Not `scope()`, which looks the span itself up once more.
            let mut above = span.parent();
            let parent = loop {
                let Some(span) = above else { break None };
                if let Some(node) = node_of(&span) {
                    break Some(node);
                }
                above = span.parent();
            };
            Node::new(kind, name, parent.as_deref(), sink)
        });
        if let Some(node) = node {
            span.extensions_mut().insert(OpenSpan(node));
        }
    }
}

fn node_of<'a, R: LookupSpan<'a>>(span: &SpanRef<'a, R>) -> Option<Arc<Node>> {
    span.extensions().get::<OpenSpan>().map(|open| Arc::clone(&open.0))
}

impl fmt::Debug for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layer").field("enabled", &self.sink.is_some()).finish_non_exhaustive()
    }
}
