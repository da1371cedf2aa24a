use std::fmt;
use std::io::Read;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use ureq::Agent;
use ureq::http::header::{CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use ureq::http::{HeaderMap, Uri};

use super::{refusal, shown};

/// The most that is read of an answer, in bytes.
///
/// An answer is a few bytes of protobuf, or a page of an error of which 200 characters are shown. A server
/// that sends for ever shall not keep the worker.
const ANSWER_CAP: u64 = 64 * 1024;

/// Sends requests over a connection that is kept, and blocks meanwhile: it runs on the worker's thread.
///
/// Given to `opentelemetry-otlp` as its HTTP client. Of the clients that the library brings, the asynchronous
/// one needs a tokio runtime and the blocking one starts one of its own; this one needs none.
pub(super) struct Client {
    agent: Agent,
    headers: HeaderMap,
    /// Where spans go, as far as it may be told.
    endpoint: String,
    exchange: Arc<Exchange>,
}

/// What the exporter and its client tell each other.
///
/// The library stands between the two and hands on neither why a request failed nor what the server answered;
/// so both go past it. Everything happens on the worker's thread, one request at a time: the lock is for the
/// compiler.
#[derive(Debug, Default)]
pub(super) struct Exchange(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Until when the batch has time. The library has a time-out for each request, and would start it anew
    /// with each retry.
    deadline: Option<Instant>,
    /// Why the last attempt failed.
    failure: Option<String>,
    /// The body of the answer, where the server took the request.
    answer: Option<Bytes>,
    /// What to send in place of the body that the library makes; empty where that one is to be sent.
    body: Vec<u8>,
}

impl Exchange {
    /// Begins with a batch, which has so much time.
    ///
    /// What is left over of the batch before must not be taken for this one's.
    pub(super) fn begin(&self, timeout: Duration) {
        let mut state = self.lock();
        state.deadline = Instant::now().checked_add(timeout);
        (state.failure, state.answer) = (None, None);
        state.body.clear();
    }

    /// Lets `write` make the body, in place of the library.
    pub(super) fn write(&self, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.lock().body);
    }

    /// Why the last attempt failed.
    pub(super) fn failure(&self) -> Option<String> {
        self.lock().failure.take()
    }

    /// What the server answered.
    pub(super) fn answer(&self) -> Option<Bytes> {
        self.lock().answer.take()
    }

    /// A panic within is the exporter's, and is counted there; the next batch begins anew.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Client {
    pub(super) fn new(url: &Uri, headers: HeaderMap, exchange: Arc<Exchange>) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // The headers are for this server and no other.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build();
        Self { agent: config.into(), headers, endpoint: shown(url), exchange }
    }

    /// Blocks, at the most until the batch's time is over.
    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ureq::Error> {
        let (mut parts, body) = request.into_parts();
        // The library adds the headers that the environment names; ours have those already, or replace them.
        let mut headers = self.headers.clone();
        // A body of ours is never compressed, whatever the library read in the environment.
        let writes_body = !self.exchange.lock().body.is_empty();
        let copied = [CONTENT_TYPE, USER_AGENT].into_iter().chain((!writes_body).then_some(CONTENT_ENCODING));
        for name in copied {
            if let Some(value) = parts.headers.remove(&name)
                && (name != USER_AGENT || !headers.contains_key(&name))
            {
                headers.insert(name, value);
            }
        }
        parts.headers = headers;
        // Locked while the request is sent, so that the body need not be copied out; nobody else is there to
        // wait.
        let state = self.exchange.lock();
        let body = if state.body.is_empty() { body.as_ref() } else { &state.body };
        let request = Request::from_parts(parts, body);
        let left = state.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        // A timeout of zero would be none at all.
        let left = left.map(|left| left.max(Duration::from_millis(1)));
        let request = self.agent.configure_request(request).timeout_global(left).build();
        let (parts, body) = self.agent.run(request)?.into_parts();
        drop(state);
        let mut answer = Vec::new();
        // What is missing of an answer is not worth an error: the status has been told.
        let _ = body.into_reader().take(ANSWER_CAP).read_to_end(&mut answer);
        let mut response = Response::new(Bytes::from(answer));
        *response.status_mut() = parts.status;
        // The one header that the library reads: how long the server wants to be left alone.
        if let Some(wait) = parts.headers.get(RETRY_AFTER) {
            response.headers_mut().insert(RETRY_AFTER, wait.clone());
        }
        Ok(response)
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sent = self.send(request);
        let mut state = self.exchange.lock();
        match sent {
            Ok(response) if response.status().is_success() => {
                state.failure = None;
                state.answer = Some(response.body().clone());
                Ok(response)
            }
            // The library decides by the status whether to try again; the words are for the case that it
            // gives up.
            Ok(response) => {
                let status = response.status();
                let reason = status.canonical_reason().unwrap_or_default();
                state.failure =
                    Some(refusal::of_status(&self.endpoint, status.as_u16(), reason, response.body()));
                Ok(response)
            }
            Err(error) => {
                state.failure = Some(match &error {
                    ureq::Error::Timeout(_) => format!("{} did not answer in time", self.endpoint),
                    error => format!("{} could not be reached: {error}", self.endpoint),
                });
                Err(error.into())
            }
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}
