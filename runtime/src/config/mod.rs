//! What the builder and the environment say, made one and checked.

mod builder;
mod environment;
mod exporters;
mod resource;
mod settings;
#[cfg(test)]
mod tests;
mod variables;

pub use builder::Builder;
pub(crate) use settings::Settings;
