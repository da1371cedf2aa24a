//! What the process of a variant is there for.

use crate::measure::{allocations, burst, flush, turns};
use crate::work;
use crate::work::SPANS;

/// The task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// To show that everything arrives.
    Check,
    /// What a span costs its caller and the process.
    Turns,
    /// What the caller allocates.
    Allocations,
    /// Many spans at once, from one thread.
    Burst,
    /// The same from two threads.
    DoubleBurst,
    /// How long a flush takes.
    Flush,
}

impl Task {
    const ALL: [Self; 6] =
        [Self::Check, Self::Turns, Self::Allocations, Self::Burst, Self::DoubleBurst, Self::Flush];

    /// The task of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|task| task.name() == name)
    }

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Turns => "turns",
            Self::Allocations => "allocations",
            Self::Burst => "burst",
            Self::DoubleBurst => "double-burst",
            Self::Flush => "flush",
        }
    }

    /// The spans that are opened for it.
    #[must_use]
    pub fn spans(self) -> usize {
        let turns = match self {
            // With arguments and results, and without.
            Self::Check => 2 * work::TURNS,
            Self::Turns => turns::TURNS,
            Self::Allocations => allocations::TURNS,
            // One goes ahead.
            Self::Burst | Self::DoubleBurst => 1 + burst::TURNS,
            Self::Flush => flush::TURNS,
        };
        turns * SPANS
    }

    /// Whether somebody may lose spans at it.
    pub(crate) fn may_lose(self) -> bool {
        matches!(self, Self::Burst | Self::DoubleBurst)
    }
}
