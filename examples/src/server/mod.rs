//! A model server for programs that have none: it speaks the chat completions of OpenAI's HTTP interface, whole and
//! streamed, and plays a small script.
//!
//! A client can't tell that no model is behind it. What the server says depends on the request alone: offered tools
//! that it knows, it asks for them first, reads their results, and then quotes them.

mod completion;
mod failure;
mod script;
mod stream;
mod usage;

use std::future::ready;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use async_openai::types::chat::CreateChatCompletionRequest;
use axum::Json;
use axum::Router;
use axum::extract::rejection::JsonRejection;
use axum::http::{Method, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use self::failure::Failure;

/// How long the model seems to think before it says anything.
const THINKING: Duration = Duration::from_millis(20);

/// A server on the loopback interface; it stops when this is dropped.
#[derive(Debug)]
pub struct ScriptedServer {
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl ScriptedServer {
    /// Starts a server on a free port.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    ///
    /// # Errors
    ///
    /// When the system has no port to give.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let not_served = |method: Method, uri: Uri| ready(Failure::not_served(&method, &uri));
        let routes = Router::new()
            .route("/v1/chat/completions", post(complete))
            .fallback(not_served)
            .method_not_allowed_fallback(not_served);
        let serving = tokio::spawn(async move {
            // Serving ends with the task, never by itself.
            let _: io::Result<()> = axum::serve(listener, routes).await;
        });
        Ok(Self { address, serving })
    }

    /// What a client takes for the base of its addresses: `http://127.0.0.1:<port>/v1`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }
}

impl Drop for ScriptedServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn complete(
    request: Result<Json<CreateChatCompletionRequest>, JsonRejection>,
) -> Result<Response, Failure> {
    let Json(request) = request.map_err(|rejection| Failure::invalid(&rejection.body_text()))?;
    if request.messages.is_empty() {
        return Err(Failure::invalid("'messages' is empty: it needs one message at least"));
    }
    tokio::time::sleep(THINKING).await;
    let reply = script::play(&request);
    if request.stream == Some(true) {
        Ok(stream::respond(&request, &reply).into_response())
    } else {
        Ok(Json(completion::respond(&request, reply)).into_response())
    }
}
