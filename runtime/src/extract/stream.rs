//! Puts the chunks of streamed responses together.

use std::cell::LazyCell;

use super::envelope::{self, Envelope};
use super::framing::Frame;
use super::raw::RawText;
use super::{Extractors, torn};
use crate::llm::{Partial, ResponseFacts};
use crate::span::capture::Limits;
use crate::span::capture::facts::write_response;
use crate::span::{Fold, Verdict};
use crate::wire::tape::{Map, Text, Value};
use crate::wire::{Field, Tape};

/// A response in the making.
pub(crate) struct StreamFold {
    raw: RawText,
    answer: Answer,
}

/// What the chunks say, whoever knows them.
struct Answer {
    extractors: Extractors,
    limits: Limits,
    partial: Partial,
    /// Who took the last chunk.
    taker: Option<usize>,
    /// Whether anybody ever took anything.
    known: bool,
    /// Whether there was anything that could have been a chunk.
    asked: bool,
    /// Whether the stream has failed since the last chunk.
    interrupted: bool,
    /// The first document in raw text, as long as it is the only one: it may be a whole response.
    only: Option<Tape>,
    documents: u64,
    /// What a text of JSON says, for a moment; one buffer for all of them.
    scratch: Tape,
}

impl Fold for StreamFold {
    fn push(&mut self, chunk: &Value<'_>) -> Verdict {
        let Self { raw, answer } = self;
        if !raw.push(chunk, &mut |frame| answer.frame(&frame)) {
            answer.chunk(chunk);
        }
        match self {
            Self { answer, .. } if answer.known => Verdict::Known,
            Self { raw, .. } if raw.is_amid() => Verdict::Amid,
            Self { raw, answer } if raw.is_other() && !answer.asked => Verdict::Unknown,
            _ => Verdict::Open,
        }
    }

    fn interrupt(&mut self) {
        self.raw.interrupt();
        self.answer.interrupted = true;
    }

    fn finish(self: Box<Self>, tape: &mut Tape) {
        let limits = self.answer.limits;
        if let Some(facts) = self.into_facts() {
            write_response(&facts, tape, limits);
        }
    }
}

impl StreamFold {
    pub(crate) fn new(extractors: Extractors, limits: Limits) -> Self {
        let answer = Answer {
            extractors,
            limits,
            partial: Partial::new(limits.cap()),
            taker: None,
            known: false,
            asked: false,
            interrupted: false,
            only: None,
            documents: 0,
            scratch: Tape::default(),
        };
        Self { raw: RawText::new(limits.cap()), answer }
    }

    /// What the chunks say; nothing where nobody knew any.
    pub(super) fn into_facts(self) -> Option<ResponseFacts> {
        let Self { mut raw, mut answer } = self;
        raw.finish(&mut |frame| answer.frame(&frame));
        if raw.is_plain_json()
            && let Some(whole) = answer.only.take().and_then(|only| answer.whole(&only.get(Field::Output)?))
        {
            return Some(whole);
        }
        answer.known.then(|| answer.partial.into_facts())
    }
}

impl Answer {
    /// Adds what stands in raw text.
    fn frame(&mut self, frame: &Frame<'_>) {
        match frame {
            Frame::Document(text) => {
                self.documents += 1;
                self.document(*text, true);
                self.only = (self.documents == 1).then(|| self.scratch.clone());
            }
            Frame::Done if self.known => self.partial.end(),
            Frame::Done => {}
        }
    }

    /// Adds what a text of JSON says.
    fn document(&mut self, text: Text<'_>, error_counts: bool) -> bool {
        let mut tape = std::mem::take(&mut self.scratch);
        let value = torn::read(text, &mut tape);
        let taken = value
            .is_some_and(|chunk| self.take(&chunk, error_counts) || self.take_whole(&chunk, error_counts));
        self.scratch = tape;
        taken
    }

    /// Adds a chunk, or those within it: clients wrap them in structs and lists of their own, some as a text of JSON.
    fn chunk(&mut self, chunk: &Value<'_>) -> bool {
        match chunk {
            Value::Map(map) => {
                if self.take(chunk, true) {
                    return true;
                }
                let envelope = LazyCell::new(|| Envelope::read(*map));
                maps(*map).any(|(key, inner)| self.take(&inner, envelope.is_of(key)))
                    || texts(*map).any(|(key, text)| self.document(text, envelope.is_of(key)))
                    || self.take_whole(chunk, true)
                    || maps(*map).any(|(key, inner)| self.take_whole(&inner, envelope.is_of(key)))
            }
            Value::Seq(chunks) => {
                let maps = chunks.filter(|chunk| matches!(chunk, Value::Map(_)));
                // Each of them, also behind one that nobody knows.
                maps.filter(|chunk| self.chunk(chunk)).count() > 0
            }
            _ => false,
        }
    }

    /// Asks the one who took the last chunk first. In a map that says more than the chunk, an error does not count.
    fn take(&mut self, chunk: &Value<'_>, error_counts: bool) -> bool {
        self.asked = true;
        let (first, all) = (self.taker, 0..self.extractors.count());
        let order = first.into_iter().chain(all.filter(|place| Some(*place) != first));
        for place in order {
            if (error_counts || !self.only_fails(chunk, place)) && self.give(chunk, place) {
                (self.taker, self.known, self.interrupted) = (Some(place), true, false);
                return true;
            }
        }
        false
    }

    /// Whether an error is all that the chunk tells, seen apart from the others.
    fn only_fails(&self, chunk: &Value<'_>, place: usize) -> bool {
        let mut apart = Partial::new(0);
        self.extractors.add(place, chunk, &mut apart) && envelope::is_error_only(&apart.into_facts())
    }

    /// Lets one extractor add the chunk. After a failure, the stream goes on, or another response begins.
    fn give(&mut self, chunk: &Value<'_>, place: usize) -> bool {
        if self.interrupted {
            let mut anew = Partial::new(self.limits.cap());
            if !self.extractors.add(place, chunk, &mut anew) {
                return false;
            }
            if anew.id().is_some_and(|id| self.partial.id() != Some(id)) {
                self.partial = anew;
                return true;
            }
        }
        self.extractors.add(place, chunk, &mut self.partial)
    }

    fn whole(&self, value: &Value<'_>) -> Option<ResponseFacts> {
        self.extractors.response(value)
    }

    /// Takes a whole response in place of chunks; among chunks, only an error.
    fn take_whole(&mut self, value: &Value<'_>, error_counts: bool) -> bool {
        let holds = |whole: &ResponseFacts| error_counts || !envelope::is_error_only(whole);
        let Some(whole) = self.whole(value).filter(holds) else { return false };
        match (self.taker, whole.error) {
            (Some(_), Some(error)) => self.partial.fail(error),
            (Some(_), None) => return false,
            (None, error) => self.partial.replace(ResponseFacts { error, ..whole }),
        }
        self.known = true;
        true
    }
}

fn maps(map: Map<'_>) -> impl Iterator<Item = (&str, Value<'_>)> {
    map.filter(|(_, inner)| matches!(inner, Value::Map(_)))
}

/// Those that may be JSON.
fn texts(map: Map<'_>) -> impl Iterator<Item = (&str, Text<'_>)> {
    map.filter_map(|(key, inner)| match inner {
        Value::Text(text) if text.kept.starts_with('{') => Some((key, text)),
        _ => None,
    })
}

/// What the chunks say together; nothing where nobody knows any. None of them is there where the stream failed.
pub(super) fn fold<'a>(
    chunks: impl IntoIterator<Item = Option<Value<'a>>>,
    extractors: &Extractors,
    limits: Limits,
) -> Option<ResponseFacts> {
    let mut fold = StreamFold::new(extractors.clone(), limits);
    for chunk in chunks {
        let Some(chunk) = chunk else {
            fold.interrupt();
            continue;
        };
        if fold.push(&chunk) == Verdict::Unknown {
            return None;
        }
    }
    fold.into_facts()
}

/// A response that was collected into a list of its chunks.
pub(super) fn collected(body: &Value<'_>, extractors: &Extractors, limits: Limits) -> Option<ResponseFacts> {
    let Value::Seq(chunks) = body else { return None };
    fold(chunks.map(Some), extractors, limits)
}
