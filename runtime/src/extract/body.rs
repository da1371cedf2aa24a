//! Looks for bodies of requests and responses among what was captured.

use std::borrow::Cow;
use std::cell::LazyCell;

use super::Extractors;
use super::envelope::{self, Envelope};
use super::host::{self, Host};
use super::{debug_text, raw, stream};
use crate::llm::{RequestFacts, ResponseFacts};
use crate::span::capture::Limits;
use crate::wire::tape::{Unread, Value};
use crate::wire::{Field, Tape};

/// The values of a record that may be, or hold, a body.
pub(super) struct Bodies<'a> {
    /// Short facts that the program has said already: of each field in [`SAID`], the last.
    said: [Option<Unread<'a>>; SAID.len()],
    /// The whole input first, then the arguments.
    inputs: Vec<Captured<'a>>,
    sent: Option<Value<'a>>,
    /// What was returned, and what was set in its place; the last counts.
    outputs: Vec<Captured<'a>>,
    /// Those of a stream; none where it failed.
    items: Vec<Option<Value<'a>>>,
    received: Option<Value<'a>>,
    chunks: Vec<Option<Value<'a>>>,
}

/// Facts that tell whose model was asked, if the program says them.
const SAID: [Field; 6] = [
    Field::Provider,
    Field::RequestModel,
    Field::ResponseModel,
    Field::ServerAddress,
    Field::ServerPort,
    Field::Status,
];

/// A value, and its place among the entries of the tape.
struct Captured<'a> {
    place: usize,
    field: Field,
    name: &'a str,
    value: Value<'a>,
}

/// Which values the facts stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The entry at this place.
    Entry(usize),
    /// All arguments together.
    Arguments,
    /// The items of a stream.
    Items,
    /// What an HTTP client saw.
    Wire,
}

impl<'a> Bodies<'a> {
    pub(super) fn of(tape: &'a Tape) -> Self {
        let mut bodies = Self {
            said: [None; SAID.len()],
            inputs: Vec::new(),
            sent: None,
            outputs: Vec::new(),
            items: Vec::new(),
            received: None,
            chunks: Vec::new(),
        };
        for (place, (field, name, unread)) in tape.unread_entries().enumerate() {
            if !field.is_content() {
                bodies.note(field, unread);
                continue;
            }
            let (Ok(name), Some(value)) = (std::str::from_utf8(name), unread.read()) else { break };
            let captured = Captured { place, field, name, value };
            match field {
                Field::Input => bodies.inputs.insert(0, captured),
                Field::Argument => bodies.inputs.push(captured),
                Field::RequestBody => bodies.sent = Some(value),
                Field::Output => bodies.outputs.push(captured),
                Field::Item => bodies.items.push(Some(value)),
                Field::ResponseBody => bodies.received = Some(value),
                Field::ResponseChunk => bodies.chunks.push(Some(value)),
                _ => {}
            }
        }
        bodies
    }

    /// An entry that holds no body.
    fn note(&mut self, field: Field, value: Unread<'a>) {
        if let Some(place) = SAID.iter().position(|known| *known == field) {
            self.said[place] = Some(value);
        } else if field == Field::Fault && !self.items.is_empty() {
            self.items.push(None);
        }
    }

    /// Whether an HTTP client saw anything.
    pub(super) fn has_wire(&self) -> bool {
        self.sent.is_some() || self.received.is_some() || !self.chunks.is_empty()
    }

    /// Whether the function has an input of its own.
    pub(super) fn has_input(&self) -> bool {
        !self.inputs.is_empty()
    }

    /// Whether the function has an output of its own.
    pub(super) fn has_output(&self) -> bool {
        !self.outputs.is_empty() || !self.items.is_empty()
    }

    /// Whether the program said what the input is, and it is none of what the facts stand for.
    pub(super) fn is_input_said(&self, source: Source) -> bool {
        let said = self.inputs.first().filter(|input| input.field == Field::Input);
        said.is_some_and(|input| source != Source::Entry(input.place))
    }

    /// Whether the program said what the output is, besides what it returned, and it is none of what the facts stand
    /// for.
    pub(super) fn is_output_said(&self, source: Source) -> bool {
        let is_said = self.outputs.len() > 1 || !self.items.is_empty();
        self.outputs.last().is_some_and(|output| is_said && source != Source::Entry(output.place))
    }

    /// The place of what was returned, where that is a response that an HTTP client saw, unread: its `Debug` text, which
    /// has the URL and what stands in its query.
    pub(super) fn returned_handle(&self) -> Option<usize> {
        self.said(Field::Status)?;
        let output = self.outputs.last()?;
        matches!(output.value, Value::Text(text) if debug_text::is_struct(text.kept)).then_some(output.place)
    }

    /// A short fact that the program has said already.
    pub(super) fn said(&self, field: Field) -> Option<Cow<'a, str>> {
        let place = SAID.iter().position(|known| *known == field)?;
        self.said[place]?.read()?.to_text().filter(|text| !text.is_empty())
    }

    /// The first input that is a request, or holds one; what an HTTP client sent adds what that does not say.
    pub(super) fn request(&self, extractors: &Extractors) -> Option<(RequestFacts, Source)> {
        let ask = |body: &Value<'_>| is_structure(body).then(|| extractors.request(body)).flatten();
        let ask_all = |value: &Value<'_>| within(value, &ask, |_, _, _| true);
        let mut inputs = self.inputs.iter();
        let said = inputs.find_map(|input| Some((ask_all(&input.value)?, Source::Entry(input.place))));
        let said = said.or_else(|| Some((ask(&self.arguments()?.get(Field::Output)?)?, Source::Arguments)));
        let sent = self.sent.and_then(|body| ask_all(&body));
        match (said, sent) {
            (Some((said, source)), Some(sent)) => Some((said.or(sent), source)),
            (said, sent) => said.or_else(|| Some((sent?, Source::Wire))),
        }
    }

    /// What was returned, in one piece or many; what an HTTP client received adds what that does not say.
    pub(super) fn response(
        &self,
        extractors: &Extractors,
        limits: Limits,
    ) -> Option<(ResponseFacts, Source)> {
        let ask = |body: &Value<'_>| {
            let whole = is_structure(body).then(|| extractors.response(body));
            whole.flatten().or_else(|| stream::collected(body, extractors, limits))
        };
        let raw = |body: &Value<'_>| match body {
            Value::Text(_) | Value::Seq(_) => stream::fold([Some(*body)], extractors, limits),
            _ => None,
        };
        let read = |body: Value<'_>| {
            within(&body, &ask, envelope::holds).or_else(|| inside(&body, &raw, envelope::holds))
        };
        let mut outputs = self.outputs.iter().rev();
        let said = outputs.find_map(|output| Some((read(output.value)?, Source::Entry(output.place))));
        let fold = |chunks: &[Option<Value<'a>>]| {
            if chunks.is_empty() { None } else { stream::fold(chunks.iter().copied(), extractors, limits) }
        };
        let said = said.or_else(|| Some((fold(&self.items)?, Source::Items)));
        let received = self.received.and_then(read);
        let received = received.or_else(|| fold(&self.chunks));
        match (said, received) {
            (Some((said, source)), Some(received)) => Some((said.or(received), source)),
            (said, received) => said.or_else(|| Some((received?, Source::Wire))),
        }
    }

    /// The arguments as one map, where their names look like those of a request: `fn ask(model: &str, messages:
    /// Vec<…>)`.
    fn arguments(&self) -> Option<Tape> {
        const BODIES: [&str; 4] = ["messages", "contents", "input", "prompt"];
        if self.inputs.len() < 2 || !self.inputs.iter().any(|input| BODIES.contains(&input.name)) {
            return None;
        }
        let mut tape = Tape::default();
        tape.entry(Field::Output, None);
        tape.begin_map();
        for Captured { name, value, .. } in &self.inputs {
            tape.text(name);
            tape.value(value);
        }
        tape.end();
        Some(tape)
    }

    /// Where the model is, by the first URL of a model's server among the inputs, or one level down.
    pub(super) fn host(&self) -> Option<Host> {
        self.inputs.iter().find_map(|input| host::find(input.name, &input.value))
    }
}

/// Whether a value can be a body at all: a map, or a list of maps or lists.
fn is_structure(value: &Value<'_>) -> bool {
    match *value {
        Value::Map(_) => true,
        Value::Seq(mut list) => matches!(list.next(), Some(Value::Map(_) | Value::Seq(_))),
        _ => false,
    }
}

/// What counts of the answers for values within a map, by the map, the key, and the answer.
type Counts<T> = fn(Envelope<'_>, &str, &T) -> bool;

/// The answer for the value, or for one of the values in it; texts of JSON are read.
fn within<T>(value: &Value<'_>, ask: &impl Fn(&Value<'_>) -> Option<T>, counts: Counts<T>) -> Option<T> {
    let ask = |value: &Value<'_>| match value {
        Value::Map(_) => ask(value),
        Value::Seq(seq) if !raw::is_bytes(*seq) => ask(value),
        text => raw::json(text, ask),
    };
    inside(value, &ask, counts)
}

/// The answer for the value, or for one of the values in it.
fn inside<T>(value: &Value<'_>, ask: &impl Fn(&Value<'_>) -> Option<T>, counts: Counts<T>) -> Option<T> {
    if let Some(answer) = ask(value) {
        return Some(answer);
    }
    let Value::Map(mut map) = *value else { return None };
    let envelope = LazyCell::new(move || Envelope::read(map));
    map.find_map(|(key, inner)| {
        let answer = match inner {
            Value::Map(_) | Value::Text(_) => ask(&inner),
            Value::Seq(seq) if raw::is_bytes(seq) => ask(&inner),
            _ => None,
        };
        answer.filter(|answer| counts(*envelope, key, answer))
    })
}
