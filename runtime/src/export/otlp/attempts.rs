use std::mem;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::backoff::Backoff;
use super::reply::{Cause, Reply, Transport};
use crate::export::Patience;

/// Attempts to bring requests to a server, and the waits between them.
///
/// One attempt has a time-out of its own; the attempts of one request have another one together, waits included. Once
/// the program shuts down, both end with the time of that.
pub(super) struct Attempts {
    transport: Box<dyn Transport>,
    backoff: Backoff,
    timeout: Duration,
    retry_timeout: Duration,
    patience: Arc<Patience>,
    /// Why the last attempt that failed did.
    failure: String,
    /// Whether a server that did not answer was asked again, once, after the program had begun to end.
    asked_at_the_end: bool,
}

/// What became of a request after the last attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ended {
    pub(super) reply: Reply,
    /// Whether there would have been another attempt, had the program not ended.
    pub(super) cut_short: bool,
}

impl Attempts {
    pub(super) fn new(
        transport: Box<dyn Transport>,
        timeout: Duration,
        retry_timeout: Duration,
        patience: Arc<Patience>,
    ) -> Self {
        let (backoff, failure) = (Backoff::default(), String::new());
        Self { transport, backoff, timeout, retry_timeout, patience, failure, asked_at_the_end: false }
    }

    /// Whether the last attempt failed, and it is too early for the next one.
    pub(super) fn is_waiting(&self) -> bool {
        self.backoff.left().is_some()
    }

    /// Sends a request until it is taken or refused, or the time for it is over; the same bytes each time.
    ///
    /// The first attempt is made in any case, with the whole time of one; before it comes what is left of the wait after
    /// the request before.
    pub(super) fn persist(&mut self, request: &[u8]) -> Ended {
        let ended = self.try_on(request);
        self.patience.set_obstacle(None);
        ended
    }

    fn try_on(&mut self, request: &[u8]) -> Ended {
        let began = Instant::now();
        let mut last: Option<Reply> = None;
        loop {
            let left = self.retry_timeout.saturating_sub(began.elapsed());
            if let Some(wait) = self.backoff.left() {
                if let Some(reply) = last.take_if(|_| wait >= left) {
                    return Ended { reply, cut_short: false };
                }
                if !self.pause(wait.min(left)) {
                    let reply =
                        last.unwrap_or_else(|| Reply::failed(Cause::Unreachable, self.failure.clone()));
                    return Ended { reply, cut_short: true };
                }
            }
            let left = self.retry_timeout.saturating_sub(began.elapsed());
            let time = if last.is_some() { self.timeout.min(left) } else { self.timeout };
            let reply = self.once(request, time);
            if !reply.is_worth_a_retry() {
                return Ended { reply, cut_short: false };
            }
            last = Some(reply);
        }
    }

    /// Sends a request once.
    pub(super) fn once(&mut self, request: &[u8], time: Duration) -> Reply {
        let time = self.patience.left().map_or(time, |left| left.min(time));
        let reply = if time.is_zero() {
            let why = Some(&self.failure).filter(|failure| !failure.is_empty());
            let why = why.map_or("there was no time left to send them", |failure| failure);
            Reply::failed(Cause::Unreachable, why)
        } else {
            self.transport.send(request, time)
        };
        self.backoff.note(&reply);
        match &reply {
            Reply::Taken { .. } => self.failure.clear(),
            Reply::Failed { why, .. } => self.failure.clone_from(why),
        }
        reply
    }

    /// Makes no attempt for a while.
    pub(super) fn rest(&mut self) {
        self.backoff.rest();
    }

    /// How much time is left, where the program ends.
    pub(super) fn left(&self) -> Option<Duration> {
        self.patience.left()
    }

    /// The time that an attempt has.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Waits before the next attempt; whether there shall be one.
    ///
    /// When the program begins to end, the request that waits is tried at once: it is the last chance, also for what
    /// stands behind it. From then on there is only as much time as the shutdown has.
    fn pause(&mut self, wait: Duration) -> bool {
        // Who flushes meanwhile does not wait for the end, and wants to know.
        self.patience.set_obstacle(Some(self.failure.clone()));
        match self.patience.left() {
            None => {
                self.asked_at_the_end |= !self.patience.wait(wait);
                true
            }
            Some(left) if wait < left => {
                thread::sleep(wait);
                true
            }
            Some(left) => !left.is_zero() && !mem::replace(&mut self.asked_at_the_end, true),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);
    const MINUTE: Duration = Duration::from_secs(60);
    const SECOND: Duration = Duration::from_secs(1);

    /// Gives the same answer to every attempt, and notes how long each one would have had.
    struct Scripted {
        reply: Reply,
        times: Arc<Mutex<Vec<Duration>>>,
        attempted: Sender<()>,
    }

    impl Transport for Scripted {
        fn send(&mut self, request: &[u8], time: Duration) -> Reply {
            assert_eq!(request, b"request");
            self.times.lock().expect("no panic").push(time);
            let _ = self.attempted.send(());
            self.reply.clone()
        }
    }

    struct Scene {
        attempts: Attempts,
        patience: Arc<Patience>,
        times: Arc<Mutex<Vec<Duration>>>,
        attempted: std::sync::mpsc::Receiver<()>,
    }

    fn scene(cause: Cause, retry_timeout: Duration) -> Scene {
        let (patience, times) = (Arc::<Patience>::default(), Arc::<Mutex<Vec<Duration>>>::default());
        let (sender, attempted) = channel();
        let reply = Reply::failed(cause, "no");
        let transport = Scripted { reply, times: Arc::clone(&times), attempted: sender };
        let attempts = Attempts::new(Box::new(transport), MINUTE, retry_timeout, Arc::clone(&patience));
        Scene { attempts, patience, times, attempted }
    }

    fn times(times: &Mutex<Vec<Duration>>) -> Vec<Duration> {
        times.lock().expect("no panic").clone()
    }

    #[test]
    fn attempts_end_with_the_time_for_all_of_them() {
        let mut scene = scene(Cause::Unreachable, SECOND);
        let began = Instant::now();
        let ended = scene.attempts.persist(b"request");
        assert!(began.elapsed() < MINUTE);
        assert_eq!(ended, Ended { reply: Reply::failed(Cause::Unreachable, "no"), cut_short: false });
        let times = times(&scene.times);
        // The first one has its whole time, the others what is left.
        assert!(times.len() >= 2 && times[0] == MINUTE, "{times:?}");
        assert!(times[1..].iter().all(|time| *time < SECOND), "{times:?}");
    }

    #[test]
    fn what_does_not_get_better_is_tried_once() {
        for cause in
            [Cause::Untrusted, Cause::Refused, Cause::Credentials, Cause::TooLarge, Cause::Unwritable]
        {
            let mut scene = scene(cause, HOUR);
            assert!(!scene.attempts.persist(b"request").cut_short);
            assert_eq!(times(&scene.times), [MINUTE]);
        }
        let mut scene = scene(Cause::Busy(None), Duration::ZERO);
        scene.attempts.persist(b"request");
        assert_eq!(times(&scene.times), [MINUTE]);
    }

    #[test]
    fn the_end_of_the_program_bounds_an_attempt() {
        let mut scene = scene(Cause::Unreachable, HOUR);
        scene.patience.shorten(Instant::now() + SECOND);
        scene.attempts.once(b"request", MINUTE);
        scene.patience.shorten(Instant::now());
        scene.attempts.once(b"request", MINUTE);
        let times = times(&scene.times);
        assert!(times.len() == 1 && times[0] <= SECOND, "{times:?}");
    }

    /// The one who waits tries at once, the last time; those behind it are told without an attempt.
    #[test]
    fn the_end_of_the_program_ends_the_wait() {
        let Scene { mut attempts, patience, times: noted, attempted } = scene(Cause::Busy(Some(HOUR)), HOUR);
        let waiting = thread::spawn(move || {
            let first = attempts.persist(b"request");
            (first, attempts.persist(b"request"))
        });
        attempted.recv_timeout(MINUTE).expect("an attempt");
        let began = Instant::now();
        patience.shorten(began + SECOND);
        let (first, second) = waiting.join().expect("no panic");
        assert!(began.elapsed() < Backoff::LONGEST_ASKED / 2);
        assert!(first.cut_short && second.cut_short);
        assert_eq!(times(&noted).len(), 2);
        assert_eq!(patience.obstacle(), None);
    }

    #[test]
    fn who_does_not_wait_is_told_why_others_do() {
        let Scene { mut attempts, patience, attempted, .. } = scene(Cause::Busy(Some(HOUR)), HOUR);
        let waiting = thread::spawn(move || attempts.persist(b"request"));
        attempted.recv_timeout(MINUTE).expect("an attempt");
        let began = Instant::now();
        while patience.obstacle().is_none() {
            assert!(began.elapsed() < MINUTE);
            thread::yield_now();
        }
        assert_eq!(patience.obstacle().as_deref(), Some("no"));
        patience.shorten(Instant::now());
        waiting.join().expect("no panic");
    }
}
