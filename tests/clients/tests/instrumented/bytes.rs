//! What the caller gets is what the server sent, when it sent it.

use futures::StreamExt;
use recount_clients::Reply;
use recount_tests::Random;

use crate::bodies::{answer, chunk, events, question, streamed_question, usage_chunk};
use crate::scene::{CHAT, Scene, plain_client};
use serde_json::json;

#[tokio::test]
async fn each_piece_arrives_before_the_next_is_sent() {
    let (tap, reply) = Reply::tapped("text/event-stream");
    let scene = Scene::new([reply]);
    let response = scene.post(CHAT, &streamed_question()).send().await.expect("an answer");
    let mut body = response.bytes_stream();
    let chunks = [
        chunk(&json!({"content": "21 "}), None),
        chunk(&json!({"content": "degrees."}), Some("stop")),
        usage_chunk(),
    ];
    for event in events(&chunks) {
        let sent = format!("data: {event}\n\n");
        tap.send(sent.clone());
        let got = body.next().await.expect("a piece").expect("no error");
        assert_eq!(got, sent);
        assert_eq!(scene.tree(), "", "the span is open while the stream is");
    }
    drop(tap);
    assert!(body.next().await.is_none());
    assert_eq!(scene.spans().len(), 1);
}

#[tokio::test]
async fn whatever_the_bytes_are_they_pass_as_they_are() {
    let mut random = Random::new(7);
    for round in 0..40 {
        let length = usize::try_from(random.below(5_000)).expect("a length");
        let bytes: Vec<u8> = (0..length).map(|_| u8::try_from(random.below(256)).expect("a byte")).collect();
        let size = 1 + usize::try_from(random.below(700)).expect("a length");
        let pieces: Vec<_> = bytes.chunks(size).map(|piece| piece.to_vec().into()).collect();
        let types = ["text/event-stream", "application/json", "application/x-ndjson", "image/png", ""];
        let content_type = types[round % types.len()];
        let status = [200, 404, 503][round % 3];
        let scene = Scene::new([Reply::pieces(content_type, pieces).status(status)]);
        let response = scene.post(CHAT, &question()).send().await.expect("an answer");
        assert_eq!(response.bytes().await.expect("a body"), bytes, "{content_type}");
        assert_eq!(scene.spans().len(), 1);
    }
}

#[tokio::test]
async fn the_response_is_the_same_but_for_its_body() {
    let reply = || Reply::json(&answer("21 degrees.")).status(201).header("x-request-id", "req_1");
    let scene = Scene::new([reply(), reply()]);
    let seen = scene.post(CHAT, &question()).send().await.expect("an answer");
    let plain = plain_client().post(scene.server.url(CHAT)).body(question().to_string());
    let plain = plain.send().await.expect("an answer");
    assert_eq!(seen.status(), plain.status());
    assert_eq!(seen.version(), plain.version());
    assert_eq!(seen.url(), plain.url());
    assert_eq!(seen.remote_addr(), plain.remote_addr());
    assert_eq!(seen.content_length(), plain.content_length());
    let headers = |response: &reqwest::Response| {
        let mut headers = response.headers().clone();
        headers.remove("date");
        headers
    };
    assert_eq!(headers(&seen), headers(&plain));
    assert_eq!(seen.extensions().len(), plain.extensions().len());
    assert_eq!(seen.text().await.expect("a body"), plain.text().await.expect("a body"));
}

#[tokio::test]
async fn the_request_is_the_same() {
    let scene = Scene::new([Reply::json(&answer("21 degrees.")), Reply::json(&answer("21 degrees."))]);
    scene.post(CHAT, &question()).send().await.expect("an answer").text().await.expect("a body");
    let plain = plain_client().post(scene.server.url(CHAT)).header("content-type", "application/json");
    plain.body(question().to_string()).send().await.expect("an answer").text().await.expect("a body");
    let requests = scene.server.requests();
    assert_eq!(requests[0].body, requests[1].body);
    assert_eq!(requests[0].headers, requests[1].headers);
    assert_eq!(requests[0].target, requests[1].target);
}

#[tokio::test]
async fn a_request_that_is_a_stream_is_not_read() {
    let scene = Scene::new([Reply::json(&answer("21 degrees."))]);
    let pieces = [r#"{"model": "gpt-5.2", "#, r#""messages": []}"#].map(Ok::<_, std::io::Error>);
    let body = reqwest::Body::wrap_stream(futures::stream::iter(pieces));
    let request = scene.client.post(scene.server.url(CHAT)).body(body);
    request.send().await.expect("an answer").text().await.expect("a body");
    assert_eq!(scene.server.requests()[0].json(), json!({"model": "gpt-5.2", "messages": []}));
    insta::assert_snapshot!(scene.tree(), @"llm chat → 21 degrees.  14 → 3 tokens");
}

#[tokio::test]
async fn an_error_on_the_way_is_the_one_that_the_client_gives() {
    let scene =
        Scene::new([Reply::json(&answer("21 degrees.")).cut(), Reply::json(&answer("21 degrees.")).cut()]);
    let seen = scene.post(CHAT, &question()).send().await.expect("a head").text().await.expect_err("no end");
    let plain = plain_client().post(scene.server.url(CHAT)).body(question().to_string());
    let plain = plain.send().await.expect("a head").text().await.expect_err("no end");
    assert_eq!(seen.to_string(), plain.to_string());
    assert_eq!(
        (seen.is_decode(), seen.is_body(), seen.is_timeout()),
        (plain.is_decode(), plain.is_body(), false)
    );

    let nowhere = "http://127.0.0.1:1/v1/chat/completions";
    let seen = scene.client.post(nowhere).body(question().to_string()).send().await.expect_err("no server");
    let plain =
        plain_client().post(nowhere).body(question().to_string()).send().await.expect_err("no server");
    assert_eq!(seen.to_string(), plain.to_string());
    assert!(seen.is_connect());
}

#[tokio::test]
async fn a_long_answer_takes_up_no_more_than_the_cap() {
    let cap = 16 * 1024;
    let long = "x".repeat(3_000);
    let pieces: Vec<_> = (0..500).map(|_| chunk(&json!({"content": long}), None)).collect();
    let end = [chunk(&json!({}), Some("stop")), usage_chunk()];
    let streamed = events(&pieces.into_iter().chain(end).collect::<Vec<_>>());
    let unknown: Vec<_> = (0..500).map(|n| json!({"squawk": n, "text": long}).to_string()).collect();
    let replies =
        [Reply::events(streamed), Reply::events(unknown), Reply::json(&answer(&"y".repeat(2_000_000)))];
    let scene = Scene::with(recount::builder().value_cap(cap), replies);
    for _ in 0..3 {
        scene.post(CHAT, &question()).send().await.expect("an answer").bytes().await.expect("a body");
    }
    for record in scene.spans() {
        assert!(record.tape.len() < 4 * cap, "{}", record.tape.len());
    }
    let exported = scene.exported();
    for place in [0, 2] {
        let attributes = &exported[place]["attributes"];
        assert_eq!(attributes["gen_ai.usage.output_tokens"], 3);
        assert_eq!(attributes["gen_ai.response.finish_reasons"], json!(["stop"]));
    }
}
