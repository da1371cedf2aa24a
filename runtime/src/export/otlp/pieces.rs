//! Batches of long prompts, in requests that servers take.
//!
//! A batch is bounded in spans, a request in bytes: servers refuse what is too long, and one long prompt must
//! not take five hundred other spans with it.

use std::time::{Duration, Instant};

use crate::export::ExportError;
use crate::wire::{Identity, SpanRecord};

/// Sends a batch in as many requests as it takes, which share the time. What goes wrong with one does not stop the
/// others before the time is over.
///
/// A request has at most `content` bytes of what was captured and inherited; a span with more goes alone.
pub(super) fn send(
    batch: &[SpanRecord],
    content: usize,
    timeout: Duration,
    mut request: impl FnMut(&[SpanRecord], Duration) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    let began = Instant::now();
    let mut lost = 0;
    let mut failure = None;
    for piece in pieces(batch, content) {
        let left = timeout.saturating_sub(began.elapsed());
        let sent = match &failure {
            Some(failure) if left.is_zero() => Err(ExportError::clone(failure)),
            _ => request(piece, left),
        };
        if let Err(error) = sent {
            lost += error.rejected().unwrap_or(piece.len());
            failure = Some(error);
        }
    }
    match failure {
        None => Ok(()),
        Some(error) if lost >= batch.len() && error.rejected().is_none() => Err(error),
        Some(error) => Err(ExportError::partial(lost, error.message())),
    }
}

/// Content is counted as it is on the tape; the callers' bounds leave room for escapes, names and copies.
fn pieces(mut batch: &[SpanRecord], content: usize) -> impl Iterator<Item = &[SpanRecord]> {
    std::iter::from_fn(move || {
        let mut size = 0;
        let fitting = batch.iter().take_while(|record| {
            size += record.tape.len() + inherited(&record.identity);
            size <= content
        });
        let (piece, rest) = batch.split_at(fitting.count().max(1).min(batch.len()));
        batch = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

/// How much of the spans above it a span sends too: the user, tags and properties of a turn go with each of its spans.
fn inherited(identity: &Identity) -> usize {
    let Identity { workflow, agent, path, user, conversation, event, tags, properties } = identity;
    let names = [workflow, agent, path, user, conversation, event].into_iter().flatten();
    names.chain(&**tags).map(|text| text.len()).sum::<usize>() + properties.len()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::wire::{Field, Kind, SpanId, TraceId};

    const CONTENT: usize = 100_000;
    const MINUTE: Duration = Duration::from_secs(60);

    fn batch(sizes: &[usize]) -> Vec<SpanRecord> {
        let record = |size: &usize| {
            let id = SpanId::from_bytes([1; 8]);
            let mut record = SpanRecord::new(TraceId::from_bytes([1; 16]), id, Kind::Task, "work");
            record.tape.entry(Field::Output, None);
            record.tape.text(&"x".repeat(*size));
            record
        };
        sizes.iter().map(record).collect()
    }

    #[test]
    fn requests_stay_small_and_lose_nothing() {
        for (sizes, expected) in [
            (&[][..], &[][..]),
            (&[0, 0, 0], &[3]),
            (&[CONTENT, 10, CONTENT / 2, CONTENT / 2], &[1, 2, 1]),
            (&[10 * CONTENT, 10 * CONTENT], &[1, 1]),
        ] {
            let batch = batch(sizes);
            assert_eq!(pieces(&batch, CONTENT).map(<[_]>::len).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn what_goes_wrong_with_one_request_is_told_of_its_spans_only() {
        let batch = batch(&[CONTENT, CONTENT, CONTENT]);
        let mut requests = 0;
        let sent = send(&batch, CONTENT, MINUTE, |_, _| {
            requests += 1;
            if requests == 2 { Err(ExportError::new("too large")) } else { Ok(()) }
        });
        assert_eq!((requests, sent), (3, Err(ExportError::partial(1, "too large"))));
        assert_eq!(
            send(&batch, CONTENT, MINUTE, |_, _| Err(ExportError::new("no"))),
            Err(ExportError::new("no"))
        );
        let some = send(&batch, CONTENT, MINUTE, |_, _| Err(ExportError::partial(1, "late")));
        assert_eq!(some, Err(ExportError::partial(3, "late")));
    }

    #[test]
    fn no_request_begins_after_a_failure_took_all_the_time() {
        let batch = batch(&[CONTENT, CONTENT]);
        let mut requests = 0;
        let sent = send(&batch, CONTENT, Duration::ZERO, |_, _| {
            requests += 1;
            Err(ExportError::new("hangs"))
        });
        assert_eq!((requests, sent), (1, Err(ExportError::new("hangs"))));
    }

    #[test]
    fn what_is_inherited_is_sent_with_every_span() {
        let mut batch = batch(&[0; 10]);
        let identity = Identity { user: Some("u".repeat(CONTENT / 2).into()), ..Identity::default() };
        let identity = Arc::new(identity);
        for record in &mut batch {
            record.identity = Arc::clone(&identity);
        }
        assert!(pieces(&batch, CONTENT).all(|piece| piece.len() <= 2));
    }
}
