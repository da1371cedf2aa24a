//! Where several tell of one call: another crate's span, an annotated function, a client that is instrumented.

use std::pin::pin;
use std::time::Duration;

use futures::future::{Either, select};
use insta::assert_snapshot;
use recount::client::ReqwestMiddleware;
use recount_clients::{Reply, ScriptedServer};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use serde_json::json;
use tokio::time::timeout;
use tracing::field::Empty;
use tracing::{Instrument, Span, info_span};

use crate::recorded::{Run, run};
use crate::script;

/// A span as `genai` and `rig` open them.
fn chat() -> Span {
    info_span!(
        "chat",
        gen_ai.operation.name = "chat",
        gen_ai.provider.name = "tea.house",
        gen_ai.request.model = "gpt-4o",
        gen_ai.usage.input_tokens = Empty,
    )
}

async fn send(client: &ClientWithMiddleware, url: &str) -> Result<String, String> {
    let body = json!({"model": "gpt-4o", "messages": [{"role": "user", "content": "Which tea?"}]});
    let response = client.post(url).body(body.to_string()).send().await.map_err(|error| error.to_string())?;
    let refused = response.status().is_client_error();
    let text = response.text().await.map_err(|error| error.to_string())?;
    if refused { Err("refused".to_owned()) } else { Ok(text) }
}

#[recount::llm_span(skip(client, url), skip_output)]
async fn annotated(client: &ClientWithMiddleware, url: &str, question: &str) -> Result<String, String> {
    assert_eq!(question, "Which tea?", "what the client sends");
    send(client, url).await
}

#[recount::llm_span(skip(client, url), skip_output)]
async fn around_theirs(client: &ClientWithMiddleware, url: &str) -> Result<String, String> {
    send(client, url).instrument(chat()).await
}

/// Runs `work` with an instrumented client and the URL of a server that gives these replies.
fn with<T>(replies: Vec<Reply>, work: impl AsyncFnOnce(&ClientWithMiddleware, &str) -> T) -> Run<T> {
    let server = ScriptedServer::start(replies);
    let url = server.url("/v1/chat/completions");
    let client = client();
    run(async { work(&client, &url).await })
}

fn client() -> ClientWithMiddleware {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    ClientBuilder::new(client).with(ReqwestMiddleware::new()).build()
}

#[test]
fn their_span_around_an_instrumented_client() {
    let run = with(vec![Reply::json(&script::words())], async |client, url| {
        send(client, url).instrument(chat()).await
    });
    run.value.as_ref().expect("an answer");
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o Which tea? → Green, please.  20 → 5 tokens"#);
    assert_eq!(run.attributes()["gen_ai.provider.name"], "tea.house", "they know whom they ask");
    run.assert_golden("meeting/theirs_and_the_client");
}

#[test]
fn an_error_that_only_the_client_saw() {
    let run = with(vec![script::refused()], async |client, url| send(client, url).instrument(chat()).await);
    assert!(run.value.is_err());
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o Which tea?  ✗ model_not_found: No such model: tea-1"#);
}

#[test]
fn an_attempt_in_vain_is_no_failure() {
    let replies = vec![script::refused(), Reply::json(&script::words())];
    let run = with(replies, async |client, url| {
        let again = async {
            let _ = send(client, url).await;
            send(client, url).await
        };
        again.instrument(chat()).await
    });
    run.value.as_ref().expect("an answer");
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o Which tea? → Green, please.  20 → 5 tokens"#);
}

#[test]
fn their_span_around_ours_around_an_instrumented_client() {
    let run = with(vec![Reply::json(&script::words())], async |client, url| {
        async { annotated(client, url, "Which tea?").await }.instrument(chat()).await
    });
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o Which tea? → Green, please.  20 → 5 tokens"#);
    run.assert_golden("meeting/theirs_ours_and_the_client");
}

#[test]
fn ours_around_their_span_around_an_instrumented_client() {
    let run = with(vec![Reply::json(&script::words())], async |client, url| around_theirs(client, url).await);
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o Which tea? → Green, please.  20 → 5 tokens"#);
    run.assert_golden("meeting/ours_theirs_and_the_client");
}

#[test]
fn what_nobody_waits_for_is_cancelled() {
    let (_tap, reply) = Reply::tapped("application/json");
    let server = ScriptedServer::start([reply]);
    let url = server.url("/v1/chat/completions");
    let client = client();
    let run = run(async {
        let call = pin!(async { annotated(&client, &url, "Which tea?").await }.instrument(chat()));
        let arrived = pin!(server.arrived(1));
        let first =
            timeout(Duration::from_secs(30), select(call, arrived)).await.expect("the request arrives");
        assert!(matches!(first, Either::Right(_)));
    });
    assert_snapshot!(run.tree, @r#"llm chat gpt-4o Which tea?  ✗ cancelled"#);
}
