//! Annotate the functions of an LLM program; see typed OpenTelemetry `gen_ai` spans of its calls in any backend.
//!
//! ```
//! use tracing_subscriber::prelude::*;
//!
//! #[recount::tool]
//! fn lookup(city: &str) -> Result<u32, std::num::ParseIntError> {
//!     "21".parse()
//! }
//!
//! #[recount::workflow]
//! fn plan(question: &str) -> String {
//!     let degrees = lookup("Paris").unwrap_or_default();
//!     recount::current().set_attribute("degrees", degrees);
//!     format!("{question} {degrees} °C")
//! }
//!
//! # fn main() -> Result<(), recount::Error> {
//! let recount = recount::builder().service_name("weather").build()?;
//! let _guard = tracing_subscriber::registry().with(recount.layer()).set_default(); // or `.init()`
//! plan("How warm is it?");
//! recount.shutdown()
//! # }
//! ```
//!
//! # Where to look
//!
//! - The attributes: [`macro@llm_span`], [`macro@tool`], [`macro@agent`], [`macro@workflow`], [`macro@task`],
//!   [`macro@retrieval`], [`macro@interaction`].
//! - Set-up: [`builder`], or [`init`] for everything from the environment; [`Recount`] to flush and shut down.
//! - From within a span: [`current`]. For work that is no function: [`span`].
//! - Where spans go: [`export`]. What they are: [`wire`].
#![cfg_attr(feature = "testing", doc = "- In tests: [`testing`].")]
//!
//! # What is recorded
//!
//! Each argument by its name and the returned value, as structured data where the type is `serde::Serialize`, else
//! as `Debug` text, else as the name of the type; an `Err` as the message and its sources. A value is read once,
//! while it is borrowed, and no further than [the cap](Builder::value_cap); a panic or a failure of its `Serialize`
//! or `Debug` harms nobody. These values are never `tracing` fields: other layers see the span, not the content.
//!
//! Where no layer of recount listens, the span is disabled, or [content is off](Builder::capture_content), nothing is
//! read.
//!
//! # When a span starts and ends
//!
//! A function's span starts with the call and ends when it returns; that of an `async fn`, or of a function that
//! returns `impl Future`, starts with the first poll, below the span that was current at the call. A future that is
//! never polled leaves no span. A function that returns a boxed future, a stream or an iterator has a span that is
//! open until that is done. Dropped before, it was cancelled; an iterator that is dropped has just ended.
//!
//! # Warnings
//!
//! When spans are lost, a `tracing` event of level `WARN` and target `recount` says why, at most every 30 seconds, to
//! the global subscriber. [`Recount::stats`] counts them.
//!
//! # Cargo features
//!
//! | Feature | |
//! |---|---|
//! | `otlp` (default) | OTLP over HTTP with protobuf bodies; needs no async runtime |
//! | `http-json` | OTLP over HTTP with JSON bodies |
//! | `grpc` | OTLP over gRPC; brings a tokio runtime that lives on the exporting thread |
//! | `gzip` | compressed bodies for OTLP |
//! | `json-lines` | a file of OTLP/JSON lines |
//! | `testing` | [`Recorder`](https://docs.rs/recount/latest/recount/testing/struct.Recorder.html) for tests |

#[doc(hidden)]
pub mod __private;
mod batch;
mod config;
#[cfg_attr(not(feature = "otlp"), allow(dead_code, reason = "only the exporters of the feature convert"))]
mod convert;
mod error;
pub mod export;
mod init;
mod record;
pub mod span;
#[cfg(feature = "testing")]
pub mod testing;
pub mod wire;

pub use batch::Stats;
pub use config::Builder;
pub use error::{Error, ErrorKind};
pub use export::Protocol;
pub use init::{Recount, builder, init};
pub use record::{Layer, current};
pub use recount_macros::{agent, interaction, llm_span, retrieval, task, tool, workflow};
pub use span::current::CurrentSpan;
pub use wire::{Message, Part, Role, Usage};

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
