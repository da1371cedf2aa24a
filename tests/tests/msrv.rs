//! The declared minimum version of Rust holds for every crate that `recount` brings along.
//!
//! Only the installed toolchain can compile here; what the crates declare is checked instead, and clippy checks
//! recount's own code against the standard library of that version (`clippy::incompatible_msrv`).

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// `1.88` and `1.88.0` are the same.
fn version(text: &str) -> Vec<u32> {
    text.split('.').map(|part| part.parse().expect("a number")).chain([0, 0]).take(3).collect()
}

fn run(program: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    let output = command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn no_dependency_asks_for_a_newer_rust() {
    let rustc = run("rustc", &["-vV"]);
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let arguments = ["metadata", "--format-version=1", "--offline", "--locked", "--filter-platform", host];
    let metadata: Value = serde_json::from_str(&run(env!("CARGO"), &arguments)).expect("JSON");

    let packages: BTreeMap<_, _> =
        metadata["packages"].as_array().expect("packages").iter().map(|p| (text(p, "id"), p)).collect();
    let nodes: BTreeMap<_, _> =
        metadata["resolve"]["nodes"].as_array().expect("nodes").iter().map(|n| (text(n, "id"), n)).collect();
    let recount = packages.values().find(|package| text(package, "name") == "recount").expect("recount");
    let declared = version(text(recount, "rust_version"));

    let mut seen = BTreeSet::new();
    let mut next = vec![text(recount, "id")];
    let mut newer = Vec::new();
    while let Some(id) = next.pop() {
        if !seen.insert(id) {
            continue;
        }
        let package = packages[id];
        if let Some(rust) = package["rust_version"].as_str().filter(|rust| version(rust) > declared) {
            newer.push(format!("{} {} needs Rust {rust}", text(package, "name"), text(package, "version")));
        }
        for dependency in nodes[id]["deps"].as_array().expect("deps") {
            let kinds = dependency["dep_kinds"].as_array().expect("kinds");
            let is_normal = |kind: &&Value| kind["kind"].is_null() || kind["kind"] == "build";
            if kinds.iter().any(|kind| is_normal(&kind)) {
                next.push(text(dependency, "pkg"));
            }
        }
    }
    assert!(seen.len() > 20, "the graph was read");
    assert!(newer.is_empty(), "{newer:#?}");
}
