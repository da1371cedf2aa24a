//! What an instrumented HTTP client sees of one model call: the request that it sends, the response as it passes.

mod decode;
mod entry;
mod messages;
mod received;

use std::error::Error;
use std::fmt;

use tracing_core::Level;

use super::call::Parent;
use super::capture::{Ends, Limits};
use super::current::CurrentSpan;
use super::{Call, SharedNode, fault};
use crate::wire::{Field, Kind, Outcome, Tape, Timestamp};

pub(crate) use received::BodyFraming;
use received::Received;

/// One request of a model and its response, as far as it has come.
///
/// Whose span it is: where a model call is open around it, what is seen is added to that one; else it has a span of
/// its own. Dropped before its end, it was cancelled.
pub(crate) struct Exchange {
    node: SharedNode,
    /// There where the span is the exchange's own.
    call: Option<Call>,
    tape: Tape,
    limits: Limits,
    start: Timestamp,
    received: Received,
    refused: bool,
    ended: bool,
}

/// What was seen of an exchange that is over.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) tape: Tape,
    pub(super) outcome: Outcome,
    /// How the annotated function ended that this is of.
    pub(super) ending: Option<Outcome>,
    /// The server answered with an error.
    refused: bool,
}

impl Seen {
    /// What an annotated function recorded of a call that it is not the outermost span of.
    pub(super) fn within(tape: Tape, outcome: Outcome) -> Self {
        Self { tape, outcome, ending: Some(outcome), refused: false }
    }

    /// Of several attempts, the last one of the best counts: what lost a race, or was tried in vain, does not replace
    /// an answer.
    pub(super) fn replaces(&self, before: &Self) -> bool {
        self.rank() >= before.rank()
    }

    fn rank(&self) -> u8 {
        match self.outcome {
            Outcome::Completed if !self.refused => 2,
            Outcome::Completed | Outcome::Failed | Outcome::Panicked => 1,
            Outcome::Cancelled => 0,
        }
    }
}

impl Exchange {
    /// Opens an exchange; none where nobody listens.
    ///
    /// `around` is the span that the caller is in; `name` is that of a span of its own.
    pub(crate) fn open(around: &CurrentSpan, name: &'static str) -> Option<Self> {
        if let Some(node) = around.node()
            && node.kind == Kind::Llm
            && node.is_call()
            && node.begin_exchange()
        {
            return Some(Self::new(node.clone(), None));
        }
        let site = crate::__recount_site!(Llm, "model_call", "recount", Level::INFO);
        if !site.is_enabled() {
            return None;
        }
        let mut call = Call::open_enabled(site, name.into(), Parent::Current);
        let recording = call.recording()?;
        recording.start();
        let node = recording.node().clone();
        Some(Self::new(node, Some(call)))
    }

    fn new(node: SharedNode, call: Option<Call>) -> Self {
        Self {
            tape: Tape::default(),
            limits: Limits::value(node.sink.value_cap()),
            start: node.sink.now(),
            received: Received::Nothing,
            refused: false,
            ended: false,
            node,
            call,
        }
    }

    /// Runs a piece of the sending inside the exchange's own span, where it has one.
    ///
    /// Whoever instruments the same call further down finds the span there and adds to it.
    pub(crate) fn within<T>(&mut self, work: impl FnOnce() -> T) -> T {
        match &mut self.call {
            Some(call) => call.run(work),
            None => work(),
        }
    }

    /// Where the request goes to.
    pub(crate) fn set_server(&mut self, host: &str, port: Option<u16>) {
        self.text(Field::ServerAddress, host);
        if let Some(port) = port {
            self.tape.entry(Field::ServerPort, None);
            self.tape.unsigned(port.into());
        }
    }

    /// The model, where it stands in the path.
    pub(crate) fn set_model(&mut self, model: &str) {
        self.text(Field::RequestModel, model);
    }

    /// The body of the request.
    pub(crate) fn set_request(&mut self, body: &[u8]) {
        entry::write(Ends::of(body, self.limits.cap()), &mut self.tape, Field::RequestBody);
    }

    /// The head of the response is there.
    pub(crate) fn answered(&mut self, status: u16, framing: BodyFraming) {
        self.tape.entry(Field::Status, None);
        self.tape.unsigned(status.into());
        self.refused = status >= 400;
        self.received = Received::new(framing, &self.tape, self.limits, self.node.sink.item_gaps());
    }

    /// A piece of the response's body has passed.
    pub(crate) fn received(&mut self, bytes: &[u8]) {
        self.received.push(bytes, &mut self.tape, self.start, &**self.node.sink);
    }

    /// The request or the response broke off.
    pub(crate) fn fail<'a>(
        mut self,
        kind: &str,
        message: fmt::Arguments<'_>,
        sources: impl Iterator<Item = &'a (dyn Error + 'static)>,
    ) {
        fault::write(&mut self.tape, self.node.content(), kind, message, sources);
        self.end_as(Outcome::Failed);
    }

    /// The provider refused, and somebody further down has read its words.
    #[cfg(feature = "async-openai")]
    pub(crate) fn refuse(mut self, status: u16, kind: &str, message: &str) {
        self.answered(status, BodyFraming::Opaque);
        let status = status.to_string();
        let kind = if kind.is_empty() { &status } else { kind };
        self.fail(kind, format_args!("{message}"), std::iter::empty());
    }

    /// The body of the response has come to its end.
    pub(crate) fn end(mut self) {
        self.end_as(Outcome::Completed);
    }

    fn end_as(&mut self, outcome: Outcome) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        // Nobody has to read why a request was refused, least of all who tries again.
        let outcome =
            if self.refused && outcome == Outcome::Cancelled { Outcome::Completed } else { outcome };
        std::mem::take(&mut self.received).finish(&mut self.tape);
        let mut tape = std::mem::take(&mut self.tape);
        let Some(mut call) = self.call.take() else {
            if outcome == Outcome::Cancelled {
                // The program had enough; that is no failure of its call.
                tape.entry(Field::Unfinished, None);
                tape.bool(false);
            }
            self.node.end_exchange(Seen { tape, outcome, ending: None, refused: self.refused });
            return;
        };
        if let Some(recording) = call.recording() {
            recording.tape().append(&tape);
            if outcome == Outcome::Failed {
                recording.set_failed();
            }
        }
        if outcome == Outcome::Cancelled {
            call.cancel();
        } else {
            call.end();
        }
    }

    fn text(&mut self, field: Field, text: &str) {
        self.tape.entry(field, None);
        self.tape.text(text);
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.end_as(Outcome::Cancelled);
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").field("node", &self.node).finish_non_exhaustive()
    }
}
