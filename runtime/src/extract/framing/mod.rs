//! Finds the JSON documents in raw text that comes in pieces: server-sent events, JSON lines, the elements of an array,
//! or one body.
//!
//! Servers and clients split wherever they like, so nothing is expected of the pieces: an event may come in many, many
//! in one, and a character in two. What is no JSON is told by its first bytes, and costs nothing from there on.

mod documents;
mod events;

use crate::wire::tape::Text;
use documents::Documents;
use events::Events;

/// What some servers send before the first character.
const BOM: &[u8] = "\u{feff}".as_bytes();

/// What is found.
#[derive(Debug)]
pub(super) enum Frame<'a> {
    /// A JSON object; of a long one, its beginning and its end.
    Document(Text<'a>),
    /// The server says that this was all.
    Done,
}

/// Raw text, as far as it has come.
#[derive(Debug)]
pub(super) struct Framing {
    shape: Shape,
    documents: Documents,
}

#[derive(Debug)]
enum Shape {
    /// Too little has come to tell.
    Open(Vec<u8>),
    Events(Events),
    /// JSON, and whether it is an array.
    Json {
        is_array: bool,
    },
    /// Some other text.
    Other,
}

impl Framing {
    /// Text of which the first bytes do not tell what it is by then is some other text.
    const MOST_OPEN: usize = 64;

    /// Keeps about so many bytes of one document.
    pub(super) fn new(cap: usize) -> Self {
        Self { shape: Shape::Open(Vec::new()), documents: Documents::new(cap) }
    }

    /// Whether nothing will be found, ever.
    pub(super) fn is_other(&self) -> bool {
        matches!(self.shape, Shape::Other)
    }

    /// Whether it is one body, or lines of JSON; no array, and no events.
    pub(super) fn is_plain_json(&self) -> bool {
        matches!(self.shape, Shape::Json { is_array: false })
    }

    /// Whether a document has begun and not ended.
    pub(super) fn is_amid(&self) -> bool {
        !self.is_other() && !self.documents.is_between()
    }

    /// Adds a piece: an item of a stream, a chunk of a body.
    pub(super) fn push(&mut self, piece: &[u8], found: &mut impl FnMut(Frame<'_>)) {
        let Shape::Open(start) = &mut self.shape else {
            self.border(piece, found);
            self.read(piece, found);
            return;
        };
        let (first, rest) = piece.split_at(piece.len().min(Self::MOST_OPEN));
        start.extend_from_slice(first);
        let begin = start.strip_prefix(BOM).unwrap_or(start).trim_ascii_start();
        start.drain(..start.len() - begin.len());
        let Some(shape) = shape(start) else { return };
        let start = std::mem::take(start);
        self.shape = shape;
        self.read(&start, found);
        self.read(rest, found);
    }

    /// Says that so many bytes are missing here; 0 where that is not known.
    pub(super) fn skip(&mut self, missing: u64) {
        match &mut self.shape {
            Shape::Open(_) => self.shape = Shape::Other,
            Shape::Events(events) => events.skip(missing, &mut self.documents),
            Shape::Json { .. } => self.documents.skip(missing),
            Shape::Other => {}
        }
    }

    /// There are no more pieces.
    pub(super) fn finish(&mut self, found: &mut impl FnMut(Frame<'_>)) {
        match &mut self.shape {
            Shape::Events(events) => events.end_line(&mut self.documents, found),
            Shape::Json { .. } => self.documents.finish(found),
            Shape::Open(_) | Shape::Other => {}
        }
    }

    /// The pieces broke off, and may begin anew.
    pub(super) fn interrupt(&mut self) {
        *self = Self::new(self.documents.cap());
    }

    fn read(&mut self, piece: &[u8], found: &mut impl FnMut(Frame<'_>)) {
        match &mut self.shape {
            Shape::Events(events) => events.push(piece, &mut self.documents, found),
            Shape::Json { .. } => self.documents.push(piece, found),
            Shape::Open(_) | Shape::Other => {}
        }
    }

    /// Pieces may be lines without their ends, or whole documents with nothing between them.
    fn border(&mut self, next: &[u8], found: &mut impl FnMut(Frame<'_>)) {
        match &mut self.shape {
            Shape::Events(events) => events.border(next, &mut self.documents, found),
            Shape::Json { .. } => self.documents.border(next, found),
            Shape::Open(_) | Shape::Other => {}
        }
    }
}

/// What the text is, by its first bytes; none where they do not tell yet.
fn shape(start: &[u8]) -> Option<Shape> {
    let inner = start.get(1..).unwrap_or_default().trim_ascii_start().first();
    match (start.first(), inner) {
        (None, _) => return None,
        (Some(b'{' | b'['), None) if start.len() < Framing::MOST_OPEN => return None,
        (Some(b'{'), Some(b'"' | b'}')) => return Some(Shape::Json { is_array: false }),
        (Some(b'['), Some(b'{')) => return Some(Shape::Json { is_array: true }),
        _ => {}
    }
    if events::FIELDS.iter().any(|field| start.starts_with(field)) {
        return Some(Shape::Events(Events::default()));
    }
    let is_open = BOM.starts_with(start) || events::FIELDS.iter().any(|field| field.starts_with(start));
    (!is_open).then_some(Shape::Other)
}

#[cfg(test)]
mod tests;
