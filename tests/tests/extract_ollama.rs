//! What is read of Ollama's own API.

use futures::executor::block_on;
use futures::stream::{self, Stream, StreamExt};
use recount_tests::{check_bodies, check_distorted_bodies, exported, exported_with};
use serde::Serialize;
use serde_json::{Value, json};

#[test]
fn bodies_are_understood() {
    check_bodies("ollama");
}

#[test]
fn nothing_panics_whatever_stands_where() {
    check_distorted_bodies("ollama");
}

/// Each line of the body is a chunk; clients that do not parse them hand them on as they are.
#[test]
fn lines_of_json_are_chunks() {
    let lines = [
        r#"{"model":"qwen3","created_at":"2026-04-10T13:19:59Z","message":{"role":"assistant","content":"Ki"},"done":false}"#,
        r#"{"model":"qwen3","created_at":"2026-04-10T13:19:59Z","message":{"role":"assistant","content":"wi"},"done":false}"#,
        r#"{"model":"qwen3","created_at":"2026-04-10T13:20:00Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","eval_count":2}"#,
    ];
    let spans = exported(|| drain(stream_of(lines.map(|line| format!("{line}\n")).to_vec())));
    let attributes = &spans[0]["attributes"];
    assert_eq!(attributes["gen_ai.response.finish_reasons"], json!(["stop"]));
    assert_eq!(attributes["gen_ai.usage.output_tokens"], 2);
    assert_eq!(
        attributes["gen_ai.output.messages"],
        r#"[{"role":"assistant","parts":[{"type":"text","content":"Kiwi"}],"finish_reason":"stop"}]"#
    );
}

/// Whoever reads the body as it comes has several lines at a time.
#[test]
fn several_chunks_in_one_item_are_several_chunks() {
    let say = |text: &str, done: bool| json!({"model": "llama3.2", "created_at": "2026-04-10T13:19:59Z", "response": text, "done": done, "done_reason": done.then_some("stop")});
    let spans =
        exported(|| drain(stream_of(vec![vec![say("Ki", false), say("wi", false)], vec![say("!", true)]])));
    let attributes = &spans[0]["attributes"];
    assert_eq!(attributes["gen_ai.operation.name"], "text_completion");
    assert_eq!(attributes["gen_ai.response.finish_reasons"], json!(["stop"]));
    assert!(attributes["gen_ai.output.messages"].as_str().expect("messages").contains("Kiwi!"));
}

#[test]
fn chunks_of_a_typed_client_are_found_within_results() {
    #[derive(Clone, Serialize)]
    struct Response {
        model: &'static str,
        created_at: &'static str,
        message: Message,
        done: bool,
        #[serde(flatten)]
        final_data: Option<Counts>,
    }
    #[derive(Clone, Serialize)]
    struct Message {
        role: &'static str,
        content: &'static str,
        tool_calls: Vec<Value>,
        thinking: Option<String>,
    }
    #[derive(Clone, Serialize)]
    struct Counts {
        prompt_eval_count: u64,
        eval_count: u64,
    }
    let say = |content, final_data: Option<Counts>| Response {
        model: "llama3.2",
        created_at: "2026-04-10T13:19:59Z",
        message: Message { role: "assistant", content, tool_calls: Vec::new(), thinking: None },
        done: final_data.is_some(),
        final_data,
    };
    let counts = Counts { prompt_eval_count: 9, eval_count: 2 };
    let chunks = vec![Ok::<_, String>(say("Ki", None)), Ok(say("wi", None)), Ok(say("", Some(counts)))];
    let spans = exported(|| drain(stream_of(chunks)));
    let attributes = &spans[0]["attributes"];
    assert_eq!(spans[0]["status"]["code"], "UNSET", "the last chunk is done: {spans:#}");
    assert_eq!(attributes["gen_ai.response.finish_reasons"], Value::Null, "nobody said why");
    assert_eq!(attributes["gen_ai.usage.input_tokens"], 9);
    assert!(attributes["gen_ai.output.messages"].as_str().expect("messages").contains("Kiwi"));
}

#[test]
fn facts_survive_where_texts_are_cut() {
    let long = "All work and no play makes Jack a dull boy. ".repeat(200);
    let request = json!({
        "keep_alive": "1m",
        "messages": [{"role": "user", "content": long, "images": [long]}],
        "model": "gemma3",
        "options": {"num_predict": 99},
    });
    let response = json!({
        "created_at": "2026-04-10T13:19:59Z",
        "done": true,
        "done_reason": "length",
        "eval_count": 99,
        "message": {"content": long, "role": "assistant", "thinking": long},
        "model": "gemma3",
        "prompt_eval_count": 2_000,
    });
    let spans = exported_with(recount::builder().value_cap(512), || answer(&request, response));
    let attributes = &spans[0]["attributes"];
    assert_eq!(attributes["gen_ai.request.model"], "gemma3");
    assert_eq!(attributes["gen_ai.request.max_tokens"], 99);
    assert_eq!(attributes["gen_ai.response.finish_reasons"], json!(["length"]));
    assert_eq!(attributes["gen_ai.usage.input_tokens"], 2_000);
    assert_eq!(attributes["gen_ai.usage.output_tokens"], 99);
}

/// What Ollama and `OpenAI` have in common tells of neither.
#[test]
fn a_programs_own_options_do_not_make_it_ollama() {
    let request = json!({
        "model": "gpt-4o",
        "messages": [{"role": "user", "content": "Hi"}],
        "options": {"temperature": 0.5},
    });
    let spans = exported(|| answer(&request, Value::Null));
    let attributes = &spans[0]["attributes"];
    assert_ne!(attributes["gen_ai.provider.name"], "ollama");
    assert_eq!(attributes["gen_ai.request.temperature"], 0.5);
}

#[test]
fn an_error_among_other_things_is_no_error() {
    let spans = exported(|| answer(&Value::Null, json!({"error": "none", "words": 3})));
    assert_eq!(spans[0]["status"]["code"], "UNSET");
}

fn drain(stream: impl Stream) {
    block_on(stream.for_each(|_| async {}));
}

#[recount::llm_span(skip(answer))]
#[expect(unused_variables, reason = "captured")]
fn answer(request: &Value, answer: Value) -> Value {
    answer
}

#[recount::llm_span(skip_all)]
fn stream_of<I: Serialize>(items: Vec<I>) -> impl Stream<Item = I> {
    stream::iter(items)
}
