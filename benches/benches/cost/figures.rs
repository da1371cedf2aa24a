//! What was measured, put together: medians, per span and net of the work itself.

use std::path::Path;

use recount_benches::figure::per;
use recount_benches::measure::{allocations, burst, flush, turns};
use recount_benches::rounds::{Measured, measure_all};
use recount_benches::task::Task;
use recount_benches::variant::{Library, Outlet, Setup, Variant};
use recount_benches::work::SPANS;

/// Everything that was measured.
pub(crate) struct Figures {
    /// The work alone; times of turns, not of spans.
    pub(crate) plain: turns::Sample,
    /// Rounds of what takes long or hardly changes.
    pub(crate) few_rounds: usize,
    pub(crate) turns: Vec<Measured<turns::Sample>>,
    allocations: Vec<Measured<allocations::Sample>>,
    flushes: Vec<Measured<flush::Sample>>,
    bursts: [Vec<Measured<burst::Sample>>; 2],
}

impl Figures {
    /// Measures all that is measured of these variants. `counting` is the program that counts allocations.
    pub(crate) fn measure(
        program: &Path,
        counting: &Path,
        variants: &[&'static Variant],
        rounds: usize,
    ) -> anyhow::Result<Self> {
        let few_rounds = rounds.div_ceil(3);
        let sent: Vec<_> =
            variants.iter().copied().filter(|variant| variant.outlet() == Outlet::Http).collect();
        let turns = measure_all(program, Task::Turns, variants, rounds)?;
        Ok(Self {
            plain: medians(&turns[0]),
            few_rounds,
            turns,
            allocations: measure_all(counting, Task::Allocations, variants, few_rounds)?,
            flushes: measure_all(program, Task::Flush, &sent, few_rounds)?,
            bursts: [
                measure_all(program, Task::Burst, &sent, few_rounds)?,
                measure_all(program, Task::DoubleBurst, &sent, few_rounds)?,
            ],
        })
    }

    /// What the caller waits for a span, in nanoseconds.
    pub(crate) fn waits(&self, library: Library, setup: Setup) -> Option<f64> {
        self.of_turns(library, setup, |sample| sample.turn_median)
    }

    /// What the caller waits for a span without arguments and results, in nanoseconds.
    pub(crate) fn bare_waits(&self, library: Library, setup: Setup) -> Option<f64> {
        self.of_turns(library, setup, |sample| sample.bare_turn_median)
    }

    /// The CPU time that a span takes the caller's thread, in nanoseconds.
    pub(crate) fn caller(&self, library: Library, setup: Setup) -> Option<f64> {
        self.of_turns(library, setup, |sample| sample.caller)
    }

    /// The CPU time that a span takes all threads, in nanoseconds.
    pub(crate) fn process(&self, library: Library, setup: Setup) -> Option<f64> {
        self.of_turns(library, setup, |sample| sample.process)
    }

    /// What the caller waits for a turn 99 times in 100, in microseconds, the work included.
    pub(crate) fn p99(&self, library: Library, setup: Setup) -> Option<f64> {
        Some(find(&self.turns, library, setup)?.median(|sample| sample.turn_p99) / 1e3)
    }

    /// One more poll of a pending future under two spans, in nanoseconds.
    pub(crate) fn poll(&self, library: Library, setup: Setup) -> Option<f64> {
        Some(find(&self.turns, library, setup)?.median(|sample| sample.poll) - self.plain.poll)
    }

    /// Bytes on the wire, per span.
    pub(crate) fn wire(&self, library: Library, setup: Setup) -> Option<f64> {
        let measured = find(&self.flushes, library, setup)?;
        let (_, seen) = measured.samples.last()?;
        Some(seen.bytes as f64 / seen.spans as f64)
    }

    /// How often the caller allocates for a span, and how many bytes.
    pub(crate) fn allocations(&self, library: Library, setup: Setup) -> Option<(f64, f64)> {
        let net = |figure: fn(&allocations::Sample) -> f64| {
            let plain = self.allocations[0].median(figure);
            Some(per(SPANS, find(&self.allocations, library, setup)?.median(figure) - plain))
        };
        Some((net(|sample| sample.allocations)?, net(|sample| sample.bytes)?))
    }

    /// What a flush takes, in microseconds: of 4 spans and of 1,000.
    pub(crate) fn flush(&self, library: Library, setup: Setup) -> Option<(f64, f64)> {
        let measured = find(&self.flushes, library, setup)?;
        Some((measured.median(|sample| sample.few) / 1e3, measured.median(|sample| sample.many) / 1e3))
    }

    /// The share of the spans of a burst that never arrived, in percent.
    pub(crate) fn lost(&self, library: Library, setup: Setup, threads: usize) -> Option<f64> {
        let measured = find(&self.bursts[threads - 1], library, setup)?;
        let opened = Task::Burst.spans() as f64;
        let lost = measured.samples.iter().map(|(_, seen)| (1.0 - seen.spans as f64 / opened) * 100.0);
        Some(recount_benches::figure::median(lost))
    }

    /// The spans of a burst that arrived in a second.
    pub(crate) fn arrived(&self, library: Library, setup: Setup, threads: usize) -> Option<f64> {
        let measured = find(&self.bursts[threads - 1], library, setup)?;
        let rates = measured.samples.iter().map(|(sample, seen)| seen.spans as f64 / sample.seconds);
        Some(recount_benches::figure::median(rates))
    }

    /// What a burst takes of memory at its worst, in MiB above the idle program.
    pub(crate) fn peak(&self, library: Library, setup: Setup, threads: usize) -> Option<f64> {
        let measured = find(&self.bursts[threads - 1], library, setup)?;
        measured.samples.iter().filter_map(|(sample, _)| sample.peak).max_by(f64::total_cmp)
    }

    fn of_turns(&self, library: Library, setup: Setup, figure: fn(&turns::Sample) -> f64) -> Option<f64> {
        Some(per(SPANS, find(&self.turns, library, setup)?.median(figure) - figure(&self.plain)))
    }
}

fn find<M>(all: &[Measured<M>], library: Library, setup: Setup) -> Option<&Measured<M>> {
    all.iter().find(|measured| measured.variant.library == library && measured.variant.setup == setup)
}

fn medians(measured: &Measured<turns::Sample>) -> turns::Sample {
    turns::Sample {
        turn_median: measured.median(|sample| sample.turn_median),
        turn_p99: measured.median(|sample| sample.turn_p99),
        bare_turn_median: measured.median(|sample| sample.bare_turn_median),
        caller: measured.median(|sample| sample.caller),
        process: measured.median(|sample| sample.process),
        poll: measured.median(|sample| sample.poll),
    }
}
