//! What went wrong.

use std::borrow::Cow;

use super::composed::Composed;
use super::facts::{self, Facts};
use crate::wire::tape::Value;
use crate::wire::{Field, Outcome, SpanRecord};

/// Where the class of an error is not known.
pub(crate) const OTHER: &str = "_OTHER";

/// A failure, as text.
#[derive(Clone, Debug)]
pub(crate) struct Fault<'a> {
    /// A word for the class of the error, few enough to group by.
    pub(crate) kind: Cow<'a, str>,
    /// The error's own message.
    pub(crate) message: Cow<'a, str>,
    /// The message and those of its sources, one a line; nothing where there are no sources.
    ///
    /// Where a backend looks for a stack trace, which an `Err` has none of, the chain of causes is the next
    /// best.
    pub(super) causes: Option<Composed<'a>>,
    /// Whether an error was raised; nobody raises one by losing interest.
    pub(super) raised: bool,
}

/// The failure of a span that ended badly.
///
/// A cancelled span is an error without an exception: nothing went wrong in it, but its work was not done.
pub(crate) fn read<'a>(record: &SpanRecord, facts: &Facts<'a>) -> Option<Fault<'a>> {
    match record.outcome {
        Outcome::Completed => None,
        Outcome::Cancelled => Some(Fault {
            kind: "cancelled".into(),
            message: "dropped before it finished".into(),
            causes: None,
            raised: false,
        }),
        Outcome::Failed => Some(raised(facts, OTHER)),
        Outcome::Panicked => Some(Fault { kind: "panic".into(), ..raised(facts, "panic") }),
    }
}

fn raised<'a>(facts: &Facts<'a>, unknown: &'static str) -> Fault<'a> {
    let fault = facts.get(Field::Fault);
    let get = |key: &str| fault.and_then(|fault| fault.get(key));
    let text = |key: &str| facts::text(&get(key)?);
    let causes = match get("chain") {
        Some(Value::Seq(chain)) if chain.into_iter().any(|source| facts::text(&source).is_some()) => {
            Some(Composed::Causes(get("message"), chain))
        }
        _ => None,
    };
    Fault {
        kind: text("type").unwrap_or(unknown.into()),
        message: text("message").unwrap_or_default(),
        causes,
        raised: true,
    }
}
