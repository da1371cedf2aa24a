use std::iter;
use std::sync::Arc;

use serde::Serialize;

use super::capture::Limits;
use super::{Node, Slot, fault};
use crate::wire::{Field, Message, SpanId, Tape, TraceId, Usage};

/// What may be set on one span in all, in bytes, unless values may be longer than half of that.
const UPDATES_CAP: usize = 1 << 20;

/// A handle to an open span; see [`current`](crate::current).
///
/// Cheap to clone, and may go to other threads. What is set replaces what was captured or set before; once the
/// span has ended, nothing does anything, and debug builds say so in a `tracing` event. Of all that is set on one
/// span, 1 MiB is kept.
#[derive(Clone, Debug, Default)]
pub struct CurrentSpan {
    node: Option<Arc<Node>>,
}

impl CurrentSpan {
    pub(crate) fn of(node: Option<Arc<Node>>) -> Self {
        Self { node }
    }

    /// The id of the trace; none outside a span.
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
    #[must_use]
    pub fn is_recording(&self) -> bool {
        self.node.as_ref().is_some_and(|node| !node.updates().ended)
    }

    /// Sets the model that was asked for; counts on model calls and retrievals.
    pub fn set_model(&self, model: &str) {
        self.text(Field::RequestModel, model);
    }

    /// Sets the model that answered, where the provider says so.
    pub fn set_response_model(&self, model: &str) {
        self.text(Field::ResponseModel, model);
    }

    /// Sets the provider's id of the response.
    pub fn set_response_id(&self, id: &str) {
        self.text(Field::ResponseId, id);
    }

    /// Sets the provider, by the name that OpenTelemetry knows it by: `openai`, `anthropic`, `aws.bedrock`, ….
    pub fn set_provider(&self, provider: &str) {
        self.text(Field::Provider, provider);
    }

    /// Sets why the model stopped, one word for each choice: `stop`, `length`, `content_filter`, `tool_call`.
    pub fn set_finish_reasons(&self, reasons: &[&str]) {
        self.set(Field::FinishReasons, None, reasons);
    }

    /// Sets the tokens of the call; counts on model calls, so that nobody adds them up twice.
    pub fn set_usage(&self, usage: Usage) {
        self.set(Field::Usage, None, &usage);
    }

    /// Sets the price of the call, in US dollars.
    pub fn set_cost(&self, dollars: f64) {
        self.set(Field::Cost, None, &dollars);
    }

    /// Sets a parameter of the request by its OpenTelemetry name, such as `temperature` or `max_tokens`.
    pub fn set_parameter(&self, name: &str, value: impl Serialize) {
        self.set(Field::Parameters, Some(name), &value);
    }

    /// Sets the host and port that the request goes to.
    pub fn set_server(&self, address: &str, port: u16) {
        self.text(Field::ServerAddress, address);
        self.set(Field::ServerPort, None, &port);
    }

    /// Sets the messages of the request, the system prompt among them or apart.
    pub fn set_input_messages(&self, messages: &[Message]) {
        self.set(Field::InputMessages, None, messages);
    }

    /// Sets the messages of the response, one for each choice.
    pub fn set_output_messages(&self, messages: &[Message]) {
        self.set(Field::OutputMessages, None, messages);
    }

    /// Sets the system prompt where it travels apart from the messages.
    pub fn set_system_instructions(&self, text: &str) {
        self.text(Field::SystemInstructions, text);
    }

    /// Sets the tools that the model may call, as a list of OpenTelemetry definitions:
    /// `[{"type": "function", "name": …, "description": …, "parameters": …}]`.
    pub fn set_tool_definitions(&self, definitions: &(impl Serialize + ?Sized)) {
        self.set(Field::ToolDefinitions, None, definitions);
    }

    /// Sets the input, in place of the captured arguments.
    pub fn set_input(&self, input: &(impl Serialize + ?Sized)) {
        self.set(Field::Input, None, input);
    }

    /// Sets the output, in place of the captured result.
    pub fn set_output(&self, output: &(impl Serialize + ?Sized)) {
        self.set(Field::Output, None, output);
    }

    /// Sets an attribute: a number, a truth value, a text, or a list of them; anything else travels as JSON text.
    /// An absent value (`None`) sets nothing.
    pub fn set_attribute(&self, key: &str, value: impl Serialize) {
        self.set(Field::Attribute, Some(key), &value);
    }

    /// Adds an event, now, with attributes: anything that serializes as a map.
    pub fn add_event(&self, name: &str, attributes: impl Serialize) {
        self.write(|node, tape| write_event(tape, node, name, &attributes));
    }

    /// Says that the span failed, with the error and its sources; without their messages where content is off.
    pub fn set_error(&self, error: &dyn std::error::Error) {
        self.write(|node, tape| {
            fault::write(tape, node.content(), fault::OTHER, format_args!("{error}"), fault::sources(error));
        });
        self.fail();
    }

    /// Says that the span failed: a word for the class of the error, few enough to group by, and a message,
    /// which is kept also where content is off.
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
            if node.content() || !field.is_content() {
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
        let mut updates = node.updates();
        if updates.tape.len() + tape.len() <= UPDATES_CAP.max(2 * node.sink.value_cap()) {
            updates.tape.append(&tape);
        }
    }
}

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
