//! What is measured of a variant, in a process of its own; one file for each kind of figure.

pub mod allocations;
pub mod burst;
pub mod flush;
mod polls;
pub mod turns;

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;
use serde_json::Value;

use crate::task::Task;
use crate::variant::Session;

/// Does what the task asks for, but for the counting of allocations: that takes an allocator of its own.
///
/// # Errors
///
/// When the variant says that it has lost spans where none may be lost.
pub fn measure(task: Task, session: &Session) -> anyhow::Result<Value> {
    match task {
        Task::Check | Task::Allocations => anyhow::bail!("{} measures no time", task.name()),
        Task::Turns => told(turns::sample(session)?),
        Task::Flush => told(flush::sample(session)?),
        Task::Burst => told(burst::sample(session, 1)?),
        Task::DoubleBurst => told(burst::sample(session, 2)?),
    }
}

fn told<T: Serialize>(sample: T) -> anyhow::Result<Value> {
    Ok(serde_json::to_value(sample)?)
}

fn cpu_time(clock: ClockId) -> Duration {
    clock_gettime(clock).try_into().unwrap_or_default()
}

fn nanos(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e9
}

/// The middle one, or the one that so many of 100 do not exceed.
fn percentile(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    nanos(times[times.len() * percent / 100])
}
