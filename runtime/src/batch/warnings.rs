use std::time::{Duration, Instant};

use super::stats::Stats;
use crate::export::Loss;

/// Tells of losses in `tracing` events, now and then.
///
/// Through `tracing`, like everything that a library has to say, and outside of the silence under which
/// exporters run. A server that is down loses spans with every batch; one line in a while is enough for
/// somebody to look. On the worker's thread only: callers shall not run the program's layers because a queue is full.
/// While an exporter hangs there is no warning, then, until it gives up; the counters are right at any time.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    /// When the last warning was given, and what was lost by then.
    told: Option<(Instant, Stats)>,
}

impl Warnings {
    const INTERVAL: Duration = Duration::from_secs(30);

    /// Warns of what was lost since the last warning, unless that was a moment ago.
    pub(super) fn report(&mut self, stats: Stats, failure: Option<&str>) {
        if let Some(reason) = self.reason(stats, failure, Instant::now()) {
            tracing::warn!(target: "recount", "spans were lost: {reason} ({stats})");
        }
    }

    /// Why it is time for a warning; none where it is not.
    fn reason<'a>(&mut self, stats: Stats, failure: Option<&'a str>, now: Instant) -> Option<&'a str> {
        let told = self.told.map_or_else(Stats::default, |(_, told)| told);
        let is_recent = self.told.is_some_and(|(at, _)| now.saturating_duration_since(at) < Self::INTERVAL);
        if is_recent || stats.lost() <= told.lost() {
            return None;
        }
        self.told = Some((now, stats));
        let grown = |reason: &Loss| stats.lost_by(*reason).saturating_sub(told.lost_by(*reason));
        let most = Loss::ALL.into_iter().max_by_key(grown)?;
        // What an exporter said last may be long ago, and is told only where it was an exporter.
        Some(match most {
            Loss::Overflow => "the queue was full",
            Loss::Expired => "they were on disk for too long, or beside too many",
            Loss::Shutdown => "they ended after the shutdown, or were not exported before its deadline",
            Loss::TooLarge => failure.unwrap_or("they are larger than what may be sent"),
            Loss::Encoding => failure.unwrap_or("they could not be written"),
            Loss::Rejected => failure.unwrap_or("the server refused them"),
            Loss::Export => failure.unwrap_or("an exporter did not take them"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_warning_in_a_while_says_why_the_last_spans_were_lost() {
        let mut warnings = Warnings::default();
        let lost =
            |overflow, export| Stats { lost_overflow: overflow, lost_export: export, ..Stats::default() };
        let began = Instant::now();
        let mut reason = |stats, seconds| {
            warnings.reason(stats, Some("the server is down"), began + Duration::from_secs(seconds))
        };
        assert_eq!(reason(lost(0, 0), 0), None);
        assert_eq!(reason(lost(0, 5), 1), Some("the server is down"));
        assert_eq!(reason(lost(0, 9), 2), None, "that was a moment ago");
        assert_eq!(reason(lost(3, 9), 32), Some("the server is down"));
        assert_eq!(reason(lost(8, 9), 63), Some("the queue was full"), "the server is back");
        assert_eq!(reason(lost(8, 9), 94), None, "nothing was lost");
    }

    #[test]
    fn what_an_exporter_said_is_told_of_what_exporters_lose_only() {
        let reason = |stats| Warnings::default().reason(stats, Some("the server is down"), Instant::now());
        let expired = Stats { lost_expired: 3, lost_export: 1, ..Stats::default() };
        assert_eq!(reason(expired), Some("they were on disk for too long, or beside too many"));
        let late = Stats { lost_shutdown: 1, ..Stats::default() };
        assert_eq!(
            reason(late),
            Some("they ended after the shutdown, or were not exported before its deadline")
        );
        assert_eq!(reason(Stats { lost_rejected: 1, ..Stats::default() }), Some("the server is down"));
        let broken = Stats { lost_encoding: 1, ..Stats::default() };
        assert_eq!(
            Warnings::default().reason(broken, None, Instant::now()),
            Some("they could not be written")
        );
    }
}
