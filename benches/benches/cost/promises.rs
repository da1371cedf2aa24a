//! What recount promises, what it needs, and what its peers need: the table of the README.

use recount_benches::figure::whole;
use recount_benches::peer;
use recount_benches::table::Table;
use recount_benches::variant::Library::{
    self, Baseline, Fastrace, LeanTracing, OpenTelemetry, Recount, Tracing,
};
use recount_benches::variant::Setup;

use crate::bound::Bound::{self, AtMost, AtMostThatOf, Open};
use crate::figures::Figures;

/// A row of the table.
pub(crate) struct Promise {
    what: &'static str,
    bound: Bound,
    decimals: usize,
    figure: Figure,
}

/// The figure of a library; none where it has no such thing, or was not measured.
type Figure = Box<dyn Fn(&Figures, Library) -> Option<f64>>;

impl Promise {
    fn new(
        what: &'static str,
        bound: Bound,
        decimals: usize,
        figure: impl Fn(&Figures, Library) -> Option<f64> + 'static,
    ) -> Self {
        Self { what, bound, decimals, figure: Box::new(figure) }
    }

    /// A figure of this row, as the table writes it.
    pub(crate) fn number(&self, figure: f64) -> String {
        // No table says `-0`.
        let figure = if figure.abs() < 0.5 / 10_f64.powi(i32::try_from(self.decimals).unwrap_or(0)) {
            0.0
        } else {
            figure
        };
        if self.decimals == 0 { whole(figure) } else { format!("{figure:.*}", self.decimals) }
    }
}

/// The table.
pub(crate) fn table(figures: &Figures) -> Table {
    let peers = [Fastrace, OpenTelemetry, LeanTracing, Tracing];
    let mut table = Table::new(&[
        "per span, unless it says otherwise",
        "bound",
        "recount",
        "kept",
        "fastrace",
        "OpenTelemetry SDK",
        "tracing-opentelemetry, lean",
        "tracing-opentelemetry",
    ]);
    for promise in promises() {
        let of = |library| (promise.figure)(figures, library);
        let cell = |library| of(library).map_or_else(String::new, |figure| promise.number(figure));
        let mark = promise.bound.mark(of(Recount), of);
        let start = [promise.what.to_owned(), promise.bound.text(&promise), cell(Recount), mark.to_owned()];
        table.row(start.into_iter().chain(peers.map(cell)));
    }
    table
}

fn promises() -> Vec<Promise> {
    let mut all = caller();
    all.extend(process());
    all.extend(disabled());
    all.extend(bursts());
    all
}

fn caller() -> Vec<Promise> {
    vec![
        Promise::new("caller waits, with payloads, p50, × floor", AtMost(0.6), 2, |figures, library| {
            Some(figures.waits(library, Setup::Http)? / floor(figures, Figures::waits)?)
        }),
        Promise::new("caller's CPU, with payloads, × floor", Open, 2, |figures, library| {
            Some(figures.caller(library, Setup::Http)? / floor(figures, Figures::caller)?)
        }),
        Promise::new("a turn of 4 spans, p99, µs", AtMostThatOf(Fastrace), 0, |figures, library| {
            figures.p99(library, Setup::Http)
        }),
        Promise::new("caller waits, without payload, p50, × floor", AtMost(0.35), 2, |figures, library| {
            Some(figures.bare_waits(library, Setup::Http)? / floor(figures, Figures::waits)?)
        }),
        Promise::new("allocations of the caller", AtMost(2.0), 1, |figures, library| {
            Some(figures.allocations(library, Setup::Http)?.0)
        }),
        Promise::new("bytes allocated by the caller", Open, 0, |figures, library| {
            Some(figures.allocations(library, Setup::Http)?.1)
        }),
        Promise::new(
            "one more poll of a pending future under two spans, ns",
            AtMost(35.0),
            0,
            |figures, library| figures.poll(library, Setup::Http),
        ),
        Promise::new("growth of a future, bytes", AtMost(64.0), 0, |_, library| growth(library)),
    ]
}

fn process() -> Vec<Promise> {
    vec![
        Promise::new(
            "CPU of the process, OTLP HTTP, no extraction, no redaction, × floor",
            AtMost(1.7),
            2,
            |figures, library| {
                let setup = if library == Recount { Setup::BareHttp } else { Setup::Http };
                Some(figures.process(library, setup)? / floor(figures, Figures::process)?)
            },
        ),
        Promise::new(
            "CPU of the process, OTLP HTTP, both on, × floor",
            AtMost(3.0),
            2,
            |figures, library| {
                let measured = figures.process(Recount, Setup::Http).filter(|_| library == Recount)?;
                Some(measured / floor(figures, Figures::process)?)
            },
        ),
        Promise::new("CPU of the process, discarded, × floor", Open, 2, |figures, library| {
            Some(figures.process(library, Setup::Discard)? / floor(figures, Figures::process)?)
        }),
        Promise::new("bytes on the wire", Open, 0, |figures, library| figures.wire(library, Setup::Http)),
    ]
}

fn disabled() -> Vec<Promise> {
    let row = |what, bound, setup| {
        Promise::new(what, bound, 0, move |figures, library| figures.waits(library, setup))
    };
    vec![
        row("caller waits, no subscriber, ns", AtMost(25.0), Setup::NoSubscriber),
        row("caller waits, level off, ns", AtMost(25.0), Setup::LevelOff),
        row("caller waits, `EnvFilter` off, ns", AtMost(25.0), Setup::FilterOff),
        // A span of `tracing` it is still, by which those below know that they are out.
        row("caller waits, sampled out, ns", Open, Setup::SampledOut),
        row("caller waits, for another layer only, ns", Open, Setup::OtherLayer),
    ]
}

fn bursts() -> Vec<Promise> {
    vec![
        Promise::new("100,000 spans from 1 thread: lost, %", AtMost(0.0), 0, |figures, library| {
            figures.lost(library, Setup::Http, 1)
        }),
        Promise::new("100,000 spans from 2 threads: lost, %", AtMost(0.0), 0, |figures, library| {
            figures.lost(library, Setup::Http, 2)
        }),
        Promise::new("— delivered in a second, 1 thread", Open, 0, |figures, library| {
            figures.arrived(library, Setup::Http, 1)
        }),
        Promise::new("— delivered in a second, 2 threads", Open, 0, |figures, library| {
            figures.arrived(library, Setup::Http, 2)
        }),
        Promise::new(
            "— memory above idle at worst, 1 thread, MiB",
            AtMost(128.0),
            0,
            |figures, library| figures.peak(library, Setup::Http, 1),
        ),
        Promise::new(
            "— memory above idle at worst, 2 threads, MiB",
            AtMost(128.0),
            0,
            |figures, library| figures.peak(library, Setup::Http, 2),
        ),
        Promise::new("flush of 4 spans, µs", Open, 0, |figures, library| {
            Some(figures.flush(library, Setup::Http)?.0)
        }),
        Promise::new("flush of 1,000 spans, µs", AtMost(500.0), 0, |figures, library| {
            Some(figures.flush(library, Setup::Http)?.1)
        }),
    ]
}

fn floor(figures: &Figures, figure: fn(&Figures, Library, Setup) -> Option<f64>) -> Option<f64> {
    figure(figures, Baseline, Setup::Floor)
}

/// How much larger the future of an `async` function is for being annotated.
fn growth(library: Library) -> Option<f64> {
    let annotated = match library {
        Baseline => return None,
        Recount => peer::recount::future_bytes(),
        Fastrace => peer::fastrace::future_bytes(),
        Tracing | LeanTracing => peer::tracing::future_bytes(),
        OpenTelemetry => peer::opentelemetry::future_bytes(),
    };
    Some(annotated as f64 - peer::plain::future_bytes() as f64)
}
