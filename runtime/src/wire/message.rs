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
///
/// It serializes to what `gen_ai.input.messages` and `gen_ai.output.messages` hold, and reads the same back.
///
/// ```
/// use recount::Message;
///
/// let json = serde_json::to_value(Message::assistant("Hi").finish_reason("stop")).unwrap();
/// assert_eq!(
///     json,
///     serde_json::json!({
///         "role": "assistant",
///         "parts": [{"type": "text", "content": "Hi"}],
///         "finish_reason": "stop"
///     })
/// );
/// ```
///
/// Content: not recorded where that is off.
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
///
/// ```
/// use recount::Role;
///
/// assert_eq!(serde_json::to_string(&Role::Assistant).unwrap(), "\"assistant\"");
/// assert_eq!(serde_json::to_string(&Role::Other("critic".into())).unwrap(), "\"critic\"");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Role {
    /// The developer's instructions.
    ///
    /// `developer` of newer models of OpenAI is the same.
    System,
    /// The person, or the program in its place.
    User,
    /// The model.
    Assistant,
    /// The result of a tool.
    ///
    /// What it answers is a [`Part::ToolCallResponse`].
    Tool,
    /// A role of the provider's own.
    #[serde(untagged)]
    Other(String),
}

/// One part of a [`Message`].
///
/// The shapes are those of OpenTelemetry. Bytes (images, audio) are best left out or sent by
/// [address](Self::Uri): in base64 they use up the [cap](crate::Builder::value_cap), and what is left of them
/// is of no use.
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
    ///
    /// Only what the provider shows of it. The number of its tokens is in
    /// [`Usage::reasoning`](super::Usage::reasoning).
    Reasoning {
        /// The text.
        content: String,
    },
    /// The model asks for a tool.
    ///
    /// Providers that send the arguments as a text of JSON (OpenAI) have it parsed first; where that fails,
    /// the text itself is a value too.
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
    ///
    /// On a message of the role [`Tool`](Role::Tool).
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
    ///
    /// ```
    /// use recount::{Message, Part};
    ///
    /// let image = serde_json::json!({"type": "file", "modality": "image", "file_id": "file_1"});
    /// let message = Message::user("What is this?").part(Part::Other(image));
    /// assert_eq!(message.parts.len(), 2);
    /// ```
    #[serde(untagged)]
    Other(Value),
}

impl Role {
    /// The word that it serializes to.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
            Self::Other(name) => name,
        }
    }
}

impl Message {
    /// A message of one text part; of none where the text is empty.
    ///
    /// An empty text is what many providers send beside a tool call; a part for it would be noise.
    #[must_use]
    pub fn new(role: Role, text: impl Into<String>) -> Self {
        let content = text.into();
        let parts = if content.is_empty() { Vec::new() } else { vec![Part::Text { content }] };
        Self { role, parts, name: None, finish_reason: None }
    }

    /// The developer's instructions.
    ///
    /// Where the provider takes them apart from the messages, as Anthropic does, say
    /// `set_system_instructions` instead.
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
    ///
    /// ```
    /// use recount::{Message, Role};
    ///
    /// let answer = Message::tool("call_1", "21 °C");
    /// assert_eq!(answer.role, Role::Tool);
    /// ```
    #[must_use]
    pub fn tool(call_id: impl Into<String>, response: impl Into<Value>) -> Self {
        Self::new(Role::Tool, "")
            .part(Part::ToolCallResponse { id: Some(call_id.into()), response: response.into() })
    }

    /// Adds a part.
    ///
    /// Parts keep their order: text, then the calls that follow it.
    #[must_use]
    pub fn part(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    /// Says why the model stopped: `stop`, `length`, `content_filter`, `tool_call` or `error`.
    ///
    /// These are OpenTelemetry's words. What your provider says (`end_turn`, `max_tokens`, `tool_use`) has to
    /// be mapped to them for a backend to understand it; any other text is sent as it is.
    #[must_use]
    pub fn finish_reason(mut self, reason: impl Into<Cow<'static, str>>) -> Self {
        self.finish_reason = Some(reason.into());
        self
    }
}
