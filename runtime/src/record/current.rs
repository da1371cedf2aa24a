use super::Layer;
use crate::span::current::CurrentSpan;
use crate::span::unheard::is_unheard;

/// The innermost recount span that the calling code runs in.
///
/// Follows `tracing::Span::current()`: what runs inside a plain `tracing` span sees the recount span around
/// it. Outside any span, or where nobody listens, every method of the handle does nothing. So it is in an
/// annotated function that is filtered out, by its level say: its tokens are not its caller's.
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
///
/// A helper that knows nothing of the attributes above it can tell what it knows:
///
/// ```
/// fn retried(attempt: u32) {
///     recount::current().add_event("retry", serde_json::json!({"attempt": attempt}));
/// }
/// # retried(1);
/// ```
///
/// Each call is a look-up in the registry: in a loop, call it once and keep the handle. In a stream or a
/// thread that outlives the function, take the handle along.
#[must_use]
pub fn current() -> CurrentSpan {
    if is_unheard() { CurrentSpan::default() } else { around() }
}

/// The innermost recount span around the calling code, whoever speaks.
///
/// For what is seen of a call, not said: inside an annotated function that is filtered out it belongs to the span
/// around that, as the spans below do.
pub(crate) fn around() -> CurrentSpan {
    CurrentSpan::of(tracing::dispatcher::get_default(Layer::current_node))
}
