//! By which name the annotated crate knows the runtime.

use std::path::Path;
use std::{env, fs};

/// The package that holds the runtime.
const PACKAGE: &str = "recount";

/// The name of the runtime in the crate that is being compiled, as its `Cargo.toml` says; the usual one where
/// that cannot be read, as under other build systems.
pub(crate) fn runtime_name() -> String {
    renamed().map_or_else(|| PACKAGE.to_owned(), |name| name.replace('-', "_"))
}

fn renamed() -> Option<String> {
    let directory = env::var_os("CARGO_MANIFEST_DIR")?;
    let directory = Path::new(&directory);
    let manifest = fs::read_to_string(directory.join("Cargo.toml")).ok()?;
    // Most manifests mention no other name.
    let dependencies = dependencies(&manifest, is_dependency_table);
    match find(&dependencies) {
        Found::Name(name) => Some(name),
        Found::No => None,
        Found::Inherited(candidates) => {
            let root = directory.ancestors().find_map(|directory| {
                let manifest = fs::read_to_string(directory.join("Cargo.toml")).ok()?;
                manifest.lines().any(|line| line.trim_start().starts_with("[workspace")).then_some(manifest)
            })?;
            let shared = self::dependencies(&root, |table| table == ["workspace", "dependencies"]);
            candidates.into_iter().find(|candidate| {
                shared.iter().any(|dependency| {
                    dependency.key == *candidate && dependency.package.as_deref() == Some(PACKAGE)
                })
            })
        }
    }
}

enum Found {
    Name(String),
    /// None that says so itself, and these that leave it to the workspace.
    Inherited(Vec<String>),
    No,
}

fn find(dependencies: &[Dependency]) -> Found {
    let named = |dependency: &&Dependency| match &dependency.package {
        Some(package) => package == PACKAGE,
        None => dependency.key == PACKAGE,
    };
    if let Some(found) = dependencies.iter().find(named) {
        return Found::Name(found.key.clone());
    }
    let inherited: Vec<String> = dependencies
        .iter()
        .filter(|dependency| dependency.inherited)
        .map(|dependency| dependency.key.clone())
        .collect();
    if inherited.is_empty() { Found::No } else { Found::Inherited(inherited) }
}

/// A dependency, as far as it matters here.
#[derive(Debug, Default, PartialEq)]
struct Dependency {
    key: String,
    package: Option<String>,
    inherited: bool,
}

fn is_dependency_table(table: &[String]) -> bool {
    let kind = match table {
        [kind] => kind,
        [target, _, kind] if target == "target" => kind,
        _ => return false,
    };
    ["dependencies", "dev-dependencies", "build-dependencies"].contains(&&kind[..])
}

/// The dependencies in the tables that `is_table` selects.
///
/// Reads as much of TOML as manifests use for dependencies: tables, dotted keys, inline tables, strings on one
/// line. What it does not understand it passes over.
fn dependencies(manifest: &str, is_table: impl Fn(&[String]) -> bool) -> Vec<Dependency> {
    let mut found: Vec<Dependency> = Vec::new();
    let mut table: Vec<String> = Vec::new();
    let mut set = |path: &[String], value: &str| {
        // The key of the dependency is in the table's name, or in front of the `=`, with or without a property.
        for split in (1..path.len()).filter(|split| is_table(&path[..*split])) {
            let key = &path[split];
            let index = found.iter().position(|dependency| dependency.key == *key).unwrap_or_else(|| {
                found.push(Dependency { key: key.clone(), ..Dependency::default() });
                found.len() - 1
            });
            let dependency = &mut found[index];
            match path.get(split + 1).map(String::as_str) {
                Some("package") => dependency.package = Some(unquoted(value).to_owned()),
                Some("workspace") => dependency.inherited = value.trim() == "true",
                _ => {}
            }
        }
    };
    for line in statements(manifest) {
        if let Some(name) = line.strip_prefix('[') {
            table = keys(name.trim_matches(['[', ']']));
            set(&table, "");
        } else if let Some((key, value)) = outside_quotes(&line, '=') {
            let mut path = table.clone();
            path.extend(keys(key));
            match value.trim().strip_prefix('{').and_then(|inline| inline.trim_end().strip_suffix('}')) {
                None => set(&path, value),
                Some(inline) => {
                    set(&path, "");
                    for property in split(inline, ',') {
                        if let Some((key, value)) = outside_quotes(&property, '=') {
                            set(&[path.clone(), keys(key)].concat(), value);
                        }
                    }
                }
            }
        }
    }
    found
}

/// The lines without comments, those within brackets joined.
fn statements(manifest: &str) -> Vec<String> {
    let mut statements: Vec<String> = Vec::new();
    let mut open = 0_usize;
    for line in manifest.lines() {
        let line = outside_quotes(line, '#').map_or(line, |(line, _)| line).trim();
        match statements.last_mut() {
            Some(last) if open > 0 => last.push_str(line),
            _ => statements.push(line.to_owned()),
        }
        let count = |brackets: [char; 2]| split(line, brackets[0]).len() + split(line, brackets[1]).len() - 2;
        open = (open + count(['[', '{'])).saturating_sub(count([']', '}']));
    }
    statements
}

/// The text before and behind the first such letter that is not quoted.
fn outside_quotes(text: &str, letter: char) -> Option<(&str, &str)> {
    let mut quote = None;
    for (index, found) in text.char_indices() {
        match quote {
            Some(open) if found == open => quote = None,
            None if found == '"' || found == '\'' => quote = Some(found),
            None if found == letter => return Some((&text[..index], &text[index + found.len_utf8()..])),
            _ => {}
        }
    }
    None
}

fn split(text: &str, letter: char) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((part, behind)) = outside_quotes(rest, letter) {
        parts.push(part.to_owned());
        rest = behind;
    }
    parts.push(rest.to_owned());
    parts
}

/// The words of a dotted key.
fn keys(text: &str) -> Vec<String> {
    split(text, '.').iter().map(|key| unquoted(key).to_owned()).collect()
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::{Found, dependencies, find, is_dependency_table};

    #[track_caller]
    fn check(manifest: &str, expected: Option<&str>) {
        let name = match find(&dependencies(manifest, is_dependency_table)) {
            Found::Name(name) => Some(name),
            Found::Inherited(candidates) => Some(format!("one of {}", candidates.join(", "))),
            Found::No => None,
        };
        assert_eq!(name.as_deref(), expected);
    }

    #[test]
    fn the_usual_name() {
        check("[dependencies]\nrecount = \"0.1\" # as ever", Some("recount"));
        check("[dev-dependencies]\n\"recount\" = { version = \"0.1\" }", Some("recount"));
        check("[dependencies.recount]\nversion = \"0.1\"", Some("recount"));
        check("[dependencies]\nrecount.workspace = true", Some("recount"));
    }

    #[test]
    fn another_name() {
        check("[dependencies]\ntell = { version = \"0.1\", package = \"recount\" }", Some("tell"));
        check("[dependencies]\ntell = { package = 'recount', features = [\"a\", \"b\"] }", Some("tell"));
        check(
            "[dependencies.tell]\nversion = \"0.1\"\npackage = \"recount\"\n[features]\na = []",
            Some("tell"),
        );
        check("[dependencies]\ntell.package = \"recount\"\ntell.version = \"0.1\"", Some("tell"));
        check("[target.'cfg(unix)'.dependencies]\ntell = { package = \"recount\" }", Some("tell"));
        check(
            "[build-dependencies]\ntell = {\n  version = \"0.1\", # {\n  package = \"recount\",\n}",
            Some("tell"),
        );
    }

    #[test]
    fn a_name_that_the_workspace_gives() {
        check("[dependencies]\nserde = \"1\"\ntell = { workspace = true }", Some("one of tell"));
        check("[dependencies]\ntell.workspace = true\nserde.workspace = true", Some("one of tell, serde"));
    }

    #[test]
    fn none_at_all() {
        check("[package]\nname = \"recount\"\n[features]\nrecount = []", None);
        check("[dependencies]\nrecount = { package = \"other\", version = \"1\" }", None);
        check("not a manifest [[[ = \" '", None);
    }
}
