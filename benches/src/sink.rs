//! A receiver of OTLP over HTTP that says yes to everything. It lives in the process that starts the variants, so
//! that its time is not theirs.

use std::thread;

use anyhow::anyhow;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::AnyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};
use prost::{DecodeError, Message};
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
        tally.count_body(&body, count_spans(&body).unwrap_or(0), || text(&body));
        // A client that has gone does not wait for the answer.
        let _ = request.respond(Response::empty(status));
    }
}

/// The spans of a body, counted without a look into them: decoding takes longer than all the rest, on a machine that
/// is busy with what is measured.
fn count_spans(body: &[u8]) -> Result<usize, DecodeError> {
    let mut spans = 0;
    for_each(body, RESOURCE_SPANS, &mut |resource_spans| {
        for_each(resource_spans, SCOPE_SPANS, &mut |scope_spans| {
            for_each(scope_spans, SPAN, &mut |_| {
                spans += 1;
                Ok(())
            })
        })
    })?;
    Ok(spans)
}

/// The numbers of fields, in the messages of the same names.
const RESOURCE_SPANS: u32 = 1;
const SCOPE_SPANS: u32 = 2;
const SPAN: u32 = 2;

/// Visits the messages that stand in a field of this message.
fn for_each(
    mut message: &[u8],
    field: u32,
    visit: &mut dyn FnMut(&[u8]) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    while !message.is_empty() {
        let (number, wire_type) = decode_key(&mut message)?;
        if number == field && wire_type == WireType::LengthDelimited {
            let length = usize::try_from(decode_varint(&mut message)?).unwrap_or(usize::MAX);
            let (inner, rest) = message.split_at(length.min(message.len()));
            visit(inner)?;
            message = rest;
        } else {
            skip_field(wire_type, number, &mut message, DecodeContext::default())?;
        }
    }
    Ok(())
}

/// The bytes of text in the attributes of a body's spans. A body that cannot be read has none.
fn text(body: &[u8]) -> usize {
    let request = ExportTraceServiceRequest::decode(body).unwrap_or_default();
    let scopes = request.resource_spans.iter().flat_map(|resource| &resource.scope_spans);
    let attributes = scopes.flat_map(|scope| &scope.spans).flat_map(|span| &span.attributes);
    attributes.filter_map(|attribute| length(attribute.value.as_ref()?)).sum()
}

fn length(value: &AnyValue) -> Option<usize> {
    match value.value.as_ref()? {
        Value::StringValue(text) => Some(text.len()),
        _ => None,
    }
}
