//! Reads single facts out of bodies, as leniently as servers write them.

use serde_json::{Map as JsonMap, Value as Json};

use crate::wire::tape::{Map, Seq, Text, Unread, Value};

/// The text under a key; none where it is empty.
pub(super) fn text<'a>(value: &Value<'a>, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str().filter(|text| !text.is_empty())
}

/// The text under a key, with a mark where capture cut it.
pub(super) fn content(value: &Value<'_>, key: &str) -> Option<String> {
    match value.get(key)? {
        Value::Text(text) => Some(text.marked().into_owned()),
        _ => None,
    }
}

/// The text under a key, as far as capture kept it; none where it was empty.
pub(super) fn captured<'a>(value: &Value<'a>, key: &str) -> Option<Text<'a>> {
    match value.get(key)? {
        Value::Text(text) if !text.kept.is_empty() || text.cut.is_some() => Some(text),
        _ => None,
    }
}

/// The count under a key: an integer, a float (rounded), or either as a text. Negative ones are none.
pub(super) fn count(value: &Value<'_>, key: &str) -> Option<u64> {
    whole(&value.get(key)?)
}

/// A count: an integer, a float (rounded), or either as a text. Negative ones are none.
pub(super) fn whole(value: &Value<'_>) -> Option<u64> {
    value.as_u64().or_else(|| {
        let number = float(value)?.round();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the exact range")]
        (0.0..9_007_199_254_740_992.0).contains(&number).then_some(number as u64)
    })
}

/// The number under a key, or the text of one.
pub(super) fn number(value: &Value<'_>, key: &str) -> Option<f64> {
    float(&value.get(key)?)
}

/// A number, or the text of one.
pub(super) fn float(value: &Value<'_>) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|number: &f64| number.is_finite())
}

/// The sequence under a key; an empty one where there is none.
pub(super) fn list<'a>(value: &Value<'a>, key: &str) -> Seq<'a> {
    unread(value, key).and_then(Unread::seq).unwrap_or_default()
}

/// How many values there are, those included that capture left out; unknown where it did not count them.
pub(super) fn len(mut list: Seq<'_>) -> Option<u64> {
    list.try_fold(0_u64, |sum, value| match value {
        Value::Cut(0) => None,
        Value::Cut(more) => sum.checked_add(more),
        _ => sum.checked_add(1),
    })
}

/// Whether capture cut the map, so that keys may be missing.
pub(super) fn is_cut(map: &Value<'_>) -> bool {
    matches!(map.get(""), Some(Value::Cut(_)))
}

/// The map under a key.
pub(super) fn map<'a>(value: &Value<'a>, key: &str) -> Option<Value<'a>> {
    unread(value, key)?.map().map(Value::Map)
}

/// What stands under a key, not decoded yet.
fn unread<'a>(value: &Value<'a>, key: &str) -> Option<Unread<'a>> {
    match value {
        Value::Map(map) => map.find_unread(|name| name == key.as_bytes()),
        _ => None,
    }
}

/// What stands under each of the keys, in one walk.
pub(super) fn pick<'a, const N: usize>(value: &Value<'a>, keys: [&str; N]) -> [Option<Value<'a>>; N] {
    find(value, keys).map(|value| value.and_then(Unread::read))
}

/// What stands under each of the keys, in one walk, not decoded yet: of many keys, few are there.
pub(super) fn find<'a, const N: usize>(value: &Value<'a>, keys: [&str; N]) -> [Option<Unread<'a>>; N] {
    let mut found = [None; N];
    if let Value::Map(map) = value {
        for (key, value) in map.pairs() {
            if let Some(place) = keys.iter().position(|name| name.as_bytes() == key) {
                found[place] = Some(value);
            }
        }
    }
    found
}

/// Any value under a key, as JSON; null counts as none.
pub(super) fn json(value: &Value<'_>, key: &str) -> Option<Json> {
    value.get(key).filter(|value| !matches!(value, Value::Null)).map(|value| to_json(&value))
}

/// A value as JSON.
pub(super) fn to_json(value: &Value<'_>) -> Json {
    to_json_with(value, &|text| text.marked().into_owned())
}

/// A value as JSON, its texts as `say` has them.
pub(super) fn to_json_with(value: &Value<'_>, say: &impl Fn(Text<'_>) -> String) -> Json {
    match value {
        Value::Text(text) => Json::String(say(*text)),
        Value::Seq(values) => values.map(|value| to_json_with(&value, say)).collect(),
        Value::Map(pairs) => {
            let pairs = pairs.map(|(key, value)| {
                let key = if matches!(value, Value::Cut(_)) { "…" } else { key };
                (key.to_owned(), to_json_with(&value, say))
            });
            Json::Object(pairs.collect())
        }
        // In the digits that it has; as a double it would have others.
        Value::Single(_) => serde_json::from_str(&value.to_json()).unwrap_or_default(),
        Value::WideUnsigned(_) | Value::WideSigned(_) => value.as_f64().into(),
        Value::Bool(value) => (*value).into(),
        Value::Unsigned(value) => (*value).into(),
        Value::Signed(value) => (*value).into(),
        Value::Double(value) => (*value).into(),
        Value::Null => Json::Null,
        cut @ Value::Cut(_) => serde_json::to_value(cut).unwrap_or_default(),
    }
}

/// The pairs of a map but for these keys, as a JSON object: what a provider added and nobody here knows.
pub(super) fn others(map: Map<'_>, known: &[&str]) -> JsonMap<String, Json> {
    map.filter(|(key, value)| !known.contains(key) && !matches!(value, Value::Cut(_)))
        .map(|(key, value)| (key.to_owned(), to_json(&value)))
        .collect()
}
