mod choice;
mod room;

use std::borrow::Cow;

use super::{Detail, ErrorFacts, ResponseFacts};
use crate::wire::Usage;

pub use choice::PartialChoice;
pub(crate) use room::head;

use choice::Choice;
use room::{Room, short};

/// A streamed response, as far as it has come: an [`Extractor`](super::Extractor) adds chunk after chunk.
///
/// Bounded: of all texts together as much is kept as of [any value](crate::Builder::value_cap), the rest is counted;
/// model, tokens and finish reasons are short and always kept, ids and names of tool calls up to 64 KiB.
///
/// ```
/// use recount::llm::Partial;
///
/// let mut answer = Partial::new(1 << 10);
/// answer.choice(0).text(0, "Hel");
/// answer.choice(0).text(0, "lo");
/// answer.choice(0).finish("stop");
/// let facts = answer.into_facts();
/// assert_eq!(facts.messages, [recount::Message::assistant("Hello").finish_reason("stop")]);
/// assert!(!facts.unfinished);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Partial {
    facts: ResponseFacts,
    choices: Vec<(u64, Choice)>,
    room: Room,
    /// The provider has said that this was all.
    ended: bool,
}

impl Partial {
    /// Servers that number choices without end shall not fill the memory.
    const MOST_CHOICES: usize = 128;

    /// Nothing has come yet; of the texts, so many bytes will be kept.
    #[must_use]
    pub fn new(room: usize) -> Self {
        Self { room: Room::new(room), ..Self::default() }
    }

    /// Sets the provider, where the chunks alone tell it.
    pub fn set_provider(&mut self, provider: impl Into<Cow<'static, str>>) {
        self.facts.provider = Some(provider.into());
    }

    /// Sets the operation, where the chunks tell more of it than the request.
    pub fn set_operation(&mut self, operation: impl Into<Cow<'static, str>>) {
        self.facts.operation = Some(operation.into());
    }

    /// Sets the model that answers; an empty text changes nothing.
    pub fn set_model(&mut self, model: &str) {
        replace(&mut self.facts.model, model);
    }

    /// Sets the provider's id of the response; an empty text changes nothing.
    pub fn set_id(&mut self, id: &str) {
        replace(&mut self.facts.id, id);
    }

    /// The provider's id of the response, where it is known by now.
    pub(crate) fn id(&self) -> Option<&str> {
        self.facts.id.as_deref()
    }

    /// Sets the tokens as far as they are known by now; counts are totals, and what is unknown stays.
    pub fn update_usage(&mut self, usage: Usage) {
        self.facts.usage.update(usage);
    }

    /// The tokens as far as they are known by now.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.facts.usage
    }

    /// Sets the price that the provider tells, in US dollars.
    pub fn set_cost(&mut self, dollars: f64) {
        self.facts.cost = Some(dollars);
    }

    /// Sets what only this provider has; the last value counts.
    pub fn set_detail(&mut self, detail: Detail, value: &str) {
        match self.facts.details.iter_mut().find(|(known, _)| *known == detail) {
            Some((_, known)) if known == short(value) => {}
            Some((_, known)) => short(value).clone_into(known),
            None => self.facts.details.push((detail, short(value).to_owned())),
        }
    }

    /// Says that the provider broke off.
    pub fn fail(&mut self, error: ErrorFacts) {
        self.facts.error = Some(error);
    }

    /// Says that the provider has sent everything, whatever the finish reasons are.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Takes the whole response, which some providers send at the end, in place of what came before.
    ///
    /// What it does not say is kept.
    pub fn replace(&mut self, whole: ResponseFacts) {
        let before = std::mem::take(&mut self.facts);
        self.facts = whole.or(before);
        self.ended = true;
    }

    /// The answer of this number; a new one where there is none.
    ///
    /// Beyond 128 answers the last one is given.
    pub fn choice(&mut self, index: u64) -> PartialChoice<'_> {
        let place = self.choices.iter().position(|(known, _)| *known == index).unwrap_or_else(|| {
            if self.choices.len() < Self::MOST_CHOICES {
                self.choices.push((index, Choice::default()));
            }
            self.choices.len() - 1
        });
        PartialChoice { choice: &mut self.choices[place].1, room: &mut self.room }
    }

    /// What has come, as a response.
    ///
    /// An answer without a finish reason is [unfinished](ResponseFacts::unfinished), unless the provider has
    /// said that this was all.
    #[must_use]
    pub fn into_facts(mut self) -> ResponseFacts {
        self.choices.sort_by_key(|(index, _)| *index);
        let open = self.choices.iter().any(|(_, choice)| !choice.is_finished());
        self.facts.unfinished = !self.ended && (open || self.choices.is_empty());
        // The whole response says it better than its pieces.
        if self.facts.messages.is_empty() {
            self.facts.messages = self.choices.into_iter().map(|(_, choice)| choice.into_message()).collect();
        }
        self.facts
    }
}

/// Arguments that travel as a text of JSON; the text itself where it is none, an empty object where it is empty.
pub(crate) fn arguments(json: String) -> serde_json::Value {
    if json.trim().is_empty() {
        return serde_json::Value::Object(serde_json::Map::new());
    }
    serde_json::from_str(&json).unwrap_or(serde_json::Value::String(json))
}

fn replace(known: &mut Option<String>, text: &str) {
    let text = short(text);
    // Each chunk says it again.
    if !text.is_empty() && known.as_deref() != Some(text) {
        *known = Some(text.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Partial, Room};
    use crate::llm::ResponseFacts;
    use crate::wire::{Message, Part, Role, Usage};

    #[test]
    fn blocks_and_names_without_end_fill_no_memory() {
        let name = "é".repeat(20_000);
        let mut answer = Partial::new(1000);
        for n in 0..20_000 {
            answer.set_model(&name);
            let mut choice = answer.choice(n % 1000);
            choice.role(Role::Other(name.clone()));
            choice.tool_call(n, Some(&name), Some(&name), &name);
            choice.text(n, &name);
            choice.finish(name.clone());
        }
        let facts = answer.into_facts();
        let blocks: usize = facts.messages.iter().map(|message| message.parts.len()).sum();
        // Each answer says besides how much is missing.
        let most = Room::MOST_BLOCKS + Partial::MOST_CHOICES;
        assert_eq!((facts.messages.len(), blocks), (Partial::MOST_CHOICES, most));
        let size = serde_json::to_string(&facts.messages).expect("JSON").len();
        assert!(size < 1 << 20, "{size}");
    }

    #[test]
    fn names_have_room_where_the_texts_are_long() {
        let mut answer = Partial::new(10);
        let mut choice = answer.choice(0);
        choice.text(0, "A long text.");
        for _ in 0..100 {
            choice.tool_call(1, Some("call_1"), Some("look"), "");
        }
        choice.finish("tool_call");
        let [message] = &*answer.into_facts().messages else { panic!("one answer") };
        let call = Part::ToolCall { id: Some("call_1".into()), name: "look".into(), arguments: json!({}) };
        assert_eq!(message.parts, [Part::Text { content: "A long tex…[+2 bytes]".into() }, call]);
    }

    #[test]
    fn a_part_without_room_is_missed() {
        let mut answer = Partial::new(100);
        let mut choice = answer.choice(0);
        let image = |size| Part::Other(json!({"type": "image", "content": "A".repeat(size)}));
        choice.part(image(1000));
        choice.part(image(10));
        choice.part(image(1000));
        choice.server_tool_call(0, json!({"type": "server_tool_call", "name": "n".repeat(1000)}));
        let overhead = json!({"type": "image", "content": ""}).to_string().len();
        let call = json!({"type": "server_tool_call", "name": ""}).to_string().len() + 1000;
        let missing = 2 * (1000 + overhead) + call;
        let [message] = &*answer.into_facts().messages else { panic!("one answer") };
        assert_eq!(message.parts.len(), 3, "{:?}", message.parts);
        assert_eq!(message.parts[0], image(10));
        assert_eq!(message.parts[2], Part::Text { content: format!("…[+{missing} bytes]") });
    }

    #[test]
    fn what_the_whole_response_does_not_say_is_kept() {
        let mut answer = Partial::new(100);
        answer.set_id("response-1");
        answer.update_usage(Usage::new(10, 1).cache_read(8));
        answer.choice(0).text(0, "Hel");
        let whole = Message::assistant("Hello").finish_reason("stop");
        answer.replace(
            ResponseFacts::new().model("parrot-1").usage(Usage::default().output(5)).message(whole.clone()),
        );
        let facts = answer.into_facts();
        assert_eq!((facts.id.as_deref(), facts.model.as_deref()), (Some("response-1"), Some("parrot-1")));
        assert_eq!(facts.usage, Usage::new(10, 5).cache_read(8));
        assert_eq!((facts.messages, facts.unfinished), (vec![whole], false));
    }
}
