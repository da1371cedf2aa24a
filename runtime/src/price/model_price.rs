use super::amount::Amount;
use super::cost::Cost;
use super::rates::Rates;
use crate::wire::Usage;

/// What a model costs, in US dollars.
///
/// ```
/// use recount::Usage;
/// use recount::price::Price;
///
/// let price = Price::per_million(2.5, 10.0).cache_read(1.25);
/// let usage = Usage::new(1_000, 100).cache_read(800);
/// assert_eq!(price.of(&usage), Some(0.0025)); // 200 fresh, 800 cached, 100 of output
/// ```
///
/// What is negative or no number counts as not known, and what is not known has no price: there is no cost then, rather
/// than too low a one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Price {
    pub(super) rates: Rates,
    /// Prices of calls with more input than so many tokens, the largest number first.
    pub(super) above: Vec<(u64, Rates)>,
    pub(super) search: Option<Amount>,
    pub(super) request: Option<Amount>,
}

impl Price {
    /// A price per million tokens of input and of output.
    #[must_use]
    pub fn per_million(input: f64, output: f64) -> Self {
        let rates = Rates {
            input: Amount::per_million(input),
            output: Amount::per_million(output),
            ..Rates::default()
        };
        Self { rates, ..Self::default() }
    }

    /// A price per million tokens of input where there is no output: of an embedding.
    #[must_use]
    pub fn input_only(input: f64) -> Self {
        let rates = Rates { input: Amount::per_million(input), ..Rates::default() };
        Self { rates, ..Self::default() }
    }

    /// Sets the price per million tokens that come from the provider's cache; as other input, unless set.
    #[must_use]
    pub fn cache_read(mut self, dollars: f64) -> Self {
        self.rates.cache_read = Amount::per_million(dollars);
        self
    }

    /// Sets the price per million tokens that are written to the provider's cache; as other input, unless set.
    #[must_use]
    pub fn cache_write(mut self, dollars: f64) -> Self {
        self.rates.cache_write = Amount::per_million(dollars);
        self
    }

    /// Sets other prices per million for all tokens of a call that has more input than so many tokens.
    ///
    /// Of `price`, only the prices of tokens count.
    #[must_use]
    pub fn above(mut self, input_tokens: u64, price: &Self) -> Self {
        self.above.push((input_tokens, price.rates));
        self.above.sort_by_key(|(tokens, _)| std::cmp::Reverse(*tokens));
        self
    }

    /// Sets the price of a thousand searches: of a reranker, or of a search that the model makes on the web.
    #[must_use]
    pub fn per_thousand_searches(mut self, dollars: f64) -> Self {
        self.search = Amount::per_thousand(dollars);
        self
    }

    /// Sets the price of a thousand calls, besides their tokens.
    #[must_use]
    pub fn per_thousand_requests(mut self, dollars: f64) -> Self {
        self.request = Amount::per_thousand(dollars);
        self
    }

    /// What a call costs in dollars, without searches; nothing where a count or a price that it needs is not known.
    #[must_use]
    pub fn of(&self, usage: &Usage) -> Option<f64> {
        self.cost(usage, None).map(|cost| cost.total())
    }

    /// What a call costs. Searches that nobody counted were not made, unless nothing but searches is billed.
    pub(crate) fn cost(&self, usage: &Usage, searches: Option<u64>) -> Option<Cost> {
        let input = usage.input.unwrap_or(0);
        let above = self.above.iter().find(|(tokens, _)| input > *tokens);
        let bills_tokens = self.rates != Rates::default();
        let mut cost = match above {
            _ if !bills_tokens => Cost::default(),
            Some((_, rates)) => rates.cost(usage)?,
            None => self.rates.cost(usage)?,
        };
        let searches = match (searches, self.search) {
            (Some(0), _) => Amount::default(),
            (Some(searches), price) => price?.times(searches),
            (None, Some(_)) if !bills_tokens => return None,
            (None, _) => Amount::default(),
        };
        cost.other = searches + self.request.unwrap_or_default();
        (bills_tokens || self.search.is_some() || self.request.is_some()).then_some(cost)
    }
}
