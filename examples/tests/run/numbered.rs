use insta::assert_snapshot;

use crate::program::Program;

#[test]
fn tool() {
    assert_snapshot!(Program::example("01_tool").tree(), @r"
    tool forecast
    tool forecast
    tool convert
    tool convert  ✗ no rate for XYZ
    ");
}

#[test]
fn workflow() {
    assert_snapshot!(Program::example("02_workflow").tree(), @r"
    workflow plan_dinner
    ├─ agent cook
    │  ├─ retrieval cookbook
    │  ├─ tool in_stock
    │  └─ tool in_stock
    └─ task set_table
    ");
}

#[test]
fn llm_span() {
    assert_snapshot!(Program::example("03_llm_span").tree(), @"
    llm chat gpt-4o-mini  420 → 8 tokens
    llm chat cook-1  ? → 1 tokens
    llm chat cook-2  9 → 3 tokens
    ");
}

#[test]
fn streaming() {
    assert_snapshot!(Program::example("04_streaming").tree(), @"
    task to_the_end
    └─ llm chat gpt-4o-mini  11 → 5 tokens
    task unparsed
    └─ llm chat gpt-4o-mini  11 → 5 tokens
    task two_words_only
    └─ llm chat gpt-4o-mini  ✗ cancelled
    task broken_in_the_middle  ✗ Error: connection reset
    └─ llm chat gpt-4o-mini  ✗ Error: connection reset
    task broken_in_the_middle  ✗ Error: an empty prompt
    └─ llm chat gpt-4o-mini  ✗ Error: an empty prompt
    ");
}

#[test]
fn errors() {
    assert_snapshot!(Program::example("05_errors").tree(), @r"
    workflow order
    ├─ tool table  ✗ OrderError: the number of the table is unreadable
    └─ tool table
    workflow cook  ✗ OrderError: the kitchen is closed
    └─ tool kitchen  ✗ OrderError: the kitchen is closed
    tool divide  ✗ panic: attempt to divide by zero
    tool taste  ✗ too_salty: nobody can eat this
    task wait_for_a_table  ✗ cancelled
    ");
}

#[test]
fn interaction() {
    let run = Program::example("06_interaction").run();
    assert_snapshot!(run.tree, @r"
    interaction turn
    ├─ tool product
    └─ llm chat gpt-5.2
    interaction turn
    ├─ tool product
    └─ llm chat gpt-5.2
    ");
    assert_snapshot!(run.printed, @r#"
    We have kettles in three sizes.
    We have pots in three sizes.

    tool        product  user ben, conversation c-2, tags ["support"]
    tool        product  user ada, conversation c-1, tags ["support"]
    llm         write    user ada, conversation c-1, tags ["support"]
    interaction turn     user ada, conversation c-1, tags ["support"]
    llm         write    user ben, conversation c-2, tags ["support"]
    interaction turn     user ben, conversation c-2, tags ["support"]
    "#);
}

#[test]
fn manual_spans() {
    assert_snapshot!(Program::example("07_manual_spans").tree(), @r"
    workflow shipping day
    ├─ llm chat claude-sonnet-5  210 → 12 tokens
    ├─ task load
    │  ├─ tool weigh
    │  └─ tool weigh
    ├─ tool print a stamp  ✗ out_of_paper: the printer has no paper
    └─ task drive
    ");
}

#[test]
fn content_and_capture() {
    assert_snapshot!(Program::example("08_content_and_capture").run().printed, @r#"
    Content on:
    tool log_in {"name":"ada"} → true
    tool statement {"month":11} → 120
    tool compare {"first":{"owner":"Ada"},"second":"Account { owner: \"Ada\", pin: 1815 }","third":"3"} → true
    llm chat gpt-5.2 {"balance":120}  12 → 4 tokens  ✗ ParseIntError: invalid digit found in string

    Content off:
    tool log_in
    tool statement
    tool compare
    llm chat gpt-5.2  12 → 4 tokens  ✗ ParseIntError
    "#);
}

#[test]
fn exporters() {
    let run = Program::example("09_exporters").run();
    assert_snapshot!(run.tree, @r"
    workflow bake
    ├─ task stir
    ├─ task heat
    ├─ task stir
    └─ task heat
    ");
    assert_snapshot!(run.printed, @r"
    1 × bake
    2 × heat
    2 × stir
    a line of 5 spans
    ");
}

#[test]
fn testing() {
    assert_snapshot!(Program::example("10_testing").run().printed, @r#"
    agent refund {"order":"A-7","amount":80} → 50
    ├─ tool limit_of {"order":"A-7"} → 50
    └─ tool pay {"amount":50} → 50
    agent refund {"order":"B-7","amount":80}  ✗ String: no order B-7
    └─ tool limit_of {"order":"B-7"}  ✗ String: no order B-7
    "#);
}

#[test]
fn extractor() {
    assert_snapshot!(Program::example("11_extractor").tree(), @"
    llm chat pythia-3  ? → 5 tokens
    llm chat pythia-3  ✗ silence: ask something
    llm chat pythia-3  ? → 2 tokens
    ");
}
