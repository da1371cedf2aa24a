//! What the builder and the environment say, made one and checked.

mod builder;
mod delivery;
mod environment;
mod exporters;
mod limits;
mod outbox;
mod queue;
mod redaction;
mod resource;
mod sampling;
mod settings;
#[cfg(test)]
mod tests;
mod variables;

pub use builder::Builder;
pub(crate) use settings::Settings;
