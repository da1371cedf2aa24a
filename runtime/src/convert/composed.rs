//! Texts that are put together where they are written.
//!
//! Most of what a span sends is JSON of its arguments, results and messages. Each is written once, straight into the
//! request, from what stands on the tape; nothing is made of it in between.

use super::content::{self, Input, Output, Pair};
use super::facts;
use super::message::{Captured, Messages};
use super::{message, retrieval};
use crate::wire::tape::{Seq, Text, Value};
use crate::wire::text::TextSink;

/// A text that is put together where it is written.
#[derive(Clone, Debug)]
pub(crate) enum Composed<'a> {
    /// A text that was cut, with a mark where something is missing.
    Text(Text<'a>),
    /// A message and those of its sources, one a line.
    Causes(Option<Value<'a>>, Seq<'a>),
    /// A value as JSON.
    Json(Value<'a>),
    /// An input as a JSON object.
    Object(Input<'a>),
    /// An input in the shape that readers of Traceloop's spans know.
    Call(Input<'a>),
    /// Arguments of which some have gone elsewhere, in the same shape.
    CallWith(Vec<Pair<'a>>),
    /// An output as JSON.
    Output(Output<'a>),
    /// An output as a JSON object.
    Result(Output<'a>),
    /// Messages that were said explicitly.
    Messages(Box<Messages<'a>>),
    /// A captured value as the only message.
    Captured(Captured<'a>),
    /// System instructions.
    Instructions(Value<'a>),
    /// Definitions of tools.
    Definitions(Seq<'a>),
    /// Documents that were found.
    Documents(Output<'a>),
}

impl Composed<'_> {
    /// Writes the text.
    pub(crate) fn write<S: TextSink>(&self, sink: &mut S) {
        match self {
            Self::Text(text) => text.write(sink),
            Self::Causes(message, chain) => {
                sink.push(message.and_then(|message| facts::text(&message)).unwrap_or_default().as_bytes());
                for source in chain.filter_map(|source| facts::text(&source)) {
                    sink.push(b"\nCaused by: ");
                    sink.push(source.as_bytes());
                }
            }
            Self::Json(value) => value.write_json(sink),
            Self::Object(input) => input.write_object(sink),
            Self::Call(input) => input.write_call(sink),
            Self::CallWith(arguments) => content::write_call(arguments, sink),
            Self::Output(output) => output.write_json(sink),
            Self::Result(output) => output.write_object(sink),
            Self::Messages(messages) => messages.write(sink),
            Self::Captured(captured) => captured.write(sink),
            Self::Instructions(value) => message::write_instructions(value, sink),
            Self::Definitions(tools) => message::write_definitions(*tools, sink),
            Self::Documents(output) => retrieval::write_documents(*output, sink),
        }
    }

    /// Whether the text is read by programs, which cannot read half of it.
    fn is_json(&self) -> bool {
        !matches!(self, Self::Text(_) | Self::Causes(..))
    }

    /// The text in so many characters, where it has more. JSON stays JSON: texts and lists within it are shortened,
    /// all to the same length, the greatest with which the whole has room.
    pub(super) fn within(&self, most: usize) -> Option<String> {
        let whole = self.to_text();
        let (end, _) = whole.char_indices().nth(most)?;
        if !self.is_json() {
            return Some(whole[..end].into());
        }
        let shortened = |room: usize| {
            let mut sink = Narrow { text: Vec::new(), room };
            self.write(&mut sink);
            String::from_utf8(sink.text).unwrap_or_default()
        };
        let fits = |text: &str| text.chars().nth(most).is_none();
        let (mut fitting, mut too_long) = (0, most);
        let mut best = shortened(fitting);
        while too_long - fitting > 1 {
            let room = usize::midpoint(fitting, too_long);
            let text = shortened(room);
            if fits(&text) {
                (fitting, best) = (room, text);
            } else {
                too_long = room;
            }
        }
        match best {
            best if fits(&best) => Some(best),
            // What is left is JSON still, and says that something was there.
            _ if most >= 3 => Some("\"…\"".into()),
            _ => Some(String::new()),
        }
    }

    pub(crate) fn to_text(&self) -> String {
        let mut text = Vec::new();
        self.write(&mut text);
        // It is UTF-8, since only text was written.
        String::from_utf8(text).unwrap_or_default()
    }
}

/// A text whose parts have little room.
struct Narrow {
    text: Vec<u8>,
    room: usize,
}

impl TextSink for Narrow {
    fn push_within(&mut self, text: &[u8], strings: usize) {
        self.text.push_within(text, strings);
    }

    fn push_unchecked_within(&mut self, text: &[u8], strings: usize) {
        self.text.push_unchecked_within(text, strings);
    }

    fn push_quote_within(&mut self, strings: usize) {
        self.text.push_quote_within(strings);
    }

    fn push_string_within(&mut self, text: &[u8], strings: usize) {
        self.text.push_string_within(text, strings);
    }

    fn push_clean(&mut self, text: &[u8]) {
        self.text.push_clean(text);
    }

    fn room(&self) -> usize {
        self.room
    }
}
