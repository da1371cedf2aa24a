use super::super::Sink;
use super::super::capture::{Excerpt, Limits};
use super::super::items::Items;
use super::decode::Decoder;
use super::entry;
use super::messages::Messages;
use crate::wire::{Field, Tape, Timestamp};

/// How the body of a response is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyFraming {
    /// One value.
    Whole,
    /// Server-sent events.
    Events,
    /// A value in each line.
    Lines,
    /// A value that is sent as it grows: a list whose items come one after the other.
    Growing,
    /// The binary messages of Amazon's event streams.
    Messages,
    /// Not text, or compressed still: not to be read.
    Opaque,
}

/// The body of a response, as far as it has come.
#[derive(Default)]
pub(super) enum Received {
    #[default]
    Nothing,
    Whole(Box<Excerpt>),
    Stream(Box<Stream>),
}

/// A body that is read as it passes; bounded, since what has come is put together now and then.
pub(super) struct Stream {
    reader: Reader,
    items: Items,
    cap: usize,
}

/// Makes text of the pieces of a body.
enum Reader {
    Text(Decoder, Chunks),
    Messages(Messages),
}

impl Received {
    pub(super) fn new(framing: BodyFraming, tape: &Tape, limits: Limits, gaps: bool) -> Self {
        match framing {
            BodyFraming::Whole => Self::Whole(Box::new(Excerpt::new(limits.cap()))),
            BodyFraming::Opaque => Self::Nothing,
            framing => Self::Stream(Box::new(Stream {
                reader: match framing {
                    BodyFraming::Messages => Reader::Messages(Messages::default()),
                    framing => Reader::Text(Decoder::default(), Chunks::new(framing)),
                },
                cap: limits.cap(),
                items: Items::new(Field::ResponseChunk, tape, limits, true).with_gaps(gaps),
            })),
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8], tape: &mut Tape, start: Timestamp, sink: &dyn Sink) {
        match self {
            Self::Nothing => {}
            Self::Whole(excerpt) => excerpt.push(bytes),
            Self::Stream(stream) => stream.push(bytes, tape, start, sink),
        }
    }

    pub(super) fn finish(self, tape: &mut Tape) {
        match self {
            Self::Nothing => {}
            Self::Whole(mut excerpt) => {
                excerpt.finish(&[], |body| entry::write(body, tape, Field::ResponseBody));
            }
            Self::Stream(stream) => stream.items.finish(tape),
        }
    }
}

impl Stream {
    fn push(&mut self, bytes: &[u8], tape: &mut Tape, start: Timestamp, sink: &dyn Sink) {
        let Self { reader, items, cap } = self;
        match reader {
            Reader::Text(decoder, chunks) => {
                count(chunks.begun_in(bytes), items, tape, start, sink);
                write(&decoder.push(bytes), items, tape, sink);
            }
            Reader::Messages(messages) => messages.push(bytes, *cap, |message| {
                count(1, items, tape, start, sink);
                write(message, items, tape, sink);
            }),
        }
    }
}

/// So many chunks have begun.
fn count(begun: usize, items: &mut Items, tape: &mut Tape, start: Timestamp, sink: &dyn Sink) {
    if begun > 0 {
        let now = sink.now();
        (0..begun).for_each(|_| items.arrived(tape, Some(start), || now));
    }
}

/// Writes a piece that is longer than the room bit by bit: putting together makes room.
fn write(mut text: &str, items: &mut Items, tape: &mut Tape, sink: &dyn Sink) {
    while !text.is_empty() {
        let Some(room) = items.room() else { break };
        let end = (0..=room.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
        let (piece, rest) = text.split_at(end.unwrap_or_default());
        if piece.is_empty() {
            break;
        }
        let before = tape.len();
        tape.entry(Field::ResponseChunk, None);
        tape.text(piece);
        items.written(tape, before, sink);
        text = rest;
    }
}

/// Counts the chunks of a stream without reading them: the lines that begin an object.
struct Chunks {
    /// What stands before the object; none where each piece of the body counts as a chunk.
    mark: Option<&'static [u8]>,
    line: Line,
}

/// What is known of the line that has come last.
#[derive(Clone, Copy)]
enum Line {
    /// It has so many bytes of the mark.
    Marked(usize),
    /// All that matters is known.
    Settled,
}

impl Chunks {
    fn new(framing: BodyFraming) -> Self {
        let mark: Option<&[u8]> = match framing {
            BodyFraming::Events => Some(b"data:"),
            BodyFraming::Lines => Some(b""),
            _ => None,
        };
        Self { mark, line: Line::Marked(0) }
    }

    /// How many chunks begin in this piece.
    fn begun_in(&mut self, bytes: &[u8]) -> usize {
        let Some(mark) = self.mark else { return usize::from(!bytes.is_empty()) };
        let mut begun = 0;
        let mut rest = bytes;
        loop {
            let Line::Marked(matched) = self.line else {
                let Some(end) = memchr::memchr2(b'\n', b'\r', rest) else { break };
                rest = &rest[end + 1..];
                self.line = Line::Marked(0);
                continue;
            };
            let Some((&byte, next)) = rest.split_first() else { break };
            rest = next;
            self.line = match mark.get(matched) {
                _ if matches!(byte, b'\n' | b'\r') => Line::Marked(0),
                Some(expected) if *expected == byte => Line::Marked(matched + 1),
                None if byte == b' ' => self.line,
                None if byte == b'{' => {
                    begun += 1;
                    Line::Settled
                }
                _ => Line::Settled,
            };
        }
        begun
    }
}

#[cfg(test)]
mod tests {
    use super::{BodyFraming, Chunks};

    fn count(framing: BodyFraming, text: &str, size: usize) -> usize {
        let mut chunks = Chunks::new(framing);
        text.as_bytes().chunks(size).map(|piece| chunks.begun_in(piece)).sum()
    }

    #[test]
    fn chunks_are_counted_wherever_the_body_is_split() {
        let events = "event: a\ndata: {\"data:\": {}}\n\n: data: {\n\ndata:{}\r\n\r\ndata:  {\"c\": 3}\n\ndata: [DONE]\n\n";
        let lines = "{\"a\": {}}\n{}\n\n  \n{\"b\"";
        for size in 1..events.len() {
            assert_eq!(count(BodyFraming::Events, events, size), 3);
            assert_eq!(count(BodyFraming::Lines, lines, size), 3);
        }
        assert_eq!(count(BodyFraming::Growing, "[{},", 2), 2);
    }
}
