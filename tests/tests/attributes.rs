//! Other attributes: on both sides, on parameters and generics, inside the body; `cfg`, `track_caller`, docs.

#![allow(
    clippy::inline_always,
    clippy::non_minimal_cfg,
    reason = "any attribute may stand next to ours, and every condition must hold everywhere"
)]

use std::panic::Location;

use recount_tests::{recorded, records};

/// Attributes above and below ours reach the function.
#[test]
fn attributes_on_both_sides() {
    /// Documented above.
    #[inline(always)]
    #[recount::tool]
    #[must_use]
    /// Documented below.
    #[cold]
    #[allow(clippy::let_and_return)]
    fn answer() -> u8 {
        let answer = 42;
        answer
    }

    #[cfg_attr(all(), recount::tool)]
    #[cfg_attr(any(), recount::no_such_attribute)]
    fn conditional() -> u8 {
        1
    }

    #[recount::tool]
    #[cfg(any())]
    fn absent() -> NoSuchType {}

    let (values, tree) = recorded(|| (answer(), conditional()));
    assert_eq!(values, (42, 1));
    insta::assert_snapshot!(tree, @"
    tool answer → 42
    tool conditional → 1
    ");
}

/// Lints and comments at the top of the body stay in force there.
#[test]
fn inner_attributes() {
    #[recount::task]
    fn noisy() -> u8 {
        #![allow(unused_variables, unused_mut, clippy::let_unit_value)]
        //! The documentation may stand inside.
        let mut unused = ();
        7
    }

    #[recount::task]
    async fn noisy_later() -> u8 {
        #![allow(unused_variables)]
        let unused = ();
        7
    }

    let (values, tree) = recorded(|| (noisy(), futures::executor::block_on(noisy_later())));
    assert_eq!(values, (7, 7));
    insta::assert_snapshot!(tree, @"
    task noisy → 7
    task noisy_later → 7
    ");
}

/// Parameters and generics that are configured away, and parameters with attributes of their own.
#[test]
fn attributes_on_parameters_and_generics() {
    #[recount::tool]
    fn configured<#[cfg(all())] T: Copy, #[cfg(any())] U>(
        #[cfg(any())] gone: NoSuchType,
        #[cfg(all())] here: T,
        #[allow(unused_variables)] ignored: u8,
        #[cfg_attr(all(), allow(unused_mut))] mut unchanged: u8,
    ) -> (T, u8) {
        (here, unchanged)
    }

    struct Counter(u8);

    impl Counter {
        #[recount::tool]
        fn count(#[allow(unused_mut)] mut self, #[cfg(any())] gone: u8) -> u8 {
            self.0
        }

        #[recount::tool]
        async fn count_later(#[cfg(all())] &self, #[cfg(any())] gone: u8, #[cfg(all())] here: u8) -> u8 {
            self.0 + here
        }
    }

    let (values, tree) = recorded(|| {
        let later = futures::executor::block_on(Counter(2).count_later(1));
        (configured('t', 0, 2), Counter(1).count(), later)
    });
    assert_eq!(values, (('t', 2), 1, 3));
    insta::assert_snapshot!(tree, @r#"
    tool count_later {"here":1} → 3
    tool configured {"here":"char","ignored":0,"unchanged":2} → "(char, u8)"
    tool count → 1
    "#);
}

/// `#[track_caller]` sees the caller of the annotated function, with the attribute above or below it.
#[test]
fn track_caller() {
    #[track_caller]
    #[recount::task]
    fn below() -> &'static Location<'static> {
        Location::caller()
    }

    #[recount::task]
    #[track_caller]
    fn above(value: u8) -> &'static Location<'static> {
        if value == 0 {
            return Location::caller();
        }
        Location::caller()
    }

    #[recount::task]
    fn not_tracked() -> &'static Location<'static> {
        Location::caller()
    }

    let ((lines, expected), spans) = records(|| {
        let expected = line!() + 1;
        let lines = [below().line(), above(0).line(), above(1).line()];
        (lines, expected)
    });
    assert_eq!(lines, [expected; 3]);
    assert_eq!(spans.len(), 3);
    assert_eq!(not_tracked().file(), file!());
}

/// `#[deprecated]` reaches the callers.
#[test]
fn deprecated_functions_still_warn_and_run() {
    #[recount::tool]
    #[deprecated = "for the test"]
    fn old() -> u8 {
        1
    }

    #[expect(deprecated)]
    let (value, tree) = recorded(old);
    assert_eq!(value, 1);
    insta::assert_snapshot!(tree, @"tool old → 1");
}
