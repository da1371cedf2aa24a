//! Walks that decode nothing: to see what is there, texts need not be checked again.

use super::read::Cursor;
use super::{Map, Seq, Tag, Tape, Value};
use crate::wire::Field;

/// A value that was passed over.
#[derive(Clone, Copy)]
pub(crate) struct Unread<'a>(pub(super) Cursor<'a>);

impl<'a> Unread<'a> {
    /// The value; none where it breaks the layout.
    pub(crate) fn read(mut self) -> Option<Value<'a>> {
        self.0.value()
    }

    /// The bytes of a text; of one that was cut, what was kept of its beginning.
    pub(crate) fn text(mut self) -> Option<&'a [u8]> {
        self.0.key()
    }

    /// Whether it is a text that was not cut.
    pub(crate) fn is_whole_text(self) -> bool {
        self.0.is(Tag::Text)
    }

    /// The text, or what was kept of it, where it is one; others are not decoded.
    pub(crate) fn as_str(self) -> Option<&'a str> {
        match self.whole_text() {
            Some(text) => str::from_utf8(text).ok(),
            None => self.read()?.as_str(),
        }
    }

    /// The value, where it is a map; others are not decoded.
    pub(crate) fn map(self) -> Option<Map<'a>> {
        self.0.is(Tag::Map).then(|| self.0.container()).flatten().map(Map)
    }

    /// The values, where it is a sequence; others are not decoded.
    pub(crate) fn seq(self) -> Option<Seq<'a>> {
        self.0.is(Tag::Seq).then(|| self.0.container()).flatten().map(Seq)
    }

    /// The bytes of a text from which nothing is missing.
    pub(crate) fn whole_text(self) -> Option<&'a [u8]> {
        self.0.is_text().then(|| self.0.container()).flatten().map(|text| text.rest)
    }

    /// Whether it is a sequence.
    pub(crate) fn is_seq(self) -> bool {
        self.0.is(Tag::Seq)
    }

    /// Whether it is null.
    pub(crate) fn is_null(self) -> bool {
        self.0.is(Tag::Null)
    }

    /// Whether it is a mark of what is missing.
    pub(crate) fn is_cut(self) -> bool {
        self.0.is(Tag::Cut)
    }
}

impl<'a> Seq<'a> {
    /// The values.
    pub(crate) fn unread(self) -> impl Iterator<Item = Unread<'a>> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let value = Unread(rest);
            rest.skip()?;
            Some(value)
        })
    }
}

impl<'a> Map<'a> {
    /// The pairs, up to where the map was cut.
    pub(crate) fn pairs(self) -> impl Iterator<Item = (&'a [u8], Unread<'a>)> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let key = rest.key()?;
            let value = Unread(rest);
            rest.skip()?;
            Some((key, value))
        })
    }

    /// The keys.
    pub(crate) fn keys(self) -> impl Iterator<Item = &'a [u8]> {
        self.pairs().map(|(key, _)| key)
    }

    /// Whether there is something under a key.
    pub(crate) fn has(self, key: &str) -> bool {
        self.keys().any(|name| name == key.as_bytes())
    }

    /// The last value whose key is one that is looked for.
    #[inline]
    pub(crate) fn find(self, is_looked_for: impl Fn(&[u8]) -> bool) -> Option<Value<'a>> {
        self.find_unread(is_looked_for)?.read()
    }

    /// What stands under a key, as by [`get`](Self::get).
    pub(crate) fn get_unread(self, key: &str) -> Option<Unread<'a>> {
        self.find_unread(|name| name == key.as_bytes())
    }

    /// The last value whose key is one that is looked for, as it stands there.
    #[inline]
    pub(crate) fn find_unread(self, is_looked_for: impl Fn(&[u8]) -> bool) -> Option<Unread<'a>> {
        let mut found = None;
        for (key, value) in self.pairs() {
            if is_looked_for(key) {
                found = Some(value);
            }
        }
        found
    }
}

impl Value<'_> {
    /// Whether the value is a map that has the key.
    pub(crate) fn has(&self, key: &str) -> bool {
        matches!(self, Self::Map(map) if map.has(key))
    }
}

/// Which fields a tape has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(u64);

const _: () = assert!(Field::COUNT <= 64, "a bit for each field");

impl Fields {
    pub(crate) fn has(self, field: Field) -> bool {
        self.0 & Self::bit(field) != 0
    }

    pub(crate) fn with(self, field: Field) -> Self {
        Self(self.0 | Self::bit(field))
    }

    fn bit(field: Field) -> u64 {
        1 << field as u8
    }
}

impl Tape {
    /// Appends an entry of another tape, whose value is copied as it stands there.
    pub(crate) fn copy_unread(&mut self, field: Field, name: &[u8], value: Unread<'_>) {
        self.chunk(field as u8, name);
        self.unread(value);
    }

    /// Writes a value of another tape as it stands there; one that breaks the layout is a null.
    pub(crate) fn unread(&mut self, value: Unread<'_>) {
        let Unread(Cursor { rest: from }) = value;
        let mut behind = value.0;
        match behind.skip() {
            Some(()) => self.bytes.extend_from_slice(&from[..from.len() - behind.rest.len()]),
            None => self.null(),
        }
    }

    /// Which fields are there.
    pub(crate) fn fields(&self) -> Fields {
        self.unread_entries().fold(Fields::default(), |fields, (field, ..)| fields.with(field))
    }

    /// The entries with the bytes of their names.
    pub(crate) fn unread_entries(&self) -> impl Iterator<Item = (Field, &[u8], Unread<'_>)> {
        let mut rest = Cursor { rest: &self.bytes };
        std::iter::from_fn(move || {
            let (field, name) = rest.head()?;
            let value = Unread(rest);
            rest.skip()?;
            Some((field, name, value))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Tape, Value};
    use crate::wire::Field;

    #[test]
    fn what_is_there_is_seen_without_a_look_at_it() {
        let mut tape = Tape::default();
        tape.entry(Field::Argument, Some("request"));
        tape.cut_text("a", "z", 99);
        tape.entry(Field::Output, None);
        tape.begin_map();
        for (key, number) in [("a", 0.5), ("b", 1.5), ("a", 2.5)] {
            tape.text(key);
            tape.double(number);
        }
        tape.text("list");
        tape.begin_seq();
        tape.end();
        tape.cut(7);
        tape.end();

        let fields = tape.fields();
        assert!(fields.has(Field::Argument) && fields.has(Field::Output) && !fields.has(Field::Fault));
        let names: Vec<_> = tape.unread_entries().map(|(_, name, _)| name).collect();
        assert_eq!(names, [&b"request"[..], b""]);
        let Some(body @ Value::Map(map)) = tape.get(Field::Output) else { panic!("a map") };
        assert_eq!(map.get("a"), Some(Value::Double(2.5)));
        assert!(body.has("b") && !body.has("c") && !body.has(""));
        assert_eq!(
            map.pairs().map(|(_, value)| value.is_seq()).collect::<Vec<_>>(),
            [false, false, false, true]
        );
    }
}
