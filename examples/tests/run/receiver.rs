//! An OTLP receiver over HTTP/protobuf that remembers the names of spans.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use prost::Message;
use tokio::net::TcpListener;

type Names = Arc<Mutex<Vec<String>>>;

pub(crate) struct Receiver {
    address: SocketAddr,
    names: Names,
}

impl Receiver {
    /// Starts one on a free port; it runs until the runtime of the test ends.
    pub(crate) async fn start() -> Self {
        let names = Names::default();
        let routes = Router::new().route("/v1/traces", post(receive)).with_state(Arc::clone(&names));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async { axum::serve(listener, routes).await });
        Self { address, names }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn span_names(&self) -> Vec<String> {
        self.names.lock().unwrap().clone()
    }
}

async fn receive(State(names): State<Names>, body: Bytes) -> impl IntoResponse {
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    let spans =
        request.resource_spans.into_iter().flat_map(|spans| spans.scope_spans).flat_map(|spans| spans.spans);
    names.lock().unwrap().extend(spans.map(|span| span.name));
    ([(CONTENT_TYPE, "application/x-protobuf")], ExportTraceServiceResponse::default().encode_to_vec())
}
