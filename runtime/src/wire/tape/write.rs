use std::collections::HashMap;

use super::{Entry, Nesting, Tag, Tape, Value};
use crate::wire::Field;

/// A place on a tape to come back to.
///
/// Good for the tape that it is from, as long as nothing before it is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(super) len: usize,
    nesting: Nesting,
}

impl Tape {
    /// An empty tape that writes into the buffer of an old one.
    ///
    /// Most of what a tape costs is its first allocations; the pool of a pipeline keeps buffers for it.
    #[must_use]
    pub fn reuse(mut buffer: Vec<u8>) -> Self {
        buffer.clear();
        Self { bytes: buffer, nesting: Nesting::default() }
    }

    /// Takes back everything, and makes room for so many bytes.
    pub(crate) fn clear(&mut self, room: usize) {
        self.bytes.clear();
        self.bytes.reserve(room);
        self.nesting = Nesting::default();
    }

    /// The buffer, for another tape to write into.
    #[must_use]
    pub fn into_buffer(self) -> Vec<u8> {
        self.bytes
    }

    /// What was written, as it is: to be searched without a walk.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes written so far.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing was written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The bytes that the buffer takes up.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// Starts an entry; exactly one value has to follow.
    ///
    /// The name is empty for fields that have none. Nothing checks that a value follows: this is the hot
    /// path, and its callers are few.
    pub fn entry(&mut self, field: Field, name: Option<&str>) {
        self.chunk(field as u8, name.unwrap_or_default().as_bytes());
    }

    /// Appends the entries of another tape.
    ///
    /// Both have to be whole: no container open. Entries of the other count before ours, since they come
    /// later.
    pub fn append(&mut self, other: &Self) {
        self.bytes.extend_from_slice(&other.bytes);
    }

    /// The entries that count: of each field and name the last one, and all events and items.
    #[must_use]
    pub fn last_entries(&self) -> Self {
        let mut last = HashMap::new();
        for (place, entry) in self.entries().enumerate() {
            last.insert((entry.field, entry.name), place);
        }
        let mut kept = Self::default();
        for (place, entry) in self.entries().enumerate() {
            let adds_up = matches!(entry.field, Field::Event | Field::Item | Field::ResponseChunk);
            if adds_up || last.get(&(entry.field, entry.name)) == Some(&place) {
                kept.copy(&entry);
            }
        }
        kept
    }

    /// Whether the buffer holds so many bytes, with little to spare.
    pub(crate) fn suits(&self, len: usize) -> bool {
        let capacity = self.bytes.capacity();
        capacity >= len && capacity <= len + len / 4
    }

    /// Moves everything to a tape of the right length: in the same buffer where that has little to spare, else in one that
    /// `buffer` gives for so many bytes. A giant stays where it is: to copy it costs more than it saves.
    pub(crate) fn pack(&mut self, buffer: impl FnOnce(usize) -> Vec<u8>) -> Self {
        const GIANT: usize = 64 << 10;
        let len = self.bytes.len();
        if len > GIANT && !self.suits(len) {
            self.bytes.shrink_to_fit();
        }
        if len > GIANT || len > 0 && self.suits(len) {
            return std::mem::take(self);
        }
        if len == 0 {
            return Self::default();
        }
        let mut packed = buffer(len);
        packed.extend_from_slice(&self.bytes);
        self.bytes.clear();
        Self { bytes: packed, nesting: Nesting::default() }
    }

    /// Appends one entry of another tape.
    pub fn copy(&mut self, entry: &Entry<'_>) {
        self.entry(entry.field, Some(entry.name));
        self.value(&entry.value);
    }

    /// Writes a value of another tape.
    ///
    /// To the depth of the value, which capture bounds.
    pub fn value(&mut self, value: &Value<'_>) {
        match value {
            Value::Null => self.null(),
            Value::Bool(value) => self.bool(*value),
            Value::Unsigned(value) => self.unsigned(*value),
            Value::Signed(value) => self.signed(*value),
            Value::WideUnsigned(value) => self.wide_unsigned(*value),
            Value::WideSigned(value) => self.wide_signed(*value),
            Value::Single(value) => self.single(*value),
            Value::Double(value) => self.double(*value),
            Value::Text(text) => match text.cut {
                None => self.text(text.kept),
                Some(original) => self.cut_text(text.kept, text.tail, original),
            },
            Value::Seq(seq) => {
                self.begin_seq();
                seq.for_each(|value| self.value(&value));
                self.end();
            }
            Value::Map(map) => {
                self.begin_map();
                for (key, value) in *map {
                    if !matches!(value, Value::Cut(_)) {
                        self.text(key);
                    }
                    self.value(&value);
                }
                self.end();
            }
            Value::Cut(missing) => self.cut(*missing),
        }
    }

    /// Says what went wrong.
    pub(crate) fn fault(&mut self, kind: &str, message: &str) {
        self.begin_fault(kind);
        self.text("message");
        self.text(message);
        self.end();
    }

    /// Starts to say what went wrong: its type, empty where that is not known. Pairs may follow: a `message`, and a
    /// `chain` of those of its sources; [`end`](Self::end) ends it.
    pub(crate) fn begin_fault(&mut self, kind: &str) {
        self.entry(Field::Fault, None);
        self.begin_map();
        self.text("type");
        self.text(kind);
    }

    /// Where the tape stands now.
    #[inline]
    pub(crate) fn mark(&self) -> Mark {
        Mark { len: self.bytes.len(), nesting: self.nesting }
    }

    /// Takes back everything that was written since `mark`.
    ///
    /// The name of the entry before stays; another value may follow it.
    pub(crate) fn rewind(&mut self, mark: Mark) {
        self.bytes.truncate(mark.len);
        self.nesting = mark.nesting;
    }

    /// Whether nothing was written since `mark`.
    #[inline]
    pub(crate) fn is_at(&self, mark: Mark) -> bool {
        self.bytes.len() == mark.len
    }

    /// The bytes that were written since `mark`.
    pub(crate) fn len_since(&self, mark: Mark) -> usize {
        self.bytes.len().saturating_sub(mark.len)
    }

    /// Closes the containers that were opened since `mark`.
    ///
    /// A walk that was broken off leaves containers open; what they hold so far is kept.
    #[inline]
    pub(crate) fn close_to(&mut self, mark: Mark) {
        while self.nesting.depth() > mark.nesting.depth() {
            self.end();
        }
    }

    /// How many containers are open.
    #[inline]
    pub(crate) fn depth(&self) -> usize {
        self.nesting.depth() as usize
    }

    /// Writes a null.
    #[inline]
    pub fn null(&mut self) {
        self.tag(Tag::Null);
    }

    /// Writes a truth value.
    #[inline]
    pub fn bool(&mut self, value: bool) {
        self.tag(if value { Tag::True } else { Tag::False });
    }

    /// Writes an unsigned integer.
    #[inline]
    pub fn unsigned(&mut self, value: u64) {
        if let Ok(small) = u8::try_from(value) {
            self.bytes.extend_from_slice(&[Tag::Small as u8, small]);
        } else {
            self.word(Tag::Unsigned, value);
        }
    }

    /// Writes a signed integer.
    #[inline]
    pub fn signed(&mut self, value: i64) {
        if let Ok(value) = u64::try_from(value) {
            self.unsigned(value);
        } else {
            self.word(Tag::Signed, value.cast_unsigned());
        }
    }

    /// Writes an unsigned integer of up to 128 bits.
    pub fn wide_unsigned(&mut self, value: u128) {
        if let Ok(value) = u64::try_from(value) {
            self.unsigned(value);
        } else {
            self.tag(Tag::WideUnsigned);
            self.bytes.extend_from_slice(&value.to_le_bytes());
        }
    }

    /// Writes a signed integer of up to 128 bits.
    pub fn wide_signed(&mut self, value: i128) {
        if let Ok(value) = i64::try_from(value) {
            self.signed(value);
        } else {
            self.tag(Tag::WideSigned);
            self.bytes.extend_from_slice(&value.to_le_bytes());
        }
    }

    /// Writes a 32-bit float; it prints with the digits that it has, not with those of the nearest `f64`.
    pub fn single(&mut self, value: f32) {
        let [a, b, c, d] = value.to_le_bytes();
        self.bytes.extend_from_slice(&[Tag::Single as u8, a, b, c, d]);
    }

    /// Writes a 64-bit float; NaN and infinities stay what they are.
    #[inline]
    pub fn double(&mut self, value: f64) {
        self.word(Tag::Double, value.to_bits());
    }

    /// Writes a text.
    #[inline]
    pub fn text(&mut self, value: &str) {
        self.chunk(Tag::Text as u8, value.as_bytes());
    }

    /// Writes the key of a field, which the compiler knows: where this is inlined, a few moves of known length.
    #[expect(clippy::inline_always, reason = "the length is known only where it is called")]
    #[inline(always)]
    pub(crate) fn key(&mut self, key: &'static str) {
        self.chunk(Tag::Text as u8, key.as_bytes());
    }

    /// Writes what was kept of the beginning and the end of a text of `original` bytes; 0 where that is not known.
    pub fn cut_text(&mut self, kept: &str, tail: &str, original: u64) {
        self.chunk(Tag::CutText as u8, kept.as_bytes());
        self.length(tail.len());
        self.bytes.extend_from_slice(tail.as_bytes());
        self.bytes.extend_from_slice(&original.to_le_bytes());
    }

    /// Starts a text that comes in pieces; [`end_text`](Self::end_text) ends it.
    ///
    /// Formatted text has no length before it is formatted, and to format it into a buffer first would copy
    /// it twice.
    pub(crate) fn begin_text(&mut self) -> Mark {
        let mark = self.mark();
        self.tag(Tag::Text);
        self.bytes.extend_from_slice(&[0; 4]);
        mark
    }

    /// Adds a piece to the text that was begun last.
    pub(crate) fn push_text(&mut self, piece: &str) {
        self.bytes.extend_from_slice(piece.as_bytes());
    }

    /// Ends the text begun at `mark`; `cut` says that pieces are missing.
    ///
    /// The original length is not known, since the formatting was stopped.
    pub(crate) fn end_text(&mut self, mark: Mark, cut: bool) {
        self.patch_len(mark.len + 1);
        if cut {
            self.bytes[mark.len] = Tag::CutText as u8;
            self.length(0);
            self.bytes.extend_from_slice(&0_u64.to_le_bytes());
        }
    }

    /// Starts a sequence; [`end`](Self::end) ends it.
    pub fn begin_seq(&mut self) {
        self.begin(Tag::Seq);
    }

    /// Starts a map, whose values each follow a [`text`](Self::text) that is their key.
    pub fn begin_map(&mut self) {
        self.begin(Tag::Map);
    }

    /// Ends the innermost open container.
    ///
    /// With none open it does nothing.
    pub fn end(&mut self) {
        if self.nesting.depth() > 0 {
            let at = self.nesting.at() as usize;
            let around = self.bytes[at..at + 4].try_into().unwrap_or_default();
            self.nesting = Nesting::new(self.nesting.depth() - 1, u32::from_le_bytes(around));
            self.patch_len(at);
        }
    }

    /// Says that the container goes on, with so many items more; 0 where that is not known.
    ///
    /// The last thing in a container; in a map it stands in the place of a key.
    pub fn cut(&mut self, missing: u64) {
        self.word(Tag::Cut, missing);
    }

    /// The length word is not needed before the end, so it holds the place of the container around: a stack
    /// that costs no memory of its own.
    #[inline]
    fn begin(&mut self, tag: Tag) {
        let [a, b, c, d] = self.nesting.at().to_le_bytes();
        // Capture never writes 4 GiB.
        let at = u32::try_from(self.bytes.len() + 1).unwrap_or(u32::MAX);
        self.nesting = Nesting::new(self.nesting.depth() + 1, at);
        self.bytes.extend_from_slice(&[tag as u8, a, b, c, d]);
    }

    fn length(&mut self, len: usize) {
        self.bytes.extend_from_slice(&u32::try_from(len).unwrap_or(u32::MAX).to_le_bytes());
    }

    #[inline]
    fn tag(&mut self, tag: Tag) {
        self.bytes.push(tag as u8);
    }

    /// Writes a tag and 8 bytes at once: every piece that is added is a check for room.
    #[inline]
    fn word(&mut self, tag: Tag, word: u64) {
        let mut piece = [tag as u8; 9];
        piece[1..].copy_from_slice(&word.to_le_bytes());
        self.bytes.extend_from_slice(&piece);
    }

    /// Writes a byte, a length and that many bytes. Capture never writes 4 GiB; a caller who does loses the rest.
    #[expect(clippy::inline_always, reason = "the length is known only where it is called")]
    #[inline(always)]
    pub(super) fn chunk(&mut self, head: u8, bytes: &[u8]) {
        let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let [a, b, c, d] = len.to_le_bytes();
        self.bytes.extend_from_slice(&[head, a, b, c, d]);
        self.bytes.extend_from_slice(&bytes[..len as usize]);
    }

    /// Fills in the length word at `at` for everything after it.
    fn patch_len(&mut self, at: usize) {
        let len = u32::try_from(self.bytes.len() - at - 4).unwrap_or(u32::MAX);
        self.bytes[at..at + 4].copy_from_slice(&len.to_le_bytes());
    }
}
