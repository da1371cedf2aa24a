//! The table: what recount costs and what it is allowed to, next to its peers, on the same work and in one run.
//!
//! ```text
//! cargo bench [-p recount-benches --bench cost -- [--rounds 11] [--only recount]]
//! ```
//!
//! This is not a criterion or divan benchmark, because those finish one function before they start the next. On a
//! machine that others use too, what ran in a quiet minute then wins. Here the variants take turns (see
//! [`rounds`](recount_benches::rounds)), so that a ratio compares what was measured side by side; the ratios carry over to other
//! machines, the nanoseconds do not. A bound that is not kept is marked, and fails nothing: timings are no tests.
//!
//! Figures are net of the work itself, unless they say otherwise. "floor" is what `serde_json` and two readings
//! of the clock take: the least for anybody who hands JSON to an exporter on the caller's thread. Before anything
//! is measured, every variant has to show that all its spans arrive with arguments and results of the right size.
//!
//! The loop in which `serde_json` looks for characters to escape takes half as long again where the linker puts it
//! badly, which changes the floor from one build to the next. To give everybody the good case:
//!
//! ```text
//! cargo cost
//! ```
//!
//! is an alias in `.cargo/config.toml` for the same benchmark with aligned loops.

#![expect(clippy::cast_precision_loss, reason = "no figure has that many digits")]

mod bound;
mod details;
mod figures;
mod promises;

use std::env;
use std::path::Path;

use recount_benches::measure::measure;
use recount_benches::options::Options;
use recount_benches::rounds::check_all;

use crate::figures::Figures;

/// The program that counts allocations.
const ALLOCATIONS: &str = env!("CARGO_BIN_EXE_allocations");

fn main() -> anyhow::Result<()> {
    let options = Options::from_args(11)?;
    let variants = options.variants();
    if let Some(child) = options.child {
        return child.run(measure);
    }
    let program = env::current_exe()?;
    check_all(&program, &variants)?;
    let Some(rounds) = options.rounds else {
        check_all(Path::new(ALLOCATIONS), &variants)?;
        eprintln!("All variants do their work. `cargo bench` measures them.");
        return Ok(());
    };
    let figures = Figures::measure(&program, Path::new(ALLOCATIONS), &variants, rounds)?;
    println!("\n{}", details::table(&figures));
    println!("\n{}", promises::table(&figures));
    let work = figures.plain.turn_median;
    println!(
        "Medians of {rounds} rounds, {} of bursts and flushes; the work itself takes {work:.0} ns a turn.",
        figures.few_rounds
    );
    Ok(())
}
