use std::sync::Arc;

use super::Tape;

/// Whose span it is: copied down the tree when a span opens.
///
/// A child shares its parent's identity; only a span that changes it makes a new one.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Identity {
    /// The nearest workflow or interaction above the span, itself included.
    pub workflow: Option<Arc<str>>,
    /// The nearest agent above the span.
    pub agent: Option<Arc<str>>,
    /// The names of the tasks and tools above the span, outermost first, joined by dots.
    pub path: Option<Arc<str>>,
    /// The user that the span works for.
    pub user: Option<Arc<str>>,
    /// The conversation (session, thread) that the span is part of.
    pub conversation: Option<Arc<str>>,
    /// The id of the product event, such as a turn, that the span belongs to.
    pub event: Option<Arc<str>>,
    /// Free labels.
    pub tags: Arc<[Arc<str>]>,
    /// Free properties: one entry of [`Field::Property`](super::Field::Property) each.
    pub properties: Arc<Tape>,
}
