use async_openai::error::{ApiError, WrappedError};
use axum::Json;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

/// An error as OpenAI's interface words it.
#[derive(Debug)]
pub(super) struct Failure {
    status: StatusCode,
    error: ApiError,
}

impl Failure {
    /// The request makes no sense.
    pub(super) fn invalid(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// Nothing is served at this address, or not by this method.
    pub(super) fn not_served(method: &Method, uri: &Uri) -> Self {
        Self::new(StatusCode::NOT_FOUND, &format!("nothing is served at {method} {}", uri.path()))
    }

    fn new(status: StatusCode, message: &str) -> Self {
        let kind = Some("invalid_request_error".to_owned());
        Self { status, error: ApiError { message: message.to_owned(), r#type: kind, ..ApiError::default() } }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.status, Json(WrappedError { error: self.error })).into_response()
    }
}
