//! Facts as they are, without a serializer in between: most are short, and it is asked for each of them what it costs.

use serde::Serialize;
use serde_json::Value as Json;

use super::{Limits, Slot};
use crate::llm::Transcript;
use crate::wire::{Field, Message, Part, Tape};

/// Writes entries whose values are known to have room; the others go by way of capture's serializer, which knows where
/// to cut.
pub(super) struct Writer<'t> {
    pub(super) tape: &'t mut Tape,
    pub(super) limits: Limits,
}

impl Writer<'_> {
    /// What is as short as a few numbers.
    pub(super) fn scalar(&mut self, field: Field, name: Option<&str>, write: impl FnOnce(&mut Tape)) {
        self.tape.entry(field, name);
        write(self.tape);
    }

    pub(super) fn text(&mut self, field: Field, name: Option<&str>, text: &str) {
        if text.len() > self.limits.cap() {
            return self.serialize(field, name, text);
        }
        self.scalar(field, name, |tape| tape.text(text));
    }

    pub(super) fn some(&mut self, field: Field, text: Option<&str>) {
        if let Some(text) = text {
            self.text(field, None, text);
        }
    }

    pub(super) fn words<'w>(
        &mut self,
        field: Field,
        name: Option<&str>,
        words: impl Iterator<Item = &'w str> + Clone,
    ) {
        let fits = self.attempt(field, name, |tape| {
            tape.begin_seq();
            words.clone().for_each(|word| tape.text(word));
            tape.end();
        });
        if !fits {
            self.serialize(field, name, &words.collect::<Vec<_>>());
        }
    }

    pub(super) fn json(&mut self, field: Field, name: Option<&str>, value: &Json) {
        match value {
            Json::Bool(value) => self.scalar(field, name, |tape| tape.bool(*value)),
            Json::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), ..) => self.scalar(field, name, |tape| tape.unsigned(number)),
                (None, Some(number), _) => self.scalar(field, name, |tape| tape.signed(number)),
                (None, None, Some(number)) => self.scalar(field, name, |tape| tape.double(number)),
                _ => self.serialize(field, name, value),
            },
            Json::String(text) => self.text(field, name, text),
            Json::Array(items) if items.iter().all(Json::is_string) => {
                self.words(field, name, items.iter().filter_map(Json::as_str));
            }
            other => self.serialize(field, name, other),
        }
    }

    pub(super) fn messages(&mut self, field: Field, messages: &[Message]) {
        if messages.is_empty() {
            return;
        }
        let has_texts_only = messages.iter().flat_map(|message| &message.parts).all(is_text);
        let is_written = has_texts_only
            && self.attempt(field, None, |tape| {
                tape.begin_seq();
                for said in messages {
                    message(said, tape);
                }
                tape.end();
            });
        if !is_written {
            self.serialize(field, None, messages);
        }
    }

    /// What its entry begins with counts, too: whether a few bytes more had room is asked again then.
    pub(super) fn transcript(&mut self, transcript: &Transcript) {
        let before = self.tape.mark();
        self.tape.append(transcript.entry());
        if self.tape.len_since(before) > self.limits.cap() {
            self.tape.rewind(before);
            self.messages(Field::InputMessages, &transcript.messages());
        }
    }

    pub(super) fn list<T: Serialize>(&mut self, field: Field, values: &[T]) {
        if !values.is_empty() {
            self.serialize(field, None, values);
        }
    }

    /// Writes the entry; takes it back, and says no, where it has no room.
    fn attempt(&mut self, field: Field, name: Option<&str>, write: impl FnOnce(&mut Tape)) -> bool {
        let before = self.tape.mark();
        self.tape.entry(field, name);
        let start = self.tape.mark();
        write(self.tape);
        let fits = self.tape.len_since(start) <= self.limits.cap();
        if !fits {
            self.tape.rewind(before);
        }
        fits
    }

    fn serialize<T: Serialize + ?Sized>(&mut self, field: Field, name: Option<&str>, value: &T) {
        Slot::on(self.tape, self.limits, field, name).serialize(value);
    }
}

fn is_text(part: &Part) -> bool {
    matches!(part, Part::Text { .. } | Part::Reasoning { .. })
}

/// A message of texts, as it serializes.
fn message(said: &Message, tape: &mut Tape) {
    tape.begin_map();
    tape.key("role");
    tape.text(said.role.name());
    tape.key("parts");
    tape.begin_seq();
    for part in &said.parts {
        let (kind, content) = match part {
            Part::Text { content } => ("text", content),
            Part::Reasoning { content } => ("reasoning", content),
            _ => continue,
        };
        tape.begin_map();
        tape.key("type");
        tape.text(kind);
        tape.key("content");
        tape.text(content);
        tape.end();
    }
    tape.end();
    if let Some(name) = &said.name {
        tape.key("name");
        tape.text(name);
    }
    if let Some(reason) = &said.finish_reason {
        tape.key("finish_reason");
        tape.text(reason);
    }
    tape.end();
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Writer;
    use crate::span::capture::{Limits, Slot};
    use crate::wire::{Field, Message, Part, Role, Tape};

    fn messages() -> Vec<Message> {
        let mut named = Message::new(Role::Other("critic".into()), "Hm.");
        named.name = Some("Ada".into());
        let thoughtful = Message::new(Role::Assistant, "")
            .part(Part::Reasoning { content: "Let me see.".into() })
            .part(Part::Text { content: "Hello".into() });
        vec![
            Message::system("Be brief."),
            Message::user("A longer text. ".repeat(20)),
            Message::new(Role::Tool, ""),
            named,
            thoughtful.finish_reason("stop"),
        ]
    }

    /// With room or without, it is what the serializer writes.
    #[test]
    fn what_is_written_straight_is_what_serializes() {
        let call = Message::new(Role::Assistant, "").part(Part::ToolCall {
            id: None,
            name: "look".into(),
            arguments: json!({}),
        });
        for messages in [messages(), [messages(), vec![call]].concat(), Vec::new()] {
            for cap in (0..700).chain([1 << 16]) {
                let limits = Limits::value(cap);
                let (mut straight, mut serialized) = (Tape::default(), Tape::default());
                Writer { tape: &mut straight, limits }.messages(Field::InputMessages, &messages);
                if !messages.is_empty() {
                    Slot::on(&mut serialized, limits, Field::InputMessages, None).serialize(&messages);
                }
                assert_eq!(straight, serialized, "{cap}");
            }
        }
        let values = [
            json!(true),
            json!(1),
            json!(256),
            json!(-1),
            json!(0.5),
            json!("stop"),
            json!(["a", "bc"]),
            json!([]),
            json!(["a", 1]),
            json!({"a": "b"}),
            json!(null),
            json!(u64::MAX),
            json!("long".repeat(99)),
        ];
        for (value, cap) in values.iter().flat_map(|value| (0..20).map(move |cap| (value, cap))) {
            let limits = Limits::value(cap);
            let (mut straight, mut serialized) = (Tape::default(), Tape::default());
            Writer { tape: &mut straight, limits }.json(Field::Parameters, Some("n"), value);
            Slot::on(&mut serialized, limits, Field::Parameters, Some("n")).serialize(value);
            assert_eq!(straight, serialized, "{value}, {cap}");
        }
    }
}
