//! What is recorded of `async-openai`, through its own middleware.

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use async_openai::middleware::ReqwestService;
use async_openai::middleware::retry::OpenAIRetryLayer;
use async_openai::types::chat::{CreateChatCompletionRequest, CreateChatCompletionResponse};
use async_openai::types::embeddings::CreateEmbeddingRequest;
use async_openai::types::responses::CreateResponse;
use futures::StreamExt;
use insta::assert_snapshot;
use recount::client::AsyncOpenAi;
use recount_clients::Reply;
use recount_tests::assert_golden;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tower_layer::Layer;

use crate::bodies::{answer, chunk, chunks, events, question, refusal, streamed_question, tool_chunks};
use crate::reqwest_middleware::without_times;
use crate::scene::{Scene, plain_client};

/// A client that tries so many times more.
fn client(scene: &Scene, retries: usize) -> Client<OpenAIConfig> {
    let http = OpenAIRetryLayer::new(retries).layer(ReqwestService::new(plain_client()));
    let config = OpenAIConfig::new().with_api_key("SECRET").with_api_base(scene.server.url("/v1"));
    Client::with_config(config).with_http_service(AsyncOpenAi::new().layer(http))
}

fn typed<T: DeserializeOwned>(request: Value) -> T {
    serde_json::from_value(request).expect("a request")
}

async fn ask(client: &Client<OpenAIConfig>) -> Result<CreateChatCompletionResponse, OpenAIError> {
    client.chat().create(typed::<CreateChatCompletionRequest>(question())).await
}

async fn stream(client: &Client<OpenAIConfig>) -> Vec<Result<(), String>> {
    let request = typed::<CreateChatCompletionRequest>(streamed_question());
    let stream = client.chat().create_stream(request).await.expect("a stream");
    stream.map(|chunk| chunk.map(drop).map_err(|error| error.to_string())).collect().await
}

#[tokio::test]
async fn a_call_is_read_from_the_wire() {
    let scene = Scene::new([Reply::json(&answer("21 degrees."))]);
    ask(&client(&scene, 0)).await.expect("an answer");
    assert!(!scene.text().contains("SECRET"));
    assert_golden("clients/instrumented/async_openai_plain", &scene.exported());
}

#[tokio::test]
async fn a_stream_is_put_together() {
    let scene = Scene::new([Reply::events(events(&chunks(&["21 ", "degrees."])))]);
    let chunks = stream(&client(&scene, 0)).await;
    assert_eq!(chunks, vec![Ok(()); 5]);
    assert_golden("clients/instrumented/async_openai_streamed", &without_times(scene.exported()));
}

#[tokio::test]
async fn a_call_of_a_tool_is_put_together() {
    let scene = Scene::new([Reply::events(events(&tool_chunks()))]);
    stream(&client(&scene, 0)).await;
    assert_snapshot!(scene.tree(), @r#"llm chat gpt-5.2 How warm is it in Paris? → weather({"city":"Paris"})  14 → 3 tokens"#);
}

#[tokio::test]
async fn responses_and_embeddings_are_read() {
    let response = json!({"id": "resp_1", "object": "response", "created_at": 1_780_000_000, "status": "completed", "model": "gpt-5.2-2026-08-01",
        "output": [{"type": "message", "id": "msg_1", "status": "completed", "role": "assistant",
            "content": [{"type": "output_text", "text": "21 degrees.", "annotations": []}]}],
        "usage": {"input_tokens": 14, "input_tokens_details": {"cached_tokens": 4}, "output_tokens": 3,
            "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 17}});
    let vectors = json!({"object": "list", "model": "text-embedding-3-small", "data": [{"object": "embedding", "index": 0, "embedding": [0.1, 0.2]}],
        "usage": {"prompt_tokens": 2, "total_tokens": 2}});
    let scene = Scene::new([Reply::json(&response), Reply::json(&vectors)]);
    let client = client(&scene, 0);
    let request = typed::<CreateResponse>(json!({"model": "gpt-5.2", "input": "How warm?"}));
    client.responses().create(request).await.expect("a response");
    let request =
        typed::<CreateEmbeddingRequest>(json!({"model": "text-embedding-3-small", "input": "How warm?"}));
    client.embeddings().create(request).await.expect("vectors");
    assert_snapshot!(scene.tree(), @"
    llm chat gpt-5.2 How warm? → 21 degrees.  14 → 3 tokens
    llm embeddings text-embedding-3-small How warm?  2 → ? tokens
    ");
}

#[tokio::test]
async fn errors_fail_the_span_whoever_reads_them() {
    let refusals =
        || [Reply::json(&refusal()).status(429), Reply::bytes("text/html", "<h1>oh</h1>").status(502)];
    let scene = Scene::new(refusals());
    // The layer of retries reads the first one, the client the second.
    ask(&client(&scene, 0)).await.expect_err("a refusal");
    ask(&client(&scene, 0)).await.expect_err("a refusal");
    assert_snapshot!(scene.tree(), @"
    llm chat gpt-5.2 How warm is it in Paris?  ✗ rate_limit_exceeded: Slow down.
    llm chat gpt-5.2 How warm is it in Paris?  ✗ 502: the server answered with status 502
    ");

    let scene = Scene::new(refusals());
    let http = AsyncOpenAi::new().layer(ReqwestService::new(plain_client()));
    let config = OpenAIConfig::new().with_api_base(scene.server.url("/v1"));
    let bare = Client::with_config(config).with_http_service(http);
    ask(&bare).await.expect_err("a refusal");
    ask(&bare).await.expect_err("a refusal");
    assert_snapshot!(scene.tree(), @"
    llm chat gpt-5.2 How warm is it in Paris?  ✗ rate_limit_exceeded: Slow down.
    llm chat gpt-5.2 How warm is it in Paris?  ✗ 502: the server answered with status 502
    ");
}

#[tokio::test]
async fn retries_are_part_of_the_span() {
    let slow_down = || Reply::json(&refusal()).status(429).header("retry-after", "0");
    let scene = Scene::new([slow_down(), slow_down(), Reply::json(&answer("21 degrees."))]);
    ask(&client(&scene, 3)).await.expect("an answer");
    assert_eq!(scene.server.requests().len(), 3);
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens");
}

#[tokio::test]
async fn a_layer_within_the_retries_makes_a_span_for_each_attempt() {
    let scene = Scene::new([
        Reply::json(&refusal()).status(429).header("retry-after", "0"),
        Reply::json(&answer("21 degrees.")),
    ]);
    let http = OpenAIRetryLayer::new(3).layer(AsyncOpenAi::new().layer(ReqwestService::new(plain_client())));
    let config = OpenAIConfig::new().with_api_base(scene.server.url("/v1"));
    ask(&Client::with_config(config).with_http_service(http)).await.expect("an answer");
    assert_snapshot!(scene.tree(), @"
    llm chat gpt-5.2 How warm is it in Paris?  ✗ rate_limit_exceeded: Slow down.
    llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens
    ");
}

#[tokio::test]
async fn a_connection_that_breaks_in_the_middle_of_a_stream_fails_the_span() {
    let begun = [chunk(&json!({"role": "assistant", "content": "21 "}), None)];
    let scene = Scene::new([Reply::events(begun.iter().map(ToString::to_string)).cut()]);
    let chunks = stream(&client(&scene, 0)).await;
    assert!(chunks.len() == 2 && chunks[1].is_err(), "{chunks:?}");
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm is it in Paris? → 21   ✗ body: request or response body error");
}

#[tokio::test]
async fn inside_an_annotated_function_there_is_one_span() {
    #[recount::llm_span]
    async fn complete(
        #[allow(unused)] client: &Client<OpenAIConfig>,
        request: CreateChatCompletionRequest,
    ) -> Result<CreateChatCompletionResponse, OpenAIError> {
        client.chat().create(request).await
    }
    let scene = Scene::new([Reply::json(&answer("21 degrees.")), Reply::json(&refusal()).status(429)]);
    let client = client(&scene, 0);
    complete(&client, typed(question())).await.expect("an answer");
    complete(&client, typed(question())).await.expect_err("a refusal");
    assert_snapshot!(scene.tree(), @"
    llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens
    llm chat gpt-5.2 How warm is it in Paris?  ✗ OpenAIError: 429 Too Many Requests rate_limit_error: Slow down. (code: rate_limit_exceeded)
    ");
}

#[tokio::test]
async fn inside_of_other_work_calls_have_spans_below_it() {
    #[recount::agent(skip_all, skip_output)]
    async fn weather(client: &Client<OpenAIConfig>) -> Result<(), OpenAIError> {
        ask(client).await?;
        stream(client).await;
        Ok(())
    }
    let scene =
        Scene::new([Reply::json(&answer("Twenty.")), Reply::events(events(&chunks(&["21 ", "degrees."])))]);
    weather(&client(&scene, 0)).await.expect("answers");
    assert_snapshot!(scene.tree(), @"
    agent weather
    ├─ llm chat gpt-5.2 How warm is it in Paris? → Twenty.  14 → 3 tokens
    └─ llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens
    ");
}

#[tokio::test]
async fn what_is_no_model_call_leaves_no_span() {
    let scene = Scene::new([Reply::json(&json!({"object": "list", "data": []}))]);
    let listed = client(&scene, 0).responses().delete("resp_1").await;
    drop(listed);
    assert_eq!(scene.server.requests().len(), 1);
    assert_eq!(scene.tree(), "");
}
