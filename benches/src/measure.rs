//! Measures a variant in a process of its own.
//!
//! The turns run in bursts that fit into the smallest queue of the peers, 2,048 spans, with a flush after each, so
//! that nobody gets cheaper by losing spans. The caller's figures leave the flushes out, those of the process
//! include them.

use std::pin::Pin;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use crate::variant::Session;

/// Turns in a burst.
const BURST: usize = 400;
/// Bursts before those that count.
const WARM_UP: usize = 2;
/// Bursts that count.
const BURSTS: usize = 10;
/// Polls in one reading of the clock, and readings.
const POLLS: usize = 100;
const READINGS: usize = 200;

/// The turns that a variant runs for one [`Sample`], those before it included.
pub const TURNS: usize = (WARM_UP + BURSTS) * BURST;

/// One round's figures of one variant; all in nanoseconds, the work itself included.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub struct Sample {
    /// What the caller waits for a turn, half of the time.
    pub turn_median: f64,
    /// What the caller waits for a turn, 99 times in 100.
    pub turn_p99: f64,
    /// CPU time of the caller's thread, per turn.
    pub caller: f64,
    /// CPU time of all threads, per turn.
    pub process: f64,
    /// One more poll of a pending future under two spans.
    pub poll: f64,
}

/// Measures.
///
/// # Errors
///
/// When the variant says that it has lost spans.
pub fn sample(session: &Session) -> anyhow::Result<Sample> {
    let mut times = Vec::with_capacity(BURSTS * BURST);
    for _ in 0..WARM_UP {
        burst(session, &mut times)?;
    }
    times.clear();
    let process = cpu_time(ClockId::ProcessCPUTime);
    let mut caller = Duration::ZERO;
    for _ in 0..BURSTS {
        caller += burst(session, &mut times)?;
    }
    let process = cpu_time(ClockId::ProcessCPUTime).saturating_sub(process);
    let turns = times.len();
    times.sort_unstable();
    Ok(Sample {
        turn_median: nanos(times[turns / 2]),
        turn_p99: nanos(times[turns * 99 / 100]),
        caller: nanos(caller) / turns as f64,
        process: nanos(process) / turns as f64,
        poll: poll(session),
    })
}

/// Runs a burst and flushes; gives the caller's CPU time without the flush.
fn burst(session: &Session, times: &mut Vec<Duration>) -> anyhow::Result<Duration> {
    let before = cpu_time(ClockId::ThreadCPUTime);
    let mut start = Instant::now();
    for turn in 0..BURST {
        (session.turn)(turn);
        let end = Instant::now();
        times.push(end - start);
        start = end;
    }
    let caller = cpu_time(ClockId::ThreadCPUTime).saturating_sub(before);
    (session.flush)()?;
    Ok(caller)
}

/// The median cost of a poll. The first one, which opens the spans, does not count.
fn poll(session: &Session) -> f64 {
    let mut future = (session.pending)();
    poll_once(future.as_mut());
    let mut readings: Vec<_> = (0..READINGS)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..POLLS {
                poll_once(future.as_mut());
            }
            start.elapsed()
        })
        .collect();
    readings.sort_unstable();
    nanos(readings[READINGS / 2]) / POLLS as f64
}

fn poll_once(future: Pin<&mut dyn Future<Output = ()>>) {
    assert!(future.poll(&mut Context::from_waker(Waker::noop())).is_pending(), "nothing wakes it");
}

fn cpu_time(clock: ClockId) -> Duration {
    clock_gettime(clock).try_into().unwrap_or_default()
}

fn nanos(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e9
}
