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
        fs::write(&path, text).expect("the folder of golden files is there");
        return;
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        golden == text,
        "golden/{name}.json says something else (UPDATE_GOLDEN=1 rewrites it)\n--- expected\n{golden}--- found\n{text}"
    );
}
