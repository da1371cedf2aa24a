//! A stream: the span lives until the stream ends, not until the function returns.
//!
//! So its duration is that of the whole response, and the time to the first chunk is known. The chunks of a provider
//! that recount knows are put together, whether they come typed or as the raw text of server-sent events: text, tool
//! calls, finish reason, tokens. A stream that nobody reads to its end was cancelled, one that breaks has failed, and
//! both keep what had come. Run it with `cargo run -p examples --example 04_streaming`.

use std::io;
use std::pin::pin;
use std::time::Duration;

use futures::{Stream, StreamExt, TryStreamExt, stream};
use recount::{llm_span, task};
use serde_json::{Value, json};
use tracing_subscriber::prelude::*;

const WORDS: [&str; 5] = ["Stir ", "until ", "it ", "is ", "thick."];

/// The chunks of a model at the pace of a model; the last one has the tokens.
fn chunks() -> impl Stream<Item = Value> + use<> {
    let words = WORDS.iter().map(|word| json!([{"index": 0, "delta": {"content": word}}]));
    let end = [json!([{"index": 0, "delta": {}, "finish_reason": "stop"}])];
    let choices = words.chain(end).map(|choices| json!({"model": "gpt-4o-mini", "choices": choices}));
    let usage = json!({
        "model": "gpt-4o-mini",
        "choices": [],
        "usage": {"prompt_tokens": 11, "completion_tokens": 5}
    });
    stream::iter(choices.chain([usage]).collect::<Vec<_>>()).then(|chunk| async move {
        tokio::time::sleep(Duration::from_millis(10)).await;
        chunk
    })
}

/// Typed chunks, as a client has parsed them.
#[llm_span(provider = "openai", model = "gpt-4o-mini")]
fn talk(prompt: &str) -> impl Stream<Item = Value> + use<> {
    let _ = prompt;
    chunks()
}

/// What came over the wire, unparsed.
#[llm_span(provider = "openai", model = "gpt-4o-mini")]
fn talk_raw(prompt: &str) -> impl Stream<Item = String> + use<> {
    let _ = prompt;
    let events = chunks().map(|chunk| format!("data: {chunk}\n\n"));
    events.chain(stream::iter(["data: [DONE]\n\n".to_owned()]))
}

/// The way clients do it: to open the stream may fail, and so may every item.
#[llm_span(provider = "openai", model = "gpt-4o-mini")]
async fn try_talk(prompt: &str) -> io::Result<impl Stream<Item = io::Result<Value>> + use<>> {
    if prompt.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "an empty prompt"));
    }
    let broken = stream::once(async { Err(io::ErrorKind::ConnectionReset.into()) });
    Ok(chunks().take(2).map(Ok).chain(broken))
}

#[task]
async fn to_the_end() -> String {
    talk("How long do I stir?").map(|chunk| text_of(&chunk)).collect().await
}

#[task]
async fn unparsed() -> usize {
    talk_raw("How long do I stir?").count().await
}

#[task]
async fn two_words_only() -> String {
    talk("How long do I stir?").take(2).map(|chunk| text_of(&chunk)).collect().await
}

#[task]
async fn broken_in_the_middle(prompt: &str) -> io::Result<String> {
    let mut chunks = pin!(try_talk(prompt).await?);
    let mut text = String::new();
    while let Some(chunk) = chunks.try_next().await? {
        text.push_str(&text_of(&chunk));
    }
    Ok(text)
}

fn text_of(chunk: &Value) -> String {
    chunk["choices"][0]["delta"]["content"].as_str().unwrap_or_default().to_owned()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), recount::Error> {
    let recount = recount::builder().service_name("04_streaming").console().build()?;
    tracing_subscriber::registry().with(recount.layer()).init();

    println!("{}", to_the_end().await);
    println!("{} events", unparsed().await);
    println!("{}", two_words_only().await);
    println!("{:?}", broken_in_the_middle("How long do I stir?").await);
    println!("{:?}", broken_in_the_middle("").await);

    recount.shutdown()
}
