//! What went in and what came out, as the text or JSON that the kinds of spans want.
//!
//! One value has several shapes. A message wants text, and a text that is quoted like JSON reads badly; a
//! tool wants an object; Traceloop's readers want a call with `args` and `kwargs`. What each kind gets is
//! said by its own file.

use super::composed::Composed;
use super::facts::Facts;
use super::object::{Object, write_array};
use crate::wire::Field;
use crate::wire::tape::Value;
use crate::wire::text::{TextSink, format};

/// What stands around the object of the arguments in the shape that readers of Traceloop's spans know. Rust has no
/// arguments without a name.
pub(crate) const CALL: [&str; 2] = ["{\"args\":[],\"kwargs\":", "}"];
/// What stands around a result that is no object.
pub(crate) const RESULT: [&str; 2] = ["{\"result\":", "}"];

/// A value by its name.
pub(super) type Pair<'a> = (&'a str, Value<'a>);

/// What a span took in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Input<'a> {
    /// One value, said explicitly.
    Whole(Value<'a>),
    /// The arguments of the function.
    Arguments(&'a [Pair<'a>]),
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

impl Input<'_> {
    /// For a call of a tool: a JSON object, always.
    pub(crate) fn object(self) -> String {
        Composed::Object(self).to_text()
    }

    /// As [`object`](Self::object).
    pub(super) fn write_object<S: TextSink>(self, json: &mut S) {
        match self {
            Self::Whole(value @ Value::Map(_)) => value.write_json(json),
            Self::Whole(value) => write_object(&[("input", value)], json),
            Self::Arguments(arguments) => write_object(arguments, json),
        }
    }

    /// For a function: its arguments in the shape that readers of Traceloop's spans know; a value said explicitly
    /// is itself.
    pub(super) fn write_call<S: TextSink>(self, json: &mut S) {
        match self {
            Self::Whole(value) => value.write_json(json),
            Self::Arguments(arguments) => write_call(arguments, json),
        }
    }

    /// For a message: the only value, which is shown as text where it is one; else all arguments. Nothing where there
    /// is only null.
    pub(super) fn only(self) -> Option<Self> {
        match self {
            Self::Whole(Value::Null) | Self::Arguments([(_, Value::Null)]) => None,
            Self::Arguments([(_, value)]) => Some(Self::Whole(*value)),
            whole_or_several => Some(whole_or_several),
        }
    }

    /// About how many bytes it has.
    pub(super) fn size(self) -> usize {
        match self {
            Self::Whole(value) => value.size(),
            Self::Arguments(arguments) => {
                arguments.iter().map(|(name, value)| name.len() + value.size()).sum()
            }
        }
    }
}

/// Writes arguments in the shape that readers of Traceloop's spans know.
pub(super) fn write_call<S: TextSink>(arguments: &[Pair<'_>], json: &mut S) {
    json.push(CALL[0].as_bytes());
    write_object(arguments, json);
    json.push(CALL[1].as_bytes());
}

/// Writes values by name as a JSON object.
fn write_object<S: TextSink>(values: &[Pair<'_>], json: &mut S) {
    let mut object = Object::begin(json);
    for (name, value) in values {
        object.value(name, value);
    }
    object.end();
}

impl Output<'_> {
    /// The value as JSON; the items as a JSON array.
    pub(crate) fn json(self) -> String {
        Composed::Output(self).to_text()
    }

    /// As [`json`](Self::json).
    pub(super) fn write_json<S: TextSink>(self, json: &mut S) {
        match self {
            Self::Whole(value) => value.write_json(json),
            Self::Items(items, missing) => {
                let cut = (missing > 0).then_some(Value::Cut(missing));
                write_array(items.iter().chain(&cut), json, Value::write_json);
            }
        }
    }

    /// For a tool: a JSON object, always.
    pub(super) fn write_object<S: TextSink>(self, json: &mut S) {
        if let Self::Whole(value @ Value::Map(_)) = self {
            value.write_json(json);
        } else {
            json.push(RESULT[0].as_bytes());
            self.write_json(json);
            json.push(RESULT[1].as_bytes());
        }
    }

    /// Whether it is a JSON object as it is.
    pub(crate) fn is_map(self) -> bool {
        matches!(self, Self::Whole(Value::Map(_)))
    }

    /// Whether it is null.
    pub(super) fn is_null(self) -> bool {
        matches!(self, Self::Whole(Value::Null))
    }

    /// Whether all items are texts: chunks of text are one text to the reader, anything else is a list.
    pub(super) fn is_chunks(self) -> bool {
        matches!(self, Self::Items(items, _) if items.iter().all(|item| matches!(item, Value::Text(_))))
    }

    /// About how many bytes it has.
    pub(super) fn size(self) -> usize {
        match self {
            Self::Whole(value) => value.size(),
            Self::Items(items, _) => items.iter().map(Value::size).sum(),
        }
    }
}

/// Writes texts one after the other, and how many more there were.
pub(super) fn write_joined<S: TextSink>(items: &[Value<'_>], missing: u64, sink: &mut S) {
    for item in items {
        if let Value::Text(text) = item {
            text.write(sink);
        }
    }
    if missing > 0 {
        format(sink, format_args!("…[+{missing} more]"));
    }
}
