use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http_body::{Body as HttpBody, Frame, SizeHint};
use reqwest::{Body, Response, ResponseBuilderExt};

use super::fault;
use crate::span::exchange::Exchange;

/// The body of a response; lets it pass piece by piece and shows each to an exchange.
pub(super) struct Watched {
    body: Body,
    /// There until the body has come to an end.
    exchange: Option<Exchange>,
}

impl Watched {
    /// The same response with a body that is watched.
    pub(super) fn wrap(response: Response, exchange: Exchange) -> Response {
        // The way back forgets the URL, unless it stands among the extensions.
        let url = http::Response::builder().url(response.url().clone()).body(());
        let (mut parts, body) = http::Response::<Body>::from(response).into_parts();
        if let Ok(url) = url {
            parts.extensions.extend(url.into_parts().0.extensions);
        }
        let body = Body::wrap(Self { body, exchange: Some(exchange) });
        http::Response::from_parts(parts, body).into()
    }
}

impl HttpBody for Watched {
    type Data = <Body as HttpBody>::Data;
    type Error = reqwest::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = self.get_mut();
        let frame = ready!(Pin::new(&mut this.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                if let (Some(exchange), Some(data)) = (&mut this.exchange, frame.data_ref()) {
                    exchange.received(data);
                }
            }
            Some(Err(error)) => {
                if let Some(exchange) = this.exchange.take() {
                    fault::fail(exchange, error);
                }
            }
            None => {
                if let Some(exchange) = this.exchange.take() {
                    exchange.end();
                }
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // Who knows the length does not ask for the end.
        if self.body.is_end_stream()
            && let Some(exchange) = self.exchange.take()
        {
            exchange.end();
        }
    }
}
