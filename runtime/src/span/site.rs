use std::sync::atomic::{AtomicUsize, Ordering};

use tracing_core::callsite::DefaultCallsite;
use tracing_core::metadata::{LevelFilter, Metadata};

use crate::wire::Kind;

/// The place in the source where spans of one function or builder come from.
///
/// A static for each annotated function, since `tracing` keeps its verdict on a callsite with the callsite:
/// whoever asks a second time loads a byte.
#[derive(Debug)]
pub struct Site {
    kind: Kind,
    name: &'static str,
    callsite: &'static DefaultCallsite,
    metadata: &'static Metadata<'static>,
    /// About how many bytes the spans from here had on their tapes lately.
    tape_len: AtomicUsize,
}

impl Site {
    /// Used by [`site!`](crate::__private::site).
    #[must_use]
    pub const fn new(
        kind: Kind,
        name: &'static str,
        callsite: &'static DefaultCallsite,
        metadata: &'static Metadata<'static>,
    ) -> Self {
        Self { kind, name, callsite, metadata, tape_len: AtomicUsize::new(0) }
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn metadata(&self) -> &'static Metadata<'static> {
        self.metadata
    }

    /// About how many bytes the next span from here will have on its tape, by those before it: what is written into a
    /// buffer of the right length need not be copied to one.
    pub(super) fn expected_len(&self) -> usize {
        self.tape_len.load(Ordering::Relaxed)
    }

    /// A span had so many bytes. Threads share the number, so it is written only where it has changed by more than what
    /// buffers have to spare.
    pub(super) fn learn_len(&self, len: usize) {
        // Buffers of giants are not used again, and need not be there before their content is.
        const LONGEST: usize = 64 << 10;
        let len = len.min(LONGEST);
        let expected = self.expected_len();
        if len > expected || len < expected - expected / 8 {
            // A short one among long ones, such as an error, does not count for much.
            self.tape_len.store(len.max(expected - expected / 4), Ordering::Relaxed);
        }
    }

    /// Whether anybody listens. One load and a comparison where nobody does.
    ///
    /// The same as `tracing`'s own macros do, in the same order: the level that was compiled in, the highest
    /// level that anybody wants, the verdict on this callsite, and only then the subscriber.
    #[inline]
    pub(crate) fn is_enabled(&self) -> bool {
        let level = self.metadata.level();
        if *level > tracing::level_filters::STATIC_MAX_LEVEL || *level > LevelFilter::current() {
            return false;
        }
        let interest = self.callsite.interest();
        !interest.is_never()
            && (interest.is_always() || tracing::dispatcher::get_default(|d| d.enabled(self.metadata)))
    }
}

/// A [`Site`] of its own, as a `&'static Site`: `site!(Kind, name, target, level)`, all constant expressions.
///
/// Not public API.
#[doc(hidden)]
#[macro_export]
macro_rules! __recount_site {
    ($kind:ident, $name:expr, $target:expr, $level:expr) => {{
        // Items are seen by the expressions of the user's, so their names are out of the way.
        const __RECOUNT_NAME: &$crate::__private::core::primitive::str = $name;
        static __RECOUNT_CALLSITE: $crate::__private::DefaultCallsite =
            $crate::__private::DefaultCallsite::new(&__RECOUNT_METADATA);
        static __RECOUNT_METADATA: $crate::__private::Metadata<'static> = $crate::__private::Metadata::new(
            __RECOUNT_NAME,
            $target,
            $level,
            $crate::__private::core::option::Option::Some($crate::__private::core::file!()),
            $crate::__private::core::option::Option::Some($crate::__private::core::line!()),
            $crate::__private::core::option::Option::Some($crate::__private::core::module_path!()),
            $crate::__private::FieldSet::new(&[], $crate::__private::Identifier(&__RECOUNT_CALLSITE)),
            $crate::__private::MetadataKind::SPAN,
        );
        static __RECOUNT_SITE: $crate::__private::Site = $crate::__private::Site::new(
            $crate::__private::Kind::$kind,
            __RECOUNT_NAME,
            &__RECOUNT_CALLSITE,
            &__RECOUNT_METADATA,
        );
        &__RECOUNT_SITE
    }};
}
