//! Spans opened by hand: builders, guards, scopes, futures, explicit times and parents.

use std::time::{Duration, UNIX_EPOCH};

use recount::span;
use recount::testing::Recorder;
use recount::wire::{Field, Outcome, Timestamp};
use recount::{Message, Usage};

#[test]
fn a_guard_ends_its_span_when_dropped() {
    let recorder = Recorder::new();
    let _installed = recorder.install();
    let outer = span::workflow("job").input("go").start();
    assert!(recorder.spans().is_empty());
    {
        let _entered = outer.enter();
        drop(span::task("step").start());
    }
    drop(span::task("beside").start());
    drop(outer);
    let spans = recorder.spans();
    let names: Vec<_> = spans.iter().map(|span| &*span.name).collect();
    assert_eq!(names, ["step", "beside", "job"]);
    assert_eq!(spans[0].parent, Some(spans[2].span_id));
    assert_eq!(spans[1].parent, None);
}

#[test]
fn ending_by_hand_ends_once() {
    let recorder = Recorder::new();
    let _installed = recorder.install();
    span::tool("search").start().end();
    assert_eq!(recorder.spans().len(), 1);
    assert_eq!(recorder.stats().opened, 1);
}

#[test]
fn a_scope_is_the_parent_of_what_runs_in_it() {
    let recorder = Recorder::new();
    let _installed = recorder.install();
    let answer = span::agent("planner").in_scope(|| span::tool("add").in_scope(|| 1 + 1));
    assert_eq!(answer, 2);
    let spans = recorder.spans();
    assert_eq!(spans[0].parent, Some(spans[1].span_id));
    assert_eq!(spans[0].identity.agent.as_deref(), Some("planner"));
}

#[tokio::test]
async fn an_instrumented_future_is_inside_across_awaits() {
    let recorder = Recorder::new();
    let _installed = recorder.install();
    span::workflow("job")
        .instrument(async {
            tokio::task::yield_now().await;
            span::task("step").instrument(tokio::task::yield_now()).await;
        })
        .await;
    let spans = recorder.spans();
    assert_eq!(spans[0].parent, Some(spans[1].span_id));
}

#[tokio::test]
async fn an_instrumented_future_that_is_dropped_was_cancelled() {
    let recorder = Recorder::new();
    let _installed = recorder.install();
    let mut work = Box::pin(span::task("step").instrument(std::future::pending::<()>()));
    assert!(futures::poll!(work.as_mut()).is_pending());
    drop(work);
    drop(span::task("never polled").instrument(std::future::pending::<()>()));
    let spans = recorder.spans();
    assert_eq!(spans.len(), 1);
    assert_eq!(spans[0].outcome, Outcome::Cancelled);
}

#[test]
fn times_may_be_given_afterwards() {
    let recorder = Recorder::new();
    let _installed = recorder.install();
    let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
    span::tool("lookup").start_time(at(100)).end_time(at(160)).emit();
    span::tool("clock ran backwards").start_time(at(100)).end_time(at(40)).emit();
    span::tool("took no time").end_time(at(50)).emit();
    span::tool("ends later").start_time(at(100)).start().end_at(at(101));
    let spans = recorder.spans();
    assert_eq!(spans[0].start, Timestamp::from(at(100)));
    assert_eq!(spans[0].duration(), Duration::from_secs(60));
    assert_eq!(spans[1].duration(), Duration::ZERO);
    assert_eq!((spans[2].start, spans[2].end), (Timestamp::from(at(50)), Timestamp::from(at(50))));
    assert_eq!(spans[3].duration(), Duration::from_secs(1));
}

#[test]
fn a_parent_may_be_chosen_even_after_facts_were_set() {
    let recorder = Recorder::new();
    let _installed = recorder.install();
    let first = span::workflow("first").start();
    let second = span::workflow("second").start();
    let entered = second.enter();
    span::task("below the first").input("kept").parent(first.id()).emit();
    span::task("root").parent(None).emit();
    drop(entered);
    let spans = recorder.spans();
    assert_eq!(spans[0].parent, first.span_id());
    assert!(spans[0].tape.get(Field::Input).is_some_and(|input| input.as_str() == Some("kept")));
    assert_eq!(spans[1].parent, None);
    assert_ne!(Some(spans[1].trace_id), second.trace_id());
}

#[test]
fn a_model_call_is_recorded_whole() {
    let recorder = Recorder::new();
    let _installed = recorder.install();
    span::llm("gpt-5.2")
        .provider("openai")
        .parameter("temperature", 0.2)
        .input_messages(&[Message::user("hi")])
        .output_messages(&[Message::assistant("hello").finish_reason("stop")])
        .usage(Usage::new(3, 1))
        .response_model("gpt-5.2-2026-08-01")
        .emit();
    let spans = recorder.spans();
    let tape = spans[0].tape.entries();
    let lines: Vec<_> =
        tape.map(|entry| format!("{:?} {} {}", entry.field, entry.name, entry.value.to_json())).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    RequestModel  "gpt-5.2"
    Provider  "openai"
    Parameters temperature 0.2
    InputMessages  [{"role":"user","parts":[{"type":"text","content":"hi"}]}]
    OutputMessages  [{"role":"assistant","parts":[{"type":"text","content":"hello"}],"finish_reason":"stop"}]
    Usage  {"input":3,"output":1}
    ResponseModel  "gpt-5.2-2026-08-01"
    "#);
}

#[test]
fn identity_is_copied_to_the_spans_below() {
    let recorder = Recorder::new();
    let _installed = recorder.install();
    span::interaction("turn")
        .user("u1")
        .conversation("c1")
        .tags(&["beta"])
        .property("plan", "pro")
        .in_scope(|| span::tool("search").in_scope(|| span::task("rank").emit()));
    let spans = recorder.spans();
    let rank = &spans[0];
    assert_eq!(rank.identity.user.as_deref(), Some("u1"));
    assert_eq!(rank.identity.conversation.as_deref(), Some("c1"));
    assert_eq!(rank.identity.workflow.as_deref(), Some("turn"));
    assert_eq!(rank.identity.path.as_deref(), Some("search"));
    assert_eq!(rank.identity.tags.iter().map(|tag| &**tag).collect::<Vec<_>>(), ["beta"]);
    assert_eq!(rank.identity.properties.entries().count(), 1);
    assert_eq!(spans[2].identity.user.as_deref(), Some("u1"));
}

#[test]
fn a_panic_in_a_scope_is_recorded() {
    let recorder = Recorder::new();
    let _installed = recorder.install();
    let result = std::panic::catch_unwind(|| span::task("step").in_scope(|| panic!("on purpose")));
    assert!(result.is_err());
    assert_eq!(recorder.spans()[0].outcome, Outcome::Panicked);
}

#[test]
fn nothing_is_serialized_where_nobody_listens() {
    struct Trap;

    impl serde::Serialize for Trap {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            panic!("serialized for nobody");
        }
    }

    let span = span::tool("search").input(Trap).attribute("key", Trap).start();
    span.set_output(&Trap);
    span.set_attribute("key", Trap);
    span.add_event("moment", Trap);
    assert!(!span.is_recording());
}
