//! The endpoints of the providers, by their paths and by how they frame their answers. What is read off the wire is
//! what is read of an annotated function.

use futures::{Stream, StreamExt, stream};
use insta::assert_snapshot;
use recount_clients::Reply;
use recount_tests::exported;
use serde_json::{Value, json};

use crate::bodies::{answer, chunks, events, question, streamed_question, tool_chunks};
use crate::reqwest_middleware::without_times;
use crate::scene::{CHAT, Scene};

async fn ask(path: &str, request: &Value, reply: Reply) -> Scene {
    let scene = Scene::new([reply]);
    scene.post(path, request).send().await.expect("an answer").bytes().await.expect("a body");
    scene
}

#[recount::llm_span(skip(model, answer))]
#[expect(unused_variables, reason = "the request is there to be recorded")]
fn call(model: Option<&str>, request: &Value, answer: &Value) -> Value {
    if let Some(model) = model {
        recount::current().set_model(model);
    }
    answer.clone()
}

#[recount::llm_span(skip(model, chunks))]
#[expect(unused_variables, reason = "the request is there to be recorded")]
fn stream_call<'a>(
    model: Option<&str>,
    request: &Value,
    chunks: &'a [Value],
) -> impl Stream<Item = Value> + use<'a> {
    if let Some(model) = model {
        recount::current().set_model(model);
    }
    stream::iter(chunks.iter().cloned())
}

/// The span on the wire has the attributes that an annotated function has of the same values.
fn assert_same(scene: &Scene, annotated: impl FnOnce()) {
    let of = |spans: Value| {
        let mut span = without_times(spans)[0].clone();
        let attributes = span["attributes"].as_object_mut().expect("attributes");
        attributes.remove("server.address");
        attributes.remove("server.port");
        span
    };
    assert_eq!(of(scene.exported()), of(exported(annotated)));
}

fn assert_same_as_call(scene: &Scene, model: Option<&str>, request: &Value, answer: &Value) {
    assert_same(scene, || drop(call(model, request, answer)));
}

fn assert_same_as_stream(scene: &Scene, model: Option<&str>, request: &Value, chunks: &[Value]) {
    assert_same(scene, || {
        futures::executor::block_on(stream_call(model, request, chunks).for_each(|_| async {}));
    });
}

#[tokio::test]
async fn chat_completions() {
    let scene = ask(CHAT, &question(), Reply::json(&answer("21 degrees."))).await;
    assert_same_as_call(&scene, None, &question(), &answer("21 degrees."));
    for chunks in [chunks(&["21 ", "degrees."]), tool_chunks()] {
        let scene = ask(CHAT, &streamed_question(), Reply::events(events(&chunks))).await;
        assert_same_as_stream(&scene, None, &streamed_question(), &chunks);
    }
}

#[tokio::test]
async fn anthropic() {
    let events = [
        json!({"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-opus-4-5-20251101",
            "content": [], "stop_reason": null, "usage": {"input_tokens": 14, "output_tokens": 1}}}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        json!({"type": "ping"}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "21 degrees."}}),
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": null}, "usage": {"output_tokens": 3}}),
        json!({"type": "message_stop"}),
    ];
    let request = json!({"model": "claude-opus-4-5", "max_tokens": 99, "stream": true, "messages": [{"role": "user", "content": "How warm?"}]});
    let scene = ask("/v1/messages", &request, Reply::typed_events(&events)).await;
    assert_same_as_stream(&scene, None, &request, &events);
    assert_snapshot!(scene.tree(), @"llm chat claude-opus-4-5 How warm? → 21 degrees.  14 → 3 tokens");
}

#[tokio::test]
async fn the_responses_of_openai() {
    let response = json!({"id": "resp_1", "object": "response", "status": "completed", "model": "gpt-5.2-2026-08-01", "error": null,
        "output": [{"type": "message", "id": "msg_1", "status": "completed", "role": "assistant",
            "content": [{"type": "output_text", "text": "21 degrees.", "annotations": []}]}],
        "usage": {"input_tokens": 14, "output_tokens": 3, "total_tokens": 17}});
    let request = json!({"model": "gpt-5.2", "input": "How warm?"});
    let scene = ask("/v1/responses", &request, Reply::json(&response)).await;
    assert_same_as_call(&scene, None, &request, &response);
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm? → 21 degrees.  14 → 3 tokens");
}

fn gemini(text: &str, finish: Option<&str>) -> Value {
    json!({"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": finish, "index": 0}],
        "usageMetadata": {"promptTokenCount": 14, "candidatesTokenCount": 3, "totalTokenCount": 17},
        "modelVersion": "gemini-2.5-pro", "responseId": "r1"})
}

#[tokio::test]
async fn gemini_with_its_model_in_the_path() {
    let request = json!({"contents": [{"role": "user", "parts": [{"text": "How warm?"}]}]});
    let path = "/v1beta/models/gemini-2.5-pro:generateContent?key=SECRET";
    let response = gemini("21 degrees.", Some("STOP"));
    let scene = ask(path, &request, Reply::json(&response)).await;
    assert_same_as_call(&scene, Some("gemini-2.5-pro"), &request, &response);
    assert_snapshot!(scene.tree(), @"llm generate_content gemini-2.5-pro How warm? → 21 degrees.  14 → 3 tokens");
}

#[tokio::test]
async fn gemini_as_a_list_that_grows() {
    let request = json!({"contents": [{"role": "user", "parts": [{"text": "How warm?"}]}]});
    let path = "/v1beta/models/gemini-2.5-pro:streamGenerateContent";
    let chunks = [gemini("21 ", None), gemini("degrees.", Some("STOP"))];
    let pieces =
        ["[".to_owned(), chunks[0].to_string(), ",\r\n".to_owned(), chunks[1].to_string(), "]".to_owned()];
    let pieces = pieces.map(Into::into);
    let scene = ask(path, &request, Reply::pieces("application/json", pieces)).await;
    assert_same_as_stream(&scene, Some("gemini-2.5-pro"), &request, &chunks);
    assert_snapshot!(scene.tree(), @"llm generate_content gemini-2.5-pro How warm? → 21 degrees.  14 → 3 tokens");
    let attributes = &scene.exported()[0]["attributes"];
    assert!(attributes["gen_ai.response.time_to_first_chunk"].is_number());
}

#[tokio::test]
async fn ollama_in_lines() {
    let lines = [
        json!({"model": "llama3", "created_at": "2026-08-01T00:00:00Z", "message": {"role": "assistant", "content": "21 "}, "done": false}),
        json!({"model": "llama3", "created_at": "2026-08-01T00:00:00Z", "message": {"role": "assistant", "content": "degrees."}, "done": false}),
        json!({"model": "llama3", "created_at": "2026-08-01T00:00:01Z", "message": {"role": "assistant", "content": ""}, "done": true, "done_reason": "stop",
            "prompt_eval_count": 14, "eval_count": 3}),
    ];
    let request = json!({"model": "llama3", "messages": [{"role": "user", "content": "How warm?"}]});
    let scene = ask("/api/chat", &request, Reply::lines(&lines)).await;
    assert_same_as_stream(&scene, None, &request, &lines);
    assert_snapshot!(scene.tree(), @"llm chat llama3 How warm? → 21 degrees.  14 → 3 tokens");
}

#[tokio::test]
async fn bedrock_with_its_model_in_the_path() {
    let request = json!({"messages": [{"role": "user", "content": [{"text": "How warm?"}]}], "inferenceConfig": {"maxTokens": 99}});
    let response = json!({"output": {"message": {"role": "assistant", "content": [{"text": "21 degrees."}]}}, "stopReason": "end_turn",
        "usage": {"inputTokens": 14, "outputTokens": 3, "totalTokens": 17}, "metrics": {"latencyMs": 12}});
    let path = "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse";
    let scene = ask(path, &request, Reply::json(&response)).await;
    assert_same_as_call(&scene, Some("anthropic.claude-3-haiku-20240307-v1:0"), &request, &response);
    assert_snapshot!(scene.tree(), @"llm chat anthropic.claude-3-haiku-20240307-v1:0 How warm? → 21 degrees.  14 → 3 tokens");
}

/// A message of an event stream; nobody looks at the checksums here.
fn binary(name: &str, payload: &Value) -> Vec<u8> {
    let mut headers = Vec::new();
    for (key, value) in [(":event-type", name), (":message-type", "event")] {
        headers.push(u8::try_from(key.len()).expect("short"));
        headers.extend_from_slice(key.as_bytes());
        headers.push(7);
        headers.extend_from_slice(&u16::try_from(value.len()).expect("short").to_be_bytes());
        headers.extend_from_slice(value.as_bytes());
    }
    let payload = payload.to_string();
    let length = |length: usize| u32::try_from(length).expect("short").to_be_bytes();
    let total = length(16 + headers.len() + payload.len());
    [&total[..], &length(headers.len()), &[0; 4], &headers, payload.as_bytes(), &[0; 4]].concat()
}

#[tokio::test]
async fn bedrock_in_binary_events() {
    let request = json!({"messages": [{"role": "user", "content": [{"text": "How warm?"}]}]});
    let delta = |text: &str| json!({"contentBlockIndex": 0, "delta": {"text": text}});
    let events = [
        ("messageStart", json!({"role": "assistant"})),
        ("contentBlockDelta", delta("21 ")),
        ("contentBlockDelta", delta("degrees.")),
        ("contentBlockStop", json!({"contentBlockIndex": 0})),
        ("messageStop", json!({"stopReason": "end_turn"})),
        (
            "metadata",
            json!({"usage": {"inputTokens": 14, "outputTokens": 3, "totalTokens": 17}, "metrics": {"latencyMs": 12}}),
        ),
    ];
    let stream: Vec<_> = events.iter().flat_map(|(name, payload)| binary(name, payload)).collect();
    let pieces = stream.chunks(50).map(|piece| piece.to_vec().into());
    let reply = Reply::pieces("application/vnd.amazon.eventstream", pieces);
    let scene = ask("/model/amazon.nova-pro-v1%3A0/converse-stream", &request, reply).await;
    let chunks = events.map(|(name, payload)| json!({name: payload}));
    assert_same_as_stream(&scene, Some("amazon.nova-pro-v1:0"), &request, &chunks);
    assert_snapshot!(scene.tree(), @"llm chat amazon.nova-pro-v1:0 How warm? → 21 degrees.  14 → 3 tokens");
}

#[tokio::test]
async fn azure_with_its_deployment_in_the_path() {
    let request = json!({"messages": [{"role": "user", "content": "How warm?"}]});
    let path = "/openai/deployments/my-gpt/chat/completions?api-version=2025-01-01";
    let scene = ask(path, &request, Reply::json(&answer("21 degrees."))).await;
    assert_same_as_call(&scene, Some("my-gpt"), &request, &answer("21 degrees."));
    assert_snapshot!(scene.tree(), @"llm chat my-gpt How warm? → 21 degrees.  14 → 3 tokens");
}

#[tokio::test]
async fn embeddings() {
    let response = json!({"object": "list", "model": "text-embedding-3-small", "data": [{"object": "embedding", "index": 0, "embedding": [0.1, 0.2]}],
        "usage": {"prompt_tokens": 2, "total_tokens": 2}});
    let request = json!({"model": "text-embedding-3-small", "input": "How warm?"});
    let scene = ask("/v1/embeddings", &request, Reply::json(&response)).await;
    assert_same_as_call(&scene, None, &request, &response);
    assert_snapshot!(scene.tree(), @"llm embeddings text-embedding-3-small How warm?  2 → ? tokens");
}
