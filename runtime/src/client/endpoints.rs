use std::sync::Arc;

use percent_encoding::percent_decode_str;

use crate::provider::paths::{Certainty, Route, route};

/// Which HTTP requests are model calls: those to the paths of the known providers, and what you add.
///
/// A `POST` to one of these paths is one, whatever the host is, since most servers speak the language of another
/// provider: `…/chat/completions`, `…/completions`, `…/responses`, `…/messages` of version 1, `…/embeddings`,
/// `…/embed`, `…/rerank`, `/api/chat`, `/api/generate`, `/v2/chat`, Gemini's `…:generateContent` and its relatives,
/// Bedrock's `/model/{model}/converse` and its relatives. Where the path might be anybody's, the body has to
/// name a `model` as well and to have something to ask it: `messages`, a `prompt`, an `input`, ….
///
/// ```
/// use recount::client::Endpoints;
///
/// // Everything that is posted to the gateway, and a path of our own on any host.
/// let endpoints = Endpoints::new().host("llm-gateway.internal").path("/v1/parrot");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Endpoints {
    hosts: Arc<[Box<str>]>,
    paths: Arc<[Box<str>]>,
}

/// What the address of a request says of the model call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    /// The operation, for the name of the span.
    pub(super) operation: &'static str,
    /// The model, where it stands in the path.
    pub(super) model: Option<String>,
    /// Whether the path might be anybody's.
    pub(super) ambiguous: bool,
    /// Whether the answer is a list that grows, where it is not framed otherwise.
    pub(super) grows: bool,
}

impl Endpoints {
    /// Those of the known providers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a host, without port: every `POST` to it is a model call.
    #[must_use]
    pub fn host(mut self, host: impl Into<String>) -> Self {
        let host = host.into().to_ascii_lowercase().into_boxed_str();
        self.hosts = self.hosts.iter().cloned().chain([host]).collect();
        self
    }

    /// Adds the end of a path: every `POST` to a path that ends so is a model call.
    #[must_use]
    pub fn path(mut self, end: impl Into<String>) -> Self {
        let end = end.into().trim_end_matches('/').into();
        self.paths = self.paths.iter().cloned().chain([end]).collect();
        self
    }

    /// The endpoint that a `POST` goes to; none where that is no model call.
    pub(super) fn find(&self, host: &str, path: &str) -> Option<Endpoint> {
        let path = path.trim_end_matches('/');
        let own_host = self.hosts.iter().any(|own| **own == *host);
        let own_path = || self.paths.iter().any(|end| !end.is_empty() && path.ends_with(&**end));
        match route(path).map(Endpoint::from) {
            Some(known) => Some(Endpoint { ambiguous: known.ambiguous && !own_host && !own_path(), ..known }),
            None => (own_host || own_path()).then(|| Endpoint::of("chat")),
        }
    }
}

impl Endpoint {
    fn of(operation: &'static str) -> Self {
        Self { operation, model: None, ambiguous: false, grows: false }
    }
}

impl From<Route<'_>> for Endpoint {
    fn from(route: Route<'_>) -> Self {
        Self {
            operation: route.operation,
            model: route.model.and_then(decoded),
            ambiguous: route.certainty < Certainty::Certain,
            grows: route.grows,
        }
    }
}

fn decoded(model: &str) -> Option<String> {
    Some(percent_decode_str(model).decode_utf8().ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, Endpoints};

    fn find(path: &str) -> Option<Endpoint> {
        Endpoints::new().find("example.com", path)
    }

    #[test]
    fn a_path_that_might_be_anybodys_is_ambiguous() {
        let ambiguous = |path| find(path).map(|endpoint| endpoint.ambiguous);
        assert_eq!(ambiguous("/v1/chat/completions"), Some(false));
        assert_eq!(ambiguous("/v1/messages"), Some(true));
        assert_eq!(ambiguous("/v2/embed/"), Some(true));
        assert_eq!(ambiguous("/v1/models"), None);
    }

    #[test]
    fn the_model_is_taken_from_the_path() {
        for (path, model, grows) in [
            ("/v1beta/models/gemini-2.5-pro:generateContent", "gemini-2.5-pro", false),
            ("/v1beta/models/gemini-2.5-pro:streamGenerateContent", "gemini-2.5-pro", true),
            (
                "/v1/projects/p/locations/l/publishers/anthropic/models/claude-opus-4-5@20251101:streamRawPredict",
                "claude-opus-4-5@20251101",
                false,
            ),
            (
                "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse",
                "anthropic.claude-3-haiku-20240307-v1:0",
                false,
            ),
            (
                "/model/arn%3Aaws%3Abedrock%3Aeu%3A1%3Ax%2Fy/converse-stream",
                "arn:aws:bedrock:eu:1:x/y",
                false,
            ),
            ("/openai/deployments/my-gpt/chat/completions", "my-gpt", false),
            ("/openai/deployments/vectors/embeddings", "vectors", false),
        ] {
            let endpoint = find(path).unwrap_or_else(|| panic!("{path} is known"));
            assert_eq!(
                (endpoint.model.as_deref(), endpoint.grows, endpoint.ambiguous),
                (Some(model), grows, false)
            );
        }
    }

    #[test]
    fn hosts_and_paths_can_be_added() {
        let endpoints = Endpoints::new().host("Gateway.Internal").host("other").path("/v1/parrot/");
        let own = Some(Endpoint::of("chat"));
        assert_eq!(endpoints.find("gateway.internal", "/anything"), own);
        assert_eq!(endpoints.find("other", "/"), own);
        assert_eq!(endpoints.find("example.com", "/api/v1/parrot"), own);
        assert_eq!(endpoints.find("example.com", "/anything"), None);
        assert!(
            endpoints.find("gateway.internal", "/v1/responses").is_some_and(|endpoint| !endpoint.ambiguous)
        );
    }
}
