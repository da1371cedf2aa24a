use crate::wire::tape::{Seq, Unread, Value};
use crate::wire::{Field, Message, Part, Role, Tape};

/// A conversation of which each message is one text: written as it will be exported while it is read, so that no text is
/// checked or copied more than it has to be. Long conversations are most of what there is to do for a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Transcript(Tape);

impl Transcript {
    /// The conversation of these roles and texts, in so many bytes, or nearly; none where one of them is missing.
    pub(crate) fn new<'a>(
        bytes: usize,
        said: impl IntoIterator<Item = Option<(Role, Unread<'a>)>>,
    ) -> Option<Self> {
        let mut tape = Tape::reuse(Vec::with_capacity(bytes));
        tape.entry(Field::InputMessages, None);
        tape.begin_seq();
        for said in said {
            let (role, text) = said?;
            let is_silent = text.whole_text()?.is_empty();
            tape.begin_map();
            tape.key("role");
            tape.text(role.name());
            tape.key("parts");
            tape.begin_seq();
            if !is_silent {
                tape.begin_map();
                tape.key("type");
                tape.text("text");
                tape.key("content");
                tape.unread(text);
                tape.end();
            }
            tape.end();
            tape.end();
        }
        tape.end();
        Some(Self(tape))
    }

    /// An entry of the field for the messages of a request.
    pub(crate) fn entry(&self) -> &Tape {
        &self.0
    }

    /// The same as messages.
    pub(crate) fn messages(&self) -> Vec<Message> {
        let said = match self.0.get(Field::InputMessages) {
            Some(Value::Seq(said)) => said,
            _ => Seq::default(),
        };
        said.map(|said| message(&said)).collect()
    }
}

fn message(said: &Value<'_>) -> Message {
    let role = said.get("role").and_then(|role| role.as_str()).unwrap_or_default();
    let known = [Role::System, Role::User, Role::Assistant, Role::Tool];
    let role =
        known.into_iter().find(|known| known.name() == role).unwrap_or_else(|| Role::Other(role.into()));
    let parts = match said.get("parts") {
        Some(Value::Seq(parts)) => parts,
        _ => Seq::default(),
    };
    let text = |part: Value<'_>| Some(Part::Text { content: part.get("content")?.as_str()?.into() });
    Message { parts: parts.filter_map(text).collect(), ..Message::new(role, "") }
}

#[cfg(test)]
mod tests {
    use super::Transcript;
    use crate::wire::{Field, Message, Role, Tape};

    #[test]
    fn a_transcript_is_what_its_messages_serialize_to() {
        let said = [(Role::System, "Be brief."), (Role::User, ""), (Role::Other("critic".into()), "Hm.")];
        let mut texts = Tape::default();
        for (_, text) in &said {
            texts.entry(Field::Output, None);
            texts.text(text);
        }
        let roles = said.iter().map(|(role, _)| role.clone());
        let transcript = Transcript::new(
            0,
            roles.zip(texts.unread_entries()).map(|(role, (.., text))| Some((role, text))),
        );
        let transcript = transcript.expect("texts");
        let messages: Vec<_> = said.iter().map(|(role, text)| Message::new(role.clone(), *text)).collect();
        assert_eq!(transcript.messages(), messages);
        let written = transcript.entry().get(Field::InputMessages).map(|written| written.to_json());
        assert_eq!(written, serde_json::to_string(&messages).ok());
    }

    #[test]
    fn what_is_more_than_texts_is_none() {
        let mut values = Tape::default();
        values.entry(Field::Output, None);
        values.unsigned(1);
        values.entry(Field::Output, None);
        values.cut_text("a", "", 9);
        for (.., value) in values.unread_entries() {
            assert_eq!(Transcript::new(0, [Some((Role::User, value))]), None);
        }
        assert_eq!(Transcript::new(0, [None]), None);
    }
}
