//! Which traces are recorded, and which of them are exported.

use super::Builder;
use super::variables::{Variables, meaningless, wrong};
use crate::Error;
use crate::batch::QueueLimits;
use crate::sample::{Bounds, Keep, Sampler, Tail};

const SAMPLER: &str = "OTEL_TRACES_SAMPLER";
const ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";

/// Those that OpenTelemetry knows, but for two that ask a server.
const EXPECTED: &str = "`always_on`, `always_off`, `traceidratio`, `parentbased_always_on`, \
                        `parentbased_always_off` or `parentbased_traceidratio`";

impl Builder {
    /// Sets which traces are recorded: all, unless set.
    ///
    /// Unless set: `OTEL_TRACES_SAMPLER`, with the ratio of `OTEL_TRACES_SAMPLER_ARG`. The traces of other pipelines in the
    /// same program are their own matter. See [`guide::sampling`](crate::guide::sampling).
    ///
    /// ```
    /// use recount::sample::Sampler;
    ///
    /// let builder = recount::builder().sampler(Sampler::per_second(20.0));
    /// ```
    pub fn sampler(mut self, sampler: Sampler) -> Self {
        self.sampler = Some(sampler);
        self
    }

    /// Sets which traces are exported, once it is known how they went: all, unless set.
    ///
    /// Their spans wait in memory for that; they are part of what [`queue_records`](Self::queue_records) and
    /// [`queue_bytes`](Self::queue_bytes) bound, and may take up a half of either. No variable sets it. See
    /// [`guide::sampling`](crate::guide::sampling).
    ///
    /// ```
    /// use recount::sample::Keep;
    ///
    /// let builder = recount::builder().keep(Keep::new().errors().share(0.1));
    /// ```
    pub fn keep(mut self, rule: Keep) -> Self {
        self.keep = Some(rule);
        self
    }

    pub(super) fn take_sampler(&mut self, said: Option<Sampler>) -> Result<Sampler, Error> {
        let sampler = self.sampler.take().or(said).unwrap_or_default();
        match sampler.mistake() {
            Some(mistake) => Err(wrong("The sampler of the builder", mistake)),
            None => Ok(sampler),
        }
    }

    pub(super) fn take_tail(&mut self, queue: &QueueLimits) -> Result<Option<Tail>, Error> {
        let Some(keep) = self.keep.take() else { return Ok(None) };
        if let Some(mistake) = keep.mistake() {
            return Err(wrong("The rule of traces to keep", &mistake));
        }
        Ok(Some(Tail::new(keep, bounds(queue))))
    }
}

/// What waits for its trace leaves half of the room to what waits for the worker.
fn bounds(queue: &QueueLimits) -> Bounds {
    Bounds { spans: queue.records / 2, bytes: queue.bytes / 2, spans_of_trace: queue.records / 4 }
}

/// The sampler of the environment.
///
/// OpenTelemetry has a name that is not known mean the default, with a warning. Here it is an error, as it is for
/// exporters: who asks for a hundredth of the traces and gets them all has a bill to pay.
///
/// The names with `parentbased_` differ in what becomes of traces that other services began; here all of them begin in
/// the program.
pub(super) fn sampler<F: Fn(&str) -> Option<String>>(
    variables: &Variables<F>,
) -> Result<Option<Sampler>, Error> {
    let Some(name) = variables.text(SAMPLER) else { return Ok(None) };
    match name.strip_prefix("parentbased_").unwrap_or(&name) {
        "always_on" => Ok(Some(Sampler::always_on())),
        "always_off" => Ok(Some(Sampler::always_off())),
        "traceidratio" => ratio(variables).map(Some),
        "jaeger_remote" | "xray" => Err(wrong(
            SAMPLER,
            &format!(
                "`{name}` is not supported, since recount asks no server what to sample; expected {EXPECTED}"
            ),
        )),
        _ => Err(meaningless(SAMPLER, &name, EXPECTED)),
    }
}

/// All of the traces, unless a ratio is given: so OpenTelemetry has it.
fn ratio<F: Fn(&str) -> Option<String>>(variables: &Variables<F>) -> Result<Sampler, Error> {
    let parse = |value: &str| {
        let sampler = Sampler::ratio(value.parse().ok()?);
        sampler.mistake().is_none().then_some(sampler)
    };
    Ok(variables.parse(&[ARGUMENT], "a number from 0 to 1", parse)?.unwrap_or_default())
}
