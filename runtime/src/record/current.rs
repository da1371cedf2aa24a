use super::Layer;
use crate::span::current::CurrentSpan;

/// The innermost recount span that the calling code runs in.
///
/// Follows `tracing::Span::current()`: what runs inside a plain `tracing` span sees the recount span around it.
/// Outside any span, or where nobody listens, every method of the handle does nothing.
///
/// ```
/// #[recount::llm_span(provider = "openai", model = "gpt-5.2")]
/// fn complete(prompt: &str) -> String {
///     let answer = format!("You said: {prompt}");
///     recount::current().set_usage(recount::Usage::new(12, 7));
///     answer
/// }
/// complete("hello");
/// ```
#[must_use]
pub fn current() -> CurrentSpan {
    CurrentSpan::of(tracing::dispatcher::get_default(Layer::current_node))
}
