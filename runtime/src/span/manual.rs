//! Spans that are opened by hand, as complete as those of the attributes.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;
use std::thread;
use std::time::SystemTime;

use serde::Serialize;
use tracing_core::Level;
use tracing_core::span::Id;

use super::call::{Parent, began_to_unwind};
use super::future::future;
use super::{Call, CurrentSpan, Site};
use crate::wire::{Field, Kind, Message, Usage};

macro_rules! openers {
    ($($(#[$doc:meta])* $function:ident => $kind:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[must_use = "a builder does nothing until the span is started"]
        pub fn $function(name: impl Into<Cow<'static, str>>) -> SpanBuilder {
            let site = crate::__recount_site!($kind, stringify!($function), "recount", Level::INFO);
            SpanBuilder::new(site, name.into())
        }
    )*};
}

openers! {
    /// A call of a language model; the name is that of the model that is asked.
    llm => Llm,
    /// The execution of a tool.
    tool => Tool,
    /// An agent at work.
    agent => Agent,
    /// A whole job; its name is copied to every span below.
    workflow => Workflow,
    /// One step of a job.
    task => Task,
    /// A look-up in a data source; the name is that of the source.
    retrieval => Retrieval,
    /// One turn of one user; its user, conversation, tags and properties are copied to every span below.
    interaction => Interaction,
}

/// A span that is about to be opened; made by [`llm`], [`tool`], [`agent`], [`workflow`], [`task`],
/// [`retrieval`] and [`interaction`].
///
/// ```
/// use recount::span;
///
/// let total = span::task("add up").input(&[1, 2, 3]).in_scope(|| [1, 2, 3].iter().sum::<i32>());
/// # assert_eq!(total, 6);
///
/// // Work that is over already.
/// let began = std::time::SystemTime::now();
/// span::tool("lookup").input("key").output("value").start_time(began).emit();
/// ```
#[must_use = "a builder does nothing until the span is started"]
pub struct SpanBuilder {
    site: &'static Site,
    name: Cow<'static, str>,
    parent: Parent,
    /// Opened by the first fact that is set, so that nothing is serialized where nobody listens.
    call: Option<Call>,
    start: Option<SystemTime>,
    end: Option<SystemTime>,
}

macro_rules! setters {
    ($($(#[$doc:meta])* $setter:ident $([$key:ident])? ($type:ty) => $field:ident),* $(,)?) => {$(
        $(#[$doc])*
        pub fn $setter(self, $($key: &str,)? value: $type) -> Self {
            self.set(Field::$field, setters!(@name $($key)?), &value)
        }
    )*};
    (@name) => { None };
    (@name $key:ident) => { Some($key) };
}

impl SpanBuilder {
    fn new(site: &'static Site, name: Cow<'static, str>) -> Self {
        Self { site, name, parent: Parent::Current, call: None, start: None, end: None }
    }

    setters! {
        /// Sets the input.
        input(impl Serialize) => Input,
        /// Sets the output.
        output(impl Serialize) => Output,
        /// Sets an attribute; see [`CurrentSpan::set_attribute`].
        attribute[key](impl Serialize) => Attribute,
        /// Sets the provider of the model, by the name that OpenTelemetry knows it by.
        provider(&str) => Provider,
        /// Sets the model that was asked for: the name of an [`llm`] span, unless set here.
        model(&str) => RequestModel,
        /// Sets the `GenAI` operation of an [`llm`] span: `chat` unless set here.
        operation(&str) => Operation,
        /// Sets the model that answered.
        response_model(&str) => ResponseModel,
        /// Sets the provider's id of the response.
        response_id(&str) => ResponseId,
        /// Sets why the model stopped, one word for each choice.
        finish_reasons(&[&str]) => FinishReasons,
        /// Sets the tokens of the call.
        usage(Usage) => Usage,
        /// Sets the price of the call, in US dollars.
        cost(f64) => Cost,
        /// Sets a parameter of the request by its OpenTelemetry name.
        parameter[name](impl Serialize) => Parameters,
        /// Sets the messages of the request.
        input_messages(&[Message]) => InputMessages,
        /// Sets the messages of the response, one for each choice.
        output_messages(&[Message]) => OutputMessages,
        /// Sets the system prompt where it travels apart from the messages.
        system_instructions(&str) => SystemInstructions,
        /// Says what the tool or agent is for.
        description(&str) => Description,
        /// Sets the stable id of a hosted agent.
        id(&str) => Id,
        /// Sets the version of the agent, workflow or task.
        version(impl Serialize) => Version,
        /// Sets the id by which the model asked for this call of a tool.
        call_id(&str) => CallId,
        /// Sets the question of a retrieval.
        query(&str) => Query,
        /// Sets how many documents a retrieval asks for.
        top_k(u64) => TopK,
        /// Sets the user that this span and those below it work for.
        user(&str) => User,
        /// Sets the conversation that this span and those below it are part of.
        conversation(&str) => Conversation,
        /// Sets the product event that this span and those below it belong to.
        event(&str) => EventId,
        /// Adds labels to this span and those below it.
        tags(&[&str]) => Tags,
        /// Sets a property of this span and those below it.
        property[key](impl Serialize) => Property,
    }

    /// Opens the span below this `tracing` span, or as the root of a trace (`None`), not below the current span.
    pub fn parent(mut self, parent: impl Into<Option<Id>>) -> Self {
        self.parent = Parent::Given(parent.into());
        if let Some(mut opened) = self.call.take()
            && let Some(set_so_far) = opened.recording().map(|recording| std::mem::take(recording.tape()))
            && let Some(recording) = self.call().recording()
        {
            recording.tape().append(&set_so_far);
        }
        self
    }

    /// Says when the work began, where it was not now.
    pub fn start_time(mut self, start: SystemTime) -> Self {
        self.start = Some(start);
        self
    }

    /// Says when the work ended; for [`emit`](Self::emit).
    pub fn end_time(mut self, end: SystemTime) -> Self {
        self.end = Some(end);
        self
    }

    fn set<T: Serialize + ?Sized>(mut self, field: Field, name: Option<&str>, value: &T) -> Self {
        if let Some(recording) = self.call().recording() {
            match name {
                Some(name) => recording.named(field, name),
                None => recording.field(field),
            }
            .serialize(value);
        }
        self
    }

    fn call(&mut self) -> &mut Call {
        let Self { site, name, parent, call, .. } = self;
        call.get_or_insert_with(|| {
            if !site.is_enabled() {
                return Call::disabled();
            }
            let mut call = Call::open_enabled(site, name.clone(), std::mem::take(parent));
            if let Some(recording) = call.recording() {
                match site.kind() {
                    Kind::Llm => recording.field(Field::RequestModel).serialize(&**name),
                    Kind::Retrieval => recording.field(Field::DataSource).serialize(&**name),
                    _ => {}
                }
            }
            call
        })
    }

    /// Starts the span. It ends when the guard is dropped; it is not the current span unless it is entered.
    #[must_use = "the span ends when the guard is dropped"]
    pub fn start(mut self) -> ManualSpan {
        self.call();
        let mut call = self.call.unwrap_or_else(Call::disabled);
        let mut handle = CurrentSpan::default();
        if let Some(recording) = call.recording() {
            recording.identify();
            match self.start {
                Some(start) => recording.start_at(start.into()),
                None => recording.start(),
            }
            handle = CurrentSpan::of(Some(Arc::clone(recording.node())));
        }
        ManualSpan { call: Some(call), handle, was_panicking: thread::panicking() }
    }

    /// Runs `work` inside the span.
    pub fn in_scope<T>(self, work: impl FnOnce() -> T) -> T {
        self.start().in_scope(work)
    }

    /// Runs a future inside the span. The span starts with the first poll; a future that is dropped before its
    /// end was cancelled.
    pub fn instrument<F: Future>(mut self, work: F) -> impl Future<Output = F::Output> {
        self.call();
        let mut call = self.call.unwrap_or_else(Call::disabled);
        if let Some(recording) = call.recording() {
            recording.identify();
        }
        future(call, work, |call, output| call.finish(output, |_, _| ()))
    }

    /// Records work that is over already: from [`start_time`](Self::start_time) to
    /// [`end_time`](Self::end_time), each now unless set.
    pub fn emit(self) {
        let end = self.end;
        let span = self.start();
        match end {
            Some(end) => span.end_at(end),
            None => span.end(),
        }
    }
}

impl fmt::Debug for SpanBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpanBuilder")
            .field("site", &self.site)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// An open span; ends when dropped.
///
/// All setters of [`CurrentSpan`] are its own. It may go to other threads; the spans opened while it is
/// [entered](Self::enter) are below it.
#[derive(Debug)]
pub struct ManualSpan {
    /// There until the span has ended.
    call: Option<Call>,
    handle: CurrentSpan,
    was_panicking: bool,
}

impl ManualSpan {
    /// Makes the span the current one of this thread, until the guard is dropped. Not across an `.await`: use
    /// [`instrument`](SpanBuilder::instrument) there.
    #[must_use = "the span is current until the guard is dropped"]
    pub fn enter(&self) -> Entered<'_> {
        Entered { _entered: self.call.as_ref().map(|call| call.span().enter()) }
    }

    /// Runs `work` inside the span, which stays open.
    pub fn in_scope<T>(&self, work: impl FnOnce() -> T) -> T {
        let _entered = self.enter();
        work()
    }

    /// The `tracing` span, to be a parent.
    #[must_use]
    pub fn id(&self) -> Option<Id> {
        self.call.as_ref().and_then(|call| call.span().id())
    }

    /// Ends the span.
    pub fn end(mut self) {
        self.end_by(None);
    }

    /// Ends the span at another time than now.
    pub fn end_at(mut self, end: SystemTime) {
        self.end_by(Some(end));
    }

    fn end_by(&mut self, end: Option<SystemTime>) {
        let Some(mut call) = self.call.take() else { return };
        if began_to_unwind(self.was_panicking) {
            call.end_panicked();
        } else {
            call.end_at(end.map(Into::into));
        }
    }
}

impl Drop for ManualSpan {
    fn drop(&mut self) {
        self.end_by(None);
    }
}

impl Deref for ManualSpan {
    type Target = CurrentSpan;

    fn deref(&self) -> &CurrentSpan {
        &self.handle
    }
}

/// While it lives, a [`ManualSpan`] is the current span of this thread.
#[derive(Debug)]
pub struct Entered<'a> {
    _entered: Option<tracing::span::Entered<'a>>,
}
