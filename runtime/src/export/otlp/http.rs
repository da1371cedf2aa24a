use std::sync::Arc;
use std::time::Duration;

use futures_executor::block_on;
use opentelemetry_http::Bytes;
use opentelemetry_otlp::{Compression, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message;
use ureq::http::{HeaderMap, Uri};

use super::client::{Client, Exchange};
use super::{body, pieces};
use crate::export::{Destination, ExportError, Exporter, OpenTelemetry, Protocol};
use crate::wire::{Resource, SpanRecord};

/// How much content goes into one request, in bytes: a collector takes requests of 20 MiB unless told otherwise, and
/// JSON within JSON doubles its escapes.
const CONTENT: usize = 4 * 1024 * 1024;

/// OTLP over HTTP, with protobuf or JSON bodies.
pub(super) struct Http {
    exporter: OpenTelemetry<SpanExporter>,
    exchange: Arc<Exchange>,
    timeout: Duration,
    protocol: Protocol,
    /// Whether the body is written here. The library would make three copies of every text on the way.
    writes_body: bool,
}

impl Http {
    pub(super) fn open(url: &Uri, headers: HeaderMap, destination: &Destination) -> Result<Self, String> {
        let exchange = Arc::new(Exchange::default());
        let mut builder = SpanExporter::builder()
            .with_http()
            .with_http_client(Client::new(url, headers, Arc::clone(&exchange)))
            .with_endpoint(url.to_string())
            .with_protocol(match destination.protocol {
                #[cfg(feature = "http-json")]
                Protocol::HttpJson => opentelemetry_otlp::Protocol::HttpJson,
                _ => opentelemetry_otlp::Protocol::HttpBinary,
            })
            .with_timeout(destination.timeout);
        if destination.gzip {
            builder = builder.with_compression(Compression::Gzip);
        }
        let exporter = OpenTelemetry::new(builder.build().map_err(|error| error.to_string())?);
        let Destination { protocol, timeout, gzip, .. } = *destination;
        let writes_body = protocol == Protocol::HttpProtobuf && !gzip;
        Ok(Self { exporter, exchange, timeout, protocol, writes_body })
    }

    /// What the server says of a request that it took: it may have taken only some of the spans.
    ///
    /// No answer at all means that the library sent no request, which would lose the batch in silence.
    fn judge(&self) -> Result<(), ExportError> {
        let answer = self.exchange.answer().ok_or_else(|| ExportError::new("no request was sent"))?;
        self.rejected(answer).map_or(Ok(()), Err)
    }

    /// How many spans the server took none of, and why, where it says so.
    fn rejected(&self, body: Bytes) -> Option<ExportError> {
        let response = match self.protocol {
            #[cfg(feature = "http-json")]
            Protocol::HttpJson => serde_json::from_slice::<ExportTraceServiceResponse>(&body).ok(),
            _ => ExportTraceServiceResponse::decode(body).ok(),
        };
        let partial = response?.partial_success?;
        let rejected = usize::try_from(partial.rejected_spans).ok().filter(|rejected| *rejected > 0)?;
        Some(ExportError::partial(rejected, partial.error_message))
    }
}

impl Exporter for Http {
    fn export(&mut self, batch: &[SpanRecord], resource: &Resource) -> Result<(), ExportError> {
        pieces::send(batch, CONTENT, self.timeout, |piece, time_left| {
            self.exchange.begin(time_left);
            let left_to_library = if self.writes_body {
                self.exchange.write(|body| body::write(body, piece, resource));
                &[]
            } else {
                piece
            };
            block_on(self.exporter.send(left_to_library, resource)).map_err(|error| {
                ExportError::new(self.exchange.failure().unwrap_or_else(|| error.to_string()))
            })?;
            self.judge()
        })
    }
}
