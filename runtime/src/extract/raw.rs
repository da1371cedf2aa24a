//! Raw text and bytes, as they were captured piece by piece.

use super::debug_text;
use super::framing::{Frame, Framing};
use super::torn;
use crate::wire::Tape;
use crate::wire::tape::{Seq, Text, Value};

/// The raw text of a stream, as far as it has come.
///
/// Texts are captured as they are, vectors of bytes as numbers, and what does not serialize as its `Debug` text.
#[derive(Debug)]
pub(super) struct RawText {
    form: Form,
    framing: Framing,
}

#[derive(Debug, PartialEq, Eq)]
enum Form {
    Open,
    /// Texts or bytes, split anywhere.
    Pieces,
    /// `Debug` texts of events, one each.
    Events,
}

impl RawText {
    /// Keeps about so many bytes of one document.
    pub(super) fn new(cap: usize) -> Self {
        Self { form: Form::Open, framing: Framing::new(cap) }
    }

    /// Whether nothing will be found, ever.
    pub(super) fn is_other(&self) -> bool {
        self.form == Form::Pieces && self.framing.is_other()
    }

    /// Whether it is one body, or lines of JSON; no array, and no events.
    pub(super) fn is_plain_json(&self) -> bool {
        self.framing.is_plain_json()
    }

    /// Whether a document has begun and not ended.
    pub(super) fn is_amid(&self) -> bool {
        self.framing.is_amid()
    }

    /// Adds a piece; false where the value is none.
    pub(super) fn push(&mut self, value: &Value<'_>, found: &mut impl FnMut(Frame<'_>)) -> bool {
        match value {
            Value::Text(text) if !self.is_other() => self.push_text(*text, found),
            Value::Seq(seq) if is_bytes(*seq) && !self.is_other() => self.push_bytes(*seq, found),
            Value::Text(_) => {}
            Value::Seq(seq) => return is_bytes(*seq),
            _ => return false,
        }
        true
    }

    /// There are no more pieces.
    pub(super) fn finish(&mut self, found: &mut impl FnMut(Frame<'_>)) {
        self.framing.finish(found);
    }

    /// The pieces broke off, and may begin anew.
    pub(super) fn interrupt(&mut self) {
        if !self.is_other() {
            self.form = Form::Open;
            self.framing.interrupt();
        }
    }

    fn push_text(&mut self, text: Text<'_>, found: &mut impl FnMut(Frame<'_>)) {
        if self.form != Form::Pieces && debug_text::is_value(text.kept) {
            if let Some(data) = debug_text::data(text.kept) {
                self.form = Form::Events;
                found(if data.trim() == "[DONE]" { Frame::Done } else { Frame::Document((&*data).into()) });
                return;
            }
        } else {
            self.form = Form::Pieces;
        }
        match debug_text::bytes(text.kept) {
            Some(bytes) => self.framing.push(&bytes, found),
            None => self.framing.push(text.kept.as_bytes(), found),
        }
        if let Some(original) = text.cut {
            let kept = (text.kept.len() + text.tail.len()) as u64;
            self.framing.skip(original.saturating_sub(kept));
            self.framing.push(text.tail.as_bytes(), found);
        }
    }

    fn push_bytes(&mut self, seq: Seq<'_>, found: &mut impl FnMut(Frame<'_>)) {
        self.form = Form::Pieces;
        let (bytes, missing) = bytes(seq);
        self.framing.push(&bytes, found);
        if let Some(missing) = missing {
            self.framing.skip(missing);
        }
    }
}

/// Lets `ask` see what a text of JSON says, or bytes that are one; none where the value is neither.
pub(super) fn json<T>(value: &Value<'_>, ask: impl FnOnce(&Value<'_>) -> Option<T>) -> Option<T> {
    let decoded;
    let text = match value {
        Value::Text(text) => match debug_text::bytes(text.kept) {
            Some(bytes) => {
                decoded = String::from_utf8_lossy(&bytes).into_owned();
                Text { kept: &decoded, cut: text.cut.map(|_| 0), tail: "" }
            }
            None => *text,
        },
        Value::Seq(seq) if is_bytes(*seq) => {
            let (bytes, missing) = bytes(*seq);
            decoded = String::from_utf8_lossy(&bytes).into_owned();
            Text { kept: &decoded, cut: missing.map(|missing| bytes.len() as u64 + missing), tail: "" }
        }
        _ => return None,
    };
    if !text.kept.trim_start().starts_with(['{', '[']) {
        return None;
    }
    ask(&torn::read(text, &mut Tape::default())?)
}

/// Whether a sequence is one of bytes, by its first number.
pub(super) fn is_bytes(mut seq: Seq<'_>) -> bool {
    matches!(seq.next(), Some(Value::Unsigned(first)) if u8::try_from(first).is_ok())
}

/// The bytes, and how many are missing behind them.
fn bytes(seq: Seq<'_>) -> (Vec<u8>, Option<u64>) {
    let mut missing = None;
    let bytes = seq.map_while(|value| match value {
        Value::Unsigned(byte) => u8::try_from(byte).ok(),
        Value::Cut(left) => {
            missing = Some(left);
            None
        }
        _ => None,
    });
    (bytes.collect(), missing)
}
