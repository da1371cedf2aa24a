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
//! - What is taken out of them: [`redact`].
//! - From within a span: [`current`]. For work that is no function: [`span`].
//! - Where spans go: [`export`]. What they are: [`wire`]. Which of them: [`sample`], [`guide::sampling`].
//! - What is read of model calls: [`guide::providers`]; types and bodies of your own: [`llm`]; prices: [`price`].
#![cfg_attr(
    any(feature = "async-openai", feature = "reqwest-middleware"),
    doc = "- Clients that need no annotation: [`client`]."
)]
#![cfg_attr(feature = "metrics", doc = "- Metrics: [`metrics`].")]
#![cfg_attr(feature = "testing", doc = "- In tests: [`testing`].")]
//!
//! # What to capture, and what not
//!
//! Each argument is recorded by its name, except `self` and those whose names start with `_`, and so is the
//! returned value: as structured data where the type is `serde::Serialize`, else as `Debug` text, else as the
//! name of the type. An argument that is a lock (`Mutex`, `RwLock`, `RefCell`) is read as `Debug` text, which
//! does not wait for it; a struct that holds one and derives `Serialize` does wait, so skip it where the caller
//! may hold the lock. There is nothing to derive, and no type that fails to compile. A value is read once, while
//! it is borrowed, and no further than [the cap](Builder::value_cap); a panic or a failure of its `Serialize`
//! or `Debug` harms nobody. These values are never `tracing` fields: other layers see the span, not the
//! content.
//!
//! An attribute says what is to be read where that is too much, or not enough:
//!
//! ```
//! # struct Client;
//! # #[derive(serde::Serialize)] struct Page { title: String, body: Vec<u8> }
//! #[recount::tool(skip(client, token), output = |page| page.title.as_str(), fields(cache = "cold"))]
//! fn fetch(client: &Client, token: &str, url: &str) -> Page {
//!     recount::current().set_attribute("attempts", 1);
//!     Page { title: url.to_owned(), body: vec![0; 1 << 20] }
//! }
//! # fetch(&Client, "secret", "https://example.com");
//! ```
//!
//! - `redact(a)` says that there is a value, and does not read it.
//! - `skip(a)`, `skip_all` and `skip_output` read less; `capture(a, b)` reads these arguments and no others.
//! - `json(a)`, `debug(a)` and `display(a)` say how; `json` on a type that is not `Serialize` is a compile
//!   error.
//! - `output = |value| ...` records what the closure makes of the returned value.
//! - `fields(key = expression)`, and [`CurrentSpan::set_attribute`] from within, add facts of your own.
//!
//! Credentials are taken out of what was read before anything is exported, personal data on request: see [`redact`] and
//! [`guide::privacy`]. Of URLs in the texts of errors the user info and the query are left out. What must not leave the
//! process for certain is skipped, projected, has a `Serialize` that hides it, or is named in `redact(a)`, which records
//! `[redacted]` in its place.
//!
//! Where no layer of recount listens, or the span is disabled by its level or a filter, nothing is read at
//! all, and none of the expressions in the attribute is evaluated.
//!
//! # When a span starts and ends
//!
//! A function's span starts with the call and ends when it returns; that of an `async fn` starts with the
//! first poll, below the span that was current at the call, and one that is never polled leaves no span. A
//! plain function that returns a future starts its span with the call, unless all that it does is to make the
//! future, and ends it when the future is ready. A future that is dropped before its end leaves a span that
//! says it was cancelled.
//!
//! Parents are those of `tracing`: the span that is current on the thread. Work that moves to another thread
//! or task has to take it along, as for any `tracing` span: `tracing::Instrument::in_current_span` for a
//! spawned future, `tracing::Span::in_scope` for a closure, or `parent = expression` in the attribute. Plain
//! `tracing` spans in between are looked through.
//!
//! # Streams and iterators
//!
//! A function that returns a stream or an iterator, by `impl Trait` or in a box, has a span that is open
//! until there are no more items. Each item is recorded until all of them together reach [the
//! cap](Builder::value_cap); the number of items is exact, and so is what the cap left out. On an
//! [`macro@llm_span`] the time to the first item becomes `gen_ai.response.time_to_first_chunk`, the chunks of a
//! provider that is known are [put together](guide::streaming) to the whole answer, and plain texts are joined.
//!
//! A stream that is dropped before its end was cancelled. An iterator that is dropped has just ended: to take
//! only some of the items is what iterators are for. Items that are `Err` fail the span; the stream goes on.
//!
//! # Errors
//!
//! A function that returns `Err` has a failed span with the type of the error, its message and the messages
//! of its sources. For `anyhow::Error`, `Box<dyn Error>` and the like, whose type says nothing, the type is
//! `_OTHER`, as OpenTelemetry asks. A panic is recorded with its message, and goes on as if nobody had
//! looked. `err(Debug)` records `Debug` text instead; [`CurrentSpan::set_error`] fails a span whose function
//! returns no `Result`.
//!
//! But for a lock that its own argument takes, as said above, and expressions of the attribute that panic, the
//! annotated function never fails, blocks or panics because of its span: [`Error`] is for setting up,
//! flushing and shutting down only.
//!
//! # Identity
//!
//! [`macro@interaction`] says whose work it is: `user`, `conversation`, `event`, `tags` and
//! `properties(key = value)`. Every span below bears the same, since backends judge each span by itself. In
//! the same way the name of a [`macro@workflow`] or an interaction is on all spans below it, the name of an
//! [`macro@agent`] on its tools, and the names of tasks and tools make up the path of the spans below them. Identity is fixed
//! when the span opens; a nested interaction changes what it names and inherits the rest.
//!
//! # Providers
//!
//! An [`llm_span`] reads what it needs from the request and the response that the function takes and returns, by
//! their shape: those of OpenAI, Anthropic, Gemini, Bedrock, Ollama, Cohere, Mistral and of every server that speaks
//! like one of them, typed, as JSON or as raw text, whole or streamed. [`guide::providers`] lists what is read,
//! [`guide::streaming`] tells how chunks become an answer, [`guide::extractors`] how to teach recount a provider of
//! your own, by the traits of [`llm`]. Prices come from a table in the crate, unless the provider tells them; see
//! [`price`].
//!
//! # Without content
//!
//! [`Builder::capture_content(false)`](Builder::capture_content), or one of its environment variables,
//! switches content off. Then no argument, result, item, message, system prompt, tool definition, retrieval
//! query or error text is recorded. Of an error its type is left, of a panic that it happened. Arguments and
//! results of model calls are still looked at, since model, parameters, tokens and finish reasons stand in them;
//! what else they hold is dropped on recount's thread, before any exporter sees the span. `skip_all` and
//! `skip_output` keep them from being looked at at all.
//!
//! What the program names explicitly is still recorded, because it is named one by one: `fields(..)`,
//! [`set_attribute`](CurrentSpan::set_attribute), [`add_event`](CurrentSpan::add_event) with its attributes,
//! `properties(..)`, user, conversation, event and tags, provider, model and parameters, tokens and price,
//! finish reasons, descriptions, the ids of responses and tool calls, and the message of
//! [`set_error_message`](CurrentSpan::set_error_message). Do not put content there if it has to stay inside.
//! Of finish reasons, parameters in words and classes of errors, which providers tell too, those with white space or of
//! more than 64 bytes are dropped. Stop sequences, and the model, the id and the service tier that a provider tells, are
//! kept as they are. Names of spans are kept, those that other crates give (`otel.name`) included.
//!
//! # Several pipelines
//!
//! Each [`Recount`] is a pipeline of its own, with its own exporters, queue and settings. Put the layers of
//! two on one subscriber, and every span goes to both under the same ids, for example to a production backend
//! without content and to a local file with it. Content is read if any of them wants it, and taken out of
//! what goes to those that do not. The layer that is told of the span first makes the ids, finds the parent,
//! tells the time, sets the cap, and reads streams that are too long to wait, by its own extractors; so a filter on
//! one of the layers has to pass the same spans of recount as those on the others, or a trace falls apart.
//!
//! # Testing
//!
//! `recount::testing::Recorder`, with the feature `testing`, records in memory with ids and times that are
//! the same in every run, and draws spans as a tree to compare with:
//!
//! ```
//! # #[cfg(feature = "testing")] {
//! #[recount::task]
//! fn halve(n: u32) -> Result<u32, String> {
//!     if n.is_multiple_of(2) { Ok(n / 2) } else { Err(format!("{n} is odd")) }
//! }
//!
//! let recorder = recount::testing::Recorder::new();
//! let _guard = recorder.install();
//! let _ = (halve(4), halve(3));
//! assert_eq!(
//!     recorder.tree(),
//!     "task halve {\"n\":4} → 2\n\
//!      task halve {\"n\":3}  ✗ String: 3 is odd\n"
//! );
//! # }
//! ```
//!
//! # Warnings
//!
//! When spans are lost, a `tracing` event of level `WARN` and target `recount` says why, at most every 30
//! seconds, to the global subscriber. So does what somebody has to mend, once until it is mended: credentials that the endpoint refuses,
//! a certificate that is not trusted; and what the endpoint has to say though it took the spans. [`Recount::stats`] counts them at any time, and [`Recount::shutdown`]
//! returns an error if there were any. A handle that is written to after its span has ended does nothing;
//! debug builds tell of it in a `DEBUG` event of the same target.
//!
//! # Environment
//!
//! Read once, by [`Builder::build`] and [`init`]. What the [`Builder`] sets counts first. An empty variable
//! counts as unset; a value without a meaning is an error that names the variable. Where two variables are
//! named, the first one that is set counts.
//!
//! | Variable | Values | Unless set |
//! |---|---|---|
//! | `OTEL_SDK_DISABLED` | `true` switches everything off, the builder's exporters included | `false` |
//! | `OTEL_SERVICE_NAME` | text | `unknown_service:` and the name of the executable |
//! | `OTEL_RESOURCE_ATTRIBUTES` | `key=value,key=value`, percent-encoded | |
//! | `OTEL_TRACES_EXPORTER` | `otlp`, `console`, both with a comma, or `none` | `otlp` where an endpoint is named |
//! | `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` | URL, taken as it is | |
//! | `OTEL_EXPORTER_OTLP_ENDPOINT` | URL, below which HTTP has `/v1/traces` | `http://localhost:4318` (gRPC: `4317`) where `otlp` is asked for |
//! | `OTEL_EXPORTER_OTLP_TRACES_PROTOCOL`, `OTEL_EXPORTER_OTLP_PROTOCOL` | `http/protobuf`, `http/json`, `grpc` | `http/protobuf` |
//! | `OTEL_EXPORTER_OTLP_TRACES_HEADERS`, `OTEL_EXPORTER_OTLP_HEADERS` | `name=value,name=value`, percent-encoded | |
//! | `OTEL_EXPORTER_OTLP_TRACES_TIMEOUT`, `OTEL_EXPORTER_OTLP_TIMEOUT` | milliseconds for one attempt | `10000` |
//! | `OTEL_BSP_EXPORT_TIMEOUT` | milliseconds for all attempts of one request; `0` means one attempt | `60000`; `5000` beside other exporters |
//! | `HTTPS_PROXY`, `https_proxy` | URL of a proxy for `https://` endpoints over HTTP, which passes on what it cannot read. Plain HTTP, gRPC and this machine are reached without, whatever `HTTP_PROXY` or `ALL_PROXY` say | none |
//! | `NO_PROXY`, `no_proxy` | hosts and domains that are reached without a proxy, with commas between them; `*` for all | |
//! | `RECOUNT_REQUEST_BYTES` | bytes of a request at most, 4096 or more | `4194304` (gRPC: `3670016`) |
//! | `OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE`, `OTEL_EXPORTER_OTLP_CERTIFICATE` | a PEM file of certificates to trust, and no others | those of Mozilla |
//! | `OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE`, `OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE` | a PEM file with the certificate to show | |
//! | `OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY`, `OTEL_EXPORTER_OTLP_CLIENT_KEY` | a PEM file with the key of that certificate | |
//! | `OTEL_EXPORTER_OTLP_TRACES_COMPRESSION`, `OTEL_EXPORTER_OTLP_COMPRESSION` | `gzip`, `none` | `none` |
//! | `OTEL_TRACES_SAMPLER` | `always_on`, `always_off`, `traceidratio`, or one of these behind `parentbased_` | `always_on` |
//! | `OTEL_TRACES_SAMPLER_ARG` | the ratio, from 0 to 1 | `1` |
//! | `RECOUNT_OUTBOX` | [folder](Builder::outbox) for what the endpoint does not take now | none: such spans are lost |
//! | `RECOUNT_OUTBOX_BYTES` | bytes on disk, above 0 | `268435456` |
//! | `RECOUNT_OUTBOX_AGE` | milliseconds, above 0 | `86400000` |
//! | `OTEL_BSP_SCHEDULE_DELAY` | milliseconds | `1000` |
//! | `OTEL_BSP_MAX_QUEUE_SIZE` | spans | `131072` |
//! | `RECOUNT_QUEUE_BYTES` | bytes of memory that they hold | `117440512` |
//! | `RECOUNT_OVERFLOW` | what happens [when the queue is full](Overflow): `drop_newest`, `drop_oldest`, `wait:` and milliseconds | `drop_newest` |
//! | `OTEL_BSP_MAX_EXPORT_BATCH_SIZE` | spans, at most half the size of the queue | `512` |
//! | `RECOUNT_BATCH_BYTES` | bytes that were captured, enough for a batch | `262144` |
//! | `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` | `SPAN_ONLY`, `SPAN_AND_EVENT`, `true`; `NO_CONTENT`, `EVENT_ONLY`, `false` | `true` |
//! | `RECOUNT_REDACT` | `none`, or some of `credentials`, `personal_data` and the names of [kinds](redact::Kind) | `credentials` |
//! | `TRACELOOP_TRACE_CONTENT` | `true`, `false`; counts after the one above | |
//! | `OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT`, `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT` | characters of a text as it is sent; also bytes of one value that are kept, up to the default | any number; `131072` |
//! | `OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT`, `OTEL_ATTRIBUTE_COUNT_LIMIT` | attributes of a span | `128` |
//! | `OTEL_SPAN_EVENT_COUNT_LIMIT` | events of a span | `128` |
//! | `OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT`, `OTEL_ATTRIBUTE_COUNT_LIMIT` | attributes of an event | `128` |
//! | `OTEL_SPAN_LINK_COUNT_LIMIT` | links of a span; there are none yet | `128` |
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
//! | `opentelemetry` | any span exporter of the OpenTelemetry SDK |
//! | `async-openai` | spans of the model calls of `async-openai`, without annotation: [`client`](https://docs.rs/recount/latest/recount/client/index.html) |
//! | `reqwest-middleware` | the same for every client on `reqwest`, through `reqwest-middleware` |
//! | `regex` | regular expressions of your own for what is [redacted](redact) |
//! | `metrics` | the `gen_ai` metrics of OpenTelemetry, through its metrics API |
//! | `testing` | [`Recorder`](https://docs.rs/recount/latest/recount/testing/struct.Recorder.html) for tests |

#[doc(hidden)]
pub mod __private;
mod batch;
#[cfg(any(feature = "async-openai", feature = "reqwest-middleware"))]
pub mod client;
mod config;
#[cfg_attr(not(feature = "otlp"), allow(dead_code, reason = "only the exporters of the feature convert"))]
mod convert;
mod error;
pub mod export;
mod extract;
#[cfg(any(doc, doctest))]
pub mod guide;
mod init;
pub mod llm;
#[cfg(feature = "metrics")]
pub mod metrics;
#[cfg_attr(not(feature = "otlp"), expect(dead_code, reason = "only OTLP is kept on disk"))]
mod outbox;
pub mod price;
mod provider;
mod record;
pub mod redact;
pub mod sample;
pub mod span;
#[cfg(feature = "testing")]
pub mod testing;
pub mod wire;

pub use batch::{Overflow, Stats};
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
