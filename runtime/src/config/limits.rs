//! How much a span may have, as it is sent.

use super::Builder;
use super::variables::Variables;
use crate::Error;
use crate::convert::SpanLimits;

/// Limits that somebody set.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SaidLimits {
    attributes: Option<usize>,
    events: Option<usize>,
    event_attributes: Option<usize>,
    links: Option<usize>,
    value_length: Option<usize>,
}

/// Zero is a limit: it keeps none.
impl Builder {
    /// Sets how many attributes a span has at most when it is sent: 128, unless set.
    ///
    /// Unless set: `OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT`, then `OTEL_ATTRIBUTE_COUNT_LIMIT`. What says what the span is
    /// (operation, model, tokens, messages) comes first and the program's own attributes last: those are left out
    /// first. Backends are told how many are missing.
    pub fn attribute_limit(mut self, attributes: usize) -> Self {
        self.limits.attributes = Some(attributes);
        self
    }

    /// Sets how many events a span has at most when it is sent: 128, unless set.
    ///
    /// Unless set: `OTEL_SPAN_EVENT_COUNT_LIMIT`. The first are kept, and before them the exception of a span that
    /// failed. Backends are told how many are missing.
    pub fn event_limit(mut self, events: usize) -> Self {
        self.limits.events = Some(events);
        self
    }

    /// Sets how many attributes an event has at most when it is sent: 128, unless set.
    ///
    /// Unless set: `OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT`, then `OTEL_ATTRIBUTE_COUNT_LIMIT`.
    pub fn event_attribute_limit(mut self, attributes: usize) -> Self {
        self.limits.event_attributes = Some(attributes);
        self
    }

    /// Sets how many characters a text has at most when it is sent, and each text of a list: any number, unless set.
    ///
    /// Unless set: `OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT`, then `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`. JSON is not cut
    /// in its middle: texts and lists within it are shortened, and it stays JSON. What is kept of a value in the first
    /// place is bounded by [`value_cap`](Self::value_cap).
    pub fn value_length_limit(mut self, characters: usize) -> Self {
        self.limits.value_length = Some(characters);
        self
    }
}

impl SaidLimits {
    pub(super) fn read<F: Fn(&str) -> Option<String>>(variables: &Variables<F>) -> Result<Self, Error> {
        const ATTRIBUTES: &str = "OTEL_ATTRIBUTE_COUNT_LIMIT";
        Ok(Self {
            attributes: variables.length(&["OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", ATTRIBUTES])?,
            events: variables.length(&["OTEL_SPAN_EVENT_COUNT_LIMIT"])?,
            event_attributes: variables.length(&["OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", ATTRIBUTES])?,
            links: variables.length(&["OTEL_SPAN_LINK_COUNT_LIMIT"])?,
            value_length: variables
                .length(&["OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"])?,
        })
    }

    /// How many characters of a text, where somebody said it.
    pub(super) fn value_length(&self) -> Option<usize> {
        self.value_length
    }

    /// With the defaults for what neither of the two says.
    pub(super) fn or(self, other: Self) -> SpanLimits {
        let default = SpanLimits::default();
        SpanLimits {
            attributes: self.attributes.or(other.attributes).unwrap_or(default.attributes),
            events: self.events.or(other.events).unwrap_or(default.events),
            event_attributes: self
                .event_attributes
                .or(other.event_attributes)
                .unwrap_or(default.event_attributes),
            links: self.links.or(other.links).unwrap_or(default.links),
            value_length: self.value_length.or(other.value_length),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(builder: &Builder, variables: &[(&str, &str)]) -> SpanLimits {
        let lookup =
            |name: &str| variables.iter().find(|(found, _)| *found == name).map(|(_, value)| (*value).into());
        builder.limits.or(SaidLimits::read(&Variables(lookup)).expect("numbers"))
    }

    #[test]
    fn unless_told_otherwise_as_open_telemetry_has_it() {
        assert_eq!(limits(&Builder::default(), &[]), SpanLimits::default());
        let variables = [
            ("OTEL_ATTRIBUTE_COUNT_LIMIT", "1"),
            ("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "2"),
            ("OTEL_SPAN_EVENT_COUNT_LIMIT", "3"),
            ("OTEL_SPAN_LINK_COUNT_LIMIT", "4"),
            ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "5"),
        ];
        let said =
            SpanLimits { attributes: 1, event_attributes: 2, events: 3, links: 4, value_length: Some(5) };
        assert_eq!(limits(&Builder::default(), &variables), said);
    }

    #[test]
    fn the_builder_counts_before_the_environment_and_the_narrower_variable_before_the_wider() {
        let builder = Builder::default().attribute_limit(7).value_length_limit(8);
        let variables = [
            ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "1"),
            ("OTEL_ATTRIBUTE_COUNT_LIMIT", "2"),
            ("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "3"),
        ];
        let limits = limits(&builder, &variables);
        assert_eq!((limits.attributes, limits.event_attributes, limits.value_length), (7, 2, Some(8)));
    }

    #[test]
    fn what_is_no_number_is_told() {
        let lookup = |name: &str| (name == "OTEL_SPAN_LINK_COUNT_LIMIT").then(|| "many".to_owned());
        let error = SaidLimits::read(&Variables(lookup)).expect_err("no number").to_string();
        assert!(error.starts_with("OTEL_SPAN_LINK_COUNT_LIMIT is \"many\"; expected "), "{error}");
    }
}
