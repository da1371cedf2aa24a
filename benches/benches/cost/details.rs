//! Every variant, in nanoseconds and as multiples of the floor.

use recount_benches::figure::{times, whole};
use recount_benches::table::Table;
use recount_benches::variant::{Library, Setup};

use crate::figures::Figures;

/// The table.
pub(crate) fn table(figures: &Figures) -> Table {
    let mut table = Table::new(&[
        "per span",
        "caller waits, ns",
        "× floor",
        "caller CPU, ns",
        "× floor",
        "process CPU, ns",
        "× floor",
        "without payload, ns",
        "× floor",
        "p99 of a turn, µs",
        "one more poll, ns",
    ]);
    for measured in figures.turns.iter().skip(1) {
        let variant = measured.variant;
        let mut row = vec![variant.name.to_owned()];
        let mut add = |of: fn(&Figures, Library, Setup) -> Option<f64>,
                       floor: fn(&Figures, Library, Setup) -> Option<f64>| {
            let figure = of(figures, variant.library, variant.setup).unwrap_or_default();
            let floor = floor(figures, Library::Baseline, Setup::Floor).unwrap_or_default();
            row.extend([whole(figure), times(figure, floor)]);
        };
        add(Figures::waits, Figures::waits);
        add(Figures::caller, Figures::caller);
        add(Figures::process, Figures::process);
        add(Figures::bare_waits, Figures::waits);
        let p99 = figures.p99(variant.library, variant.setup).unwrap_or_default();
        let poll = figures.poll(variant.library, variant.setup).unwrap_or_default();
        row.extend([format!("{p99:.0}"), whole(poll)]);
        table.row(row);
    }
    table
}
