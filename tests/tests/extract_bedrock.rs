//! What is read of Amazon Bedrock's Converse.

use futures::executor::block_on;
use futures::stream::{self, Stream, StreamExt};
use recount::price::PriceTable;
use recount_tests::{check_bodies, check_distorted_bodies, exported, exported_with};
use serde_json::{Value, json};

#[test]
fn bodies_are_understood() {
    check_bodies("bedrock");
}

#[test]
fn facts_survive_where_texts_are_cut() {
    let long = "All work and no play makes Jack a dull boy. ".repeat(200);
    let request = json!({
        "modelId": "amazon.nova-pro-v1:0",
        "system": [{"text": long}],
        "messages": [{"role": "user", "content": [{"text": long}]}],
        "inferenceConfig": {"maxTokens": 1024},
    });
    let response = json!({
        "output": {"message": {"role": "assistant", "content": [{"text": long}, {"text": long}]}},
        "stopReason": "max_tokens",
        "usage": {"inputTokens": 10, "outputTokens": 1024, "totalTokens": 1134, "cacheReadInputTokens": 100},
    });
    let spans = exported_with(recount::builder().value_cap(512), || call(&request, response.clone()));
    let attributes = &spans[0]["attributes"];
    assert_eq!(attributes["gen_ai.request.model"], "amazon.nova-pro-v1:0");
    assert_eq!(attributes["gen_ai.provider.name"], "aws.bedrock");
    assert_eq!(attributes["gen_ai.request.max_tokens"], 1024);
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

/// Bedrock's documentation counts cached tokens apart from the input; the total shows where a model's are not.
#[test]
fn cached_tokens_are_added_once() {
    for (usage, input) in [
        (
            json!({"inputTokens": 14, "outputTokens": 6, "totalTokens": 120, "cacheReadInputTokens": 100}),
            Some(114),
        ),
        (
            json!({"inputTokens": 14, "outputTokens": 6, "cacheReadInputTokens": 90, "cacheWriteInputTokens": 10}),
            Some(114),
        ),
        (
            json!({"inputTokens": 114, "outputTokens": 6, "totalTokens": 120, "cacheReadInputTokens": 100}),
            Some(114),
        ),
        (
            json!({"inputTokens": 14, "outputTokens": 6, "totalTokens": 20, "cacheReadInputTokens": 100}),
            Some(114),
        ),
        (json!({"outputTokens": 6, "cacheReadInputTokens": 100}), None),
    ] {
        let message = json!({"role": "assistant", "content": [{"text": "Hi"}]});
        let response = json!({"output": {"message": message}, "stopReason": "end_turn", "usage": usage});
        let spans = exported(|| call(&json!(null), response));
        let said = spans[0]["attributes"].get("gen_ai.usage.input_tokens").and_then(Value::as_u64);
        assert_eq!(said, input, "{usage}");
    }
}

#[test]
fn what_has_no_regular_price_gets_none() {
    let priced = |event: Value| {
        let request = json!({"modelId": "amazon.nova-lite-v1:0", "messages": [{"role": "user", "content": [{"text": "Hello"}]}]});
        let chunks = vec![json!({"messageStop": {"stopReason": "end_turn"}}), json!({"metadata": event})];
        let spans = exported_with(recount::builder().prices(PriceTable::builtin()), || {
            block_on(ask(request, chunks).for_each(|_| async {}));
        });
        spans[0]["attributes"].get("llm.cost.total").is_some()
    };
    let usage = json!({"inputTokens": 1, "outputTokens": 1, "totalTokens": 2});
    assert!(priced(json!({"usage": usage, "serviceTier": {"type": "default"}})));
    assert!(!priced(json!({"usage": usage, "serviceTier": {"type": "flex"}})));
    assert!(!priced(json!({"usage": usage, "performanceConfig": {"latency": "optimized"}})));
}

#[test]
fn an_exception_is_an_error() {
    for (body, kind) in [
        (json!({"__type": "ValidationException", "Message": "Wrong."}), "ValidationException"),
        (json!({"throttlingException": {"message": "Slow down."}}), "ThrottlingException"),
        (
            json!({"messageStart": null, "model_timeout_exception": {"message": "Late."}}),
            "ModelTimeoutException",
        ),
    ] {
        let spans = exported(|| call(&json!(null), body));
        assert_eq!(spans[0]["attributes"]["error.type"], kind);
    }
    let spans = exported(|| call(&json!(null), json!({"éException": {"message": "Wrong."}})));
    assert_eq!(spans[0]["status"]["code"], "UNSET", "it is not Bedrock's");
}

#[test]
fn nothing_panics_whatever_stands_where() {
    check_distorted_bodies("bedrock");
}

#[recount::llm_span(skip(answer))]
#[expect(unused_variables, reason = "captured")]
fn call(request: &Value, answer: Value) -> Value {
    answer
}

#[recount::llm_span(skip(chunks))]
#[expect(unused_variables, reason = "captured")]
fn ask(request: Value, chunks: Vec<Value>) -> impl Stream<Item = Value> {
    stream::iter(chunks)
}
