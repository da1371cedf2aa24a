//! Every body there is, for tests of what all providers have in common.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// One call of a model: what was sent, and what came back in one piece or in many.
#[derive(Clone, Debug)]
pub struct Case {
    /// `provider/case`, as the file is called.
    pub name: String,
    /// The body that was sent; null where the case is only about the response.
    pub request: Value,
    /// The body that came back.
    pub response: Option<Value>,
    /// The chunks that came back.
    pub chunks: Option<Vec<Value>>,
    /// The file.
    text: String,
}

impl Case {
    /// What stands under a key of the file, letter by letter: keys are in the order that the provider gives them.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        let begin = self.text.find(&format!("\"{key}\":"))? + key.len() + 3;
        let text = self.text[begin..].trim_start();
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
        values.next()?.ok()?;
        Some(&text[..values.byte_offset()])
    }
}

/// All cases in `bodies`, in the order of their names.
///
/// # Panics
///
/// When one of them is no JSON.
#[must_use]
pub fn corpus() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("bodies");
    let mut cases = Vec::new();
    for folder in fs::read_dir(root).expect("the folder is there") {
        let folder = folder.expect("a folder").path();
        for file in fs::read_dir(&folder).into_iter().flatten() {
            let path = file.expect("a file").path();
            let text = fs::read_to_string(&path).expect("a readable case");
            let case: Value =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let part =
                |path: &Path| path.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
            cases.push(Case {
                name: format!("{}/{}", part(&folder), part(&path)),
                request: case["request"].clone(),
                response: case.get("response").cloned(),
                chunks: case.get("chunks").and_then(Value::as_array).cloned(),
                text,
            });
        }
    }
    cases.sort_by(|one, other| one.name.cmp(&other.name));
    assert!(cases.len() > 20, "there are bodies");
    cases
}
