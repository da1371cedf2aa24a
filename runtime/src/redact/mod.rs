//! What must not be told is taken out of spans before anybody sees them: exporters, metrics, and the rule that decides
//! which traces are kept.
//!
//! Credentials are taken out unless [`Redaction::off`] says otherwise; [personal data](Redaction::personal_data) on
//! request. `[redacted:{what}]` stands in their place, as in `[redacted:openai_key]`; [`Kind`] lists what is known.
//! [`guide::privacy`](crate::guide::privacy) tells what is looked at, what is found and what is not, with figures.
//!
//! ```
//! # #[cfg(feature = "testing")] {
//! use recount::redact::Redaction;
//! use recount::testing::Recorder;
//!
//! #[recount::tool]
//! fn connect(url: &str, contact: &str) {}
//!
//! let recorder = Recorder::with(recount::builder().redact(Redaction::default().personal_data()));
//! let _guard = recorder.install();
//! connect("postgres://app:hunter2@db/orders", "ada@example.com");
//! assert_eq!(
//!     recorder.tree(),
//!     "tool connect {\"url\":\"postgres://app:[redacted:connection_string]@db/orders\",\
//!      \"contact\":\"[redacted:email]\"}\n"
//! );
//! # }
//! ```

// A tape is searched as it is, in one pass, for what credentials begin with or are named by (`anchor`, `credential`). Where
// that is not found, which is nearly always, nothing more is done; else the tape is written anew (`rewrite`), text by text
// (`rules`), with markers in the place of what was found (`finding`).

mod anchor;
mod credential;
mod finding;
mod identity;
mod kind;
mod path;
#[cfg(feature = "regex")]
mod pattern;
mod personal;
mod redaction;
mod rewrite;
mod rules;

use std::borrow::Cow;
use std::sync::Arc;

use crate::wire::{Field, SpanRecord, Tape};
use finding::MARKER;
use identity::Identities;
pub use kind::Kind;
pub use redaction::Redaction;
use rewrite::rewrite;
use rules::{Rules, Scope};

/// A text that is no part of a span, without credentials; nothing where it has none.
#[cfg(feature = "otlp")]
pub(crate) fn without_credentials(text: &str) -> Option<String> {
    Redaction::default().rules().ok().flatten()?.clean(text, Scope::All)
}

/// Redacts records, on the worker's thread.
#[derive(Debug)]
pub(crate) struct Redactor {
    rules: Rules,
    identities: Identities,
    /// The buffer of the tape that was replaced last, for the next one.
    spare: Vec<u8>,
}

/// Takes everything out of a record that may hold a secret: of one that could not be looked through.
///
/// What is left are its ids, its kind, its times, how it ended, and a name that stands in the program.
pub(crate) fn withhold(record: &mut SpanRecord) {
    if let Cow::Owned(_) = record.name {
        record.name = Cow::Borrowed(MARKER);
    }
    record.identity = Arc::default();
    record.tape = Tape::default();
}

impl Redactor {
    /// A buffer that has grown larger for one span gives its memory back.
    const SPARE: usize = 1 << 20;

    pub(crate) fn new(rules: Rules) -> Self {
        Self { rules, identities: Identities::default(), spare: Vec::new() }
    }

    /// Replaces what must not be told, wherever it stands in the record.
    pub(crate) fn redact(&mut self, record: &mut SpanRecord) {
        // Constant names stand in the program itself.
        if let Cow::Owned(name) = &record.name
            && let Some(clean) = self.rules.clean(name, Scope::All)
        {
            record.name = clean.into();
        }
        self.identities.clean(&mut record.identity, &self.rules);
        if self.concerns(&record.tape) {
            let mut clean = Tape::reuse(std::mem::take(&mut self.spare));
            if rewrite(&record.tape, &self.rules, &mut clean) {
                std::mem::swap(&mut record.tape, &mut clean);
            }
            self.spare = clean.into_buffer();
            self.spare.clear();
            self.spare.shrink_to(Self::SPARE);
        }
    }

    /// Whether the tape has to be read. What is in parts on it is not found by looking at its bytes.
    fn concerns(&self, tape: &Tape) -> bool {
        self.rules.are_thorough() || credential::may_be_in(tape.bytes()) || tape.fields().has(Field::Item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Identity, SpanId, TraceId};

    fn record(name: impl Into<Cow<'static, str>>) -> SpanRecord {
        let (trace, span) = (TraceId::from_bytes([1; 16]), SpanId::from_bytes([1; 8]));
        let mut record = SpanRecord::new(trace, span, crate::wire::Kind::Task, name);
        record.identity = Arc::new(Identity { user: Some("ada@example.com".into()), ..Identity::default() });
        record.tape.entry(Field::Output, None);
        record.tape.text("secret");
        record
    }

    #[test]
    fn of_what_could_not_be_looked_through_nothing_is_left_that_was_made_at_run_time() {
        for (name, told) in [(Cow::Borrowed("fixed"), "fixed"), (Cow::Owned("for ada".into()), MARKER)] {
            let mut record = record(name);
            withhold(&mut record);
            assert_eq!(record.name, told);
            assert_eq!((&*record.identity, &record.tape), (&Identity::default(), &Tape::default()));
        }
    }

    #[test]
    fn one_large_span_does_not_keep_its_memory() {
        let rules = Redaction::default().rules().expect("good rules").expect("some rules");
        let mut redactor = Redactor::new(rules);
        let mut record = record("fixed");
        record.tape.entry(Field::Argument, Some("password"));
        record.tape.text("hunter2");
        record.tape.entry(Field::Argument, Some("text"));
        record.tape.text(&"x".repeat(8 << 20));
        redactor.redact(&mut record);
        assert!(redactor.spare.capacity() <= Redactor::SPARE, "{}", redactor.spare.capacity());
    }
}
