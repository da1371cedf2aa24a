use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::updates::Updates;
use super::{SharedNode, Sink};
use crate::llm::partial::head;
use crate::wire::{Field, Identity, Kind, SpanId, Tape, TraceId};

/// The most that is kept of the names of the tasks and tools above a span, in bytes, unless one name is longer.
const PATH_CAP: usize = 1024;

/// The most that is kept of a name that was made while the program ran, in bytes: it is copied to the spans below.
const NAME_CAP: usize = 1024;

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
    origin: Origin,
    pub(crate) sink: Recipient,
    /// One pipeline's wish at first; a further one may add its own, while the layers are asked, before
    /// anything is read.
    content: AtomicBool,
    /// Whose span the last root was that this was the node of, and how many roots it has served.
    root: (Arc<Identity>, u8),
    /// Whose span it is, by the spans above it and its own name.
    ///
    /// There until the record is made, which gets it.
    given: Option<Arc<Identity>>,
    /// Whose span it is, where it says so itself.
    changed: OnceLock<Arc<Identity>>,
    /// Made for the first child: most tools have none.
    for_children: OnceLock<Arc<Identity>>,
    updates: Mutex<Updates>,
}

/// The pipeline that gets a span's record; none of a node that is vacant, so that a thread keeps nothing of a pipeline
/// that is gone.
#[derive(Default)]
pub(crate) struct Recipient(Option<Arc<dyn Sink>>);

impl Deref for Recipient {
    type Target = Arc<dyn Sink>;

    fn deref(&self) -> &Arc<dyn Sink> {
        let Some(sink) = &self.0 else { unreachable!("a node that is vacant is nobody's") };
        sink
    }
}

/// Who opened a span.
enum Origin {
    /// An attribute or a builder of recount.
    Own,
    /// Another crate.
    Foreign(Box<Foreign>),
    /// An attribute or a builder, for a call that another crate has opened a span for: it adds to that one.
    Within {
        outer: SharedNode,
        /// For pipelines that do not listen to the outer one.
        id: OnceLock<SpanId>,
    },
}

/// What is known of a span that another crate has opened.
#[derive(Default)]
struct Foreign {
    /// Some tell the name of a tool after the span is open.
    name: OnceLock<Box<str>>,
    /// Whether it stands for one call, so that what is within is that call.
    is_call: AtomicBool,
    /// The pipelines that record it, besides the node's own.
    listeners: Mutex<Vec<Arc<dyn Sink>>>,
}

impl Node {
    /// How many values of full length are kept of what another crate's span says.
    const FOREIGN_CAPS: usize = 16;

    /// A node of no span.
    pub(crate) fn vacant() -> Self {
        Self {
            trace_id: TraceId::from_bytes([0; 16]),
            span_id: SpanId::from_bytes([0; 8]),
            parent: None,
            kind: Kind::Task,
            name: Cow::Borrowed(""),
            origin: Origin::Own,
            content: AtomicBool::default(),
            sink: Recipient::default(),
            root: (Arc::default(), 0),
            given: None,
            changed: OnceLock::new(),
            for_children: OnceLock::new(),
            updates: Mutex::default(),
        }
    }

    /// Makes it the node of a span below `parent`, or of the root of a new trace. Nothing is left of the span before.
    ///
    /// The ids come from the pipeline that was told first.
    pub(crate) fn open(
        &mut self,
        kind: Kind,
        name: Cow<'static, str>,
        parent: Option<&Self>,
        sink: &Arc<dyn Sink>,
    ) {
        let name = shortened(name);
        let given = match (kind, parent.map(Self::identity_for_children)) {
            (Kind::Workflow | Kind::Interaction, None) => self.root_identity(Some(&name)),
            (Kind::Workflow | Kind::Interaction, Some(inherited)) => {
                let inherited = Arc::unwrap_or_clone(inherited);
                Arc::new(Identity { workflow: Some(Arc::from(&*name)), ..inherited })
            }
            (_, None) => self.root_identity(None),
            (_, Some(inherited)) => inherited,
        };
        self.trace_id = parent.map_or_else(|| sink.trace_id(), |parent| parent.trace_id);
        self.span_id = sink.span_id();
        self.parent = parent.map(|parent| parent.id_for(sink));
        self.begin(kind, name, given, sink, sink.content());
    }

    /// Makes it the node of a span that another crate has opened.
    pub(crate) fn open_foreign(
        &mut self,
        kind: Kind,
        name: Cow<'static, str>,
        parent: Option<&Self>,
        sink: &Arc<dyn Sink>,
    ) {
        self.open(kind, name, parent, sink);
        self.origin = Origin::Foreign(Box::default());
    }

    /// Makes it the node of a call that `outer` stands for already: what is recorded of it goes there when it ends.
    ///
    /// Spans below it are below the outer one, which is the one that is exported.
    pub(crate) fn open_within(&mut self, outer: &SharedNode, kind: Kind, name: Cow<'static, str>) {
        (self.trace_id, self.span_id, self.parent) = (outer.trace_id, outer.span_id, outer.parent);
        self.begin(kind, shortened(name), outer.identity(), &outer.sink, outer.content());
        self.origin = Origin::Within { outer: outer.clone(), id: OnceLock::new() };
    }

    fn begin(
        &mut self,
        kind: Kind,
        name: Cow<'static, str>,
        given: Arc<Identity>,
        sink: &Arc<dyn Sink>,
        content: bool,
    ) {
        // It is vacant, but where somebody else had it until after the end of the span before.
        if self.given.is_some() {
            self.vacate();
        }
        (self.kind, self.name, self.given) = (kind, name, Some(given));
        *self.content.get_mut() = content;
        self.sink = Recipient(Some(Arc::clone(sink)));
    }

    /// Lets go of everything that the span's record has not taken along.
    pub(super) fn vacate(&mut self) {
        self.origin = Origin::Own;
        self.sink = Recipient::default();
        self.given = None;
        self.changed.take();
        self.for_children.take();
        *self.updates_mut() = Updates::default();
    }

    /// Whose span a root is that has not said so: the same for roots of a name, which mostly come one after the other.
    ///
    /// Not for ever: the worker lets go of what it has exported, and two threads that count references to one thing at the
    /// same time wait for each other. What it exports is some roots old.
    fn root_identity(&mut self, workflow: Option<&str>) -> Arc<Identity> {
        const SERVED: u8 = 32;
        let (known, served) = &mut self.root;
        if known.workflow.as_deref() != workflow || *served >= SERVED {
            let identity = Identity { workflow: workflow.map(Arc::from), ..Identity::default() };
            (*known, *served) = (Arc::new(identity), 0);
        }
        *served += 1;
        Arc::clone(known)
    }

    /// Whether another crate has opened the span.
    pub(crate) fn is_foreign(&self) -> bool {
        matches!(self.origin, Origin::Foreign(_))
    }

    /// The node that this one adds to.
    pub(super) fn outer(&self) -> Option<&SharedNode> {
        match &self.origin {
            Origin::Within { outer, .. } => Some(outer),
            _ => None,
        }
    }

    /// Moves the span below another one, the nearest that its pipeline records.
    pub(crate) fn move_below(&mut self, above: Option<&Self>) {
        self.parent = above.map(|above| above.id_for(&self.sink));
    }

    /// Makes the span the root of the trace that a sampler was asked about.
    pub(crate) fn move_to(&mut self, trace: Option<TraceId>) {
        self.trace_id = trace.unwrap_or(self.trace_id);
    }

    /// Whether this pipeline records the span. Of ours, whoever finds it in the registry does.
    pub(crate) fn is_heard_by(&self, sink: &Arc<dyn Sink>) -> bool {
        let Origin::Foreign(foreign) = &self.origin else { return true };
        let is_it = |known: &Arc<dyn Sink>| Arc::ptr_eq(known, sink);
        is_it(&self.sink) || foreign.listeners().iter().any(is_it)
    }

    /// A further pipeline records the span.
    pub(super) fn add_listener(&self, sink: &Arc<dyn Sink>) {
        if let Origin::Foreign(foreign) = &self.origin {
            foreign.listeners().push(Arc::clone(sink));
        }
    }

    /// Whether a record of its own goes to a further pipeline: not where what is recorded is added to a span that
    /// this pipeline has as well.
    pub(super) fn is_sent_to(&self, sink: &Arc<dyn Sink>) -> bool {
        self.outer().is_none_or(|outer| !outer.is_heard_by(sink))
    }

    /// The id of the span as this pipeline knows it, for its record and for the spans below it.
    pub(super) fn id_for(&self, sink: &Arc<dyn Sink>) -> SpanId {
        match &self.origin {
            Origin::Within { id, .. } if self.is_sent_to(sink) => *id.get_or_init(|| self.sink.span_id()),
            _ => self.span_id,
        }
    }

    /// Whether a span of this kind and name, right below, is the same piece of work, seen by somebody else.
    ///
    /// Whatever happens inside of one call of a model is that call; of a span of another crate that might stand for
    /// several, nobody knows. Tools may call tools, and are the same where they have the same name.
    pub(crate) fn is_same_work(&self, kind: Kind, name: &str) -> bool {
        let same = match kind {
            Kind::Llm => self.kind == Kind::Llm && self.is_call(),
            Kind::Tool => self.kind == Kind::Tool && self.name() == name,
            _ => false,
        };
        same && !self.updates().ended
    }

    /// Whether the span stands for one call.
    pub(super) fn is_call(&self) -> bool {
        match &self.origin {
            Origin::Foreign(foreign) => foreign.is_call.load(Ordering::Relaxed),
            _ => true,
        }
    }

    /// Says that a span that another crate has opened stands for one call.
    pub(crate) fn set_call(&self) {
        if let Origin::Foreign(foreign) = &self.origin {
            foreign.is_call.store(true, Ordering::Relaxed);
        }
    }

    /// Tells the name of a span that another crate has opened; the first one counts.
    pub(crate) fn set_name(&self, name: &str) {
        if let Origin::Foreign(foreign) = &self.origin {
            foreign.name.get_or_init(|| head(name, NAME_CAP).into());
        }
    }

    fn name(&self) -> &str {
        match &self.origin {
            Origin::Foreign(foreign) => foreign.name.get().map_or(&*self.name, |name| name),
            _ => &self.name,
        }
    }

    /// Whether arguments, results and messages are recorded, for any pipeline.
    pub(crate) fn content(&self) -> bool {
        self.content.load(Ordering::Relaxed)
    }

    /// Whether entries of this field are written.
    ///
    /// The arguments and results of a model call are where content is off, too: model, tokens and finish reasons
    /// stand in them. The worker takes out the content before anybody else sees the record.
    pub(crate) fn reads(&self, field: Field) -> bool {
        let is_value = || {
            matches!(
                field,
                Field::Argument
                    | Field::Input
                    | Field::Output
                    | Field::Item
                    | Field::RequestBody
                    | Field::ResponseBody
                    | Field::ResponseChunk
            )
        };
        self.content() || !field.is_content() || self.kind == Kind::Llm && is_value()
    }

    /// Records content where a further pipeline asks for it.
    pub(super) fn allow_content(&self, content: bool) {
        self.content.fetch_or(content, Ordering::Relaxed);
    }

    /// Whose span it is.
    pub(super) fn identity(&self) -> Arc<Identity> {
        self.changed.get().or(self.given.as_ref()).cloned().unwrap_or_default()
    }

    /// Whose span it was, for its record, where nobody else has the node.
    pub(super) fn take_identity(&mut self) -> Arc<Identity> {
        self.changed.take().or(self.given.take()).unwrap_or_default()
    }

    /// Changes the identity; only before the span has children.
    pub(crate) fn identify(&self, change: impl FnOnce(&mut Identity)) {
        let mut identity = self.given.as_deref().cloned().unwrap_or_default();
        change(&mut identity);
        // Whoever has said so once stays with it.
        let _ = self.changed.set(Arc::new(identity));
    }

    /// Agents, tasks and tools add their names to what is below them, not to themselves.
    fn identity_for_children(&self) -> Arc<Identity> {
        let identity = self.identity();
        if !matches!(self.kind, Kind::Agent | Kind::Task | Kind::Tool) {
            return identity;
        }
        let derived = self.for_children.get_or_init(|| match self.kind {
            Kind::Agent => {
                Arc::new(Identity { agent: Some(Arc::from(self.name())), ..Identity::clone(&identity) })
            }
            Kind::Task | Kind::Tool => {
                let path = match &identity.path {
                    // Of a deep recursion the outer part is kept: every span has its own copy.
                    Some(above) if above.len() + self.name().len() >= PATH_CAP => {
                        return Arc::clone(&identity);
                    }
                    Some(above) => Arc::from(format!("{above}.{}", self.name())),
                    None => Arc::from(self.name()),
                };
                Arc::new(Identity { path: Some(path), ..Identity::clone(&identity) })
            }
            _ => Arc::clone(&identity),
        });
        Arc::clone(derived)
    }

    /// Takes over what a span of another crate says that is a part of this one; after the end it is too late.
    pub(crate) fn observe(&self, seen: &Tape) {
        let mut updates = self.updates();
        if updates.ended {
            return;
        }
        let observed = &mut updates.told().observed;
        observed.append(seen);
        self.bound(observed);
    }

    /// Keeps within bounds what a span of another crate says, however often.
    pub(crate) fn bound(&self, said: &mut Tape) {
        let cap = Self::FOREIGN_CAPS.saturating_mul(self.sink.value_cap());
        if said.len() > cap {
            // A field that is recorded again and again is one field.
            *said = said.last_entries();
        }
        if said.len() > cap {
            // Many names of long values: nobody's model call.
            *said = Tape::default();
        }
    }

    /// What was set from outside. Nothing that can panic runs under the lock.
    pub(crate) fn updates(&self) -> MutexGuard<'_, Updates> {
        self.updates.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was set from outside, where nobody else can be setting anything.
    pub(super) fn updates_mut(&mut self) -> &mut Updates {
        self.updates.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shortened(name: Cow<'static, str>) -> Cow<'static, str> {
    match name {
        Cow::Owned(name) if name.len() > NAME_CAP => Cow::Owned(format!("{}…", head(&name, NAME_CAP))),
        name => name,
    }
}

impl Foreign {
    fn listeners(&self) -> MutexGuard<'_, Vec<Arc<dyn Sink>>> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
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
