/// What a span may have at most, as it is sent.
///
/// The same limits as those of the OpenTelemetry SDK. What goes beyond them is counted, and backends are told how much
/// is missing. Attributes that say what the span is come first, so that the last ones left out are those of the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpanLimits {
    /// Attributes of a span.
    pub attributes: usize,
    /// Events of a span.
    pub events: usize,
    /// Attributes of one event.
    pub event_attributes: usize,
    /// Links of a span. recount has none yet.
    pub links: usize,
    /// Characters of a text, and of each text in a list; none where texts have no limit but the
    /// [cap](crate::Builder::value_cap) of what is kept.
    pub value_length: Option<usize>,
}

/// As OpenTelemetry has it: 128 of each, texts of any length.
impl Default for SpanLimits {
    fn default() -> Self {
        Self { attributes: 128, events: 128, event_attributes: 128, links: 128, value_length: None }
    }
}
