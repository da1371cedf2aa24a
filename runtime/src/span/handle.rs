use tracing_core::Dispatch;
use tracing_core::field::ValueSet;
use tracing_core::metadata::Metadata;
use tracing_core::span::{Attributes, Id};

use super::call::Parent;

/// A span of `tracing`, which is closed when the handle is dropped.
///
/// What `tracing::Span` is, but for the metadata: every annotated future holds one, and the compiler, asked whether a
/// chain of such futures is `Send`, looks into each to the bottom.
#[derive(Debug)]
pub(super) struct Handle {
    id: Id,
    dispatch: Dispatch,
}

/// While it lives, the span is entered.
#[derive(Debug)]
pub(super) struct Entering<'a>(&'a Handle);

impl Handle {
    /// Opens a span in the current subscriber.
    pub(super) fn open(metadata: &'static Metadata<'static>, values: &ValueSet<'_>, parent: Parent) -> Self {
        let attributes = match parent {
            Parent::Current => Attributes::new(metadata, values),
            Parent::Given(None) => Attributes::new_root(metadata, values),
            Parent::Given(Some(parent)) => Attributes::child_of(parent, metadata, values),
        };
        tracing_core::dispatcher::get_default(|dispatch| Self {
            id: dispatch.new_span(&attributes),
            dispatch: dispatch.clone(),
        })
    }

    pub(super) fn id(&self) -> Id {
        self.id.clone()
    }

    /// Enters the span until the guard is dropped.
    pub(super) fn enter(&self) -> Entering<'_> {
        self.enter_for_good();
        Entering(self)
    }

    /// Enters the span until it is [left](Self::leave), on the same thread.
    pub(super) fn enter_for_good(&self) {
        self.dispatch.enter(&self.id);
    }

    pub(super) fn leave(&self) {
        self.dispatch.exit(&self.id);
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.dispatch.try_close(self.id.clone());
    }
}

impl Drop for Entering<'_> {
    fn drop(&mut self) {
        self.0.leave();
    }
}
