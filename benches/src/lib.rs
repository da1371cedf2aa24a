//! What recount costs, next to what its peers cost, on the same work.
//!
//! ```text
//! cargo bench                                          the table: recount next to its peers, and its bounds
//! cargo cost                                           the same, with loops aligned in memory
//! cargo bench -p recount-benches --bench compile       what annotations cost the compiler, and a clean build
//! cargo bench -p recount-benches --bench capture       the tape next to JSON text
//! cargo bench -p recount-benches --bench extraction    reading model calls: caller, worker, consumer of a stream
//! cargo bench -p recount-benches --bench redaction     looking for secrets
//! cargo bench -p recount-benches --bench worker        from records to the body of a request
//! ```
//!
//! [`work`] is what all variants do, [`peer`] has one file for each way to trace it, [`Variant`] lists them.

#![expect(clippy::cast_precision_loss, reason = "no figure has that many digits")]

pub mod check;
pub mod child;
pub mod discard;
pub mod figure;
pub mod measure;
pub mod options;
pub mod peer;
pub mod rounds;
pub mod sink;
pub mod table;
pub mod tally;
pub mod task;
pub mod variant;
pub mod work;

pub use variant::{Outlet, Session, Variant};
