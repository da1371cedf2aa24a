//! Receivers of spans, made of OpenTelemetry's own types, on loopback.

use std::collections::BTreeMap;
use std::io::Read;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use flate2::read::GzDecoder;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::sync::oneshot;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::codec::CompressionEncoding;

/// A receiver that takes every request and remembers it; ends when dropped.
#[derive(Debug)]
pub struct Collector {
    url: String,
    requests: Requests,
    /// Dropped, it ends the server.
    _running: oneshot::Sender<()>,
}

/// A request that a [`Collector`] took.
#[derive(Clone, Debug)]
pub struct Received {
    /// The path of its URL; of a gRPC request, nothing.
    pub path: String,
    /// Its headers or metadata, those that are text.
    pub headers: BTreeMap<String, String>,
    /// Its body.
    pub request: ExportTraceServiceRequest,
}

#[derive(Clone, Debug, Default)]
struct Requests(Arc<Mutex<Vec<Received>>>);

impl Requests {
    fn add(&self, received: Received) {
        self.0.lock().expect("nobody panics while receiving").push(received);
    }
}

impl Collector {
    /// A receiver of OTLP over HTTP, with bodies of protobuf or JSON.
    ///
    /// # Panics
    ///
    /// When the operating system has no port or thread to give.
    #[must_use]
    pub fn http() -> Self {
        Self::start(|listener, requests, ended| async move {
            let router = Router::new().fallback(take).with_state(requests);
            axum::serve(listener, router)
                .with_graceful_shutdown(ended)
                .await
                .expect("it serves until it is told to end");
        })
    }

    /// A receiver of OTLP over gRPC.
    ///
    /// # Panics
    ///
    /// When the operating system has no port or thread to give.
    #[must_use]
    pub fn grpc() -> Self {
        Self::start(|listener, requests, ended| async move {
            let service = TraceServiceServer::new(requests).accept_compressed(CompressionEncoding::Gzip);
            let server = tonic::transport::Server::builder().add_service(service);
            let ending = server.serve_with_incoming_shutdown(TcpListenerStream::new(listener), ended).await;
            ending.expect("it serves until it is told to end");
        })
    }

    fn start<F: Future<Output = ()>>(
        serve: impl FnOnce(tokio::net::TcpListener, Requests, Ended) -> F + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a socket that does not block");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let requests = Requests::default();
        let (running, ended) = oneshot::channel();
        let received = requests.clone();
        let server = move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                let ended: Ended = Box::pin(async {
                    let _ = ended.await;
                });
                serve(listener, received, ended).await;
            });
        };
        thread::Builder::new().name("collector".into()).spawn(server).expect("a thread");
        Self { url, requests, _running: running }
    }

    /// The base of the URL to send to.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The requests so far.
    ///
    /// # Panics
    ///
    /// When the server has panicked.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.requests.0.lock().expect("nobody panics while receiving").clone()
    }

    /// The spans so far.
    #[must_use]
    pub fn spans(&self) -> Vec<Span> {
        let resources = self.received().into_iter().flat_map(|received| received.request.resource_spans);
        resources.flat_map(|resource| resource.scope_spans).flat_map(|scope| scope.spans).collect()
    }
}

type Ended = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

async fn take(
    State(requests): State<Requests>,
    url: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Bytes, StatusCode> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let body = match header("content-encoding") {
        Some("gzip") => {
            let mut plain = Vec::new();
            GzDecoder::new(&*body).read_to_end(&mut plain).map_err(|_| StatusCode::BAD_REQUEST)?;
            Bytes::from(plain)
        }
        Some(_) => return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE),
        None => body,
    };
    let response = ExportTraceServiceResponse::default();
    let (request, response) = match header("content-type") {
        Some("application/x-protobuf") => {
            (ExportTraceServiceRequest::decode(body).ok(), response.encode_to_vec())
        }
        Some("application/json") => (serde_json::from_slice(&body).ok(), b"{}".to_vec()),
        _ => return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE),
    };
    let request = request.ok_or(StatusCode::BAD_REQUEST)?;
    requests.add(Received { path: url.path().to_owned(), headers: texts(&headers), request });
    Ok(response.into())
}

#[tonic::async_trait]
impl TraceService for Requests {
    async fn export(
        &self,
        request: tonic::Request<ExportTraceServiceRequest>,
    ) -> Result<tonic::Response<ExportTraceServiceResponse>, tonic::Status> {
        let (metadata, _, request) = request.into_parts();
        self.add(Received { path: String::new(), headers: texts(&metadata.into_headers()), request });
        Ok(tonic::Response::new(ExportTraceServiceResponse::default()))
    }
}

fn texts(headers: &HeaderMap) -> BTreeMap<String, String> {
    let texts =
        headers.iter().filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
    texts.collect()
}
