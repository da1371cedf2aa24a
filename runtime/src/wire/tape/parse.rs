//! JSON onto a tape, for bodies that were captured as text.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{Mark, Tape, Value};
use crate::wire::Field;

impl Tape {
    /// A tape whose only entry, an [`Output`](Field::Output), is what the JSON text says; none where it is no JSON.
    ///
    /// One value and nothing behind it but white space. Nested more than 128 deep it counts as none.
    #[must_use]
    pub fn from_json(json: &str) -> Option<Self> {
        let mut tape = Self::default();
        tape.read_json(json).is_some().then_some(tape)
    }

    /// Writes what the JSON text says in place of everything that was there; none where it is no JSON.
    pub(crate) fn read_json(&mut self, json: &str) -> Option<Value<'_>> {
        *self = Self::reuse(std::mem::take(self).into_buffer());
        self.entry(Field::Output, None);
        if let Parsed::Whole = write(json, self) { self.get(Field::Output) } else { None }
    }
}

/// What a text was.
pub(crate) enum Parsed {
    /// JSON.
    Whole,
    /// The beginning of JSON. What is open in the text is open on the tape; there may be a key without a value.
    Ends { dangling: Option<Mark> },
    /// Anything else.
    Not,
}

/// Writes the value that the text is.
pub(crate) fn write(json: &str, tape: &mut Tape) -> Parsed {
    let mut dangling = None;
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let written = OntoTape { tape, dangling: &mut dangling }.deserialize(&mut deserializer);
    match written.and_then(|()| deserializer.end()) {
        Ok(()) => Parsed::Whole,
        Err(error) if error.is_eof() => Parsed::Ends { dangling },
        Err(_) => Parsed::Not,
    }
}

/// Writes the next value onto the tape.
struct OntoTape<'t> {
    tape: &'t mut Tape,
    /// Where a key stands whose value is missing.
    dangling: &'t mut Option<Mark>,
}

impl OntoTape<'_> {
    /// The next value within the one that is being written.
    fn next(&mut self) -> OntoTape<'_> {
        OntoTape { tape: self.tape, dangling: self.dangling }
    }
}

impl<'de> DeserializeSeed<'de> for OntoTape<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for OntoTape<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.tape.null();
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.tape.bool(value);
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.tape.unsigned(value);
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.tape.signed(value);
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.tape.double(value);
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.tape.text(value);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut values: A) -> Result<(), A::Error> {
        self.tape.begin_seq();
        while values.next_element_seed(self.next())?.is_some() {}
        self.tape.end();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut pairs: A) -> Result<(), A::Error> {
        self.tape.begin_map();
        loop {
            let before = self.tape.mark();
            if pairs.next_key_seed(self.next())?.is_none() {
                break;
            }
            let behind = self.tape.mark();
            if let Err(error) = pairs.next_value_seed(self.next()) {
                if self.tape.is_at(behind) {
                    *self.dangling = Some(before);
                }
                return Err(error);
            }
        }
        self.tape.end();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Tape;
    use crate::wire::Field;

    #[test]
    fn json_comes_back_as_it_was() {
        let json = r#"{"a":[1,-2,0.5,"x\n",null,true],"b":{},"c":18446744073709551615}"#;
        let tape = Tape::from_json(json).expect("JSON");
        assert_eq!(tape.get(Field::Output).expect("a value").to_json(), json);
    }

    #[test]
    fn what_is_no_json_is_none() {
        for text in ["", "{", "{} x", "data: {}", "[1,]"] {
            assert_eq!(Tape::from_json(text), None, "{text}");
        }
    }
}
