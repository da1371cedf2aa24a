//! 100,000 spans as fast as the callers can, then a flush: who loses how many, how fast the others arrive, and what
//! memory that takes. Everybody has the queue that they come with.

use std::fs;
use std::thread;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::variant::Session;
use crate::work::SPANS;

/// The turns of a burst.
pub(crate) const TURNS: usize = 100_000 / SPANS;

/// One burst of one variant. How many spans arrived, the receiver knows.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub struct Sample {
    /// From the first span until the flush was over.
    pub seconds: f64,
    /// Memory above that of the idle program at its worst, in MiB; none where the system does not say it.
    pub peak: Option<f64>,
}

pub(super) fn sample(session: &Session, threads: usize) -> anyhow::Result<Sample> {
    (session.turn)(0);
    (session.flush)()?;
    let idle = memory("VmRSS:");
    let turn = session.turn;
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| (0..TURNS / threads).for_each(turn));
        }
    });
    // Who has lost spans may say so here; the receiver counts them anyway.
    let _ = (session.flush)();
    let seconds = start.elapsed().as_secs_f64();
    Ok(Sample { seconds, peak: memory("VmHWM:").zip(idle).map(|(peak, idle)| (peak - idle).max(0.0)) })
}

/// What Linux says of this process's memory, in MiB.
fn memory(name: &str) -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes / 1024.0)
}
