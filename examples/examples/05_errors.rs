//! Errors: the three ways in which a call does not end well, and how each is recorded.
//!
//! An `Err` marks its span as failed, with the type of the error, its message and its sources; the value goes on to
//! the caller untouched, who may recover: then only the inner span has failed. A panic is recorded and goes on. A
//! future that is dropped before its end was cancelled. Run it with `cargo run -p examples --example 05_errors`.

use std::io;
use std::num::ParseIntError;
use std::panic::catch_unwind;
use std::time::Duration;

use recount::{task, tool, workflow};
use tracing_subscriber::prelude::*;

#[derive(Debug, thiserror::Error)]
enum OrderError {
    #[error("the number of the table is unreadable")]
    Table(#[from] ParseIntError),
    #[error("the kitchen is closed")]
    Closed(#[source] io::Error),
}

/// Failed with a source: the message of the number's own error is recorded as the cause.
#[tool]
fn table(text: &str) -> Result<u32, OrderError> {
    Ok(text.parse()?)
}

#[tool]
fn kitchen() -> Result<(), OrderError> {
    Err(OrderError::Closed(io::Error::new(io::ErrorKind::ConnectionRefused, "nobody at the stove")))
}

/// Recovers: one span below has failed, this one has not.
#[workflow]
fn order(tables: [&str; 2]) -> Option<u32> {
    tables.iter().find_map(|text| table(text).ok())
}

/// Hands the error on: both spans have failed.
#[workflow]
fn cook() -> Result<(), OrderError> {
    kitchen()
}

#[tool]
fn divide(bill: u32, guests: u32) -> u32 {
    bill / guests
}

/// A mistake that is no `Err`: the function says so itself.
#[tool]
fn taste(grams_of_salt: u32) -> &'static str {
    if grams_of_salt > 50 {
        recount::current().set_error_message("too_salty", "nobody can eat this");
        return "salty";
    }
    "good"
}

#[task]
async fn wait_for_a_table() {
    std::future::pending::<()>().await;
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), recount::Error> {
    let recount = recount::builder().service_name("05_errors").console().build()?;
    tracing_subscriber::registry().with(recount.layer()).init();

    println!("table {:?}", order(["seven", "8"]));
    println!("{:?}", cook().map_err(|error| error.to_string()));
    println!("each pays {:?}", catch_unwind(|| divide(80, 0)).ok());
    println!("it tastes {}", taste(80));
    let patience = Duration::from_millis(20);
    println!("seated: {}", tokio::time::timeout(patience, wait_for_a_table()).await.is_ok());

    recount.shutdown()
}
