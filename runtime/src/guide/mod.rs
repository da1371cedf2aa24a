//! Pages to read: what the attributes cannot say in a line.
//!
//! - [`providers`]: which providers are understood, and what is read of each
//! - [`streaming`]: how the chunks of a stream become one answer
//! - [`extractors`]: how to teach recount a provider of your own

/// Which providers are understood, and what is read of each.
#[doc = include_str!("providers.md")]
pub mod providers {}

/// How the chunks of a stream become one answer.
#[doc = include_str!("streaming.md")]
pub mod streaming {}

/// How to teach recount a provider of your own.
#[doc = include_str!("extractors.md")]
pub mod extractors {}
