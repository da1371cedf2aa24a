use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::{Detail, Transcript};
use crate::wire::{Message, Part};

/// A type that says itself what it asks of a model.
///
/// Where an argument of an [`llm_span`](macro@crate::llm_span) has it, its facts are recorded and the value is not
/// captured otherwise. Called on the caller's thread, where somebody listens; a panic leaves the name of the type.
/// Arguments of the attribute, and what is set through [`current`](crate::current), count before it.
///
/// References, boxes, counted pointers and options of it have it too. A value within a list, a tuple or another struct
/// is captured as ever.
pub trait Request {
    /// The facts.
    fn facts(&self) -> RequestFacts;
}

macro_rules! pointers {
    ($trait:ident, $facts:ident: $($pointer:ty),*) => {$(
        impl<T: $trait + ?Sized> $trait for $pointer {
            fn facts(&self) -> $facts {
                (**self).facts()
            }
        }
    )*};
}
pub(super) use pointers;

pointers!(Request, RequestFacts: &T, &mut T, Box<T>, Rc<T>, Arc<T>);

/// Nothing says nothing.
impl<T: Request> Request for Option<T> {
    fn facts(&self) -> RequestFacts {
        self.as_ref().map(T::facts).unwrap_or_default()
    }
}

/// What a request says, in OpenTelemetry's words. What is not known is left out.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct RequestFacts {
    /// The operation: `chat`, `generate_content`, `text_completion`, `embeddings`, ….
    pub operation: Option<Cow<'static, str>>,
    /// The provider, where the body alone tells it.
    pub provider: Option<Cow<'static, str>>,
    /// The model that is asked for.
    pub model: Option<String>,
    /// Parameters by their OpenTelemetry names: `temperature`, `max_tokens`, `stop_sequences`, ….
    pub parameters: Vec<(Cow<'static, str>, Value)>,
    /// The system prompt, where it travels apart from the messages. Content.
    pub system: Vec<Part>,
    /// The messages. Content.
    pub messages: Vec<Message>,
    /// The tools that the model may call, as OpenTelemetry's definitions. Content.
    pub tools: Vec<Value>,
    /// What only this provider has.
    pub details: Vec<(Detail, String)>,
    /// The messages, where each is a text and nothing else; `messages` is empty then.
    pub(crate) transcript: Option<Transcript>,
}

impl RequestFacts {
    /// Nothing known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the operation.
    #[must_use]
    pub fn operation(mut self, operation: impl Into<Cow<'static, str>>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// Sets the provider.
    #[must_use]
    pub fn provider(mut self, provider: impl Into<Cow<'static, str>>) -> Self {
        self.provider = Some(provider.into());
        self
    }

    /// Sets the model that is asked for.
    #[must_use]
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// Adds a parameter by its OpenTelemetry name; a value that does not serialize, and `None`, add nothing.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<Cow<'static, str>>, value: impl Serialize) -> Self {
        if let Ok(value) = serde_json::to_value(value)
            && !value.is_null()
        {
            self.parameters.push((name.into(), value));
        }
        self
    }

    /// Adds a part to the system prompt.
    #[must_use]
    pub fn system(mut self, text: impl Into<String>) -> Self {
        self.system.push(Part::Text { content: text.into() });
        self
    }

    /// Adds a message.
    #[must_use]
    pub fn message(mut self, message: Message) -> Self {
        self.messages.push(message);
        self
    }

    /// Adds the definition of a tool: `{"type": "function", "name": …, "description": …, "parameters": …}`.
    #[must_use]
    pub fn tool(mut self, definition: Value) -> Self {
        self.tools.push(definition);
        self
    }

    /// Adds what only this provider has.
    #[must_use]
    pub fn detail(mut self, detail: Detail, value: impl Into<String>) -> Self {
        self.details.push((detail, value.into()));
        self
    }

    /// Whether it says what the model was asked.
    pub(crate) fn has_messages(&self) -> bool {
        !self.messages.is_empty() || self.transcript.is_some()
    }

    /// These facts, and for what they do not say, the others.
    pub(crate) fn or(mut self, other: Self) -> Self {
        self.operation = self.operation.or(other.operation);
        self.provider = self.provider.or(other.provider);
        self.model = self.model.or(other.model);
        for (name, value) in other.parameters {
            if !self.parameters.iter().any(|(known, _)| *known == name) {
                self.parameters.push((name, value));
            }
        }
        fill(&mut self.system, other.system);
        if !self.has_messages() {
            (self.messages, self.transcript) = (other.messages, other.transcript);
        }
        fill(&mut self.tools, other.tools);
        fill(&mut self.details, other.details);
        self
    }
}

/// Takes the other list where this one is empty.
pub(super) fn fill<T>(list: &mut Vec<T>, other: Vec<T>) {
    if list.is_empty() {
        *list = other;
    }
}
