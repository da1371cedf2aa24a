use std::collections::{BTreeMap, VecDeque};
use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::{oneshot, watch};

use crate::Reply;

/// A server on the loopback interface that gives one reply after the other, whatever it is asked; it ends when it is
/// dropped.
///
/// It runs on a thread of its own, under no `tracing` subscriber.
#[derive(Debug)]
pub struct ScriptedServer {
    address: String,
    script: Script,
    /// Dropped, it ends the server.
    _running: oneshot::Sender<()>,
}

/// A request that the server got.
#[derive(Clone, Debug)]
pub struct Request {
    /// `POST`, mostly.
    pub method: String,
    /// The path and the query.
    pub target: String,
    /// The headers, by their names in lower case, those that are text.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Bytes,
}

impl Request {
    /// The body as JSON; null where it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

#[derive(Clone, Debug, Default)]
struct Script {
    progress: Arc<Mutex<Progress>>,
    /// How many requests have come.
    arrived: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct Progress {
    replies: VecDeque<Reply>,
    requests: Vec<Request>,
}

impl Script {
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ScriptedServer {
    /// Starts a server with these replies. A request that finds none left is answered with status 500 and says so.
    ///
    /// Readies TLS too, which some clients want even where they do not use it.
    ///
    /// # Panics
    ///
    /// When the operating system has no port or thread to give.
    #[must_use]
    pub fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        // Somebody else may have done so.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a socket that does not block");
        let address = listener.local_addr().expect("an address").to_string();
        let script = Script::default();
        script.progress().replies.extend(replies);
        let (running, ended) = oneshot::channel::<()>();
        let routes = Router::new().fallback(answer).with_state(script.clone());
        let serve = move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                let serving = async { axum::serve(listener, routes).await.unwrap_or_default() };
                // Connections that are open still end with the runtime.
                futures::future::select(std::pin::pin!(serving), ended).await;
            });
        };
        thread::Builder::new().name("scripted server".into()).spawn(serve).expect("a thread");
        Self { address, script, _running: running }
    }

    /// The host and the port: `127.0.0.1:<port>`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The port.
    ///
    /// # Panics
    ///
    /// Never: the address has one.
    #[must_use]
    pub fn port(&self) -> u16 {
        let port = self.address.rsplit(':').next().and_then(|port| port.parse().ok());
        port.expect("an address ends with a port")
    }

    /// The address of this path: `http://127.0.0.1:<port><path>`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Adds a reply to the script.
    pub fn push(&self, reply: Reply) {
        self.script.progress().replies.push_back(reply);
    }

    /// Waits until so many requests have come.
    pub async fn arrived(&self, count: usize) {
        // Its sender lives as long as the server.
        let _ = self.script.arrived.subscribe().wait_for(|arrived| *arrived >= count).await;
    }

    /// The requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.script.progress().requests.clone()
    }
}

async fn answer(
    State(script): State<Script>,
    method: Method,
    target: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |value: &axum::http::HeaderValue| value.to_str().ok().map(ToOwned::to_owned);
    let headers = headers.iter().filter_map(|(name, value)| Some((name.to_string(), text(value)?))).collect();
    let request = Request { method: method.to_string(), target: target.to_string(), headers, body };
    let reply = {
        let mut progress = script.progress();
        progress.requests.push(request);
        progress.replies.pop_front()
    };
    script.arrived.send_modify(|arrived| *arrived += 1);
    let out_of_script = || {
        let message = format!("the script has no reply for {method} {target}");
        Reply::json(&json!({"error": {"message": message}})).status(500)
    };
    reply.unwrap_or_else(out_of_script).into_response()
}
