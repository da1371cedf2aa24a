//! Runs every measurement in a process of its own, and the variants in turn, round after round.
//!
//! A process has one global subscriber, one reporter, one allocator and one set of worker threads. In a process of
//! their own, variants are installed the way a program would, do not pay for each other's threads, and do not
//! find each other's spans in the caches of `tracing`. Neighbours on the machine come and go: only what runs side
//! by side, in the same minute and from the same binary, can be compared, so the variants take turns and a figure
//! is the median of its rounds.

use anyhow::{Context, ensure};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::check::check;
use crate::child::{Task, tell};
use crate::options::Options;
use crate::sink::Sink;
use crate::tally::{Seen, Tally};
use crate::variant::{Outlet, Session, VARIANTS, Variant};
use crate::work::{SPANS, TURNS};

/// What one variant gave, round by round.
#[derive(Debug)]
pub struct Measured<M> {
    /// The variant.
    pub variant: &'static Variant,
    /// One for each round.
    pub samples: Vec<M>,
    /// Bytes on the wire, per span.
    pub bytes: f64,
}

/// Checks every variant, then measures all of them, round after round. `turns` is how many turns `measure` runs.
///
/// Gives nothing where nothing was to be measured, and in the processes that it starts: those have done their part
/// when it returns.
///
/// # Errors
///
/// When the command line has no meaning, a variant does not do its work, or it loses spans.
pub fn rounds<M: DeserializeOwned + Serialize>(
    default_rounds: usize,
    turns: usize,
    measure: impl Fn(&Session) -> anyhow::Result<M>,
) -> anyhow::Result<Option<Vec<Measured<M>>>> {
    let options = Options::from_args(default_rounds)?;
    if let Some(child) = options.child {
        child.run(measure)?;
        return Ok(None);
    }
    let only = |variant: &&Variant| options.only.as_ref().is_none_or(|only| variant.name.contains(only));
    let baseline = |variant: &&Variant| VARIANTS[..2].iter().any(|base| base.name == variant.name);
    let variants = VARIANTS.iter().filter(|variant| baseline(variant) || only(variant));
    let mut all: Vec<Measured<M>> = Vec::new();
    let thorough = Sink::start(Tally::thorough())?;
    for variant in variants {
        let seen = tell::<M>(Task::Check, variant, &thorough)?.seen;
        check(variant, seen)?;
        all.push(Measured {
            variant,
            samples: Vec::new(),
            bytes: seen.bytes as f64 / (TURNS * SPANS) as f64,
        });
    }
    let Some(rounds) = options.rounds else {
        eprintln!("All variants do their work. `cargo bench` measures them.");
        return Ok(None);
    };
    let sink = Sink::start(Tally::default())?;
    for round in 0..rounds {
        for place in 0..all.len() {
            let place = (place + round) % all.len();
            let measured = &mut all[place];
            let told = tell(Task::Measure, measured.variant, &sink)?;
            measured.complete(told.seen, turns)?;
            measured.samples.push(told.sample.context("a child that measures has a sample")?);
        }
        eprintln!("round {} of {rounds}", round + 1);
    }
    Ok(Some(all))
}

impl<M> Measured<M> {
    /// Makes sure that no span got lost.
    fn complete(&self, seen: Seen, turns: usize) -> anyhow::Result<()> {
        let name = self.variant.name;
        let spans = turns * SPANS;
        match self.variant.outlet {
            Outlet::Nothing => {}
            Outlet::Discard => ensure!(seen.spans >= spans as u64, "{name}: {} of {spans} spans", seen.spans),
            Outlet::Http => {
                // What is sent once a body, not once a span, is less in large bodies.
                let bytes = self.bytes * spans as f64 * 0.9;
                ensure!(seen.bytes as f64 >= bytes, "{name}: {} of {bytes} bytes were sent", seen.bytes);
            }
        }
        Ok(())
    }
}
