//! `async-openai`, in annotated functions: its requests, responses and chunks serialize to what goes over the wire.

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use async_openai::types::chat::{
    ChatCompletionRequestSystemMessage, ChatCompletionRequestUserMessage, ChatCompletionResponseStream,
    ChatCompletionStreamOptions, ChatCompletionTool, ChatCompletionTools, CreateChatCompletionRequest,
    CreateChatCompletionResponse, FunctionObject,
};
use async_openai::types::embeddings::{CreateEmbeddingRequest, CreateEmbeddingResponse};
use async_openai::types::responses::{CreateResponse, InputParam, Response, ResponseStream};
use futures::StreamExt;
use insta::assert_snapshot;
use recount_clients::{Reply, ScriptedServer};
use serde_json::{Value, json};

use crate::recorded::{Run, run, run_with};
use crate::script;

#[recount::llm_span(skip(client))]
async fn ask(
    client: &Client<OpenAIConfig>,
    request: CreateChatCompletionRequest,
) -> Result<CreateChatCompletionResponse, OpenAIError> {
    client.chat().create(request).await
}

#[recount::llm_span(skip(client))]
async fn stream(
    client: &Client<OpenAIConfig>,
    request: CreateChatCompletionRequest,
) -> Result<ChatCompletionResponseStream, OpenAIError> {
    client.chat().create_stream(request).await
}

#[recount::llm_span(skip(client))]
async fn respond(client: &Client<OpenAIConfig>, request: CreateResponse) -> Result<Response, OpenAIError> {
    client.responses().create(request).await
}

#[recount::llm_span(skip(client))]
async fn respond_stream(
    client: &Client<OpenAIConfig>,
    request: CreateResponse,
) -> Result<ResponseStream, OpenAIError> {
    client.responses().create_stream(request).await
}

#[recount::llm_span(skip(client))]
async fn embed(
    client: &Client<OpenAIConfig>,
    request: CreateEmbeddingRequest,
) -> Result<CreateEmbeddingResponse, OpenAIError> {
    client.embeddings().create(request).await
}

fn client(server: &ScriptedServer) -> Client<OpenAIConfig> {
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let config = OpenAIConfig::new().with_api_base(server.url("/v1")).with_api_key("sk-secret");
    Client::build(http, config)
}

fn request() -> CreateChatCompletionRequest {
    let brew = FunctionObject {
        name: "brew".into(),
        description: Some("Brews tea.".into()),
        parameters: Some(json!({"type": "object", "properties": {"tea": {"type": "string"}}})),
        strict: None,
    };
    CreateChatCompletionRequest {
        model: "gpt-4o".into(),
        messages: vec![
            ChatCompletionRequestSystemMessage::from("You like tea.").into(),
            ChatCompletionRequestUserMessage::from("Which tea?").into(),
        ],
        temperature: Some(0.5),
        max_completion_tokens: Some(100),
        tools: Some(vec![ChatCompletionTools::Function(ChatCompletionTool { function: brew })]),
        stream_options: None,
        ..CreateChatCompletionRequest::default()
    }
}

fn asked(reply: Reply) -> Run<Result<CreateChatCompletionResponse, OpenAIError>> {
    let server = ScriptedServer::start([reply]);
    run(async { ask(&client(&server), request()).await })
}

/// How many chunks came, and whether the last item was an error.
fn streamed(reply: Reply) -> Run<(usize, bool)> {
    let server = ScriptedServer::start([reply]);
    let options = ChatCompletionStreamOptions { include_usage: Some(true), include_obfuscation: None };
    let request = CreateChatCompletionRequest { stream_options: Some(options), ..request() };
    run(async { drain(stream(&client(&server), request).await.expect("a stream")).await })
}

async fn drain<T>(mut stream: impl futures::Stream<Item = Result<T, OpenAIError>> + Unpin) -> (usize, bool) {
    let (mut chunks, mut failed) = (0, false);
    while let Some(item) = stream.next().await {
        chunks += usize::from(item.is_ok());
        failed = item.is_err();
    }
    (chunks, failed)
}

#[test]
fn an_answer() {
    let run = asked(Reply::json(&script::words()));
    assert!(run.value.is_ok());
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o Which tea? → Green, please.  20 → 5 tokens"#);
    run.assert_golden("async_openai/answer");
}

#[test]
fn a_call_of_a_tool() {
    let run = asked(Reply::json(&script::tool_call()));
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o Which tea? → brew({"tea":"green"})  20 → 5 tokens"#);
    run.assert_golden("async_openai/tool_call");
}

#[test]
fn an_error() {
    let run = asked(script::refused());
    assert!(run.value.is_err());
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o Which tea?  ✗ OpenAIError: 404 Not Found invalid_request_error: No such model: tea-1 (param: model) (code: model_not_found)"#);
    run.assert_golden("async_openai/error");
}

#[test]
fn a_stream() {
    let run = streamed(Reply::events(script::streamed_words()));
    assert_eq!(run.value, (5, false));
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o Which tea? → Green, please.  20 → 5 tokens"#);
    run.assert_golden("async_openai/stream");
}

#[test]
fn a_stream_of_a_call_of_a_tool() {
    let run = streamed(Reply::events(script::streamed_tool_call()));
    assert_eq!(run.value, (5, false));
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o Which tea? → brew({"tea":"green"})  20 → 5 tokens"#);
    run.assert_golden("async_openai/stream_of_a_tool_call");
}

#[test]
fn a_stream_that_is_cut() {
    let run = streamed(Reply::events(script::words_without_end()).cut());
    assert_eq!(run.value, (3, true));
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o Which tea? → Green, please.  ✗ OpenAIError: stream failed: EventStream error: Transport error: error decoding response body"#);
    run.assert_golden("async_openai/stream_cut");
}

#[test]
fn without_content_the_numbers_are_there() {
    let server = ScriptedServer::start([Reply::json(&script::words())]);
    let builder = recount::builder().capture_content(false);
    let run = run_with(builder, async { ask(&client(&server), request()).await });
    let attributes = run.attributes();
    assert_eq!(attributes["gen_ai.usage.input_tokens"], 20);
    assert_eq!(attributes["gen_ai.response.finish_reasons"], json!(["stop"]));
    for secret in ["Which tea", "You like", "Green", "Brews", "sk-secret"] {
        assert!(!run.text().contains(secret), "{secret:?} in {}", run.text());
    }
}

fn response(status: &str, output: &Value, usage: &Value) -> Value {
    json!({
        "id": "resp_1", "object": "response", "created_at": 1_700_000_000, "status": status,
        "model": "gpt-4o-2024-08-06", "output": output, "parallel_tool_calls": true,
        "tool_choice": "auto", "tools": [], "usage": usage, "error": null, "incomplete_details": null,
    })
}

fn response_usage() -> Value {
    json!({
        "input_tokens": 20, "output_tokens": 5, "total_tokens": 25,
        "input_tokens_details": {"cached_tokens": 16},
        "output_tokens_details": {"reasoning_tokens": 2},
    })
}

fn message() -> Value {
    json!({
        "type": "message", "id": "msg_1", "status": "completed", "role": "assistant",
        "content": [{"type": "output_text", "text": "Green, please.", "annotations": [], "logprobs": []}],
    })
}

fn function_call() -> Value {
    json!({
        "type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "brew", "status": "completed",
        "arguments": "{\"tea\":\"green\"}",
    })
}

fn response_request() -> CreateResponse {
    CreateResponse {
        model: Some("gpt-4o".into()),
        instructions: Some("You like tea.".into()),
        input: InputParam::Text("Which tea?".into()),
        max_output_tokens: Some(100),
        ..CreateResponse::default()
    }
}

#[test]
fn a_response() {
    let body = response("completed", &json!([message()]), &response_usage());
    let server = ScriptedServer::start([Reply::json(&body)]);
    let run = run(async { respond(&client(&server), response_request()).await });
    run.value.as_ref().expect("a response");
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o Which tea? → Green, please.  20 → 5 tokens"#);
    run.assert_golden("async_openai/response");
}

#[test]
fn a_response_that_calls_a_tool() {
    let body = response("completed", &json!([function_call()]), &response_usage());
    let server = ScriptedServer::start([Reply::json(&body)]);
    let run = run(async { respond(&client(&server), response_request()).await });
    run.value.as_ref().expect("a response");
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o Which tea? → brew({"tea":"green"})  20 → 5 tokens"#);
    run.assert_golden("async_openai/response_tool_call");
}

/// The events of a response in words, up to its end.
fn response_events() -> Vec<Value> {
    let begun = response("in_progress", &json!([]), &Value::Null);
    let item = json!({"type": "message", "id": "msg_1", "status": "in_progress", "role": "assistant", "content": []});
    let part = json!({"type": "output_text", "text": "", "annotations": [], "logprobs": []});
    let delta = |number: u32, text: &str| {
        json!({
            "type": "response.output_text.delta", "sequence_number": number, "item_id": "msg_1",
            "output_index": 0, "content_index": 0, "delta": text, "logprobs": [],
        })
    };
    vec![
        json!({"type": "response.created", "sequence_number": 0, "response": begun}),
        json!({"type": "response.output_item.added", "sequence_number": 1, "output_index": 0, "item": item}),
        json!({
            "type": "response.content_part.added", "sequence_number": 2, "item_id": "msg_1", "output_index": 0,
            "content_index": 0, "part": part,
        }),
        delta(3, "Green,"),
        delta(4, " please."),
    ]
}

#[test]
fn a_response_that_is_streamed() {
    let mut events = response_events();
    let whole = response("completed", &json!([message()]), &response_usage());
    events.push(json!({"type": "response.output_item.done", "sequence_number": 5, "output_index": 0, "item": message()}));
    events.push(json!({"type": "response.completed", "sequence_number": 6, "response": whole}));
    let server = ScriptedServer::start([Reply::typed_events(&events)]);
    let run = run(async {
        drain(respond_stream(&client(&server), response_request()).await.expect("a stream")).await
    });
    assert_eq!(run.value, (7, false));
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o Which tea? → Green, please.  20 → 5 tokens"#);
    run.assert_golden("async_openai/response_stream");
}

#[test]
fn a_response_that_is_cut() {
    let server = ScriptedServer::start([Reply::typed_events(&response_events()).cut()]);
    let run = run(async {
        drain(respond_stream(&client(&server), response_request()).await.expect("a stream")).await
    });
    assert_eq!(run.value, (5, true));
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o Which tea? → Green, please.  ✗ OpenAIError: stream failed: EventStream error: Transport error: error decoding response body"#);
    run.assert_golden("async_openai/response_cut");
}

#[test]
fn embeddings() {
    let body = json!({
        "object": "list", "model": "text-embedding-3-small",
        "data": [{"object": "embedding", "index": 0, "embedding": [0.1, 0.2, 0.3]}],
        "usage": {"prompt_tokens": 4, "total_tokens": 4},
    });
    let server = ScriptedServer::start([Reply::json(&body)]);
    let request = CreateEmbeddingRequest {
        model: "text-embedding-3-small".into(),
        input: "green tea".into(),
        ..CreateEmbeddingRequest::default()
    };
    let run = run(async { embed(&client(&server), request).await });
    run.value.as_ref().expect("a response");
    assert_snapshot!(run.tree, @r#"llm embeddings text-embedding-3-small green tea  4 → ? tokens"#);
    run.assert_golden("async_openai/embeddings");
}
