//! The ways to trace the work that are measured side by side.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::peer::{fastrace, floor, opentelemetry, plain, recount, tracing};
use crate::tally::Tally;

/// What traces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    /// Nothing: there to compare with.
    Baseline,
    /// recount.
    Recount,
    /// `fastrace` with `fastrace-opentelemetry`.
    Fastrace,
    /// `tracing` with `tracing-opentelemetry`, as it comes.
    Tracing,
    /// The same with everything switched off that is not asked for.
    LeanTracing,
    /// The SDK of OpenTelemetry by itself.
    OpenTelemetry,
}

/// How it is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setup {
    /// Nothing but the work.
    Plain,
    /// JSON and clocks, for nobody.
    Floor,
    /// Nobody has set anything up.
    NoSubscriber,
    /// A level is set that lets no span through.
    LevelOff,
    /// An `EnvFilter` is set that lets no span through.
    FilterOff,
    /// Every trace is sampled out when it starts.
    SampledOut,
    /// Somebody else's layer listens.
    OtherLayer,
    /// Spans without arguments and results.
    NoContent,
    /// As it comes, to an exporter that discards.
    Discard,
    /// As it comes, over OTLP HTTP.
    Http,
    /// The same without what no peer does: no bodies are read, no secrets looked for.
    BareHttp,
}

/// Where the spans of a variant end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlet {
    /// There are none, or nobody wants them.
    Nothing,
    /// In an exporter that counts them and drops them.
    Discard,
    /// In another process, over OTLP HTTP with protobuf bodies.
    Http,
}

/// What a variant needs to start.
#[derive(Clone, Debug, Default)]
pub struct Destination {
    /// What the exporter that discards sees.
    pub tally: Tally,
    /// The receiver's address, without a path.
    pub url: String,
}

/// One way to trace the work.
#[derive(Clone, Copy)]
pub struct Variant {
    /// What tables call it.
    pub name: &'static str,
    /// What traces.
    pub library: Library,
    /// How it is set up.
    pub setup: Setup,
    start: fn(Destination) -> Session,
}

/// A variant at work: installed in this process, for as long as the process lives.
pub struct Session {
    /// Does the work of the turn of this number.
    pub turn: fn(usize),
    /// Does it in as many spans, which carry no arguments and results.
    pub bare_turn: fn(usize),
    /// A future that is pending for ever, under two spans.
    pub pending: fn() -> Pin<Box<dyn Future<Output = ()>>>,
    /// Exports every span that has ended.
    pub flush: Box<dyn Fn() -> anyhow::Result<()>>,
}

use Library::{Baseline, Fastrace, LeanTracing, OpenTelemetry, Recount, Tracing};

/// All of them, the first two being what the others are compared with.
pub const VARIANTS: &[Variant] = &[
    Variant::new("plain functions", Baseline, Setup::Plain, plain::start),
    Variant::new("capture floor", Baseline, Setup::Floor, floor::start),
    Variant::new("recount, no subscriber", Recount, Setup::NoSubscriber, recount::idle),
    Variant::new("recount, level off", Recount, Setup::LevelOff, recount::level_off),
    Variant::new("recount, EnvFilter off", Recount, Setup::FilterOff, recount::filter_off),
    Variant::new("recount, sampled out", Recount, Setup::SampledOut, recount::sampled_out),
    Variant::new("recount, for another layer only", Recount, Setup::OtherLayer, recount::other_layer),
    Variant::new("recount, no content, discarded", Recount, Setup::NoContent, recount::without_content),
    Variant::new("recount, discarded", Recount, Setup::Discard, recount::discarded),
    Variant::new("recount, OTLP HTTP", Recount, Setup::Http, recount::http),
    Variant::new(
        "recount, no extraction, no redaction, OTLP HTTP",
        Recount,
        Setup::BareHttp,
        recount::bare_http,
    ),
    Variant::new("fastrace, discarded", Fastrace, Setup::Discard, fastrace::discarded),
    Variant::new("fastrace, OTLP HTTP", Fastrace, Setup::Http, fastrace::http),
    Variant::new("OpenTelemetry SDK, discarded", OpenTelemetry, Setup::Discard, opentelemetry::discarded),
    Variant::new("OpenTelemetry SDK, OTLP HTTP", OpenTelemetry, Setup::Http, opentelemetry::http),
    Variant::new("tracing-opentelemetry, discarded", Tracing, Setup::Discard, tracing::discarded),
    Variant::new("tracing-opentelemetry, OTLP HTTP", Tracing, Setup::Http, tracing::http),
    Variant::new(
        "tracing-opentelemetry, lean, discarded",
        LeanTracing,
        Setup::Discard,
        tracing::lean_discarded,
    ),
    Variant::new("tracing-opentelemetry, lean, OTLP HTTP", LeanTracing, Setup::Http, tracing::lean_http),
];

impl Variant {
    const fn new(
        name: &'static str,
        library: Library,
        setup: Setup,
        start: fn(Destination) -> Session,
    ) -> Self {
        Self { name, library, setup, start }
    }

    /// The variant of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        VARIANTS.iter().find(|variant| variant.name == name)
    }

    /// Where its spans end.
    #[must_use]
    pub fn outlet(&self) -> Outlet {
        match self.setup {
            Setup::NoContent | Setup::Discard => Outlet::Discard,
            Setup::Http | Setup::BareHttp => Outlet::Http,
            _ => Outlet::Nothing,
        }
    }

    /// Whether arguments and results travel with them.
    #[must_use]
    pub fn content(&self) -> bool {
        self.outlet() != Outlet::Nothing && self.setup != Setup::NoContent
    }

    /// Installs it in this process.
    #[must_use]
    pub fn start(&self, destination: Destination) -> Session {
        (self.start)(destination)
    }
}

impl fmt::Debug for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Variant").field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}
