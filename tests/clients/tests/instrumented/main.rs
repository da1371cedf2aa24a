//! Clients that nobody annotated: what recount sees through their middleware, and what they notice of it.

mod async_openai;
mod bodies;
mod bytes;
mod endings;
mod providers;
mod reqwest_middleware;
mod scene;
mod whose_span;
