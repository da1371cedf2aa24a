//! One model call is one span, whoever sees it.

use futures::{Stream, StreamExt};
use insta::assert_snapshot;
use recount::client::Endpoints;
use recount::testing::Recorder;
use recount::wire::Field;
use recount_clients::{Reply, ScriptedServer};
use recount_tests::{assert_golden, fact};
use reqwest_middleware::{ClientWithMiddleware, Result};
use serde_json::Value;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;

use crate::bodies::{answer, chunks, events, question, refusal, streamed_question};
use crate::scene::{CHAT, Scene, client};

async fn send(client: &ClientWithMiddleware, url: &str) -> Result<reqwest::Response> {
    client.post(url).body(question().to_string()).send().await
}

async fn text(client: &ClientWithMiddleware, url: &str) -> Result<String> {
    Ok(send(client, url).await?.text().await?)
}

/// Says nothing that could be read.
#[recount::llm_span(skip_all, skip_output)]
async fn mute(client: &ClientWithMiddleware, url: &str) -> Result<String> {
    text(client, url).await
}

/// Says it all.
#[recount::llm_span(provider = "groq", model = "said-by-hand", skip(client, url))]
async fn talkative(client: &ClientWithMiddleware, url: &str, request: &Value) -> Result<Value> {
    recount::current().set_parameter("seed", 7);
    let response = client.post(url).body(request.to_string()).send().await?;
    Ok(response.json().await?)
}

#[tokio::test]
async fn the_middleware_fills_in_what_an_annotated_function_does_not_say() {
    let scene = Scene::new([Reply::json(&answer("21 degrees."))]);
    mute(&scene.client, &scene.server.url(CHAT)).await.expect("an answer");
    assert_golden("clients/instrumented/reqwest_inside_a_mute_function", &scene.exported());
}

#[tokio::test]
async fn what_the_annotated_function_says_counts_before() {
    let scene = Scene::new([Reply::json(&answer("21 degrees."))]);
    talkative(&scene.client, &scene.server.url(CHAT), &question()).await.expect("an answer");
    assert_golden("clients/instrumented/reqwest_inside_a_talkative_function", &scene.exported());
}

#[tokio::test]
async fn a_manual_span_counts_as_a_call() {
    let scene = Scene::new([Reply::json(&answer("21 degrees."))]);
    let call = recount::span::llm("gpt-5.2")
        .instrument(async { text(&scene.client, &scene.server.url(CHAT)).await });
    call.await.expect("an answer");
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens");
}

#[tokio::test]
async fn a_stream_inside_an_annotated_function_has_its_times_there() {
    let scene = Scene::new([Reply::events(events(&chunks(&["21 ", "degrees."])))]);
    mute(&scene.client, &scene.server.url(CHAT)).await.expect("an answer");
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens");
    let spans = scene.spans();
    assert!(fact(&spans[0], Field::FirstItem).is_some());
    assert_eq!(fact(&spans[0], Field::ItemCount).as_deref(), Some("5"));
}

/// Hands out the response before its body is read.
#[recount::llm_span(skip_all, skip_output)]
async fn open(client: &ClientWithMiddleware, url: &str) -> Result<reqwest::Response> {
    send(client, url).await
}

#[tokio::test]
async fn a_function_that_returns_the_response_has_a_span_until_that_is_read() {
    let (tap, reply) = Reply::tapped("application/json");
    let scene = Scene::new([reply]);
    let response = open(&scene.client, &scene.server.url(CHAT)).await.expect("a head");
    assert_eq!(scene.tree(), "");
    tap.send(answer("21 degrees.").to_string());
    drop(tap);
    response.text().await.expect("a body");
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens");
}

#[tokio::test]
async fn a_function_that_returns_the_response_has_a_span_until_that_is_dropped() {
    let (_tap, reply) = Reply::tapped("application/json");
    let scene = Scene::new([reply]);
    let response = open(&scene.client, &scene.server.url(CHAT)).await.expect("a head");
    assert_eq!(scene.tree(), "");
    drop(response);
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm is it in Paris?");
}

/// Asks twice, leaves both responses to somebody else, and fails.
#[recount::llm_span(skip_all)]
async fn give_up(
    client: &ClientWithMiddleware,
    url: &str,
    unread: &mut Vec<reqwest::Response>,
) -> std::result::Result<(), std::fmt::Error> {
    for _ in 0..2 {
        unread.push(send(client, url).await.expect("a head"));
    }
    Err(std::fmt::Error)
}

#[tokio::test]
async fn a_function_that_fails_does_not_wait_for_responses_and_may_be_outlived_by_them() {
    let scene = Scene::new([Reply::json(&answer("Twenty.")), Reply::json(&answer("21 degrees."))]);
    let mut unread = Vec::new();
    give_up(&scene.client, &scene.server.url(CHAT), &mut unread).await.expect_err("a failure");
    let over = scene.tree();
    for response in unread {
        response.text().await.expect("a body");
    }
    assert_eq!(scene.tree(), over);
    assert_snapshot!(over, @"llm give_up  ✗ Error: an error occurred when formatting an argument");
}

#[recount::llm_span(skip_all, skip_output)]
async fn again_and_again(client: &ClientWithMiddleware, url: &str) -> Result<String> {
    loop {
        let response = send(client, url).await?;
        if response.status().is_success() {
            return Ok(response.text().await?);
        }
        response.text().await?;
    }
}

#[tokio::test]
async fn of_several_attempts_inside_a_function_the_one_that_was_answered_counts() {
    let replies = [
        Reply::json(&refusal()).status(429),
        Reply::bytes("text/html", "<h1>oh</h1>").status(502),
        Reply::json(&answer("21 degrees.")),
    ];
    let scene = Scene::new(replies);
    again_and_again(&scene.client, &scene.server.url(CHAT)).await.expect("an answer");
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens");
}

#[recount::llm_span(skip_all, skip_output)]
async fn twice(client: &ClientWithMiddleware, url: &str) -> Result<String> {
    text(client, url).await?;
    text(client, url).await
}

#[tokio::test]
async fn of_two_calls_in_one_function_the_last_one_counts() {
    let scene = Scene::new([Reply::json(&answer("Twenty.")), Reply::json(&answer("21 degrees."))]);
    twice(&scene.client, &scene.server.url(CHAT)).await.expect("an answer");
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens");
}

#[recount::llm_span(skip_all, skip_output)]
async fn race(client: &ClientWithMiddleware, slow: &str, fast: &str) -> Result<String> {
    tokio::select! {
        biased;
        answer = text(client, slow) => answer,
        answer = text(client, fast) => answer,
    }
}

#[tokio::test]
async fn the_loser_of_a_race_does_not_replace_the_winner() {
    let (_tap, never) = Reply::tapped("application/json");
    let slow = Scene::new([never]);
    let scene = Scene::new([Reply::json(&answer("21 degrees."))]);
    race(&scene.client, &slow.server.url(CHAT), &scene.server.url(CHAT)).await.expect("an answer");
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens");
}

#[recount::workflow(skip_all, skip_output)]
async fn plan(client: &ClientWithMiddleware, url: &str) -> Result<()> {
    let plain = tracing::info_span!("a span of the program's own");
    tracing::Instrument::instrument(text(client, url), plain).await?;
    check(client, url).await
}

#[recount::task(skip_all, skip_output)]
async fn check(client: &ClientWithMiddleware, url: &str) -> Result<()> {
    text(client, url).await.map(drop)
}

#[tokio::test]
async fn calls_inside_of_other_work_have_spans_below_it() {
    let scene = Scene::new([Reply::json(&answer("Twenty.")), Reply::json(&answer("21 degrees."))]);
    plan(&scene.client, &scene.server.url(CHAT)).await.expect("answers");
    assert_snapshot!(scene.tree(), @"
    workflow plan
    ├─ llm chat gpt-5.2 How warm is it in Paris? → Twenty.  14 → 3 tokens
    └─ task check
       └─ llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens
    ");
}

#[tokio::test]
async fn a_function_that_swallows_a_refusal_has_failed() {
    #[recount::llm_span(skip_all, skip_output)]
    async fn ask(client: &ClientWithMiddleware, url: &str) -> String {
        text(client, url).await.unwrap_or_default()
    }
    let scene = Scene::new([Reply::json(&refusal()).status(429), Reply::json(&answer("21")).cut()]);
    ask(&scene.client, &scene.server.url(CHAT)).await;
    ask(&scene.client, &scene.server.url(CHAT)).await;
    assert_snapshot!(scene.tree(), @"
    llm chat gpt-5.2 How warm is it in Paris?  ✗ rate_limit_exceeded: Slow down.
    llm chat gpt-5.2 How warm is it in Paris? → 21  14 → 3 tokens  ✗ body: request or response body error
    ");
}

/// Hands out the response, which says its URL in its `Debug` text.
#[recount::llm_span(skip_all)]
async fn hand_out(client: &ClientWithMiddleware, url: &str) -> Result<reqwest::Response> {
    send(client, url).await
}

#[tokio::test]
async fn a_response_that_is_handed_out_does_not_tell_its_url() {
    let unknown = || Reply::json(&serde_json::json!({"said": "21 degrees."}));
    let scene = Scene::new([Reply::json(&answer("21 degrees.")), unknown(), unknown()]);
    let url = format!("{}?key=sk-secret", scene.server.url(CHAT));
    hand_out(&scene.client, &url).await.expect("a head").text().await.expect("a body");
    hand_out(&scene.client, &url).await.expect("a head").text().await.expect("a body");
    drop(hand_out(&scene.client, &url).await.expect("a head"));
    assert_snapshot!(scene.tree(), @r#"
    llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens
    llm chat gpt-5.2 How warm is it in Paris? → "{\"said\":\"21 degrees.\"}"
    llm chat gpt-5.2 How warm is it in Paris?
    "#);
    assert!(!scene.text().contains("sk-secret"), "{}", scene.text());
}

/// Says nothing that could be read, to nobody.
#[recount::llm_span(skip_all, skip_output, level = "debug")]
async fn unheard(client: &ClientWithMiddleware, url: &str) -> Result<String> {
    text(client, url).await
}

#[test]
fn what_is_seen_in_a_function_that_is_filtered_out_belongs_to_the_call_around_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let server =
        ScriptedServer::start([Reply::json(&answer("Twenty.")), Reply::json(&answer("21 degrees."))]);
    let (client, url) = (client(Endpoints::new()), server.url(CHAT));
    let recorder = Recorder::new();
    let filtered = recorder.layer().with_filter(LevelFilter::INFO);
    tracing::subscriber::with_default(tracing_subscriber::registry().with(filtered), || {
        runtime.block_on(async {
            let theirs = tracing::info_span!("chat", gen_ai.operation.name = "chat");
            tracing::Instrument::instrument(async { unheard(&client, &url).await }, theirs)
                .await
                .expect("an answer");
            let ours = recount::span::llm("gpt-5.2");
            ours.instrument(async { unheard(&client, &url).await }).await.expect("an answer");
        });
    });
    assert_snapshot!(recorder.tree(), @"
    llm chat gpt-5.2 How warm is it in Paris? → Twenty.  14 → 3 tokens
    llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens
    ");
}

#[tokio::test]
async fn a_span_of_another_crate_counts_as_a_call() {
    let scene = Scene::new([Reply::json(&answer("21 degrees."))]);
    let theirs = tracing::info_span!(
        "chat",
        gen_ai.operation.name = "chat",
        gen_ai.provider.name = "groq",
        gen_ai.request.model = "their-model"
    );
    tracing::Instrument::instrument(text(&scene.client, &scene.server.url(CHAT)), theirs)
        .await
        .expect("an answer");
    assert_snapshot!(scene.tree(), @"llm chat their-model How warm is it in Paris? → 21 degrees.  14 → 3 tokens");
    assert_eq!(scene.exported()[0]["attributes"]["gen_ai.provider.name"], "groq");
}

/// Hands out the bytes as they come.
#[recount::llm_span(skip_all)]
async fn pass(client: &ClientWithMiddleware, url: &str) -> Result<impl Stream<Item = Vec<u8>> + use<>> {
    let bytes = send(client, url).await?.bytes_stream();
    Ok(bytes.map(|piece| piece.map(|piece| piece.to_vec()).unwrap_or_default()))
}

#[tokio::test]
async fn a_function_that_returns_the_body_as_a_stream_has_one_span_for_both() {
    let reply = || Reply::events(events(&chunks(&["21 ", "degrees."])));
    let scene = Scene::new([reply(), reply()]);
    let url = scene.server.url(CHAT);
    let all: Vec<_> = pass(&scene.client, &url).await.expect("a stream").collect().await;
    assert!(all.concat().ends_with(b"[DONE]\n\n"));
    let mut begun = Box::pin(pass(&scene.client, &url).await.expect("a stream"));
    begun.next().await.expect("a piece");
    drop(begun);
    assert_snapshot!(scene.tree(), @"
    llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens
    llm chat gpt-5.2 How warm is it in Paris?  ✗ cancelled
    ");
}

#[tokio::test]
async fn a_function_that_panics_with_an_answer_in_its_hands_has_a_span_that_says_so() {
    #[recount::llm_span(skip_all)]
    async fn ask(client: &ClientWithMiddleware, url: &str) {
        let _unread = send(client, url).await.expect("a head");
        panic!("not like this");
    }
    let scene = Scene::new([Reply::json(&answer("21 degrees."))]);
    let (client, url) = (scene.client.clone(), scene.server.url(CHAT));
    tokio::spawn(async move { ask(&client, &url).await }).await.expect_err("a panic");
    assert_snapshot!(scene.tree(), @"llm chat gpt-5.2 How warm is it in Paris?  ✗ panic: not like this");
}

#[tokio::test]
async fn a_call_that_is_over_gets_no_more() {
    let scene = Scene::new([Reply::events(events(&chunks(&["21 degrees."])))]);
    let call = recount::span::llm("gpt-5.2").start();
    let id = call.id();
    let span = {
        let _entered = call.enter();
        tracing::Span::current()
    };
    call.end();
    assert!(id.is_some());
    let request = scene.post(CHAT, &streamed_question());
    let asked = tracing::Instrument::instrument(
        async { request.send().await?.text().await.map_err(Into::into) },
        span,
    );
    let _: Result<String> = asked.await;
    assert_snapshot!(scene.tree(), @"
    llm chat gpt-5.2
    └─ llm chat gpt-5.2 How warm is it in Paris? → 21 degrees.  14 → 3 tokens
    ");
}
