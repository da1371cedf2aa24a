use std::borrow::Cow;
use std::io::Read;
use std::time::Duration;

use ureq::Agent;
use ureq::http::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION, RETRY_AFTER, USER_AGENT};
use ureq::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri};
use ureq::unversioned::transport::DefaultConnector;

use super::peer::Peer;
use super::reply::{Cause, Reply, Transport};
use super::resolver::RememberingResolver;
use super::{partial, proxy, refusal, status, tls};
use crate::export::{Destination, Protocol};

/// The most that is read of an answer, in bytes.
///
/// An answer is a few bytes of protobuf, or a page of an error of which 200 characters are shown. A server
/// that sends for ever shall not keep the worker.
const ANSWER_CAP: u64 = 64 * 1024;

/// OTLP over HTTP, with bodies of protobuf or JSON, on a connection that is kept.
///
/// The client blocks: there is no async runtime on the worker's thread.
pub(super) struct Http {
    agent: Agent,
    resolver: RememberingResolver,
    /// What is between here and the server, as far as it may be told.
    proxy: Option<String>,
    url: Uri,
    headers: HeaderMap,
    peer: Peer,
    json: bool,
    gzip: bool,
    /// The most that a body may have before it is compressed, in bytes.
    room: usize,
}

/// An answer, as far as it was read.
struct Answer<'a> {
    status: u16,
    reason: &'a str,
    headers: &'a HeaderMap,
    body: &'a [u8],
}

impl Http {
    pub(super) fn open(url: Uri, mut headers: HeaderMap, destination: &Destination) -> Result<Self, String> {
        let peer = Peer::new(&url, &headers);
        let json = destination.protocol == Protocol::HttpJson;
        let content_type = if json { "application/json" } else { "application/x-protobuf" };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        if destination.gzip {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        let user_agent = concat!("OTel-OTLP-Exporter-Rust/recount-", env!("CARGO_PKG_VERSION"));
        headers.entry(USER_AGENT).or_insert(HeaderValue::from_static(user_agent));
        let proxy = proxy::proxy(&destination.proxy, &url)?;
        let shown_proxy = proxy.as_ref().map(proxy::shown);
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // The headers are for this server and no other.
            .max_redirects(0)
            .max_redirects_will_error(false)
            // An answer is short; one that is not need not unfold here.
            .accept_encoding("")
            // Whatever the environment says, which the client would read itself.
            .proxy(proxy)
            .tls_config(tls::config(&destination.tls)?)
            .build();
        let resolver = RememberingResolver::default();
        Ok(Self {
            agent: Agent::with_parts(config, DefaultConnector::default(), resolver.clone()),
            resolver,
            proxy: shown_proxy,
            peer,
            url,
            headers,
            json,
            gzip: destination.gzip,
            room: destination.request_bytes,
        })
    }

    /// The body as it is sent.
    fn body<'a>(&self, request: &'a [u8]) -> Result<Cow<'a, [u8]>, Reply> {
        let mut body = Cow::Borrowed(request);
        if self.json {
            body = Cow::Owned(json(&body).map_err(|why| Reply::failed(Cause::Unwritable, why))?);
            if body.len() > self.room {
                let why = "the spans are larger in JSON than a request may be";
                return Err(Reply::failed(Cause::TooLarge, why));
            }
        }
        if self.gzip {
            body = Cow::Owned(gzip(&body).map_err(|why| Reply::failed(Cause::Unwritable, why))?);
        }
        Ok(body)
    }

    fn post(&self, body: &[u8], time: Duration) -> Result<Response<Vec<u8>>, ureq::Error> {
        let mut request = Request::post(&self.url).body(body)?;
        request.headers_mut().clone_from(&self.headers);
        // From the look-up of the name to the end of the answer.
        let request = self.agent.configure_request(request).timeout_global(Some(time)).build();
        let (parts, body) = self.agent.run(request)?.into_parts();
        let mut answer = Vec::new();
        // What is missing of an answer is not worth an error: the status has been told.
        let _ = body.into_reader().take(ANSWER_CAP).read_to_end(&mut answer);
        Ok(Response::from_parts(parts, answer))
    }

    fn judge(&self, answer: &Answer<'_>) -> Reply {
        let content_type = answer.header(CONTENT_TYPE).unwrap_or_default();
        match answer.status {
            // A web page is no answer of OTLP: something else listens there, and has thrown the spans away.
            200..=299 if content_type.starts_with("text/html") => Reply::failed(
                Cause::Refused,
                format!("{} answered with a web page (check the endpoint and its path)", self.peer),
            ),
            // Whatever else is said, and in whatever form: the status says that the spans were taken.
            200..=299 if content_type.starts_with("application/json") => {
                partial::of_json(&self.peer, answer.body)
            }
            200..=299 => partial::of_protobuf(&self.peer, answer.body),
            status => {
                let said = answer.words();
                let location = answer.header(LOCATION);
                let why = refusal::of_status(&self.peer, status, answer.reason, location, &said);
                Reply::failed(refusal::cause_of(status, answer.header(RETRY_AFTER)), why)
            }
        }
    }

    fn unreachable(&self, error: &ureq::Error) -> Reply {
        // Nobody knows whether it is there still.
        self.resolver.forget();
        let peer = &self.peer;
        if let ureq::Error::Timeout(_) = error {
            return Reply::failed(Cause::Unreachable, format!("{peer} did not answer in time"));
        }
        let through = self.proxy.as_ref().map(|proxy| format!(" (through the proxy {proxy})"));
        refusal::of_connection(peer, &format!("{error}{}", through.unwrap_or_default()))
    }
}

impl Transport for Http {
    fn send(&mut self, request: &[u8], time: Duration) -> Reply {
        let body = match self.body(request) {
            Ok(body) => body,
            Err(reply) => return reply,
        };
        match self.post(&body, time) {
            Ok(response) => {
                let status = response.status();
                self.judge(&Answer {
                    status: status.as_u16(),
                    reason: status.canonical_reason().unwrap_or_default(),
                    headers: response.headers(),
                    body: response.body(),
                })
            }
            Err(error) => self.unreachable(&error),
        }
    }
}

impl Answer<'_> {
    fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// What the server says of an error. OTLP servers say it in the form of the request.
    fn words(&self) -> Cow<'_, [u8]> {
        if self.headers.contains_key(CONTENT_ENCODING) {
            return Cow::Borrowed(b"");
        }
        let is_protobuf =
            self.header(CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/x-protobuf"));
        let message = if is_protobuf { status::message(self.body) } else { None };
        message.map_or(Cow::Borrowed(self.body), Cow::Owned)
    }
}

#[cfg(feature = "http-json")]
fn json(request: &[u8]) -> Result<Vec<u8>, String> {
    super::json::of_protobuf(request)
}

#[cfg(not(feature = "http-json"))]
fn json(_: &[u8]) -> Result<Vec<u8>, String> {
    Err("the cargo feature `http-json` is switched off".into())
}

#[cfg(feature = "gzip")]
fn gzip(body: &[u8]) -> Result<Vec<u8>, String> {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    // The quickest: texts shrink to a fraction, and the worker has other things to do.
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    let written = encoder.write_all(body).and_then(|()| encoder.finish());
    written.map_err(|error| format!("the request could not be compressed: {error}"))
}

#[cfg(not(feature = "gzip"))]
fn gzip(_: &[u8]) -> Result<Vec<u8>, String> {
    Err("the cargo feature `gzip` is switched off".into())
}
