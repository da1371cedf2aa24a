//! Golden files: what a test expects, as JSON that reviewers read in the diff.

use std::path::Path;
use std::{env, fs};

use serde_json::Value;

/// Compares with `golden/<name>.json`. With `UPDATE_GOLDEN=1` in the environment, writes that file instead.
///
/// # Panics
///
/// When there is no such file, or it says something else.
#[track_caller]
pub fn assert_golden(name: &str, value: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name).with_extension("json");
    let text = format!("{value:#}\n");
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        fs::write(&path, text).expect("the folder of golden files is there");
        return;
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        serde_json::from_str(&golden).is_ok_and(|golden| unordered(golden) == unordered(value.clone())),
        "golden/{name}.json says something else (UPDATE_GOLDEN=1 rewrites it)\n--- expected\n{golden}--- found\n{text}"
    );
}

/// The value with its JSON texts as JSON: whose order of keys is not compared, since crates that are built along with
/// the tests may make `serde_json` keep it.
fn unordered(value: Value) -> Value {
    match value {
        Value::String(text) if text.starts_with(['[', '{']) => {
            serde_json::from_str(&text).map_or(Value::String(text), unordered)
        }
        Value::Array(values) => values.into_iter().map(unordered).collect(),
        Value::Object(pairs) => pairs.into_iter().map(|(key, value)| (key, unordered(value))).collect(),
        other => other,
    }
}
