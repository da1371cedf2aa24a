use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Price, json, model};
use crate::Error;
use crate::wire::Usage;

/// What models cost, by provider and name.
///
/// ```
/// use recount::Usage;
/// use recount::price::{Price, PriceTable};
///
/// let prices = PriceTable::builtin().with("openai", "gpt-4o", Price::per_million(2.0, 8.0));
/// let usage = Usage::new(1_000_000, 0);
/// assert_eq!(prices.cost("openai", "gpt-4o-2024-08-06", &usage), Some(2.0));
/// assert_eq!(prices.cost("openai", "gpt-4o-mini", &usage), Some(0.15));
/// assert_eq!(prices.cost("openai", "gpt-4o-unheard-of", &usage), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PriceTable {
    pub(super) lists: Vec<PriceList>,
}

/// The prices of one provider, or of several that have the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct PriceList {
    /// By OpenTelemetry's names; none means any provider.
    pub(super) providers: Vec<String>,
    /// What may stand in front of a model's name.
    pub(super) prefixes: Vec<String>,
    /// What a price says of where it comes from.
    pub(super) label: String,
    pub(super) date: Option<String>,
    pub(super) prices: HashMap<String, Price>,
}

impl PriceTable {
    /// The prices that come with recount, as the providers publish them: standard tier, without taxes and discounts.
    ///
    /// See [the module](super) for what is in it, and what is left out.
    #[must_use]
    pub fn builtin() -> Self {
        static BUILTIN: LazyLock<PriceTable> =
            LazyLock::new(|| json::read(include_str!("prices.json")).unwrap_or_default());
        BUILTIN.clone()
    }

    /// A table without prices: it switches prices off.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// Reads a table of prices, in the format of [the module](super#format).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration), when the text is no such table. The message says
    /// where.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        json::read(json)
    }

    /// Adds the price of a model, in place of what is there.
    ///
    /// The provider is named as OpenTelemetry does (`openai`, `aws.bedrock`, …); an empty name stands for any,
    /// also where it is not known. The name of the model stands for its editions as well: see [the module](super#names).
    #[must_use]
    pub fn with(mut self, provider: &str, model: &str, price: Price) -> Self {
        let providers = if provider.is_empty() { Vec::new() } else { vec![provider.to_owned()] };
        self.lists.push(PriceList {
            providers,
            label: "table".to_owned(),
            prices: HashMap::from([(model.to_lowercase(), price)]),
            ..PriceList::default()
        });
        self
    }

    /// Adds the prices of another table. Where both know a name, the other's price counts.
    #[must_use]
    pub fn extend(mut self, other: Self) -> Self {
        self.lists.extend(other.lists);
        self
    }

    /// Whether there are no prices at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lists.iter().all(|list| list.prices.is_empty())
    }

    /// When the newest prices were looked up, as `2026-01-31`.
    #[must_use]
    pub fn date(&self) -> Option<&str> {
        self.lists.iter().filter_map(|list| list.date.as_deref()).max()
    }

    /// What a call costs in dollars; nothing where the model, or a count that its price needs, is not known.
    #[must_use]
    pub fn cost(&self, provider: &str, model: &str, usage: &Usage) -> Option<f64> {
        let (price, _) = self.find(Some(provider), model)?;
        price.of(usage)
    }

    /// The price of a model, and where it comes from: by the most particular name that is known; of equally particular
    /// ones, the one that was added last.
    pub(crate) fn find(&self, provider: Option<&str>, model: &str) -> Option<(&Price, &str)> {
        let model = model.trim().to_lowercase();
        // How many names were more particular, the list, the price.
        let mut best: Option<(usize, &PriceList, &Price)> = None;
        for list in self.lists.iter().rev().filter(|list| list.is_of(provider)) {
            let names = model::names(&model, &list.prefixes);
            let found =
                names.iter().enumerate().find_map(|(place, name)| Some((place, list.prices.get(*name)?)));
            if let Some((place, price)) = found
                && best.is_none_or(|(least, ..)| place < least)
            {
                best = Some((place, list, price));
            }
        }
        best.map(|(_, list, price)| (price, list.label.as_str()))
    }
}

impl PriceList {
    fn is_of(&self, provider: Option<&str>) -> bool {
        self.providers.is_empty()
            || provider
                .is_some_and(|provider| self.providers.iter().any(|name| name.eq_ignore_ascii_case(provider)))
    }
}
