use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::{Certificate as Pem, Identity, Server, ServerTlsConfig};
use tonic::{Code, Request, Response, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::certificates::Certificate;

/// What a [`GrpcServer`] answers.
#[derive(Clone, Debug)]
pub enum GrpcAnswer {
    /// It takes the spans, but for those that it rejects.
    Taken(ExportTraceServiceResponse),
    /// It does not.
    Refused(Status),
    /// It does not, and says back the metadata of the request.
    Echo(Code),
    /// Nothing at all.
    Silence,
}

impl GrpcAnswer {
    /// The answer of a server that is content.
    #[must_use]
    pub fn well() -> Self {
        Self::Taken(ExportTraceServiceResponse::default())
    }

    /// The answer of a server that is busy, and says for how long.
    #[must_use]
    pub fn busy_for(code: Code, time: Duration) -> Self {
        let details = ErrorDetails::with_retry_info(Some(time));
        Self::Refused(Status::with_error_details(code, "busy", details))
    }
}

/// A server of OTLP over gRPC that gives one answer after the other, and the last one for ever. It ends with the
/// process.
#[derive(Clone, Debug)]
pub struct GrpcServer {
    port: u16,
    service: Service,
}

/// The way of a request, and when it came.
#[derive(Clone, Debug)]
struct Service {
    answers: Arc<Vec<GrpcAnswer>>,
    given: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<(Instant, ExportTraceServiceRequest)>>>,
}

impl GrpcServer {
    /// A server without encryption.
    ///
    /// # Panics
    ///
    /// When the operating system has no port or thread to give.
    #[must_use]
    pub fn new(answers: Vec<GrpcAnswer>) -> Self {
        Self::start(answers, Server::builder(), None)
    }

    /// A server that takes messages of so many bytes at the most.
    ///
    /// # Panics
    ///
    /// As [`new`](Self::new).
    #[must_use]
    pub fn taking(bytes: usize) -> Self {
        Self::start(vec![GrpcAnswer::well()], Server::builder(), Some(bytes))
    }

    /// A server that shows this certificate, and asks its clients for the other one, if any.
    ///
    /// # Panics
    ///
    /// As [`new`](Self::new).
    #[must_use]
    pub fn encrypted(certificate: &Certificate, client: Option<&Certificate>) -> Self {
        let identity = Identity::from_pem(&certificate.pem, &certificate.key_pem);
        let mut tls = ServerTlsConfig::new().identity(identity);
        if let Some(client) = client {
            tls = tls.client_ca_root(Pem::from_pem(&client.pem));
        }
        let server = Server::builder().tls_config(tls).expect("a certificate");
        Self::start(vec![GrpcAnswer::well()], server, None)
    }

    fn start(answers: Vec<GrpcAnswer>, mut builder: Server, limit: Option<usize>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a socket that does not block");
        let port = listener.local_addr().expect("an address").port();
        let service = Service { answers: Arc::new(answers), given: Arc::default(), requests: Arc::default() };
        let mut service_server = TraceServiceServer::new(service.clone());
        if let Some(limit) = limit {
            service_server = service_server.max_decoding_message_size(limit);
        }
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                let serving =
                    builder.add_service(service_server).serve_with_incoming(TcpListenerStream::new(listener));
                serving.await.expect("it serves for ever");
            });
        });
        Self { port, service }
    }

    /// Its URL, without encryption.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its URL by the name that certificates are made out to.
    #[must_use]
    pub fn secure_url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// When requests came, and what they were.
    #[must_use]
    pub fn requests(&self) -> Vec<(Instant, ExportTraceServiceRequest)> {
        self.service.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[tonic::async_trait]
impl TraceService for Service {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let metadata = format!("{:?}", request.metadata().clone().into_headers());
        let arrived = (Instant::now(), request.into_inner());
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(arrived);
        let place = self.given.fetch_add(1, Ordering::Relaxed).min(self.answers.len() - 1);
        match self.answers[place].clone() {
            GrpcAnswer::Taken(response) => Ok(Response::new(response)),
            GrpcAnswer::Refused(status) => Err(status),
            GrpcAnswer::Echo(code) => Err(Status::new(code, metadata)),
            GrpcAnswer::Silence => std::future::pending().await,
        }
    }
}
