//! Messages in the JSON shape of the OpenTelemetry conventions.
//!
//! What was said explicitly is kept as it is, as far as the shape allows: a reader that finds one message broken
//! drops them all, so what a cap cut out is put back as an ellipsis.
//!
//! The input may come from anywhere: [`Message`](crate::Message)s, the request of a provider's client, a
//! text. So it is read by its shape, not by a type: `parts` or `content`, a list or one, a map with a `type`
//! or anything else, which becomes a text.

use std::borrow::Cow;

use super::content::{Input, Output, write_joined};
use super::finish::FinishReasons;
use super::object::{Object, write_array};
use super::semconv::tool;
use crate::wire::tape::json::write_missing;
use crate::wire::tape::{Map, Seq, Unread, Value};
use crate::wire::text::{Escaped, TextSink, write_quoted_bytes};

const USER: &str = "user";
const ASSISTANT: &str = "assistant";

/// Messages that were said explicitly: of a request, or of a response, where it is known for each why the model
/// stopped. One message counts as a list of one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Messages<'a> {
    said: Value<'a>,
    finish: Option<FinishReasons<'a>>,
}

impl<'a> Messages<'a> {
    pub(super) fn of_request(said: Value<'a>) -> Self {
        Self { said, finish: None }
    }

    pub(super) fn of_response(said: Value<'a>, finish: FinishReasons<'a>) -> Self {
        Self { said, finish: Some(finish) }
    }

    pub(super) fn write<S: TextSink>(&self, json: &mut S) {
        let role = if self.finish.is_some() { ASSISTANT } else { USER };
        let mut words = self.finish.map(FinishReasons::words);
        let mut write = |message: Value<'_>, json: &mut S| {
            write_message(&message, role, words.as_mut().and_then(Iterator::next).as_deref(), json);
        };
        match self.said {
            Value::Seq(messages) => write_array(messages, json, write),
            message => write_array(std::iter::once(message), json, &mut write),
        }
    }
}

/// Role and parts are there always, since readers insist on them; keys that are not known are kept behind them.
/// `finish` is the word of a message that has none of its own.
fn write_message<S: TextSink>(said: &Value<'_>, role: &str, finish: Option<&str>, json: &mut S) {
    let mut message = Object::begin(json);
    let [mut named, mut parts, mut content, mut reason] = [None; 4];
    if let Value::Map(map) = said {
        for (key, value) in map.pairs() {
            match key {
                b"role" => named = Some(value),
                b"parts" => parts = Some(value),
                b"content" => content = Some(value),
                b"finish_reason" => reason = Some(value),
                _ => {}
            }
        }
        message.text("role", named.and_then(Unread::text).unwrap_or(role.as_bytes()));
        let json = message.key("parts");
        let is_nothing = |said: Option<Unread<'_>>| said.is_none_or(Unread::is_null);
        match parts.or(content) {
            Some(said) if !is_nothing(parts) || !is_nothing(content) => write_parts(said, json),
            _ => json.push_clean(b"[]"),
        }
        for (key, value) in map.pairs() {
            let is_known = matches!(key, b"role" | b"parts" | b"content" | b"finish_reason");
            if !is_known && !value.is_cut() {
                message.unread(key, value);
            }
        }
    } else {
        message.text("role", role);
        write_array(std::iter::once(said), message.key("parts"), write_text_part);
    }
    if let Some(reason) = reason.and_then(Unread::text).or(finish.map(str::as_bytes)) {
        message.text("finish_reason", reason);
    }
    message.end();
}

/// Writes system instructions: text, or parts.
pub(super) fn write_instructions<S: TextSink>(said: &Value<'_>, json: &mut S) {
    match said {
        Value::Seq(parts) => write_array(parts.unread(), json, write_part),
        other => write_array(std::iter::once(other), json, write_text_part),
    }
}

/// Writes several parts, or one.
fn write_parts<S: TextSink>(said: Unread<'_>, json: &mut S) {
    if said.is_seq()
        && let Some(Value::Seq(several)) = said.read()
    {
        write_array(several.unread(), json, write_part);
    } else {
        write_array(std::iter::once(said), json, write_part);
    }
}

/// The keys that a part of this type cannot be without.
///
/// By the schemas of OpenTelemetry's conventions. A reader that validates drops a message whose part lacks one.
fn required(kind: &[u8]) -> &'static [&'static str] {
    match kind {
        b"text" | b"reasoning" => &["content"],
        b"tool_call" => &["name"],
        b"tool_call_response" => &["response"],
        b"uri" => &["modality", "uri"],
        b"blob" => &["modality", "content"],
        b"file" => &["modality", "file_id"],
        _ => &[],
    }
}

/// Texts are long, and go out as they are: they are not read, only written.
fn write_part<S: TextSink>(said: Unread<'_>, json: &mut S) {
    if said.is_whole_text() {
        return write_part_of_text(json, |json| said.write_json(json));
    }
    let map = match said.read().unwrap_or(Value::Cut(0)) {
        Value::Map(map) => map,
        other => return write_text_part(&other, json),
    };
    let Some(kind) = map.get_unread("type").and_then(Unread::text) else {
        return write_text_part(&Value::Map(map), json);
    };
    let mut part = Object::begin(json);
    part.text("type", kind);
    for (key, value) in map.pairs() {
        if key != b"type" && !value.is_cut() {
            part.unread(key, value);
        }
    }
    // OpenAI's parts say `text` where the convention says `content`; what the cap took is an ellipsis.
    for key in required(kind) {
        if !map.has(key) {
            part.value(key, &map.get("text").unwrap_or(Value::Cut(0)));
        }
    }
    part.end();
}

/// Writes a part that is a text; what is none becomes one, also the mark of parts or messages that were not kept.
fn write_text_part<S: TextSink>(value: &Value<'_>, json: &mut S) {
    write_part_of_text(json, |json| write_as_text(value, json));
}

fn write_part_of_text<S: TextSink>(json: &mut S, write: impl FnOnce(&mut S)) {
    let mut part = Object::begin(json);
    part.text("type", "text");
    write(part.key("content"));
    part.end();
}

/// Writes a value as a JSON string: a text as it is, anything else as JSON within it.
fn write_as_text<S: TextSink>(value: &Value<'_>, json: &mut S) {
    match value {
        Value::Text(text) => text.write_json(json),
        Value::Cut(missing) => write_missing(*missing, json),
        other => write_inside(json, |inside| other.write_json(inside)),
    }
}

/// Writes a JSON string, whose text is written by `write`.
fn write_inside<S: TextSink>(json: &mut S, write: impl FnOnce(&mut Escaped<'_, S>)) {
    json.push_quote_within(0);
    write(&mut Escaped(json));
    json.push_quote_within(0);
}

/// Writes definitions of tools. Those that wrap a function, as in OpenAI's requests, are laid flat.
pub(super) fn write_definitions<S: TextSink>(tools: Seq<'_>, json: &mut S) {
    let maps = tools.filter_map(|tool| if let Value::Map(tool) = tool { Some(tool) } else { None });
    write_array(maps, json, write_definition);
}

/// The outer `type` stays, `name` comes before the rest, as in the convention.
fn write_definition<S: TextSink>(tool: Map<'_>, json: &mut S) {
    let inner = match tool.get("function") {
        Some(Value::Map(function)) if tool.get("name").is_none() => function,
        _ => tool,
    };
    let mut definition = Object::begin(json);
    definition.value("type", &tool.get("type").unwrap_or(Value::Text(tool::FUNCTION.into())));
    definition.value("name", &inner.get("name").unwrap_or(Value::Cut(0)));
    for (key, value) in inner {
        if !matches!(key, "type" | "name") && !matches!(value, Value::Cut(_)) {
            definition.value(key, &value);
        }
    }
    definition.end();
}

/// A captured value as the only part of the only message.
#[derive(Clone, Debug)]
pub(crate) enum Captured<'a> {
    /// Of a request.
    Input(Input<'a>),
    /// Of a response, and why the model stopped.
    Output(Output<'a>, Cow<'a, str>),
}

impl Captured<'_> {
    pub(super) fn write<S: TextSink>(&self, json: &mut S) {
        write_array(std::iter::once(self), json, Self::write_message);
    }

    fn write_message<S: TextSink>(&self, json: &mut S) {
        let mut message = Object::begin(json);
        message.text("role", if matches!(self, Self::Input(_)) { USER } else { ASSISTANT });
        write_array(std::iter::once(self), message.key("parts"), |captured, json| {
            write_part_of_text(json, |json| captured.write_text(json));
        });
        if let Self::Output(_, finish) = self {
            message.text("finish_reason", finish.as_bytes());
        }
        message.end();
    }

    /// Writes the text of the message: a text as it is, chunks of text as one, anything else as JSON.
    fn write_text<S: TextSink>(&self, json: &mut S) {
        match self {
            Self::Input(Input::Whole(value)) | Self::Output(Output::Whole(value), _) => {
                write_as_text(value, json);
            }
            Self::Input(arguments) => write_inside(json, |inside| arguments.write_object(inside)),
            Self::Output(Output::Items(items, missing), _) if Output::Items(items, *missing).is_chunks() => {
                write_chunks(items, *missing, json);
            }
            Self::Output(items, _) => write_inside(json, |inside| items.write_json(inside)),
        }
    }
}

/// Chunks of text as one text.
fn write_chunks<S: TextSink>(items: &[Value<'_>], missing: u64, json: &mut S) {
    if json.room() == usize::MAX {
        return write_inside(json, |inside| write_joined(items, missing, inside));
    }
    let mut joined = Vec::new();
    write_joined(items, missing, &mut joined);
    write_quoted_bytes(&joined, json);
}
