//! The ways to trace the work that are measured side by side.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::peer::{fastrace, floor, plain, recount, tracing};
use crate::tally::Tally;

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
    /// What the table calls it.
    pub name: &'static str,
    /// Where its spans end.
    pub outlet: Outlet,
    /// Whether arguments and results travel with them.
    pub content: bool,
    start: fn(Destination) -> Session,
}

/// A variant at work: installed in this process, for as long as the process lives.
pub struct Session {
    /// Does the work of the turn of this number.
    pub turn: fn(usize),
    /// A future that is pending for ever, under two spans.
    pub pending: fn() -> Pin<Box<dyn Future<Output = ()>>>,
    /// Exports every span that has ended.
    pub flush: Box<dyn Fn() -> anyhow::Result<()>>,
}

/// All of them, the first two being what the others are compared with.
pub const VARIANTS: &[Variant] = &[
    Variant::new("plain functions", Outlet::Nothing, plain::start),
    Variant::new("capture floor", Outlet::Nothing, floor::start),
    Variant::new("recount, no subscriber", Outlet::Nothing, recount::idle),
    Variant::new("recount, level off", Outlet::Nothing, recount::level_off),
    Variant::new("recount, for another layer only", Outlet::Nothing, recount::other_layer),
    Variant::new("recount, no content, discarded", Outlet::Discard, recount::without_content)
        .without_content(),
    Variant::new("recount, discarded", Outlet::Discard, recount::discarded),
    Variant::new("recount, OTLP HTTP", Outlet::Http, recount::http),
    Variant::new("fastrace, discarded", Outlet::Discard, fastrace::discarded),
    Variant::new("fastrace, OTLP HTTP", Outlet::Http, fastrace::http),
    Variant::new("tracing-opentelemetry, discarded", Outlet::Discard, tracing::discarded),
    Variant::new("tracing-opentelemetry, OTLP HTTP", Outlet::Http, tracing::http),
    Variant::new("tracing-opentelemetry, lean, OTLP HTTP", Outlet::Http, tracing::lean_http),
];

impl Variant {
    const fn new(name: &'static str, outlet: Outlet, start: fn(Destination) -> Session) -> Self {
        Self { name, outlet, content: !matches!(outlet, Outlet::Nothing), start }
    }

    const fn without_content(self) -> Self {
        Self { content: false, ..self }
    }

    /// The variant of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        VARIANTS.iter().find(|variant| variant.name == name)
    }

    /// Installs it in this process.
    #[must_use]
    pub fn start(&self, destination: Destination) -> Session {
        (self.start)(destination)
    }
}

impl fmt::Debug for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Variant")
            .field("name", &self.name)
            .field("outlet", &self.outlet)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}
