//! Parameters of requests, each with the type that the conventions give it.

use std::borrow::Cow;

use super::attribute::{self, AttributeValue, Attributes, Key};
use super::facts::Facts;
use super::semconv::{message, request};
use crate::wire::tape::Value;

/// Sets the parameters of a request. One of the wrong type is left out: columns of backends are typed.
pub(super) fn convert<'a>(facts: &'a Facts<'a>, attributes: &mut Attributes<'a>) {
    let parameters = facts.parameters.entries().iter();
    attributes.merge(parameters.map(|(name, value)| (key(name), typed(name, value))), true);
}

fn key(name: &str) -> Key<'_> {
    match name {
        "dimension.count" => request::DIMENSIONS.into(),
        "output.type" => message::OUTPUT_TYPE.into(),
        name => Key { prefix: request::PREFIX, name },
    }
}

fn typed<'a>(name: &str, value: &Value<'a>) -> Option<AttributeValue<'a>> {
    match name {
        "" => None,
        "temperature" | "top_p" | "frequency_penalty" | "presence_penalty" => {
            attribute::number(value).map(AttributeValue::F64)
        }
        "max_tokens" | "seed" | "top_k" | "dimension.count" => whole(value).map(AttributeValue::I64),
        // One choice is what everybody gets.
        "choice.count" => whole(value).filter(|count| *count != 1).map(AttributeValue::I64),
        "stop_sequences" | "encoding_formats" => strings(value).map(AttributeValue::Strs),
        // A request that is not streamed does not say so.
        "stream" => matches!(value, Value::Bool(true)).then_some(AttributeValue::Bool(true)),
        _ => AttributeValue::from_tape(value),
    }
}

/// An integer; a float that is whole counts.
///
/// Programs that read their parameters from JSON have `1.0` now and then.
fn whole(value: &Value<'_>) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    attribute::integer(value).or_else(|| {
        let number = attribute::number(value)?;
        #[expect(clippy::cast_possible_truncation, reason = "whole and within the exact range")]
        (number.fract() == 0.0 && number.abs() < EXACT).then_some(number as i64)
    })
}

/// A list of texts; a single one counts as a list.
fn strings<'a>(value: &Value<'a>) -> Option<Vec<Cow<'a, str>>> {
    match value {
        Value::Text(text) => Some(vec![text.marked()]),
        Value::Seq(texts) => attribute::texts(*texts),
        _ => None,
    }
}
