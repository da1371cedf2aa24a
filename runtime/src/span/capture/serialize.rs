//! A `serde` serializer that writes onto the tape and knows when to stop.
//!
//! A container or a text that does not fit is cut and the walk goes on behind it: [`Stop::Cut`] unwinds the
//! user's `Serialize` up to the field that holds the container, where it is swallowed. So a value of 100 MB costs
//! no more than the cap, and the fields after it are still read.
//!
//! Two ends: behind `end`, texts are short and sequences over; behind `hard_end`, everything is. Between the
//! two, the fields of structs and of small maps go on, since in most bodies of model calls the usage and the
//! finish reason come last.
//!
//! The nesting on the tape is always whole: whatever a walk was in the middle of, `close_to` ends, and
//! exactly one value stands where one is expected. The tape is read without a schema; a value too few would
//! shift all that follow.

use std::fmt::{self, Display};

use serde::ser::{self, Serialize};

use super::key::Key;
use super::{Limits, text};
use crate::wire::Tape;
use crate::wire::tape::Mark;

/// Writes the value; false where its `Serialize` failed for a reason of its own.
///
/// A value that writes nothing at all counts as failed.
pub(super) fn write<T: Serialize + ?Sized>(value: &T, tape: &mut Tape, limits: Limits) -> bool {
    let start = tape.mark();
    let end = tape.len() + limits.cap;
    let mut writer = Writer { end, hard_end: end + Limits::TAIL, bare_depth: 0, tape };
    match value.serialize(&mut writer) {
        Ok(()) => !tape.is_at(start),
        Err(Stop::Cut) => {
            writer.finish_cut(start);
            true
        }
        // The caller takes back what was written and tries another way.
        Err(Stop::Failed) => false,
    }
}

/// One for the whole value; serde's types for sequences and maps borrow it.
pub(super) struct Writer<'t> {
    tape: &'t mut Tape,
    /// Where long texts and containers of many items stop.
    end: usize,
    /// Where everything stops.
    hard_end: usize,
    /// How many `Some`s and newtypes stand around what is being written.
    bare_depth: usize,
}

/// Why the walk stops.
#[derive(Debug)]
pub(super) enum Stop {
    /// What is being written does not fit.
    Cut,
    /// The value does not want to be written.
    Failed,
}

impl Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cut => "the value is longer than what recount keeps of it",
            Self::Failed => "the value could not be serialized",
        })
    }
}

impl std::error::Error for Stop {}

impl ser::Error for Stop {
    /// The message is dropped: it would have to be kept somewhere, and nobody reads it.
    fn custom<T: Display>(_: T) -> Self {
        Self::Failed
    }
}

impl Writer<'_> {
    fn is_full(&self) -> bool {
        self.tape.len() >= self.end
    }

    /// Whether half of what short fields may write behind the end is used up; the other half is for those that follow.
    fn is_over_half(&self) -> bool {
        self.tape.len() >= self.end + Limits::TAIL / 2
    }

    /// Ends what a cut left open behind `mark`, so that exactly one value stands there.
    ///
    /// A cut before the first byte leaves an empty, cut text.
    #[cold]
    fn finish_cut(&mut self, mark: Mark) {
        if self.tape.is_at(mark) {
            self.tape.cut_text("", "", 0);
        }
        self.tape.close_to(mark);
    }

    /// Writes a value that stands in a place of its own: a cut inside it ends there.
    ///
    /// This is where [`Stop::Cut`] is swallowed: the field or item is cut, its container goes on.
    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
        let mark = self.tape.mark();
        match value.serialize(&mut *self) {
            Err(Stop::Cut) => {
                self.finish_cut(mark);
                Ok(())
            }
            // A value that wrote nothing would shift everything behind it.
            Ok(()) if self.tape.is_at(mark) => Err(Stop::Failed),
            result => result,
        }
    }

    /// Goes into a value that has no container of its own on the tape: a ring of those would have no end.
    pub(super) fn within(&mut self, write: impl FnOnce(&mut Self) -> Result<(), Stop>) -> Result<(), Stop> {
        if self.bare_depth >= Limits::DEPTH {
            return Err(Stop::Cut);
        }
        self.bare_depth += 1;
        let written = write(self);
        self.bare_depth -= 1;
        written
    }

    /// Scalars are small, and written up to the hard end.
    #[inline]
    fn scalar(&mut self, write: impl FnOnce(&mut Tape)) -> Result<(), Stop> {
        if self.tape.len() >= self.hard_end {
            return Err(Stop::Cut);
        }
        write(self.tape);
        Ok(())
    }

    /// A text: as it is, where there is room for it.
    pub(super) fn text(&mut self, value: &str) -> Result<(), Stop> {
        if value.len() > self.end.saturating_sub(self.tape.len()) {
            return self.late_text(value);
        }
        self.tape.text(value);
        Ok(())
    }

    /// Behind the end, a short text is still kept: `"finish_reason": "stop"` is worth more than its bytes.
    ///
    /// Of a body that is a text of JSON or of events, the end is kept like the last fields of a struct.
    #[cold]
    fn late_text(&mut self, value: &str) -> Result<(), Stop> {
        let room = self.end.saturating_sub(self.tape.len()).max(Limits::TAIL_TEXT);
        if value.len() <= room {
            return self.scalar(|tape| tape.text(value));
        }
        let kept = text::head(value, room);
        let tail_room = match self.tape.depth() {
            _ if !text::may_be_body(value) => 0,
            0 => Limits::TAIL,
            // Fields of the wrapper follow.
            1 => Limits::TAIL / 2,
            _ => 0,
        };
        let tail_room = tail_room.min(self.hard_end.saturating_sub(self.tape.len() + kept.len()));
        let tail = text::tail(&value[kept.len()..], tail_room);
        self.scalar(|tape| tape.cut_text(kept, tail, value.len() as u64))
    }

    /// The name of a field, copied without a call: inlined into the user's `Serialize`, its length is known.
    #[expect(clippy::inline_always, reason = "the length is known only where it is called")]
    #[inline(always)]
    fn key(&mut self, key: &'static str) -> Result<(), Stop> {
        if key.len() > self.end.saturating_sub(self.tape.len()) {
            return self.late_text(key);
        }
        self.tape.key(key);
        Ok(())
    }

    fn begin_map(&mut self) -> Result<Mark, Stop> {
        self.begin(Tape::begin_map)
    }

    /// Deeper than this, the value is cut: a tree that contains itself has no end.
    fn begin(&mut self, open: impl FnOnce(&mut Tape)) -> Result<Mark, Stop> {
        if self.tape.depth() >= Limits::DEPTH {
            return Err(Stop::Cut);
        }
        let mark = self.tape.mark();
        self.scalar(open)?;
        Ok(mark)
    }

    /// `{variant: …`; the mark closes both the inner container and the map around it.
    fn begin_variant(&mut self, variant: &str) -> Result<Mark, Stop> {
        let mark = self.begin_map()?;
        self.text(variant)?;
        Ok(mark)
    }
}

impl<'a, 't> ser::Serializer for &'a mut Writer<'t> {
    type Ok = ();
    type Error = Stop;
    type SerializeSeq = Items<'a, 't>;
    type SerializeTuple = Items<'a, 't>;
    type SerializeTupleStruct = Items<'a, 't>;
    type SerializeTupleVariant = Items<'a, 't>;
    type SerializeMap = Pairs<'a, 't>;
    type SerializeStruct = Pairs<'a, 't>;
    type SerializeStructVariant = Pairs<'a, 't>;

    fn serialize_bool(self, value: bool) -> Result<(), Stop> {
        self.scalar(|tape| tape.bool(value))
    }

    fn serialize_i8(self, value: i8) -> Result<(), Stop> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Stop> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Stop> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Stop> {
        self.scalar(|tape| tape.signed(value))
    }

    fn serialize_i128(self, value: i128) -> Result<(), Stop> {
        self.scalar(|tape| tape.wide_signed(value))
    }

    fn serialize_u8(self, value: u8) -> Result<(), Stop> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Stop> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Stop> {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Stop> {
        self.scalar(|tape| tape.unsigned(value))
    }

    fn serialize_u128(self, value: u128) -> Result<(), Stop> {
        self.scalar(|tape| tape.wide_unsigned(value))
    }

    fn serialize_f32(self, value: f32) -> Result<(), Stop> {
        self.scalar(|tape| tape.single(value))
    }

    fn serialize_f64(self, value: f64) -> Result<(), Stop> {
        self.scalar(|tape| tape.double(value))
    }

    fn serialize_char(self, value: char) -> Result<(), Stop> {
        self.text(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Stop> {
        self.text(value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Stop> {
        // As numbers, as `serde_json` has it. Types that hold megabytes of bytes are cut like any other
        // sequence.
        let mut items = ser::Serializer::serialize_seq(self, Some(value.len()))?;
        value.iter().try_for_each(|byte| items.item(byte))?;
        items.close();
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Stop> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Stop> {
        self.within(|writer| value.serialize(writer))
    }

    fn serialize_unit(self) -> Result<(), Stop> {
        self.scalar(Tape::null)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), Stop> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Stop> {
        self.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Stop> {
        self.within(|writer| value.serialize(writer))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Stop> {
        let mark = self.begin_variant(variant)?;
        self.value(value)?;
        self.tape.close_to(mark);
        Ok(())
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Items<'a, 't>, Stop> {
        let mark = self.begin(Tape::begin_seq)?;
        Ok(Items::new(self, mark, len))
    }

    fn serialize_tuple(self, len: usize) -> Result<Items<'a, 't>, Stop> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Result<Items<'a, 't>, Stop> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Items<'a, 't>, Stop> {
        let mark = self.begin_variant(variant)?;
        self.begin(Tape::begin_seq)?;
        Ok(Items::new(self, mark, Some(len)))
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Pairs<'a, 't>, Stop> {
        let mark = self.begin_map()?;
        // A map of few pairs is a struct whose type was forgotten: a `serde_json::Value`, say.
        let many = len.is_none_or(|len| len > Limits::FEW);
        Ok(Pairs { writer: self, mark, many, left: len.unwrap_or(0) as u64 })
    }

    fn serialize_struct(self, _: &'static str, _len: usize) -> Result<Pairs<'a, 't>, Stop> {
        let mark = self.begin_map()?;
        Ok(Pairs { writer: self, mark, many: false, left: 0 })
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Pairs<'a, 't>, Stop> {
        let mark = self.begin_variant(variant)?;
        self.begin_map()?;
        Ok(Pairs { writer: self, mark, many: false, left: 0 })
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), Stop> {
        let room = self.end.saturating_sub(self.tape.len()).max(Limits::TAIL_TEXT);
        if self.tape.len() >= self.hard_end {
            return Err(Stop::Cut);
        }
        let written = text::write(self.tape, Limits::value(room), format_args!("{value}"));
        if written { Ok(()) } else { Err(Stop::Failed) }
    }
}

/// The items of a sequence.
///
/// The mark is that of the outermost container that was opened for it, which for a variant is the map around
/// it.
pub(super) struct Items<'a, 't> {
    writer: &'a mut Writer<'t>,
    mark: Mark,
    count: usize,
    /// How many are still to come; 0 where that is not known.
    left: u64,
}

impl<'a, 't> Items<'a, 't> {
    fn new(writer: &'a mut Writer<'t>, mark: Mark, len: Option<usize>) -> Self {
        Self { writer, mark, count: 0, left: len.unwrap_or(0) as u64 }
    }

    /// A full writer ends the sequence, with a note of how many items are missing, as far as that is known; but the
    /// first few items may still come, since a choice with a finish reason may be one of them.
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
        if self.writer.is_full() && (self.count >= Limits::FIRST || self.writer.is_over_half()) {
            self.writer.tape.cut(self.left);
            return Err(Stop::Cut);
        }
        self.count += 1;
        self.left = self.left.saturating_sub(1);
        self.writer.value(value)
    }

    fn close(self) {
        self.writer.tape.close_to(self.mark);
    }
}

/// The pairs of a map, or the fields of a struct.
pub(super) struct Pairs<'a, 't> {
    writer: &'a mut Writer<'t>,
    mark: Mark,
    /// Whether there may be any number of them. The fields of a struct are few; the last ones matter.
    many: bool,
    left: u64,
}

impl Pairs<'_, '_> {
    /// Only a large map ends here.
    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Stop> {
        if self.many && self.writer.is_full() {
            self.writer.tape.cut(self.left);
            return Err(Stop::Cut);
        }
        self.left = self.left.saturating_sub(1);
        key.serialize(Key(self.writer))
    }

    #[expect(clippy::inline_always, reason = "the key is known only where it is called")]
    #[inline(always)]
    fn field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Stop> {
        self.writer.key(key)?;
        self.writer.value(value)
    }

    fn close(self) {
        self.writer.tape.close_to(self.mark);
    }
}

macro_rules! items {
    ($($trait:ident :: $method:ident),*) => {$(
        impl ser::$trait for Items<'_, '_> {
            type Ok = ();
            type Error = Stop;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
                self.item(value)
            }

            fn end(self) -> Result<(), Stop> {
                self.close();
                Ok(())
            }
        }
    )*};
}

items!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field
);

macro_rules! fields {
    ($($trait:ident),*) => {$(
        impl ser::$trait for Pairs<'_, '_> {
            type Ok = ();
            type Error = Stop;

            #[inline(always)]
            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Stop> {
                self.field(key, value)
            }

            fn end(self) -> Result<(), Stop> {
                self.close();
                Ok(())
            }
        }
    )*};
}

fields!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Pairs<'_, '_> {
    type Ok = ();
    type Error = Stop;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Stop> {
        self.key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
        self.writer.value(value)
    }

    fn end(self) -> Result<(), Stop> {
        self.close();
        Ok(())
    }
}
