use std::time::Duration;

use crate::wire::{Field, Kind, SpanRecord, Timestamp, Usage};

/// What is known of a trace so far, of that which rules ask for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Facts {
    pub(super) failed: bool,
    /// From the first beginning to the last end.
    times: Option<(Timestamp, Timestamp)>,
    /// What its model calls cost.
    pub(super) dollars: f64,
    /// The tokens of its model calls, in and out.
    pub(super) tokens: u64,
}

impl Facts {
    pub(super) fn of(record: &SpanRecord) -> Self {
        let mut facts = Self {
            failed: record.outcome.is_error(),
            times: Some((record.start, record.end)),
            ..Self::default()
        };
        // Agents repeat what their model calls have cost.
        if record.kind == Kind::Llm {
            let mut usage = Usage::default();
            for entry in record.tape.entries() {
                match entry.field {
                    Field::Usage => usage.update(Usage::of_tape(&entry.value)),
                    Field::Cost => facts.dollars = entry.value.as_f64().unwrap_or_default(),
                    _ => {}
                }
            }
            facts.tokens = usage.input.unwrap_or(0).saturating_add(usage.output.unwrap_or(0));
        }
        facts
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.failed |= other.failed;
        self.times = match (self.times, other.times) {
            (Some((start, end)), Some((earlier, later))) => Some((start.min(earlier), end.max(later))),
            (known, other) => known.or(other),
        };
        // What somebody has measured wrongly takes nothing away.
        self.dollars += other.dollars.max(0.0);
        self.tokens = self.tokens.saturating_add(other.tokens);
    }

    pub(super) fn duration(&self) -> Duration {
        self.times.map_or(Duration::ZERO, |(start, end)| end.since(start))
    }
}
