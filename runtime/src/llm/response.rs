use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use super::Detail;
use super::request::{fill, pointers};
use crate::wire::{Message, Usage};

/// A type that says itself what a model answered.
///
/// Where the result of an [`llm_span`](macro@crate::llm_span) has it, its facts are recorded and the value is not
/// captured otherwise. Called on the caller's thread, where somebody listens; a panic leaves the name of the type.
/// What is set through [`current`](crate::current) counts before it.
///
/// It is for whole responses. Chunks of a stream are for an [`Extractor`](super::Extractor), which puts them together;
/// of items that have this trait, the last one counts, as far as the [cap](crate::Builder::value_cap) has room for them.
///
/// References, boxes, counted pointers and options of it have it too. A value within a list, a tuple or another struct
/// is captured as ever.
pub trait Response {
    /// The facts.
    fn facts(&self) -> ResponseFacts;
}

pointers!(Response, ResponseFacts: &T, &mut T, Box<T>, Rc<T>, Arc<T>);

/// Nothing says nothing.
impl<T: Response> Response for Option<T> {
    fn facts(&self) -> ResponseFacts {
        self.as_ref().map(T::facts).unwrap_or_default()
    }
}

/// What a response says, in OpenTelemetry's words. What is not known is left out.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ResponseFacts {
    /// The operation, where the response tells more of it than the request.
    pub operation: Option<Cow<'static, str>>,
    /// The provider, where the body alone tells it.
    pub provider: Option<Cow<'static, str>>,
    /// The model that answered.
    pub model: Option<String>,
    /// The provider's id of the response.
    pub id: Option<String>,
    /// The answers, one for each choice, each with its finish reason where that is known. Content, but for the
    /// finish reasons.
    pub messages: Vec<Message>,
    /// The tokens.
    pub usage: Usage,
    /// The price in US dollars, where the provider says it.
    pub cost: Option<f64>,
    /// How many dimensions the vectors of an embedding have.
    pub dimensions: Option<u64>,
    /// What only this provider has.
    pub details: Vec<(Detail, String)>,
    /// That the provider refused, and how.
    pub error: Option<ErrorFacts>,
    /// That a stream ended before the model said why it stopped.
    pub unfinished: bool,
}

/// An error in the words of a provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorFacts {
    /// The class of the error, few enough to group by: `rate_limit_error`, `429`, ….
    pub kind: String,
    /// What happened. Content.
    pub message: String,
}

impl ErrorFacts {
    /// An error of this class.
    #[must_use]
    pub fn new(kind: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind: kind.into(), message: message.into() }
    }
}

impl ResponseFacts {
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

    /// Sets the model that answered.
    #[must_use]
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// Sets the provider's id of the response.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Adds the answer of a choice.
    #[must_use]
    pub fn message(mut self, message: Message) -> Self {
        self.messages.push(message);
        self
    }

    /// Sets the tokens.
    #[must_use]
    pub fn usage(mut self, usage: Usage) -> Self {
        self.usage = usage;
        self
    }

    /// Sets the price that the provider tells, in US dollars.
    #[must_use]
    pub fn cost(mut self, dollars: f64) -> Self {
        self.cost = Some(dollars);
        self
    }

    /// Adds what only this provider has.
    #[must_use]
    pub fn detail(mut self, detail: Detail, value: impl Into<String>) -> Self {
        self.details.push((detail, value.into()));
        self
    }

    /// Says that the provider refused.
    #[must_use]
    pub fn error(mut self, error: ErrorFacts) -> Self {
        self.error = Some(error);
        self
    }

    /// These facts, and for what they do not say, the others.
    pub(crate) fn or(mut self, other: Self) -> Self {
        self.operation = self.operation.or(other.operation);
        self.provider = self.provider.or(other.provider);
        self.model = self.model.or(other.model);
        self.id = self.id.or(other.id);
        self.cost = self.cost.or(other.cost);
        self.dimensions = self.dimensions.or(other.dimensions);
        self.error = self.error.or(other.error);
        let mut usage = other.usage;
        usage.update(self.usage);
        self.usage = usage;
        fill(&mut self.messages, other.messages);
        fill(&mut self.details, other.details);
        self
    }
}
