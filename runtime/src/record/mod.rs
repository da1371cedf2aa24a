//! The `tracing` layer, the current span, the clock and the ids.
//!
//! The only part that speaks to the registry of `tracing-subscriber`. Everything else knows a span by its
//! `Node`.

mod clock;
mod current;
mod ids;
mod layer;

pub(crate) use clock::Clock;
pub use current::current;
pub(crate) use ids::Ids;
pub use layer::Layer;
