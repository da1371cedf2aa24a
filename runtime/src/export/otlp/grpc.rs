use std::error::Error;
use std::mem;
use std::time::Duration;

use prost::bytes::Bytes;
use tokio::runtime::{self, Runtime};
use tonic::metadata::MetadataMap;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};
use tonic::{Code, Request, Response, Status};
use tonic_types::StatusExt;
use tracing::subscriber::NoSubscriber;
use ureq::http::uri::{PathAndQuery, Scheme};
use ureq::http::{HeaderMap, Uri};

use super::codec::RawCodec;
use super::peer::Peer;
use super::reply::{Cause, Reply, Transport};
use super::{partial, refusal};
use crate::export::{Destination, Tls};

const METHOD: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

/// OTLP over gRPC, on a runtime of its own that lives on the worker's thread.
pub(super) struct Grpc {
    url: Uri,
    peer: Peer,
    metadata: MetadataMap,
    timeout: Duration,
    gzip: bool,
    tls: Tls,
    /// Made for the first request: a runtime may be neither run nor dropped where the caller's runs.
    connection: Option<Connection>,
}

/// One thread serves it: the worker, while it exports. Between requests nothing is polled, and a connection
/// that the server closed meanwhile is opened anew by the next one.
struct Connection {
    client: tonic::client::Grpc<Channel>,
    runtime: Runtime,
}

impl Grpc {
    pub(super) fn open(url: Uri, headers: HeaderMap, destination: &Destination) -> Self {
        Self {
            peer: Peer::new(&url, &headers),
            url,
            metadata: MetadataMap::from_headers(headers),
            timeout: destination.timeout,
            gzip: destination.gzip,
            tls: destination.tls.clone(),
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
        let mut endpoint = Endpoint::from(self.url.clone()).connect_timeout(self.timeout);
        if self.url.scheme() == Some(&Scheme::HTTPS) {
            endpoint = endpoint
                .tls_config(trust(&self.tls))
                .map_err(|error| format!("TLS could not be set up: {}", causes(&error)))?;
        }
        let client = tonic::client::Grpc::new(endpoint.connect_lazy());
        drop(entered);
        Ok(Connection { client: if self.gzip { compressed(client) } else { client }, runtime })
    }

    fn judge(&self, status: &Status) -> Reply {
        let peer = &self.peer;
        let said = words(status);
        // What comes from the connection, not from the server.
        if status.source().is_some() && status.code() != Code::DeadlineExceeded {
            return refusal::of_connection(peer, &said);
        }
        let asked = status.get_details_retry_info().and_then(|info| info.retry_delay);
        let cause = cause_of(status.code(), asked, &said);
        let hint = match (cause, status.code()) {
            (Cause::Credentials, _) => " (check the credentials in the headers)",
            (Cause::TooLarge, _) => " (the request is too large for it)",
            (_, Code::Unimplemented) => " (check that the endpoint speaks gRPC)",
            _ => "",
        };
        let code = status.code();
        let said = peer.excerpt(said.as_bytes());
        Reply::failed(cause, format!("{peer} answered {code:?}{hint}: {said}"))
    }
}

impl Transport for Grpc {
    fn send(&mut self, request: &[u8], time: Duration) -> Reply {
        // Put back when it is known to be good for another request: not after a panic.
        let mut connection = match self.connection.take().map_or_else(|| self.connect(), Ok) {
            Ok(connection) => connection,
            Err(why) => return Reply::failed(Cause::Unreachable, why),
        };
        let Connection { client, runtime } = &mut connection;
        let mut request = Request::new(Bytes::copy_from_slice(request));
        request.metadata_mut().clone_from(&self.metadata);
        // The timer has to be made where the runtime is.
        let answer = runtime.block_on(async { tokio::time::timeout(time, export(client, request)).await });
        let Ok(answer) = answer else {
            // What is left of the request must not come before the next one on the same connection.
            let why = format!("{} did not answer in time", self.peer);
            return Reply::failed(Cause::Unreachable, why);
        };
        self.connection = Some(connection);
        match answer {
            Ok(response) => partial::of_protobuf(&self.peer, response.get_ref()),
            Err(status) => self.judge(&status),
        }
    }
}

async fn export(
    client: &mut tonic::client::Grpc<Channel>,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, Status> {
    client.ready().await.map_err(|error| Status::from_error(error.into()))?;
    client.unary(request, PathAndQuery::from_static(METHOD), RawCodec).await
}

/// What a status means, as OTLP has it.
fn cause_of(code: Code, asked: Option<Duration>, said: &str) -> Cause {
    // Servers have no code of their own for a message that is too large, but words that are much the same.
    let said = said.to_ascii_lowercase();
    let speaks_of_size = said.contains("message")
        && ["larger than", "too large", "exceeds"].iter().any(|words| said.contains(words));
    match code {
        Code::Unauthenticated | Code::PermissionDenied => Cause::Credentials,
        Code::ResourceExhausted | Code::OutOfRange if speaks_of_size && asked.is_none() => Cause::TooLarge,
        // Only with a time to wait does a server mean that waiting helps.
        Code::ResourceExhausted if asked.is_none() => Cause::Refused,
        Code::Cancelled
        | Code::DeadlineExceeded
        | Code::ResourceExhausted
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unavailable
        | Code::DataLoss => Cause::Busy(asked),
        _ => Cause::Refused,
    }
}

fn trust(tls: &Tls) -> ClientTlsConfig {
    let config = match &tls.roots {
        Some(roots) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(roots)),
        None => ClientTlsConfig::new().with_enabled_roots(),
    };
    match &tls.identity {
        Some((certificate, key)) => config.identity(Identity::from_pem(certificate, key)),
        None => config,
    }
}

#[cfg(feature = "gzip")]
fn compressed(client: tonic::client::Grpc<Channel>) -> tonic::client::Grpc<Channel> {
    client.send_compressed(tonic::codec::CompressionEncoding::Gzip)
}

#[cfg(not(feature = "gzip"))]
fn compressed(client: tonic::client::Grpc<Channel>) -> tonic::client::Grpc<Channel> {
    client
}

/// What a status says, and what is behind it, which is more than its own words where there was no server.
fn words(status: &Status) -> String {
    let mut words = status.message().to_owned();
    if let Some(source) = status.source() {
        words = format!("{words}: {}", causes(source));
    }
    words
}

/// An error and its sources, each said once.
fn causes(error: &dyn Error) -> String {
    let mut said = vec![error.to_string()];
    let mut next = error.source();
    while let Some(error) = next {
        let words = error.to_string();
        if !said.contains(&words) {
            said.push(words);
        }
        next = error.source();
    }
    said.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_otlp_names_is_for_later() {
        let second = Some(Duration::from_secs(1));
        for (code, asked, said, cause) in [
            (Code::Unavailable, None, "", Cause::Busy(None)),
            (Code::Unavailable, second, "", Cause::Busy(second)),
            (Code::ResourceExhausted, second, "", Cause::Busy(second)),
            (Code::ResourceExhausted, None, "quota", Cause::Refused),
            (
                Code::ResourceExhausted,
                None,
                "grpc: received message larger than max (4194305 vs. 4194304)",
                Cause::TooLarge,
            ),
            (
                Code::OutOfRange,
                None,
                "Error, decoded message length too large: found 2 bytes, the limit is: 1 bytes",
                Cause::TooLarge,
            ),
            (Code::Unauthenticated, None, "", Cause::Credentials),
            (Code::PermissionDenied, None, "", Cause::Credentials),
            (Code::InvalidArgument, None, "", Cause::Refused),
            (Code::Internal, None, "", Cause::Refused),
            (Code::Unknown, None, "", Cause::Refused),
        ] {
            assert_eq!(cause_of(code, asked, said), cause, "{code:?} {said}");
        }
    }
}
