use std::fmt;

use super::rate::Rate;
use super::root::Root;
use super::share::Share;
use crate::span::guarded;

/// Decides which traces are recorded, when they begin.
///
/// It is asked once for each trace, by its first span; all spans below follow, on whatever thread and however late. What
/// is left out costs about as much as what nobody listens to: no argument is read, and nothing is queued or counted.
/// For [`Builder::sampler`](crate::Builder::sampler).
///
/// ```
/// use recount::sample::Sampler;
///
/// let tenth = Sampler::ratio(0.1);
/// let builder = recount::builder().sampler(tenth);
/// ```
pub struct Sampler {
    rule: Rule,
    /// What `build` refuses.
    mistake: Option<String>,
}

enum Rule {
    Share(Share),
    Rate(Rate),
    By(Box<dyn Fn(&Root<'_>) -> bool + Send + Sync>),
}

impl Sampler {
    /// Records every trace: what is done unless a sampler is set.
    #[must_use]
    pub fn always_on() -> Self {
        Self::of(Rule::Share(Share::ALL))
    }

    /// Records nothing.
    #[must_use]
    pub fn always_off() -> Self {
        Self::of(Rule::Share(Share::NONE))
    }

    /// Records this share of the traces, from 0 to 1, by their ids.
    ///
    /// The SDKs of OpenTelemetry that call it `traceidratio` choose the same traces of the same ids.
    /// [`build`](crate::Builder::build) refuses what is no share; until then it records everything.
    #[must_use]
    pub fn ratio(share: f64) -> Self {
        Share::new(share).map_or_else(
            || Self::mistaken(format!("the ratio is {share}; expected a number from 0 to 1")),
            |share| Self::of(Rule::Share(share)),
        )
    }

    /// Records so many traces in a second, and no more than those of one second at once. A fraction is one trace now and
    /// then: 0.1 is one in ten seconds.
    ///
    /// [`build`](crate::Builder::build) refuses what is not above 0; until then it records everything.
    #[must_use]
    pub fn per_second(traces: f64) -> Self {
        Rate::per_second(traces).map_or_else(
            || Self::mistaken(format!("the rate is {traces} in a second; expected a number above 0")),
            |rate| Self::of(Rule::Rate(rate)),
        )
    }

    /// Records the traces for which the closure says so.
    ///
    /// It runs on the thread of the call, so it should be quick. It may ask other samplers. Where it panics, the trace is
    /// recorded.
    ///
    /// ```
    /// use recount::sample::Sampler;
    /// use recount::wire::Kind;
    ///
    /// let few = Sampler::ratio(0.01);
    /// // All that people ask for, and a hundredth of what runs by itself.
    /// let sampler = Sampler::by(move |root| root.kind == Kind::Interaction || few.samples(root));
    /// ```
    #[must_use]
    pub fn by(decide: impl Fn(&Root<'_>) -> bool + Send + Sync + 'static) -> Self {
        Self::of(Rule::By(Box::new(decide)))
    }

    /// Whether the trace is recorded.
    ///
    /// Of a sampler with a rate, each question takes one trace of its second.
    #[must_use]
    pub fn samples(&self, root: &Root<'_>) -> bool {
        match &self.rule {
            Rule::Share(share) => share.has(root.trace_id),
            Rule::Rate(rate) => rate.admits(),
            Rule::By(decide) => guarded(|| decide(root)).unwrap_or(true),
        }
    }

    /// Whether every trace is recorded, so that nobody needs to be asked.
    pub(crate) fn is_on(&self) -> bool {
        matches!(self.rule, Rule::Share(Share::ALL))
    }

    /// Whether no trace is ever recorded.
    pub(crate) fn is_off(&self) -> bool {
        matches!(self.rule, Rule::Share(Share::NONE))
    }

    pub(crate) fn mistake(&self) -> Option<&str> {
        self.mistake.as_deref()
    }

    fn of(rule: Rule) -> Self {
        Self { rule, mistake: None }
    }

    fn mistaken(mistake: String) -> Self {
        Self { mistake: Some(mistake), ..Self::always_on() }
    }
}

impl Default for Sampler {
    fn default() -> Self {
        Self::always_on()
    }
}

impl fmt::Debug for Sampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.rule {
            Rule::Share(share) => share.fmt(f),
            Rule::Rate(rate) => rate.fmt(f),
            Rule::By(_) => f.write_str("By(..)"),
        }
    }
}
