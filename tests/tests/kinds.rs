//! The arguments of one attribute each, and what a span gets from its kind.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unused_async,
    reason = "arguments are passed to be captured"
)]

use futures::executor::block_on;
use recount::wire::{Kind, SpanRecord};
use recount::{Message, Usage};
use recount_tests::{facts, records};
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
struct Request {
    model: String,
    temperature: f32,
    messages: Vec<&'static str>,
    system: Option<String>,
}

fn request() -> Request {
    Request {
        model: "gpt-5.2".into(),
        temperature: 0.5,
        messages: vec!["hello"],
        system: Some("be brief".into()),
    }
}

fn told(spans: &[SpanRecord]) -> String {
    let line =
        |span: &SpanRecord| format!("[{} {}]\n{}", span.kind, span.name, facts(span)).trim_end().to_owned();
    spans.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Each attribute without any argument.
#[test]
fn every_kind() {
    use Kind::{Agent, Interaction, Llm, Retrieval, Task, Tool, Workflow};

    #[recount::llm_span]
    fn llm() {}
    #[recount::tool]
    fn tool() {}
    #[recount::agent]
    fn agent() {}
    #[recount::workflow]
    fn workflow() {}
    #[recount::task]
    fn task() {}
    #[recount::retrieval]
    fn retrieval() {}
    #[recount::interaction]
    fn interaction() {}
    #[recount::tool()]
    fn with_empty_parentheses() {}

    let ((), spans) = records(|| {
        llm();
        tool();
        agent();
        workflow();
        task();
        retrieval();
        interaction();
        with_empty_parentheses();
    });
    let kinds: Vec<_> = spans.iter().map(|span| span.kind).collect();
    assert_eq!(kinds, [Llm, Tool, Agent, Workflow, Task, Retrieval, Interaction, Tool]);
}

/// Model calls: everything that can be said by expressions about the arguments.
#[test]
fn llm_span() {
    #[recount::llm_span(
        provider = "openai",
        model = &request.model,
        operation = "text_completion",
        input_messages = [Message::user(request.messages[0])],
        system = request.system.as_deref(),
        tools = [serde_json::json!({"name": "search", "type": "function"})],
        parameters(temperature = request.temperature, max_tokens = limit, stop_sequences = ["."]),
        skip_all
    )]
    async fn explicit(request: Request, limit: u32) -> Result<String, String> {
        recount::current().set_response_model("gpt-5.2-2026");
        recount::current().set_usage(Usage::new(10, 2).cache_read(4));
        recount::current().set_finish_reasons(&["stop"]);
        recount::current().set_output_messages(&[Message::assistant("hi").finish_reason("stop")]);
        Ok(request.messages.join(" ").repeat(limit as usize))
    }

    #[recount::llm_span(provider = provider.to_lowercase(), model = request.model, input = request.messages)]
    fn by_value(request: &Request, provider: &str) -> usize {
        request.messages.len() + provider.len()
    }

    let ((), spans) = records(|| {
        assert!(block_on(explicit(request(), 1)).is_ok());
        by_value(&request(), "OpenAI");
    });
    insta::assert_snapshot!(told(&spans), @r#"
    [llm explicit]
    Provider = "openai"
    RequestModel = "gpt-5.2"
    Operation = "text_completion"
    InputMessages = [{"role":"user","parts":[{"type":"text","content":"hello"}]}]
    SystemInstructions = "be brief"
    ToolDefinitions = [{"name":"search","type":"function"}]
    Parameters temperature = 0.5
    Parameters max_tokens = 1
    Parameters stop_sequences = ["."]
    Output = "hello"
    ResponseModel = "gpt-5.2-2026"
    Usage = {"input":10,"output":2,"cache_read":4}
    FinishReasons = ["stop"]
    OutputMessages = [{"role":"assistant","parts":[{"type":"text","content":"hi"}],"finish_reason":"stop"}]
    [llm by_value]
    Argument request = {"model":"gpt-5.2","temperature":0.5,"messages":["hello"],"system":"be brief"}
    Argument provider = "OpenAI"
    Provider = "openai"
    RequestModel = "gpt-5.2"
    Input = ["hello"]
    Output = 7
    "#);
}

/// Tools, agents, workflows and tasks.
#[test]
fn tools_agents_workflows_and_tasks() {
    const ABOUT: &str = "adds numbers";

    #[recount::tool(name = "add", description = ABOUT, call_id = call.0)]
    fn tool(call: (&str, u8)) -> u8 {
        call.1 + 1
    }
    #[recount::agent(description = "helps", id = format!("agent-{number}"), version = "1.2")]
    async fn agent(number: u8) -> u8 {
        number
    }
    #[recount::workflow(version = 3)]
    fn workflow() {}
    #[recount::task(version = version)]
    fn task(version: u8) {
        let _ = version;
    }

    let ((), spans) = records(|| {
        tool(("call_1", 1));
        block_on(agent(7));
        workflow();
        task(2);
    });
    insta::assert_snapshot!(told(&spans), @r#"
    [tool add]
    Argument call = ["call_1",1]
    Description = "adds numbers"
    CallId = "call_1"
    Output = 2
    [agent agent]
    Argument number = 7
    Description = "helps"
    Id = "agent-7"
    Version = "1.2"
    Output = 7
    [workflow workflow]
    Version = 3
    Output = null
    [task task]
    Version = 2
    Output = null
    "#);
}

/// Look-ups: the question is told, or found by the name of the argument.
#[test]
fn retrieval() {
    #[derive(Serialize)]
    struct Hit {
        id: u8,
        score: f32,
        content: &'static str,
    }

    #[recount::retrieval(data_source = "notes", query = text.trim(), top_k = limit)]
    async fn told_by_attribute(text: &str, limit: usize) -> Vec<Hit> {
        vec![Hit { id: 1, score: 0.5, content: "a" }; 1].into_iter().take(limit + text.len()).collect()
    }
    #[recount::retrieval]
    fn named_query(query: String) -> usize {
        query.len()
    }
    #[recount::retrieval]
    fn named_question(other: u8, question: &str) -> usize {
        question.len() + usize::from(other)
    }

    impl Clone for Hit {
        fn clone(&self) -> Self {
            Self { ..*self }
        }
    }

    let ((), spans) = records(|| {
        block_on(told_by_attribute(" q ", 1));
        named_query("q".into());
        named_question(1, "q");
    });
    insta::assert_snapshot!(told(&spans), @r#"
    [retrieval told_by_attribute]
    Argument text = " q "
    DataSource = "notes"
    Query = "q"
    TopK = 1
    Output = [{"id":1,"score":0.5,"content":"a"}]
    [retrieval named_query]
    Argument query = "q"
    Output = 1
    [retrieval named_question]
    Argument other = 1
    Argument question = "q"
    Output = 2
    "#);
}

struct User {
    id: u32,
}

#[recount::tool]
async fn leaf(value: u8) -> u8 {
    value
}

#[recount::workflow]
async fn answer(question: &str) -> usize {
    tokio::task::yield_now().await;
    leaf(1).await;
    question.len()
}

/// Whose turn it is reaches every span below, across `.await`, tasks and further interactions.
#[test]
fn interaction() {
    #[recount::interaction(
        user = user.id,
        conversation = thread,
        event = "turn-1",
        tags = ["beta", user.id.to_string().as_str()],
        properties(plan = "pro", seats = user.id, "quoted key" = thread.len())
    )]
    async fn turn(user: &User, thread: &str, message: String) -> usize {
        let spawned = tokio::spawn(leaf(2));
        let length = answer(&message).await;
        follow_up(&message);
        length + spawned.await.map_or(0, usize::from)
    }

    #[recount::interaction(conversation = "another", tags = ["below"])]
    fn follow_up(message: &str) -> usize {
        block_on(leaf(3));
        message.len()
    }

    let ((), spans) = records(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(turn(&User { id: 7 }, "thread", "hello".into()));
        runtime.block_on(leaf(4));
    });
    let told: Vec<_> = spans
        .iter()
        .map(|span| {
            let identity = &span.identity;
            let text = |value: &Option<std::sync::Arc<str>>| value.as_deref().unwrap_or("-").to_owned();
            let properties: Vec<_> = identity
                .properties
                .entries()
                .map(|entry| format!("{}={}", entry.name, entry.value.to_json()))
                .collect();
            format!(
                "{} {}: workflow {}, path {}, user {}, conversation {}, event {}, tags {:?}, {}",
                span.kind,
                span.name,
                text(&identity.workflow),
                text(&identity.path),
                text(&identity.user),
                text(&identity.conversation),
                text(&identity.event),
                identity.tags,
                properties.join(" ")
            )
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    tool leaf: workflow turn, path -, user 7, conversation thread, event turn-1, tags ["beta", "7"], plan="pro" seats=7 quoted key=6
    tool leaf: workflow answer, path -, user 7, conversation thread, event turn-1, tags ["beta", "7"], plan="pro" seats=7 quoted key=6
    workflow answer: workflow answer, path -, user 7, conversation thread, event turn-1, tags ["beta", "7"], plan="pro" seats=7 quoted key=6
    tool leaf: workflow follow_up, path -, user 7, conversation another, event turn-1, tags ["beta", "7", "below"], plan="pro" seats=7 quoted key=6
    interaction follow_up: workflow follow_up, path -, user 7, conversation another, event turn-1, tags ["beta", "7", "below"], plan="pro" seats=7 quoted key=6
    interaction turn: workflow turn, path -, user 7, conversation thread, event turn-1, tags ["beta", "7"], plan="pro" seats=7 quoted key=6
    tool leaf: workflow -, path -, user -, conversation -, event -, tags [],
    "#);
}

/// An interaction of which nothing is known is one all the same.
#[test]
fn interaction_of_nobody() {
    #[recount::interaction(user = user, conversation = None::<&str>)]
    fn turn(user: Option<&str>) {
        block_on(leaf(1));
        let _ = user;
    }

    let ((), spans) = records(|| turn(None));
    assert_eq!(spans[0].identity.workflow.as_deref(), Some("turn"));
    assert_eq!((&spans[0].identity.user, &spans[0].identity.conversation), (&None, &None));
}

/// What is set from inside belongs to the innermost span, and does nothing outside of any.
#[test]
fn the_current_span() {
    #[recount::workflow]
    async fn outer() {
        let before = recount::current();
        inner();
        recount::current().set_attribute("from", "outer");
        before.set_attribute("too", 1);
        assert_eq!(recount::current().span_id(), before.span_id());
        before.add_event("checkpoint", serde_json::json!({"step": 1}));
        before.set_output("replaced");
    }

    #[recount::task]
    fn inner() -> u8 {
        tracing::info_span!("plain").in_scope(|| recount::current().set_attribute("from", "inner"));
        1
    }

    recount::current().set_attribute("nowhere", true);
    let (handle, spans) = records(|| {
        recount::current().set_attribute("nowhere", true);
        block_on(outer());
        recount::current()
    });
    assert!(!handle.is_recording() && handle.trace_id().is_none());
    insta::assert_snapshot!(told(&spans), @r#"
    [task inner]
    Output = 1
    Attribute from = "inner"
    [workflow outer]
    Output = null
    Attribute from = "outer"
    Attribute too = 1
    Event checkpoint = {"time":4000000,"attributes":{"step":1}}
    Output = "replaced"
    "#);
}
