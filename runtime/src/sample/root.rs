use crate::wire::{Kind, TraceId};

/// What is known of a trace when it begins: its first span, before any argument is read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Root<'a> {
    /// The id that the trace has, if it is kept.
    pub trace_id: TraceId,
    /// What the first span stands for.
    pub kind: Kind,
    /// Its name: the function's, unless another was given. Of a span that another crate opens, the name in its code.
    pub name: &'a str,
    /// Its `tracing` target: the path of the module, unless another was given.
    pub target: &'a str,
}

impl<'a> Root<'a> {
    /// A root for tests of samplers of your own.
    ///
    /// ```
    /// use recount::sample::{Root, Sampler};
    /// use recount::wire::{Kind, TraceId};
    ///
    /// let sampler = Sampler::by(|root| root.name != "health");
    /// let root = |name| Root::new(TraceId::from_bytes([1; 16]), Kind::Workflow, name, "bot::web");
    /// assert!(sampler.samples(&root("answer")) && !sampler.samples(&root("health")));
    /// ```
    #[must_use]
    pub fn new(trace_id: TraceId, kind: Kind, name: &'a str, target: &'a str) -> Self {
        Self { trace_id, kind, name, target }
    }
}
