//! `recount::init()`: the whole set-up in one call. The subscriber is global, so this has a process of its own.

use recount::{ErrorKind, span};

#[test]
fn the_first_call_installs_and_the_second_says_what_to_do_instead() {
    let recount = recount::init().expect("nothing is configured, nothing can be wrong");
    // Nothing is configured to take spans, so none is opened.
    span::task("work").in_scope(|| assert!(!recount::current().is_recording()));
    assert_eq!(recount.stats().opened, 0);
    assert!(recount.flush().is_ok() && recount.shutdown().is_ok());

    let error = recount::init().expect_err("there is a global subscriber");
    assert_eq!(error.kind(), ErrorKind::AlreadyInstalled);
    assert!(error.to_string().contains("recount.layer()"), "{error}");
}
