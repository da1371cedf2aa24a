//! No client crate at all: `reqwest`, with chunks as a program's own types and as the bytes that came.

use futures::{Stream, StreamExt, TryStreamExt};
use insta::assert_snapshot;
use recount_clients::{Reply, ScriptedServer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::recorded::{Run, run};
use crate::script;

/// As much of a request as this program needs.
#[derive(Serialize)]
struct Request {
    model: &'static str,
    messages: Vec<Value>,
    temperature: f32,
    stream: bool,
}

/// As much of a chunk as this program needs: of the tokens it does not know.
#[derive(Deserialize, Serialize)]
struct Chunk {
    id: String,
    model: String,
    choices: Vec<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    usage: Option<Value>,
}

fn request(stream: bool) -> Request {
    let messages = vec![json!({"role": "user", "content": "Which tea?"})];
    Request { model: "gpt-4o", messages, temperature: 0.5, stream }
}

async fn send(url: &str, request: &Request) -> Result<reqwest::Response, reqwest::Error> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    client.post(url).json(request).send().await?.error_for_status()
}

#[recount::llm_span]
async fn ask(url: &str, request: Request) -> Result<Value, reqwest::Error> {
    send(url, &request).await?.json().await
}

/// The error body is what the function gives: it does not look at the status.
#[recount::llm_span]
async fn ask_carelessly(url: &str, request: Request) -> Result<String, reqwest::Error> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    client.post(url).json(&request).send().await?.text().await
}

/// The text as it came, an item for each piece that the network made of it.
#[recount::llm_span]
async fn stream_bytes(
    url: &str,
    request: Request,
) -> Result<impl Stream<Item = Result<String, reqwest::Error>> + use<>, reqwest::Error> {
    let bytes = send(url, &request).await?.bytes_stream();
    Ok(bytes.map_ok(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// An item for each event.
#[recount::llm_span]
async fn stream_chunks(
    url: &str,
    request: Request,
) -> Result<impl Stream<Item = Result<Chunk, reqwest::Error>> + use<>, reqwest::Error> {
    let bytes = send(url, &request).await?.bytes_stream();
    let mut rest = String::new();
    let events = bytes.map_ok(move |bytes| {
        rest.push_str(&String::from_utf8_lossy(&bytes));
        let end = rest.rfind("\n\n").map_or(0, |end| end + 2);
        let complete: String = rest.drain(..end).collect();
        let data = complete.split("\n\n").filter_map(|event| event.strip_prefix("data: "));
        let chunks: Vec<_> = data.filter_map(|data| serde_json::from_str(data).ok()).map(Ok).collect();
        futures::stream::iter(chunks)
    });
    Ok(events.try_flatten())
}

async fn drain<T>(stream: impl Stream<Item = Result<T, reqwest::Error>>) -> Result<usize, usize> {
    let items: Vec<_> = stream.collect().await;
    let failed = items.iter().any(Result::is_err);
    let good = items.iter().filter(|item| item.is_ok()).count();
    if failed { Err(good) } else { Ok(good) }
}

fn chunks(reply: Reply) -> Run<Result<usize, usize>> {
    let server = ScriptedServer::start([reply]);
    let url = server.url("/v1/chat/completions");
    run(async { drain(stream_chunks(&url, request(true)).await.expect("a stream")).await })
}

fn bytes(reply: Reply) -> Run<Result<usize, usize>> {
    let server = ScriptedServer::start([reply]);
    let url = server.url("/v1/chat/completions");
    run(async { drain(stream_bytes(&url, request(true)).await.expect("a stream")).await })
}

/// The port is another one in each run.
fn anonymous(tree: &str) -> String {
    let mut rest = tree.split("127.0.0.1:");
    let first = rest.next().unwrap_or_default().to_owned();
    rest.fold(first, |text, piece| format!("{text}<host>{}", piece.trim_start_matches(char::is_numeric)))
}

#[test]
fn an_answer() {
    let server = ScriptedServer::start([Reply::json(&script::words())]);
    let url = server.url("/v1/chat/completions?key=secret");
    let run = run(async { ask(&url, request(false)).await });
    assert_snapshot!(anonymous(&run.tree), @r#"llm chat gpt-4o Which tea? → Green, please.  20 → 5 tokens"#);
    run.assert_golden("plain_http/answer");
    assert!(!run.text().contains("secret"), "{}", run.text());
}

#[test]
fn an_error_is_an_error_of_the_client() {
    let server = ScriptedServer::start([script::refused()]);
    let url = server.url("/v1/chat/completions");
    let run = run(async { ask(&url, request(false)).await });
    assert!(run.value.is_err());
    assert_snapshot!(anonymous(&run.tree), @r#"llm chat gpt-4o Which tea?  ✗ Error: HTTP status client error (404 Not Found) for url (http://<host>/v1/chat/completions)"#);
}

#[test]
fn an_error_body_that_nobody_looked_at() {
    let server = ScriptedServer::start([script::refused()]);
    let url = server.url("/v1/chat/completions");
    let run = run(async { ask_carelessly(&url, request(false)).await });
    assert!(run.value.is_ok());
    assert_snapshot!(anonymous(&run.tree), @r#"llm chat gpt-4o Which tea?  ✗ model_not_found: No such model: tea-1"#);
    run.assert_golden("plain_http/error");
}

#[test]
fn a_stream_of_typed_chunks() {
    let run = chunks(Reply::events(script::streamed_words()));
    assert_eq!(run.value, Ok(5));
    assert_snapshot!(anonymous(&run.tree), @r#"llm chat gpt-4o Which tea? → Green, please.  20 → 5 tokens"#);
    run.assert_golden("plain_http/chunks");
}

#[test]
fn a_stream_of_typed_chunks_of_a_call_of_a_tool() {
    let run = chunks(Reply::events(script::streamed_tool_call()));
    assert_snapshot!(anonymous(&run.tree), @r#"llm chat gpt-4o Which tea? → brew({"tea":"green"})  20 → 5 tokens"#);
    run.assert_golden("plain_http/chunks_of_a_tool_call");
}

#[test]
fn a_stream_of_typed_chunks_that_is_cut() {
    let run = chunks(Reply::events(script::words_without_end()).cut());
    assert_eq!(run.value, Err(3));
    assert_snapshot!(anonymous(&run.tree), @r#"llm chat gpt-4o Which tea? → Green, please.  ✗ Error: error decoding response body"#);
    run.assert_golden("plain_http/chunks_cut");
}

#[test]
fn a_stream_of_bytes() {
    let run = bytes(Reply::events(script::streamed_words()));
    assert_snapshot!(anonymous(&run.tree), @r#"llm chat gpt-4o Which tea? → Green, please.  20 → 5 tokens"#);
    run.assert_golden("plain_http/bytes");
}

#[test]
fn a_stream_of_bytes_in_pieces_that_cut_through_events() {
    let events: Vec<_> =
        script::streamed_tool_call().iter().map(|data| format!("data: {data}\n\n")).collect();
    let pieces = events.concat().as_bytes().chunks(37).map(|piece| piece.to_vec().into()).collect::<Vec<_>>();
    let run = bytes(Reply::pieces("text/event-stream", pieces));
    assert_snapshot!(anonymous(&run.tree), @r#"llm chat gpt-4o Which tea? → brew({"tea":"green"})  20 → 5 tokens"#);
    run.assert_golden("plain_http/bytes_in_pieces");
}

#[test]
fn a_stream_of_bytes_that_is_cut() {
    let run = bytes(Reply::events(script::words_without_end()).cut());
    assert!(run.value.is_err());
    assert_snapshot!(anonymous(&run.tree), @r#"llm chat gpt-4o Which tea? → Green, please.  ✗ Error: error decoding response body"#);
    run.assert_golden("plain_http/bytes_cut");
}
