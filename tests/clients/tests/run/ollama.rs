//! `ollama-rs`, in annotated functions.
//!
//! The `stream` of its requests is private and set by the client when it sends: the span knows by the chunks.

use futures::StreamExt;
use insta::assert_snapshot;
use ollama_rs::Ollama;
use ollama_rs::error::OllamaError;
use ollama_rs::generation::chat::request::ChatMessageRequest;
use ollama_rs::generation::chat::{ChatMessage, ChatMessageResponse, ChatMessageResponseStream};
use ollama_rs::models::ModelOptions;
use recount_clients::{Reply, ScriptedServer};
use serde_json::{Value, json};

use crate::recorded::{Run, run};

#[recount::llm_span(skip(client))]
async fn ask(client: &Ollama, request: ChatMessageRequest) -> Result<ChatMessageResponse, OllamaError> {
    client.send_chat_messages(request).await
}

#[recount::llm_span(skip(client))]
async fn stream(
    client: &Ollama,
    request: ChatMessageRequest,
) -> Result<ChatMessageResponseStream, OllamaError> {
    client.send_chat_messages_stream(request).await
}

fn client(server: &ScriptedServer) -> Ollama {
    Ollama::try_new(server.url("/")).expect("a URL")
}

fn request() -> ChatMessageRequest {
    let messages = vec![ChatMessage::system("You like tea.".into()), ChatMessage::user("Which tea?".into())];
    let options = ModelOptions::default().temperature(0.5).num_predict(100);
    ChatMessageRequest::new("llama3.2".into(), messages).options(options)
}

fn line(message: &Value, done: bool) -> Value {
    let mut line = json!({
        "model": "llama3.2", "created_at": "2026-01-01T00:00:00Z",
        "message": {"role": "assistant", "content": ""}, "done": done,
    });
    let message = message.as_object().expect("an object").clone();
    line["message"].as_object_mut().expect("an object").extend(message);
    if done {
        let end = json!({
            "done_reason": "stop", "total_duration": 900, "load_duration": 100, "prompt_eval_count": 20,
            "prompt_eval_duration": 200, "eval_count": 5, "eval_duration": 600,
        });
        line.as_object_mut().expect("an object").extend(end.as_object().expect("an object").clone());
    }
    line
}

fn tool_call() -> Value {
    json!({"tool_calls": [{"function": {"name": "brew", "arguments": {"tea": "green"}}}]})
}

fn asked(reply: Reply) -> Run<Result<ChatMessageResponse, OllamaError>> {
    let server = ScriptedServer::start([reply]);
    run(async { ask(&client(&server), request()).await })
}

fn streamed(reply: Reply) -> Run<usize> {
    let server = ScriptedServer::start([reply]);
    run(async {
        let stream = stream(&client(&server), request()).await.expect("a stream");
        stream.filter(|item| std::future::ready(item.is_ok())).count().await
    })
}

#[test]
fn an_answer() {
    let run = asked(Reply::json(&line(&json!({"content": "Green, please."}), true)));
    assert_snapshot!(run.tree, @r#"llm chat llama3.2 Which tea? → Green, please.  20 → 5 tokens"#);
    run.assert_golden("ollama/answer");
}

#[test]
fn a_call_of_a_tool() {
    let run = asked(Reply::json(&line(&tool_call(), true)));
    assert_snapshot!(run.tree, @r#"llm chat llama3.2 Which tea? → brew({"tea":"green"})  20 → 5 tokens"#);
    run.assert_golden("ollama/tool_call");
}

#[test]
fn an_error() {
    let run = asked(Reply::json(&json!({"error": "model 'tea-1' not found"})).status(404));
    assert!(run.value.is_err());
    assert_snapshot!(run.tree, @r#"llm chat llama3.2 Which tea?  ✗ OllamaError: {"error":"model 'tea-1' not found"}"#);
    run.assert_golden("ollama/error");
}

#[test]
fn a_stream() {
    let pieces = ["Green,", " please."].map(|text| line(&json!({"content": text}), false));
    let run = streamed(Reply::lines(pieces.iter().chain([&line(&json!({}), true)])));
    assert_eq!(run.value, 3);
    assert_snapshot!(run.tree, @r#"llm chat llama3.2 Which tea? → Green, please.  20 → 5 tokens"#);
    run.assert_golden("ollama/stream");
}

#[test]
fn a_stream_of_a_call_of_a_tool() {
    let run = streamed(Reply::lines([&line(&tool_call(), false), &line(&json!({}), true)]));
    assert_eq!(run.value, 2);
    assert_snapshot!(run.tree, @r#"llm chat llama3.2 Which tea? → brew({"tea":"green"})  20 → 5 tokens"#);
    run.assert_golden("ollama/stream_of_a_tool_call");
}

#[test]
fn a_stream_that_is_cut() {
    let run = streamed(Reply::lines([&line(&json!({"content": "Green,"}), false)]).cut());
    assert_eq!(run.value, 1);
    assert_snapshot!(run.tree, @r#"llm chat llama3.2 Which tea? → Green,  ✗ (): ()"#);
    run.assert_golden("ollama/stream_cut");
}
