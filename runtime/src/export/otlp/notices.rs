use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What the program's author shall read of a server, though nothing may be lost: once, or once in a while.
#[derive(Debug, Default)]
pub(super) struct Notices {
    waiting: VecDeque<String>,
    told: [Option<Told>; Concern::COUNT],
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Concern {
    /// The server wants other credentials.
    Credentials,
    /// A certificate is not trusted.
    Trust,
    /// The server took the spans, and has something to say.
    Advice,
    /// Spans are kept on disk.
    Outbox,
}

/// When something was told last.
#[derive(Clone, Copy, Debug)]
struct Told {
    at: Instant,
    /// Whether the server has taken spans since.
    mended: bool,
}

impl Concern {
    const COUNT: usize = 4;

    /// What somebody has to mend is told until it is mended, once.
    fn is_told_once(self) -> bool {
        matches!(self, Self::Credentials | Self::Trust)
    }
}

impl Notices {
    /// How soon the same may be told again.
    const INTERVAL: Duration = Duration::from_secs(300);

    /// Tells it, unless that was done before.
    pub(super) fn tell(&mut self, concern: Concern, text: impl FnOnce() -> String) {
        self.tell_at(Instant::now(), concern, text);
    }

    fn tell_at(&mut self, now: Instant, concern: Concern, text: impl FnOnce() -> String) {
        let told = &mut self.told[concern as usize];
        let is_known = told.is_some_and(|told| {
            // Of two servers behind one address, one may be in order, and the other one not.
            let is_recent = now.saturating_duration_since(told.at) < Self::INTERVAL;
            is_recent || (concern.is_told_once() && !told.mended)
        });
        if !is_known {
            *told = Some(Told { at: now, mended: false });
            self.waiting.push_back(text());
        }
    }

    /// The server has taken spans: what stood in the way does no more, and is told anew when it comes back.
    pub(super) fn mended(&mut self) {
        self.told.iter_mut().flatten().for_each(|told| told.mended = true);
    }

    /// The next one to be read.
    pub(super) fn next(&mut self) -> Option<String> {
        self.waiting.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_has_to_mend_is_told_again_only_after_it_was() {
        let start = Instant::now();
        let hour = Duration::from_secs(3600);
        let mut notices = Notices::default();
        let is_told = |notices: &mut Notices, at| {
            notices.tell_at(at, Concern::Credentials, || "no".into());
            notices.next().is_some()
        };
        assert!(is_told(&mut notices, start));
        assert!(!is_told(&mut notices, start + 24 * hour));
        notices.mended();
        assert!(is_told(&mut notices, start + 25 * hour));
        notices.mended();
        assert!(
            !is_told(&mut notices, start + 25 * hour),
            "not with each request of a server that changes its mind"
        );
        assert!(is_told(&mut notices, start + 26 * hour));
    }

    #[test]
    fn the_rest_is_told_once_in_a_while() {
        let start = Instant::now();
        let mut notices = Notices::default();
        for (seconds, told) in [(0, true), (299, false), (301, true), (302, false)] {
            notices.tell_at(start + Duration::from_secs(seconds), Concern::Advice, || "so".into());
            assert_eq!(notices.next().is_some(), told, "{seconds}");
        }
        notices.tell_at(start, Concern::Outbox, || "kept".into());
        assert_eq!(notices.next().as_deref(), Some("kept"));
    }
}
