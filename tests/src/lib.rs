//! What the behaviour tests share: running work under a recorder of its own, and reading what was recorded.

mod bodies;
pub mod certificates;
mod closed_port;
mod collector;
mod connect_proxy;
mod corpus;
mod delivered;
mod distortion;
mod door;
mod dump;
pub mod foreign;
mod golden;
mod grpc_server;
mod journal;
mod random;
pub mod secrets;
pub mod server;

pub use bodies::{body, check_bodies, check_distorted_bodies};
pub use closed_port::ClosedPort;
pub use collector::{Collector, Received};
pub use connect_proxy::ConnectProxy;
pub use corpus::{Case, corpus};
pub use delivered::{Delivered, deliver};
pub use distortion::distortions;
pub use door::Door;
pub use dump::{SharedBuffer, exported, exported_records, exported_with, flat};
pub use golden::assert_golden;
pub use grpc_server::{GrpcAnswer, GrpcServer};
pub use journal::{Entry, Journal};
pub use random::Random;

use recount::Builder;
use recount::testing::Recorder;
use recount::wire::{Field, SpanRecord};
use tracing::subscriber::NoSubscriber;

/// Runs `work` twice, first where nobody listens, then under a recorder of its own; returns its second value and the
/// tree of the spans it left. What `work` asserts so holds in both cases.
pub fn recorded<T>(mut work: impl FnMut() -> T) -> (T, String) {
    unobserved(&mut work);
    let recorder = Recorder::new();
    let guard = recorder.install();
    let value = work();
    let tree = recorder.tree();
    drop(guard);
    (value, tree)
}

/// Runs `work` twice, as [`recorded`] does; returns its second value and the records of the spans it left, in the
/// order in which they ended.
pub fn records<T>(mut work: impl FnMut() -> T) -> (T, Vec<SpanRecord>) {
    unobserved(&mut work);
    records_with(recount::builder(), work)
}

fn unobserved<T>(work: impl FnOnce() -> T) {
    tracing::subscriber::with_default(NoSubscriber::new(), || drop(work()));
}

/// Runs `work` once, under a recorder with these settings; returns as [`records`] does.
pub fn records_with<T>(builder: Builder, work: impl FnOnce() -> T) -> (T, Vec<SpanRecord>) {
    let recorder = Recorder::with(builder);
    let guard = recorder.install();
    let value = work();
    let records = recorder.spans();
    drop(guard);
    (value, records)
}

/// What the record says, one line for each entry of its tape: the field, its name if it has one, and the JSON.
#[must_use]
pub fn facts(record: &SpanRecord) -> String {
    let lines = record.tape.entries().map(|entry| {
        let space = if entry.name.is_empty() { "" } else { " " };
        format!("{:?}{space}{} = {}", entry.field, entry.name, entry.value.to_json())
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The JSON of what the record says last of a field that has no name.
#[must_use]
pub fn fact(record: &SpanRecord, field: Field) -> Option<String> {
    record.tape.get(field).map(|value| value.to_json())
}

/// The JSON of a captured argument.
#[must_use]
pub fn argument(record: &SpanRecord, name: &str) -> Option<String> {
    let mut entries = record.tape.entries();
    entries
        .find(|entry| entry.field == Field::Argument && entry.name == name)
        .map(|entry| entry.value.to_json())
}
