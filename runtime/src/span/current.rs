use std::iter;

use serde::Serialize;

use super::capture::Limits;
use super::{Node, SharedNode, Slot, fault};
use crate::llm::{Request, Response};
use crate::wire::{Field, Message, SpanId, Tape, TraceId, Usage};

/// What may be set on one span in all, in bytes, unless values may be longer than half of that.
const UPDATES_CAP: usize = 1 << 20;

/// A handle to an open span; see [`current`](crate::current).
///
/// Cheap to clone, and may go to other threads. What is set replaces what was captured or set before; once
/// the span has ended, nothing does anything, and debug builds say so in a `tracing` event. Of all that is
/// set on one span, 1 MiB is kept (twice [the cap of a value](crate::Builder::value_cap), where that is
/// more). What was replaced does not count; what has no room is left out as a whole, and short facts, such as
/// tokens, have some room of their own.
///
/// A handle that was taken before a `spawn` still writes to the span that it was taken from:
///
/// ```
/// #[recount::llm_span(provider = "anthropic", model = "claude-sonnet-4-5")]
/// fn complete(prompt: &str) -> String {
///     let span = recount::current();
///     let answer = std::thread::spawn(move || {
///         span.set_response_model("claude-sonnet-4-5-20250929");
///         span.set_usage(recount::Usage::new(30, 12).cache_read(24));
///         "It is sunny.".to_owned()
///     });
///     answer.join().expect("no panic")
/// }
/// # complete("How is the weather?");
/// ```
///
/// Each setter serializes before it takes the span's lock, so that two threads never wait for each other's
/// values. Where content is off, the setters of content (input, output, messages, instructions, definitions)
/// do nothing and look at nothing; the others work as ever.
#[derive(Clone, Debug, Default)]
pub struct CurrentSpan {
    node: Option<SharedNode>,
}

impl CurrentSpan {
    pub(crate) fn of(node: Option<SharedNode>) -> Self {
        Self { node }
    }

    pub(super) fn node(&self) -> Option<&SharedNode> {
        self.node.as_ref()
    }

    /// The id of the trace; none outside a span.
    ///
    /// For the reference that a user can quote, or a header of your own. `Display` prints it as `traceparent`
    /// has it.
    ///
    /// ```
    /// if let Some(trace) = recount::current().trace_id() {
    ///     println!("reference: {trace}");
    /// }
    /// ```
    #[must_use]
    pub fn trace_id(&self) -> Option<TraceId> {
        self.node.as_ref().map(|node| node.trace_id)
    }

    /// The id of the span; none outside a span.
    #[must_use]
    pub fn span_id(&self) -> Option<SpanId> {
        self.node.as_ref().map(|node| node.span_id)
    }

    /// Whether anything that is set will be seen by anybody.
    ///
    /// Worth asking before work that is only done for the span:
    ///
    /// ```
    /// # fn summary() -> String { String::new() }
    /// let span = recount::current();
    /// if span.is_recording() {
    ///     span.set_attribute("summary", summary());
    /// }
    /// ```
    #[must_use]
    pub fn is_recording(&self) -> bool {
        self.node.as_ref().is_some_and(|node| !node.updates().ended)
    }

    /// Sets the model that was asked for; counts on model calls and retrievals.
    pub fn set_model(&self, model: &str) {
        self.text(Field::RequestModel, model);
    }

    /// Sets the model that answered, where the provider says so.
    ///
    /// Often a dated version of the one that was asked for. Backends look up prices by it.
    pub fn set_response_model(&self, model: &str) {
        self.text(Field::ResponseModel, model);
    }

    /// Sets the provider's id of the response.
    ///
    /// What the provider's support asks for: `chatcmpl-…`, `resp_…`, `msg_…`.
    pub fn set_response_id(&self, id: &str) {
        self.text(Field::ResponseId, id);
    }

    /// Sets the provider, by the name that OpenTelemetry knows it by: `openai`, `anthropic`, `aws.bedrock`, ….
    ///
    /// Others as you like; backends know those of the list.
    pub fn set_provider(&self, provider: &str) {
        self.text(Field::Provider, provider);
    }

    /// Sets why the model stopped, one word for each choice: `stop`, `length`, `content_filter`, `tool_call`.
    ///
    /// Map what the provider says to these words: `end_turn` of Anthropic is `stop`, `max_tokens` is
    /// `length`, `tool_use` is `tool_call`. Others are sent as they are. Unset, those of the [output
    /// messages](Self::set_output_messages) count.
    pub fn set_finish_reasons(&self, reasons: &[&str]) {
        self.set(Field::FinishReasons, None, reasons);
    }

    /// Sets the tokens of the call; counts on model calls, so that nobody adds them up twice.
    ///
    /// The numbers are the provider's; recount counts no tokens. Cached and reasoning tokens are parts of the
    /// totals, see [`Usage`]. What is left open stays as it was
    /// set before, or found; for a stream, set the totals.
    pub fn set_usage(&self, usage: Usage) {
        self.set(Field::Usage, None, &usage);
    }

    /// Sets the price of the call, in US dollars.
    ///
    /// Sent as `llm.cost.total`. It counts before what the provider says in its response, and before the table of
    /// [`price`](crate::price), which knows what most models cost: to be set where you pay something else.
    pub fn set_cost(&self, dollars: f64) {
        self.set(Field::Cost, None, &dollars);
    }

    /// Sets a parameter of the request by its OpenTelemetry name, such as `temperature` or `max_tokens`.
    ///
    /// What stands behind `gen_ai.request.`. A known one with a value of the wrong type is not sent.
    ///
    /// ```
    /// let span = recount::current();
    /// span.set_parameter("temperature", 0.2);
    /// span.set_parameter("max_tokens", 1024);
    /// span.set_parameter("stop_sequences", ["\n\n"]);
    /// ```
    pub fn set_parameter(&self, name: &str, value: impl Serialize) {
        self.set(Field::Parameters, Some(name), &value);
    }

    /// Sets the host and port that the request goes to.
    ///
    /// On an agent it says that the agent runs elsewhere, and its span becomes one of a client.
    pub fn set_server(&self, address: &str, port: u16) {
        self.text(Field::ServerAddress, address);
        self.set(Field::ServerPort, None, &port);
    }

    /// Sets the messages of the request, the system prompt among them or apart.
    ///
    /// They take the place of the arguments. Send the whole history, as the model got it.
    ///
    /// ```
    /// use recount::Message;
    ///
    /// recount::current().set_input_messages(&[
    ///     Message::system("You are brief."),
    ///     Message::user("What is 6 times 7?"),
    ///     Message::assistant("42"),
    ///     Message::user("And plus one?"),
    /// ]);
    /// ```
    pub fn set_input_messages(&self, messages: &[Message]) {
        self.set(Field::InputMessages, None, messages);
    }

    /// Sets the messages of the response, one for each choice.
    ///
    /// They take the place of the returned value. A message without a
    /// [`finish_reason`](Message::finish_reason) gets the one that was [set](Self::set_finish_reasons), else
    /// `stop`, or `error` on a span that failed.
    pub fn set_output_messages(&self, messages: &[Message]) {
        self.set(Field::OutputMessages, None, messages);
    }

    /// Sets the system prompt where it travels apart from the messages.
    pub fn set_system_instructions(&self, text: &str) {
        self.text(Field::SystemInstructions, text);
    }

    /// Sets the tools that the model may call, as a list of OpenTelemetry definitions:
    /// `[{"type": "function", "name": …, "description": …, "parameters": …}]`.
    ///
    /// Definitions in the shape of OpenAI's requests, with a `function` inside, are laid flat. What is no
    /// list is not sent.
    pub fn set_tool_definitions(&self, definitions: &(impl Serialize + ?Sized)) {
        self.set(Field::ToolDefinitions, None, definitions);
    }

    /// Sets what a request [says of itself](crate::llm::Request): model, parameters, messages and the rest at once.
    pub fn set_request(&self, request: &(impl Request + ?Sized)) {
        self.write(|node, tape| {
            Slot::on(tape, Limits::value(node.sink.value_cap()), Field::Input, None).request(request);
        });
    }

    /// Sets what a response [says of itself](crate::llm::Response): model, tokens, finish reasons, messages and the
    /// rest at once.
    ///
    /// The response of a known provider, as its client has it or as JSON, is better given to
    /// [`set_output`](Self::set_output), which reads it by its shape.
    ///
    /// ```
    /// use recount::llm::{Response, ResponseFacts};
    ///
    /// struct Answer(String);
    ///
    /// impl Response for Answer {
    ///     fn facts(&self) -> ResponseFacts {
    ///         ResponseFacts::new().message(recount::Message::assistant(&*self.0).finish_reason("stop"))
    ///     }
    /// }
    ///
    /// let span = recount::span::llm("parrot-1").start();
    /// span.set_response(&Answer("Hello".to_owned()));
    /// ```
    pub fn set_response(&self, response: &(impl Response + ?Sized)) {
        self.write(|node, tape| {
            Slot::on(tape, Limits::value(node.sink.value_cap()), Field::Output, None).response(response);
        });
    }

    /// Sets the input, in place of the captured arguments.
    ///
    /// On a model call it is read like an argument: the request of a known provider is understood.
    ///
    /// On a model call that has [messages](Self::set_input_messages), these count.
    pub fn set_input(&self, input: &(impl Serialize + ?Sized)) {
        self.set(Field::Input, None, input);
    }

    /// Sets the output, in place of the captured result.
    ///
    /// On a model call it is read like a result: the response of a known provider is understood.
    ///
    /// On a model call that has [messages](Self::set_output_messages), these count.
    ///
    /// ```
    /// #[recount::tool(skip_output)]
    /// fn download(url: &str) -> Vec<u8> {
    ///     let body = vec![0; 4096];
    ///     recount::current().set_output(&body.len());
    ///     body
    /// }
    /// # download("https://example.com");
    /// ```
    pub fn set_output(&self, output: &(impl Serialize + ?Sized)) {
        self.set(Field::Output, None, output);
    }

    /// Sets an attribute: a number, a truth value, a text, or a list of them; anything else travels as JSON text.
    /// An absent value (`None`) sets nothing.
    ///
    /// A key that recount uses itself is overwritten: you know better. The bare keys that a backend would
    /// take for the input, the output or the model of a span (`input`, `output`, `prompt`, `events`, `model`,
    /// `tool_arguments`, `tool_response`) are sent with `app.` before them. Recorded also where content is
    /// off.
    pub fn set_attribute(&self, key: &str, value: impl Serialize) {
        self.set(Field::Attribute, Some(key), &value);
    }

    /// Adds an event, now, with attributes: anything that serializes as a map.
    ///
    /// Events add up, also those of one name. Recorded also where content is off.
    ///
    /// ```
    /// recount::current().add_event("cache miss", serde_json::json!({"key": "greeting", "age_s": 61}));
    /// ```
    pub fn add_event(&self, name: &str, attributes: impl Serialize) {
        self.write(|node, tape| write_event(tape, node, name, &attributes));
    }

    /// Says that the span failed, with the error and its sources; without their messages where content is off.
    ///
    /// The type is `_OTHER`, since a `dyn Error` does not tell its own;
    /// [`set_error_message`](Self::set_error_message) takes one. The span does not end by it, and the last
    /// failure counts.
    ///
    /// ```
    /// let span = recount::current();
    /// if let Err(error) = "x".parse::<u32>() {
    ///     span.set_error(&error); // and go on with a default
    /// }
    /// ```
    pub fn set_error(&self, error: &dyn std::error::Error) {
        self.write(|node, tape| {
            fault::write(
                tape,
                node.content(),
                fault::UNKNOWN,
                format_args!("{error}"),
                fault::sources(error),
            );
        });
        self.fail();
    }

    /// Says that the span failed: a word for the class of the error, few enough to group by, and a message,
    /// which is kept also where content is off.
    ///
    /// Any text is taken for the class, `timeout` or `rate_limit` say; one with ids or times in it makes a
    /// group of one.
    pub fn set_error_message(&self, kind: &str, message: &str) {
        self.write(|_, tape| fault::write(tape, true, kind, format_args!("{message}"), iter::empty()));
        self.fail();
    }

    fn fail(&self) {
        if let Some(node) = &self.node {
            node.updates().failed = true;
        }
    }

    fn text(&self, field: Field, value: &str) {
        self.set(field, None, value);
    }

    fn set<T: Serialize + ?Sized>(&self, field: Field, name: Option<&str>, value: &T) {
        self.write(|node, tape| {
            if node.reads(field) {
                Slot::on(tape, Limits::value(node.sink.value_cap()), field, name).serialize(value);
            }
        });
    }

    /// Writes onto a tape of its own first: the user's `Serialize` must not run under the lock.
    fn write(&self, write: impl FnOnce(&Node, &mut Tape)) {
        let Some(node) = &self.node else { return };
        if node.updates().ended {
            if cfg!(debug_assertions) {
                tracing::debug!(target: "recount", span = %node.name, "set after the span has ended; ignored");
            }
            return;
        }
        let mut tape = Tape::default();
        write(node, &mut tape);
        node.updates().told().add(&tape, UPDATES_CAP.max(2 * node.sink.value_cap()));
    }
}

/// The time is taken here, not by the converter: an event is a moment, and the span may be open for long.
fn write_event<T: Serialize>(tape: &mut Tape, node: &Node, name: &str, attributes: &T) {
    #[derive(Serialize)]
    struct Event<'a, T> {
        time: u64,
        attributes: &'a T,
    }
    let event = Event { time: node.sink.now().unix_nanos(), attributes };
    let limits = Limits::value(node.sink.value_cap());
    Slot::on(tape, limits, Field::Event, Some(name)).serialize(&event);
}
