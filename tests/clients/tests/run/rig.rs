//! `rig`, which opens `gen_ai` spans of its own for models, agents and tools: no function is annotated here, unless a
//! test says so.
//!
//! Its spans do not say how a call ended: an error leaves one without an answer. Where that matters, annotate the
//! function around it, or give its client a [transport](recount::client) that is instrumented. `Streamed`, which its
//! models give for a stream, has a type of its own: a function that returns one ends when it returns. What came of a
//! stream is told by its `finish`; one that is only polled to its end has no tokens.

use futures::StreamExt;
use insta::assert_snapshot;
use recount_clients::{Reply, ScriptedServer};
use rig_agent::{Agent, AgentBuilder};
use rig_core::completion::CompletionRequest;
use rig_core::error::ProviderError;
use rig_core::providers::openai::OpenAI;
use rig_core::providers::openai::OpenAIConfig;
use rig_core::tool::{Tool, ToolContext, ToolExecutionError};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::recorded::{Run, run, run_with};
use crate::script;

fn client(server: &ScriptedServer) -> OpenAI {
    OpenAIConfig::new("sk-secret").with_base_url(server.url("/v1")).client()
}

fn request() -> CompletionRequest {
    let mut request =
        CompletionRequest::new("Which tea?").preamble("You like tea.".to_owned()).temperature(0.5);
    request.record_telemetry_content = true;
    request
}

fn asked(reply: Reply) -> Run<Result<String, ProviderError>> {
    let server = ScriptedServer::start([reply]);
    run(async { Ok(client(&server).chat("gpt-4o").call(request()).await?.text()) })
}

/// How many items came, and what the answer was.
fn streamed(reply: Reply) -> Run<(usize, Result<String, ProviderError>)> {
    let server = ScriptedServer::start([reply]);
    run(async {
        let mut stream = client(&server).chat("gpt-4o").stream(request()).expect("a stream");
        let mut items = 0;
        while let Some(Ok(_)) = stream.next().await {
            items += 1;
        }
        (items, stream.finish().await.map(|answer| answer.text()))
    })
}

#[test]
fn an_answer() {
    let run = asked(Reply::json(&script::words()));
    assert_eq!(run.value.as_deref().expect("an answer"), "Green, please.");
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o  20 → 5 tokens"#);
    run.assert_golden("rig/answer");
}

#[test]
fn a_call_of_a_tool() {
    let run = asked(Reply::json(&script::tool_call()));
    run.value.as_ref().expect("an answer");
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o  20 → 5 tokens"#);
    run.assert_golden("rig/tool_call");
}

#[test]
fn an_error_is_a_call_without_an_answer() {
    let run = asked(script::refused());
    assert!(run.value.is_err());
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o"#);
    run.assert_golden("rig/error");
}

#[test]
fn an_error_of_an_annotated_function_is_told() {
    #[recount::llm_span(skip(client))]
    async fn ask(client: OpenAI) -> Result<String, Box<ProviderError>> {
        Ok(client.chat("gpt-4o").call(request()).await.map_err(Box::new)?.text())
    }
    let server = ScriptedServer::start([script::refused()]);
    let run = run(async { ask(client(&server)).await });
    assert!(run.value.is_err());
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o  ✗ ProviderError: ProviderResponseError: status 404 Not Found: {"error":{"message":"No such model: tea-1","type":"invalid_request_error","param":"model","code":"model_not_found"}}"#);
}

#[test]
fn a_stream() {
    let run = streamed(Reply::events(script::streamed_words()));
    assert!(run.value.1.is_ok());
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o  20 → 5 tokens"#);
    run.assert_golden("rig/stream");
}

#[test]
fn a_stream_of_a_call_of_a_tool() {
    let run = streamed(Reply::events(script::streamed_tool_call()));
    assert!(run.value.1.is_ok());
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o  20 → 5 tokens"#);
    run.assert_golden("rig/stream_of_a_tool_call");
}

#[test]
fn a_stream_that_is_cut() {
    let run = streamed(Reply::events(script::words_without_end()).cut());
    assert!(run.value.0 > 0 && run.value.1.is_err());
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o"#);
    run.assert_golden("rig/stream_cut");
}

#[derive(Deserialize)]
struct Order {
    tea: String,
}

/// A tool whose work is an annotated function of the same name.
struct Brew;

impl Tool for Brew {
    const NAME: &'static str = "brew";
    type Args = Order;
    type Output = String;
    type Error = ToolExecutionError;

    fn description(&self) -> String {
        "Brews tea.".into()
    }

    fn parameters(&self) -> Value {
        json!({"type": "object", "properties": {"tea": {"type": "string"}}})
    }

    async fn call(&self, _context: &mut ToolContext, order: Order) -> Result<String, Self::Error> {
        Ok(brew(&order.tea).await)
    }
}

#[recount::tool]
async fn brew(tea: &str) -> String {
    boil().await;
    format!("A cup of {tea} tea.")
}

#[recount::task]
async fn boil() {}

fn agent(server: &ScriptedServer, content: bool) -> Agent {
    let model = client(server).chat("gpt-4o");
    AgentBuilder::new(model)
        .name("butler")
        .preamble("You like tea.")
        .record_content_telemetry(content)
        .tool(Brew)
        .default_max_turns(3)
        .build()
}

fn script_of_an_agent() -> [Reply; 2] {
    [Reply::json(&script::tool_call()), Reply::json(&script::words())]
}

#[test]
fn an_agent() {
    let server = ScriptedServer::start(script_of_an_agent());
    let run = run(async { agent(&server, true).prompt("Which tea?").await.expect("an answer").output() });
    assert_snapshot!(run.tree, @r#"
    agent butler "Which tea?" → "Green, please."
    ├─ llm chat gpt-4o Which tea? → brew({"tea":"green"})  20 → 5 tokens
    ├─ tool brew {"tea":"green"} → "A cup of green tea."
    │  └─ task boil
    └─ llm chat gpt-4o A cup of green tea. → Green, please.  20 → 5 tokens
    "#);
    run.assert_golden("rig/agent");
}

#[test]
fn an_agent_that_streams() {
    let server =
        ScriptedServer::start([script::streamed_tool_call(), script::streamed_words()].map(Reply::events));
    let run = run(async {
        let items: Vec<_> = agent(&server, true).prompt("Which tea?").stream().collect().await;
        assert!(items.iter().all(Result::is_ok));
    });
    assert_snapshot!(run.tree, @r#"
    agent butler "Which tea?" → "Green, please."
    ├─ llm chat gpt-4o Which tea? → brew({"tea":"green"})  20 → 5 tokens
    ├─ tool brew {"tea":"green"} → "A cup of green tea."
    │  └─ task boil
    └─ llm chat gpt-4o A cup of green tea. → Green, please.  20 → 5 tokens
    "#);
    run.assert_golden("rig/agent_stream");
}

#[test]
fn an_agent_inside_of_ours() {
    #[recount::interaction(user = "ada", skip(agent))]
    async fn turn(agent: Agent, question: &str) -> String {
        agent.prompt(question).await.expect("an answer").output()
    }
    let server = ScriptedServer::start(script_of_an_agent());
    let run = run(async { turn(agent(&server, false), "Which tea?").await });
    assert_snapshot!(run.tree, @r#"
    interaction turn {"question":"Which tea?"} → "Green, please."
    ├─ llm chat gpt-4o  20 → 5 tokens
    ├─ tool brew {"tea":"green"} → "A cup of green tea."
    │  └─ task boil
    └─ llm chat gpt-4o  20 → 5 tokens
    "#);
}

#[test]
fn without_content_nothing_is_quoted() {
    let server = ScriptedServer::start(script_of_an_agent());
    let builder = recount::builder().capture_content(false);
    let run = run_with(builder, async {
        agent(&server, true).prompt("Which tea?").await.expect("an answer").output()
    });
    for secret in ["Which tea", "You like", "Green", "green", "cup of", "sk-secret"] {
        assert!(!run.text().contains(secret), "{secret:?} in {}", run.text());
    }
    assert_snapshot!(run.tree, @r#"
    agent butler
    ├─ llm chat gpt-4o  20 → 5 tokens
    ├─ tool brew
    │  └─ task boil
    └─ llm chat gpt-4o  20 → 5 tokens
    "#);
}

#[test]
fn embeddings() {
    let body = json!({
        "object": "list", "model": "text-embedding-3-small",
        "data": [{"object": "embedding", "index": 0, "embedding": [0.1, 0.2, 0.3]}],
        "usage": {"prompt_tokens": 4, "total_tokens": 4},
    });
    let server = ScriptedServer::start([Reply::json(&body)]);
    let run = run(async {
        let model = client(&server).embedding("text-embedding-3-small", Some(3));
        model.call(vec!["green tea".to_owned()]).await.map(drop)
    });
    run.value.as_ref().expect("a vector");
    assert_snapshot!(run.tree, @r#"llm embeddings text-embedding-3-small  4 → ? tokens"#);
    run.assert_golden("rig/embeddings");
}
