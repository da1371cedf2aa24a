//! Runs every measurement in a process of its own, and the variants in turn, round after round.
//!
//! A process has one global subscriber, one reporter, one allocator and one set of worker threads. In a process of
//! their own, variants are installed the way a program would, do not pay for each other's threads, and do not
//! find each other's spans in the caches of `tracing`. Neighbours on the machine come and go: only what runs side
//! by side, in the same minute and from the same binary, can be compared, so the variants take turns and a figure
//! is the median of its rounds.

use std::path::Path;

use anyhow::ensure;
use serde::de::DeserializeOwned;

use crate::check::check;
use crate::child::tell;
use crate::figure::median;
use crate::sink::Sink;
use crate::tally::{Seen, Tally};
use crate::task::Task;
use crate::variant::{Outlet, Variant};

/// What one variant gave.
#[derive(Debug)]
pub struct Measured<M> {
    /// The variant.
    pub variant: &'static Variant,
    /// One for each round, and what reached the end of the variant's way.
    pub samples: Vec<(M, Seen)>,
}

impl<M> Measured<M> {
    /// The median of a figure.
    pub fn median(&self, figure: impl Fn(&M) -> f64) -> f64 {
        median(self.samples.iter().map(|(sample, _)| figure(sample)))
    }
}

/// Makes sure that every variant does the work that it is measured for.
///
/// # Errors
///
/// When one does not.
pub fn check_all(program: &Path, variants: &[&'static Variant]) -> anyhow::Result<()> {
    let sink = Sink::start(Tally::thorough())?;
    for variant in variants {
        check(variant, tell(program, Task::Check, variant, &sink)?.seen)?;
    }
    Ok(())
}

/// Measures the variants, round after round.
///
/// # Errors
///
/// When a variant loses spans, but in a burst.
pub fn measure_all<M: DeserializeOwned>(
    program: &Path,
    task: Task,
    variants: &[&'static Variant],
    rounds: usize,
) -> anyhow::Result<Vec<Measured<M>>> {
    let sink = Sink::start(Tally::default())?;
    let mut all: Vec<_> = variants.iter().map(|variant| Measured { variant, samples: Vec::new() }).collect();
    for round in 0..rounds {
        for place in 0..all.len() {
            let place = (place + round) % all.len();
            let measured = &mut all[place];
            let told = tell(program, task, measured.variant, &sink)?;
            if !task.may_lose() {
                complete(measured.variant, told.seen, task.spans())?;
            }
            measured.samples.push((serde_json::from_value(told.sample)?, told.seen));
        }
        eprintln!("{}: round {} of {rounds}", task.name(), round + 1);
    }
    Ok(all)
}

/// Makes sure that no span got lost.
fn complete(variant: &Variant, seen: Seen, spans: usize) -> anyhow::Result<()> {
    let expected = if variant.outlet() == Outlet::Nothing { 0 } else { spans as u64 };
    ensure!(seen.spans >= expected, "{}: {} of {expected} spans", variant.name, seen.spans);
    Ok(())
}
