//! What is read of embeddings.

use recount_tests::{check_bodies, check_distorted_bodies, exported, exported_with};
use serde::Serialize;
use serde_json::{Value, json};

#[test]
fn bodies_are_understood() {
    check_bodies("embeddings");
}

#[test]
fn nothing_panics_whatever_stands_where() {
    check_distorted_bodies("embeddings");
}

/// As a client has it, whose numbers are no doubles.
#[derive(Serialize)]
struct Answer {
    object: &'static str,
    data: Vec<Vector>,
    model: &'static str,
    usage: Usage,
}

#[derive(Serialize)]
struct Vector {
    index: u32,
    object: &'static str,
    embedding: Vec<f32>,
}

#[derive(Serialize)]
struct Usage {
    prompt_tokens: u32,
    total_tokens: u32,
}

#[test]
fn of_vectors_only_the_length_leaves_also_where_they_are_cut() {
    let vector = |index| Vector { index, object: "embedding", embedding: vec![0.123_456; 1536] };
    let request = json!({"model": "text-embedding-3-small", "input": "tea"});
    for cap in [512, 128 * 1024] {
        let spans = exported_with(recount::builder().value_cap(cap), || {
            let usage = Usage { prompt_tokens: 1, total_tokens: 1 };
            let data = (0..20).map(vector).collect();
            embed(&request, Answer { object: "list", data, model: "text-embedding-3-small", usage })
        });
        let attributes = &spans[0]["attributes"];
        assert_eq!(spans[0]["name"], "embeddings text-embedding-3-small");
        assert_eq!(attributes["gen_ai.embeddings.dimension.count"], 1536, "{cap}");
        assert_eq!(attributes["gen_ai.usage.input_tokens"], 1, "{cap}");
        assert!(!spans.to_string().contains("123456"), "{spans}");
    }
}

#[test]
fn what_is_asked_for_in_the_same_way_is_no_embedding() {
    let requests = [
        json!({"model": "gpt-5", "input": "Tell me a story."}),
        json!({"model": "gpt-5", "input": [{"role": "user", "content": "Hi"}], "truncation": "auto"}),
        json!({"model": "omni-moderation-latest", "input": "…"}),
        json!({"model": "tts-1", "input": "Hello", "voice": "alloy"}),
        json!({"inputText": "Tell me", "textGenerationConfig": {"maxTokenCount": 10}}),
        json!({"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}], "dimensions": 3}),
        json!({"contents": [{"parts": [{"text": "Hi"}]}]}),
    ];
    for request in requests {
        let spans = exported(|| embed(&request, ()));
        assert_ne!(spans[0]["attributes"]["gen_ai.operation.name"], "embeddings", "{request}");
    }
}

#[test]
fn what_only_looks_like_vectors_is_left_alone() {
    let others = [
        json!({"embedding": "a plate in the wall"}),
        json!({"embedding": true}),
        json!({"text": "tea", "embedding": [0.5, 0.25]}),
        json!({"data": [{"id": "doc1", "embedding": [0.5, 0.25]}], "next": null}),
        json!({"embedding": []}),
        json!({"embeddings": [["a", "b"]]}),
        json!({"embeddings": {"type": "dense"}}),
        json!({"data": [{"id": 1}]}),
        json!({"predictions": [{"label": "cat"}]}),
    ];
    for other in others {
        let spans = exported(|| embed(&json!({"input": 1}), other.clone()));
        assert_eq!(spans[0]["attributes"]["gen_ai.operation.name"], "chat", "{other}");
    }
}

#[recount::llm_span(skip(response))]
fn embed<T: Serialize>(request: &Value, response: T) -> T {
    let _ = request;
    response
}
