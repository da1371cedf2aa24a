//! The tape: everything that was captured of a span, in one buffer.
//!
//! Values are written once, while they are borrowed, without escaping; whoever needs them later walks the tape.
//! A tape is a run of entries. All lengths are little-endian `u32`:
//!
//! ```text
//! entry      field (1 byte), name length (0 = no name), name, value
//! value      tag (1 byte), then by tag
//!   null, false, true    nothing
//!   small                1 byte, an unsigned integer
//!   unsigned, signed     8 bytes        wide unsigned, wide signed   16 bytes
//!   single, double       4, 8 bytes of IEEE 754
//!   text                 length, UTF-8
//!   cut text             length, UTF-8, length and UTF-8 of what was kept of the end, then the original length
//!                        (8 bytes; 0 = unknown)
//!   sequence             length, values
//!   map                  length, pairs of a key (a text value) and a value
//!   cut                  8 bytes: how many items are missing here (0 = unknown); only last in a container
//! ```
//!
//! A map that was cut ends with a cut in the place of a key. Small unsigned integers have a tag of their own
//! because most numbers in requests are: counts, indices, ports.
//!
//! The layout is private to one process and one version: nothing is stored in it, so it may change in any
//! release. Read it by [`Tape::entries`], write it by the methods of [`Tape`].
//!
//! ```
//! use recount::wire::tape::Value;
//! use recount::wire::{Field, Tape};
//!
//! let mut tape = Tape::default();
//! tape.entry(Field::Argument, Some("query"));
//! tape.text("tea");
//! tape.entry(Field::Output, None);
//! tape.begin_seq();
//! tape.unsigned(1);
//! tape.cut(41);
//! tape.end();
//!
//! assert_eq!(tape.entries().next().map(|entry| entry.name), Some("query"));
//! assert_eq!(tape.get(Field::Output).map(|value| value.to_json()).as_deref(), Some(r#"[1,"…[+41 more]"]"#));
//! ```

mod content;
pub(crate) mod json;
pub(crate) mod parse;
mod read;
#[cfg(feature = "otlp")]
mod shrink;
mod unread;
mod write;

pub use read::{Entries, Entry, Map, Seq, Text, Value};
pub(crate) use unread::{Fields, Unread};
pub(crate) use write::Mark;

/// What was captured of a span: a run of entries, each a [`Field`](super::Field) and a value.
///
/// See the [module](self) for the bytes.
///
/// Whoever writes has to keep the order: an entry, then one value. A tape that breaks it reads up to the
/// break and ends there; nothing panics. A clone copies the bytes.
#[derive(Clone, Default)]
pub struct Tape {
    bytes: Vec<u8>,
    nesting: Nesting,
}

/// The containers that are not closed yet: how many there are, and where the length word of the innermost stands. Until
/// that is filled in, it holds the place of the one around it.
///
/// Two numbers in one word: what was written as two and is read as one the processor has to wait for, and a tape is
/// marked before each value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Nesting(u64);

impl Nesting {
    fn new(depth: u32, at: u32) -> Self {
        Self(u64::from(depth) << 32 | u64::from(at))
    }

    #[inline]
    fn depth(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The place; 0 where no container is open.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
    fn at(self) -> u32 {
        self.0 as u32
    }
}

/// Two tapes are equal when they hold the same bytes.
impl PartialEq for Tape {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

/// What a value begins with. The numbers are the places in `ALL`.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Tag {
    Null,
    False,
    True,
    Small,
    Unsigned,
    Signed,
    WideUnsigned,
    WideSigned,
    Single,
    Double,
    Text,
    CutText,
    Seq,
    Map,
    Cut,
}

impl Tag {
    const ALL: [Self; 15] = [
        Self::Null,
        Self::False,
        Self::True,
        Self::Small,
        Self::Unsigned,
        Self::Signed,
        Self::WideUnsigned,
        Self::WideSigned,
        Self::Single,
        Self::Double,
        Self::Text,
        Self::CutText,
        Self::Seq,
        Self::Map,
        Self::Cut,
    ];

    /// Nothing for a byte that is no tag; the reading ends there.
    fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.get(usize::from(byte)).copied()
    }
}
