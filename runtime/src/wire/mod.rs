//! The shared vocabulary: what a finished span is, whoever made it and wherever it goes.
//!
//! Plain data. This module knows no other part of the crate, does no IO, and names no attribute of any
//! backend: `convert` does that.
//!
//! Exporters of your own read it: [`SpanRecord`] is a finished span, its [`Tape`] holds what was captured.
//!
//! ```
//! use recount::wire::{Field, Kind, SpanRecord};
//!
//! /// The models that were asked, of the spans that are model calls.
//! fn models(batch: &[SpanRecord]) -> Vec<String> {
//!     let calls = batch.iter().filter(|span| span.kind == Kind::Llm);
//!     calls.filter_map(|span| Some(span.tape.get(Field::RequestModel)?.to_text()?.into_owned())).collect()
//! }
//! # assert!(models(&[]).is_empty());
//! ```

mod escape;
mod field;
mod id;
mod identity;
mod kind;
mod message;
mod record;
mod resource;
pub mod tape;
pub(crate) mod text;
mod timestamp;
mod usage;

pub use field::Field;
pub use id::{SpanId, TraceId};
pub use identity::Identity;
pub use kind::Kind;
pub use message::{Message, Part, Role};
pub use record::{Outcome, SpanRecord};
pub use resource::Resource;
pub use tape::Tape;
pub use timestamp::Timestamp;
pub use usage::Usage;
