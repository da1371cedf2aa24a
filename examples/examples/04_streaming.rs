//! A stream: the span lives until the stream ends, not until the function returns.
//!
//! So its duration is that of the whole response, the time to the first item is known, and the pieces of text are
//! recorded as one. While the stream is polled its span is the current one, so that what comes last, usually the
//! tokens, can still be set on it. A stream that nobody reads to its end was cancelled. Run it with
//! `cargo run -p examples --example 04_streaming`.

use std::io;
use std::pin::pin;
use std::time::Duration;

use futures::{Stream, StreamExt, TryStreamExt, stream};
use recount::{Usage, llm_span, task};
use tracing_subscriber::prelude::*;

const WORDS: [&str; 5] = ["Stir ", "until ", "it ", "is ", "thick."];

/// The words of the model at the pace of a model, then the tokens.
#[llm_span(provider = "openai", model = "gpt-5.2")]
fn talk(prompt: &str) -> impl Stream<Item = String> + use<> {
    let tokens_in = prompt.split_whitespace().count() as u64;
    let words = stream::iter(WORDS).then(|word| async move {
        tokio::time::sleep(Duration::from_millis(10)).await;
        word.to_owned()
    });
    let tokens = stream::once(async move {
        recount::current().set_usage(Usage::new(tokens_in, WORDS.len() as u64));
        String::new()
    });
    words.chain(tokens)
}

/// The way clients do it: to open the stream may fail, and so may every item.
#[llm_span(provider = "openai", model = "gpt-5.2")]
async fn try_talk(prompt: &str) -> io::Result<impl Stream<Item = io::Result<String>> + use<>> {
    if prompt.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "an empty prompt"));
    }
    let broken = stream::once(async { Err(io::ErrorKind::ConnectionReset.into()) });
    Ok(stream::iter(WORDS).take(2).map(|word| Ok(word.to_owned())).chain(broken))
}

#[task]
async fn to_the_end() -> String {
    talk("How long do I stir?").collect().await
}

#[task]
async fn two_words_only() -> String {
    talk("How long do I stir?").take(2).collect().await
}

#[task]
async fn broken_in_the_middle(prompt: &str) -> io::Result<String> {
    let mut words = pin!(try_talk(prompt).await?);
    let mut text = String::new();
    while let Some(word) = words.try_next().await? {
        text.push_str(&word);
    }
    Ok(text)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), recount::Error> {
    let recount = recount::builder().service_name("04_streaming").console().build()?;
    tracing_subscriber::registry().with(recount.layer()).init();

    println!("{}", to_the_end().await);
    println!("{}", two_words_only().await);
    println!("{:?}", broken_in_the_middle("How long do I stir?").await);
    println!("{:?}", broken_in_the_middle("").await);

    recount.shutdown()
}
