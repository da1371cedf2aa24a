//! Spans that other crates open, with the attributes of OpenTelemetry as fields.

use std::sync::{Arc, Barrier};
use std::thread;

use insta::assert_snapshot;
use recount::testing::Recorder;
use recount::wire::{Field, Kind, Outcome};
use recount_tests::foreign::{answer, chat};
use recount_tests::{exported, exported_with, fact, facts, recorded, records};
use serde_json::json;
use tracing::dispatcher::get_default;
use tracing::field::Empty;
use tracing::{Span, error, error_span, info_span, subscriber::with_default};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry;

#[test]
fn a_call_of_a_model_has_typed_attributes() {
    let spans = exported(|| {
        let span = chat("gpt-4o");
        span.record("gen_ai.request.temperature", 0.5);
        span.record("gen_ai.request.max_tokens", "256");
        span.record("gen_ai.request.stop_sequences", r#"["END","STOP"]"#);
        span.record("gen_ai.input.messages", r#"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#);
        let said =
            r#"[{"role":"assistant","parts":[{"type":"text","content":"Ho"}],"finish_reason":"end_turn"}]"#;
        span.record("gen_ai.output.messages", said);
        span.record("gen_ai.usage.cache_read.input_tokens", 4_i64);
        span.record("gen_ai.usage.reasoning_tokens", tracing::field::debug(Some(3)));
        span.record("gen_ai.test.retries", 2);
        answer(&span);
    });
    let attributes = &spans[0]["attributes"];
    assert_eq!(spans[0]["name"], "chat gpt-4o");
    assert_eq!(spans[0]["kind"], "CLIENT");
    assert_eq!(spans[0]["status"]["code"], "UNSET");
    for (key, value) in [
        ("gen_ai.operation.name", json!("chat")),
        ("gen_ai.provider.name", json!("openai")),
        ("gen_ai.request.model", json!("gpt-4o")),
        ("gen_ai.request.temperature", json!(0.5)),
        ("gen_ai.request.max_tokens", json!(256)),
        ("gen_ai.request.stop_sequences", json!(["END", "STOP"])),
        ("gen_ai.response.model", json!("gpt-4o-2024-08-06")),
        ("gen_ai.response.finish_reasons", json!(["tool_call"])),
        ("gen_ai.usage.input_tokens", json!(10)),
        ("gen_ai.usage.output_tokens", json!(5)),
        ("gen_ai.usage.cache_read.input_tokens", json!(4)),
        ("gen_ai.usage.reasoning.output_tokens", json!(3)),
        ("gen_ai.test.retries", json!(2)),
    ] {
        assert_eq!(attributes[key], value, "{key}");
    }
    let messages = |key: &str| -> serde_json::Value {
        serde_json::from_str(attributes[key].as_str().expect("a text")).expect("JSON")
    };
    assert_eq!(messages("gen_ai.input.messages")[0]["parts"][0]["content"], "Hi");
    assert_eq!(messages("gen_ai.output.messages")[0]["finish_reason"], "stop");
}

#[test]
fn errors_are_told_in_many_ways() {
    let outcome = |fail: &dyn Fn(&Span)| {
        let span = exported(|| {
            let span = chat("m");
            fail(&span);
        })[0]
            .clone();
        format!(
            "{} {} {}",
            span["status"]["code"], span["attributes"]["error.type"], span["status"]["message"]
        )
    };
    let said = [
        outcome(&|span| {
            span.record("otel.status_code", "error");
            span.record("error.type", "429");
        }),
        outcome(&|span| {
            span.record("otel.status_code", "ERROR");
            span.record("error.message", "slow down");
        }),
        outcome(&|span| {
            span.record("error.type", "timeout");
        }),
        outcome(&|span| span.in_scope(|| error!("it broke"))),
        outcome(&|span| {
            let error = std::io::Error::other("no such host");
            span.in_scope(|| error!(error = &error as &dyn std::error::Error, "it broke"));
        }),
        outcome(&|span| span.in_scope(|| info_span!("plain").in_scope(|| error!("deeper")))),
        outcome(&|span| span.in_scope(|| recount::span::task("ours").in_scope(|| error!("not theirs")))),
        outcome(&|span| {
            span.record("otel.status_code", "ok");
            span.record("error.type", tracing::field::debug(None::<String>));
        }),
        outcome(&|_| {
            let _ = info_span!("t", gen_ai.tool.name = "t", error = ?None::<String>);
        }),
    ];
    assert_snapshot!(said.join("\n"), @r#"
    "ERROR" "429" ""
    "ERROR" "_OTHER" "slow down"
    "ERROR" "timeout" ""
    "ERROR" "_OTHER" "it broke"
    "ERROR" "_OTHER" "no such host"
    "ERROR" "_OTHER" "deeper"
    "UNSET" null ""
    "UNSET" null ""
    "UNSET" null ""
    "#);
}

#[test]
fn without_content_only_facts_are_kept() {
    let secret = "hunter2";
    let work = || {
        let span = chat("gpt-4o");
        span.record("gen_ai.input.messages", secret);
        span.record("error.message", secret);
        span.record("error.type", "429");
        span.record("gen_ai.test.retries", secret);
        answer(&span);
        span.in_scope(|| error!(secret));
        drop(span);
        let _ = info_span!(
            "t",
            gen_ai.tool.name = "t",
            gen_ai.tool.call.arguments = secret,
            gen_ai.prompt.note = secret
        );
        let _ = info_span!("a", gen_ai.agent.name = "a", gen_ai.prompt = secret, gen_ai.completion = ?secret, note = %secret);
    };
    let spans = exported_with(recount::builder().capture_content(false), work);
    let text = spans.to_string();
    assert!(!text.contains(secret), "{text}");
    assert_eq!(spans.as_array().map(Vec::len), Some(3));
    assert_eq!(spans[0]["attributes"]["gen_ai.usage.input_tokens"], 10);
    assert_eq!(spans[0]["attributes"]["error.type"], "429");
    assert!(exported(work).to_string().contains(secret), "with content, it is there");
}

/// A name, a class or a parameter may be anything, too.
#[test]
fn what_is_no_word_is_no_fact_without_content() {
    let sentence = "Ada asked for hunter2";
    let work = || {
        let _ = info_span!(
            "chat",
            otel.name = "chat of a name that was chosen",
            gen_ai.operation.name = "chat",
            gen_ai.request.model = "m",
            gen_ai.request.user_prompt = sentence,
            gen_ai.request.attempts = 3,
            gen_ai.request.reasoning.level = sentence,
            gen_ai.response.finish_reasons = sentence,
            error.type = sentence,
        );
    };
    let spans = exported_with(recount::builder().capture_content(false), work);
    assert!(!spans.to_string().contains("hunter2"), "{spans}");
    assert_eq!(spans[0]["name"], "chat of a name that was chosen");
    assert_eq!(spans[0]["status"]["code"], "ERROR");
    assert_eq!(spans[0]["attributes"]["gen_ai.request.attempts"], 3);
    let spans = exported(work);
    assert_eq!(spans[0]["attributes"]["gen_ai.request.user_prompt"], sentence);
    assert_eq!(spans[0]["attributes"]["error.type"], sentence);
}

#[test]
fn other_spans_are_passed_over() {
    let ((), tree) = recorded(|| {
        let _plain = info_span!("http", http.method = "GET", agent_name = "x").entered();
        let _identity = info_span!("turn", gen_ai.conversation.id = "c1").entered();
        recount::span::task("ours").in_scope(|| ());
    });
    assert_eq!(tree, "task ours\n");
}

#[test]
fn what_only_names_a_model_is_no_call() {
    let spans = exported(|| {
        let _ = info_span!(
            "genai.agent",
            otel.name = "create_agent Greeter",
            otel.kind = "client",
            gen_ai.operation.name = "create_agent",
            gen_ai.agent.name = "Greeter",
            gen_ai.request.model = "gpt-4o",
            gen_ai.usage.input_tokens = 3,
        );
    });
    assert_eq!(spans[0]["name"], "create_agent Greeter");
    assert_eq!(spans[0]["kind"], "CLIENT");
    assert_eq!(spans[0]["attributes"]["gen_ai.operation.name"], "create_agent");
    assert_eq!(spans[0]["attributes"]["gen_ai.request.model"], "gpt-4o");
}

/// A turn of a crate that names the provider and nothing else.
#[test]
fn whose_models_are_used_is_no_call() {
    let spans = exported(|| {
        let _ = info_span!("turn", gen_ai.system = "openai", gen_ai.conversation.id = "c1", round = 2);
    });
    let attributes = &spans[0]["attributes"];
    assert_eq!((&spans[0]["name"], &spans[0]["kind"]), (&json!("turn"), &json!("INTERNAL")));
    assert_eq!(attributes["gen_ai.operation.name"], json!(null));
    assert_eq!(attributes["gen_ai.provider.name"], "openai");
    assert_eq!(attributes["gen_ai.conversation.id"], "c1");
    assert_eq!(attributes["round"], 2);
    assert_eq!(attributes["gen_ai.system"], json!(null));
}

#[test]
fn an_operation_that_is_told_late_decides() {
    let ((), spans) = records(|| {
        let span = info_span!(
            "call",
            gen_ai.operation.name = Empty,
            gen_ai.agent.name = "a",
            gen_ai.request.model = "m"
        );
        span.record("gen_ai.operation.name", "invoke_agent");
    });
    assert_eq!(spans[0].kind, Kind::Agent);
}

#[test]
fn a_span_may_be_closed_anywhere_and_never_entered() {
    let recorder = Recorder::new();
    with_default(registry().with(recorder.layer()), || {
        let span = chat("m");
        let child = info_span!(parent: &span, "t", gen_ai.tool.name = "child");
        drop(child);
        span.record("gen_ai.usage.input_tokens", 7);
        thread::spawn(move || drop(span)).join().expect("no panic");
    });
    let spans = recorder.spans();
    assert_eq!(spans.len(), 2);
    assert_eq!(spans[0].parent, Some(spans[1].span_id));
    assert_eq!(fact(&spans[1], Field::Usage).as_deref(), Some(r#"{"input":7}"#), "also after its child");
}

#[test]
fn a_span_that_is_never_closed_ends_with_its_subscriber() {
    let recorder = Recorder::new();
    with_default(registry().with(recorder.layer()), || {
        let span = chat("m");
        // A handle that nobody gives back.
        get_default(|dispatch| dispatch.clone_span(&span.id().expect("somebody listens")));
    });
    let spans = recorder.spans();
    assert_eq!(spans.iter().map(|span| span.outcome).collect::<Vec<_>>(), [Outcome::Cancelled]);
    assert_eq!(recorder.stats().opened, 1);
}

#[test]
fn filters_and_pipelines_count() {
    let (all, some) = (Recorder::new(), Recorder::new());
    let filter = Targets::new().with_default(LevelFilter::ERROR);
    with_default(registry().with(all.layer()).with(some.layer().with_filter(filter)), || {
        chat("seen by one").in_scope(|| {
            let _ = error_span!("t", gen_ai.tool.name = "seen by both");
        });
    });
    assert_eq!(all.spans().len(), 2);
    assert_eq!(some.spans().len(), 1);

    let (first, second) = (Recorder::with(recount::builder().capture_content(false)), Recorder::new());
    with_default(registry().with(first.layer()).with(second.layer()), || {
        let span = info_span!("t", gen_ai.tool.name = "t", gen_ai.tool.call.arguments = "hunter2");
        span.in_scope(|| error!("broken"));
    });
    assert_eq!(first.spans()[0].span_id, second.spans()[0].span_id);
    assert!(!facts(&first.spans()[0]).contains("hunter2"));
    assert!(facts(&second.spans()[0]).contains("hunter2"), "{}", facts(&second.spans()[0]));
    assert_eq!(second.stats().opened, 1);
    assert_eq!(second.stats().delivered, 1);
}

#[test]
fn many_threads_record_on_one_span() {
    let recorder = Recorder::new();
    with_default(registry().with(recorder.layer()), || {
        let span = chat("m");
        let start = Arc::new(Barrier::new(4));
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let (span, start) = (span.clone(), Arc::clone(&start));
                thread::spawn(move || {
                    start.wait();
                    for round in 0..2_000_u64 {
                        span.record("gen_ai.usage.output_tokens", round);
                        span.record("gen_ai.output.messages", "x".repeat(1000));
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().expect("no panic");
        }
    });
    let spans = recorder.spans();
    assert_eq!(fact(&spans[0], Field::Usage).as_deref(), Some(r#"{"output":1999}"#));
    assert!(spans[0].tape.len() < 8 << 20, "what is recorded again and again is one fact");
}

/// The `Debug` of a field logs, into the very span that it is a field of.
#[test]
fn a_field_that_logs_does_not_hang() {
    struct Chatty;
    impl std::fmt::Debug for Chatty {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            error!("while it is formatted");
            Span::current().record("gen_ai.response.id", "r1");
            f.write_str("chatty")
        }
    }
    let ((), spans) = records(|| {
        let span = chat("m");
        span.in_scope(|| span.record("gen_ai.response.model", tracing::field::debug(Chatty)));
    });
    assert_eq!(fact(&spans[0], Field::ResponseModel).as_deref(), Some("\"chatty\""));
    assert_eq!(spans[0].outcome, Outcome::Failed);
}

#[test]
fn whatever_the_fields_say_types_are_right_or_nothing_is_said() {
    const KEYS: [&str; 13] = [
        "gen_ai.request.temperature",
        "gen_ai.request.max_tokens",
        "gen_ai.request.stop_sequences",
        "gen_ai.response.model",
        "gen_ai.response.finish_reasons",
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.output_tokens",
        "gen_ai.usage.cache_read.input_tokens",
        "gen_ai.input.messages",
        "gen_ai.output.messages",
        "gen_ai.test.retries",
        "otel.status_code",
        "error.type",
    ];
    let deep = "[".repeat(10_000);
    let texts = [
        "",
        " ",
        "[",
        "{",
        "[]",
        "{}",
        "null",
        "None",
        "Some(",
        "Some()",
        "Some(\"7\")",
        "\"7\"",
        "7",
        "-7",
        "1e400",
        "[1,null,{\"a\":[]}]",
        "[{\"role\":7,\"parts\":{\"type\":null}}]",
        "[\"a\", b, Stop]",
        "\u{0}é…",
        &deep,
    ];
    let spans = exported(|| {
        for key in KEYS {
            for text in texts {
                chat("m").record(key, text);
                chat("m").record(key, tracing::field::debug(text));
            }
            chat("m").record(key, u64::MAX);
            chat("m").record(key, i128::MIN);
            chat("m").record(key, f64::NAN);
            chat("m").record(key, true);
        }
    });
    let spans = spans.as_array().expect("spans");
    assert_eq!(spans.len(), KEYS.len() * (2 * texts.len() + 4), "none is lost");
    for span in spans {
        for (key, value) in span["attributes"].as_object().expect("attributes") {
            let fits = match key.as_str() {
                "gen_ai.request.temperature" => value.is_f64(),
                "gen_ai.request.max_tokens" => value.is_i64(),
                key if key.starts_with("gen_ai.usage.") => value.as_i64().is_some_and(|count| count >= 0),
                "gen_ai.request.stop_sequences" | "gen_ai.response.finish_reasons" => {
                    value.as_array().is_some_and(|list| list.iter().all(serde_json::Value::is_string))
                }
                "gen_ai.input.messages" | "gen_ai.output.messages" => {
                    let text = value.as_str().expect("a text");
                    serde_json::from_str::<Vec<serde_json::Value>>(text).is_ok()
                }
                _ => true,
            };
            assert!(fits, "{key} is {value}");
        }
    }
}

#[test]
fn what_people_wrote_is_as_they_wrote_it() {
    let spans = exported(|| {
        for result in ["None", "\"quoted\"", "Some(thing)"] {
            let _ = info_span!("t", gen_ai.tool.name = "t", gen_ai.tool.call.result = result);
        }
    });
    let results: Vec<_> = spans
        .as_array()
        .expect("spans")
        .iter()
        .map(|span| &span["attributes"]["gen_ai.tool.call.result"])
        .collect();
    assert_eq!(
        results,
        [r#"{"result":"None"}"#, r#"{"result":"\"quoted\""}"#, r#"{"result":"Some(thing)"}"#]
    );
}

#[test]
fn what_was_evaluated_is_a_step() {
    let spans = exported(|| {
        let _ = info_span!(
            "genai.evaluation.result",
            otel.name = "gen_ai.evaluation.result",
            gen_ai.evaluation.name = "Relevance",
            gen_ai.evaluation.score.value = 4.0,
            gen_ai.response.id = "chatcmpl-1",
        );
    });
    assert_eq!(spans[0]["name"], "gen_ai.evaluation.result");
    assert_eq!(spans[0]["attributes"]["gen_ai.evaluation.score.value"], 4.0);
    assert_eq!(spans[0]["attributes"]["gen_ai.response.id"], "chatcmpl-1");
}

#[test]
fn long_messages_stay_json() {
    let long = "word ".repeat(60_000);
    let messages = json!([{"role": "user", "parts": [{"type": "text", "content": long}]}]).to_string();
    let spans = exported(|| {
        let span = chat("m");
        span.record("gen_ai.input.messages", &*messages);
    });
    let kept = spans[0]["attributes"]["gen_ai.input.messages"].as_str().expect("a text");
    let kept: serde_json::Value = serde_json::from_str(kept).expect("JSON");
    assert_eq!(kept[0]["role"], "user");
    assert!(kept[0]["parts"][0]["content"].as_str().expect("a text").contains('…'));
}
