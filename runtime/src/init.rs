//! Setting up: the only place that knows every part.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::batch::{Pipeline, Policy, Stats, Unfinished};
use crate::config::{Builder, Settings};
use crate::price::PriceTable;
use crate::record::{Clock, Head, Ids};
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
    // Nobody else is on the subscriber: where nothing is recorded, no span is wanted.
    let nothing = recount.is_idle().then_some(LevelFilter::OFF);
    let subscriber = tracing_subscriber::registry().with(recount.layer()).with(nothing);
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
    /// Without an exporter or metrics (no endpoint is set, or `OTEL_SDK_DISABLED` is), and with a sampler that leaves out everything, there is no worker, and annotated
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
        Recount::start(settings, Clock::system(), Ids::random())
    }
}

/// A running set-up: one layer, one queue, one worker, any number of exporters.
///
/// Dropped, it [shuts down](Self::shutdown), and waits as long for it; what is lost by then is only seen by
/// those who call `shutdown`. Bind it to a name: `let _ = recount::init()` drops it at once. Layers that are
/// left after that record nothing: of spans that begin later nothing is read, they only count as
/// [lost](Stats::lost_shutdown).
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
///
/// # Where it works
///
/// It needs no async runtime and does not mind one: [`flush`](Self::flush) and [`shutdown`](Self::shutdown) block
/// the thread, for as long as they were told at the most, on whichever thread they are called. Several set-ups in one
/// program know nothing of each other; one that hangs does not hold up another.
///
/// - **A panic** drops it on the way up, like any other value. With `panic = "abort"` nothing is dropped: what was not
///   exported by then is gone.
/// - **`std::process::exit`** drops nothing either, nor does the end of a program drop what is in a `static`. Shut
///   down before.
/// - **The end of a thread.** Annotated functions may be called by the destructors of thread-local values. Once the
///   first things of the thread are gone that `tracing` needs, such calls are not recorded.
/// - **A fork.** The child has the layers, and no thread that exports: its spans are lost, in no more memory than a batch
///   takes up, and counted once that is noticed. Nothing in it waits: a flush or a shutdown is an error at once
///   ([`ErrorKind::Unavailable`]). Set recount up in the child, after the fork. Spans that are open while another thread
///   forks are the parent's.
pub struct Recount {
    pipeline: Option<Arc<Pipeline>>,
    /// Decides which traces its layers record.
    head: Arc<Head>,
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
            extraction,
            prices,
            redactor,
            sampler,
            tail,
            patience,
            ledger,
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
        let head = Arc::new(Head::new(sampler));
        // A sampler that leaves out everything has nothing for a worker to do.
        if (exporters.is_empty() && !records_metrics) || head.is_off() {
            return Ok(Self { pipeline: None, head, foreign, timeout: shutdown_timeout });
        }
        let policy = Policy {
            // Metrics have none.
            content: content && !exporters.is_empty(),
            value_cap,
            extractors,
            extraction,
            prices,
            redactor,
            tail,
            patience,
            ledger,
            #[cfg(feature = "metrics")]
            metrics,
            clock,
            ids,
        };
        let pipeline = Pipeline::start(exporters, resource, queue, policy).map_err(|error| {
            Error::new(ErrorKind::Io, format!("The thread that exports spans could not be started: {error}."))
        })?;
        Ok(Self { pipeline: Some(Arc::new(pipeline)), head, foreign, timeout: shutdown_timeout })
    }

    /// Whether no span is recorded, whatever happens.
    fn is_idle(&self) -> bool {
        self.pipeline.is_none()
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
        let sink = self.pipeline.clone().map(|pipeline| pipeline as Arc<dyn Sink>);
        Layer::new(sink, Arc::clone(&self.head), self.foreign)
    }

    /// Exports every span that has ended, and waits for it, for the time-out of a shutdown at the most.
    ///
    /// For the end of a request where the process may be frozen or ended right after, as in a serverless
    /// function. It blocks the thread; from async code, call it through the runtime's `spawn_blocking`. Spans
    /// that are still open are not waited for. With an [outbox](Builder::outbox), what the endpoint does not take now is
    /// on disk afterwards, and that is no error; what was on disk before is sent along for about a second.
    ///
    /// # Errors
    ///
    /// When some spans were not exported in time, or an exporter did not take them ([`ErrorKind::Undelivered`]). At once,
    /// where there is nobody to wait for: an exporter may not wait for itself, and a forked child has no worker
    /// ([`ErrorKind::Unavailable`]).
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
    /// As [`flush`](Self::flush).
    pub fn flush_within(&self, timeout: Duration) -> Result<(), Error> {
        let Some(pipeline) = &self.pipeline else { return Ok(()) };
        let lost_before = pipeline.stats().lost();
        let flushed = pipeline.flush(timeout);
        let stats = pipeline.stats();
        match flushed {
            Ok(()) if stats.lost() > lost_before => {
                Err(undelivered(format!("Not every span was delivered: {stats}."), pipeline))
            }
            Ok(()) => Ok(()),
            Err(Unfinished::Late(late)) => {
                let what = format!("{late} spans were not exported within {timeout:?}: {stats}.");
                Err(undelivered(what, pipeline))
            }
            Err(Unfinished::Inside) => Err(inside("flush")),
            Err(Unfinished::Forked) => Err(forked()),
        }
    }

    /// Exports every span that has ended, and ends the worker: for the end of `main`.
    ///
    /// Takes at most the time-out of the builder, 5 seconds unless set. Spans that end later are counted as lost;
    /// a second call does nothing more than report.
    ///
    /// # Errors
    ///
    /// When any span of the pipeline's whole life was lost; the message counts them by reason
    /// ([`ErrorKind::Undelivered`]). At once, where there is nobody to wait for, as of a [`flush`](Self::flush);
    /// asked by an exporter, the worker ends all the same, when it has exported the rest.
    pub fn shutdown(&self) -> Result<(), Error> {
        self.shutdown_within(self.timeout)
    }

    /// [Shuts down](Self::shutdown) in so much time.
    ///
    /// Zero does not wait: what the worker has not taken by then counts as [lost](Stats::lost_shutdown).
    ///
    /// # Errors
    ///
    /// As [`shutdown`](Self::shutdown).
    pub fn shutdown_within(&self, timeout: Duration) -> Result<(), Error> {
        let Some(pipeline) = &self.pipeline else { return Ok(()) };
        let ended = pipeline.shutdown(timeout);
        let stats = pipeline.stats();
        match ended {
            Err(Unfinished::Inside) => Err(inside("shutdown")),
            Err(Unfinished::Forked) => Err(forked()),
            _ if stats.lost() > 0 => {
                Err(undelivered(format!("Not every span was delivered: {stats}."), pipeline))
            }
            _ => Ok(()),
        }
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

fn inside(what: &str) -> Error {
    let message = format!(
        "A {what} was asked for by an exporter, on the thread that would have to do it. Ask for it from another one."
    );
    Error::new(ErrorKind::Unavailable, message)
}

fn forked() -> Error {
    let message = "This process is a fork of the one that recount was set up in, whose worker it does not have. Set recount \
                   up in the child, after the fork.";
    Error::new(ErrorKind::Unavailable, message)
}

impl Drop for Recount {
    fn drop(&mut self) {
        if let Some(pipeline) = &self.pipeline {
            // Whoever wants to know calls `shutdown`.
            let _ = pipeline.shutdown(self.timeout);
        }
    }
}

impl fmt::Debug for Recount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recount").field("pipeline", &self.pipeline).finish_non_exhaustive()
    }
}
