use std::time::{Duration, Instant};

use rand::RngExt;

use super::reply::{Cause, Reply};

/// When a server that did not take a request is asked again.
///
/// The wait doubles with each failure in a row, up to five seconds, and is a random share of that, so that programs
/// that failed together do not come back together. A server that says how long it wants to be left alone is left
/// alone for so long, but for half a minute at the most: an answer is believed as far as it does not hold up a
/// program for an hour.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
    until: Option<Instant>,
}

impl Backoff {
    /// The wait after the first failure, before chance has its say.
    const FIRST: Duration = Duration::from_millis(250);
    const LONGEST: Duration = Duration::from_secs(5);
    /// The longest wait that a server can ask for.
    pub(super) const LONGEST_ASKED: Duration = Duration::from_secs(30);

    /// Learns from an answer.
    pub(super) fn note(&mut self, reply: &Reply) {
        if !reply.is_for_later() {
            // Whoever refuses a request is there.
            *self = Self::default();
            return;
        }
        let asked = match reply {
            Reply::Failed { cause: Cause::Busy(asked), .. } => asked.filter(|asked| !asked.is_zero()),
            _ => None,
        };
        let doubled = Self::FIRST.saturating_mul(1 << self.failures.min(16)).min(Self::LONGEST);
        // Never earlier than asked, never all at once.
        let wait = match asked {
            Some(asked) => {
                asked.min(Self::LONGEST_ASKED) + Self::FIRST.mul_f64(rand::rng().random_range(0.0..1.0))
            }
            None => doubled.mul_f64(rand::rng().random_range(0.5..1.0)),
        };
        self.failures += 1;
        self.until = Some(Instant::now() + wait);
    }

    /// Leaves the server alone as long as it could ask for: it is there, and what it wants takes somebody's time.
    pub(super) fn rest(&mut self) {
        self.until = Some(Instant::now() + Self::LONGEST_ASKED);
    }

    /// How long to wait still; nothing where there is no reason to.
    pub(super) fn left(&self) -> Option<Duration> {
        let left = self.until?.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(backoff: &mut Backoff, cause: Cause) -> Duration {
        backoff.note(&Reply::failed(cause, ""));
        backoff.left().unwrap_or_default()
    }

    #[test]
    fn waits_double_up_to_a_bound() {
        let mut backoff = Backoff::default();
        for millis in [250, 500, 1000, 2000, 4000, 5000, 5000] {
            let longest = Duration::from_millis(millis);
            let wait = after(&mut backoff, Cause::Unreachable);
            assert!(wait <= longest && wait > longest / 3, "{wait:?} of {longest:?}");
        }
        backoff.note(&Reply::Taken { rejected: 0, said: String::new() });
        assert_eq!(backoff.left(), None);
        assert!(after(&mut backoff, Cause::Busy(None)) <= Duration::from_millis(250));
        for _ in 0..100 {
            assert!(after(&mut backoff, Cause::Unreachable) <= Duration::from_secs(5));
        }
    }

    #[test]
    fn a_server_is_left_alone_as_long_as_it_asks_within_reason() {
        let asked = |seconds| {
            let wait = after(&mut Backoff::default(), Cause::Busy(Some(Duration::from_secs(seconds))));
            // The clock has gone on since.
            (wait + Duration::from_millis(50)).as_secs()
        };
        assert_eq!(asked(2), 2);
        assert_eq!((asked(3600), asked(u64::MAX)), (30, 30));
        assert_eq!(asked(0), 0);
    }

    #[test]
    fn who_refuses_is_there() {
        let mut backoff = Backoff::default();
        after(&mut backoff, Cause::Unreachable);
        assert_eq!(after(&mut backoff, Cause::Refused), Duration::ZERO);
    }
}
