use std::sync::atomic::{AtomicU64, Ordering};

use async_openai::types::chat::{
    ChatChoice, ChatCompletionMessageToolCalls, ChatCompletionResponseMessage, CreateChatCompletionRequest,
    CreateChatCompletionResponse, FinishReason, Role,
};

use super::script::Reply;
use super::usage;

/// The release of the scripted model, part of the name by which it answers; Unix seconds of it below.
const RELEASE: &str = "2026-11-20";
/// When every reply was created, so that one request has one reply.
pub(super) const CREATED: u32 = 1_795_132_800;

/// A whole response.
pub(super) fn respond(request: &CreateChatCompletionRequest, reply: Reply) -> CreateChatCompletionResponse {
    let usage = usage::measure(request, &reply);
    let finish_reason = Some(reason(&reply));
    let mut message =
        ChatCompletionResponseMessage { role: Role::Assistant, ..ChatCompletionResponseMessage::default() };
    match reply {
        Reply::Text(text) => message.content = Some(text),
        Reply::Calls(calls) => {
            message.tool_calls =
                Some(calls.into_iter().map(ChatCompletionMessageToolCalls::Function).collect());
        }
    }
    CreateChatCompletionResponse {
        id: id(),
        object: "chat.completion".into(),
        created: CREATED,
        model: model(request),
        choices: vec![ChatChoice { message, finish_reason, ..ChatChoice::default() }],
        usage: Some(usage),
        ..CreateChatCompletionResponse::default()
    }
}

/// Why the model stopped.
pub(super) fn reason(reply: &Reply) -> FinishReason {
    match reply {
        Reply::Text(_) => FinishReason::Stop,
        Reply::Calls(_) => FinishReason::ToolCalls,
    }
}

/// The name by which the model answers: that of the request and its release, as providers do it.
pub(super) fn model(request: &CreateChatCompletionRequest) -> String {
    format!("{}-{RELEASE}", request.model)
}

/// An id for the next response of this process.
pub(super) fn id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("chatcmpl-scripted-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
