//! What the caller allocates. It is counted in a program of its own: `src/bin/allocations.rs`.

use serde::{Deserialize, Serialize};

/// Turns in a series: 100 spans with less than 256 KiB, which wake nobody's worker. What that allocates would count, too.
pub const SERIES: usize = 25;
/// Series before the one that counts: by then, buffers have grown to their size.
pub const WARM_UP: usize = 20;

/// The turns that a variant runs for one [`Sample`].
pub(crate) const TURNS: usize = (WARM_UP + 1) * SERIES;

/// What one turn allocates.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub struct Sample {
    /// How often.
    pub allocations: f64,
    /// How much.
    pub bytes: f64,
}
