//! The scripted server behaves as a client of OpenAI's chat completions expects: rounds of tool calls, the shape of a
//! stream, errors.

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use async_openai::types::chat::{
    ChatCompletionMessageToolCalls, ChatCompletionRequestAssistantMessage, ChatCompletionRequestMessage,
    ChatCompletionRequestToolMessage, ChatCompletionRequestUserMessage, ChatCompletionStreamOptions,
    ChatCompletionTool, ChatCompletionTools, CreateChatCompletionRequest, CreateChatCompletionResponse,
    FinishReason, FunctionObject,
};
use examples::server::ScriptedServer;
use futures::TryStreamExt;
use serde_json::{Value, json};

struct Conversation {
    client: Client<OpenAIConfig>,
    messages: Vec<ChatCompletionRequestMessage>,
    tools: Vec<ChatCompletionTools>,
}

impl Conversation {
    fn new(server: &ScriptedServer, question: &str, tools: &[&str]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let config = OpenAIConfig::new().with_api_base(server.base_url());
        let tool = |name: &&str| {
            let function = FunctionObject { name: (*name).to_owned(), ..FunctionObject::default() };
            ChatCompletionTools::Function(ChatCompletionTool { function })
        };
        Self {
            client: Client::build(http, config),
            messages: vec![ChatCompletionRequestUserMessage::from(question).into()],
            tools: tools.iter().map(tool).collect(),
        }
    }

    fn request(&self) -> CreateChatCompletionRequest {
        CreateChatCompletionRequest {
            model: "scripted".into(),
            messages: self.messages.clone(),
            tools: (!self.tools.is_empty()).then(|| self.tools.clone()),
            ..CreateChatCompletionRequest::default()
        }
    }

    /// One round: what the model says or asks for, as text or as names and arguments.
    async fn round(&mut self) -> (CreateChatCompletionResponse, Vec<(String, Value)>) {
        let response = self.client.chat().create(self.request()).await.unwrap();
        let message = response.choices[0].message.clone();
        let calls = message.tool_calls.clone().unwrap_or_default();
        self.messages.push(
            ChatCompletionRequestAssistantMessage {
                tool_calls: message.tool_calls,
                ..ChatCompletionRequestAssistantMessage::default()
            }
            .into(),
        );
        let calls = calls.into_iter().map(|call| match call {
            ChatCompletionMessageToolCalls::Function(call) => {
                (call.function.name, serde_json::from_str(&call.function.arguments).unwrap())
            }
            ChatCompletionMessageToolCalls::Custom(call) => panic!("a custom tool: {call:?}"),
        });
        (response, calls.collect())
    }

    fn answer(&mut self, id: &str, result: impl std::fmt::Display) {
        self.messages.push(
            ChatCompletionRequestToolMessage {
                content: result.to_string().into(),
                tool_call_id: id.to_owned(),
            }
            .into(),
        );
    }
}

#[tokio::test]
async fn tools_are_asked_for_one_after_the_other_and_quoted_in_the_end() {
    let server = ScriptedServer::start().await.unwrap();
    let mut talk = Conversation::new(
        &server,
        "How is it descaled?",
        &["search_documents", "read_section", "count_words"],
    );

    let (response, calls) = talk.round().await;
    assert_eq!(response.choices[0].finish_reason, Some(FinishReason::ToolCalls));
    assert_eq!(calls, [("search_documents".into(), json!({"query": "How is it descaled?", "limit": 3}))]);
    let first = response.usage.unwrap();
    assert_eq!(first.prompt_tokens_details.unwrap().cached_tokens, Some(0));
    talk.answer("call_1", json!([{"file": "kettle.md", "heading": "Descaling"}]));

    let (_, calls) = talk.round().await;
    assert_eq!(
        calls,
        [
            ("read_section".into(), json!({"file": "kettle.md", "heading": "How is it descaled"})),
            ("count_words".into(), json!({"file": "kettle.md"})),
        ]
    );
    talk.answer("call_2", "no such section");
    talk.answer("call_3", json!({"words": 70}));

    let (_, calls) = talk.round().await;
    assert_eq!(calls, [("read_section".into(), json!({"file": "kettle.md", "heading": "Descaling"}))]);
    talk.answer("call_4", json!({"heading": "Descaling", "text": "With vinegar.\n\nRinse it."}));

    let (response, calls) = talk.round().await;
    assert!(calls.is_empty());
    assert_eq!(response.choices[0].finish_reason, Some(FinishReason::Stop));
    let text = response.choices[0].message.content.as_deref();
    assert_eq!(text, Some("kettle.md (70 words), section \"Descaling\": With vinegar."));
    assert!(response.model.starts_with("scripted-"));
    let last = response.usage.unwrap();
    assert!(last.prompt_tokens > first.prompt_tokens);
    assert_eq!(last.total_tokens, last.prompt_tokens + last.completion_tokens);
    assert!(last.prompt_tokens_details.unwrap().cached_tokens.unwrap() > 0);
}

#[tokio::test]
async fn a_section_that_stays_missing_ends_the_conversation_too() {
    let server = ScriptedServer::start().await.unwrap();
    let mut talk = Conversation::new(&server, "Why?", &["search_documents", "read_section"]);
    talk.round().await;
    talk.answer("call_1", json!([{"file": "a.md", "heading": "A"}]));
    let (_, calls) = talk.round().await;
    assert_eq!(calls.len(), 1, "a tool that is not on offer is not asked for");
    talk.answer("call_2", "no");
    talk.round().await;
    talk.answer("call_3", "no");
    let (response, calls) = talk.round().await;
    assert!(calls.is_empty());
    assert!(response.choices[0].message.content.as_deref().unwrap().contains("could not be read"));
}

#[tokio::test]
async fn a_search_without_hits_is_an_answer() {
    let server = ScriptedServer::start().await.unwrap();
    let mut talk = Conversation::new(&server, "Why?", &["search_documents", "read_section"]);
    talk.round().await;
    talk.answer("call_1", "[]");
    let (response, calls) = talk.round().await;
    assert!(calls.is_empty());
    assert!(response.choices[0].message.content.as_deref().unwrap().contains("nothing"));
}

#[tokio::test]
async fn a_stream_gives_words_then_the_end_then_the_tokens() {
    let server = ScriptedServer::start().await.unwrap();
    let talk = Conversation::new(&server, "Say it.\n\none two three", &[]);
    let mut request = talk.request();
    request.stream_options =
        Some(ChatCompletionStreamOptions { include_usage: Some(true), include_obfuscation: None });
    let chunks: Vec<_> =
        talk.client.chat().create_stream(request).await.unwrap().try_collect().await.unwrap();

    let text: String = chunks
        .iter()
        .flat_map(|chunk| &chunk.choices)
        .filter_map(|choice| choice.delta.content.as_deref())
        .collect();
    assert_eq!(text, "Here is what I know. one two three");
    let [.., end, tokens] = &*chunks else { panic!("too few chunks: {chunks:?}") };
    assert_eq!(end.choices[0].finish_reason, Some(FinishReason::Stop));
    assert!(tokens.choices.is_empty());
    assert!(tokens.usage.as_ref().unwrap().completion_tokens > 0);
    assert!(chunks.iter().all(|chunk| chunk.id == chunks[0].id));
    assert!(chunks[..chunks.len() - 1].iter().all(|chunk| chunk.usage.is_none()));
}

#[tokio::test]
async fn tokens_of_a_stream_come_on_request_only() {
    let server = ScriptedServer::start().await.unwrap();
    let talk = Conversation::new(&server, "Why?", &["search_documents", "read_section"]);
    let stream = talk.client.chat().create_stream(talk.request()).await.unwrap();
    let chunks: Vec<_> = stream.try_collect().await.unwrap();
    assert!(chunks.iter().all(|chunk| chunk.usage.is_none()));
    let call = chunks[0].choices[0].delta.tool_calls.as_ref().unwrap()[0].clone();
    assert_eq!(call.function.unwrap().name.as_deref(), Some("search_documents"));
    assert_eq!(chunks[1].choices[0].finish_reason, Some(FinishReason::ToolCalls));
}

#[tokio::test]
async fn errors_have_the_shape_that_clients_read() {
    let server = ScriptedServer::start().await.unwrap();
    let mut talk = Conversation::new(&server, "", &[]);
    talk.messages.clear();
    let error = talk.client.chat().create(talk.request()).await.unwrap_err();
    let OpenAIError::ApiError(error) = error else { panic!("{error:?}") };
    assert_eq!(error.status_code, 400);
    assert!(error.api_error.message.contains("'messages' is empty"), "{error}");

    let error = talk.client.chat().list().await.unwrap_err();
    assert!(error.to_string().contains("nothing is served at GET /v1/chat/completions"), "{error}");
}
