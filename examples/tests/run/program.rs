//! A built example, run as a process of its own.

use std::path::PathBuf;
use std::process::Command;

/// What the environment of a developer may set and an example listens to.
const PREFIXES: [&str; 3] = ["OPENAI_", "OTEL_", "TRACELOOP_"];

pub(crate) struct Program {
    name: String,
    command: Command,
}

/// What a program left behind.
pub(crate) struct Run {
    /// What it printed on the standard output.
    pub(crate) printed: String,
    /// The trees it printed on the standard error, without durations.
    pub(crate) tree: String,
    /// All that it printed on the standard error.
    pub(crate) complaint: String,
}

impl Program {
    /// The example of this name, run in an environment that says nothing of models and exporters.
    pub(crate) fn example(name: &str) -> Self {
        let mut command = Command::new(path(name));
        command.current_dir(env!("CARGO_MANIFEST_DIR"));
        for (variable, _) in std::env::vars_os() {
            if PREFIXES.iter().any(|prefix| variable.to_string_lossy().starts_with(prefix)) {
                command.env_remove(variable);
            }
        }
        Self { name: name.to_owned(), command }
    }

    pub(crate) fn arguments(mut self, arguments: &[&str]) -> Self {
        self.command.args(arguments);
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it to its end, which must be a good one.
    pub(crate) fn run(self) -> Run {
        self.end(true)
    }

    /// Runs it to its end, which must be a bad one.
    pub(crate) fn fail(self) -> Run {
        self.end(false)
    }

    fn end(mut self, well: bool) -> Run {
        let output =
            self.command.output().unwrap_or_else(|error| panic!("{} does not run: {error}", self.name));
        let printed = String::from_utf8(output.stdout).unwrap();
        let complaint = String::from_utf8(output.stderr).unwrap();
        let status = output.status;
        assert_eq!(status.success(), well, "{} ends with {status}: {printed}{complaint}", self.name);
        Run { printed, tree: trees(&complaint), complaint }
    }

    /// Runs it, for its trees alone.
    pub(crate) fn tree(self) -> String {
        self.run().tree
    }
}

/// Where cargo puts examples, seen from where it puts tests.
fn path(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.ancestors().nth(2).unwrap();
    let path = profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(path.exists(), "{} is not built: run `cargo test -p examples` without `--test`", path.display());
    path
}

/// The lines that begin with a kind of span or a branch, without durations, which are set off by two spaces.
fn trees(text: &str) -> String {
    let kinds = ["llm ", "tool ", "agent ", "workflow ", "task ", "retrieval ", "interaction "];
    let is_span = |line: &&str| {
        let label = line.trim_start_matches(['│', '├', '└', '─', ' ']);
        kinds.iter().any(|kind| label.starts_with(kind))
    };
    text.lines().filter(is_span).map(|line| without_duration(line) + "\n").collect()
}

fn without_duration(line: &str) -> String {
    let is_duration = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_digit())
            && [" µs", " ms", " s"].iter().any(|unit| part.ends_with(unit))
    };
    line.split("  ").filter(|part| !is_duration(part)).collect::<Vec<_>>().join("  ")
}
