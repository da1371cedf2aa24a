//! Which paths are those of model calls, on whatever server: most speak the language of another provider.

/// What the path of a request says of the model call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Route<'p> {
    /// The operation, for the name of the span.
    pub(crate) operation: &'static str,
    /// The model, where it stands in the path, as it stands there: percent-encoded.
    pub(crate) model: Option<&'p str>,
    pub(crate) certainty: Certainty,
    /// Whether the answer is a list that grows, where it is not framed otherwise.
    pub(crate) grows: bool,
}

/// How much a path alone is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Certainty {
    /// A word that many use.
    Vague,
    /// Where it is called with a model in hand, it is that of a model; else it may be anybody's.
    Likely,
    /// Nobody else has paths like it.
    Certain,
}

use Certainty::{Certain, Likely, Vague};

/// The ends of paths and their operations. The longest that fits comes first.
const ENDS: &[(&str, &str, Certainty)] = &[
    ("/chat/completions", "chat", Certain),
    ("/agents/completions", "chat", Certain),
    ("/completions", "text_completion", Likely),
    ("/responses", "chat", Likely),
    ("/v1/messages", "chat", Likely),
    ("/api/chat", "chat", Likely),
    ("/api/generate", "text_completion", Likely),
    ("/v2/chat", "chat", Likely),
    ("/embeddings", "embeddings", Likely),
    ("/api/embed", "embeddings", Likely),
    // Players of videos have it, too.
    ("/embed", "embeddings", Vague),
    ("/rerank", "rerank", Likely),
];

/// What stands behind the model in Google's paths: `…/models/{model}:{method}`.
const GOOGLE: &[(&str, &str, bool)] = &[
    ("generateContent", "generate_content", false),
    ("streamGenerateContent", "generate_content", true),
    ("embedContent", "embeddings", false),
    ("batchEmbedContents", "embeddings", false),
    ("rawPredict", "chat", false),
    ("streamRawPredict", "chat", false),
];

/// What stands behind the model in Bedrock's paths: `/model/{model}/{method}`.
const BEDROCK: &[&str] = &["converse", "converse-stream", "invoke", "invoke-with-response-stream"];

/// What a path says, without query; none where it is that of no model call.
pub(crate) fn route(path: &str) -> Option<Route<'_>> {
    let path = path.trim_end_matches('/');
    google(path).or_else(|| bedrock(path)).or_else(|| {
        let (_, operation, certainty) = ENDS.iter().find(|(end, ..)| path.ends_with(end))?;
        let model = deployment(path);
        let certainty = if model.is_some() { Certain } else { *certainty };
        Some(Route { operation, model, certainty, grows: false })
    })
}

fn google(path: &str) -> Option<Route<'_>> {
    let (front, method) = path.rsplit_once(':')?;
    let (_, operation, grows) = GOOGLE.iter().find(|(known, ..)| *known == method)?;
    let (_, model) = front.rsplit_once("/models/")?;
    Some(Route { operation, model: some(model), certainty: Certain, grows: *grows })
}

fn bedrock(path: &str) -> Option<Route<'_>> {
    let (model, method) = path.strip_prefix("/model/")?.rsplit_once('/')?;
    let route = Route { operation: "chat", model: some(model), certainty: Certain, grows: false };
    BEDROCK.contains(&method).then_some(route)
}

/// Azure calls a model by the name under which it was deployed.
fn deployment(path: &str) -> Option<&str> {
    let (_, rest) = path.split_once("/openai/deployments/")?;
    some(rest.split('/').next()?)
}

fn some(model: &str) -> Option<&str> {
    Some(model).filter(|model| !model.is_empty())
}

#[cfg(test)]
mod tests {
    use super::Certainty::{self, Certain, Likely, Vague};
    use super::route;

    fn certainty(path: &str) -> Option<(&'static str, Certainty)> {
        route(path).map(|route| (route.operation, route.certainty))
    }

    #[test]
    fn the_paths_of_the_providers_are_known() {
        for (path, operation, expected) in [
            ("/v1/chat/completions", "chat", Certain),
            ("/openai/v1/chat/completions/", "chat", Certain),
            ("/chat/completions", "chat", Certain),
            ("/v1/completions", "text_completion", Likely),
            ("/v1/responses", "chat", Likely),
            ("/v1/messages", "chat", Likely),
            ("/anthropic/v1/messages", "chat", Likely),
            ("/api/chat", "chat", Likely),
            ("/api/generate", "text_completion", Likely),
            ("/v2/chat", "chat", Likely),
            ("/v2/rerank", "rerank", Likely),
            ("/v1/embeddings", "embeddings", Likely),
            ("/api/embed", "embeddings", Likely),
            ("/v2/embed", "embeddings", Vague),
            ("/openai/deployments/my-gpt/completions", "text_completion", Certain),
            ("/v1beta/models/text-embedding-004:embedContent", "embeddings", Certain),
        ] {
            assert_eq!(certainty(path), Some((operation, expected)), "{path}");
        }
    }

    #[test]
    fn other_paths_are_not() {
        for path in [
            "/",
            "",
            "/v1/models",
            "/v1/messages/count_tokens",
            "/v1/messages/batches",
            "/v1/chat/completions/chatcmpl-1",
            "/v1beta/models/gemini-2.5-pro:countTokens",
            "/v1beta/files:generateContent",
            "/model/converse",
            "/my-chat/completionses",
            "/forum/messages",
            "/the-converse",
        ] {
            assert_eq!(certainty(path), None, "{path}");
        }
    }

    #[test]
    fn the_model_is_taken_from_the_path() {
        for (path, model, grows) in [
            ("/v1beta/models/gemini-2.5-pro:generateContent", "gemini-2.5-pro", false),
            ("/v1beta/models/gemini-2.5-pro:streamGenerateContent", "gemini-2.5-pro", true),
            ("/v1/projects/p/publishers/anthropic/models/claude@1:streamRawPredict", "claude@1", false),
            ("/model/anthropic.claude-v1%3A0/converse", "anthropic.claude-v1%3A0", false),
            ("/openai/deployments/my-gpt/chat/completions", "my-gpt", false),
        ] {
            let found = route(path).map(|route| (route.model, route.grows));
            assert_eq!(found, Some((Some(model), grows)), "{path}");
        }
        assert_eq!(route("/v1beta/models/:generateContent").map(|route| route.model), Some(None));
    }
}
