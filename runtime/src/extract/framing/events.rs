use memchr::memchr2;

use super::Frame;
use super::documents::Documents;

/// What the lines of an event stream begin with; a comment with nothing but the colon.
pub(super) const FIELDS: [&[u8]; 5] = [DATA, b"event:", b"id:", b"retry:", b":"];
const DATA: &[u8] = b"data:";
const DONE: &[u8] = b"[DONE]";

/// Finds the data in a stream of server-sent events, and hands it on.
///
/// More lenient than the standard: an event need not end with an empty line, a line of data may be a whole document,
/// and the pieces may be lines whose ends somebody has taken off.
#[derive(Debug, Default)]
pub(super) struct Events {
    line: Line,
    /// The last byte was a carriage return; a line feed behind it belongs to it.
    after_return: bool,
}

/// What the line is, as far as it has come.
#[derive(Clone, Copy, Debug)]
enum Line {
    /// So many bytes of `data:` have come, and nothing else.
    Name(usize),
    Data,
    /// So many bytes of `[DONE]` have come, and nothing else.
    Done(usize),
    Other,
}

impl Default for Line {
    fn default() -> Self {
        Self::Name(0)
    }
}

impl Events {
    pub(super) fn push(
        &mut self,
        piece: &[u8],
        documents: &mut Documents,
        found: &mut impl FnMut(Frame<'_>),
    ) {
        let mut rest = piece;
        while let Some(first) = rest.first() {
            if std::mem::take(&mut self.after_return) && *first == b'\n' {
                rest = &rest[1..];
                continue;
            }
            let Some(end) = memchr2(b'\n', b'\r', rest) else {
                self.within_line(rest, documents, found);
                return;
            };
            self.within_line(&rest[..end], documents, found);
            self.end_line(documents, found);
            self.after_return = rest[end] == b'\r';
            rest = &rest[end + 1..];
        }
    }

    /// Bytes are missing here, perhaps whole events.
    pub(super) fn skip(&mut self, missing: u64, documents: &mut Documents) {
        if matches!(self.line, Line::Data) {
            documents.skip(missing);
        } else {
            self.line = Line::Other;
        }
    }

    /// Where pieces are lines without their ends, the next one begins like a line.
    pub(super) fn border(
        &mut self,
        next: &[u8],
        documents: &mut Documents,
        found: &mut impl FnMut(Frame<'_>),
    ) {
        let is_line = FIELDS.iter().any(|field| next.starts_with(field));
        let is_within = matches!(self.line, Line::Data) && !documents.is_between() && !documents.is_lost();
        if is_line && !is_within && !matches!(self.line, Line::Name(_)) {
            self.end_line(documents, found);
        }
    }

    pub(super) fn end_line(&mut self, documents: &mut Documents, found: &mut impl FnMut(Frame<'_>)) {
        match std::mem::take(&mut self.line) {
            // An empty line ends the event, complete or not.
            Line::Name(0) => documents.drop_open(),
            Line::Data if documents.is_lost() => documents.end_lost(found),
            Line::Data => documents.push(b"\n", found),
            Line::Done(done) if done == DONE.len() => found(Frame::Done),
            _ => {}
        }
    }

    fn within_line(&mut self, bytes: &[u8], documents: &mut Documents, found: &mut impl FnMut(Frame<'_>)) {
        match self.line {
            Line::Name(at) => match follow(DATA, at, bytes) {
                Followed::Whole(rest) => {
                    // A document that has begun in the line before goes on.
                    self.line = if documents.is_between() { Line::Done(0) } else { Line::Data };
                    self.within_line(rest, documents, found);
                }
                Followed::Part(at) => self.line = Line::Name(at),
                Followed::Left => self.line = Line::Other,
            },
            Line::Done(at) => {
                let rest = if matches!(at, 0 | 6) { bytes.trim_ascii_start() } else { bytes };
                match follow(DONE, at, rest) {
                    Followed::Whole(rest) if rest.trim_ascii().is_empty() => {
                        self.line = Line::Done(DONE.len());
                    }
                    Followed::Part(at) => self.line = Line::Done(at),
                    _ => {
                        // None of its bytes begins a document.
                        self.line = Line::Data;
                        documents.push(bytes, found);
                    }
                }
            }
            Line::Data => documents.push(bytes, found),
            Line::Other => {}
        }
    }
}

enum Followed<'a> {
    /// The word is there; what stands behind it.
    Whole(&'a [u8]),
    /// So many bytes of the word are there.
    Part(usize),
    /// It is another word.
    Left,
}

/// Whether `bytes` go on with the word of which `at` bytes have come.
fn follow<'a>(word: &[u8], at: usize, bytes: &'a [u8]) -> Followed<'a> {
    let missing = &word[at..];
    let common = missing.len().min(bytes.len());
    if bytes[..common] != missing[..common] {
        return Followed::Left;
    }
    match bytes.get(missing.len()..) {
        Some(rest) => Followed::Whole(rest),
        None => Followed::Part(at + common),
    }
}
