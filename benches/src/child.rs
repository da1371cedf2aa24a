//! The process of one variant, as seen from both sides.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::ensure;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::sink::Sink;
use crate::tally::{Seen, Tally};
use crate::task::Task;
use crate::variant::{Destination, Outlet, Session, Variant};
use crate::work::TURNS;

/// What a process is there for.
#[derive(Debug)]
pub struct Child {
    pub(crate) task: Task,
    pub(crate) variant: &'static Variant,
    pub(crate) url: String,
}

/// What a child tells its parent.
#[derive(Deserialize, Serialize)]
pub(crate) struct Told {
    /// Null of a check.
    pub(crate) sample: Value,
    pub(crate) seen: Seen,
}

impl Child {
    /// Does what it is there for, and tells the parent.
    ///
    /// # Errors
    ///
    /// When the variant loses spans where none may be lost.
    pub fn run(self, measure: impl Fn(Task, &Session) -> anyhow::Result<Value>) -> anyhow::Result<()> {
        let tally = if self.task == Task::Check { Tally::thorough() } else { Tally::default() };
        let session = self.variant.start(Destination { tally: tally.clone(), url: self.url });
        let sample = if self.task == Task::Check {
            (0..TURNS).for_each(session.turn);
            (0..TURNS).for_each(session.bare_turn);
            (session.flush)()?;
            Value::Null
        } else {
            measure(self.task, &session)?
        };
        println!("{}", serde_json::to_string(&Told { sample, seen: tally.take() })?);
        Ok(())
    }
}

/// Starts a child and waits for what it tells.
pub(crate) fn tell(program: &Path, task: Task, variant: &Variant, sink: &Sink) -> anyhow::Result<Told> {
    let mut command = Command::new(program);
    // What this machine's user has set up for other programs would change what is measured.
    for (name, _) in env::vars_os().filter(|(name, _)| is_setting(name)) {
        command.env_remove(name);
    }
    command.args(["--child", task.name(), variant.name, sink.url()]);
    // Who loses spans in a burst says so again and again.
    command.stderr(if task.may_lose() { Stdio::null() } else { Stdio::inherit() });
    let output = command.output()?;
    ensure!(output.status.success(), "{}, {}: {}", variant.name, task.name(), output.status);
    let mut told: Told = serde_json::from_slice(&output.stdout)?;
    if variant.outlet() == Outlet::Http {
        told.seen = sink.take();
    }
    Ok(told)
}

fn is_setting(name: &OsString) -> bool {
    name.to_str()
        .is_some_and(|name| ["OTEL_", "RECOUNT_", "TRACELOOP_"].iter().any(|prefix| name.starts_with(prefix)))
}
