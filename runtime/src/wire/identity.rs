use std::sync::Arc;

use super::Tape;

/// Whose span it is: copied down the tree when a span opens.
///
/// A child shares its parent's identity; only a span that changes it makes a new one.
///
/// Texts are shared by reference counts: thousands of spans of one turn bear the same user. An empty text
/// counts as none where identity is read from a span.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Identity {
    /// The nearest workflow or interaction above the span, itself included.
    pub workflow: Option<Arc<str>>,
    /// The nearest agent above the span.
    ///
    /// On the agent's own span this is the agent above it, if any; its own name is the span's.
    pub agent: Option<Arc<str>>,
    /// The names of the tasks and tools above the span, outermost first, joined by dots.
    ///
    /// The span's own name is not in it. Of a deep recursion the outer part is kept, about 1 KiB: every span
    /// has its copy.
    pub path: Option<Arc<str>>,
    /// The user that the span works for.
    pub user: Option<Arc<str>>,
    /// The conversation (session, thread) that the span is part of.
    pub conversation: Option<Arc<str>>,
    /// The id of the product event, such as a turn, that the span belongs to.
    pub event: Option<Arc<str>>,
    /// Free labels.
    ///
    /// In the order in which they were added, outermost first; the converter leaves out those that are there
    /// twice.
    pub tags: Arc<[Arc<str>]>,
    /// Free properties: one entry of [`Field::Property`](super::Field::Property) each.
    ///
    /// The last entry of a name counts, so that a child may say otherwise than its parents.
    pub properties: Tape,
}
