use super::amount::Amount;
use super::cost::Cost;
use crate::wire::Usage;

/// What one token costs, by what it is. What is not known is `None`, never free.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rates {
    pub(super) input: Option<Amount>,
    pub(super) cache_read: Option<Amount>,
    pub(super) cache_write: Option<Amount>,
    pub(super) output: Option<Amount>,
}

impl Rates {
    /// What the tokens cost; nothing where a price or a count is missing.
    pub(super) fn cost(&self, usage: &Usage) -> Option<Cost> {
        let input = billed(self.input, usage.input)?;
        let output = billed(self.output, usage.output)?;
        // The parts are within the whole, whatever the provider says.
        let read = usage.cache_read.unwrap_or(0).min(input);
        let write = usage.cache_write.unwrap_or(0).min(input - read);
        let fresh = self.input.unwrap_or_default();
        let cache_read = self.cache_read.unwrap_or(fresh).times(read);
        let cache_write = self.cache_write.unwrap_or(fresh).times(write);
        Some(Cost {
            input: self.input.map(|fresh| fresh.times(input - read - write) + cache_read + cache_write),
            cache_read: usage.cache_read.map(|_| cache_read),
            cache_write: usage.cache_write.map(|_| cache_write),
            output: self.output.map(|price| price.times(output)),
            other: Amount::default(),
        })
    }
}

/// How many tokens are billed: none where neither a price nor a count is there, as for the output of an embedding.
fn billed(price: Option<Amount>, tokens: Option<u64>) -> Option<u64> {
    match (price, tokens) {
        (Some(_), tokens) => tokens,
        (None, None | Some(0)) => Some(0),
        (None, Some(_)) => None,
    }
}
