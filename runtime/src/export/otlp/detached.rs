use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::reply::{Cause, Reply, Transport};
use crate::export::Patience;
use crate::span::{guarded, silently};

/// Lets a transport work on a thread of its own, so that nobody has to wait for an attempt to its end.
///
/// For those who have something better to do when the program ends: to put on disk what is not delivered yet. An attempt
/// that hangs is left alone then, in time for that.
pub(super) struct Detached {
    requests: Sender<(Vec<u8>, Duration)>,
    replies: Receiver<Reply>,
    patience: Arc<Patience>,
    /// Whether an attempt was left alone: its reply may come still, and is nobody's.
    is_lost: bool,
}

/// What is said of a request with which the transport has panicked.
const PANICKED: &str = "the transport panicked";

impl Detached {
    /// What is kept of the time of a shutdown for what has to be done without the server.
    const RESERVE: Duration = Duration::from_secs(1);
    /// How often is looked whether the program ends.
    const LOOK: Duration = Duration::from_millis(20);

    pub(super) fn start(mut transport: Box<dyn Transport>, patience: Arc<Patience>) -> io::Result<Self> {
        let (requests, taken) = channel::<(Vec<u8>, Duration)>();
        let (answered, replies) = channel();
        let work = move || {
            for (request, time) in taken {
                // A transport that panics is asked again for the next request, as exporters are.
                let reply = guarded(|| transport.send(&request, time));
                let reply = reply.unwrap_or_else(|| Reply::failed(Cause::Unreachable, PANICKED));
                if answered.send(reply).is_err() {
                    break;
                }
            }
        };
        thread::Builder::new()
            .name("recount-otlp".to_owned())
            // What exporters do is never traced.
            .spawn(|| silently(work))?;
        Ok(Self { requests, replies, patience, is_lost: false })
    }

    /// How long the end of the program lets an attempt go on.
    fn left(&self) -> Option<Duration> {
        self.patience.left().map(|left| left.saturating_sub(Self::RESERVE.min(left / 2)))
    }
}

impl Transport for Detached {
    fn send(&mut self, request: &[u8], time: Duration) -> Reply {
        let given_up =
            || Reply::failed(Cause::Unreachable, "the program ended before the server had answered");
        let gone = || Reply::failed(Cause::Unreachable, "the thread that sends spans is gone");
        if self.is_lost {
            return given_up();
        }
        if self.requests.send((request.to_vec(), time)).is_err() {
            return gone();
        }
        // The end may be told of, and come nearer, while the attempt goes on.
        let mut end = None;
        loop {
            end = end.or_else(|| self.left().map(|left| Instant::now() + left));
            match self.replies.recv_timeout(Self::LOOK) {
                Ok(reply) => return reply,
                Err(RecvTimeoutError::Disconnected) => return gone(),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if end.is_some_and(|end| Instant::now() >= end) {
                self.is_lost = true;
                return given_up();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// Panics with the first request, and takes the others.
    struct Moody(u32);

    impl Transport for Moody {
        fn send(&mut self, _: &[u8], _: Duration) -> Reply {
            self.0 += 1;
            assert!(self.0 > 1, "a panic of the transport");
            Reply::Taken { rejected: 0, said: self.0.to_string() }
        }
    }

    #[test]
    fn a_panic_is_told_as_one_and_the_next_request_is_sent() {
        let mut detached = Detached::start(Box::new(Moody(0)), Arc::default()).expect("a thread");
        assert_eq!(
            detached.send(b"one", MINUTE),
            Reply::failed(Cause::Unreachable, "the transport panicked")
        );
        assert_eq!(detached.send(b"two", MINUTE), Reply::Taken { rejected: 0, said: "2".into() });
    }

    /// Sends until the test ends.
    struct Stuck(Receiver<()>);

    impl Transport for Stuck {
        fn send(&mut self, _: &[u8], _: Duration) -> Reply {
            let _ = self.0.recv();
            Reply::Taken { rejected: 0, said: String::new() }
        }
    }

    #[test]
    fn an_attempt_that_hangs_is_left_alone_when_the_program_ends() {
        let (end, stuck) = channel();
        let patience = Arc::<Patience>::default();
        let mut detached = Detached::start(Box::new(Stuck(stuck)), Arc::clone(&patience)).expect("a thread");
        let began = Instant::now();
        patience.shorten(began + Duration::from_millis(200));
        let ended = Reply::failed(Cause::Unreachable, "the program ended before the server had answered");
        assert_eq!(detached.send(b"one", MINUTE), ended);
        assert!(began.elapsed() < MINUTE);
        assert_eq!(detached.send(b"two", MINUTE), ended);
        drop(end);
    }
}
