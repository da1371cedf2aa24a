use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use reqwest::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;
use tracing::{Dispatch, Span};
use tracing_core::metadata::LevelFilter;

use super::watch::Watch;
use super::{Endpoints, fault};
use crate::record::around;
use crate::span::current::CurrentSpan;
use crate::span::exchange::Exchange;

/// Makes spans of the model calls of an `async-openai` client.
///
/// ```no_run
/// use async_openai::middleware::{ReqwestService, retry::OpenAIRetryLayer};
/// use recount::client::AsyncOpenAi;
/// use tower_layer::Layer;
///
/// // With `tower`: `ServiceBuilder::new().layer(AsyncOpenAi::new()).layer(OpenAIRetryLayer::default()).service(…)`.
/// let http = ReqwestService::new(reqwest::Client::new());
/// let http = AsyncOpenAi::new().layer(OpenAIRetryLayer::default().layer(http));
/// let client = async_openai::Client::new().with_http_service(http);
/// ```
///
/// Around the layer of retries, as here, one span covers all attempts; within it, each attempt has one.
/// `with_http_service` replaces the retries that the client has by itself, so name them where you want them.
///
/// See the [module](super) for what is recorded, and on which span.
#[derive(Clone, Debug, Default)]
pub struct AsyncOpenAi {
    endpoints: Endpoints,
}

impl AsyncOpenAi {
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

impl<S> Layer<S> for AsyncOpenAi {
    type Service = AsyncOpenAiService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        AsyncOpenAiService { inner, endpoints: self.endpoints.clone() }
    }
}

/// The service that [`AsyncOpenAi`] makes of another.
#[derive(Clone, Debug)]
pub struct AsyncOpenAiService<S> {
    inner: S,
    endpoints: Endpoints,
}

impl<S> Service<HttpRequestFactory> for AsyncOpenAiService<S>
where
    S: Service<HttpRequestFactory, Response = Response>,
    S::Future: Send + 'static,
    S::Error: Into<OpenAIError> + 'static,
{
    type Response = Response;
    type Error = OpenAIError;
    type Future = Pin<Box<dyn Future<Output = Result<Response, OpenAIError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), OpenAIError>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, request: HttpRequestFactory) -> Self::Future {
        if LevelFilter::current() == LevelFilter::OFF {
            let sending = self.inner.call(request);
            return Box::pin(async move { sending.await.map_err(Into::into) });
        }
        let sent = Arc::new(Sent::new(self.endpoints.clone()));
        let mut sending = Box::pin(self.inner.call(watched(request, Arc::clone(&sent))));
        Box::pin(async move {
            let answer = poll_fn(|context| sent.within(|| sending.as_mut().poll(context))).await;
            let answer: Result<Response, OpenAIError> = answer.map_err(Into::into);
            match (answer, sent.take()) {
                (Ok(response), Some(watch)) => Ok(watch.respond(response)),
                (Err(error), Some(watch)) => {
                    tell(watch.into_exchange(), &error);
                    Err(error)
                }
                (answer, None) => answer,
            }
        })
    }
}

/// A request that is looked at when it is built: the factory alone does not say where it goes.
fn watched(request: HttpRequestFactory, sent: Arc<Sent>) -> HttpRequestFactory {
    HttpRequestFactory::new(move || {
        let (request, sent) = (request.clone(), Arc::clone(&sent));
        async move {
            let request = request.build().await?;
            sent.look_at(&request);
            Ok(request)
        }
    })
}

/// What was sent so far, and where the caller is: the request may be built on another thread.
struct Sent {
    endpoints: Endpoints,
    dispatch: Dispatch,
    span: Span,
    around: CurrentSpan,
    state: Mutex<State>,
}

enum State {
    /// No request was built yet.
    New,
    /// The request is none of a model, or nobody listens.
    Passed,
    /// A model call.
    Watched(Watch),
    /// A model call that somebody runs in at the moment, or that is over.
    Taken,
}

impl Sent {
    fn new(endpoints: Endpoints) -> Self {
        Self {
            endpoints,
            dispatch: tracing::dispatcher::get_default(Clone::clone),
            span: Span::current(),
            around: around(),
            state: Mutex::new(State::New),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the exchange with the first request that is built; further attempts send the same.
    fn look_at(&self, request: &Request) {
        if !matches!(*self.state(), State::New) {
            return;
        }
        let open = || self.span.in_scope(|| Watch::open(&self.endpoints, &self.around, request));
        let opened = tracing::dispatcher::with_default(&self.dispatch, open);
        *self.state() = opened.map_or(State::Passed, State::Watched);
    }

    /// Runs a piece of the sending inside the span of the exchange, once that is known.
    fn within<T>(&self, work: impl FnOnce() -> T) -> T {
        let Some(mut watch) = self.take() else { return work() };
        let done = watch.within(work);
        *self.state() = State::Watched(watch);
        done
    }

    fn take(&self) -> Option<Watch> {
        let mut state = self.state();
        match std::mem::replace(&mut *state, State::Taken) {
            State::Watched(watch) => Some(watch),
            other => {
                *state = other;
                None
            }
        }
    }
}

/// Ends the exchange with the client's error, which may be what the server answered.
fn tell(exchange: Exchange, error: &OpenAIError) {
    match error {
        OpenAIError::ApiError(refusal) => {
            let said = &refusal.api_error;
            let kind = said.code.as_deref().or(said.r#type.as_deref());
            exchange.refuse(refusal.status_code.as_u16(), kind.unwrap_or_default(), &said.message);
        }
        OpenAIError::Boxed(error) => fault::fail(exchange, error.as_ref()),
        error => fault::fail(exchange, error),
    }
}
