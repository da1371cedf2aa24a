//! From OpenAI's words for a conversation to OpenTelemetry's, which recount records.

use async_openai::types::chat::{
    ChatChoice, ChatCompletionMessageToolCalls, ChatCompletionRequestAssistantMessageContent,
    ChatCompletionRequestMessage, ChatCompletionRequestSystemMessageContent,
    ChatCompletionRequestToolMessageContent, ChatCompletionRequestUserMessageContent, ChatCompletionTools,
    CompletionUsage, CreateChatCompletionRequest, CreateChatCompletionResponse,
    CreateChatCompletionStreamResponse, FinishReason,
};
use recount::{Message, Part, Role, Usage};
use serde::Serialize;
use serde_json::{Value, json};

/// The messages of a request.
pub(crate) fn messages(request: &CreateChatCompletionRequest) -> Vec<Message> {
    request.messages.iter().map(message).collect()
}

/// The tools on offer.
pub(crate) fn tools(request: &CreateChatCompletionRequest) -> Vec<Value> {
    let functions = request.tools.iter().flatten().filter_map(|tool| match tool {
        ChatCompletionTools::Function(tool) => Some(&tool.function),
        ChatCompletionTools::Custom(_) => None,
    });
    functions
        .map(|function| {
            json!({
                "type": "function",
                "name": function.name,
                "description": function.description,
                "parameters": function.parameters,
            })
        })
        .collect()
}

/// Records what a response says of itself, on the current span.
pub(crate) fn record(response: &CreateChatCompletionResponse) {
    let span = recount::current();
    span.set_response_id(&response.id);
    span.set_response_model(&response.model);
    let reasons: Vec<_> =
        response.choices.iter().filter_map(|choice| choice.finish_reason).map(reason).collect();
    span.set_finish_reasons(&reasons);
    span.set_output_messages(&response.choices.iter().map(reply).collect::<Vec<_>>());
    if let Some(tokens) = &response.usage {
        span.set_usage(usage(tokens));
    }
}

/// Records what a chunk of a streamed response says of it; the text is recorded as it passes.
pub(crate) fn record_chunk(chunk: &CreateChatCompletionStreamResponse) {
    let span = recount::current();
    if let Some(end) = chunk.choices.first().and_then(|choice| choice.finish_reason) {
        span.set_response_id(&chunk.id);
        span.set_response_model(&chunk.model);
        span.set_finish_reasons(&[reason(end)]);
    }
    if let Some(tokens) = &chunk.usage {
        span.set_usage(usage(tokens));
    }
}

fn usage(tokens: &CompletionUsage) -> Usage {
    let mut usage = Usage::new(tokens.prompt_tokens.into(), tokens.completion_tokens.into());
    if let Some(cached) = tokens.prompt_tokens_details.as_ref().and_then(|details| details.cached_tokens) {
        usage = usage.cache_read(cached.into());
    }
    let details = tokens.completion_tokens_details.as_ref();
    if let Some(reasoning) = details.and_then(|details| details.reasoning_tokens) {
        usage = usage.reasoning(reasoning.into());
    }
    usage
}

fn reason(reason: FinishReason) -> &'static str {
    match reason {
        FinishReason::Stop => "stop",
        FinishReason::Length => "length",
        FinishReason::ContentFilter => "content_filter",
        FinishReason::ToolCalls | FinishReason::FunctionCall => "tool_call",
    }
}

fn message(message: &ChatCompletionRequestMessage) -> Message {
    match message {
        ChatCompletionRequestMessage::System(message) => match &message.content {
            ChatCompletionRequestSystemMessageContent::Text(text) => Message::system(text),
            other @ ChatCompletionRequestSystemMessageContent::Array(_) => whole(Role::System, other),
        },
        ChatCompletionRequestMessage::User(message) => match &message.content {
            ChatCompletionRequestUserMessageContent::Text(text) => Message::user(text),
            other @ ChatCompletionRequestUserMessageContent::Array(_) => whole(Role::User, other),
        },
        ChatCompletionRequestMessage::Assistant(message) => {
            let said = match &message.content {
                Some(ChatCompletionRequestAssistantMessageContent::Text(text)) => Message::assistant(text),
                Some(other) => whole(Role::Assistant, other),
                None => Message::assistant(""),
            };
            message.tool_calls.iter().flatten().map(tool_call).fold(said, Message::part)
        }
        ChatCompletionRequestMessage::Tool(message) => {
            let result = match &message.content {
                ChatCompletionRequestToolMessageContent::Text(text) => json_or_text(text),
                other @ ChatCompletionRequestToolMessageContent::Array(_) => json!(other),
            };
            Message::tool(&message.tool_call_id, result)
        }
        // This agent sends none of the others: developer messages, and functions from before there were tools.
        other => whole(Role::User, other),
    }
}

fn reply(choice: &ChatChoice) -> Message {
    let text = choice.message.content.as_deref().unwrap_or_default();
    let calls = choice.message.tool_calls.iter().flatten().map(tool_call);
    let message = calls.fold(Message::assistant(text), Message::part);
    message.finish_reason(choice.finish_reason.map_or("stop", reason))
}

fn tool_call(call: &ChatCompletionMessageToolCalls) -> Part {
    match call {
        ChatCompletionMessageToolCalls::Function(call) => Part::ToolCall {
            id: Some(call.id.clone()),
            name: call.function.name.clone(),
            arguments: json_or_text(&call.function.arguments),
        },
        ChatCompletionMessageToolCalls::Custom(call) => Part::ToolCall {
            id: Some(call.id.clone()),
            name: call.custom_tool.name.clone(),
            arguments: Value::from(call.custom_tool.input.as_str()),
        },
    }
}

/// Content of several parts; this agent sends none, so their JSON is enough.
fn whole(role: Role, content: &impl Serialize) -> Message {
    Message::new(role, json!(content).to_string())
}

/// Models are asked for JSON and sometimes send something else.
fn json_or_text(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}
