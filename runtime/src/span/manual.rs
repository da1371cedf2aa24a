//! Spans that are opened by hand, as complete as those of the attributes.
//!
//! There is one builder for all kinds; a setter that has no meaning for a kind is kept, and read by nobody or
//! by those who look at all spans alike. What is content is not read where content is off, as everywhere:
//! input, output, query, messages, system instructions.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::thread;
use std::time::SystemTime;

use serde::Serialize;
use tracing_core::Level;
use tracing_core::span::Id;

use super::call::{Parent, began_to_unwind};
use super::future::future;
use super::unheard::{self, Innermost};
use super::{Call, CurrentSpan, Entering, Site};
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
    ///
    /// ```
    /// use recount::{Message, Usage, span};
    ///
    /// let call = span::llm("gpt-5.2").provider("openai").input_messages(&[Message::user("Hello")]).start();
    /// // ... the request ...
    /// call.set_usage(Usage::new(9, 2));
    /// call.set_output_messages(&[Message::assistant("Hi").finish_reason("stop")]);
    /// call.end();
    /// ```
    llm => Llm,
    /// The execution of a tool.
    ///
    /// ```
    /// let found = recount::span::tool("search").call_id("call_1").input("tea").in_scope(|| vec!["green", "black"]);
    /// # let _ = found;
    /// ```
    tool => Tool,
    /// An agent at work.
    ///
    /// Its name is copied to the spans below.
    agent => Agent,
    /// A whole job; its name is copied to every span below.
    workflow => Workflow,
    /// One step of a job.
    ///
    /// Its name becomes part of the path of the spans below.
    task => Task,
    /// A look-up in a data source; the name is that of the source.
    ///
    /// ```
    /// let span = recount::span::retrieval("handbook").query("How do I reset it?").top_k(3).start();
    /// span.set_output(&serde_json::json!([{"id": "7", "score": 0.8, "content": "Hold the button."}]));
    /// ```
    retrieval => Retrieval,
    /// One turn of one user; its user, conversation, tags and properties are copied to every span below.
    ///
    /// ```
    /// let reply = recount::span::interaction("turn")
    ///     .user("u1")
    ///     .conversation("t7")
    ///     .property("plan", "pro")
    ///     .in_scope(|| recount::span::task("reply").in_scope(|| "Hello"));
    /// # assert_eq!(reply, "Hello");
    /// ```
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
///
/// Four ways lead on: [`start`](Self::start) gives a guard, [`in_scope`](Self::in_scope) runs a closure,
/// [`instrument`](Self::instrument) a future, [`emit`](Self::emit) records what is over. A builder that is
/// dropped leaves no span. The span has the level `INFO` and the target `recount`, and the caller's current
/// span as its parent unless [`parent`](Self::parent) says otherwise.
///
/// Values are serialized at once, so they may be borrowed and dropped; where nobody listens they are not
/// looked at. What was returned is not read: give it to [`CurrentSpan::set_output`].
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
        ///
        /// Structured data. A value whose `Serialize` fails or panics leaves the name of its type.
        input(impl Serialize) => Input,
        /// Sets the output.
        ///
        /// For what is known beforehand; else set it on the open span.
        output(impl Serialize) => Output,
        /// Sets an attribute; see [`CurrentSpan::set_attribute`].
        attribute[key](impl Serialize) => Attribute,
        /// Sets the provider of the model, by the name that OpenTelemetry knows it by.
        provider(&str) => Provider,
        /// Sets the model that was asked for: the name of an [`llm`] span, unless set here.
        model(&str) => RequestModel,
        /// Sets the `GenAI` operation of an [`llm`] span; else what the bodies say, else `chat`.
        operation(&str) => Operation,
        /// Sets the model that answered.
        response_model(&str) => ResponseModel,
        /// Sets the provider's id of the response.
        response_id(&str) => ResponseId,
        /// Sets why the model stopped, one word for each choice.
        finish_reasons(&[&str]) => FinishReasons,
        /// Sets the tokens of the call.
        ///
        /// Counts on [`llm`] spans.
        usage(Usage) => Usage,
        /// Sets the price of the call, in US dollars.
        ///
        /// As the provider bills it, or as you compute it; unless set, from the table of [`price`](crate::price).
        cost(f64) => Cost,
        /// Sets a parameter of the request by its OpenTelemetry name.
        ///
        /// `temperature`, `top_p`, `top_k`, `max_tokens`, `seed`, `stop_sequences`, `frequency_penalty`, …:
        /// what stands behind `gen_ai.request.`. One of these with a value of the wrong type is not sent,
        /// since backends have typed columns.
        parameter[name](impl Serialize) => Parameters,
        /// Sets the messages of the request.
        ///
        /// On an [`llm`] span they count before [`input`](Self::input), where both are set.
        input_messages(&[Message]) => InputMessages,
        /// Sets the messages of the response, one for each choice.
        ///
        /// On an [`llm`] span they count before [`output`](Self::output), where both are set.
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
        ///
        /// Backends join the request for a tool in a model's answer and its execution by it.
        call_id(&str) => CallId,
        /// Sets the question of a retrieval.
        ///
        /// Content: not recorded where that is off.
        query(&str) => Query,
        /// Sets how many documents a retrieval asks for.
        top_k(u64) => TopK,
        /// Sets the user that this span and those below it work for.
        ///
        /// An opaque id is enough for backends to group by; a name or an address is for you to justify.
        user(&str) => User,
        /// Sets the conversation that this span and those below it are part of.
        ///
        /// A session or a thread, by the id that your product has for it.
        conversation(&str) => Conversation,
        /// Sets the product event that this span and those below it belong to.
        event(&str) => EventId,
        /// Adds labels to this span and those below it.
        ///
        /// Added to those of the spans above, each once.
        tags(&[&str]) => Tags,
        /// Sets a property of this span and those below it.
        ///
        /// Sent as `traceloop.association.properties.{key}`. A child may set the same key to another value.
        property[key](impl Serialize) => Property,
    }

    /// Opens the span below this `tracing` span, or as the root of a trace (`None`), not below the current span.
    ///
    /// An `Id` of `tracing`, from [`ManualSpan::id`] or `tracing::Span::id`, in the same subscriber. What was
    /// set before the call is kept; to call it first is cheaper.
    ///
    /// ```
    /// use recount::span;
    ///
    /// let job = span::workflow("job").start();
    /// let parent = job.id();
    /// std::thread::spawn(move || span::task("part").parent(parent).in_scope(|| ())).join().unwrap();
    /// ```
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
    ///
    /// The clock of the pipeline is not asked then. Times before 1970 count as 1970.
    pub fn start_time(mut self, start: SystemTime) -> Self {
        self.start = Some(start);
        self
    }

    /// Says when the work ended; for [`emit`](Self::emit).
    ///
    /// The other ways to end have their own: [`ManualSpan::end_at`]. An end before the start counts as the
    /// start.
    pub fn end_time(mut self, end: SystemTime) -> Self {
        self.end = Some(end);
        self
    }

    /// Opens the span where that was not done: only an open span tells whether anybody wants the value.
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
    ///
    /// ```
    /// let span = recount::span::task("index").start();
    /// {
    ///     let _entered = span.enter(); // spans opened here are below it
    ///     recount::span::task("read").in_scope(|| ());
    /// }
    /// span.set_attribute("documents", 12);
    /// span.end(); // or drop it
    /// ```
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
            handle = CurrentSpan::of(Some(recording.node().clone()));
        }
        ManualSpan { call: Some(call), handle, was_panicking: thread::panicking() }
    }

    /// Runs `work` inside the span.
    ///
    /// A panic ends the span as panicked and goes on. An `Err` is a value like any other here: say
    /// [`CurrentSpan::set_error`] to fail the span.
    pub fn in_scope<T>(self, work: impl FnOnce() -> T) -> T {
        self.start().in_scope(work)
    }

    /// Runs a future inside the span. The span starts with the first poll; a future that is dropped before its
    /// end was cancelled.
    ///
    /// The span is current during each poll, and only then, so that other tasks on the thread do not see it.
    ///
    /// ```
    /// # futures::executor::block_on(async {
    /// let answer = recount::span::agent("support").instrument(async {
    ///     recount::current().set_attribute("turns", 2);
    ///     42
    /// });
    /// assert_eq!(answer.await, 42);
    /// # });
    /// ```
    pub fn instrument<F: Future>(mut self, work: F) -> impl Future<Output = F::Output> {
        self.call();
        let mut call = self.call.unwrap_or_else(Call::disabled);
        if let Some(recording) = call.recording() {
            recording.identify();
            if let Some(start) = self.start {
                recording.start_at(start.into());
            }
        }
        future(call, work, |call, output| call.finish(output, |_, _| ()))
    }

    /// Records work that is over already: from [`start_time`](Self::start_time) to
    /// [`end_time`](Self::end_time). Without a start it took no time, without an end it lasts until now.
    ///
    /// For logs and webhooks of somebody else's work. Facts come before: there is no handle afterwards.
    pub fn emit(mut self) {
        let end = self.end;
        self.start = self.start.or(end);
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
///
/// Dropped while its thread unwinds, it ends as panicked, without the message, which only the one who catches
/// the panic is told. Leaked, it never ends, and is never sent.
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
    ///
    /// The guard is for this thread; `tracing`'s spans are entered and left on the same one.
    #[must_use = "the span is current until the guard is dropped"]
    pub fn enter(&self) -> Entered<'_> {
        let recorded = self.call.as_ref().is_some_and(Call::is_recording);
        Entered { _entered: self.call.as_ref().and_then(Call::enter), _innermost: unheard::enter(recorded) }
    }

    /// Runs `work` inside the span, which stays open.
    pub fn in_scope<T>(&self, work: impl FnOnce() -> T) -> T {
        let _entered = self.enter();
        work()
    }

    /// The `tracing` span, to be a parent.
    ///
    /// Give it to [`SpanBuilder::parent`], or to `parent = …` of an attribute, while the span is open: `tracing` panics
    /// when it is given the id of a span that is gone. Nothing where nobody listens.
    #[must_use]
    pub fn id(&self) -> Option<Id> {
        self.call.as_ref().and_then(Call::id)
    }

    /// Ends the span.
    ///
    /// The same as to drop it, but says so.
    pub fn end(mut self) {
        self.end_by(None);
    }

    /// Ends the span at another time than now.
    ///
    /// An end before the start counts as the start.
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
///
/// Guards that are dropped in another order than they were made in leave the wrong span current, as in
/// `tracing`.
#[derive(Debug)]
pub struct Entered<'a> {
    _entered: Option<Entering<'a>>,
    _innermost: Innermost,
}
