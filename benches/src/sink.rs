//! A receiver of OTLP over HTTP that says yes to everything. It lives in the process that starts the variants, so
//! that its time is not theirs.

use std::thread;

use anyhow::anyhow;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::AnyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use prost::Message;
use tiny_http::{Response, Server};

use crate::tally::{Seen, Tally};

/// The receiver.
#[derive(Debug)]
pub struct Sink {
    url: String,
    tally: Tally,
}

impl Sink {
    /// Listens on a free port of the loopback interface, until the process ends.
    ///
    /// # Errors
    ///
    /// When there is no port.
    pub fn start(tally: Tally) -> anyhow::Result<Self> {
        let server = Server::http("127.0.0.1:0").map_err(|error| anyhow!(error))?;
        let url = format!("http://{}", server.server_addr());
        let counted = tally.clone();
        thread::Builder::new().name("sink".to_owned()).spawn(move || receive(&server, &counted))?;
        Ok(Self { url, tally })
    }

    /// The address, without a path.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What has been received since this was asked the last time.
    #[must_use]
    pub fn take(&self) -> Seen {
        self.tally.take()
    }
}

fn receive(server: &Server, tally: &Tally) {
    let mut body = Vec::new();
    for mut request in server.incoming_requests() {
        body.clear();
        let status = match request.as_reader().read_to_end(&mut body) {
            Ok(_) => 200,
            Err(_) => 400,
        };
        tally.count_body(&body, || text(&body));
        // A client that has gone does not wait for the answer.
        let _ = request.respond(Response::empty(status));
    }
}

/// The spans of a body, and the bytes of text in their attributes. A body that cannot be read has none.
fn text(body: &[u8]) -> (usize, usize) {
    let request = ExportTraceServiceRequest::decode(body).unwrap_or_default();
    let scopes = request.resource_spans.iter().flat_map(|resource| &resource.scope_spans);
    let spans: Vec<_> = scopes.flat_map(|scope| &scope.spans).collect();
    let attributes = spans.iter().flat_map(|span| &span.attributes);
    let text = attributes.filter_map(|attribute| length(attribute.value.as_ref()?)).sum();
    (spans.len(), text)
}

fn length(value: &AnyValue) -> Option<usize> {
    match value.value.as_ref()? {
        Value::StringValue(text) => Some(text.len()),
        _ => None,
    }
}
