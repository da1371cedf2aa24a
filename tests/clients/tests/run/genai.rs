//! `genai`, which opens `gen_ai` spans of its own (feature `otel`): no function is annotated here, unless a test says
//! so.
//!
//! What was said to the model and what it answered stands in its spans only where the environment asks for it
//! (`OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`), which these tests do not. `ChatStreamResponse` holds its
//! stream in a field: a function that returns one ends when it returns; one that returns the stream as
//! `impl Stream` lasts as long as it.

use futures::{Stream, StreamExt};
use genai::adapter::AdapterKind;
use genai::chat::{ChatMessage, ChatOptions, ChatRequest, ChatResponse, ChatStreamEvent, Tool};
use genai::resolver::{AuthData, Endpoint, ServiceTargetResolver};
use genai::{Client, ModelIden, ServiceTarget};
use insta::assert_snapshot;
use recount_clients::{Reply, ScriptedServer};
use serde_json::json;

use crate::recorded::{Run, run};
use crate::script;

const MODEL: &str = "gpt-4o";

fn client(server: &ScriptedServer) -> Client {
    let url = server.url("/v1/");
    let resolver = ServiceTargetResolver::from_resolver_fn(
        move |target: ServiceTarget| -> Result<ServiceTarget, genai::resolver::Error> {
            Ok(ServiceTarget {
                endpoint: Endpoint::from_owned(&*url),
                auth: AuthData::from_single("sk-secret"),
                model: ModelIden::new(AdapterKind::OpenAI, target.model.model_name),
            })
        },
    );
    Client::builder().with_service_target_resolver(resolver).build().expect("a client")
}

fn request() -> ChatRequest {
    let brew = Tool::new("brew")
        .with_description("Brews tea.")
        .with_schema(json!({"type": "object", "properties": {"tea": {"type": "string"}}}));
    ChatRequest::new(vec![ChatMessage::user("Which tea?")])
        .with_system("You like tea.")
        .with_tools(vec![brew])
}

fn options() -> ChatOptions {
    ChatOptions::default()
        .with_temperature(0.5)
        .with_max_tokens(100)
        .with_stop_sequences(vec!["END".into()])
        .with_capture_usage(true)
        .with_capture_content(true)
        .with_capture_tool_calls(true)
}

async fn ask(client: &Client) -> genai::Result<ChatResponse> {
    client.exec_chat(MODEL, request(), Some(&options())).await
}

#[recount::llm_span(skip(client))]
async fn annotated(client: &Client, request: ChatRequest) -> genai::Result<ChatResponse> {
    client.exec_chat(MODEL, request, Some(&options())).await
}

#[recount::llm_span(skip(client))]
async fn annotated_stream(
    client: &Client,
    request: ChatRequest,
) -> genai::Result<impl Stream<Item = genai::Result<ChatStreamEvent>> + use<>> {
    Ok(client.exec_chat_stream(MODEL, request, Some(&options())).await?.stream)
}

/// How many events came, and whether the last one was an error.
async fn drain(stream: impl Stream<Item = genai::Result<ChatStreamEvent>>) -> (usize, bool) {
    let items: Vec<_> = stream.collect().await;
    (items.len(), items.last().is_some_and(Result::is_err))
}

fn asked(reply: Reply) -> Run<genai::Result<ChatResponse>> {
    let server = ScriptedServer::start([reply]);
    run(async { ask(&client(&server)).await })
}

fn streamed(reply: Reply) -> Run<(usize, bool)> {
    let server = ScriptedServer::start([reply]);
    run(async {
        let response = client(&server).exec_chat_stream(MODEL, request(), Some(&options())).await;
        drain(response.expect("a stream").stream).await
    })
}

#[test]
fn an_answer() {
    let run = asked(Reply::json(&script::words()));
    run.value.as_ref().expect("an answer");
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o  20 → 5 tokens"#);
    run.assert_golden("genai/answer");
}

#[test]
fn a_call_of_a_tool() {
    let run = asked(Reply::json(&script::tool_call()));
    run.value.as_ref().expect("an answer");
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o  20 → 5 tokens"#);
    run.assert_golden("genai/tool_call");
}

#[test]
fn an_error() {
    let run = asked(script::refused());
    assert!(run.value.is_err());
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o  ✗ 404"#);
    run.assert_golden("genai/error");
}

#[test]
fn a_stream() {
    let run = streamed(Reply::events(script::streamed_words()));
    assert!(!run.value.1);
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o  20 → 5 tokens"#);
    run.assert_golden("genai/stream");
}

#[test]
fn a_stream_of_a_call_of_a_tool() {
    let run = streamed(Reply::events(script::streamed_tool_call()));
    assert!(!run.value.1);
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o  20 → 5 tokens"#);
    run.assert_golden("genai/stream_of_a_tool_call");
}

#[test]
fn a_stream_that_is_cut() {
    let run = streamed(Reply::events(script::words_without_end()).cut());
    assert!(run.value.1);
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o  ✗ web_stream"#);
    run.assert_golden("genai/stream_cut");
}

#[test]
fn embeddings() {
    let body = json!({
        "object": "list", "model": "text-embedding-3-small",
        "data": [{"object": "embedding", "index": 0, "embedding": [0.1, 0.2, 0.3]}],
        "usage": {"prompt_tokens": 4, "total_tokens": 4},
    });
    let server = ScriptedServer::start([Reply::json(&body)]);
    let run = run(async { client(&server).embed("text-embedding-3-small", "green tea", None).await });
    run.value.as_ref().expect("a vector");
    assert_snapshot!(run.tree, @r#"llm embeddings text-embedding-3-small  4 → ? tokens"#);
    run.assert_golden("genai/embeddings");
}

#[test]
fn an_annotated_function_is_one_span_with_what_genai_says() {
    let server = ScriptedServer::start([Reply::json(&script::words())]);
    let run = run(async { annotated(&client(&server), request()).await });
    run.value.as_ref().expect("an answer");
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o Which tea? → Green, please.  20 → 5 tokens"#);
    run.assert_golden("genai/annotated");
}

#[test]
fn an_annotated_stream_is_one_span_with_what_genai_says() {
    let server = ScriptedServer::start([Reply::events(script::streamed_words())]);
    let run =
        run(async { drain(annotated_stream(&client(&server), request()).await.expect("a stream")).await });
    assert!(!run.value.1);
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o Which tea? → Green, please.  20 → 5 tokens"#);
    run.assert_golden("genai/annotated_stream");
}

#[test]
fn a_turn_of_ours_around_calls_of_genai() {
    #[recount::interaction(user = "ada", conversation = "t7", skip(client))]
    async fn turn(client: &Client) -> genai::Result<()> {
        let response = ask(client).await?;
        for call in response.into_tool_calls() {
            genai::otel::agent::execute_tool_span(&call).in_scope(|| brew("green"));
        }
        ask(client).await.map(drop)
    }
    #[recount::tool]
    fn brew(tea: &str) -> String {
        format!("A cup of {tea} tea.")
    }
    let server = ScriptedServer::start([Reply::json(&script::tool_call()), Reply::json(&script::words())]);
    let run = run(async { turn(&client(&server)).await });
    run.value.as_ref().expect("two answers");
    assert_snapshot!(run.tree, @r#"
    interaction turn
    ├─ llm chat gpt-4o  20 → 5 tokens
    ├─ tool brew {"tea":"green"} → "A cup of green tea."
    └─ llm chat gpt-4o  20 → 5 tokens
    "#);
    run.assert_golden("genai/turn");
}
