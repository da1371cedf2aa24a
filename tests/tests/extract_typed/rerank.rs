use serde::Serialize;
use serde_json::json;

use super::check;

#[derive(Serialize)]
struct Request {
    model: &'static str,
    query: &'static str,
    documents: Vec<Document>,
    top_n: Option<u32>,
    max_tokens_per_doc: Option<u32>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Document {
    Text(&'static str),
}

#[derive(Serialize)]
struct Response {
    id: Option<&'static str>,
    results: Vec<Ranked>,
    meta: Option<Meta>,
}

#[derive(Serialize)]
struct Ranked {
    index: usize,
    /// In fewer digits than a double has.
    relevance_score: f32,
    document: Option<Document>,
}

#[derive(Serialize)]
struct Meta {
    api_version: Version,
    billed_units: Option<Units>,
    warnings: Option<Vec<String>>,
}

#[derive(Serialize)]
struct Version {
    version: &'static str,
    is_deprecated: Option<bool>,
}

#[derive(Serialize)]
struct Units {
    search_units: Option<f32>,
    input_tokens: Option<f64>,
}

#[test]
fn typed_values_say_what_travels() {
    let request = Request {
        model: "rerank-v3.5",
        query: "When is the call?",
        documents: vec![Document::Text("On Thursday."), Document::Text("Tea is a drink.")],
        top_n: Some(2),
        max_tokens_per_doc: None,
    };
    let ranked = |index, relevance_score| Ranked { index, relevance_score, document: None };
    let response = Response {
        id: Some("1"),
        results: vec![ranked(0, 0.9), ranked(1, 0.1)],
        meta: Some(Meta {
            api_version: Version { version: "2", is_deprecated: None },
            billed_units: Some(Units { search_units: Some(1.0), input_tokens: Some(12.0) }),
            warnings: None,
        }),
    };
    check(
        &request,
        response,
        r#"{
            "model": "rerank-v3.5", "query": "When is the call?", "top_n": 2,
            "documents": ["On Thursday.", "Tea is a drink."]
        }"#,
        r#"{
            "id": "1",
            "results": [{"index": 0, "relevance_score": 0.9}, {"index": 1, "relevance_score": 0.1}],
            "meta": {"api_version": {"version": "2"}, "billed_units": {"search_units": 1, "input_tokens": 12}}
        }"#,
        &json!({"operation.name": "retrieval", "usage.input_tokens": 12, "request.top_k": 2, "provider.name": "cohere"}),
    );
}
