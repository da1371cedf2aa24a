//! The command line.

use anyhow::Context;
use lexopt::ValueExt;

use crate::child::{Child, Task};
use crate::variant::Variant;

/// How often to measure, and what.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) rounds: Option<usize>,
    pub(crate) only: Option<String>,
    pub(crate) child: Option<Child>,
}

impl Options {
    /// Without a number, `cargo bench` measures `rounds` times and everybody else not at all.
    pub(crate) fn from_args(rounds: usize) -> anyhow::Result<Self> {
        let mut options = Self { rounds: None, only: None, child: None };
        let mut parser = lexopt::Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                lexopt::Arg::Long("rounds") => options.rounds = Some(parser.value()?.parse()?),
                lexopt::Arg::Long("only") => options.only = Some(parser.value()?.string()?),
                lexopt::Arg::Long("child") => {
                    let task = Task::named(&parser.value()?.string()?);
                    let variant = Variant::named(&parser.value()?.string()?).context("no such variant")?;
                    options.child = Some(Child { task, variant, url: parser.value()?.string()? });
                }
                lexopt::Arg::Long("bench") => options.rounds = options.rounds.or(Some(rounds)),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(options)
    }
}
