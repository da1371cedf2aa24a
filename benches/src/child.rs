//! The process of one variant, as seen from both sides.

use std::env;
use std::ffi::OsString;
use std::process::{Command, Stdio};

use anyhow::ensure;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::sink::Sink;
use crate::tally::{Seen, Tally};
use crate::variant::{Destination, Outlet, Session, Variant};
use crate::work::TURNS;

/// What a process is there for.
#[derive(Debug)]
pub(crate) struct Child {
    pub(crate) task: Task,
    pub(crate) variant: &'static Variant,
    pub(crate) url: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// To show that everything arrives.
    Check,
    /// To measure.
    Measure,
}

/// What a child tells its parent.
#[derive(Deserialize, Serialize)]
pub(crate) struct Told<M> {
    pub(crate) sample: Option<M>,
    pub(crate) seen: Seen,
}

impl Task {
    pub(crate) fn named(name: &str) -> Self {
        if name == "check" { Self::Check } else { Self::Measure }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Measure => "measure",
        }
    }
}

impl Child {
    /// Does what it is there for, and tells the parent.
    pub(crate) fn run<M: Serialize>(
        self,
        measure: impl Fn(&Session) -> anyhow::Result<M>,
    ) -> anyhow::Result<()> {
        let tally = if self.task == Task::Check { Tally::thorough() } else { Tally::default() };
        let session = self.variant.start(Destination { tally: tally.clone(), url: self.url });
        let sample = match self.task {
            Task::Measure => Some(measure(&session)?),
            Task::Check => {
                (0..TURNS).for_each(session.turn);
                (session.flush)()?;
                None
            }
        };
        println!("{}", serde_json::to_string(&Told { sample, seen: tally.take() })?);
        Ok(())
    }
}

/// Starts a child and waits for what it tells.
pub(crate) fn tell<M: DeserializeOwned>(
    task: Task,
    variant: &Variant,
    sink: &Sink,
) -> anyhow::Result<Told<M>> {
    let mut command = Command::new(env::current_exe()?);
    // What this machine's user has set up for other programs would change what is measured.
    for (name, _) in env::vars_os().filter(|(name, _)| is_setting(name)) {
        command.env_remove(name);
    }
    command.args(["--child", task.name(), variant.name, sink.url()]).stderr(Stdio::inherit());
    let output = command.output()?;
    ensure!(output.status.success(), "{}: {}", variant.name, output.status);
    let mut told: Told<M> = serde_json::from_slice(&output.stdout)?;
    if variant.outlet == Outlet::Http {
        told.seen = sink.take();
    }
    Ok(told)
}

fn is_setting(name: &OsString) -> bool {
    name.to_str().is_some_and(|name| ["OTEL_", "TRACELOOP_"].iter().any(|prefix| name.starts_with(prefix)))
}
