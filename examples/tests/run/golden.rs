//! What the agent exports, span by span and attribute by attribute, as OTLP/JSON.
//!
//! `tests/golden/agent.json` is a whole export request, so that tools that check such requests can read it. What
//! differs between two runs (ids, times, ports) is replaced in it. After a change that is meant,
//! `UPDATE_GOLDEN=1 cargo test -p examples` writes it anew.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::agent::agent;

#[test]
fn the_export_of_the_agent_is_the_golden_one() {
    let export = normal(dump());
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/agent.json");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&golden, serde_json::to_string_pretty(&export).unwrap() + "\n").unwrap();
    }
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(&golden).unwrap()).unwrap();
    let (expected, export) = (read_texts(expected), read_texts(export));
    let (expected_spans, spans) = (spans(&expected), spans(&export));
    for (expected, span) in expected_spans.iter().zip(spans) {
        assert!(expected == span, "{} differs.\nGolden: {expected:#}\nNow: {span:#}", expected["name"]);
    }
    assert_eq!(expected_spans.len(), spans.len(), "the number of spans");
    assert_eq!(expected, export, "what is around the spans");
}

/// JSON within texts as JSON: a crate of the same build may make `serde_json` keep another order of keys.
fn read_texts(value: Value) -> Value {
    match value {
        Value::String(text) if text.starts_with(['[', '{']) => {
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        }
        Value::Array(values) => values.into_iter().map(read_texts).collect(),
        Value::Object(pairs) => pairs.into_iter().map(|(key, value)| (key, read_texts(value))).collect(),
        other => other,
    }
}

/// The agent's export as one request, however many batches it took.
fn dump() -> Value {
    let path = std::env::temp_dir().join(format!("recount-agent-{}.jsonl", std::process::id()));
    agent().arguments(&["--dump", path.to_str().unwrap()]).run();
    let lines = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let mut requests = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut whole = requests.next().unwrap();
    for request in requests {
        let more = spans(&request).clone();
        spans_mut(&mut whole).extend(more);
    }
    whole
}

fn spans(request: &Value) -> &Vec<Value> {
    request["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap()
}

fn spans_mut(request: &mut Value) -> &mut Vec<Value> {
    request["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array_mut().unwrap()
}

fn normal(mut request: Value) -> Value {
    let ordered = parents_first(std::mem::take(spans_mut(&mut request)));
    let ids: HashMap<_, _> = ordered
        .iter()
        .zip(1..)
        .map(|(span, number)| (id(span, "spanId"), format!("{number:016x}")))
        .collect();
    let normal = ordered.into_iter().map(|span| normal_span(span, &ids)).collect();
    *spans_mut(&mut request) = normal;
    let around = &mut request["resourceSpans"][0];
    around["scopeSpans"][0]["scope"]["version"] = json!("0.0.0");
    let resource = around["resource"]["attributes"].as_array_mut().unwrap();
    resource.sort_by_key(|attribute| attribute["key"].to_string());
    for attribute in resource {
        match attribute["key"].as_str() {
            Some("telemetry.sdk.version") => attribute["value"] = json!({"stringValue": "0.0.0"}),
            Some("service.instance.id") => attribute["value"] = json!({"stringValue": "instance"}),
            _ => {}
        }
    }
    request
}

/// Each span after its parent. The agent does one thing after the other, so that siblings are in order as they ended.
fn parents_first(spans: Vec<Value>) -> Vec<Value> {
    let mut below: HashMap<String, Vec<Value>> = HashMap::new();
    for span in spans {
        below.entry(id(&span, "parentSpanId")).or_default().push(span);
    }
    let mut ordered = Vec::new();
    let mut open: Vec<_> = below.remove("").unwrap();
    while let Some(span) = open.pop() {
        open.extend(below.remove(&id(&span, "spanId")).into_iter().flatten().rev());
        ordered.push(span);
    }
    assert!(below.is_empty(), "spans without a way to the root: {below:#?}");
    ordered
}

/// A span whose ids count up, and which takes as many milliseconds as it has a number.
fn normal_span(mut span: Value, ids: &HashMap<String, String>) -> Value {
    let number = ids[&id(&span, "spanId")].clone();
    let start = u64::from_str_radix(&number, 16).unwrap() * 1_000_000;
    span["traceId"] = json!(format!("{:032x}", 1));
    let parent = id(&span, "parentSpanId");
    span["parentSpanId"] = json!(ids.get(&parent).cloned().unwrap_or_default());
    span["spanId"] = json!(number);
    span["startTimeUnixNano"] = json!(start.to_string());
    span["endTimeUnixNano"] = json!((2 * start).to_string());
    for event in span["events"].as_array_mut().unwrap() {
        event["timeUnixNano"] = json!((2 * start).to_string());
    }
    for attribute in span["attributes"].as_array_mut().unwrap() {
        match attribute["key"].as_str() {
            Some("server.port") => attribute["value"] = json!({"intValue": "8080"}),
            Some("traceloop.association.properties.time_per_output_chunk") => {
                attribute["value"] = json!({"doubleValue": 0.01});
            }
            Some("gen_ai.response.time_to_first_chunk") => attribute["value"] = json!({"doubleValue": 0.05}),
            _ => {}
        }
    }
    span
}

fn id(span: &Value, key: &str) -> String {
    span[key].as_str().unwrap_or_default().to_owned()
}
