//! Markdown documents, their sections, and a search over them.

mod document;
mod index;
mod library;
mod passage;

pub use document::{Document, Section};
pub use index::{Hit, Index};
pub use library::{Library, ReadError};
pub use passage::Passage;
