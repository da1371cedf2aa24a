//! What one more poll of a pending future costs under two spans: an agent is polled hundreds of times.

use std::pin::Pin;
use std::task::{Context, Waker};
use std::time::Instant;

use super::percentile;
use crate::variant::Session;

/// Polls in one reading of the clock, and readings.
const POLLS: usize = 100;
const READINGS: usize = 200;

/// In nanoseconds. The first poll, which opens the spans, does not count.
pub(super) fn median(session: &Session) -> f64 {
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
    percentile(&mut readings, 50) / POLLS as f64
}

fn poll_once(future: Pin<&mut dyn Future<Output = ()>>) {
    assert!(future.poll(&mut Context::from_waker(Waker::noop())).is_pending(), "nothing wakes it");
}
