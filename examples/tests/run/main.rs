//! Every example runs to its end, says what it should say and prints the tree it should print.
//!
//! The programs are those that cargo builds besides these tests (`cargo test`, with nothing that selects targets),
//! so that what is tested is what a reader runs: the set-up in `main`, the console, the shutdown.

mod agent;
mod golden;
mod models;
mod numbered;
mod program;
mod receiver;
