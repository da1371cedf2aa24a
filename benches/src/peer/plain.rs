//! The work as it is: what the figures of all others are net of.

use std::future::pending;
use std::hint::black_box;

use super::run;
use crate::Session;
use crate::variant::Destination;
use crate::work::{self, Found, Lookup, LookupError, Request, Response, Turn};

/// Nothing but the work.
#[must_use]
pub fn start(_: Destination) -> Session {
    Session {
        turn: |number| run(answer(work::turn(number))),
        bare_turn: |number| run(bare_answer(work::turn(number))),
        pending: || Box::pin(outer()),
        flush: Box::new(|| Ok(())),
    }
}

/// How large the future of a call of the tool is, in bytes.
#[must_use]
pub fn future_bytes() -> usize {
    size_of_val(&look_up(&work::turn(0).lookups[0]))
}

async fn answer(turn: &Turn) -> &'static str {
    let response = complete(black_box(&work::work().request)).await;
    for lookup in &turn.lookups {
        let _ = black_box(look_up(lookup).await);
    }
    response.text()
}

async fn complete(request: &Request) -> &'static Response {
    black_box(work::complete(request).await)
}

async fn look_up(lookup: &Lookup) -> Result<&'static Found, LookupError> {
    black_box(work::look_up(lookup).await)
}

async fn bare_answer(turn: &Turn) {
    bare_complete().await;
    for lookup in &turn.lookups {
        bare_look_up(lookup).await;
    }
}

async fn bare_complete() {
    black_box(work::complete(&work::work().request).await);
}

async fn bare_look_up(lookup: &Lookup) {
    let _ = black_box(work::look_up(lookup).await);
}

async fn outer() {
    inner().await;
}

async fn inner() {
    pending::<()>().await;
}
