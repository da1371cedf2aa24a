//! The `tracing` layer, the current span, the clock and the ids.
//!
//! The only part that speaks to the registry of `tracing-subscriber`. Everything else knows a span by its
//! `Node`.

mod clock;
mod current;
mod fields;
mod foreign;
mod ids;
mod layer;
mod sampling;

pub(crate) use clock::Clock;
#[cfg(any(feature = "async-openai", feature = "reqwest-middleware"))]
pub(crate) use current::around;
pub use current::current;
pub(crate) use ids::Ids;
pub use layer::Layer;
pub(crate) use sampling::Head;
