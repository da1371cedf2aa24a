//! Reads what model calls say of themselves: from the bodies that capture recorded, by their shape.
//!
//! On the worker's thread, before any exporter sees the record. No client's types are known here, and none has to be
//! annotated: a request is one because it looks like one. What was found stands on the record's tape afterwards, as
//! if it had been set by hand, in front of everything else: so what the program did say counts. The bodies
//! themselves are left out then; their messages stand for them.
//!
//! Each provider has a file, an [`Extractor`](crate::llm::Extractor) like those that users write. They share `read`
//! (single values), `chat_message`, `media`, `parameter` and `finish`.
//!
//! The rest is one for all: `extractors` asks those who may know a body by its keys (`sieve`), `body` looks for bodies,
//! within structs of a program's own too (`envelope`), `stream` puts chunks together, `raw` finds documents in raw text
//! and bytes (`framing`, `debug_text`, `torn`). `server` tells whose model it is and where (`host`), `cost` what the
//! call cost, `outcome` how it ended; `secret` takes keys out of what errors say.
//! `foreign` reads what the spans of other crates say (`foreign_message`).

mod anthropic;
mod bedrock;
mod body;
mod chat_message;
mod cohere;
mod cost;
mod debug_text;
mod embeddings;
mod envelope;
mod extractors;
mod finish;
mod foreign;
mod foreign_message;
mod framing;
mod gemini;
mod genai;
mod host;
mod media;
mod mistral;
mod ollama;
mod openai_chat;
mod openai_responses;
mod outcome;
mod parameter;
mod raw;
mod read;
mod rerank;
mod secret;
mod server;
mod sieve;
mod stream;
mod torn;

use crate::llm::{RequestFacts, ResponseFacts};
use crate::price::CurrentPrices;
use crate::span::capture::Limits;
use crate::span::capture::facts::{write_request, write_response, write_response_but_messages};
use crate::span::guarded;
use crate::wire::{Field, Kind, SpanRecord, Tape};

use body::{Bodies, Source};
use cost::Prices;
pub(crate) use extractors::Extractors;
pub(crate) use stream::StreamFold;

/// What the worker does to a record before it exports it.
pub(crate) struct Enricher {
    extractors: Extractors,
    prices: Prices,
    limits: Limits,
    /// The buffer of the tape that was replaced last, for the next one.
    spare: Vec<u8>,
}

impl Enricher {
    pub(crate) fn new(extractors: Extractors, prices: CurrentPrices, value_cap: usize) -> Self {
        let (prices, limits) = (Prices::new(prices), Limits::value(value_cap));
        Self { extractors, prices, limits, spare: Vec::new() }
    }

    /// Adds to a model call what its bodies say, and to any span what other crates have said of it.
    pub(crate) fn enrich(&mut self, record: &mut SpanRecord) {
        // Most spans are no model calls, and have nothing to do here.
        let fields = record.tape.fields();
        let told = fields.has(Field::Foreign).then(|| foreign::take(record, self.limits));
        if record.kind != Kind::Llm && told.is_none() && !fields.has(Field::Fault) {
            return;
        }
        if record.kind == Kind::Llm {
            // What other crates said is a fact, whatever becomes of the bodies.
            let _ = guarded(|| self.read_bodies(record));
        }
        if let Some(told) = told {
            told.put_in_front(record, self.limits);
        }
        let fields = if record.kind == Kind::Llm {
            let fields = cost::add(record, &mut self.prices);
            outcome::conclude(record, fields);
            fields
        } else {
            record.tape.fields()
        };
        // Most spans have nothing to hide, and are not decoded for it.
        if fields.has(Field::Fault) {
            secret::conceal(record);
        }
    }

    fn read_bodies(&mut self, record: &mut SpanRecord) {
        let bodies = Bodies::of(&record.tape);
        let (mut request, asked) = apart(bodies.request(&self.extractors));
        let (mut response, answered) = apart(bodies.response(&self.extractors, self.limits));
        outcome::add_status(&bodies, &mut response);
        let mut found = Tape::reuse(std::mem::take(&mut self.spare));
        server::infer(&bodies, request.as_mut(), response.as_mut(), &mut found);
        let taken = Taken::by(&bodies, (request.as_ref(), asked), (response.as_ref(), answered));
        if let Some(request) = &mut request {
            if asked.is_some_and(|source| bodies.is_input_said(source)) {
                (request.messages, request.transcript, request.system) = (Vec::new(), None, Vec::new());
            }
            write_request(request, &mut found, self.limits);
        }
        if let Some(response) = &response {
            if answered.is_some_and(|source| bodies.is_output_said(source)) {
                write_response_but_messages(response, &mut found, self.limits);
            } else {
                write_response(response, &mut found, self.limits);
            }
        }
        if !found.is_empty() || bodies.has_wire() || taken.handle.is_some() {
            taken.copy_rest(&bodies, &record.tape, &mut found);
            std::mem::swap(&mut record.tape, &mut found);
        }
        self.spare = found.into_buffer();
    }
}

fn apart<T>(found: Option<(T, Source)>) -> (Option<T>, Option<Source>) {
    found.map_or((None, None), |(facts, source)| (Some(facts), Some(source)))
}

/// Which of the captured values the facts stand for; the others stay.
struct Taken {
    input: Option<Source>,
    output: Option<Source>,
    /// The output was the response of an HTTP client, unread: what the client saw of it stands for it.
    handle: Option<usize>,
    /// The provider refused: of a body that says nothing of it, the status says all.
    refused: bool,
}

impl Taken {
    fn by(
        bodies: &Bodies<'_>,
        (request, asked): (Option<&RequestFacts>, Option<Source>),
        (response, answered): (Option<&ResponseFacts>, Option<Source>),
    ) -> Self {
        let has_asked = request.is_some_and(RequestFacts::has_messages);
        // Of an embedding nobody wants the vectors, and an error is told as one.
        let has_answered = response.is_some_and(|facts| {
            !facts.messages.is_empty() || facts.dimensions.is_some() || facts.error.is_some()
        });
        Self {
            input: asked.filter(|_| has_asked),
            output: answered.filter(|_| has_answered),
            handle: bodies.returned_handle(),
            refused: response.is_some_and(|facts| facts.error.is_some()),
        }
    }

    /// Copies the entries that are still wanted. A body that an HTTP client saw and nobody knows stands in for what
    /// the function did not say.
    fn copy_rest(&self, bodies: &Bodies<'_>, tape: &Tape, rest: &mut Tape) {
        let has_input = self.input.is_some() || bodies.has_input();
        let has_output =
            self.output.is_some() || self.refused || bodies.has_output() && self.handle.is_none();
        for (place, (field, name, value)) in tape.unread_entries().enumerate() {
            let here = Some(Source::Entry(place));
            let (is_taken, field) = match field {
                Field::Argument | Field::Input => {
                    (self.input == here || self.input == Some(Source::Arguments), field)
                }
                Field::Output => (self.output == here || self.handle == Some(place), field),
                Field::Item => (self.output == Some(Source::Items), field),
                Field::RequestBody => (has_input, Field::Input),
                Field::ResponseBody => (has_output, Field::Output),
                Field::ResponseChunk => (has_output, Field::Item),
                other => (false, other),
            };
            if !is_taken {
                rest.copy_unread(field, name, value);
            }
        }
    }
}
