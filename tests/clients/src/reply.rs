use std::collections::VecDeque;
use std::io;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::Stream;
use futures::stream;
use serde_json::Value;
use tokio::sync::mpsc;

/// What the server answers to one request.
#[derive(Debug)]
pub struct Reply {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Pieces,
    /// Whether the connection breaks where the body should end.
    cut: bool,
}

/// Where the pieces of a body come from.
#[derive(Debug)]
enum Pieces {
    Known(VecDeque<Bytes>),
    Tapped(mpsc::UnboundedReceiver<Piece>),
}

/// What comes next of a body that a test sends by hand.
#[derive(Clone, Debug)]
pub enum Piece {
    /// These bytes.
    Bytes(Bytes),
    /// The connection breaks.
    Cut,
}

/// Sends the pieces of a [`Reply::tapped`] body; dropped, it ends the body.
#[derive(Debug)]
pub struct Tap(mpsc::UnboundedSender<Piece>);

impl Tap {
    /// Sends a piece. One that nobody waits for any more is lost.
    pub fn send(&self, piece: impl Into<Bytes>) {
        let _ = self.0.send(Piece::Bytes(piece.into()));
    }

    /// Breaks the connection.
    pub fn cut(self) {
        let _ = self.0.send(Piece::Cut);
    }

    /// Waits until the client has gone away, or the body was read.
    pub async fn closed(&self) {
        self.0.closed().await;
    }
}

impl Reply {
    /// A body in one piece.
    ///
    /// # Panics
    ///
    /// When the type is no header.
    #[must_use]
    pub fn bytes(content_type: &str, body: impl Into<Bytes>) -> Self {
        Self::pieces(content_type, [body.into()])
    }

    /// A body of JSON.
    #[must_use]
    pub fn json(body: &Value) -> Self {
        Self::bytes("application/json", body.to_string())
    }

    /// Server-sent events, each a piece of its own; `[DONE]` is for you to add.
    #[must_use]
    pub fn events<E: AsRef<str>>(events: impl IntoIterator<Item = E>) -> Self {
        let pieces = events.into_iter().map(|data| Bytes::from(format!("data: {}\n\n", data.as_ref())));
        Self::pieces("text/event-stream", pieces)
    }

    /// Server-sent events of JSON objects that say their type, as named events.
    #[must_use]
    pub fn typed_events<'a>(events: impl IntoIterator<Item = &'a Value>) -> Self {
        let piece = |event: &Value| {
            let name = event["type"].as_str().unwrap_or("message");
            Bytes::from(format!("event: {name}\ndata: {event}\n\n"))
        };
        Self::pieces("text/event-stream", events.into_iter().map(piece))
    }

    /// Lines of JSON, each a piece of its own.
    #[must_use]
    pub fn lines<'a>(lines: impl IntoIterator<Item = &'a Value>) -> Self {
        Self::pieces("application/x-ndjson", lines.into_iter().map(|line| Bytes::from(format!("{line}\n"))))
    }

    /// A body in these pieces.
    ///
    /// # Panics
    ///
    /// When the type is no header.
    #[must_use]
    pub fn pieces(content_type: &str, pieces: impl IntoIterator<Item = Bytes>) -> Self {
        Self::new(content_type, Pieces::Known(pieces.into_iter().collect()))
    }

    /// A body whose pieces the test sends by hand, when it wants to.
    ///
    /// # Panics
    ///
    /// When the type is no header.
    #[must_use]
    pub fn tapped(content_type: &str) -> (Tap, Self) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Tap(sender), Self::new(content_type, Pieces::Tapped(receiver)))
    }

    fn new(content_type: &str, body: Pieces) -> Self {
        let content_type = HeaderValue::from_str(content_type).expect("a header");
        Self { status: StatusCode::OK, headers: vec![(CONTENT_TYPE, content_type)], body, cut: false }
    }

    /// With this status.
    ///
    /// # Panics
    ///
    /// When it is none.
    #[must_use]
    pub fn status(mut self, code: u16) -> Self {
        self.status = StatusCode::from_u16(code).expect("a status");
        self
    }

    /// With this header too.
    ///
    /// # Panics
    ///
    /// When it is none.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = name.parse().expect("a header's name");
        self.headers.push((name, value.parse().expect("a header's value")));
        self
    }

    /// The connection breaks after the last piece, where more was to come.
    #[must_use]
    pub fn cut(mut self) -> Self {
        self.cut = true;
        self
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = Body::from_stream(pieces(self.body, self.cut)).into_response();
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers.into_iter().map(|(name, value)| (Some(name), value)));
        response
    }
}

/// The pieces one after the other. An error is what makes the server break the connection.
fn pieces(body: Pieces, cut: bool) -> impl Stream<Item = Result<Bytes, io::Error>> {
    let broken = || io::Error::other("the script says so");
    stream::unfold((body, cut), move |(mut body, mut cut)| async move {
        let next = match &mut body {
            Pieces::Known(pieces) => pieces.pop_front().map(Piece::Bytes),
            Pieces::Tapped(pieces) => pieces.recv().await,
        };
        // What came before is sent now: each piece on its own, and before the connection breaks.
        tokio::task::yield_now().await;
        let piece = match next {
            Some(Piece::Bytes(bytes)) => Ok(bytes),
            Some(Piece::Cut) => Err(broken()),
            None if std::mem::take(&mut cut) => Err(broken()),
            None => return None,
        };
        Some((piece, (body, cut)))
    })
}
