use super::amount::Amount;

/// What a call costs, and for what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cost {
    /// All of the input, cached tokens included, where it is billed.
    pub(super) input: Option<Amount>,
    /// The part of the input that came from the cache, where one is known.
    pub(super) cache_read: Option<Amount>,
    /// The part of the input that was written to the cache, where one is known.
    pub(super) cache_write: Option<Amount>,
    pub(super) output: Option<Amount>,
    /// What is billed besides tokens.
    pub(super) other: Amount,
}

impl Cost {
    /// In dollars; the sum is exact, and rounded once.
    pub(crate) fn total(&self) -> f64 {
        [self.input, self.output, Some(self.other)].into_iter().flatten().sum::<Amount>().dollars()
    }

    /// The parts by the names of the tape, in dollars.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (&'static str, f64)> {
        let parts = [
            ("input", self.input),
            ("cache_read", self.cache_read),
            ("cache_write", self.cache_write),
            ("output", self.output),
        ];
        parts.into_iter().filter_map(|(name, amount)| Some((name, amount?.dollars())))
    }
}
