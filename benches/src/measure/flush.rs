//! How long a flush takes that finds few spans, and one that finds many.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::percentile;
use crate::variant::Session;
use crate::work::SPANS;

/// Turns before a flush, and how often.
const FEW: (usize, usize) = (1, 100);
const MANY: (usize, usize) = (1_000 / SPANS, 20);
/// Flushes before those that count.
const WARM_UP: usize = 3;

/// The turns that a variant runs for one [`Sample`].
pub(crate) const TURNS: usize = FEW.0 * (FEW.1 + WARM_UP) + MANY.0 * (MANY.1 + WARM_UP);

/// Medians of one variant, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub struct Sample {
    /// Of 4 spans.
    pub few: f64,
    /// Of 1,000 spans.
    pub many: f64,
}

pub(super) fn sample(session: &Session) -> anyhow::Result<Sample> {
    Ok(Sample { few: median(session, FEW)?, many: median(session, MANY)? })
}

fn median(session: &Session, (turns, times): (usize, usize)) -> anyhow::Result<f64> {
    let mut flushes = Vec::with_capacity(WARM_UP + times);
    for _ in 0..WARM_UP + times {
        (0..turns).for_each(session.turn);
        let start = Instant::now();
        (session.flush)()?;
        flushes.push(start.elapsed());
    }
    Ok(percentile(&mut flushes[WARM_UP..], 50))
}
