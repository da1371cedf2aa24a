//! The rules of ARCHITECTURE.md that can be read off the source.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Which modules of the runtime each module may name. `init`, `testing` and `lib` know all.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("wire", &[]),
    ("llm", &["wire"]),
    ("span", &["llm", "wire"]),
    ("price", &["error", "wire"]),
    ("provider", &[]),
    ("extract", &["convert", "llm", "price", "provider", "span", "wire"]),
    ("client", &["provider", "record", "span"]),
    ("record", &["convert", "sample", "span", "wire"]),
    ("convert", &["wire"]),
    ("metrics", &["convert", "wire"]),
    ("export", &["convert", "outbox", "redact", "span", "wire"]),
    ("outbox", &[]),
    ("redact", &["error", "span", "wire"]),
    ("sample", &["span", "wire"]),
    (
        "batch",
        &["export", "extract", "metrics", "outbox", "price", "record", "redact", "sample", "span", "wire"],
    ),
    // `convert` holds the names of the resource's attributes.
    (
        "config",
        &[
            "batch", "convert", "error", "export", "extract", "llm", "metrics", "outbox", "price", "redact",
            "sample", "wire",
        ],
    ),
    ("error", &[]),
];

/// Prefixes of attribute names; only `convert/semconv.rs` may write them.
const ATTRIBUTE_PREFIXES: &[&str] = &[
    "gen_ai.",
    "traceloop.",
    "openinference.",
    "openai.",
    "llm.",
    "otel.",
    "langfuse.",
    "exception.",
    "error.type",
    "user.id",
    "tag.tags",
];

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let mut folders = vec![root];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("readable source");
                files.push((path, text));
            }
        }
    }
    assert!(files.len() > 3, "{folder} has sources");
    files
}

/// The code of a file: no comments, no unit tests.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text[..end].lines().filter(|line| !line.trim_start().starts_with("//"))
}

fn module(path: &Path) -> Option<String> {
    let mut parts = path.components().skip_while(|part| part.as_os_str() != "src").skip(1);
    let first = parts.next()?.as_os_str().to_str()?;
    Some(first.trim_end_matches(".rs").to_owned())
}

fn is_test(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "tests.rs")
}

#[test]
fn modules_name_only_what_stands_below_them() {
    let rules: BTreeMap<_, _> = MAY_NAME.iter().copied().collect();
    let mut broken = Vec::new();
    for (path, text) in sources("runtime/src") {
        let Some(module) = module(&path).filter(|_| !is_test(&path)) else { continue };
        let Some(allowed) = rules.get(module.as_str()) else { continue };
        for line in code(&text) {
            for named in line.split("crate::").skip(1) {
                let named =
                    named.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
                if rules.contains_key(named) && named != module && !allowed.contains(&named) {
                    broken.push(format!("{}: {line}", path.display()));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn attribute_names_are_written_in_one_file() {
    let mut broken = Vec::new();
    for (path, text) in sources("runtime/src") {
        if is_test(&path) || path.ends_with("convert/semconv.rs") {
            continue;
        }
        for line in code(&text) {
            if ATTRIBUTE_PREFIXES.iter().any(|prefix| line.contains(&format!("\"{prefix}"))) {
                broken.push(format!("{}: {line}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn generated_code_names_only_the_private_module() {
    let mut broken = Vec::new();
    for (path, text) in sources("macros/src") {
        if !path.components().any(|part| part.as_os_str() == "expand") {
            continue;
        }
        for line in code(&text) {
            if ["::std::", "::tracing::", "::serde", "::recount::"].iter().any(|name| line.contains(name)) {
                broken.push(format!("{}: {line}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_vocabulary_does_no_io() {
    let mut broken = Vec::new();
    for (path, text) in sources("runtime/src/wire") {
        for line in code(&text) {
            if ["io", "fs", "net", "env", "thread", "process"]
                .iter()
                .any(|name| line.contains(&format!("std::{name}")))
            {
                broken.push(format!("{}: {line}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn macros_depend_on_no_crate_of_the_workspace() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../macros/Cargo.toml");
    let manifest = std::fs::read_to_string(manifest).expect("a readable manifest");
    let dependencies = manifest.split("[dependencies]").nth(1).and_then(|rest| rest.split("\n[").next());
    assert!(
        dependencies
            .is_some_and(|dependencies| dependencies.contains("syn") && !dependencies.contains("recount"))
    );
}

#[test]
fn no_file_is_too_long_to_read() {
    let mut lengths = Vec::new();
    for folder in ["runtime/src", "macros/src", "examples", "tests/tests", "benches"] {
        for (path, text) in sources(folder) {
            let lines = text.lines().filter(|line| {
                let line = line.trim_start();
                !line.is_empty() && !line.starts_with("//")
            });
            lengths.push((lines.count(), path));
        }
    }
    lengths.sort();
    let (longest, path) = lengths.last().expect("files");
    assert!(*longest <= 500, "{} has {longest} lines of code", path.display());
    let median = lengths[lengths.len() / 2].0;
    assert!(median <= 150, "the median is {median} lines of code");
}
