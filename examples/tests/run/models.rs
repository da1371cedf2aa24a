//! Models that misbehave: the agent bears with what it can, and its trace says what it could not.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use insta::assert_snapshot;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::agent::agent;
use crate::program::Run;

/// One response to whatever is asked: status, media type, body.
type Canned = (StatusCode, &'static str, String);

/// Runs the agent against a server that gives these responses one after the other, the last one for ever.
async fn agent_with(responses: Vec<Canned>, well: bool) -> Run {
    let responses = Arc::new(Mutex::new(VecDeque::from(responses)));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let routes = Router::new().fallback(respond).with_state(responses);
    tokio::spawn(async { axum::serve(listener, routes).await });
    let program = agent().variable("OPENAI_BASE_URL", &format!("http://{address}"));
    tokio::task::spawn_blocking(move || if well { program.run() } else { program.fail() }).await.unwrap()
}

async fn respond(State(responses): State<Arc<Mutex<VecDeque<Canned>>>>) -> Response {
    let mut responses = responses.lock().unwrap();
    let next = if responses.len() > 1 { responses.pop_front() } else { responses.front().cloned() };
    let (status, media_type, body) = next.unwrap();
    (status, [(CONTENT_TYPE, media_type)], body).into_response()
}

fn message(message: &Value) -> Canned {
    let choices = json!([{"index": 0, "message": message, "finish_reason": "stop"}]);
    response(&choices)
}

fn response(choices: &Value) -> Canned {
    let body =
        json!({"id": "r", "object": "chat.completion", "created": 0, "model": "m", "choices": choices});
    (StatusCode::OK, "application/json", body.to_string())
}

fn calls(calls: &[(&str, &str)]) -> Canned {
    let call = |(name, arguments): &(&str, &str)| json!({"id": format!("id-{name}"), "type": "function", "function": {"name": name, "arguments": arguments}});
    let calls: Vec<_> = calls.iter().map(call).collect();
    message(&json!({"role": "assistant", "content": null, "tool_calls": calls}))
}

fn said(text: &str) -> Canned {
    message(&json!({"role": "assistant", "content": text}))
}

/// A stream of one word, then of whatever is given.
fn stream(rest: &str) -> Canned {
    let word = json!({
        "id": "r", "object": "chat.completion.chunk", "created": 0, "model": "m",
        "choices": [{"index": 0, "delta": {"content": "Well, "}}],
    });
    (StatusCode::OK, "text/event-stream", format!("data: {word}\n\n{rest}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_fit_no_tool_are_refused_and_traced() {
    let wrong = [("fly", "{}"), ("count_words", "{not json"), ("count_words", r#"{"file": "moon.md"}"#)];
    let run = agent_with(vec![calls(&wrong), said("Nothing."), stream("data: [DONE]\n\n")], true).await;
    assert_snapshot!(run.printed, @"Well,");
    assert_snapshot!(run.tree, @r#"
    interaction turn
    └─ workflow answer_question
       ├─ task read_documents
       ├─ agent librarian
       │  ├─ llm chat gpt-5.2
       │  ├─ tool fly  ✗ the call fits no tool
       │  ├─ tool count_words  ✗ the call fits no tool
       │  ├─ tool count_words  ✗ ToolError: there is no document "moon.md", only documents/kettle.md, documents/teapot.md
       │  └─ llm chat gpt-5.2
       └─ task compose
          └─ llm chat gpt-5.2  ✗ unfinished_stream: the stream ended before the model said why it stopped
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_never_stops_asking_is_stopped() {
    let run = agent_with(vec![calls(&[("count_words", r#"{"file": "documents/kettle.md"}"#)])], false).await;
    assert_eq!(run.tree.matches("llm chat").count(), 8, "{}", run.tree);
    assert!(run.tree.contains("agent librarian  ✗ no notes after 8 rounds of tools"), "{}", run.tree);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_without_a_choice_is_an_error_of_the_agent_not_of_the_call() {
    let run = agent_with(vec![response(&json!([]))], false).await;
    assert_snapshot!(run.tree, @r"
    interaction turn  ✗ a response without a choice
    └─ workflow answer_question  ✗ a response without a choice
       ├─ task read_documents
       └─ agent librarian  ✗ a response without a choice
          └─ llm chat gpt-5.2
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_that_is_no_json_fails_the_call() {
    let run = agent_with(vec![(StatusCode::OK, "text/html", "<p>Log in first".into())], false).await;
    assert_snapshot!(run.tree, @r"
    interaction turn  ✗ failed to deserialize api response: error:expected value at line 1 column 1 content:<p>Log in first
    └─ workflow answer_question  ✗ failed to deserialize api response: error:expected value at line 1 column 1 content:<p>Log in first
       ├─ task read_documents
       └─ agent librarian  ✗ failed to deserialize api response: error:expected value at line 1 column 1 content:<p>Log in first
          └─ llm chat gpt-5.2  ✗ OpenAIError: failed to deserialize api response: error:expected value at line 1 column 1 content:<p>Log in first
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_fails_the_call_with_the_words_of_the_server() {
    let body = json!({"error": {"message": "no such key", "type": "auth", "param": null, "code": "invalid_api_key"}});
    let run = agent_with(vec![(StatusCode::UNAUTHORIZED, "application/json", body.to_string())], false).await;
    assert_snapshot!(run.tree, @r"
    interaction turn  ✗ 401 Unauthorized auth: no such key (code: invalid_api_key)
    └─ workflow answer_question  ✗ 401 Unauthorized auth: no such key (code: invalid_api_key)
       ├─ task read_documents
       └─ agent librarian  ✗ 401 Unauthorized auth: no such key (code: invalid_api_key)
          └─ llm chat gpt-5.2  ✗ OpenAIError: 401 Unauthorized auth: no such key (code: invalid_api_key)
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_breaks_fails_its_call_and_keeps_what_came() {
    let run = agent_with(vec![said("Boil it."), stream("data: {\"broken\n\n")], false).await;
    assert_eq!(run.printed, "Well, ");
    assert_snapshot!(run.tree, @r#"
    interaction turn  ✗ failed to deserialize api response: error:EOF while parsing a string at line 1 column 8 content:{"br…
    └─ workflow answer_question  ✗ failed to deserialize api response: error:EOF while parsing a string at line 1 column 8 content:{"br…
       ├─ task read_documents
       ├─ agent librarian
       │  └─ llm chat gpt-5.2
       └─ task compose  ✗ failed to deserialize api response: error:EOF while parsing a string at line 1 column 8 content:{"br…
          └─ llm chat gpt-5.2  ✗ OpenAIError: failed to deserialize api response: error:EOF while parsing a string at line 1 column 8 content:{"br…
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_just_ends_is_taken_for_whole() {
    let run = agent_with(vec![said("Boil it."), stream("")], true).await;
    assert_snapshot!(run.printed, @"Well,");
    assert_snapshot!(run.tree, @"
    interaction turn
    └─ workflow answer_question
       ├─ task read_documents
       ├─ agent librarian
       │  └─ llm chat gpt-5.2
       └─ task compose
          └─ llm chat gpt-5.2  ✗ unfinished_stream: the stream ended before the model said why it stopped
    ");
}
