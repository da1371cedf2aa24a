//! What a figure may be.

use recount_benches::variant::Library;

use crate::promises::Promise;

/// The bound of recount's figure.
#[derive(Clone, Copy)]
pub(crate) enum Bound {
    /// There is none: the figure is there to know.
    Open,
    /// At most so much.
    AtMost(f64),
    /// No more than this peer's.
    AtMostThatOf(Library),
}

impl Bound {
    /// As the table says it.
    pub(crate) fn text(self, promise: &Promise) -> String {
        match self {
            Self::Open => String::new(),
            Self::AtMost(most) => format!("≤ {}", promise.number(most)),
            Self::AtMostThatOf(_) => "≤ fastrace".to_owned(),
        }
    }

    /// Whether it is kept; nothing where that cannot be told.
    pub(crate) fn mark(self, figure: Option<f64>, peer: impl Fn(Library) -> Option<f64>) -> &'static str {
        let most = match self {
            Self::Open => None,
            Self::AtMost(most) => Some(most),
            Self::AtMostThatOf(library) => peer(library),
        };
        match figure.zip(most) {
            None => "",
            Some((figure, most)) if figure <= most => "✓",
            Some(_) => "✗",
        }
    }
}
