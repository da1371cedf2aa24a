//! What the call cost, and who says so.

use std::borrow::Cow;
use std::sync::Arc;

use crate::llm::Detail;
use crate::price::{Cost, CurrentPrices, Price, PriceTable};
use crate::wire::tape::{Fields, Unread};
use crate::wire::{Field, SpanRecord, Tape, Usage};

/// Adds what the call cost by the table of prices, where neither the program nor the provider said it; says where the
/// cost comes from. Which fields the tape had, it knows then, too.
pub(super) fn add(record: &mut SpanRecord, prices: &mut Prices) -> Fields {
    let call = Call::read(&record.tape);
    let fields = call.fields;
    match call.said {
        Some(Said::ByProvider) => {}
        Some(Said::ByProgram) => source(&mut record.tape, "program"),
        None => {
            if let Some((cost, label)) = call.by_table(prices) {
                write(&cost, label, &mut record.tape);
            }
        }
    }
    fields
}

/// The table in use, and what it says of the models that were called last: most programs call few.
pub(super) struct Prices {
    current: CurrentPrices,
    table: Arc<PriceTable>,
    lookups: Vec<Lookup>,
}

/// What was looked up, and what was found.
struct Lookup {
    provider: Option<String>,
    asked: Option<String>,
    answered: Option<String>,
    /// The price, and the name of the table.
    found: Option<(Price, String)>,
}

impl Prices {
    pub(super) fn new(current: CurrentPrices) -> Self {
        Self { table: current.get(), current, lookups: Vec::new() }
    }

    /// The price of the call's model, and the name of the table.
    fn find(&mut self, call: &Call<'_>) -> Option<&(Price, String)> {
        const MOST: usize = 8;
        let table = self.current.get();
        if !Arc::ptr_eq(&self.table, &table) {
            (self.table, self.lookups) = (table, Vec::new());
        }
        let known = self.lookups.iter().position(|lookup| lookup.is_of(call));
        let place = known.unwrap_or_else(|| {
            if self.lookups.len() == MOST {
                self.lookups.remove(0);
            }
            self.lookups.push(Lookup::new(call, &self.table));
            self.lookups.len() - 1
        });
        self.lookups[place].found.as_ref()
    }
}

impl Lookup {
    fn new(call: &Call<'_>, table: &PriceTable) -> Self {
        let find = |model: &str| table.find(call.provider.as_deref(), model);
        let found = match (call.answered.as_deref(), call.asked.as_deref()) {
            // A gateway that leaves out the region, or the provider's own name, says the same in fewer words.
            (Some(answered), Some(asked)) => {
                find(answered).or_else(|| if asked.contains(answered) { find(asked) } else { None })
            }
            (model, None) | (None, model) => model.and_then(find),
        };
        let found = found.map(|(price, label)| (price.clone(), label.to_owned()));
        let [provider, asked, answered] =
            [&call.provider, &call.asked, &call.answered].map(|name| name.as_deref().map(Into::into));
        Self { provider, asked, answered, found }
    }

    fn is_of(&self, call: &Call<'_>) -> bool {
        self.provider.as_deref() == call.provider.as_deref()
            && self.asked.as_deref() == call.asked.as_deref()
            && self.answered.as_deref() == call.answered.as_deref()
    }
}

/// Who said what the call cost.
enum Said {
    ByProvider,
    ByProgram,
}

/// What a price depends on.
#[derive(Default)]
struct Call<'a> {
    /// That of a provider has its source right behind it.
    said: Option<Said>,
    fields: Fields,
    usage: Usage,
    provider: Option<Cow<'a, str>>,
    asked: Option<Cow<'a, str>>,
    answered: Option<Cow<'a, str>>,
    searches: Option<u64>,
    tiers: [Option<Cow<'a, str>>; 2],
}

impl<'a> Call<'a> {
    fn read(tape: &'a Tape) -> Self {
        let mut call = Self::default();
        for (field, name, value) in tape.unread_entries() {
            call.fields = call.fields.with(field);
            let is = |detail: Detail| name == detail.name().as_bytes();
            match field {
                Field::Cost => {
                    call.said = value.read().and_then(|cost| cost.as_f64()).map(|_| Said::ByProgram);
                }
                Field::CostSource if call.said.is_some() => call.said = Some(Said::ByProvider),
                Field::Usage => {
                    call.usage.update(value.read().map(|usage| Usage::of_tape(&usage)).unwrap_or_default());
                }
                Field::Provider => call.provider = text(value),
                Field::RequestModel => call.asked = text(value),
                Field::ResponseModel => call.answered = text(value),
                Field::Detail if is(Detail::Searches) => {
                    call.searches = text(value).and_then(|count| count.parse().ok());
                }
                Field::Detail if is(Detail::ResponseServiceTier) => call.tiers[0] = text(value),
                Field::Detail if is(Detail::PriceTier) => call.tiers[1] = text(value),
                _ => {}
            }
        }
        call
    }

    /// What the table says, and the name of the table.
    fn by_table<'p>(&self, prices: &'p mut Prices) -> Option<(Cost, &'p str)> {
        if !self.has_regular_price() {
            return None;
        }
        let (price, label) = prices.find(self)?;
        Some((price.cost(&self.usage, self.searches)?, label))
    }

    /// Whether the call was served at the price that everybody pays: other tiers have other prices.
    fn has_regular_price(&self) -> bool {
        const REGULAR: [&str; 4] = ["default", "standard", "auto", "on_demand"];
        self.tiers
            .iter()
            .flatten()
            .all(|tier| REGULAR.iter().any(|regular| tier.eq_ignore_ascii_case(regular)))
    }
}

fn write(cost: &Cost, label: &str, tape: &mut Tape) {
    tape.entry(Field::Cost, None);
    tape.double(cost.total());
    source(tape, label);
    tape.entry(Field::CostParts, None);
    tape.begin_map();
    for (name, dollars) in cost.parts() {
        tape.text(name);
        tape.double(dollars);
    }
    tape.end();
}

fn source(tape: &mut Tape, source: &str) {
    tape.entry(Field::CostSource, None);
    tape.text(source);
}

fn text(value: Unread<'_>) -> Option<Cow<'_, str>> {
    let text = match value.as_str() {
        Some(text) => Some(Cow::Borrowed(text)),
        None => value.read()?.to_text(),
    };
    text.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Prices, add};
    use crate::price::{CurrentPrices, Price, PriceTable};
    use crate::wire::{Field, Kind, SpanId, SpanRecord, TraceId, Usage};

    /// What a call of the model costs whose response has a thousand tokens.
    fn cost(model: &str, provider: &str, prices: &mut Prices) -> Option<f64> {
        let ids = (TraceId::from_bytes([1; 16]), SpanId::from_bytes([2; 8]));
        let mut record = SpanRecord::new(ids.0, ids.1, Kind::Llm, "ask");
        for (field, text) in [(Field::Provider, provider), (Field::RequestModel, model)] {
            record.tape.entry(field, None);
            record.tape.text(text);
        }
        let usage = serde_json::to_string(&Usage::new(0, 1_000)).expect("JSON");
        let usage = crate::wire::Tape::from_json(&usage).expect("JSON");
        record.tape.entry(Field::Usage, None);
        record.tape.value(&usage.get(Field::Output).expect("a map"));
        add(&mut record, prices);
        record.tape.get(Field::Cost)?.as_f64()
    }

    #[test]
    fn what_was_looked_up_counts_for_its_model_and_table() {
        let table = |dollars| PriceTable::empty().with("acme", "one", Price::per_million(0.0, dollars));
        let current = CurrentPrices::new(table(1.0));
        let mut prices = Prices::new(current.clone());
        for _ in 0..2 {
            assert_eq!(cost("one", "acme", &mut prices), Some(0.001));
            assert_eq!(cost("one", "acme", &mut prices), Some(0.001));
            assert_eq!(cost("two", "acme", &mut prices), None);
            assert_eq!(cost("one", "other", &mut prices), None);
            (0..20).for_each(|number| assert_eq!(cost(&format!("{number}"), "acme", &mut prices), None));
        }
        assert_eq!(cost("one", "acme", &mut prices), Some(0.001));
        current.set(table(2.0));
        assert_eq!(cost("one", "acme", &mut prices), Some(0.002));
    }
}
