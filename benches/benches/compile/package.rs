//! A package on disk that is built by cargo, offline and from the crates and versions of this workspace.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

/// The package; its directory is left behind, for whoever wants to look at it.
#[derive(Debug)]
pub(crate) struct Package {
    directory: PathBuf,
    target: PathBuf,
}

/// What a build took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spent {
    /// What somebody waited.
    pub(crate) wall: Duration,
    /// What all processes worked; none where the system does not say it.
    pub(crate) cpu: Option<Duration>,
}

impl Package {
    /// A package of this name with these dependencies, as a manifest has them. Packages that share a `target` share
    /// what they have built.
    pub(crate) fn new(name: &str, dependencies: &str, target: &str) -> anyhow::Result<Self> {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile");
        let package = Self { directory: root.join(name), target: root.join(target) };
        fs::create_dir_all(package.directory.join("src"))?;
        let manifest = format!(
            "[workspace]\n\n[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}"
        );
        fs::write(package.directory.join("Cargo.toml"), manifest)?;
        fs::copy(workspace().join("Cargo.lock"), package.directory.join("Cargo.lock"))?;
        Ok(package)
    }

    /// Replaces the source.
    pub(crate) fn write(&self, source: &str) -> anyhow::Result<()> {
        Ok(fs::write(self.directory.join("src/lib.rs"), source)?)
    }

    /// Throws away everything that was built.
    pub(crate) fn clean(&self) -> anyhow::Result<()> {
        match fs::remove_dir_all(&self.target) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Builds, with these arguments of cargo.
    pub(crate) fn build(&self, arguments: &[&str]) -> anyhow::Result<Spent> {
        let mut command = Command::new(env!("CARGO"));
        command.args(arguments).args(["--offline", "--quiet"]);
        command.current_dir(&self.directory).env("CARGO_TARGET_DIR", &self.target);
        // Builds are to be what cargo makes of them by default.
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(is_setting) {
                command.env_remove(name);
            }
        }
        let (cpu, start) = (cpu_of_children(), Instant::now());
        let output = command.stdin(Stdio::null()).output().context("cargo does not start")?;
        let wall = start.elapsed();
        let messages = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{}: {messages}", self.directory.display());
        Ok(Spent {
            wall,
            cpu: cpu_of_children().zip(cpu).map(|(after, before)| after.saturating_sub(before)),
        })
    }

    /// How many crates other than itself it is built from.
    pub(crate) fn dependencies(&self) -> anyhow::Result<usize> {
        let mut command = Command::new(env!("CARGO"));
        command.args(["tree", "--offline", "--quiet", "--edges", "normal,build", "--prefix", "none"]);
        let output =
            command.args(["--format", "{p}", "--no-dedupe"]).current_dir(&self.directory).output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut crates: Vec<_> =
            output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
        crates.sort_unstable();
        crates.dedup();
        Ok(crates.len() - 1)
    }
}

/// recount, as the dependencies of a manifest name it.
pub(crate) fn recount() -> String {
    format!("recount = {{ path = '{}' }}\n", workspace().join("runtime").display())
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the benchmarks have a directory of their own")
}

/// Whether the variable is about this build, or about what somebody wants of their own builds.
fn is_setting(name: &str) -> bool {
    let ours = ["CARGO_PROFILE_", "CARGO_INCREMENTAL", "CARGO_BUILD_", "CARGO_MANIFEST_", "CARGO_PKG_"];
    ours.iter().any(|prefix| name.starts_with(prefix)) || name.ends_with("RUSTFLAGS")
}

/// The CPU time of all processes that this one has started and that have ended, and of those that they started.
fn cpu_of_children() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is a name in parentheses, which may have spaces.
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut ticks = fields.split(' ').skip(13).map_while(|field| field.parse::<u64>().ok());
    let ticks = ticks.next()? + ticks.next()?;
    Some(Duration::from_secs(ticks) / u32::try_from(rustix::param::clock_ticks_per_second()).ok()?)
}
