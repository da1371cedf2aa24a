use super::ending::Exchanges;
use crate::wire::{Field, Tape};

/// What others have to say of an open span.
///
/// Of most spans nobody says anything, so there is room for it only where somebody does.
#[derive(Default)]
pub(crate) struct Updates {
    told: Option<Box<Told>>,
    /// How many responses are still being read on behalf of the span.
    pub(super) exchanging: usize,
    pub(crate) failed: bool,
    pub(crate) ended: bool,
}

/// What was set from outside while the span was open.
///
/// On a tape of its own, since the owner writes to the other one without a lock. It is appended at the end,
/// and as the last entry counts, what was set replaces what was captured.
#[derive(Default)]
pub(crate) struct Told {
    pub(super) tape: Tape,
    /// What spans of other crates said that are a part of this one. Counts after everything else: the program knows
    /// better.
    pub(super) observed: Tape,
    pub(super) exchanges: Exchanges,
    /// Nothing that could be thrown out is left.
    full: bool,
}

impl Updates {
    pub(super) fn told(&mut self) -> &mut Told {
        self.told.get_or_insert_default()
    }

    /// What was told, where anything was; nothing is left of it.
    pub(super) fn take_told(&mut self) -> Option<Box<Told>> {
        self.told.take()
    }
}

impl Told {
    /// What short facts, such as tokens, may take up beyond the cap, in bytes, all together.
    const RESERVE: usize = 64 << 10;
    const SHORT: usize = 1 << 10;

    /// Adds entries, within about `cap` bytes. What was replaced since is thrown out first: a text that is set anew
    /// with each chunk of a stream is one text.
    pub(super) fn add(&mut self, entries: &Tape, cap: usize) {
        if self.tape.len() + entries.len() > cap && !self.full {
            self.tape = self.tape.last_entries();
            // Else every further entry would be looked for room in vain.
            self.full = self.tape.len() > cap / 2;
        }
        // Events add up; the reserve is for facts that come once.
        let is_event = entries.entries().any(|entry| entry.field == Field::Event);
        let reserve = if entries.len() <= Self::SHORT && !is_event { Self::RESERVE } else { 0 };
        if self.tape.len() + entries.len() <= cap + reserve {
            self.tape.append(entries);
        }
    }
}
