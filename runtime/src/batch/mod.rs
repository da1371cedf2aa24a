//! From finished spans to batches for the exporters: a bounded queue and one worker thread.
//!
//! The queue never blocks a caller. What it has no room for is dropped and counted, and so is whatever an exporter
//! does not take; [`Stats`] tells.

mod pipeline;
mod pool;
mod queue;
mod stats;
#[cfg(test)]
mod tests;
mod worker;

pub(crate) use pipeline::{Pipeline, Policy};
pub(crate) use queue::QueueLimits;
pub use stats::Stats;
