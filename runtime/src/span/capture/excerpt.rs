use super::Limits;

/// The begin and the end of bytes that come in pieces: what is told last, tokens say, is worth keeping.
#[derive(Debug)]
pub(crate) struct Excerpt {
    cap: usize,
    head: Vec<u8>,
    tail: Vec<u8>,
    /// How many bytes have come, left out or not; none where that is not known.
    len: Option<u64>,
    /// The head takes no more.
    is_cut: bool,
}

/// What is kept of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ends<'a> {
    pub(crate) head: &'a [u8],
    /// Empty where nothing is missing.
    pub(crate) tail: &'a [u8],
    /// Where bytes are missing, how many there were in all; 0 where that is not known.
    pub(crate) cut: Option<u64>,
}

impl<'a> Ends<'a> {
    /// What is kept of bytes that come in one piece.
    pub(crate) fn of(bytes: &'a [u8], cap: usize) -> Self {
        if bytes.len() <= cap.saturating_add(Limits::TAIL) {
            return Self { head: bytes, tail: &[], cut: None };
        }
        let tail = &bytes[bytes.len() - Limits::TAIL..];
        Self { head: &bytes[..cap], tail, cut: Some(bytes.len() as u64) }
    }
}

impl Excerpt {
    /// Keeps so many bytes of the beginning, and a fixed length of the end.
    pub(crate) fn new(cap: usize) -> Self {
        Self { cap, head: Vec::new(), tail: Vec::new(), len: Some(0), is_cut: false }
    }

    pub(crate) fn cap(&self) -> usize {
        self.cap
    }

    /// Whether bytes are missing, or would be if there were many more.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }

    fn is_empty(&self) -> bool {
        self.head.is_empty() && !self.is_cut
    }

    /// The last byte that is no white space.
    pub(crate) fn last(&self) -> Option<u8> {
        let bytes = if self.tail.is_empty() { &self.head } else { &self.tail };
        bytes.trim_ascii_end().last().copied()
    }

    pub(crate) fn push(&mut self, piece: &[u8]) {
        self.len = self.len.map(|len| len.saturating_add(piece.len() as u64));
        let room = if self.is_cut { 0 } else { self.cap.saturating_sub(self.head.len()) };
        let (head, rest) = piece.split_at(room.min(piece.len()));
        self.head.extend_from_slice(head);
        self.is_cut |= !rest.is_empty();
        self.tail.extend_from_slice(&rest[rest.len().saturating_sub(Limits::TAIL)..]);
        // Now and then, so that each byte is moved once.
        if self.tail.len() > 2 * Limits::TAIL {
            self.trim_tail();
        }
    }

    /// Leaves out so many bytes; 0 where that is not known.
    pub(crate) fn skip(&mut self, missing: u64) {
        self.len = self.len.filter(|_| missing > 0).map(|len| len.saturating_add(missing));
        self.is_cut = true;
        self.tail.clear();
    }

    /// Lets `read` see what was kept of the bytes that end with `last`, and forgets it.
    pub(crate) fn finish(&mut self, last: &[u8], read: impl FnOnce(Ends<'_>)) {
        if self.is_empty() {
            return read(Ends::of(last, self.cap));
        }
        self.push(last);
        self.trim_tail();
        let kept = (self.head.len() + self.tail.len()) as u64;
        if self.len == Some(kept) {
            // The tail goes on where the head ends.
            self.head.append(&mut self.tail);
            read(Ends { head: &self.head, tail: &[], cut: None });
        } else {
            read(Ends { head: &self.head, tail: &self.tail, cut: Some(self.len.unwrap_or(0)) });
        }
        self.clear();
    }

    pub(crate) fn clear(&mut self) {
        self.head.clear();
        self.tail.clear();
        (self.len, self.is_cut) = (Some(0), false);
    }

    fn trim_tail(&mut self) {
        self.tail.drain(..self.tail.len().saturating_sub(Limits::TAIL));
    }

    /// The bytes that it takes up.
    #[cfg(test)]
    pub(crate) fn size(&self) -> usize {
        self.head.capacity() + self.tail.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::{Ends, Excerpt};
    use crate::span::capture::Limits;

    /// What is kept of these pieces: the head, the tail, and the whole length where bytes are missing.
    fn kept(cap: usize, pieces: &[&[u8]]) -> (Vec<u8>, Vec<u8>, Option<u64>) {
        let mut excerpt = Excerpt::new(cap);
        for piece in pieces {
            excerpt.push(piece);
        }
        assert!(excerpt.head.len() <= cap && excerpt.tail.len() <= 2 * Limits::TAIL);
        let whole = pieces.concat();
        let mut seen = None;
        excerpt.finish(&[], |ends| {
            assert_eq!(ends, Ends::of(&whole, cap));
            seen = Some((ends.head.to_vec(), ends.tail.to_vec(), ends.cut));
        });
        assert!(excerpt.is_empty() && !excerpt.is_cut());
        seen.expect("it was shown")
    }

    #[test]
    fn what_fits_is_kept_as_it_is() {
        assert_eq!(kept(8, &[b"abc", b"", b"de"]), (b"abcde".to_vec(), vec![], None));
        assert_eq!(kept(3, &[b"abc", b"de"]), (b"abcde".to_vec(), vec![], None));
        assert_eq!(kept(0, &[b"abc"]), (b"abc".to_vec(), vec![], None));
        assert_eq!(kept(8, &[]), (vec![], vec![], None));
    }

    #[test]
    fn of_many_bytes_begin_and_end_are_kept() {
        let long = ["a".repeat(10), "b".repeat(50_000), "the end".into()].concat();
        let long = long.into_bytes();
        let (head, tail, cut) = kept(10, &[&long]);
        assert_eq!((head.as_slice(), cut), (&[b'a'; 10][..], Some(50_017)));
        assert!(tail.len() == Limits::TAIL && tail.ends_with(b"bthe end"), "{}", tail.len());
        for size in [1, 7, 9_000] {
            let in_pieces: Vec<_> = long.chunks(size).collect();
            assert_eq!(kept(10, &in_pieces), (head.clone(), tail.clone(), cut));
        }
    }

    #[test]
    fn what_was_skipped_is_missing_however_little_came() {
        for (missing, cut) in [(5, Some(10)), (0, Some(0))] {
            let mut excerpt = Excerpt::new(8);
            excerpt.push(b"abc");
            excerpt.skip(missing);
            excerpt.finish(b"de", |ends| assert_eq!(ends, Ends { head: b"abc", tail: b"de", cut }));
        }
    }
}
