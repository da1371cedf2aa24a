use std::future::poll_fn;

use async_trait::async_trait;
use http::Extensions;
use reqwest::{Request, Response};
use reqwest_middleware::{Error, Middleware, Next, Result};
use tracing_core::metadata::LevelFilter;

use super::watch::Watch;
use super::{Endpoints, fault};
use crate::record::around;

/// Makes spans of the model calls of a `reqwest-middleware` client.
///
/// ```no_run
/// use recount::client::ReqwestMiddleware;
///
/// let client = reqwest_middleware::ClientBuilder::new(reqwest::Client::new())
///     .with(ReqwestMiddleware::new())
///     // Put retries here, and they are part of the same span.
///     .build();
/// ```
///
/// See the [module](super) for what is recorded, and on which span.
#[derive(Clone, Debug, Default)]
pub struct ReqwestMiddleware {
    endpoints: Endpoints,
}

impl ReqwestMiddleware {
    /// For the known providers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// For these endpoints.
    #[must_use]
    pub fn with_endpoints(endpoints: Endpoints) -> Self {
        Self { endpoints }
    }
}

#[async_trait]
impl Middleware for ReqwestMiddleware {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let heard = LevelFilter::current() != LevelFilter::OFF;
        let watch = heard.then(|| Watch::open(&self.endpoints, &around(), &request)).flatten();
        let Some(mut watch) = watch else {
            return next.run(request, extensions).await;
        };
        let mut sending = next.run(request, extensions);
        match poll_fn(|context| watch.within(|| sending.as_mut().poll(context))).await {
            Ok(response) => Ok(watch.respond(response)),
            Err(error) => {
                match &error {
                    Error::Reqwest(error) => fault::fail(watch.into_exchange(), error),
                    Error::Middleware(error) => fault::fail(watch.into_exchange(), error.as_ref()),
                }
                Err(error)
            }
        }
    }
}
