//! What is said to a model and what comes back, whoever the provider is: the facts that recount reads from
//! requests and responses, and the ways to tell it of them.
//!
//! Nothing here is needed for the [providers that recount knows](crate#providers): an
//! [`llm_span`](macro@crate::llm_span) whose arguments or result serialize to one of their bodies is understood.
//! For others there are two ways:
//!
//! - **A trait on your type**, where the function takes or returns a type of your own: [`Request`] and
//!   [`Response`] say what is in it. They count before the shape of the value.
//! - **An extractor**, where the body is somebody else's, or comes as a stream of chunks: an [`Extractor`] finds the
//!   facts in whatever was captured; [`Builder::extractor`](crate::Builder::extractor) adds it.
//!
//! ```
//! use recount::llm::{Response, ResponseFacts};
//! use recount::{Message, Usage};
//!
//! struct Answer {
//!     text: String,
//!     words: u64,
//! }
//!
//! impl Response for Answer {
//!     fn facts(&self) -> ResponseFacts {
//!         ResponseFacts::new()
//!             .model("parrot-1")
//!             .usage(Usage::default().output(self.words))
//!             .message(Message::assistant(&*self.text).finish_reason("stop"))
//!     }
//! }
//!
//! #[recount::llm_span(provider = "parrot")]
//! fn ask(question: &str) -> Answer {
//!     Answer { text: question.to_owned(), words: 3 }
//! }
//! # ask("How are you?");
//! ```

mod detail;
mod extractor;
pub(crate) mod partial;
mod request;
mod response;
mod transcript;

pub use detail::Detail;
pub use extractor::Extractor;
pub use partial::{Partial, PartialChoice};
pub use request::{Request, RequestFacts};
pub use response::{ErrorFacts, Response, ResponseFacts};
pub(crate) use transcript::Transcript;
