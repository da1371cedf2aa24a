//! A server that answers as it was told, for the tests of real clients.

pub mod openai;
mod reply;
mod server;

pub use reply::{Piece, Reply, Tap};
pub use server::{Request, ScriptedServer};
