//! What recount costs, next to what its peers cost, on the same work.
//!
//! ```text
//! cargo bench -p recount-benches --bench cost          time of the caller and of the process, per span
//! cargo bench -p recount-benches --bench allocations   allocations of the caller, per span
//! cargo bench -p recount-benches --bench capture       the tape next to JSON text
//! cargo bench -p recount-benches --bench extraction    reading model calls: caller, worker, consumer of a stream
//! ```
//!
//! [`work`] is what all variants do, [`peer`] has one file for each way to trace it, [`Variant`] lists them.

#![expect(clippy::cast_precision_loss, reason = "no figure has that many digits")]

pub mod check;
mod child;
pub mod discard;
pub mod figure;
pub mod measure;
mod options;
pub mod peer;
pub mod rounds;
pub mod sink;
pub mod table;
pub mod tally;
pub mod variant;
pub mod work;

pub use variant::{Outlet, Session, Variant};
