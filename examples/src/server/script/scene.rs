use async_openai::types::chat::{
    ChatCompletionMessageToolCalls, ChatCompletionRequestMessage, ChatCompletionRequestToolMessage,
    ChatCompletionRequestToolMessageContent, ChatCompletionRequestUserMessageContent, ChatCompletionTools,
    CreateChatCompletionRequest,
};
use serde_json::Value;

/// What the model sees of a request: the question, the tools on offer, and what they have answered so far.
#[derive(Debug)]
pub(super) struct Scene<'a> {
    /// The text of the last message of the user.
    pub(super) question: &'a str,
    offered: Vec<&'a str>,
    /// The calls since the question, oldest first, with their results: JSON, or a text that is none.
    answered: Vec<(&'a str, Value)>,
    /// The calls of the whole conversation: id and tool.
    called: Vec<(&'a str, &'a str)>,
}

impl<'a> Scene<'a> {
    pub(super) fn read(request: &'a CreateChatCompletionRequest) -> Self {
        let mut scene = Self { question: "", offered: Vec::new(), answered: Vec::new(), called: Vec::new() };
        for message in &request.messages {
            match message {
                ChatCompletionRequestMessage::User(message) => {
                    scene.answered.clear();
                    if let ChatCompletionRequestUserMessageContent::Text(text) = &message.content {
                        scene.question = text;
                    }
                }
                ChatCompletionRequestMessage::Assistant(message) => {
                    let calls = message.tool_calls.iter().flatten();
                    scene.called.extend(calls.filter_map(|call| match call {
                        ChatCompletionMessageToolCalls::Function(call) => {
                            Some((&*call.id, &*call.function.name))
                        }
                        ChatCompletionMessageToolCalls::Custom(_) => None,
                    }));
                }
                ChatCompletionRequestMessage::Tool(result) => {
                    if let Some((_, name)) = scene.called.iter().find(|(id, _)| *id == result.tool_call_id) {
                        scene.answered.push((name, read_result(result)));
                    }
                }
                _ => {}
            }
        }
        scene.offered = request
            .tools
            .iter()
            .flatten()
            .filter_map(|tool| match tool {
                ChatCompletionTools::Function(tool) => Some(&*tool.function.name),
                ChatCompletionTools::Custom(_) => None,
            })
            .collect();
        scene
    }

    /// Whether this tool may be called.
    pub(super) fn offers(&self, tool: &str) -> bool {
        self.offered.contains(&tool)
    }

    /// What this tool answered last.
    pub(super) fn result(&self, tool: &str) -> Option<&Value> {
        self.answered.iter().rev().find(|(name, _)| *name == tool).map(|(_, result)| result)
    }

    /// How often this tool has answered.
    pub(super) fn attempts(&self, tool: &str) -> usize {
        self.answered.iter().filter(|(name, _)| *name == tool).count()
    }

    /// How many calls the conversation has seen.
    pub(super) fn calls(&self) -> usize {
        self.called.len()
    }
}

fn read_result(message: &ChatCompletionRequestToolMessage) -> Value {
    match &message.content {
        ChatCompletionRequestToolMessageContent::Text(text) => {
            serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str()))
        }
        ChatCompletionRequestToolMessageContent::Array(_) => Value::Null,
    }
}
