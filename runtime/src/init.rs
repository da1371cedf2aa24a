//! Setting up: the only place that knows every part.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::batch::{Pipeline, Policy, Stats};
use crate::config::{Builder, Settings};
use crate::price::PriceTable;
use crate::record::{Clock, Ids};
use crate::span::Sink;
use crate::{Error, ErrorKind, Layer};

/// A set-up of recount's own, for [`Recount::layer`] on a subscriber of yours; see [`Builder`] for what can
/// be set.
///
/// ```
/// use tracing_subscriber::prelude::*;
///
/// # fn main() -> Result<(), recount::Error> {
/// let recount = recount::builder().service_name("support-bot").build()?;
/// let _guard = tracing_subscriber::registry().with(recount.layer()).set_default(); // or `.init()`
/// // ... the work ...
/// recount.shutdown()
/// # }
/// ```
pub fn builder() -> Builder {
    Builder::default()
}

/// Sets recount up from the environment and makes it the program's only `tracing` subscriber.
///
/// Keep the returned value until the end of `main`, and [shut it down](Recount::shutdown) there. A program
/// that has a subscriber of its own adds [`Recount::layer`] to it instead.
///
/// ```
/// #[recount::workflow]
/// fn greet(name: &str) -> String {
///     format!("Hello {name}")
/// }
///
/// fn main() -> Result<(), recount::Error> {
///     let recount = recount::init()?;
///     greet("Ada"); // goes where OTEL_EXPORTER_OTLP_ENDPOINT says, or nowhere
///     recount.shutdown()
/// }
/// ```
///
/// No event of `tracing` is printed by this subscriber, the [warnings](crate#warnings) of recount included;
/// where you want to read those, add a `fmt` layer next to [`Recount::layer`].
///
/// # Errors
///
/// When a variable of the environment has no meaning ([`ErrorKind::Configuration`]), the operating system
/// refuses a thread ([`ErrorKind::Io`]), or a global subscriber is there already
/// ([`ErrorKind::AlreadyInstalled`]).
pub fn init() -> Result<Recount, Error> {
    let recount = builder().build()?;
    let subscriber = tracing_subscriber::registry().with(recount.layer());
    subscriber.try_init().map_err(|_| {
        Error::new(
            ErrorKind::AlreadyInstalled,
            "A global tracing subscriber is installed already. Add `recount.layer()` to it instead of calling \
             `recount::init()`.",
        )
    })?;
    Ok(recount)
}

impl Builder {
    /// Reads what was not set from the environment, opens the exporters and starts the worker.
    ///
    /// Without an exporter or metrics (no endpoint is set, or `OTEL_SDK_DISABLED` is), there is no worker, and annotated
    /// functions cost about nothing. No connection is made here: an endpoint that does not answer is no
    /// reason for a program not to start. Nor is anything installed: until [`Recount::layer`] is on a
    /// subscriber, nothing is recorded.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`], when a setting of the builder or a variable of the environment has no
    /// meaning; [`ErrorKind::Io`], when the operating system has no thread to give. The message names the
    /// setting or the variable and what was expected:
    ///
    /// ```
    /// # #[cfg(feature = "otlp")] {
    /// let error = recount::builder().endpoint("localhost:4318").build().unwrap_err();
    /// assert_eq!(error.kind(), recount::ErrorKind::Configuration);
    /// assert!(error.to_string().contains("http://"));
    /// # }
    /// ```
    pub fn build(self) -> Result<Recount, Error> {
        // What is no Unicode shall be refused, not overlooked.
        let variable = |name: &str| Some(std::env::var_os(name)?.to_string_lossy().into_owned());
        let settings = self.settings(variable)?;
        Recount::start(settings, Clock::system(), Ids::Random)
    }
}

/// A running set-up: one layer, one queue, one worker, any number of exporters.
///
/// Dropped, it [shuts down](Self::shutdown), and waits as long for it; what is lost by then is only seen by
/// those who call `shutdown`. Bind it to a name: `let _ = recount::init()` drops it at once. Layers that are
/// left after that still open spans, which count as [lost](Stats::lost_shutdown).
///
/// ```
/// use std::time::Duration;
///
/// # fn main() -> Result<(), recount::Error> {
/// let memory = recount::export::InMemory::default();
/// let recount = recount::builder().exporter(memory.clone()).build()?;
/// tracing::subscriber::with_default(
///     tracing_subscriber::layer::SubscriberExt::with(tracing_subscriber::registry(), recount.layer()),
///     || recount::span::task("work").in_scope(|| ()),
/// );
/// recount.flush_within(Duration::from_secs(1))?;
/// assert_eq!(recount.stats().delivered, 1);
/// recount.shutdown()
/// # }
/// ```
pub struct Recount {
    pipeline: Option<Arc<Pipeline>>,
    /// Whether its layers record spans of other crates.
    foreign: bool,
    timeout: Duration,
}

impl Recount {
    /// Clock and ids are given by the caller: tests want both to be the same in every run.
    pub(crate) fn start(settings: Settings, clock: Clock, ids: Ids) -> Result<Self, Error> {
        let Settings {
            resource,
            exporters,
            extractors,
            prices,
            content,
            foreign,
            value_cap,
            queue,
            shutdown_timeout,
            ..
        } = settings;
        #[cfg(feature = "metrics")]
        let metrics = settings.metrics;
        #[cfg(feature = "metrics")]
        let records_metrics = metrics.is_some();
        #[cfg(not(feature = "metrics"))]
        let records_metrics = false;
        if exporters.is_empty() && !records_metrics {
            return Ok(Self { pipeline: None, foreign, timeout: shutdown_timeout });
        }
        let policy = Policy {
            // Metrics have none.
            content: content && !exporters.is_empty(),
            value_cap,
            extractors,
            prices,
            #[cfg(feature = "metrics")]
            metrics,
            clock,
            ids,
        };
        let pipeline = Pipeline::start(exporters, resource, queue, policy).map_err(|error| {
            Error::new(ErrorKind::Io, format!("The thread that exports spans could not be started: {error}."))
        })?;
        Ok(Self { pipeline: Some(Arc::new(pipeline)), foreign, timeout: shutdown_timeout })
    }

    /// A `tracing` layer that records into this pipeline. Several layers of one pipeline may be used in different
    /// subscribers.
    ///
    /// Of a pipeline that has nowhere to send to, the layer does nothing. It takes the spans that pass the
    /// filters of the subscriber and its own; annotated functions have the level `INFO` unless their
    /// attribute says otherwise:
    ///
    /// ```
    /// use tracing_subscriber::filter::LevelFilter;
    /// use tracing_subscriber::prelude::*;
    ///
    /// # fn main() -> Result<(), recount::Error> {
    /// let recount = recount::builder().build()?;
    /// let subscriber = tracing_subscriber::registry()
    ///     .with(tracing_subscriber::fmt::layer().with_filter(LevelFilter::WARN))
    ///     .with(recount.layer().with_filter(LevelFilter::INFO));
    /// let _guard = subscriber.set_default();
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn layer(&self) -> Layer {
        Layer::new(self.pipeline.clone().map(|pipeline| pipeline as Arc<dyn Sink>), self.foreign)
    }

    /// Exports every span that has ended, and waits for it, for the time-out of a shutdown at the most.
    /// Not from within an exporter, which would wait for itself.
    ///
    /// For the end of a request where the process may be frozen or ended right after, as in a serverless
    /// function. It blocks the thread; from async code, call it through the runtime's `spawn_blocking`. Spans
    /// that are still open are not waited for.
    ///
    /// # Errors
    ///
    /// When some spans were not exported in time, or an exporter did not take them.
    pub fn flush(&self) -> Result<(), Error> {
        self.flush_within(self.timeout)
    }

    /// Exports every span that has ended, and waits for it, at most so long.
    ///
    /// Losses that happened before the flush began are not its errors; those are told by
    /// [`stats`](Self::stats) and [`shutdown`](Self::shutdown).
    ///
    /// # Errors
    ///
    /// When some spans were not exported in time, or an exporter did not take them.
    pub fn flush_within(&self, timeout: Duration) -> Result<(), Error> {
        let Some(pipeline) = &self.pipeline else { return Ok(()) };
        let lost_before = pipeline.stats().lost();
        let late = pipeline.flush(timeout);
        let stats = pipeline.stats();
        if late > 0 {
            let what = format!("{late} spans were not exported within {timeout:?}: {stats}.");
            return Err(undelivered(what, pipeline));
        }
        if stats.lost() > lost_before {
            return Err(undelivered(format!("Not every span was delivered: {stats}."), pipeline));
        }
        Ok(())
    }

    /// Exports every span that has ended, and ends the worker: for the end of `main`.
    ///
    /// Takes at most the time-out of the builder, 5 seconds unless set. Spans that end later are counted as lost;
    /// a second call does nothing more than report.
    ///
    /// # Errors
    ///
    /// When any span of the pipeline's whole life was lost; the message counts them by reason.
    pub fn shutdown(&self) -> Result<(), Error> {
        self.shutdown_within(self.timeout)
    }

    /// [Shuts down](Self::shutdown) in so much time.
    ///
    /// Zero does not wait: what the worker has not taken by then counts as [lost](Stats::lost_shutdown).
    ///
    /// # Errors
    ///
    /// When any span of the pipeline's whole life was lost; the message counts them by reason.
    pub fn shutdown_within(&self, timeout: Duration) -> Result<(), Error> {
        let Some(pipeline) = &self.pipeline else { return Ok(()) };
        pipeline.shutdown(timeout);
        let stats = pipeline.stats();
        if stats.lost() > 0 {
            return Err(undelivered(format!("Not every span was delivered: {stats}."), pipeline));
        }
        Ok(())
    }

    /// Replaces the table of prices, for the spans that the worker has not seen yet: for programs that fetch what they
    /// pay from somewhere. See [`price`](crate::price).
    ///
    /// ```
    /// use recount::price::{Price, PriceTable};
    ///
    /// # fn main() -> Result<(), recount::Error> {
    /// let recount = recount::builder().build()?;
    /// recount.set_prices(PriceTable::builtin().with("openai", "gpt-4o", Price::per_million(2.0, 8.0)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_prices(&self, table: PriceTable) {
        if let Some(pipeline) = &self.pipeline {
            pipeline.set_prices(table);
        }
    }

    /// How many spans went which way so far.
    ///
    /// All zero where there is no pipeline. The counters are read one after the other while work goes on, so
    /// that their sum may be off by the spans of that moment; after a [`flush`](Self::flush) it is not.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.pipeline.as_ref().map(|pipeline| pipeline.stats()).unwrap_or_default()
    }
}

/// The last reason is told, not all of them: a server that is down says the same for each batch.
fn undelivered(mut message: String, pipeline: &Pipeline) -> Error {
    if let Some(reason) = pipeline.failure() {
        message = format!("{message} The last reason: {reason}.");
    }
    Error::new(ErrorKind::Undelivered, message)
}

impl Drop for Recount {
    fn drop(&mut self) {
        if let Some(pipeline) = &self.pipeline {
            pipeline.shutdown(self.timeout);
        }
    }
}

impl fmt::Debug for Recount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recount").field("pipeline", &self.pipeline).finish_non_exhaustive()
    }
}
