//! A client with recount's middleware, a scripted server, and a recorder that listens.

use recount::client::{Endpoints, ReqwestMiddleware};
use recount::export::JsonLines;
use recount::testing::Recorder;
use recount::wire::SpanRecord;
use recount_clients::{Reply, ScriptedServer};
use recount_tests::{SharedBuffer, flat};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, RequestBuilder};
use serde_json::Value;
use tracing::subscriber::DefaultGuard;

pub(crate) const CHAT: &str = "/v1/chat/completions";

pub(crate) struct Scene {
    pub(crate) server: ScriptedServer,
    pub(crate) client: ClientWithMiddleware,
    recorder: Recorder,
    exported: SharedBuffer,
    _listens: DefaultGuard,
}

impl Scene {
    pub(crate) fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self::with(recount::builder(), replies)
    }

    pub(crate) fn with(builder: recount::Builder, replies: impl IntoIterator<Item = Reply>) -> Self {
        let server = ScriptedServer::start(replies);
        let exported = SharedBuffer::default();
        let recorder = Recorder::with(builder.exporter(JsonLines::new(exported.clone())));
        let listens = recorder.install();
        Self { server, client: client(Endpoints::new()), recorder, exported, _listens: listens }
    }

    /// A request to the server.
    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        let request = self.client.post(self.server.url(path)).header("content-type", "application/json");
        request.body(body.to_string())
    }

    /// The spans that are over by now, as a tree.
    pub(crate) fn tree(&self) -> String {
        self.recorder.tree()
    }

    pub(crate) fn spans(&self) -> Vec<SpanRecord> {
        self.recorder.spans()
    }

    /// What has left the process by now.
    pub(crate) fn text(&self) -> String {
        let _ = self.recorder.stats();
        self.exported.text()
    }

    /// The same, laid flat; the port of the server is 1, whichever it was.
    pub(crate) fn exported(&self) -> Value {
        let mut spans = flat(&self.text());
        for span in spans.as_array_mut().into_iter().flatten() {
            if let Some(port) = span["attributes"].get_mut("server.port") {
                assert_eq!(*port, self.server.port());
                *port = 1.into();
            }
        }
        spans
    }
}

pub(crate) fn client(endpoints: Endpoints) -> ClientWithMiddleware {
    ClientBuilder::new(plain_client()).with(ReqwestMiddleware::with_endpoints(endpoints)).build()
}

pub(crate) fn plain_client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().expect("a client")
}
