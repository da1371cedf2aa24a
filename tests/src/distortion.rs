//! Bodies with something wrong in them.

use serde_json::{Value, json};

/// The body many times over, each time with one value in it, at any depth, replaced by one of another type, or gone.
#[must_use]
pub fn distortions(body: &Value) -> Vec<Value> {
    let wrong = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("é…"),
        json!([]),
        json!({}),
        json!([[1]]),
    ];
    let mut distorted = Vec::new();
    for path in paths(body) {
        distorted.extend(wrong.iter().filter_map(|value| with(body, &path, value)));
        distorted.extend(without(body, &path));
    }
    distorted
}

/// The pointers to all values within, the value itself first.
fn paths(value: &Value) -> Vec<String> {
    let within = |key: &str, value| {
        let key = key.replace('~', "~0").replace('/', "~1");
        paths(value).into_iter().map(move |path| format!("/{key}{path}"))
    };
    let mut found = vec![String::new()];
    match value {
        Value::Array(values) => {
            found.extend(
                values.iter().enumerate().flat_map(|(place, value)| within(&place.to_string(), value)),
            );
        }
        Value::Object(pairs) => found.extend(pairs.iter().flat_map(|(key, value)| within(key, value))),
        _ => {}
    }
    found
}

fn with(body: &Value, path: &str, value: &Value) -> Option<Value> {
    let mut body = body.clone();
    *body.pointer_mut(path)? = value.clone();
    Some(body)
}

fn without(body: &Value, path: &str) -> Option<Value> {
    let mut body = body.clone();
    let (outer, key) = path.rsplit_once('/')?;
    match body.pointer_mut(outer)? {
        Value::Array(values) => drop(values.remove(key.parse().ok()?)),
        Value::Object(pairs) => drop(pairs.remove(key)?),
        _ => return None,
    }
    Some(body)
}
