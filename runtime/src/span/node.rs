use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::Sink;
use crate::wire::{Field, Identity, Kind, SpanId, Tape, TraceId};

/// The most that is kept of the names of the tasks and tools above a span, in bytes, unless one name is longer.
const PATH_CAP: usize = 1024;

/// The half of an open span that others see: its children, through the registry, and
/// [`current`](crate::current).
///
/// Shared, and small: it lives in the registry for as long as `tracing` keeps the span, which may be longer
/// than the call. What is large (the tape of the arguments) is with the owner, who needs no lock for it.
pub(crate) struct Node {
    pub(crate) trace_id: TraceId,
    pub(crate) span_id: SpanId,
    pub(crate) parent: Option<SpanId>,
    pub(crate) kind: Kind,
    pub(crate) name: Cow<'static, str>,
    pub(crate) sink: Arc<dyn Sink>,
    /// One pipeline's wish at first; a further one may add its own, while the layers are asked, before
    /// anything is read.
    content: AtomicBool,
    /// Whose span it is, by the spans above it and its own name.
    given: Arc<Identity>,
    /// Whose span it is, where it says so itself.
    changed: OnceLock<Arc<Identity>>,
    /// Made for the first child: most tools have none.
    for_children: OnceLock<Arc<Identity>>,
    updates: Mutex<Updates>,
}

/// What was set from outside while the span was open.
///
/// On a tape of its own, since the owner writes to the other one without a lock. It is appended at the end,
/// and as the last entry counts, what was set replaces what was captured.
#[derive(Default)]
pub(crate) struct Updates {
    pub(crate) tape: Tape,
    pub(crate) failed: bool,
    pub(crate) ended: bool,
    /// Nothing that could be thrown out is left.
    full: bool,
}

impl Updates {
    /// What short facts, such as tokens, may take up beyond the cap, in bytes, all together.
    const RESERVE: usize = 64 << 10;
    const SHORT: usize = 1 << 10;

    /// Adds entries, within about `cap` bytes. What was replaced since is thrown out first: a text that is set anew
    /// with each chunk of a stream is one text.
    pub(super) fn add(&mut self, entries: &Tape, cap: usize) {
        if self.tape.len() + entries.len() > cap && !self.full {
            self.tape = self.tape.last_entries();
            // Else every further entry would be looked for room in vain.
            self.full = self.tape.len() > cap / 2;
        }
        // Events add up; the reserve is for facts that come once.
        let is_event = entries.entries().any(|entry| entry.field == Field::Event);
        let reserve = if entries.len() <= Self::SHORT && !is_event { Self::RESERVE } else { 0 };
        if self.tape.len() + entries.len() <= cap + reserve {
            self.tape.append(entries);
        }
    }
}

impl Node {
    /// A span below `parent`, or the root of a new trace.
    ///
    /// The ids come from the pipeline that was told first.
    pub(crate) fn new(
        kind: Kind,
        name: Cow<'static, str>,
        parent: Option<&Self>,
        sink: &Arc<dyn Sink>,
    ) -> Self {
        let inherited = parent.map_or_else(Arc::default, Self::identity_for_children);
        let given = match kind {
            Kind::Workflow | Kind::Interaction => {
                Arc::new(Identity { workflow: Some(Arc::from(&*name)), ..Arc::unwrap_or_clone(inherited) })
            }
            _ => inherited,
        };
        Self {
            trace_id: parent.map_or_else(|| sink.trace_id(), |parent| parent.trace_id),
            span_id: sink.span_id(),
            parent: parent.map(|parent| parent.span_id),
            kind,
            name,
            content: AtomicBool::new(sink.content()),
            sink: Arc::clone(sink),
            given,
            changed: OnceLock::new(),
            for_children: OnceLock::new(),
            updates: Mutex::default(),
        }
    }

    /// Whether arguments, results and messages are recorded, for any pipeline.
    pub(crate) fn content(&self) -> bool {
        self.content.load(Ordering::Relaxed)
    }

    /// Records content where a further pipeline asks for it.
    pub(super) fn allow_content(&self, content: bool) {
        self.content.fetch_or(content, Ordering::Relaxed);
    }

    /// Whose span it is.
    pub(crate) fn identity(&self) -> &Arc<Identity> {
        self.changed.get().unwrap_or(&self.given)
    }

    /// Changes the identity; only before the span has children.
    pub(crate) fn identify(&self, change: impl FnOnce(&mut Identity)) {
        let mut identity = Identity::clone(&self.given);
        change(&mut identity);
        // Whoever has said so once stays with it.
        let _ = self.changed.set(Arc::new(identity));
    }

    /// Agents, tasks and tools add their names to what is below them, not to themselves.
    fn identity_for_children(&self) -> Arc<Identity> {
        let identity = self.identity();
        if !matches!(self.kind, Kind::Agent | Kind::Task | Kind::Tool) {
            return Arc::clone(identity);
        }
        let derived = self.for_children.get_or_init(|| match self.kind {
            Kind::Agent => {
                Arc::new(Identity { agent: Some(Arc::from(&*self.name)), ..Identity::clone(identity) })
            }
            Kind::Task | Kind::Tool => {
                let path = match &identity.path {
                    // Of a deep recursion the outer part is kept: every span has its own copy.
                    Some(above) if above.len() + self.name.len() >= PATH_CAP => return Arc::clone(identity),
                    Some(above) => Arc::from(format!("{above}.{}", self.name)),
                    None => Arc::from(&*self.name),
                };
                Arc::new(Identity { path: Some(path), ..Identity::clone(identity) })
            }
            _ => Arc::clone(identity),
        });
        Arc::clone(derived)
    }

    /// What was set from outside. Nothing that can panic runs under the lock.
    pub(crate) fn updates(&self) -> MutexGuard<'_, Updates> {
        self.updates.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node")
            .field("trace_id", &self.trace_id)
            .field("span_id", &self.span_id)
            .field("kind", &self.kind)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
