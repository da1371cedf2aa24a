//! Clients of model providers, each against a scripted server over real HTTP: plain and streamed, with tool calls,
//! with an error, with a connection that breaks in the middle of a stream.
//!
//! One module for each client. What leaves the process is in `tests/golden/clients`, what a reader sees in trees.

mod async_openai;
mod genai;
mod meeting;
mod ollama;
mod plain_http;
mod recorded;
mod rig;
mod script;
