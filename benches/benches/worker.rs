//! What it takes the worker to make a request of the spans of a turn: from records to the bytes that are sent, next to
//! the capture floor.
//!
//! The two take turns, since a machine that others use too has quiet and loud minutes, and the least of many rounds
//! counts: nobody is faster than he is undisturbed.
//!
//! ```text
//! cargo bench -p recount-benches --bench worker
//! ```

#![expect(clippy::cast_precision_loss, reason = "no figure has that many digits")]

use std::hint::black_box;
use std::time::Instant;

use recount::__private::write_otlp_request;
use recount::export::InMemory;
use recount::wire::{Resource, SpanRecord};
use recount_benches::figure::{per, times, whole};
use recount_benches::peer;
use recount_benches::table::Table;
use recount_benches::tally::Tally;
use recount_benches::variant::Destination;
use recount_benches::work::SPANS;

/// Turns whose spans are in one request: as many spans as a batch has.
const TURNS: usize = 128;
const ROUNDS: usize = 200;

fn main() {
    let records = records();
    let floor = peer::floor::start(Destination { url: String::new(), tally: Tally::default() });
    let (resource, mut body) = (Resource::default(), Vec::new());
    let (mut least_floor, mut least_request) = (f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        least_floor = least_floor.min(timed(|| (0..TURNS).for_each(floor.turn)));
        least_request = least_request.min(timed(|| {
            write_otlp_request(&records, &resource, &mut body);
            black_box(&body);
        }));
    }
    let floor = per(TURNS * SPANS, least_floor);
    let request = per(records.len(), least_request);
    let mut table = Table::new(&["per span", "ns", "× floor", "bytes"]);
    table.row(["floor".to_owned(), whole(floor), times(floor, floor), String::new()]);
    let bytes = whole(per(records.len(), body.len() as f64));
    table.row(["record to request".to_owned(), whole(request), times(request, floor), bytes]);
    println!("{table}");
}

/// The spans of the turns, as the exporter gets them: no body read, no secret looked for.
fn records() -> Vec<SpanRecord> {
    let memory = InMemory::default();
    let session = peer::recount::kept(memory.clone());
    (0..TURNS).for_each(session.turn);
    (session.flush)().expect("nothing is lost");
    memory.records()
}

fn timed(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_nanos() as f64
}
