//! `pass/` holds programs that cannot share a crate with others; `fail/` holds mistakes, each with the compiler's
//! whole answer beside it. The answers differ between compilers: they are compared with the one that they were
//! written with, Rust 1.95. After a change, `TRYBUILD=overwrite cargo test -p recount-ui-tests` writes them anew.

#[test]
fn programs_that_compile() {
    trybuild::TestCases::new().pass("tests/pass/*.rs");
}

#[test]
#[rustversion::attr(not(stable(1.95)), ignore = "the expected messages are those of Rust 1.95")]
fn mistakes_are_explained() {
    trybuild::TestCases::new().compile_fail("tests/fail/*.rs");
}
