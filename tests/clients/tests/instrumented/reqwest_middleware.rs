//! What is recorded of a client on `reqwest`.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use insta::assert_snapshot;
use recount::client::{Endpoints, ReqwestMiddleware};
use recount::wire::Field;
use recount_clients::Reply;
use recount_tests::{assert_golden, fact};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use reqwest_retry::RetryTransientMiddleware;
use reqwest_retry::policies::ExponentialBackoff;
use serde_json::json;

use crate::bodies::{answer, chunks, events, question, refusal, streamed_question, tool_chunks};
use crate::scene::{CHAT, Scene, client, plain_client};

#[tokio::test]
async fn a_call_is_read_from_the_wire() {
    let scene = Scene::new([Reply::json(&answer("21 degrees."))]);
    scene.post(CHAT, &question()).send().await.expect("an answer").text().await.expect("a body");
    assert_golden("clients/instrumented/reqwest_plain", &scene.exported());
}

#[tokio::test]
async fn a_stream_is_put_together() {
    let scene = Scene::new([Reply::events(events(&chunks(&["21 ", "degrees."])))]);
    scene.post(CHAT, &streamed_question()).send().await.expect("an answer").text().await.expect("a body");
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens");
    // `[DONE]` is no chunk.
    assert_eq!(fact(&scene.spans()[0], Field::ItemCount).as_deref(), Some("5"));
    assert_golden("clients/instrumented/reqwest_streamed", &without_times(scene.exported()));
}

#[tokio::test]
async fn a_call_of_a_tool_is_put_together() {
    let scene = Scene::new([Reply::events(events(&tool_chunks()))]);
    scene.post(CHAT, &streamed_question()).send().await.expect("an answer").text().await.expect("a body");
    assert_snapshot!(scene.tree(), @r#"llm chat gpt-5.2 How warm is it in Paris? → weather({"city":"Paris"})  14 → 3 tokens"#);
}

#[tokio::test]
async fn an_error_fails_the_span_by_what_the_body_says_or_by_the_status() {
    let scene = Scene::new([
        Reply::json(&refusal()).status(429),
        Reply::json(&json!({"error": "model not found"})).status(404),
        Reply::bytes("text/html", "<h1>Bad gateway</h1>").status(502),
        Reply::bytes("text/plain", "").status(500),
    ]);
    for _ in 0..4 {
        let response = scene.post(CHAT, &question()).send().await.expect("an answer");
        assert!(response.status().as_u16() >= 400);
        response.text().await.expect("a body");
    }
    assert_snapshot!(scene.tree(), @"
    llm chat gpt-5.2 How warm is it in Paris?  ✗ rate_limit_exceeded: Slow down.
    llm chat gpt-5.2 How warm is it in Paris?  ✗ 404: model not found
    llm chat gpt-5.2 How warm is it in Paris?  ✗ 502: the server answered with status 502
    llm chat gpt-5.2 How warm is it in Paris?  ✗ 500: the server answered with status 500
    ");
    let exported = scene.exported();
    let kinds: Vec<_> =
        exported.as_array().expect("spans").iter().map(|span| &span["attributes"]["error.type"]).collect();
    assert_eq!(kinds, ["rate_limit_exceeded", "404", "502", "500"]);
}

#[tokio::test]
async fn a_compressed_answer_is_read_where_the_client_unpacks_it() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(answer("21 degrees.").to_string().as_bytes()).expect("a buffer");
    let packed = packed.finish().expect("a buffer");
    let reply = || Reply::bytes("application/json", packed.clone()).header("content-encoding", "gzip");

    let scene = Scene::new([reply(), reply()]);
    let text = scene.post(CHAT, &question()).send().await.expect("an answer").text().await.expect("a body");
    assert_eq!(text, answer("21 degrees.").to_string());

    let packing = reqwest::Client::builder().no_proxy().no_gzip().build().expect("a client");
    let packing = ClientBuilder::new(packing).with(ReqwestMiddleware::new()).build();
    let request = packing.post(scene.server.url(CHAT)).body(question().to_string());
    let bytes = request.send().await.expect("an answer").bytes().await.expect("a body");
    assert_eq!(*bytes, *packed);
    assert_snapshot!(scene.tree(), @"
    llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens
    llm chat gpt-5.2 How warm is it in Paris?
    ");
}

pub(crate) fn retries() -> RetryTransientMiddleware<ExponentialBackoff> {
    let soon = Duration::from_millis(1);
    let policy = ExponentialBackoff::builder().retry_bounds(soon, soon).build_with_max_retries(3);
    RetryTransientMiddleware::new_with_policy(policy)
}

#[tokio::test]
async fn retries_that_stand_closer_to_the_network_are_part_of_the_span() {
    let scene = Scene::new([Reply::json(&refusal()).status(429), Reply::json(&answer("21 degrees."))]);
    let client = ClientBuilder::new(plain_client()).with(ReqwestMiddleware::new()).with(retries()).build();
    let request = client.post(scene.server.url(CHAT)).body(question().to_string());
    request.send().await.expect("an answer").text().await.expect("a body");
    assert_eq!(scene.server.requests().len(), 2);
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens");
}

#[tokio::test]
async fn retries_that_stand_further_off_make_a_span_for_each_attempt() {
    let scene = Scene::new([Reply::json(&refusal()).status(429), Reply::json(&answer("21 degrees."))]);
    let client = ClientBuilder::new(plain_client()).with(retries()).with(ReqwestMiddleware::new()).build();
    let request = client.post(scene.server.url(CHAT)).body(question().to_string());
    request.send().await.expect("an answer").text().await.expect("a body");
    assert_snapshot!(scene.tree(), @"
    llm chat gpt-5.2 How warm is it in Paris?  ✗ 429: the server answered with status 429
    llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens
    ");
}

#[tokio::test]
async fn two_middlewares_in_one_client_make_one_span() {
    let scene = Scene::new([Reply::json(&answer("21 degrees."))]);
    let client = ClientBuilder::new(plain_client())
        .with(ReqwestMiddleware::new())
        .with(ReqwestMiddleware::new())
        .build();
    let request = client.post(scene.server.url(CHAT)).body(question().to_string());
    request.send().await.expect("an answer").text().await.expect("a body");
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens");
}

#[tokio::test]
async fn what_is_no_model_call_leaves_no_span() {
    let scene = Scene::new((0..7).map(|_| Reply::json(&json!({}))));
    let url = |path| scene.server.url(path);
    let others = [
        scene.client.get(url("/v1/models")),
        scene.client.get(url(CHAT)),
        scene.client.post(url("/v1/files")).body(question().to_string()),
        // A survey of somebody's, who names no model.
        scene.client.post(url("/v1/responses")).body(r#"{"survey": 7, "answers": [1, 2]}"#),
        scene.client.post(url("/surveys/1/responses")).body(r#"{"answers": [{"model": "S", "input": "a"}]}"#),
        scene.client.post(url("/cars/7/api/chat")).body(r#"{"model": "T", "note": "private"}"#),
        scene.client.post(url("/proposal/completions")).body(r#"{"model": 3, "input": "a"}"#),
    ];
    for request in others {
        request.send().await.expect("an answer").text().await.expect("a body");
    }
    assert_eq!(scene.tree(), "");
}

#[tokio::test]
async fn hosts_and_paths_of_ones_own_are_model_calls() {
    let scene = Scene::new((0..2).map(|_| Reply::json(&answer("21 degrees."))));
    for endpoints in [Endpoints::new().host("127.0.0.1"), Endpoints::new().path("/ask")] {
        let request = client(endpoints).post(scene.server.url("/parrot/ask")).body(question().to_string());
        request.send().await.expect("an answer").text().await.expect("a body");
    }
    assert_snapshot!(scene.tree(), @"
    llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens
    llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens
    ");
}

#[tokio::test]
async fn keys_are_not_recorded() {
    let scene = Scene::new([Reply::json(&answer("21 degrees."))]);
    let url = scene.server.url(CHAT).replace("http://", "http://me:SECRET-1@") + "?key=SECRET-2";
    let request = scene.client.post(&url).bearer_auth("SECRET-3").header("x-api-key", "SECRET-4");
    request.body(question().to_string()).send().await.expect("an answer").text().await.expect("a body");

    // Nobody listens at this port; the error that the caller gets has the URL in it.
    let nowhere = "http://me:SECRET-5@127.0.0.1:1/v1/chat/completions?key=SECRET-6";
    let error = scene.client.post(nowhere).body(question().to_string()).send().await.expect_err("no server");
    assert!(error.to_string().contains("SECRET-6"));
    let nowhere = "http://me:(SECRET-7@127.0.0.1:1/v1/chat/completions?q=(x)&key=SECRET-8";
    scene.client.post(nowhere).body(question().to_string()).send().await.expect_err("no server");

    let exported = scene.text();
    assert!(exported.contains("error sending request") && exported.contains("21 degrees."));
    assert!(!exported.contains("SECRET"), "{exported}");
    assert_snapshot!(scene.tree(), @"
    llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens
    llm chat gpt-5.2 How warm is it in Paris?  ✗ connect: error sending request for url (http://127.0.0.1:1/v1/chat/completions)
    llm chat gpt-5.2 How warm is it in Paris?  ✗ connect: error sending request for url (http://127.0.0.1:1/v1/chat/completions)
    ");
}

/// Nor where the error is returned, from function to function.
#[tokio::test]
async fn keys_in_errors_that_are_returned_are_not_recorded() {
    #[recount::agent(skip(client))]
    async fn work(client: &ClientWithMiddleware) -> Result<String, reqwest_middleware::Error> {
        ask(client).await
    }
    #[recount::llm_span(skip(client))]
    async fn ask(client: &ClientWithMiddleware) -> Result<String, reqwest_middleware::Error> {
        let nowhere = "http://127.0.0.1:1/v1beta/models/gemini-2.5-pro:generateContent?key=SECRET-1";
        client.post(nowhere).body("{}").send().await?.text().await.map_err(Into::into)
    }
    #[recount::llm_span(skip(client), err(Debug))]
    async fn ask_plainly(client: &reqwest::Client) -> Result<(), reqwest::Error> {
        client.post("http://127.0.0.1:1/parrot?key=SECRET-2").send().await.map(drop)
    }
    let scene = Scene::new([]);
    assert!(work(&scene.client).await.expect_err("no server").to_string().contains("SECRET-1"));
    assert!(ask_plainly(&plain_client()).await.expect_err("no server").to_string().contains("SECRET-2"));
    let exported = scene.text();
    assert!(!exported.contains("SECRET"), "{exported}");
    assert!(exported.matches("models/gemini-2.5-pro:generateContent)").count() > 1, "{exported}");
    assert!(exported.contains("127.0.0.1:1/parrot"), "the rest is there: {exported}");
}

#[tokio::test]
async fn without_content_no_text_leaves() {
    let needles = ["Paris", "degrees", "Slow down", "weather"];
    let scene = Scene::with(
        recount::builder().capture_content(false),
        [
            Reply::json(&answer("21 degrees.")),
            Reply::events(events(&chunks(&["21 ", "degrees."]))),
            Reply::events(events(&tool_chunks())),
            Reply::json(&refusal()).status(429),
            Reply::bytes("text/plain", "no degrees today").status(500),
        ],
    );
    for _ in 0..5 {
        scene.post(CHAT, &question()).send().await.expect("an answer").text().await.expect("a body");
    }
    let exported = scene.text();
    for needle in needles {
        assert!(!exported.contains(needle), "{needle}: {exported}");
    }
    assert_snapshot!(scene.tree(), @"
    llm chat gpt-5.2  14 → 3 tokens
    llm chat gpt-5.2  14 → 3 tokens
    llm chat gpt-5.2  14 → 3 tokens
    llm chat gpt-5.2  ✗ rate_limit_exceeded
    llm chat gpt-5.2  ✗ 500
    ");
}

#[tokio::test]
async fn nobody_listens_and_nothing_is_done() {
    let scene = Scene::new([Reply::json(&answer("21 degrees."))]);
    let _silence = tracing::subscriber::set_default(tracing::subscriber::NoSubscriber::new());
    let response = scene.post(CHAT, &question()).send().await.expect("an answer");
    assert_eq!(response.text().await.expect("a body"), answer("21 degrees.").to_string());
    assert_eq!(scene.tree(), "");
}

/// How long things took differs from run to run.
pub(crate) fn without_times(mut spans: serde_json::Value) -> serde_json::Value {
    for span in spans.as_array_mut().into_iter().flatten() {
        // How a response is cut into pieces is the network's matter.
        if let Some(attributes) = span["attributes"].as_object_mut() {
            attributes
                .retain(|key, _| !key.ends_with(".chunk_count") && !key.ends_with(".time_per_output_chunk"));
        }
        for (key, value) in span["attributes"].as_object_mut().into_iter().flatten() {
            if key.contains("time_to") {
                assert!(value.as_f64().is_some_and(|seconds| seconds >= 0.0));
                *value = 0.0.into();
            }
        }
    }
    spans
}
