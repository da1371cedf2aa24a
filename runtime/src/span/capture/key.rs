//! The keys of maps.
//!
//! JSON has keys of text only. Numbers, truth values and variants without fields become theirs, as in
//! `serde_json`; what has no obvious text fails, and the whole value is read in another way.

use std::fmt::Display;

use serde::ser::{self, Serialize};

use super::serialize::{Stop, Writer};

/// Writes the key of a map: a text, or what has an obvious text.
pub(super) struct Key<'a, 't>(pub(super) &'a mut Writer<'t>);

macro_rules! keys {
    ($($method:ident: $type:ty),*) => {$(
        fn $method(self, value: $type) -> Result<(), Stop> {
            self.collect_str(&value)
        }
    )*};
}

type No = ser::Impossible<(), Stop>;

impl ser::Serializer for Key<'_, '_> {
    type Ok = ();
    type Error = Stop;
    type SerializeSeq = No;
    type SerializeTuple = No;
    type SerializeTupleStruct = No;
    type SerializeTupleVariant = No;
    type SerializeMap = No;
    type SerializeStruct = No;
    type SerializeStructVariant = No;

    keys!(
        serialize_bool: bool, serialize_char: char,
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128,
        serialize_f32: f32, serialize_f64: f64
    );

    fn serialize_str(self, value: &str) -> Result<(), Stop> {
        self.0.text(value)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Stop> {
        self.0.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Stop> {
        self.0.within(|writer| value.serialize(Key(writer)))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Stop> {
        self.0.within(|writer| value.serialize(Key(writer)))
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), Stop> {
        ser::Serializer::collect_str(self.0, value)
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Stop> {
        Err(Stop::Failed)
    }

    fn serialize_none(self) -> Result<(), Stop> {
        Err(Stop::Failed)
    }

    fn serialize_unit(self) -> Result<(), Stop> {
        Err(Stop::Failed)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Stop> {
        Err(Stop::Failed)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Stop> {
        Err(Stop::Failed)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<No, Stop> {
        Err(Stop::Failed)
    }

    fn serialize_tuple(self, _: usize) -> Result<No, Stop> {
        Err(Stop::Failed)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<No, Stop> {
        Err(Stop::Failed)
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<No, Stop> {
        Err(Stop::Failed)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<No, Stop> {
        Err(Stop::Failed)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<No, Stop> {
        Err(Stop::Failed)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<No, Stop> {
        Err(Stop::Failed)
    }
}
