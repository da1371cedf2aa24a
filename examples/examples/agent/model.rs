//! The model: two annotated functions, one for whole responses and one for streamed ones.

use std::future::ready;
use std::time::Duration;

use anyhow::Context;
use async_openai::Client;
use async_openai::config::{Config, OPENAI_API_BASE, OpenAIConfig};
use async_openai::error::OpenAIError;
use async_openai::types::chat::{
    ChatCompletionRequestMessage, ChatCompletionResponseStream, ChatCompletionStreamOptions,
    ChatCompletionTools, CreateChatCompletionRequest, CreateChatCompletionResponse,
};
use examples::server::ScriptedServer;
use futures::{Stream, TryStreamExt};
use recount::llm_span;

/// The longest response, in tokens.
const LONGEST: u32 = 2_000;
/// How long the server may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(10);

/// A model behind an OpenAI-compatible server.
pub(crate) struct Model {
    client: Client<OpenAIConfig>,
    name: String,
    host: String,
    port: u16,
    /// Serves as long as it is held.
    _scripted: Option<ScriptedServer>,
}

impl Model {
    /// Takes the server that `OPENAI_BASE_URL` or `OPENAI_API_KEY` name, and the model that `OPENAI_MODEL` names;
    /// starts a scripted one where neither of the first two is set.
    pub(crate) async fn from_environment() -> anyhow::Result<Self> {
        // There is no default among the cryptography providers of rustls; it does not matter who was first to choose.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut http = reqwest::Client::builder().connect_timeout(CONNECT);
        let (base, key) = (variable("OPENAI_BASE_URL"), variable("OPENAI_API_KEY"));
        let scripted = if base.is_none() && key.is_none() {
            // No proxy knows the loopback interface of this machine.
            http = http.no_proxy();
            Some(ScriptedServer::start().await?)
        } else {
            None
        };
        let base = match &scripted {
            Some(server) => server.base_url(),
            None => base.unwrap_or_else(|| OPENAI_API_BASE.to_owned()),
        };
        let base = base.trim_end_matches('/');
        let url = reqwest::Url::parse(base).ok().filter(reqwest::Url::has_host);
        let url = url.with_context(|| format!("OPENAI_BASE_URL is {base:?}, no address of a server"))?;
        let config = OpenAIConfig::new().with_api_base(base).with_api_key(key.unwrap_or_default());
        let default = if scripted.is_some() { "scripted" } else { "gpt-5.2" };
        Ok(Self {
            client: Client::build(http.build()?, config),
            name: variable("OPENAI_MODEL").unwrap_or_else(|| default.to_owned()),
            host: url.host_str().unwrap_or_default().to_owned(),
            port: url.port_or_known_default().unwrap_or_default(),
            _scripted: scripted,
        })
    }

    /// The name of the model.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Where the server is.
    pub(crate) fn base_url(&self) -> &str {
        self.client.config().api_base()
    }

    /// Asks for a whole response, which may be calls of tools.
    pub(crate) async fn complete(
        &self,
        messages: &[ChatCompletionRequestMessage],
        tools: Vec<ChatCompletionTools>,
    ) -> Result<CreateChatCompletionResponse, OpenAIError> {
        self.create(CreateChatCompletionRequest { tools: Some(tools), ..self.request(messages) }).await
    }

    /// Asks for a text, piece by piece.
    pub(crate) async fn stream(
        &self,
        messages: &[ChatCompletionRequestMessage],
    ) -> Result<impl Stream<Item = Result<String, OpenAIError>>, OpenAIError> {
        let with_usage = ChatCompletionStreamOptions { include_usage: Some(true), include_obfuscation: None };
        let request =
            CreateChatCompletionRequest { stream_options: Some(with_usage), ..self.request(messages) };
        let chunks = self.create_stream(request).await?;
        Ok(chunks.try_filter_map(|chunk| {
            ready(Ok(chunk.choices.into_iter().next().and_then(|choice| choice.delta.content)))
        }))
    }

    /// Model, parameters, messages, tools, tokens, finish reasons: all of it is read from the two types.
    #[llm_span(provider = "openai")]
    async fn create(
        &self,
        request: CreateChatCompletionRequest,
    ) -> Result<CreateChatCompletionResponse, OpenAIError> {
        recount::current().set_server(&self.host, self.port);
        self.client.chat().create(request).await
    }

    /// The span is open until the last chunk; the chunks are put together in it.
    #[llm_span(provider = "openai")]
    async fn create_stream(
        &self,
        request: CreateChatCompletionRequest,
    ) -> Result<ChatCompletionResponseStream, OpenAIError> {
        recount::current().set_server(&self.host, self.port);
        self.client.chat().create_stream(request).await
    }

    fn request(&self, messages: &[ChatCompletionRequestMessage]) -> CreateChatCompletionRequest {
        CreateChatCompletionRequest {
            model: self.name.clone(),
            messages: messages.to_vec(),
            max_completion_tokens: Some(LONGEST),
            ..CreateChatCompletionRequest::default()
        }
    }
}

/// A variable of the environment without the space around it; an empty one counts as unset.
fn variable(name: &str) -> Option<String> {
    let value = std::env::var(name).ok()?.trim().to_owned();
    (!value.is_empty()).then_some(value)
}
