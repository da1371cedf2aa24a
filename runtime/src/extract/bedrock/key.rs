//! Looks up keys in whatever spelling a program gave them.

use crate::extract::read;
use crate::wire::tape::{Seq, Text, Value};

/// What stands under a key: the last of them, should it be there more than once. The name is in camel case.
pub(super) fn get<'a>(value: &Value<'a>, name: &str) -> Option<Value<'a>> {
    let Value::Map(map) = value else { return None };
    map.find(|key| are_same(key, name.as_bytes()))
}

/// The text under a key; none where it is empty.
pub(super) fn text<'a>(value: &Value<'a>, name: &str) -> Option<&'a str> {
    get(value, name)?.as_str().filter(|text| !text.is_empty())
}

/// The text under a key, with a mark where capture cut it; none where it is empty.
pub(super) fn content(value: &Value<'_>, name: &str) -> Option<String> {
    captured(value, name).map(|text| text.to_string())
}

/// The text under a key, as far as capture kept it; none where it was empty.
pub(super) fn captured<'a>(value: &Value<'a>, name: &str) -> Option<Text<'a>> {
    match get(value, name)? {
        Value::Text(text) if !text.kept.is_empty() || text.cut.is_some() => Some(text),
        _ => None,
    }
}

/// The map under a key.
pub(super) fn map<'a>(value: &Value<'a>, name: &str) -> Option<Value<'a>> {
    get(value, name).filter(|value| matches!(value, Value::Map(_)))
}

/// The sequence under a key; an empty one where there is none.
pub(super) fn list<'a>(value: &Value<'a>, name: &str) -> Seq<'a> {
    match get(value, name) {
        Some(Value::Seq(list)) => list,
        _ => Seq::default(),
    }
}

/// Any value under a key, as JSON; null counts as none.
pub(super) fn json(value: &Value<'_>, name: &str) -> Option<serde_json::Value> {
    get(value, name).filter(|value| !matches!(value, Value::Null)).map(|value| read::to_json(&value))
}

/// `toolUse`, `tool_use` and `ToolUse` are one key.
pub(super) fn is_same(key: &str, name: &str) -> bool {
    are_same(key.as_bytes(), name.as_bytes())
}

fn are_same(key: &[u8], name: &[u8]) -> bool {
    let first = |word: &[u8]| word.first().map(u8::to_ascii_lowercase);
    // Most keys are other ones, and begin otherwise.
    let begins_alike = first(key) == first(name) || key.first() == Some(&b'_');
    key.len() >= name.len() && begins_alike && letters(key).eq(letters(name))
}

fn letters(word: &[u8]) -> impl Iterator<Item = u8> {
    word.iter().filter(|letter| **letter != b'_').map(u8::to_ascii_lowercase)
}
