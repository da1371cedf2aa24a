//! Tables of prices as JSON.

use serde::Deserialize;

use super::amount::Amount;
use super::rates::Rates;
use super::table::PriceList;
use super::{Price, PriceTable};
use crate::{Error, ErrorKind};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    name: Option<String>,
    providers: Vec<Provider>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Provider {
    #[serde(default)]
    providers: Vec<String>,
    #[serde(default)]
    prefixes: Vec<String>,
    #[serde(default)]
    date: Option<String>,
    /// For the reader of the table.
    #[serde(default, rename = "source")]
    _source: Option<String>,
    prices: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    models: Vec<String>,
    input: Option<f64>,
    cache_read: Option<f64>,
    cache_write: Option<f64>,
    output: Option<f64>,
    #[serde(default)]
    above: Vec<Above>,
    search: Option<f64>,
    request: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Above {
    input_tokens: u64,
    input: Option<f64>,
    cache_read: Option<f64>,
    cache_write: Option<f64>,
    output: Option<f64>,
}

/// Reads a table; a price that is none is an error, and not overlooked.
pub(super) fn read(json: &str) -> Result<PriceTable, Error> {
    let table: Table = serde_json::from_str(json).map_err(|error| wrong(&error.to_string()))?;
    let name = table.name.unwrap_or_else(|| "table".to_owned());
    let lists = table.providers.into_iter().map(|provider| provider.list(&name));
    Ok(PriceTable { lists: lists.collect::<Result<_, _>>()? })
}

impl Provider {
    fn list(self, name: &str) -> Result<PriceList, Error> {
        let label = self.date.as_ref().map_or_else(|| name.to_owned(), |date| format!("{name} {date}"));
        let lower = |names: Vec<String>| names.iter().map(|name| name.to_lowercase()).collect();
        let mut list = PriceList {
            providers: self.providers,
            prefixes: lower(self.prefixes),
            label,
            date: self.date,
            ..PriceList::default()
        };
        for entry in self.prices {
            let price = entry.price().map_err(|dollars| {
                wrong(&format!(
                    "the price of {} is {dollars}; expected dollars from 0 to 1000000",
                    entry.models.join(", ")
                ))
            })?;
            for model in &entry.models {
                list.prices.insert(model.to_lowercase(), price.clone());
            }
        }
        Ok(list)
    }
}

impl Entry {
    /// The price; the number that is none.
    fn price(&self) -> Result<Price, f64> {
        let mut price = Price {
            rates: rates([self.input, self.cache_read, self.cache_write, self.output])?,
            search: amount(self.search, Amount::per_thousand)?,
            request: amount(self.request, Amount::per_thousand)?,
            above: Vec::new(),
        };
        for above in &self.above {
            let rates = rates([above.input, above.cache_read, above.cache_write, above.output])?;
            price = price.above(above.input_tokens, &Price { rates, ..Price::default() });
        }
        Ok(price)
    }
}

fn rates([input, cache_read, cache_write, output]: [Option<f64>; 4]) -> Result<Rates, f64> {
    Ok(Rates {
        input: amount(input, Amount::per_million)?,
        cache_read: amount(cache_read, Amount::per_million)?,
        cache_write: amount(cache_write, Amount::per_million)?,
        output: amount(output, Amount::per_million)?,
    })
}

fn amount(dollars: Option<f64>, read: fn(f64) -> Option<Amount>) -> Result<Option<Amount>, f64> {
    dollars.map(|dollars| read(dollars).ok_or(dollars)).transpose()
}

fn wrong(what: &str) -> Error {
    Error::new(ErrorKind::Configuration, format!("The table of prices is not understood: {what}."))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Table, read};

    const BUILT_IN: &str = include_str!("prices.json");

    #[test]
    fn the_built_in_table_is_whole() {
        let table: Table = serde_json::from_str(BUILT_IN).expect("a table");
        let mut models = 0;
        for provider in &table.providers {
            let whose = &provider.providers;
            assert!(provider.date.is_some() && !whose.is_empty(), "{whose:?}");
            let mut names = HashSet::new();
            for name in provider.prices.iter().flat_map(|entry| &entry.models) {
                assert!(names.insert(name.as_str()), "{whose:?} has {name} twice");
                assert_eq!(*name, name.to_lowercase(), "names are looked up in lower case");
            }
            models += names.len();
        }
        let read = read(BUILT_IN).expect("a table");
        assert_eq!(BUILT_IN.matches("\"source\": \"https://").count(), read.lists.len());
        assert_eq!(read.lists.iter().map(|list| list.prices.len()).sum::<usize>(), models);
    }

    /// Output costs more than input, a cached token less: a figure in the wrong column stands out.
    #[test]
    fn the_built_in_prices_are_plausible() {
        let table: Table = serde_json::from_str(BUILT_IN).expect("a table");
        for entry in table.providers.iter().flat_map(|provider| &provider.prices) {
            let input = entry.input.unwrap_or(f64::MAX);
            assert!(entry.cache_read.is_none_or(|price| price < input), "{:?}", entry.models);
            assert!(entry.cache_write.is_none_or(|price| price >= input), "{:?}", entry.models);
            let is_open = entry.output.is_some_and(|price| (price - input).abs() < f64::EPSILON);
            assert!(entry.output.is_none_or(|price| price > input) || is_open, "{:?}", entry.models);
            for above in &entry.above {
                assert!(above.input.is_none_or(|price| price > input), "{:?}", entry.models);
            }
        }
    }
}
