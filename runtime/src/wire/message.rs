use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One message of a conversation with a model, in the shape of the OpenTelemetry `gen_ai` conventions.
///
/// ```
/// use recount::{Message, Part};
///
/// let question = Message::user("What is the weather in Paris?");
/// let call = Message::assistant("").part(Part::ToolCall {
///     id: Some("call_1".into()),
///     name: "get_weather".into(),
///     arguments: serde_json::json!({"city": "Paris"}),
/// });
/// assert_eq!(call.parts.len(), 1);
/// # let _ = question;
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said, in order.
    pub parts: Vec<Part>,
    /// The name of the participant, where there are several of one role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Why the model stopped; messages of a response have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<Cow<'static, str>>,
}

/// Who speaks in a [`Message`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Role {
    /// The developer's instructions.
    System,
    /// The person, or the program in its place.
    User,
    /// The model.
    Assistant,
    /// The result of a tool.
    Tool,
    /// A role of the provider's own.
    #[serde(untagged)]
    Other(String),
}

/// One part of a [`Message`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Part {
    /// Plain text.
    Text {
        /// The text.
        content: String,
    },
    /// What the model thought.
    Reasoning {
        /// The text.
        content: String,
    },
    /// The model asks for a tool.
    ToolCall {
        /// The provider's id of the call.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// The tool.
        name: String,
        /// Its arguments: an object, not a string of JSON.
        arguments: Value,
    },
    /// A tool has answered.
    ToolCallResponse {
        /// The id of the call that is answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// The result.
        response: Value,
    },
    /// Something elsewhere, by address.
    Uri {
        /// `image`, `audio`, `video` or `document`.
        modality: String,
        /// The media type.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mime_type: Option<String>,
        /// The address, never a `data:` URL.
        uri: String,
    },
    /// A kind of part that is not listed here, kept as it is; needs a `type` of its own.
    #[serde(untagged)]
    Other(Value),
}

impl Message {
    /// A message of one text part; of none where the text is empty.
    #[must_use]
    pub fn new(role: Role, text: impl Into<String>) -> Self {
        let content = text.into();
        let parts = if content.is_empty() { Vec::new() } else { vec![Part::Text { content }] };
        Self { role, parts, name: None, finish_reason: None }
    }

    /// The developer's instructions.
    #[must_use]
    pub fn system(text: impl Into<String>) -> Self {
        Self::new(Role::System, text)
    }

    /// What the person said.
    #[must_use]
    pub fn user(text: impl Into<String>) -> Self {
        Self::new(Role::User, text)
    }

    /// What the model said, as part of the history. A response has a
    /// [`finish_reason`](Self::finish_reason) besides.
    #[must_use]
    pub fn assistant(text: impl Into<String>) -> Self {
        Self::new(Role::Assistant, text)
    }

    /// What a tool answered to the call of this id.
    #[must_use]
    pub fn tool(call_id: impl Into<String>, response: impl Into<Value>) -> Self {
        Self::new(Role::Tool, "")
            .part(Part::ToolCallResponse { id: Some(call_id.into()), response: response.into() })
    }

    /// Adds a part.
    #[must_use]
    pub fn part(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    /// Says why the model stopped: `stop`, `length`, `content_filter`, `tool_call` or `error`.
    #[must_use]
    pub fn finish_reason(mut self, reason: impl Into<Cow<'static, str>>) -> Self {
        self.finish_reason = Some(reason.into());
        self
    }
}
