//! What is read of rerankers.

use recount_tests::{check_bodies, check_distorted_bodies, exported};
use serde_json::{Value, json};

#[test]
fn bodies_are_understood() {
    check_bodies("rerank");
}

#[test]
fn nothing_panics_whatever_stands_where() {
    check_distorted_bodies("rerank");
}

/// Text Embeddings Inference answers with a bare list.
#[test]
fn a_list_of_places_and_scores_is_an_answer() {
    let request = json!({"query": "What is deep?", "texts": ["A lake.", "A sea."], "raw_scores": false});
    let response = json!([{"index": 1, "score": 0.75, "text": "A sea."}, {"index": 0, "score": 0.5}]);
    let spans = exported(|| {
        rank(&request, response.clone());
        rank(&request, Value::from(response.to_string()));
    });
    for span in spans.as_array().expect("spans") {
        let messages = span["attributes"]["gen_ai.output.messages"].as_str().expect("a text");
        assert_eq!(
            serde_json::from_str::<Value>(messages).expect("JSON"),
            json!([{"role": "assistant", "finish_reason": "stop", "parts": [
                {"type": "document", "content": "A sea.", "index": 1, "score": 0.75},
                {"type": "document", "index": 0, "score": 0.5},
            ]}])
        );
    }
}

#[test]
fn what_only_looks_like_it_is_left_alone() {
    let requests = [
        json!({"query": "tea", "documents": ["a"]}),
        json!({"model": "gpt-4o", "query": "tea", "documents": ["a"], "top_k": 3}),
        json!({"query": "tea", "top_n": 3}),
        json!({"query": "tea", "documents": "all", "top_n": 3}),
    ];
    for request in requests {
        let spans = exported(|| rank(&request, Value::Null));
        assert_eq!(spans[0]["attributes"]["gen_ai.operation.name"], "chat", "{request}");
    }
    let responses = [
        json!([{"index": 1, "score": 3, "player": "Ada"}]),
        json!({"results": [{"index": 1, "score": 3}]}),
        json!({"results": [{"title": "tea", "relevance_score": 0.5}]}),
        json!({"answer": "tea", "results": [{"index": 1, "relevance_score": 0.5}]}),
        json!({"results": []}),
        json!([]),
        json!([1, 2]),
    ];
    for response in responses {
        let spans = exported(|| rank(&json!({"query": "tea"}), response.clone()));
        assert_eq!(spans[0]["attributes"]["gen_ai.operation.name"], "chat", "{response}");
    }
}

#[recount::llm_span(skip(response))]
fn rank(request: &Value, response: Value) -> Value {
    let _ = request;
    response
}
