use async_openai::types::chat::{
    ChatCompletionRequestMessage, CompletionUsage, CreateChatCompletionRequest, PromptTokensDetails,
};
use serde::Serialize;

use super::script::Reply;

/// Bytes of JSON that count as one token, about what tokenizers make of English.
const BYTES_PER_TOKEN: usize = 4;

/// The tokens of a request and its reply. What the model saw in the request before, up to its own last message,
/// counts as read from a cache.
pub(super) fn measure(request: &CreateChatCompletionRequest, reply: &Reply) -> CompletionUsage {
    let messages = &request.messages;
    let seen = messages
        .iter()
        .rposition(|message| matches!(message, ChatCompletionRequestMessage::Assistant(_)))
        .unwrap_or(0);
    let tools = request.tools.as_ref().map_or(0, tokens);
    let cached = if seen == 0 { 0 } else { tools + tokens(&messages[..seen]) };
    let prompt = tools + tokens(messages);
    let completion = match reply {
        Reply::Text(text) => tokens(text),
        Reply::Calls(calls) => tokens(calls),
    };
    CompletionUsage {
        prompt_tokens: prompt,
        completion_tokens: completion,
        total_tokens: prompt + completion,
        prompt_tokens_details: Some(PromptTokensDetails {
            cached_tokens: Some(cached),
            ..PromptTokensDetails::default()
        }),
        completion_tokens_details: None,
    }
}

fn tokens<T: Serialize + ?Sized>(value: &T) -> u32 {
    let bytes = serde_json::to_vec(value).map_or(0, |json| json.len());
    u32::try_from(bytes.div_ceil(BYTES_PER_TOKEN)).unwrap_or(u32::MAX / 4)
}
