//! Spans of other crates and ours in one tree, and one call that both tell of.

use std::collections::HashMap;

use insta::assert_snapshot;
use recount::export::InMemory;
use recount::wire::{Field, Outcome, SpanRecord};
use recount_tests::foreign::{answer, chat};
use recount_tests::{fact, facts, recorded, records, records_with};
use tracing::field::Empty;
use tracing::info_span;
use tracing::subscriber::with_default;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry;

#[test]
fn their_spans_and_ours_are_one_tree() {
    #[recount::workflow]
    fn outside() {
        let agent =
            info_span!("invoke_agent", gen_ai.operation.name = "invoke_agent", gen_ai.agent.name = "scout");
        agent.in_scope(|| {
            info_span!("plain", x = 1).in_scope(|| chat("m").in_scope(|| ()));
            let tool =
                info_span!("execute_tool", gen_ai.operation.name = "execute_tool", gen_ai.tool.name = Empty);
            tool.record("gen_ai.tool.name", "search");
            let _ = tool.in_scope(|| inside(3));
        });
    }
    #[recount::tool]
    fn inside(limit: u32) -> u32 {
        limit + 1
    }

    let ((), tree) = recorded(outside);
    assert_snapshot!(tree, @r#"
    workflow outside
    └─ agent scout
       ├─ llm chat m
       └─ tool search
          └─ tool inside {"limit":3} → 4
    "#);
    let ((), spans) = records(outside);
    let inner = spans.iter().find(|span| span.name == "inside").expect("it ended");
    assert_eq!(inner.identity.agent.as_deref(), Some("scout"), "they pass on who works");
    assert_eq!(inner.identity.workflow.as_deref(), Some("outside"));
    assert_eq!(inner.identity.path.as_deref(), Some("search"), "also a name that was told late");
}

#[test]
fn a_call_of_theirs_inside_of_ours_adds_to_it() {
    #[recount::llm_span(model = "said")]
    fn ask(question: &str) -> String {
        let span = chat("gpt-4o");
        span.in_scope(|| {
            recount::span::task("below").in_scope(|| ());
        });
        span.record("error.type", "429");
        answer(&span);
        format!("An answer to {question:?}")
    }
    let (_, spans) = records(|| ask("A question"));
    let [below, call] = &*spans else { panic!("{spans:#?}") };
    assert_eq!(below.parent, Some(call.span_id));
    assert_eq!(call.outcome, Outcome::Completed, "how it ended is ours to say");
    assert_eq!(fact(call, Field::RequestModel).as_deref(), Some("\"said\""), "ours counts");
    assert_eq!(fact(call, Field::ResponseModel).as_deref(), Some("\"gpt-4o-2024-08-06\""), "theirs fills in");
    assert_eq!(fact(call, Field::Provider).as_deref(), Some("\"openai\""));
    assert_eq!(fact(call, Field::Usage).as_deref(), Some(r#"{"input":10,"output":5}"#));
}

#[test]
fn a_call_of_ours_inside_of_theirs_adds_to_it() {
    #[recount::llm_span(provider = "mine")]
    fn complete(prompt: &str) -> Result<String, String> {
        recount::span::task("below").in_scope(|| ());
        recount::current().set_usage(recount::Usage::new(1, 2));
        if prompt.is_empty() { Err("no prompt".into()) } else { Ok("An answer".into()) }
    }
    let (_, spans) = records(|| chat("gpt-4o").in_scope(|| complete("A question")));
    let [below, call] = &*spans else { panic!("{spans:#?}") };
    assert_eq!((below.parent, below.trace_id), (Some(call.span_id), call.trace_id));
    assert_eq!(call.outcome, Outcome::Completed);
    assert_eq!(fact(call, Field::RequestModel).as_deref(), Some("\"gpt-4o\""));
    assert_eq!(fact(call, Field::Usage).as_deref(), Some(r#"{"input":1,"output":2}"#));
    assert_eq!(fact(call, Field::Output).as_deref(), Some("\"An answer\""));

    let ((), spans) = records(|| {
        chat("gpt-4o").in_scope(|| {
            let _ = complete("");
        });
    });
    let [_, call] = &*spans else { panic!("{spans:#?}") };
    assert_eq!(call.outcome, Outcome::Failed, "nobody else says so");
    assert!(facts(call).contains("no prompt"), "{}", facts(call));

    let (_, spans) = records(|| {
        chat("gpt-4o").in_scope(|| {
            let _ = complete("");
            complete("again")
        })
    });
    assert_eq!(spans.last().expect("the call").outcome, Outcome::Completed, "the last attempt counts");
}

#[test]
fn a_tool_is_recorded_once_where_the_names_are_the_same() {
    #[recount::tool]
    fn search(query: &str) -> usize {
        query.len()
    }
    let execute = |name: &'static str| {
        let span = info_span!(
            "execute_tool",
            gen_ai.operation.name = "execute_tool",
            gen_ai.tool.name = Empty,
            gen_ai.tool.call.id = "call_1",
            gen_ai.tool.call.arguments = r#"{"query":"tea"}"#,
            gen_ai.tool.call.result = Empty,
        );
        span.record("gen_ai.tool.name", name);
        span.in_scope(|| search("tea"));
        span.record("gen_ai.tool.call.result", "3");
    };
    let ((), tree) = recorded(|| execute("search"));
    assert_snapshot!(tree, @r#"tool search {"query":"tea"} → 3"#);
    let ((), tree) = recorded(|| execute("find"));
    assert_snapshot!(tree, @r#"
    tool find {"query":"tea"} → 3
    └─ tool search {"query":"tea"} → 3
    "#);
}

#[test]
fn a_call_inside_of_a_call_of_theirs_is_that_call() {
    let ((), spans) = records(|| {
        chat("outer").in_scope(|| {
            let inner = chat("inner");
            inner.in_scope(|| recount::span::task("below").in_scope(|| ()));
            answer(&inner);
        });
    });
    let [below, call] = &*spans else { panic!("{spans:#?}") };
    assert_eq!(below.parent, Some(call.span_id));
    assert_eq!(fact(call, Field::RequestModel).as_deref(), Some("\"outer\""));
    assert_eq!(fact(call, Field::Usage).as_deref(), Some(r#"{"input":10,"output":5}"#));
}

#[test]
fn a_stream_that_outlives_the_function_still_adds_to_it() {
    use futures::StreamExt;
    use futures::executor::block_on;
    use futures::stream::{self, Stream};

    /// The client's span lives as long as its stream, and so longer than ours.
    #[recount::llm_span]
    fn ask() -> impl Stream<Item = &'static str> {
        let span = chat("gpt-4o");
        stream::iter(["a", "b"]).chain(stream::poll_fn(move |_| {
            answer(&span);
            std::task::Poll::Ready(None)
        }))
    }
    let (items, spans) = records(|| block_on(ask().collect::<Vec<_>>()));
    assert_eq!(items, ["a", "b"]);
    let [call] = &*spans else { panic!("{spans:#?}") };
    assert_eq!(fact(call, Field::Usage).as_deref(), Some(r#"{"input":10,"output":5}"#));
}

/// A span of theirs that tells no more than whose models are used may stand for any number of calls.
#[test]
fn calls_below_a_span_that_names_no_model_stay_apart() {
    #[recount::llm_span(model = "m")]
    fn complete(tokens: u64) {
        recount::current().set_usage(recount::Usage::new(tokens, 1));
    }
    let turn = || info_span!("turn", gen_ai.system = "openai", note = "theirs");
    let ((), tree) = recorded(|| turn().in_scope(|| [100, 200, 300].into_iter().for_each(complete)));
    assert_snapshot!(tree, @r#"
    task turn
    ├─ llm chat m {"tokens":100}  100 → 1 tokens
    ├─ llm chat m {"tokens":200}  200 → 1 tokens
    └─ llm chat m {"tokens":300}  300 → 1 tokens
    "#);
    let ((), tree) =
        recorded(|| turn().in_scope(|| ["a", "b"].into_iter().for_each(|model| drop(chat(model)))));
    assert_snapshot!(tree, @r"
    task turn
    ├─ llm chat a
    └─ llm chat b
    ");

    let late = || {
        let span = info_span!("call", gen_ai.provider.name = "openai", gen_ai.operation.name = Empty);
        span.record("gen_ai.operation.name", "chat");
        span
    };
    let ((), spans) = records(|| late().in_scope(|| complete(100)));
    assert_eq!(spans.len(), 1, "an operation that asks a model is one call, also where it is told late");
}

/// What lost counts neither for what was said nor for how it ended.
#[test]
fn a_failure_after_a_success_fails_nothing() {
    #[recount::llm_span]
    fn attempt(answer: Result<&'static str, &'static str>) -> Result<&'static str, &'static str> {
        answer
    }
    let calls = |answers: &[Result<&'static str, &'static str>]| {
        let ((), spans) = records(|| {
            chat("m").in_scope(|| {
                for answer in answers {
                    let _ = attempt(*answer);
                }
            });
        });
        let [call] = &*spans else { panic!("{spans:#?}") };
        (call.outcome, fact(call, Field::Output), fact(call, Field::Fault).is_some())
    };
    let answer = Some("\"An answer\"".to_owned());
    assert_eq!(calls(&[Ok("An answer"), Err("too late")]), (Outcome::Completed, answer.clone(), false));
    assert_eq!(calls(&[Err("slow"), Ok("An answer")]), (Outcome::Completed, answer, false));
    assert_eq!(calls(&[Err("slow"), Err("slower")]), (Outcome::Failed, None, true));
}

/// A pipeline, and what it exports; its ids are random, as those of the other one.
struct Pipeline {
    recount: recount::Recount,
    exported: InMemory,
}

impl Pipeline {
    fn new(builder: recount::Builder) -> Self {
        let exported = InMemory::default();
        Self { recount: builder.exporter(exported.clone()).build().expect("a pipeline"), exported }
    }

    /// Each span with the name of the one above, in the order in which they ended. Nothing is lost or counted twice,
    /// and all spans are in one trace.
    fn spans(&self) -> Vec<String> {
        self.recount.flush().expect("all is exported");
        let spans = self.exported.records();
        let names: HashMap<_, _> = spans.iter().map(|span| (span.span_id, &*span.name)).collect();
        assert_eq!(names.len(), spans.len(), "each has an id of its own");
        assert!(spans.iter().all(|span| span.trace_id == spans[0].trace_id));
        let stats = self.recount.stats();
        assert_eq!((stats.opened, stats.delivered), (spans.len() as u64, spans.len() as u64));
        let above = |span: &SpanRecord| span.parent.map_or("nothing", |parent| names[&parent]);
        spans.iter().map(|span| format!("{} below {}", span.name, above(span))).collect()
    }
}

/// One pipeline records their span, the other one does not: both have the call, and what is below it.
#[test]
fn a_pipeline_without_their_span_has_ours() {
    #[recount::workflow]
    fn work() {
        chat("gpt-4o").in_scope(|| {
            complete();
            complete();
            beside();
        });
    }
    #[recount::llm_span(model = "m")]
    fn complete() -> &'static str {
        below();
        "An answer"
    }
    #[recount::tool]
    fn below() {}
    #[recount::tool]
    fn beside() {}

    let no_chat = || filter_fn(|metadata| metadata.name() != "chat");
    for case in ["left out, second", "left out, first", "filtered out"] {
        let with = Pipeline::new(recount::builder());
        let without = Pipeline::new(recount::builder().foreign_spans(case == "filtered out"));
        let (theirs, ours) = (with.recount.layer(), without.recount.layer());
        match case {
            "left out, second" => with_default(registry().with(theirs).with(ours), work),
            "left out, first" => with_default(registry().with(ours).with(theirs), work),
            _ => with_default(registry().with(theirs).with(ours.with_filter(no_chat())), work),
        }
        let below_theirs = [
            "below below chat",
            "below below chat",
            "beside below chat",
            "chat below work",
            "work below nothing",
        ];
        assert_eq!(with.spans(), below_theirs, "{case}");
        let below_ours = [
            "below below complete",
            "complete below work",
            "below below complete",
            "complete below work",
            "beside below work",
            "work below nothing",
        ];
        assert_eq!(without.spans(), below_ours, "{case}");
        let answers = |pipeline: &Pipeline| {
            let spans = pipeline.exported.records();
            spans.iter().filter(|span| fact(span, Field::Output).as_deref() == Some("\"An answer\"")).count()
        };
        assert_eq!((answers(&with), answers(&without)), (1, 2), "{case}");
    }
}

#[test]
fn they_can_be_left_out() {
    let ((), spans) = records_with(recount::builder().foreign_spans(false), || {
        chat("m").in_scope(|| recount::span::task("ours").in_scope(|| ()));
    });
    assert_eq!(spans.len(), 1);
    assert_eq!((&*spans[0].name, spans[0].parent), ("ours", None));
}
