use std::mem;
use std::time::Duration;

use opentelemetry_otlp::{Compression, SpanExporter, WithExportConfig, WithTonicConfig};
use opentelemetry_sdk::error::OTelSdkResult;
use tokio::runtime::{self, Runtime};
use tonic::metadata::MetadataMap;
use tonic::transport::{ClientTlsConfig, Endpoint};
use tracing::subscriber::NoSubscriber;
use ureq::http::uri::Scheme;
use ureq::http::{HeaderMap, Uri};

use super::{pieces, shown};
use crate::export::{Destination, ExportError, Exporter, OpenTelemetry};
use crate::wire::{Resource, SpanRecord};

/// How much content goes into one request, in bytes: a collector takes messages of 4 MiB unless told otherwise, and
/// JSON within JSON doubles its escapes.
const CONTENT: usize = 1024 * 1024;

/// OTLP over gRPC, on a runtime of its own that lives on the worker's thread.
pub(super) struct Grpc {
    url: Uri,
    metadata: MetadataMap,
    timeout: Duration,
    gzip: bool,
    /// Made for the first batch: a runtime may be neither run nor dropped where the caller's runs.
    connection: Option<Connection>,
}

/// One thread serves it: the worker, while it exports. Between batches nothing is polled, and a connection
/// that the server closed meanwhile is opened anew by the next one.
struct Connection {
    exporter: OpenTelemetry<SpanExporter>,
    runtime: Runtime,
}

impl Grpc {
    pub(super) fn open(url: Uri, headers: HeaderMap, destination: &Destination) -> Self {
        Self {
            url,
            metadata: MetadataMap::from_headers(headers),
            timeout: destination.timeout,
            gzip: destination.gzip,
            connection: None,
        }
    }

    /// Lazily: the first request connects, under its own deadline, and so does each one after a failure.
    fn connect(&self) -> Result<Connection, String> {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .thread_name("recount-dns")
            // The look-up of names runs on threads of its own, and is not to be traced either. What is forgotten is
            // the guard that would end the silence.
            .on_thread_start(|| mem::forget(tracing::subscriber::set_default(NoSubscriber::new())))
            .build()
            .map_err(|error| format!("the runtime for gRPC could not be started: {error}"))?;
        let entered = runtime.enter();
        let mut endpoint =
            Endpoint::from(self.url.clone()).connect_timeout(self.timeout).timeout(self.timeout);
        if self.url.scheme() == Some(&Scheme::HTTPS) {
            let tls = ClientTlsConfig::new().with_enabled_roots();
            endpoint =
                endpoint.tls_config(tls).map_err(|error| format!("TLS could not be set up: {error}"))?;
        }
        let metadata = self.metadata.clone();
        let mut builder = SpanExporter::builder()
            .with_tonic()
            .with_channel(endpoint.connect_lazy())
            .with_timeout(self.timeout)
            // The library adds the headers that the environment names; ours have those already, or replace them.
            .with_interceptor(move |mut request: tonic::Request<()>| {
                *request.metadata_mut() = metadata.clone();
                Ok(request)
            });
        if self.gzip {
            builder = builder.with_compression(Compression::Gzip);
        }
        let exporter = OpenTelemetry::new(builder.build().map_err(|error| error.to_string())?);
        drop(entered);
        Ok(Connection { exporter, runtime })
    }

    /// Sends one request; nothing where the time is over before it is answered.
    fn send(
        &mut self,
        piece: &[SpanRecord],
        resource: &Resource,
        time_left: Duration,
    ) -> Result<Option<OTelSdkResult>, String> {
        if self.connection.is_none() {
            self.connection = Some(self.connect()?);
        }
        let Some(Connection { exporter, runtime }) = &mut self.connection else { return Ok(None) };
        // The timer has to be made where the runtime is.
        let sent =
            runtime.block_on(async { tokio::time::timeout(time_left, exporter.send(piece, resource)).await });
        Ok(sent.ok())
    }
}

impl Exporter for Grpc {
    fn export(&mut self, batch: &[SpanRecord], resource: &Resource) -> Result<(), ExportError> {
        let endpoint = shown(&self.url);
        pieces::send(batch, CONTENT, self.timeout, |piece, time_left| {
            match self.send(piece, resource, time_left) {
                Ok(Some(Ok(()))) => Ok(()),
                Ok(Some(Err(error))) => Err(ExportError::new(explained(&endpoint, &error.to_string()))),
                Ok(None) => Err(ExportError::new(format!("{endpoint} did not answer in time"))),
                Err(reason) => Err(ExportError::new(reason)),
            }
        })
    }
}

/// The error of the library, with what to do about it.
///
/// By the name of the status in the text, which is all that the library hands on.
fn explained(endpoint: &str, error: &str) -> String {
    let hint = if error.contains("Unauthenticated") || error.contains("PermissionDenied") {
        " (check the credentials in the headers)"
    } else if error.contains("Unimplemented") {
        " (check that the endpoint speaks gRPC)"
    } else {
        ""
    };
    format!("{endpoint} did not take the spans{hint}: {error}")
}
