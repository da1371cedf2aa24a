//! Annotate the functions of an LLM program; see typed OpenTelemetry `gen_ai` spans of its calls in any backend.

pub mod wire;

pub use wire::{Message, Part, Role, Usage};
