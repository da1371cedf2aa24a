//! What went wrong.

use super::facts::{self, Facts};
use crate::wire::tape::Value;
use crate::wire::{Field, Outcome, SpanRecord};

/// Where the class of an error is not known.
pub(crate) const OTHER: &str = "_OTHER";

/// A failure, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// A word for the class of the error, few enough to group by.
    pub(crate) kind: String,
    /// The error's own message.
    pub(crate) message: String,
    /// The messages of its sources, nearest first.
    pub(super) chain: Vec<String>,
    /// Whether an error was raised; nobody raises one by losing interest.
    pub(super) raised: bool,
}

/// The failure of a span that ended badly.
///
/// A cancelled span is an error without an exception: nothing went wrong in it, but its work was not done.
pub(crate) fn read(record: &SpanRecord, facts: &Facts<'_>) -> Option<Fault> {
    match record.outcome {
        Outcome::Completed => None,
        Outcome::Cancelled => Some(Fault {
            kind: "cancelled".into(),
            message: "dropped before it finished".into(),
            chain: Vec::new(),
            raised: false,
        }),
        Outcome::Failed => Some(raised(facts, OTHER)),
        Outcome::Panicked => Some(Fault { kind: "panic".into(), ..raised(facts, "panic") }),
    }
}

fn raised(facts: &Facts<'_>, unknown: &str) -> Fault {
    let fault = facts.get(Field::Fault);
    let text = |key: &str| fault.and_then(|fault| facts::text(&fault.get(key)?));
    let chain = match fault.and_then(|fault| fault.get("chain")) {
        Some(Value::Seq(chain)) => chain.filter_map(|source| facts::text(&source)).collect(),
        _ => Vec::new(),
    };
    Fault {
        kind: text("type").unwrap_or_else(|| unknown.into()),
        message: text("message").unwrap_or_default(),
        chain,
        raised: true,
    }
}

impl Fault {
    /// The message and those of its sources, one a line; nothing where there are no sources.
    ///
    /// Where a backend looks for a stack trace, which an `Err` has none of, the chain of causes is the next
    /// best.
    pub(super) fn trace(&self) -> Option<String> {
        if self.chain.is_empty() {
            return None;
        }
        let mut trace = self.message.clone();
        for source in &self.chain {
            trace.push_str("\nCaused by: ");
            trace.push_str(source);
        }
        Some(trace)
    }
}
