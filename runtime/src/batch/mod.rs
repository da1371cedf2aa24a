//! From finished spans to batches for the exporters: a bounded queue and one worker thread.
//!
//! The queue never blocks a caller, unless the program asked for that. What it has no room for is dropped and counted,
//! and so is whatever an exporter does not take; [`Stats`] tells.
//!
//! A span's way: a caller pushes its record and goes on; the worker takes batch after batch, hands each to every
//! exporter in turn, and gives the buffers to the pool, for the next spans to write into. Losses are told
//! in three ways: the counters, a warning now and then, and the error of a flush or a shutdown.

mod backlog;
mod limits;
mod own_thread;
mod pipeline;
mod pool;
mod process;
mod queue;
mod stash;
mod stats;
mod sync;
#[cfg(test)]
mod tests;
mod warnings;
mod worker;

pub use limits::Overflow;
pub(crate) use limits::QueueLimits;
pub(crate) use pipeline::{Pipeline, Policy, Unfinished};
pub use stats::Stats;
