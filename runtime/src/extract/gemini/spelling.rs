//! Names as the protocol's REST, its gRPC, and the enums of Rust clients spell them: `finishReason`,
//! `finish_reason`, `FinishReason`.

use crate::wire::tape::Value;

/// What stands under a name, given in camel case; null counts as nothing.
pub(super) fn get<'a>(value: &Value<'a>, name: &str) -> Option<Value<'a>> {
    let [found] = pick(value, [name]);
    found
}

/// What stands under each of the names, in one walk.
pub(super) fn pick<'a, const N: usize>(value: &Value<'a>, names: [&str; N]) -> [Option<Value<'a>>; N] {
    let mut found = [None; N];
    if let Value::Map(map) = value {
        for (key, value) in map.filter(|(_, value)| !matches!(value, Value::Null)) {
            if let Some(place) = names.iter().position(|name| is(key, name)) {
                found[place] = Some(value);
            }
        }
    }
    found
}

/// Whether the key is this name, in whatever case.
pub(super) fn is(key: &str, name: &str) -> bool {
    if key == name {
        return true;
    }
    // Nearly all keys are in camel case themselves.
    let is_other_case = key.as_bytes().first().is_some_and(u8::is_ascii_uppercase) || key.contains('_');
    let letters = key.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_lowercase());
    is_other_case && letters.eq(name.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// The text under a name; none where it is empty.
pub(super) fn text<'a>(value: &Value<'a>, name: &str) -> Option<&'a str> {
    get(value, name)?.as_str().filter(|text| !text.is_empty())
}

/// The values of the list under a name.
pub(super) fn each<'a>(value: &Value<'a>, name: &str) -> impl Iterator<Item = Value<'a>> + use<'a> {
    items(get(value, name))
}

/// The values of a list, a mark included where capture cut it. The servers take a single value for a list of one.
pub(super) fn items(value: Option<Value<'_>>) -> impl Iterator<Item = Value<'_>> {
    let (one, list) = match value {
        Some(Value::Seq(list)) => (None, Some(list)),
        other => (other, None),
    };
    let list = list.into_iter().flatten();
    one.into_iter().chain(list.filter(|value| !matches!(value, Value::Null)))
}

/// A word of an enum, or a key, in snake case: `MAX_TOKENS`, `MaxTokens` and `maxTokens` are `max_tokens`.
pub(super) fn word(said: &str) -> String {
    let mut word = String::with_capacity(said.len() + 4);
    let mut after_small = false;
    for letter in said.chars() {
        if after_small && letter.is_ascii_uppercase() {
            word.push('_');
        }
        after_small = letter.is_ascii_lowercase() || letter.is_ascii_digit();
        word.push(letter.to_ascii_lowercase());
    }
    word
}
