use std::time::Duration;

use async_openai::types::chat::{
    ChatChoiceStream, ChatCompletionMessageToolCallChunk, ChatCompletionStreamResponseDelta, CompletionUsage,
    CreateChatCompletionRequest, CreateChatCompletionStreamResponse, FinishReason, FunctionCallStream,
    FunctionType, Role,
};
use axum::response::Sse;
use axum::response::sse::Event;
use futures::{Stream, StreamExt, stream};

use super::completion;
use super::script::Reply;
use super::usage;

/// The time between two chunks.
const PACE: Duration = Duration::from_millis(4);

/// A response in server-sent events: one chunk for each word or tool call, one for the end, one for the tokens where
/// the request wants them, and `[DONE]`.
pub(super) fn respond(
    request: &CreateChatCompletionRequest,
    reply: &Reply,
) -> Sse<impl Stream<Item = Result<Event, axum::Error>> + use<>> {
    let template = CreateChatCompletionStreamResponse {
        id: completion::id(),
        object: "chat.completion.chunk".into(),
        created: completion::CREATED,
        model: completion::model(request),
        ..CreateChatCompletionStreamResponse::default()
    };
    let chunk = |choices, usage| CreateChatCompletionStreamResponse { choices, usage, ..template.clone() };
    let mut chunks: Vec<_> =
        deltas(reply).into_iter().map(|delta| chunk(choice(delta, None), None)).collect();
    let end = choice(ChatCompletionStreamResponseDelta::default(), Some(completion::reason(reply)));
    chunks.push(chunk(end, None));
    if wants_usage(request) {
        let usage: CompletionUsage = usage::measure(request, reply);
        chunks.push(chunk(Vec::new(), Some(usage)));
    }
    let events = chunks.into_iter().map(|chunk| Event::default().json_data(chunk));
    let done = std::iter::once(Ok(Event::default().data("[DONE]")));
    Sse::new(stream::iter(events.chain(done)).then(|event| async {
        tokio::time::sleep(PACE).await;
        event
    }))
}

fn wants_usage(request: &CreateChatCompletionRequest) -> bool {
    request.stream_options.is_some_and(|options| options.include_usage == Some(true))
}

fn choice(
    delta: ChatCompletionStreamResponseDelta,
    finish_reason: Option<FinishReason>,
) -> Vec<ChatChoiceStream> {
    vec![ChatChoiceStream { delta, finish_reason, ..ChatChoiceStream::default() }]
}

/// The pieces of a reply; the first one says who speaks.
fn deltas(reply: &Reply) -> Vec<ChatCompletionStreamResponseDelta> {
    let mut deltas: Vec<_> = match reply {
        Reply::Text(text) => text.split_inclusive(' ').map(word).collect(),
        Reply::Calls(calls) => calls
            .iter()
            .zip(0..)
            .map(|(call, index)| {
                tool_call(ChatCompletionMessageToolCallChunk {
                    index,
                    id: Some(call.id.clone()),
                    r#type: Some(FunctionType::Function),
                    function: Some(FunctionCallStream {
                        name: Some(call.function.name.clone()),
                        arguments: Some(call.function.arguments.clone()),
                    }),
                })
            })
            .collect(),
    };
    if let Some(first) = deltas.first_mut() {
        first.role = Some(Role::Assistant);
    }
    deltas
}

fn word(text: &str) -> ChatCompletionStreamResponseDelta {
    ChatCompletionStreamResponseDelta { content: Some(text.to_owned()), ..Default::default() }
}

fn tool_call(chunk: ChatCompletionMessageToolCallChunk) -> ChatCompletionStreamResponseDelta {
    ChatCompletionStreamResponseDelta { tool_calls: Some(vec![chunk]), ..Default::default() }
}
