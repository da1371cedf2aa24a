//! What generated code calls. Not public API: it changes with every release, together with the macros.
//!
//! What generated code names, it names through here, so that the user's crate needs none of these
//! dependencies, and so that names in the user's scope cannot come in between. The methods that ladders
//! choose from carry a number in their name: two versions of recount in one program do not mistake each
//! other's.

pub use core;

pub use tracing_core::callsite::{DefaultCallsite, Identifier};
pub use tracing_core::field::FieldSet;
pub use tracing_core::metadata::{Kind as MetadataKind, Level, Metadata};

pub use crate::__recount_site as site;
/// For benchmarks.
#[cfg(feature = "otlp")]
pub use crate::export::otlp::write_otlp_request;
pub use crate::span::alias::{AliasOfIterator, AliasOfStream};
pub use crate::span::call::{Call, ParentSpan};
pub use crate::span::capture::{
    Json, Probe, RequestProbe, ResponseProbe, TextProbe, debug_text, display_text, json, redacted, type_text,
};
pub use crate::span::fault::{Displayed, Fault, fault_debug, fault_display};
pub use crate::span::future::{Traced, future};
pub use crate::span::guard::Guard;
pub use crate::span::iterator::{TracedIterator, iterator};
pub use crate::span::recording::{Recording, Slot};
pub use crate::span::returned::{Awaited, Never, Returned, Split, expected, project};
pub use crate::span::site::Site;
pub use crate::span::stream::{TracedStream, stream};
pub use crate::wire::{Field, Kind};
