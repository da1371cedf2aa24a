use std::fmt;
use std::time::Duration;

use super::facts::Facts;
use super::share::Share;
use crate::span::guarded;
use crate::wire::{Field, SpanRecord, TraceId};

/// Which traces are exported, once it is known how they went; for [`Builder::keep`](crate::Builder::keep).
///
/// A trace is kept as a whole if one of the conditions holds for it, and else if it is of the [`share`](Self::share).
/// Conditions add up: each keeps more. Without any of them and without a share nothing is kept.
///
/// ```
/// use std::time::Duration;
///
/// use recount::sample::Keep;
///
/// let keep = Keep::new()
///     .errors()
///     .slower_than(Duration::from_secs(30))
///     .costlier_than(0.50) // US dollars
///     .tagged("beta")
///     .share(0.05); // of all traces, whatever they are like
/// let builder = recount::builder().keep(keep);
/// ```
#[derive(Default)]
pub struct Keep {
    errors: bool,
    slower_than: Option<Duration>,
    costlier_than: Option<f64>,
    more_tokens_than: Option<u64>,
    tags: Vec<String>,
    attributes: Vec<String>,
    conditions: Vec<Condition>,
    share: Option<f64>,
    wait: Option<Duration>,
}

type Condition = Box<dyn Fn(&[SpanRecord]) -> bool + Send>;

impl Keep {
    /// How long a trace is waited for unless somebody says otherwise: agents that ask people take minutes.
    const WAIT: Duration = Duration::from_secs(300);

    /// A rule that keeps nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps traces in which a span failed, panicked or was cancelled.
    #[must_use]
    pub fn errors(mut self) -> Self {
        self.errors = true;
        self
    }

    /// Keeps traces that took longer, from the beginning of their first span to the end of their last.
    #[must_use]
    pub fn slower_than(mut self, duration: Duration) -> Self {
        self.slower_than = Some(duration);
        self
    }

    /// Keeps traces whose model calls cost more than so many US dollars, all together. What has no
    /// [price](crate::price) costs nothing. [`build`](crate::Builder::build) refuses what is below 0 or no number.
    #[must_use]
    pub fn costlier_than(mut self, dollars: f64) -> Self {
        self.costlier_than = Some(dollars);
        self
    }

    /// Keeps traces whose model calls took and gave more tokens, all together, cached ones included.
    #[must_use]
    pub fn more_tokens_than(mut self, tokens: u64) -> Self {
        self.more_tokens_than = Some(tokens);
        self
    }

    /// Keeps traces with a span that bears this tag; see [`macro@crate::interaction`].
    #[must_use]
    pub fn tagged(mut self, tag: impl Into<String>) -> Self {
        self.tags.push(tag.into());
        self
    }

    /// Keeps traces with a span that has an attribute of this name, set by `fields(..)` or
    /// [`set_attribute`](crate::CurrentSpan::set_attribute).
    #[must_use]
    pub fn with_attribute(mut self, name: impl Into<String>) -> Self {
        self.attributes.push(name.into());
        self
    }

    /// Keeps traces for which the closure says so.
    ///
    /// It is asked on the worker's thread, at the end of each trace that no other condition has kept before, and sees its
    /// spans in the order in which they ended, redacted and without content where that is off. Late spans it sees one by
    /// one. Where it panics, the trace is kept.
    ///
    /// ```
    /// use recount::sample::Keep;
    /// use recount::wire::Kind;
    ///
    /// let keep = Keep::new().when(|spans| spans.iter().filter(|span| span.kind == Kind::Tool).count() > 20);
    /// ```
    #[must_use]
    pub fn when(mut self, condition: impl Fn(&[SpanRecord]) -> bool + Send + 'static) -> Self {
        self.conditions.push(Box::new(condition));
        self
    }

    /// Keeps this share of all traces, from 0 to 1, whatever they are like. None unless set.
    ///
    /// Chosen by the ids of the traces, as [`Sampler::ratio`](super::Sampler::ratio) does: behind a sampler of a larger
    /// ratio it is still a share of all traces, not of those that were sampled. [`build`](crate::Builder::build) refuses
    /// what is no share.
    #[must_use]
    pub fn share(mut self, share: f64) -> Self {
        self.share = Some(share);
        self
    }

    /// Sets how long a trace is waited for, from the end of its first span: 5 minutes, unless set.
    ///
    /// A trace that is not over by then is kept: nobody knows what it is going to be like.
    #[must_use]
    pub fn wait(mut self, time: Duration) -> Self {
        self.wait = Some(time);
        self
    }

    pub(crate) fn mistake(&self) -> Option<String> {
        let share = self.share.filter(|share| Share::new(*share).is_none());
        let dollars = self.costlier_than.filter(|dollars| dollars.is_nan() || *dollars < 0.0);
        share.map(|share| format!("the share is {share}; expected a number from 0 to 1")).or_else(|| {
            dollars.map(|dollars| format!("the cost is {dollars}; expected a number that is not below 0"))
        })
    }

    pub(super) fn waits(&self) -> Duration {
        self.wait.unwrap_or(Self::WAIT)
    }

    /// Whether a trace is kept because of what is known of it.
    pub(super) fn matches_facts(&self, facts: &Facts) -> bool {
        self.errors && facts.failed
            || self.slower_than.is_some_and(|limit| facts.duration() > limit)
            || self.costlier_than.is_some_and(|limit| facts.dollars > limit)
            || self.more_tokens_than.is_some_and(|limit| facts.tokens > limit)
    }

    /// Whether a trace is kept because of one of its spans.
    pub(super) fn matches_span(&self, span: &SpanRecord) -> bool {
        let is_asked = |names: &[String], name: &str| names.iter().any(|asked| asked == name);
        let has_tag = || span.identity.tags.iter().any(|tag| is_asked(&self.tags, tag));
        let has_attribute = || {
            let attributes = span.tape.entries().filter(|entry| entry.field == Field::Attribute);
            attributes.into_iter().any(|entry| is_asked(&self.attributes, entry.name))
        };
        !self.tags.is_empty() && has_tag() || !self.attributes.is_empty() && has_attribute()
    }

    /// Whether a closure wants these spans.
    pub(super) fn matches_condition(&self, spans: &[SpanRecord]) -> bool {
        let is_wanted = |condition: &Condition| guarded(|| condition(spans)).unwrap_or(true);
        self.conditions.iter().any(is_wanted)
    }

    /// Whether a trace is kept whatever it is like.
    pub(super) fn has_by_chance(&self, trace: TraceId) -> bool {
        self.share.and_then(Share::new).is_some_and(|share| share.has(trace))
    }
}

impl fmt::Debug for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keep")
            .field("errors", &self.errors)
            .field("slower_than", &self.slower_than)
            .field("costlier_than", &self.costlier_than)
            .field("more_tokens_than", &self.more_tokens_than)
            .field("tags", &self.tags)
            .field("attributes", &self.attributes)
            .field("conditions", &self.conditions.len())
            .field("share", &self.share)
            .field("wait", &self.waits())
            .finish()
    }
}
