//! The agent as a whole: what it answers, the tree it leaves, and what it sends and where.

use examples::server::ScriptedServer;
use insta::assert_snapshot;

use crate::program::Program;
use crate::receiver::Receiver;

const QUESTION: &str = "What about a scaled sensor?";

/// The agent at work in a library of two short documents.
pub(crate) fn agent() -> Program {
    Program::example("agent").arguments(&["--documents", "tests", QUESTION])
}

#[test]
fn an_answer_and_its_tree() {
    let run = agent().run();
    assert_snapshot!(run.printed, @r#"Here is what I know. documents/kettle.md (64 words), section "Faults": A kettle that switches off before the water boils has a scaled sensor: descale it."#);
    assert_snapshot!(run.tree, @r#"
    interaction turn
    └─ workflow answer_question
       ├─ task read_documents
       ├─ agent librarian
       │  ├─ llm chat scripted  283 → 32 tokens
       │  ├─ tool search_documents
       │  │  └─ retrieval documents
       │  ├─ llm chat scripted  491 → 61 tokens
       │  ├─ tool read_section  ✗ ToolError: documents/kettle.md has no section "What about a scaled sensor", only The kettle, Descaling, Faults
       │  ├─ tool count_words
       │  ├─ llm chat scripted  630 → 31 tokens
       │  ├─ tool read_section
       │  └─ llm chat scripted  717 → 34 tokens
       └─ task compose
          └─ llm chat scripted  95 → 40 tokens
    "#);
}

#[test]
fn a_question_that_the_documents_do_not_answer() {
    let run = Program::example("agent").arguments(&["--documents", "tests", "Wombats?"]).run();
    assert_snapshot!(run.printed, @"Here is what I know. The documents say nothing of this.");
    assert_snapshot!(run.tree, @r"
    interaction turn
    └─ workflow answer_question
       ├─ task read_documents
       ├─ agent librarian
       │  ├─ llm chat scripted  278 → 27 tokens
       │  ├─ tool search_documents
       │  │  └─ retrieval documents
       │  └─ llm chat scripted  332 → 9 tokens
       └─ task compose
          └─ llm chat scripted  66 → 15 tokens
    ");
}

#[test]
fn without_documents_nobody_is_asked() {
    let run = Program::example("agent").arguments(&["--documents", "src/server"]).fail();
    assert!(run.complaint.contains("no Markdown file"), "{}", run.complaint);
    assert_snapshot!(run.tree, @r"
    interaction turn  ✗ no Markdown file (*.md) in src/server or directly below it
    └─ workflow answer_question  ✗ no Markdown file (*.md) in src/server or directly below it
       └─ task read_documents  ✗ ReadError: no Markdown file (*.md) in src/server or directly below it
    ");
}

#[test]
fn a_wrong_option_is_named() {
    let run = Program::example("agent").arguments(&["--documnets", "x"]).fail();
    assert!(run.complaint.contains("--documnets"), "{}", run.complaint);
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_are_shipped_to_the_endpoint_of_the_environment() {
    let receiver = Receiver::start().await;
    let program = agent().variable("OTEL_EXPORTER_OTLP_ENDPOINT", &receiver.url());
    tokio::task::spawn_blocking(|| program.run()).await.unwrap();
    let names = receiver.span_names();
    assert_eq!(names.len(), 15, "{names:?}");
    assert!(names.iter().any(|name| name == "invoke_agent librarian"), "{names:?}");
}

#[test]
fn a_backend_that_is_away_costs_no_answer() {
    // Port 9 is that of the discard service, which nobody runs any more.
    let run = agent().variable("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9").run();
    assert!(run.printed.contains("kettle.md"), "{}", run.printed);
    assert!(run.complaint.contains("15"), "the lost spans are counted: {}", run.complaint);
    assert!(run.tree.contains("agent librarian"), "{}", run.tree);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_named_by_the_environment_is_asked() {
    let server = ScriptedServer::start().await.unwrap();
    let program = agent().variable("OPENAI_BASE_URL", &server.base_url()).variable("OPENAI_MODEL", "named");
    let run = tokio::task::spawn_blocking(|| program.run()).await.unwrap();
    assert!(run.complaint.starts_with(&format!("named at {}", server.base_url())), "{}", run.complaint);
    assert!(run.tree.contains("llm chat named"), "{}", run.tree);
}

#[test]
fn a_server_that_is_away_fails_every_span_above_the_call() {
    let run = agent().variable("OPENAI_BASE_URL", "http://127.0.0.1:9/v1").fail();
    assert_eq!(run.tree.lines().filter(|line| line.contains('✗')).count(), 4, "{}", run.tree);
}

#[test]
fn an_address_that_is_none_is_named() {
    for address in ["localhost", "localhost:11434/v1", "http://"] {
        let run = agent().variable("OPENAI_BASE_URL", address).fail();
        assert!(run.complaint.contains("no address of a server"), "{address}: {}", run.complaint);
    }
}
