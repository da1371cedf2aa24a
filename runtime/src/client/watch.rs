//! What is looked at of requests and responses, and what is not: headers, user info and the query of the URL hold
//! secrets and stay where they are.

use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use reqwest::{Body, Method, Request, Response};

use super::Endpoints;
use super::body::Watched;
use super::shape::asks_a_model;
use crate::span::current::CurrentSpan;
use crate::span::exchange::{BodyFraming, Exchange};

/// A model call on its way.
pub(super) struct Watch {
    exchange: Exchange,
    /// Whether an answer of JSON is a list that grows.
    grows: bool,
}

impl Watch {
    /// Opens the exchange for a request; none where it is no model call, or nobody listens.
    pub(super) fn open(endpoints: &Endpoints, around: &CurrentSpan, request: &Request) -> Option<Self> {
        if request.method() != Method::POST {
            return None;
        }
        let url = request.url();
        let host = url.host_str().unwrap_or_default();
        let endpoint = endpoints.find(host, url.path())?;
        let body = request.body().and_then(Body::as_bytes).filter(|body| is_json(body));
        if endpoint.ambiguous && !body.is_some_and(asks_a_model) {
            return None;
        }
        let mut exchange = Exchange::open(around, endpoint.operation)?;
        exchange.set_server(host, url.port_or_known_default());
        if let Some(model) = &endpoint.model {
            exchange.set_model(model);
        }
        if let Some(body) = body {
            exchange.set_request(body);
        }
        Some(Self { exchange, grows: endpoint.grows })
    }

    /// What is seen while the request is being sent belongs to this call.
    pub(super) fn within<T>(&mut self, work: impl FnOnce() -> T) -> T {
        self.exchange.within(work)
    }

    /// Lets the response pass, and sees its body as it is read.
    pub(super) fn respond(self, response: Response) -> Response {
        let Self { mut exchange, grows } = self;
        let status = response.status().as_u16();
        exchange.answered(status, framing(status, response.headers(), grows));
        Watched::wrap(response, exchange)
    }

    pub(super) fn into_exchange(self) -> Exchange {
        self.exchange
    }
}

/// Whether the body may be an object of JSON.
fn is_json(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"{")
}

fn framing(status: u16, headers: &HeaderMap, grows: bool) -> BodyFraming {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // `reqwest` takes the header away where it has unpacked the body.
    if !matches!(header(CONTENT_ENCODING), "" | "identity") {
        return BodyFraming::Opaque;
    }
    let content_type = header(CONTENT_TYPE).split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match &*content_type {
        "application/octet-stream" => BodyFraming::Opaque,
        _ if status >= 400 => BodyFraming::Whole,
        "application/vnd.amazon.eventstream" => BodyFraming::Messages,
        "text/event-stream" => BodyFraming::Events,
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" | "application/stream+json" => {
            BodyFraming::Lines
        }
        _ if grows => BodyFraming::Growing,
        _ => BodyFraming::Whole,
    }
}
