//! What a span costs its caller and the process: recount and its peers on the same work, in one run.
//!
//! This is not a criterion or divan benchmark, because those finish one function before they start the next. On a
//! machine that others use too, what ran in a quiet minute then wins. Here the variants take turns (see
//! [`rounds`](recount_benches::rounds)), so that a ratio compares what was measured side by side; the ratios carry over to other
//! machines, the nanoseconds do not.
//!
//! ```text
//! cargo bench -p recount-benches --bench cost [-- --rounds 15] [--only recount]
//! ```
//!
//! All figures but the 99th percentile are net of the work itself. "floor" is what `serde_json` and two readings
//! of the clock take: the least for anybody who hands JSON to an exporter on the caller's thread. Before anything
//! is measured, every variant has to show that all its spans arrive with arguments and results of the right size.
//!
//! The loop in which `serde_json` looks for characters to escape takes half as long again where the linker puts it
//! badly, which changes the floor from one build to the next. To give everybody the good case:
//!
//! ```text
//! cargo cost
//! ```
//!
//! is an alias in `.cargo/config.toml` for the same benchmark with aligned loops.

use recount_benches::figure::{median, per, times, whole};
use recount_benches::measure::{Sample, TURNS, sample};
use recount_benches::rounds::{Measured, rounds};
use recount_benches::table::Table;
use recount_benches::work::SPANS;

fn main() -> anyhow::Result<()> {
    if let Some(all) = rounds(15, TURNS, sample)? {
        print(&all);
    }
    Ok(())
}

/// The medians of a variant's rounds.
fn medians(measured: &Measured<Sample>) -> Sample {
    let of = |figure: fn(&Sample) -> f64| median(measured.samples.iter().map(figure));
    Sample {
        turn_median: of(|sample| sample.turn_median),
        turn_p99: of(|sample| sample.turn_p99),
        caller: of(|sample| sample.caller),
        process: of(|sample| sample.process),
        poll: of(|sample| sample.poll),
    }
}

fn print(all: &[Measured<Sample>]) {
    let [plain, floor, ..] = all else { return };
    let (plain, floor) = (medians(plain), medians(floor));
    let waits = |sample: &Sample| per(SPANS, sample.turn_median - plain.turn_median);
    let caller = |sample: &Sample| per(SPANS, sample.caller - plain.caller);
    let process = |sample: &Sample| per(SPANS, sample.process - plain.process);
    let mut table = Table::new(&[
        "per span",
        "caller waits, ns",
        "× floor",
        "caller CPU, ns",
        "× floor",
        "process CPU, ns",
        "× floor",
        "p99 of a turn, µs",
        "one more poll, ns",
        "wire, bytes",
    ]);
    for measured in all.iter().skip(1) {
        let figures = medians(measured);
        table.row([
            measured.variant.name.to_owned(),
            whole(waits(&figures)),
            times(waits(&figures), waits(&floor)),
            whole(caller(&figures)),
            times(caller(&figures), caller(&floor)),
            whole(process(&figures)),
            times(process(&figures), process(&floor)),
            format!("{:.0}", figures.turn_p99 / 1e3),
            whole(figures.poll - plain.poll),
            whole(measured.bytes),
        ]);
    }
    let count = all[0].samples.len();
    println!(
        "\n{table}\nMedians of {count} rounds; the work itself takes {:.0} ns a turn.",
        plain.turn_median
    );
}
