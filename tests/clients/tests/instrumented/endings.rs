//! However a call ends, its span does, once, and says how.

use std::net::TcpListener;
use std::time::Duration;

use futures::StreamExt;
use insta::assert_snapshot;
use recount::client::ReqwestMiddleware;
use recount_clients::Reply;
use reqwest_middleware::ClientBuilder;
use serde_json::json;

use crate::bodies::{answer, chunk, chunks, events, question, streamed_question, usage_chunk};
use crate::reqwest_middleware::retries;
use crate::scene::{CHAT, Scene, plain_client};

#[tokio::test]
async fn a_connection_that_breaks_in_the_middle_of_a_stream_fails_the_span() {
    let begun = [chunk(&json!({"role": "assistant", "content": "21 "}), None)];
    let scene = Scene::new([Reply::events(begun.iter().map(ToString::to_string)).cut()]);
    let response = scene.post(CHAT, &streamed_question()).send().await.expect("a head");
    response.text().await.expect_err("no end");
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm is it in Paris? → 21   ✗ body: request or response body error");
    let attributes = &scene.exported()[0]["attributes"];
    assert_eq!(attributes["error.type"], "body");
    assert_eq!(attributes["gen_ai.response.finish_reasons"], json!(["error"]));
}

#[tokio::test]
async fn a_connection_that_breaks_in_the_middle_of_an_answer_fails_the_span() {
    let half = answer("21 degrees.").to_string();
    let scene = Scene::new([Reply::bytes("application/json", half[..half.len() / 2].to_owned()).cut()]);
    scene.post(CHAT, &question()).send().await.expect("a head").text().await.expect_err("no end");
    assert_eq!(scene.exported()[0]["attributes"]["error.type"], "body");
}

#[tokio::test]
async fn a_stream_that_just_ends_is_unfinished() {
    let begun = [chunk(&json!({"role": "assistant", "content": "21 "}), None)];
    let scene = Scene::new([Reply::events(begun.iter().map(ToString::to_string))]);
    scene.post(CHAT, &streamed_question()).send().await.expect("an answer").text().await.expect("a body");
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm is it in Paris? → 21   ✗ unfinished_stream: the stream ended before the model said why it stopped");
}

#[tokio::test]
async fn a_stream_that_is_dropped_in_the_middle_was_cancelled() {
    let (tap, reply) = Reply::tapped("text/event-stream");
    let scene = Scene::new([reply]);
    let response = scene.post(CHAT, &streamed_question()).send().await.expect("a head");
    let mut body = response.bytes_stream();
    tap.send(format!("data: {}\n\n", chunk(&json!({"content": "21 "}), None)));
    body.next().await.expect("a piece").expect("no error");
    drop(body);
    tap.closed().await;
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm is it in Paris? → 21   ✗ cancelled");
}

#[tokio::test]
async fn who_stops_where_the_model_has_said_why_it_stopped_has_all() {
    let (tap, reply) = Reply::tapped("text/event-stream");
    let scene = Scene::new([reply]);
    let response = scene.post(CHAT, &streamed_question()).send().await.expect("a head");
    let mut body = response.bytes_stream();
    for event in events(&[chunk(&json!({"content": "21 degrees."}), Some("stop")), usage_chunk()]) {
        tap.send(format!("data: {event}\n\n"));
        body.next().await.expect("a piece").expect("no error");
    }
    // The server has not ended the body, and nobody waits for it.
    drop(body);
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens");
}

#[tokio::test]
async fn an_answer_that_nobody_reads_was_cancelled() {
    let (tap, reply) = Reply::tapped("application/json");
    let scene = Scene::new([reply]);
    drop(scene.post(CHAT, &question()).send().await.expect("a head"));
    tap.closed().await;
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm is it in Paris?  ✗ cancelled");
}

#[tokio::test]
async fn a_call_that_is_dropped_before_the_server_answers_was_cancelled() {
    let scene = Scene::new([]);
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    silent.set_nonblocking(true).expect("a socket that does not block");
    let silent = tokio::net::TcpListener::from_std(silent).expect("a listener");
    let url = format!("http://{}{CHAT}", silent.local_addr().expect("an address"));
    let request = scene.client.post(url).body(question().to_string());
    tokio::select! {
        biased;
        _ = request.send() => unreachable!("nobody answers"),
        _ = silent.accept() => {}
    }
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm is it in Paris?  ✗ cancelled");
}

#[tokio::test]
async fn a_server_that_takes_too_long_is_a_timeout() {
    let scene = Scene::new([]);
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}{CHAT}", silent.local_addr().expect("an address"));
    let request = scene.client.post(url).timeout(Duration::from_millis(20)).body(question().to_string());
    assert!(request.send().await.expect_err("no answer").is_timeout());
    let server = silent.local_addr().expect("an address").to_string();
    assert_snapshot!(scene.tree().replace(&server, "server"), @"llm chat gpt-5.2 How warm is it in Paris?  ✗ timeout: error sending request for url (http://server/v1/chat/completions)");
}

#[tokio::test]
async fn no_server_is_no_connection() {
    let scene = Scene::new([]);
    let nowhere = "http://127.0.0.1:1/v1/chat/completions";
    scene.client.post(nowhere).body(question().to_string()).send().await.expect_err("no server");
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm is it in Paris?  ✗ connect: error sending request for url (http://127.0.0.1:1/v1/chat/completions)");
}

#[tokio::test]
async fn retries_in_vain_end_as_the_last_one_did() {
    let scene = Scene::new([]);
    let client = ClientBuilder::new(plain_client()).with(ReqwestMiddleware::new()).with(retries()).build();
    let nowhere = "http://127.0.0.1:1/v1/chat/completions?key=SECRET";
    client.post(nowhere).body(question().to_string()).send().await.expect_err("no server");
    assert!(!scene.text().contains("SECRET"));
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm is it in Paris?  ✗ connect: Request failed after 3 retries");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_body_may_be_read_on_another_thread() {
    let scene = Scene::new([Reply::events(events(&chunks(&["21 ", "degrees."])))]);
    let response = scene.post(CHAT, &streamed_question()).send().await.expect("an answer");
    let reader = std::thread::spawn(|| futures::executor::block_on(response.text()));
    let text = reader.join().expect("no panic").expect("a body");
    assert!(text.ends_with("[DONE]\n\n"));
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens");
}
