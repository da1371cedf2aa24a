//! From finished spans to batches for the exporters: a bounded queue and one worker thread.
//!
//! The queue never blocks a caller. What it has no room for is dropped and counted, and so is whatever an exporter
//! does not take; [`Stats`] tells.
//!
//! A span's way: a caller pushes its record and goes on; the worker takes all that wait, hands them to each
//! exporter in turn, and gives their buffers to the pool, for the next spans to write into. Losses are told
//! in three ways: the counters, a warning now and then, and the error of a flush or a shutdown.

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
