//! Pages to read: what the attributes cannot say in a line.
//!
//! - [`providers`]: which providers are understood, and what is read of each
//! - [`streaming`]: how the chunks of a stream become one answer
//! - [`extractors`]: how to teach recount a provider of your own
//! - [`privacy`]: what is taken out of spans before they leave the process
//! - [`sampling`]: how to export less than everything

/// Which providers are understood, and what is read of each.
#[doc = include_str!("providers.md")]
pub mod providers {}

/// How the chunks of a stream become one answer.
#[doc = include_str!("streaming.md")]
pub mod streaming {}

/// How to teach recount a provider of your own.
#[doc = include_str!("extractors.md")]
pub mod extractors {}

/// How to export less than everything.
#[doc = include_str!("sampling.md")]
pub mod sampling {}

/// What is taken out of spans before they leave the process.
#[doc = include_str!("privacy.md")]
pub mod privacy {}
