//! What annotations cost while a program is compiled, and what recount adds to a clean build.
//!
//! ```text
//! cargo bench -p recount-benches --bench compile [-- --rounds 5] [--clean-rounds 2]
//! ```
//!
//! A crate of 200 small functions, half of them `async`, is rebuilt after the body of one function was edited; its
//! dependencies are built before. The ways take turns, and a figure is the median of its rounds, net of what the same
//! functions take without annotation. Everything is built offline, with cargo's own profiles and from the versions that
//! this workspace is locked to. It takes minutes; no other benchmark waits for it.

#![expect(clippy::cast_precision_loss, reason = "no figure has that many digits")]

mod clean;
mod package;
mod rebuild;
mod source;

use anyhow::Context;
use lexopt::{Arg, ValueExt};
use recount_benches::figure::median;

use crate::package::Spent;

fn main() -> anyhow::Result<()> {
    let (mut rounds, mut clean_rounds) = (5, 2);
    let mut measures = false;
    let mut parser = lexopt::Parser::from_env();
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("rounds") => rounds = parser.value()?.parse()?,
            Arg::Long("clean-rounds") => clean_rounds = parser.value()?.parse()?,
            Arg::Long("bench") => measures = true,
            other => return Err(other.unexpected().into()),
        }
    }
    if !measures {
        eprintln!("`cargo bench` measures it.");
        return Ok(());
    }
    if rounds > 0 {
        println!("\n{}", rebuild::table(rounds).context("rebuilding after an edit")?);
    }
    if clean_rounds > 0 {
        println!("\n{}", clean::table(clean_rounds).context("clean builds")?);
    }
    Ok(())
}

/// The median of what somebody waited, in seconds.
fn wall(spent: &[Spent]) -> f64 {
    median(spent.iter().map(|spent| spent.wall.as_secs_f64()))
}

/// The median of the CPU time, in seconds; of what somebody waited, where the system does not say it.
fn cpu(spent: &[Spent]) -> f64 {
    median(spent.iter().map(|spent| spent.cpu.unwrap_or(spent.wall).as_secs_f64()))
}

/// Whether a bound is kept.
fn mark(figure: f64, most: f64) -> &'static str {
    if figure <= most { "✓" } else { "✗" }
}
