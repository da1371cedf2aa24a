use memchr::{memchr, memchr3};

use super::Frame;
use crate::span::capture::{Ends, Excerpt};
use crate::wire::tape::Text;

/// Finds JSON objects that stand one behind the other: in lines, in an array, or with nothing between them.
///
/// What stands between them is passed over. Brackets are counted, outside of strings; whether it is JSON is for the
/// parser to say.
#[derive(Debug)]
pub(super) struct Documents {
    place: Place,
    excerpt: Excerpt,
}

/// Where the next byte stands.
#[derive(Debug)]
enum Place {
    Between,
    /// In a document of which so many brackets are open.
    Within {
        depth: usize,
        string: Option<Escape>,
    },
    /// Bytes are missing. Where the document ends is told by its lines, no more by brackets.
    Lost {
        line_begins: bool,
    },
}

/// Whether the next byte of a string stands behind a backslash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Escape {
    No,
    Yes,
}

enum Scan {
    Open,
    Ends(usize),
    /// A line ends within a string, which is no JSON: something has been lost.
    Breaks(usize),
}

impl Documents {
    pub(super) fn new(cap: usize) -> Self {
        Self { place: Place::Between, excerpt: Excerpt::new(cap) }
    }

    pub(super) fn cap(&self) -> usize {
        self.excerpt.cap()
    }

    pub(super) fn is_between(&self) -> bool {
        matches!(self.place, Place::Between)
    }

    pub(super) fn is_lost(&self) -> bool {
        matches!(self.place, Place::Lost { .. })
    }

    pub(super) fn push(&mut self, piece: &[u8], found: &mut impl FnMut(Frame<'_>)) {
        let mut rest = piece;
        while !rest.is_empty() {
            match &mut self.place {
                Place::Lost { .. } => rest = self.search(rest, found),
                Place::Between => {
                    let Some(begin) = memchr(b'{', rest) else { return };
                    rest = &rest[begin..];
                    self.place = Place::Within { depth: 0, string: None };
                }
                Place::Within { depth, string } => match scan(rest, depth, string) {
                    Scan::Open => {
                        self.excerpt.push(rest);
                        return;
                    }
                    Scan::Ends(end) => {
                        let (last, behind) = rest.split_at(end);
                        self.excerpt.finish(last, |ends| show(ends, found));
                        self.place = Place::Between;
                        rest = behind;
                    }
                    Scan::Breaks(end) => {
                        self.drop_open();
                        rest = &rest[end..];
                    }
                },
            }
        }
    }

    /// Bytes are missing here.
    pub(super) fn skip(&mut self, missing: u64) {
        if matches!(self.place, Place::Within { .. }) || self.excerpt.is_cut() {
            self.excerpt.skip(missing);
        }
        self.place = Place::Lost { line_begins: false };
    }

    /// Ends a document of which bytes are missing: here is its end, or that of a later one.
    pub(super) fn end_lost(&mut self, found: &mut impl FnMut(Frame<'_>)) {
        if self.excerpt.is_cut() {
            self.excerpt.finish(&[], |ends| show(ends, found));
        }
        self.drop_open();
    }

    /// Where pieces are whole documents, the next one begins with a bracket right behind one.
    pub(super) fn border(&mut self, next: &[u8], found: &mut impl FnMut(Frame<'_>)) {
        if self.is_lost() && next.first() == Some(&b'{') && matches!(self.excerpt.last(), None | Some(b'}')) {
            self.end_lost(found);
        }
    }

    /// There is no more. A body of which the end is missing is worth reading, too.
    pub(super) fn finish(&mut self, found: &mut impl FnMut(Frame<'_>)) {
        if matches!(self.place, Place::Within { .. }) {
            self.skip(0);
        }
        self.end_lost(found);
    }

    /// Forgets the document that is not complete.
    pub(super) fn drop_open(&mut self) {
        self.excerpt.clear();
        self.place = Place::Between;
    }

    /// Looks for the line that begins another document; pretty-printed ones are indented within.
    fn search<'p>(&mut self, piece: &'p [u8], found: &mut impl FnMut(Frame<'_>)) -> &'p [u8] {
        let mut line_begins = matches!(self.place, Place::Lost { line_begins: true });
        let mut at = 0;
        while at < piece.len() {
            if line_begins && matches!(piece[at], b'{' | b'[' | b']' | b',') {
                self.keep_lost(&piece[..at]);
                self.end_lost(found);
                return &piece[at..];
            }
            line_begins = false;
            match memchr(b'\n', &piece[at..]) {
                Some(end) => (at, line_begins) = (at + end + 1, true),
                None => break,
            }
        }
        self.place = Place::Lost { line_begins };
        self.keep_lost(piece);
        &[]
    }

    /// The end of a document is only of use where its beginning is known.
    fn keep_lost(&mut self, bytes: &[u8]) {
        if self.excerpt.is_cut() {
            self.excerpt.push(bytes);
        }
    }

    /// The bytes that it holds.
    #[cfg(test)]
    pub(super) fn size(&self) -> usize {
        self.excerpt.size()
    }
}

fn show(ends: Ends<'_>, found: &mut impl FnMut(Frame<'_>)) {
    let (kept, tail) = (String::from_utf8_lossy(ends.head), String::from_utf8_lossy(ends.tail));
    found(Frame::Document(Text { kept: &kept, cut: ends.cut, tail: &tail }));
}

/// Looks for the end of a document, from a place with so many brackets open, perhaps in a string.
fn scan(bytes: &[u8], depth: &mut usize, string: &mut Option<Escape>) -> Scan {
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match string {
            Some(escape @ Escape::Yes) => {
                *escape = Escape::No;
                at += 1;
            }
            Some(escape @ Escape::No) => {
                let Some(found) = memchr3(b'"', b'\\', b'\n', &bytes[at..]) else { return Scan::Open };
                at += found + 1;
                match bytes[at - 1] {
                    b'"' => *string = None,
                    b'\\' => *escape = Escape::Yes,
                    _ => return Scan::Breaks(at),
                }
            }
            None => {
                at += 1;
                match byte {
                    b'"' => *string = Some(Escape::No),
                    b'{' | b'[' => *depth += 1,
                    b'}' | b']' => {
                        *depth -= 1;
                        if *depth == 0 {
                            return Scan::Ends(at);
                        }
                    }
                    _ => {}
                }
            }
        }
    }
    Scan::Open
}
