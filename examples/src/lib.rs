//! What the examples share: a small library of Markdown documents with a search over it, and a model server that
//! runs on this machine.
//!
//! Neither knows anything of recount: they are the ordinary parts of a program, and the examples show what the
//! attributes add to it.

pub mod corpus;
pub mod server;
