//! Which traces are kept: by a [`Sampler`] when they begin, by a rule, [`Keep`], when they are over.
//!
//! A sampler decides before anything is read, so that a trace that it leaves out costs about nothing. The rule decides on
//! the worker, knowing how it went: it keeps what failed, was slow or dear, and a share of the rest. See
//! [`guide::sampling`](crate::guide::sampling).
//!
//! ```
//! use std::time::Duration;
//!
//! use recount::sample::{Keep, Sampler};
//!
//! let builder = recount::builder()
//!     .sampler(Sampler::per_second(50.0))
//!     .keep(Keep::new().errors().slower_than(Duration::from_secs(20)).costlier_than(0.25).share(0.1));
//! ```

mod decided;
mod facts;
mod keep;
mod rate;
mod root;
mod sampler;
mod share;
mod tail;
#[cfg(test)]
mod tests;
mod waiting;

pub use keep::Keep;
pub use root::Root;
pub use sampler::Sampler;
pub(crate) use tail::{Bounds, Tail};
