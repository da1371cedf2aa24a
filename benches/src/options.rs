//! The command line.

use anyhow::Context;
use lexopt::ValueExt;

use crate::child::Child;
use crate::task::Task;
use crate::variant::{VARIANTS, Variant};

/// How often to measure, and what.
#[derive(Debug)]
pub struct Options {
    /// How many rounds; none where nothing is to be measured.
    pub rounds: Option<usize>,
    /// What this process is there for, if another one has started it.
    pub child: Option<Child>,
    only: Option<String>,
}

impl Options {
    /// Without a number, `cargo bench` measures `rounds` times and everybody else not at all.
    ///
    /// # Errors
    ///
    /// When the command line has no meaning.
    pub fn from_args(rounds: usize) -> anyhow::Result<Self> {
        let mut options = Self { rounds: None, only: None, child: None };
        let mut parser = lexopt::Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                lexopt::Arg::Long("rounds") => options.rounds = Some(parser.value()?.parse()?),
                lexopt::Arg::Long("only") => options.only = Some(parser.value()?.string()?),
                lexopt::Arg::Long("child") => {
                    let task = Task::named(&parser.value()?.string()?).context("no such task")?;
                    let variant = Variant::named(&parser.value()?.string()?).context("no such variant")?;
                    options.child = Some(Child { task, variant, url: parser.value()?.string()? });
                }
                lexopt::Arg::Long("bench") => options.rounds = options.rounds.or(Some(rounds)),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(options)
    }

    /// The variants that were asked for, and those that they are compared with.
    #[must_use]
    pub fn variants(&self) -> Vec<&'static Variant> {
        let only = |variant: &Variant| self.only.as_ref().is_none_or(|only| variant.name.contains(only));
        VARIANTS
            .iter()
            .enumerate()
            .filter(|(place, variant)| *place < 2 || only(variant))
            .map(|(_, variant)| variant)
            .collect()
    }
}
