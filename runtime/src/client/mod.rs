//! Clients whose model calls become spans without annotation: `async-openai`, and every client on `reqwest`.
//!
//! A middleware sees the request and the response of each HTTP exchange with a [known
//! endpoint](Endpoints). The span is the same as that of an annotated function: model, parameters, messages, tools,
//! tokens, finish reasons, price, errors; of a stream the times of its chunks.
#![cfg_attr(
    feature = "reqwest-middleware",
    doc = r##"
```
use recount::client::ReqwestMiddleware;

async fn ask(http: reqwest::Client) -> Result<String, reqwest_middleware::Error> {
    let client = reqwest_middleware::ClientBuilder::new(http).with(ReqwestMiddleware::new()).build();
    let question = r#"{"model": "gpt-5.2", "messages": [{"role": "user", "content": "Hello"}]}"#;
    let request = client.post("https://api.openai.com/v1/chat/completions").bearer_auth("sk-…").body(question);
    // A span `chat gpt-5.2`, which ends when the body has been read.
    Ok(request.send().await?.text().await?)
}
```"##
)]
//!
//! # What your program notices
//!
//! Nothing. The request goes out as it is; the response comes back with the same status, headers, URL and extensions,
//! and its body piece by piece, as the server sends it: pieces are looked at as they pass and never held back. An
//! error has the same kind and message; of one in the middle of a body, the chain of sources is longer by the
//! wrapping. Where nobody listens, and for a request that is no model call, the request is handed on and that is all.
//!
//! Of the request, a body that is in memory is read, and one that is a stream is not. Headers, user info and the query
//! of the URL, where keys travel, are not recorded; what errors say is recorded without them, also the error that an
//! annotated function returns, and where the function of a model
//! call returns the response itself, its `Debug` text, which has the URL, is left out. A response that is compressed and
//! that the client does not unpack passes unread, and so do the chunks of Bedrock's `invoke-with-response-stream`: such
//! a span says what the request, the status and the times say.
//!
//! # Whose span it is
//!
//! One model call is one span:
//!
//! - Inside an open span of a model call, that of an [`llm_span`](macro@crate::llm_span) or of
//!   [`span::llm`](crate::span::llm), no other is opened. What is seen is added to that span, and what the program
//!   says of it counts before.
//! - A span of a model call stands for one call. Of several requests in it, retries say, the last one that was
//!   answered counts, else the last one that failed. For a function that calls models several times, use
//!   [`workflow`](macro@crate::workflow), [`agent`](macro@crate::agent) or [`task`](macro@crate::task): each request
//!   has a span below it.
//! - Elsewhere the request has a span of its own, below the current one. Retries of a middleware that stands closer to
//!   the network are part of it.
//! - An annotated function that is filtered out is none: what is seen in it belongs to the span around it.
//!
//! A call that the provider refused has failed, also where the function reads the refusal and returns a text of its own:
//! whether that is an answer or the refusal in other words, nobody can tell.
//!
//! # When it ends
//!
//! With the body of the response: read to its end, broken off, or dropped. Dropped before its end the call was
//! cancelled, unless the model had said before why it stopped: many clients do not read on from there.
//!
//! A span around it that would end before, since the function returns the response unread, lasts until then, as that
//! of a function that returns a stream does.

#[cfg(feature = "async-openai")]
mod async_openai;
mod body;
mod endpoints;
mod fault;
#[cfg(feature = "reqwest-middleware")]
mod reqwest_middleware;
mod shape;
mod watch;

#[cfg(feature = "async-openai")]
pub use async_openai::{AsyncOpenAi, AsyncOpenAiService};
pub use endpoints::Endpoints;
#[cfg(feature = "reqwest-middleware")]
pub use reqwest_middleware::ReqwestMiddleware;
