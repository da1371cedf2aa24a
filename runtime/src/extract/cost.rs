//! What the call cost, and who says so.

use std::borrow::Cow;

use crate::llm::Detail;
use crate::price::{Cost, CurrentPrices, PriceTable};
use crate::wire::tape::{Entry, Value};
use crate::wire::{Field, SpanRecord, Tape, Usage};

/// Adds what the call cost by the table of prices, where neither the program nor the provider said it; says where the
/// cost comes from.
pub(super) fn add(record: &mut SpanRecord, prices: &CurrentPrices) {
    let call = Call::read(&record.tape);
    match call.said {
        Some(Said::ByProvider) => {}
        Some(Said::ByProgram) => source(&mut record.tape, "program"),
        None => {
            if let Some((cost, label)) = call.by_table(&prices.get()) {
                write(&cost, &label, &mut record.tape);
            }
        }
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
        for Entry { field, name, value } in tape.entries() {
            match field {
                Field::Cost => call.said = value.as_f64().map(|_| Said::ByProgram),
                Field::CostSource if call.said.is_some() => call.said = Some(Said::ByProvider),
                Field::Usage => call.usage.update(Usage::of_tape(&value)),
                Field::Provider => call.provider = text(&value),
                Field::RequestModel => call.asked = text(&value),
                Field::ResponseModel => call.answered = text(&value),
                Field::Detail if name == Detail::Searches.name() => {
                    call.searches = text(&value).and_then(|count| count.parse().ok());
                }
                Field::Detail if name == Detail::ResponseServiceTier.name() => call.tiers[0] = text(&value),
                Field::Detail if name == Detail::PriceTier.name() => call.tiers[1] = text(&value),
                _ => {}
            }
        }
        call
    }

    /// What the table says, and the name of the table.
    fn by_table(&self, prices: &PriceTable) -> Option<(Cost, String)> {
        if prices.is_empty() || !self.has_regular_price() {
            return None;
        }
        let find = |model: &str| prices.find(self.provider.as_deref(), model);
        let (price, label) = match (self.answered.as_deref(), self.asked.as_deref()) {
            // A gateway that leaves out the region, or the provider's own name, says the same in fewer words.
            (Some(answered), Some(asked)) => {
                find(answered).or_else(|| if asked.contains(answered) { find(asked) } else { None })
            }
            (model, None) | (None, model) => find(model?),
        }?;
        Some((price.cost(&self.usage, self.searches)?, label.to_owned()))
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

fn text<'a>(value: &Value<'a>) -> Option<Cow<'a, str>> {
    value.to_text().filter(|text| !text.is_empty())
}
