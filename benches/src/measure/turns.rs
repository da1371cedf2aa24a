//! What a span costs its caller and the process.
//!
//! The turns run in series that fit into the smallest queue of the peers, 2,048 spans, with a flush after each, so
//! that nobody gets cheaper by losing spans. The caller's figures leave the flushes out, those of the process
//! include them.

use std::time::{Duration, Instant};

use rustix::time::ClockId;
use serde::{Deserialize, Serialize};

use super::{cpu_time, nanos, percentile, polls};
use crate::variant::Session;

/// Turns in a series.
const SERIES: usize = 400;
/// Series before those that count.
const WARM_UP: usize = 2;
/// Series that count.
const COUNTED: usize = 10;

/// The turns that a variant runs for one [`Sample`], those before it included: with arguments and results, then
/// without.
pub(crate) const TURNS: usize = 2 * (WARM_UP + COUNTED) * SERIES;

/// One round's figures of one variant; all in nanoseconds, the work itself included.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub struct Sample {
    /// What the caller waits for a turn, half of the time.
    pub turn_median: f64,
    /// What the caller waits for a turn, 99 times in 100.
    pub turn_p99: f64,
    /// What the caller waits for a turn without arguments and results, half of the time.
    pub bare_turn_median: f64,
    /// CPU time of the caller's thread, per turn.
    pub caller: f64,
    /// CPU time of all threads, per turn.
    pub process: f64,
    /// One more poll of a pending future under two spans.
    pub poll: f64,
}

pub(super) fn sample(session: &Session) -> anyhow::Result<Sample> {
    let mut turns = series(session, session.turn)?;
    let mut bare = series(session, session.bare_turn)?;
    let count = turns.times.len() as f64;
    Ok(Sample {
        turn_median: percentile(&mut turns.times, 50),
        turn_p99: percentile(&mut turns.times, 99),
        bare_turn_median: percentile(&mut bare.times, 50),
        caller: nanos(turns.caller) / count,
        process: nanos(turns.process) / count,
        poll: polls::median(session),
    })
}

/// What many turns took.
#[derive(Default)]
struct Series {
    times: Vec<Duration>,
    caller: Duration,
    process: Duration,
}

fn series(session: &Session, turn: fn(usize)) -> anyhow::Result<Series> {
    let mut series = Series { times: Vec::with_capacity(COUNTED * SERIES), ..Series::default() };
    for _ in 0..WARM_UP {
        series.run(session, turn)?;
    }
    series.times.clear();
    series.caller = Duration::ZERO;
    let process = cpu_time(ClockId::ProcessCPUTime);
    for _ in 0..COUNTED {
        series.run(session, turn)?;
    }
    series.process = cpu_time(ClockId::ProcessCPUTime).saturating_sub(process);
    Ok(series)
}

impl Series {
    /// Runs one and flushes.
    fn run(&mut self, session: &Session, turn: fn(usize)) -> anyhow::Result<()> {
        let before = cpu_time(ClockId::ThreadCPUTime);
        let mut start = Instant::now();
        for number in 0..SERIES {
            turn(number);
            let end = Instant::now();
            self.times.push(end - start);
            start = end;
        }
        self.caller += cpu_time(ClockId::ThreadCPUTime).saturating_sub(before);
        (session.flush)()
    }
}
