//! Each kind of span as it leaves the process: names, attributes, status.

use recount::span;
use recount::{Message, Part, Usage};
use recount_tests::{assert_golden, exported};
use serde_json::json;

/// A whole conversation with a model: messages, tools, parameters and tokens that were said explicitly.
#[test]
fn llm_with_messages() {
    let call = Part::ToolCall {
        id: Some("call_1".into()),
        name: "get_weather".into(),
        arguments: json!({"city": "Paris"}),
    };
    let spans = exported(|| {
        let span = span::llm("gpt-5.2")
            .provider("openai")
            .response_model("gpt-5.2-2026-08-01")
            .response_id("chatcmpl-1")
            .parameter("temperature", 0.2_f32)
            .parameter("max_tokens", 64)
            .parameter("stop_sequences", ["END"])
            .parameter("top_p", 1)
            .parameter("seed", Option::<u64>::None)
            .system_instructions("Be brief.")
            .input_messages(&[Message::user("How warm is it in Paris?")])
            .output_messages(&[Message::assistant("").part(call)])
            .finish_reasons(&["tool_call"])
            .usage(Usage::new(120, 30).cache_read(100).cache_write(7).reasoning(12))
            .cost(0.0012)
            .start();
        span.set_server("api.openai.com", 443);
        span.set_tool_definitions(&json!([
            {"type": "function", "name": "get_weather", "description": "Tells the weather", "parameters": {"type": "object"}},
            {"type": "function", "function": {"name": "nested", "parameters": {"type": "object"}}},
        ]));
    });
    assert_golden("llm_with_messages", &spans);
}

/// What a function took and gave stands in for the messages.
#[test]
fn llm_with_captured_content() {
    let spans = exported(|| {
        span::llm("gpt-5.2").provider("openai").input("Say hi").output("Hi!").emit();
        span::llm("gpt-5.2")
            .provider("openai")
            .input(json!({"prompt": "Say hi"}))
            .output(json!({"text": "Hi!"}))
            .emit();
        span::llm("").provider("gcp.gemini").operation("generate_content").input(()).output(()).emit();
    });
    assert_golden("llm_with_captured_content", &spans);
}

/// The arguments of an annotated function: one is the text, several are an object.
#[test]
fn llm_with_arguments() {
    #[recount::llm_span(provider = "anthropic", model = "claude-sonnet-5")]
    fn one(prompt: &str) -> String {
        format!("You said {prompt}")
    }
    #[recount::llm_span(provider = "anthropic", model = "claude-sonnet-5", operation = "text_completion")]
    fn two(prompt: &str, limit: u32) -> Option<String> {
        let _ = (prompt, limit);
        None
    }
    assert_golden("llm_with_arguments", &exported(|| (one("hi"), two("hi", 3))));
}

#[test]
fn embeddings() {
    let spans = exported(|| {
        span::llm("text-embedding-3-small")
            .operation("embeddings")
            .provider("openai")
            .parameter("dimension.count", 3)
            .parameter("encoding_formats", "float")
            .input("a text")
            .output([0.25, 0.5, 0.125])
            .usage(Usage::default())
            .emit();
    });
    assert_golden("embeddings", &spans);
}

#[test]
fn tool() {
    let spans = exported(|| {
        let agent = span::agent("planner").start();
        let _entered = agent.enter();
        span::tool("get_weather")
            .description("Tells the weather")
            .call_id("call_1")
            .input(json!({"city": "Paris"}))
            .output(json!({"celsius": 14.5}))
            .emit();
        span::tool("count").input("words").output(3).emit();
    });
    assert_golden("tool", &spans);
}

/// Arguments by name, in both shapes that readers want; of large ones there is only one copy.
#[test]
fn tool_with_arguments() {
    #[recount::tool]
    fn search(query: String, limit: u32) -> Vec<String> {
        vec![query; limit as usize]
    }
    assert_golden("tool_with_arguments", &exported(|| search("rust".into(), 2)));
    let large = exported(|| search("r".repeat(5_000), 1));
    let attributes = large[0]["attributes"].as_object().expect("attributes");
    assert!(
        attributes.contains_key("gen_ai.tool.call.arguments")
            && attributes.contains_key("gen_ai.tool.call.result")
    );
    assert!(
        !attributes.contains_key("traceloop.entity.input")
            && !attributes.contains_key("traceloop.entity.output")
    );
}

#[test]
fn agent() {
    let spans = exported(|| {
        let agent = span::agent("planner")
            .description("Plans trips")
            .id("asst_1")
            .version("1.2")
            .input("To Paris, please")
            .output("Done")
            .start();
        agent.set_model("never on an agent");
        agent.set_usage(Usage::new(1, 2));
    });
    assert_golden("agent", &spans);
}

/// An agent that is asked over the network.
#[test]
fn remote_agent() {
    let spans = exported(|| {
        let agent = span::agent("remote").provider("openai").start();
        agent.set_server("agents.example", 443);
    });
    assert_golden("remote_agent", &spans);
}

/// A workflow, its tasks and what is below: names, versions, paths.
#[test]
fn workflow_and_tasks() {
    #[recount::tool]
    fn look_up(city: &str) -> u32 {
        u32::try_from(city.len()).unwrap_or_default()
    }
    #[recount::task(version = 2)]
    fn inner(city: &str) -> u32 {
        look_up(city)
    }
    #[recount::task]
    fn outer(city: &str) {
        inner(city);
    }
    #[recount::workflow(version = "2026-11")]
    fn pipeline(city: &str) -> &'static str {
        outer(city);
        "done"
    }
    assert_golden("workflow_and_tasks", &exported(|| pipeline("Paris")));
}

/// The identity of an interaction is on every span below.
#[test]
fn interaction() {
    let spans = exported(|| {
        let turn = span::interaction("turn")
            .user("u_42")
            .conversation("conv_1")
            .event("ev_1")
            .tags(&["beta", "beta", "eu"])
            .property("plan", "pro")
            .property("seats", 7)
            .property("empty", "")
            .property("nothing", ())
            .property("nested", json!({"a": [1, 2]}))
            .property("user_id", "somebody else")
            .input("hi")
            .output("hello")
            .start();
        let _entered = turn.enter();
        span::llm("gpt-5.2").provider("openai").input("hi").output("hello").emit();
    });
    assert_golden("interaction", &spans);
}

#[test]
fn retrieval() {
    let spans = exported(|| {
        span::retrieval("notes")
            .provider("qdrant")
            .query("How do queues fail?")
            .top_k(2)
            .output(json!([
                {"id": "d1", "score": 0.95, "content": "They fill.", "metadata": {"page": 3}},
                {"id": 2, "score": 1, "text": "They block.", "source": "notes.md"},
            ]))
            .emit();
        span::retrieval("notes").input("a question").output(json!([])).emit();
        span::retrieval("notes")
            .input(json!({"vector": [1, 2]}))
            .output(json!([{"id": "without a score"}]))
            .emit();
    });
    assert_golden("retrieval", &spans);
}

/// The question and the number of documents are found among the arguments.
#[test]
fn retrieval_with_arguments() {
    #[recount::retrieval(data_source = "notes")]
    fn find(query: &str, top_k: usize, language: &str) -> Vec<String> {
        vec![format!("{query} {top_k} {language}")]
    }
    assert_golden("retrieval_with_arguments", &exported(|| find("queues", 3, "en")));
}
