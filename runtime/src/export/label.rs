//! A span in one line: what it was, how long it took, what it cost, how it failed.

use std::fmt::Write;
use std::time::Duration;

use super::summary;
use crate::convert;
use crate::convert::content::{Input, Output};
use crate::convert::facts::Facts;
use crate::wire::tape::Value;
use crate::wire::{Field, Kind, Outcome, SpanRecord};

/// What a line says.
///
/// The console shows times and no content; a snapshot the other way round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// How long the span took.
    pub(crate) durations: bool,
    /// What went in and came out.
    pub(crate) content: bool,
    /// The most characters of one name, input, output or message.
    pub(crate) width: usize,
}

impl Options {
    /// For people at a terminal.
    pub(crate) const fn for_console() -> Self {
        Self { durations: true, content: false, width: 100 }
    }

    /// For snapshots: the same in every run.
    #[cfg(feature = "testing")]
    pub(crate) const fn for_tests() -> Self {
        Self { durations: false, content: true, width: 200 }
    }
}

/// The line of a span, without its place in a tree.
pub(crate) fn label(record: &SpanRecord, options: &Options) -> String {
    let facts = Facts::read(&record.tape);
    let mut line = format!("{} {}", record.kind, printable(&name(record, &facts), options.width));
    if options.content {
        if let Some(input) = input(&facts) {
            line.push(' ');
            line.push_str(&printable(&input, options.width));
        }
        if let Some(output) = output(&facts) {
            line.push_str(" → ");
            line.push_str(&printable(&output, options.width));
        }
    }
    if options.durations {
        line.push_str("  ");
        line.push_str(&duration(record.duration()));
    }
    tokens(&facts, &mut line);
    failure(record, &facts, options.width, &mut line);
    line
}

/// The name that tells most: of a model call the operation and the model, of a retrieval its source.
fn name(record: &SpanRecord, facts: &Facts<'_>) -> String {
    let own = || facts.text(Field::Name).map_or_else(|| record.name.to_string(), Into::into);
    match record.kind {
        Kind::Llm => match facts.text(Field::RequestModel) {
            Some(model) => {
                let operation = facts.text(Field::Operation).unwrap_or("chat".into());
                format!("{operation} {model}")
            }
            None => own(),
        },
        Kind::Retrieval => facts.text(Field::DataSource).map_or_else(own, Into::into),
        _ => own(),
    }
}

/// What went in: of a model call with messages, the last one.
fn input(facts: &Facts<'_>) -> Option<String> {
    if let Some(said) = facts.get(Field::InputMessages).and_then(|messages| summary::last(&messages)) {
        return Some(said);
    }
    let question = || facts.get(Field::Query).map(Input::Whole);
    Some(match facts.input().or_else(question)? {
        Input::Whole(value) => value.to_json(),
        arguments @ Input::Arguments(_) => arguments.object(),
    })
}

/// What came out: of a model call with messages, the first one.
fn output(facts: &Facts<'_>) -> Option<String> {
    if let Some(said) = facts.get(Field::OutputMessages).and_then(|messages| summary::first(&messages)) {
        return Some(said);
    }
    let output = facts.output().filter(|output| !matches!(output, Output::Whole(Value::Null)))?;
    Some(output.json())
}

/// A half that is not known is a question mark, not a zero.
fn tokens(facts: &Facts<'_>, line: &mut String) {
    let usage = facts.usage;
    if usage.input.is_none() && usage.output.is_none() {
        return;
    }
    let count = |tokens: Option<u64>| tokens.map_or_else(|| "?".into(), thousands);
    let _ = write!(line, "  {} → {} tokens", count(usage.input), count(usage.output));
}

/// Of a cancelled span, no message: the word says it all.
fn failure(record: &SpanRecord, facts: &Facts<'_>, width: usize, line: &mut String) {
    let Some(fault) = convert::fault(record, facts) else { return };
    let message = if record.outcome == Outcome::Cancelled { "" } else { &*fault.message };
    // The path of a type says where it is defined; its last word says what went wrong.
    let kind = fault.kind.rsplit("::").next().unwrap_or_default();
    line.push_str("  ✗ ");
    match (kind == convert::OTHER, message) {
        (_, "") => line.push_str(&printable(kind, width)),
        (true, message) => line.push_str(&printable(message, width)),
        (false, message) => {
            let _ = write!(line, "{}: {}", printable(kind, width), printable(message, width));
        }
    }
}

/// At most `width` characters, none of which moves the cursor, changes colours or turns the text around.
///
/// Spans hold what models wrote, and models write what they are told to.
fn printable(text: &str, width: usize) -> String {
    let mut printable = String::with_capacity(text.len().min(width));
    for (place, char) in text.chars().enumerate() {
        if place == width {
            printable.push('…');
            break;
        }
        match char {
            '\n' => printable.push_str("\\n"),
            '\t' => printable.push_str("\\t"),
            char if char.is_control() || is_invisible(char) => {
                printable.extend(char.escape_unicode());
            }
            char => printable.push(char),
        }
    }
    printable
}

/// Marks that reorder or hide the text around them.
fn is_invisible(char: char) -> bool {
    matches!(
        char,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

/// Few digits: a line is read, not computed with.
fn duration(duration: Duration) -> String {
    let micros = duration.as_micros();
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..10_000 if micros % 1_000 < 100 => format!("{} ms", micros / 1_000),
        1_000..10_000 => format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100),
        10_000..1_000_000 => format!("{} ms", micros / 1_000),
        1_000_000..60_000_000 => format!("{}.{:02} s", micros / 1_000_000, micros % 1_000_000 / 10_000),
        _ => format!("{} m {:02} s", micros / 60_000_000, micros / 1_000_000 % 60),
    }
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        let shown = |micros| duration(Duration::from_micros(micros));
        assert_eq!(
            [0, 999, 3_000, 2_149, 9_999, 840_999, 999_999, 1_240_000, 59_999_999, 125_000_000].map(shown),
            [
                "0 µs", "999 µs", "3 ms", "2.1 ms", "9.9 ms", "840 ms", "999 ms", "1.24 s", "59.99 s",
                "2 m 05 s"
            ]
        );
        assert_eq!(duration(Duration::MAX), "307445734561825860 m 15 s");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([0, 12, 999, 1_204, 1_000_000].map(thousands), ["0", "12", "999", "1,204", "1,000,000"]);
        assert_eq!(thousands(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn nothing_that_is_printed_drives_the_terminal() {
        assert_eq!(printable("a\u{1b}[2J\nb\u{202e}c\0\u{7f}", 20), "a\\u{1b}[2J\\nb\\u{202e}c\\u{0}\\u{7f}");
        assert_eq!(printable("αβγδ", 3), "αβγ…");
    }
}
