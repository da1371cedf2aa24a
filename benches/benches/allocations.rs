//! What a span allocates on the calling thread: recount and its peers on the same work.
//!
//! A benchmark of its own, because an allocator that counts is slower than one that does not. It counts for all
//! threads; a burst here is shorter than any peer's batch, so that the workers sleep until the flush after it.
//!
//! ```text
//! cargo bench -p recount-benches --bench allocations
//! ```

#![expect(clippy::cast_precision_loss, reason = "no figure has that many digits")]

use std::alloc::System;

use recount_benches::Session;
use recount_benches::figure::{median, per};
use recount_benches::rounds::{Measured, rounds};
use recount_benches::table::Table;
use recount_benches::work::SPANS;
use serde::{Deserialize, Serialize};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Turns in a burst: 400 spans, less than the 512 that make a batch full.
const BURST: usize = 100;
/// Bursts before the one that counts: by then, buffers have grown to their size.
const WARM_UP: usize = 5;
const TURNS: usize = (WARM_UP + 1) * BURST;

/// What one turn allocates.
#[derive(Debug, Deserialize, Serialize)]
struct Sample {
    allocations: f64,
    bytes: f64,
}

fn main() -> anyhow::Result<()> {
    if let Some(all) = rounds(5, TURNS, sample)? {
        print(&all);
    }
    Ok(())
}

fn sample(session: &Session) -> anyhow::Result<Sample> {
    for _ in 0..WARM_UP {
        (0..BURST).for_each(session.turn);
        (session.flush)()?;
    }
    let region = Region::new(ALLOCATOR);
    (0..BURST).for_each(session.turn);
    let change = region.change();
    (session.flush)()?;
    Ok(Sample {
        allocations: per(BURST, (change.allocations + change.reallocations) as f64),
        bytes: per(BURST, change.bytes_allocated as f64),
    })
}

fn print(all: &[Measured<Sample>]) {
    let mut table = Table::new(&["per span", "allocations", "bytes"]);
    for measured in all {
        let of = |figure: fn(&Sample) -> f64| per(SPANS, median(measured.samples.iter().map(figure)));
        let (allocations, bytes) = (of(|sample| sample.allocations), of(|sample| sample.bytes));
        table.row([measured.variant.name.to_owned(), format!("{allocations:.1}"), format!("{bytes:.0}")]);
    }
    println!("\n{table}");
}
