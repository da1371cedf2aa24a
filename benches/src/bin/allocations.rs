//! The process of a variant whose allocations are counted.
//!
//! A program of its own, because an allocator that counts is slower than one that does not. It counts for all
//! threads; a series here is shorter than any peer's batch, so that the workers sleep until the flush after it.

#![expect(clippy::cast_precision_loss, reason = "no figure has that many digits")]

use std::alloc::System;

use anyhow::Context;
use recount_benches::Session;
use recount_benches::figure::per;
use recount_benches::measure::allocations::{SERIES, Sample, WARM_UP};
use recount_benches::options::Options;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> anyhow::Result<()> {
    let child = Options::from_args(0)?.child.context("`cargo bench` runs it")?;
    child.run(|_, session| Ok(serde_json::to_value(sample(session)?)?))
}

fn sample(session: &Session) -> anyhow::Result<Sample> {
    for _ in 0..WARM_UP {
        (0..SERIES).for_each(session.turn);
        (session.flush)()?;
    }
    let region = Region::new(ALLOCATOR);
    (0..SERIES).for_each(session.turn);
    let change = region.change();
    (session.flush)()?;
    Ok(Sample {
        allocations: per(SERIES, (change.allocations + change.reallocations) as f64),
        bytes: per(SERIES, change.bytes_allocated as f64),
    })
}
