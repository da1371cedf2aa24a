//! What went in and what came out, as the text or JSON that the kinds of spans want.
//!
//! One value has several shapes. A message wants text, and a text that is quoted like JSON reads badly; a
//! tool wants an object; Traceloop's readers want a call with `args` and `kwargs`. What each kind gets is
//! said by its own file.

use std::borrow::Cow;
use std::fmt::Write;

use serde::ser::{Serialize, SerializeSeq, Serializer};

use super::facts::Facts;
use crate::wire::Field;
use crate::wire::tape::Value;
use crate::wire::tape::json::write_text;

/// What a span took in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Input<'a> {
    /// One value, said explicitly.
    Whole(Value<'a>),
    /// The arguments of the function.
    Arguments(&'a [(&'a str, Value<'a>)]),
}

/// What a span gave back.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Output<'a> {
    /// One value.
    Whole(Value<'a>),
    /// The items of a stream or iterator: those that were kept, and how many more there were.
    Items(&'a [Value<'a>], u64),
}

impl<'a> Facts<'a> {
    /// What was said explicitly counts, also where it is null.
    pub(crate) fn input(&'a self) -> Option<Input<'a>> {
        match self.get_any(Field::Input) {
            Some(value) => Some(Input::Whole(value)),
            None if self.arguments.entries().is_empty() => None,
            None => Some(Input::Arguments(self.arguments.entries())),
        }
    }

    /// A stream's items are its output, unless another was said.
    pub(crate) fn output(&'a self) -> Option<Output<'a>> {
        if let Some(value) = self.get_any(Field::Output) {
            return Some(Output::Whole(value));
        }
        if self.items.is_empty() {
            return None;
        }
        let cut = self.get(Field::ItemsCut).and_then(|cut| cut.as_u64()).unwrap_or_default();
        Some(Output::Items(&self.items, cut))
    }
}

impl<'a> Input<'a> {
    /// For a message: the text of the only value, else JSON. Nothing where there is only null.
    pub(crate) fn text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Whole(value) => text(value),
            Self::Arguments([(_, value)]) => text(*value),
            Self::Arguments(arguments) => Some(Cow::Owned(object(arguments))),
        }
    }

    /// For a call of a tool: a JSON object, always.
    pub(crate) fn object(self) -> String {
        match self {
            Self::Whole(value @ Value::Map(_)) => value.to_json(),
            Self::Whole(value) => object(&[("input", value)]),
            Self::Arguments(arguments) => object(arguments),
        }
    }

    /// For a function: its arguments in the shape that readers of Traceloop's spans know; a value said explicitly
    /// is itself.
    pub(super) fn call(self) -> String {
        match self {
            Self::Whole(value) => value.to_json(),
            Self::Arguments(arguments) => call(&object(arguments)),
        }
    }

    /// As [`call`](Self::call), made of the [`object`](Self::object), which is escaped already.
    ///
    /// To escape a long value once instead of twice.
    pub(super) fn call_of(self, object: &str) -> String {
        match self {
            Self::Whole(Value::Map(_)) => object.into(),
            Self::Whole(value) => value.to_json(),
            Self::Arguments(_) => call(object),
        }
    }
}

/// Some arguments, in the shape that readers of Traceloop's spans know.
pub(super) fn call_with(arguments: &[(&str, Value<'_>)]) -> String {
    call(&object(arguments))
}

/// Rust has no positional arguments without a name.
fn call(object: &str) -> String {
    format!("{{\"args\":[],\"kwargs\":{object}}}")
}

impl<'a> Output<'a> {
    /// The value as JSON; the items as a JSON array.
    pub(crate) fn json(self) -> String {
        match self {
            Self::Whole(value) => value.to_json(),
            Self::Items(items, missing) => json(&Items(items, missing)),
        }
    }

    /// For a tool: a JSON object, always, made of the [`json`](Self::json).
    pub(super) fn object_of(self, json: String) -> String {
        match self {
            Self::Whole(Value::Map(_)) => json,
            _ => format!("{{\"result\":{json}}}"),
        }
    }

    /// For a message: the text, or the texts of a stream joined; else JSON. Nothing for null.
    pub(crate) fn text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Whole(value) => text(value),
            Self::Items(items, missing) => Some(match joined(items) {
                Some(mut text) => {
                    if missing > 0 {
                        let _ = write!(text, "…[+{missing} more]");
                    }
                    Cow::Owned(text)
                }
                None => Cow::Owned(json(&Items(items, missing))),
            }),
        }
    }
}

/// The texts put together, where all items are texts.
///
/// Chunks of text are one text to the reader; anything else is a list.
fn joined(items: &[Value<'_>]) -> Option<String> {
    items.iter().try_fold(String::new(), |mut joined, item| {
        let Value::Text(text) = item else { return None };
        write!(joined, "{text}").ok()?;
        Some(joined)
    })
}

/// A text as it is, anything else as JSON; nothing for null.
fn text(value: Value<'_>) -> Option<Cow<'_, str>> {
    (!matches!(value, Value::Null)).then(|| text_or_json(&value))
}

/// A text as it is, with a mark where it was cut; anything else as JSON.
pub(super) fn text_or_json<'a>(value: &Value<'a>) -> Cow<'a, str> {
    match value {
        Value::Text(text) if text.cut.is_none() => Cow::Borrowed(text.kept),
        Value::Text(text) => Cow::Owned(text.to_string()),
        other => Cow::Owned(other.to_json()),
    }
}

/// Writing JSON to a string fails only for maps whose keys are no text; tapes have none.
pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Values by name as a JSON object.
fn object(values: &[(&str, Value<'_>)]) -> String {
    let mut json =
        String::with_capacity(values.iter().map(|(name, value)| name.len() + 4 + value.hint()).sum());
    for (index, (name, value)) in values.iter().enumerate() {
        json.push(if index == 0 { '{' } else { ',' });
        write_text(name, &mut json);
        json.push(':');
        value.write_json(&mut json);
    }
    json.push_str(if values.is_empty() { "{}" } else { "}" });
    json
}

/// The items, with a cut at the end where some are missing.
struct Items<'a>(&'a [Value<'a>], u64);

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        for item in self.0 {
            seq.serialize_element(item)?;
        }
        if self.1 > 0 {
            seq.serialize_element(&Value::Cut(self.1))?;
        }
        seq.end()
    }
}
