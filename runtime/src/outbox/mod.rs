//! What cannot be delivered, kept on disk until it can.
//!
//! One file for each request, named so that the oldest comes first (`name`), with a checksum in front (`envelope`), in
//! a folder for each destination (`address`, `folder`). Several processes may use one folder: a file belongs to the
//! one that wrote it, until that is gone; then somebody else takes it over (`session`).

#[cfg(feature = "otlp")]
mod address;
#[cfg(feature = "otlp")]
mod envelope;
#[cfg(feature = "otlp")]
mod folder;
#[cfg(feature = "otlp")]
mod index;
mod ledger;
#[cfg(feature = "otlp")]
mod name;
mod options;
#[cfg(feature = "otlp")]
mod session;
#[cfg(feature = "otlp")]
mod store;
#[cfg(feature = "otlp")]
mod sweep;

#[cfg(feature = "otlp")]
pub(crate) use address::Address;
pub(crate) use ledger::Ledger;
pub(crate) use options::Options;
#[cfg(feature = "otlp")]
pub(crate) use store::Outbox;
