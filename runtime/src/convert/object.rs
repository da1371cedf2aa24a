use crate::wire::tape::{Unread, Value};
use crate::wire::text::{TextSink, write_key};

/// A JSON object that is being written.
pub(super) struct Object<'s, S> {
    json: &'s mut S,
    is_empty: bool,
}

impl<'s, S: TextSink> Object<'s, S> {
    pub(super) fn begin(json: &'s mut S) -> Self {
        json.push_clean(b"{");
        Self { json, is_empty: true }
    }

    /// Writes a key; its value has to be written next.
    pub(super) fn key(&mut self, key: impl AsRef<[u8]>) -> &mut S {
        if !self.is_empty {
            self.json.push_clean(b",");
        }
        self.is_empty = false;
        write_key(key.as_ref(), self.json);
        self.json.push_clean(b":");
        self.json
    }

    /// Writes a word, whole, however little room there is: half of a role is none.
    pub(super) fn text(&mut self, key: &str, text: impl AsRef<[u8]>) {
        write_key(text.as_ref(), self.key(key));
    }

    pub(super) fn value(&mut self, key: &str, value: &Value<'_>) {
        value.write_json(self.key(key));
    }

    /// Writes a value of a tape as it is there.
    pub(super) fn unread(&mut self, key: &[u8], value: Unread<'_>) {
        value.write_json(self.key(key));
    }

    /// Without this, the object is not closed.
    pub(super) fn end(self) {
        self.json.push_clean(b"}");
    }
}

/// Writes a JSON array, as far as there is room for its items.
pub(super) fn write_array<T, S: TextSink>(
    items: impl Iterator<Item = T>,
    json: &mut S,
    mut write: impl FnMut(T, &mut S),
) {
    json.push_clean(b"[");
    let room = json.room();
    for (index, item) in items.take(room).enumerate() {
        if index > 0 {
            json.push_clean(b",");
        }
        write(item, json);
    }
    json.push_clean(b"]");
}
