//! Which spans a pipeline records: all of a trace, or none.
//!
//! A sampler is asked about the first span of a trace. Where it says no, the span is marked in the registry, and so are
//! some of those below it: a span looks no further up than to the next one that knows.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::Metadata;
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use super::layer::{ancestors, node_of};
use crate::sample::{Root, Sampler};
use crate::span::Sink;
use crate::wire::{Kind, TraceId};

/// The sampler of a pipeline, shared by its layers.
#[derive(Debug)]
pub(crate) struct Head {
    sampler: Sampler,
    /// Tells the pipelines of a program apart.
    number: u64,
}

/// Whether a pipeline records a span.
pub(super) enum Decision {
    LeaveOut,
    /// In this trace, where a sampler was asked.
    Record(Option<TraceId>),
}

/// What a span carries in the registry that pipelines have sampled out.
struct SampledOut {
    /// What the trace would be called; all samplers judge the same id, else their shares would add up.
    trace_id: TraceId,
    by: u64,
    also_by: Vec<u64>,
}

impl SampledOut {
    fn is_by(&self, number: u64) -> bool {
        self.by == number || self.also_by.contains(&number)
    }
}

impl Head {
    /// How many spans a span looks up before it is marked itself: to mark one is as dear as to look up three.
    const FAR: usize = 2;

    pub(crate) fn new(sampler: Sampler) -> Self {
        static PIPELINES: AtomicU64 = AtomicU64::new(0);
        Self { sampler, number: PIPELINES.fetch_add(1, Ordering::Relaxed) }
    }

    /// Whether every trace is recorded, so that nothing is looked up.
    pub(super) fn is_on(&self) -> bool {
        self.sampler.is_on()
    }

    /// Whether no trace is ever recorded.
    pub(crate) fn is_off(&self) -> bool {
        self.sampler.is_off()
    }

    /// Whether the pipeline records a new span.
    ///
    /// Runs code of the user's where the span is the first of its trace: no lock may be held.
    pub(super) fn sample<'a, R: LookupSpan<'a>>(
        &self,
        span: &SpanRef<'a, R>,
        sink: &Arc<dyn Sink>,
        (kind, name): (Kind, &str),
        metadata: &Metadata<'_>,
    ) -> Decision {
        let (mut known, mut recorded) = (None, false);
        for (distance, above) in ancestors(span).enumerate() {
            if let Some(out) = above.extensions().get::<SampledOut>() {
                if out.is_by(self.number) {
                    if distance >= Self::FAR {
                        self.mark(span, out.trace_id);
                    }
                    return Decision::LeaveOut;
                }
                known = known.or(Some(out.trace_id));
            }
            if let Some(node) = node_of(&above) {
                if Arc::ptr_eq(&node.sink, sink) {
                    return Decision::Record(Some(node.trace_id));
                }
                // By another pipeline, and perhaps by this one too: the first span of the trace is marked, if not.
                recorded |= node.is_heard_by(sink);
                known = known.or(Some(node.trace_id));
            }
        }
        if recorded {
            return Decision::Record(known);
        }
        // Another layer of this pipeline has asked.
        if let Some(node) = node_of(span).filter(|node| Arc::ptr_eq(&node.sink, sink)) {
            return Decision::Record(Some(node.trace_id));
        }
        if span.extensions().get::<SampledOut>().is_some_and(|out| out.is_by(self.number)) {
            return Decision::LeaveOut;
        }
        let trace_id = known.or_else(|| trace_of(span)).unwrap_or_else(|| sink.trace_id());
        if self.ask(&Root::new(trace_id, kind, name, metadata.target())) {
            return Decision::Record(Some(trace_id));
        }
        self.mark(span, trace_id);
        Decision::LeaveOut
    }

    /// What the sampler itself does is not recorded: to ask it about that would never end.
    fn ask(&self, root: &Root<'_>) -> bool {
        thread_local! {
            static ASKING: Cell<bool> = const { Cell::new(false) };
        }
        let ask = |asking: &Cell<bool>| {
            if asking.replace(true) {
                return false;
            }
            let sampled = self.sampler.samples(root);
            asking.set(false);
            sampled
        };
        ASKING.try_with(ask).unwrap_or_default()
    }

    fn mark<'a, R: LookupSpan<'a>>(&self, span: &SpanRef<'a, R>, trace_id: TraceId) {
        let mut extensions = span.extensions_mut();
        match extensions.get_mut::<SampledOut>() {
            Some(out) => out.also_by.push(self.number),
            None => extensions.insert(SampledOut { trace_id, by: self.number, also_by: Vec::new() }),
        }
    }
}

/// The trace that another pipeline has put the span in already.
fn trace_of<'a, R: LookupSpan<'a>>(span: &SpanRef<'a, R>) -> Option<TraceId> {
    let recorded = node_of(span).map(|node| node.trace_id);
    recorded.or_else(|| span.extensions().get::<SampledOut>().map(|out| out.trace_id))
}
