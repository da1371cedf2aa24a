use crate::wire::Tape;
use crate::wire::tape::Value;

/// Puts the chunks of a streamed response together while the stream goes on, so that a long one needs no more memory
/// than its answer.
///
/// Made by the [`Sink`](super::Sink), since to know the shapes of chunks is not a span's matter.
pub(crate) trait Fold: Send + Sync {
    /// Adds a chunk, or a piece of the raw text in which chunks come; says what is known of them all.
    fn push(&mut self, chunk: &Value<'_>) -> Verdict;

    /// The stream has failed here. It may go on, or begin anew.
    fn interrupt(&mut self);

    /// Writes what the chunks say, as facts of the response.
    fn finish(self: Box<Self>, tape: &mut Tape);
}

/// Whether the chunks of a stream are a model's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// They are, as at least one of them shows. The others need not be kept.
    Known,
    /// Nobody has known one so far.
    Open,
    /// The first one has begun, and is long.
    Amid,
    /// They are not.
    Unknown,
}
