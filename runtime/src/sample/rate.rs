use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// So many in a second, and no more than those of one second at once.
///
/// A bucket of tokens, kept as one number: the time at which it would be full again. Whoever takes a token moves that
/// time on by what it takes to fill one in. By the monotonic clock: somebody who sets the time of day changes nothing.
#[derive(Debug)]
pub(super) struct Rate {
    /// Nanoseconds from one token to the next.
    period: u64,
    /// How far ahead of now the bucket may be full again: a second, or one token where those come more seldom.
    horizon: u64,
    began: Instant,
    /// In nanoseconds since the bucket was made.
    full_at: AtomicU64,
}

impl Rate {
    const SECOND: f64 = 1e9;

    /// None, unless the number is above 0.
    pub(super) fn per_second(number: f64) -> Option<Self> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        // A century is for ever, and two of them are no overflow.
        let period = ((Self::SECOND / number) as u64).min(u64::MAX / 4);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive and small")]
        let horizon = period.max(Self::SECOND as u64);
        (number > 0.0).then(|| Self { period, horizon, began: Instant::now(), full_at: AtomicU64::new(0) })
    }

    /// Takes a token; whether there was one.
    pub(super) fn admits(&self) -> bool {
        self.admits_after(self.began.elapsed())
    }

    /// The same, so long after the bucket was made.
    fn admits_after(&self, elapsed: Duration) -> bool {
        let now = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
        let take = |full_at: u64| {
            let full_at = full_at.max(now).saturating_add(self.period);
            (full_at - now <= self.horizon).then_some(full_at)
        };
        self.full_at.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn admitted(rate: &Rate, tries: usize, millis: u64) -> usize {
        (0..tries).filter(|_| rate.admits_after(Duration::from_millis(millis))).count()
    }

    #[test]
    fn a_burst_is_what_a_second_has_and_the_rest_trickles() {
        let rate = Rate::per_second(10.0).expect("a rate");
        assert_eq!(admitted(&rate, 100, 0), 10);
        assert_eq!(admitted(&rate, 100, 99), 0);
        assert_eq!(admitted(&rate, 100, 100), 1);
        assert_eq!(admitted(&rate, 100, 350), 2);
        // What was not used for an hour is not saved up.
        assert_eq!(admitted(&rate, 100, 3_600_000), 10);
    }

    #[test]
    fn less_than_one_in_a_second_is_one_now_and_then() {
        let rate = Rate::per_second(0.5).expect("a rate");
        assert_eq!(admitted(&rate, 5, 0), 1);
        assert_eq!(admitted(&rate, 5, 1_999), 0);
        assert_eq!(admitted(&rate, 5, 2_000), 1);
        let once = Rate::per_second(f64::MIN_POSITIVE).expect("a rate");
        assert_eq!(admitted(&once, 5, 0), 1);
        assert_eq!(admitted(&once, 5, u64::MAX / 8_000_000), 0);
    }

    #[test]
    fn a_clock_that_is_read_late_gives_nothing_away() {
        let rate = Rate::per_second(2.0).expect("a rate");
        assert_eq!(admitted(&rate, 9, 10_000), 2);
        // Another thread read its clock before, and comes after.
        assert_eq!(admitted(&rate, 9, 9_000), 0);
    }

    #[test]
    fn what_is_no_rate() {
        for number in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
            assert!(Rate::per_second(number).is_none(), "{number}");
        }
        let endless = Rate::per_second(f64::INFINITY).expect("a rate");
        assert_eq!(admitted(&endless, 1000, 0), 1000);
    }

    #[test]
    fn threads_share_one_bucket() {
        let rate = Rate::per_second(1000.0).expect("a rate");
        let taken: usize = thread::scope(|scope| {
            let threads = [(); 4].map(|()| scope.spawn(|| admitted(&rate, 1000, 5)));
            threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
        });
        assert_eq!(taken, 1000);
    }
}
