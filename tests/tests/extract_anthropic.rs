//! What is read of Anthropic's Messages, wherever they are spoken.

use futures::executor::block_on;
use futures::stream::{self, Stream, StreamExt};
use recount::price::PriceTable;
use recount_tests::{check_bodies, check_distorted_bodies, exported, exported_with};
use serde_json::{Value, json};

#[test]
fn bodies_are_understood() {
    check_bodies("anthropic");
}

#[test]
fn facts_survive_where_texts_are_cut() {
    let long = "All work and no play makes Jack a dull boy. ".repeat(200);
    let request = json!({
        "model": "claude-sonnet-4-5",
        "system": long,
        "messages": [{"role": "user", "content": [{"type": "text", "text": long}]}],
        "max_tokens": 1024,
    });
    let response = json!({
        "id": "msg_01",
        "type": "message",
        "role": "assistant",
        "content": [{"type": "thinking", "thinking": long}, {"type": "text", "text": long}],
        "model": "claude-sonnet-4-5-20250929",
        "stop_reason": "max_tokens",
        "usage": {"input_tokens": 10, "cache_read_input_tokens": 100, "output_tokens": 1024},
    });
    let spans = exported_with(recount::builder().value_cap(512), || call(&request, response.clone()));
    let attributes = &spans[0]["attributes"];
    assert_eq!(attributes["gen_ai.request.model"], "claude-sonnet-4-5");
    assert_eq!(attributes["gen_ai.request.max_tokens"], 1024);
    assert_eq!(attributes["gen_ai.response.model"], "claude-sonnet-4-5-20250929");
    assert_eq!(attributes["gen_ai.response.finish_reasons"], json!(["length"]));
    assert_eq!(attributes["gen_ai.usage.input_tokens"], 110);
    assert_eq!(attributes["gen_ai.usage.output_tokens"], 1024);
    let said = attributes["gen_ai.output.messages"].as_str().expect("messages");
    assert!(said.contains("bytes]"), "the cut is marked: {said}");

    let raw =
        exported_with(recount::builder().value_cap(512), || call(&json!(null), json!(response.to_string())));
    for name in ["response.model", "response.finish_reasons", "usage.input_tokens", "usage.output_tokens"] {
        let name = format!("gen_ai.{name}");
        assert_eq!(raw[0]["attributes"][&name], attributes[&name], "{name}");
    }
}

#[test]
fn a_long_stream_is_folded_while_it_is_read() {
    let mut chunks = vec![
        json!({"type": "message_start", "message": {"id": "msg_01", "model": "claude-sonnet-4-5", "usage": {"input_tokens": 7}}}),
    ];
    chunks.extend((0..3_000).map(|number| {
        let text = format!("{number:05}");
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}})
    }));
    chunks.push(json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3_000}}));
    chunks.push(json!({"type": "message_stop"}));
    let spans = exported(|| block_on(stream_call(chunks).for_each(|_| async {})));
    let attributes = &spans[0]["attributes"];
    assert_eq!(attributes["gen_ai.response.finish_reasons"], json!(["stop"]));
    assert_eq!(attributes["gen_ai.usage.input_tokens"], 7);
    assert_eq!(attributes["gen_ai.usage.output_tokens"], 3_000);
    let said: Value =
        serde_json::from_str(attributes["gen_ai.output.messages"].as_str().expect("messages")).expect("JSON");
    let text = said[0]["parts"][0]["content"].as_str().expect("a text");
    assert_eq!((&text[..10], &text[text.len() - 5..], text.len()), ("0000000001", "02999", 15_000));
}

#[test]
fn arguments_by_the_names_of_a_request_are_one() {
    #[recount::llm_span(skip_output)]
    #[expect(unused_variables, reason = "captured")]
    fn ask(model: &str, system: &str, messages: &[Value], max_tokens: u32) {}

    let image = json!({"type": "image_url", "image_url": {"url": "https://example.com/a.png"}});
    let spans =
        exported(|| ask("claude-haiku-4-5", "Be brief.", &[json!({"role": "user", "content": [image]})], 9));
    let attributes = &spans[0]["attributes"];
    assert_eq!(attributes["gen_ai.request.model"], "claude-haiku-4-5");
    assert_eq!(attributes["gen_ai.request.max_tokens"], 9);
    assert_eq!(attributes["gen_ai.system_instructions"], r#"[{"type":"text","content":"Be brief."}]"#);
    let said = attributes["gen_ai.input.messages"].as_str().expect("messages");
    assert!(said.contains("https://example.com/a.png"), "{said}");
}

#[test]
fn a_conversation_with_openai_s_tools_is_not_anthropic_s() {
    let request = json!({
        "model": "claude-sonnet-4-5",
        "messages": [
            {"role": "user", "content": "Hello"},
            {"role": "assistant", "content": null, "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": "call_1", "content": "Nothing."},
        ],
        "system": "A field that a proxy adds.",
    });
    let spans = exported(|| call(&request, json!(null)));
    let said = spans[0]["attributes"]["gen_ai.input.messages"].as_str().expect("messages");
    assert!(said.contains(r#""type":"tool_call_response","id":"call_1""#), "{said}");
}

#[test]
fn what_has_no_regular_price_gets_none() {
    let priced = |usage: Value| {
        let response = json!({
            "id": "msg_01",
            "role": "assistant",
            "content": [],
            "model": "claude-sonnet-4-5",
            "stop_reason": "end_turn",
            "usage": usage,
        });
        let spans =
            exported_with(recount::builder().prices(PriceTable::builtin()), || call(&json!(null), response));
        spans[0]["attributes"].get("llm.cost.total").is_some()
    };
    assert!(priced(
        json!({"input_tokens": 1, "output_tokens": 1, "service_tier": "standard", "speed": "standard"})
    ));
    assert!(!priced(json!({"input_tokens": 1, "output_tokens": 1, "service_tier": "priority"})));
    assert!(!priced(
        json!({"input_tokens": 1, "output_tokens": 1, "service_tier": "standard", "speed": "fast"})
    ));
}

#[test]
fn a_full_window_is_a_limit_of_length() {
    for word in ["model_context_window_exceeded", "ModelContextWindowExceeded"] {
        let response = json!({"id": "msg_01", "role": "assistant", "content": [], "stop_reason": word});
        let spans = exported(|| call(&json!(null), response));
        assert_eq!(spans[0]["attributes"]["gen_ai.response.finish_reasons"], json!(["length"]), "{word}");
    }
}

#[test]
fn nothing_panics_whatever_stands_where() {
    check_distorted_bodies("anthropic");
}

#[recount::llm_span(skip(answer))]
#[expect(unused_variables, reason = "captured")]
fn call(request: &Value, answer: Value) -> Value {
    answer
}

#[recount::llm_span(skip_all)]
fn stream_call(chunks: Vec<Value>) -> impl Stream<Item = Value> {
    stream::iter(chunks)
}
