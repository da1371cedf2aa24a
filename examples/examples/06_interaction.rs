//! An interaction: one turn of one user, and every span below it says whose it is.
//!
//! User, conversation, tags and properties are copied down the tree when a span opens, so that a backend finds all
//! model calls of one user or one conversation without looking at the spans above them. They follow the tree, not the
//! thread: two turns at the same time keep apart. Run it with `cargo run -p examples --example 06_interaction`.

use recount::export::InMemory;
use recount::{interaction, llm_span, tool};
use tracing_subscriber::prelude::*;

struct User {
    id: &'static str,
    plan: &'static str,
}

#[interaction(
    user = user.id,
    conversation = conversation,
    tags = ["support"],
    properties(plan = user.plan),
    skip(user, conversation)
)]
async fn turn(user: &User, conversation: &str, message: &str) -> String {
    let name = product(message).await;
    write(&name).await
}

#[tool]
async fn product(message: &str) -> String {
    tokio::task::yield_now().await;
    message.split(' ').next_back().unwrap_or_default().to_owned()
}

#[llm_span(provider = "openai", model = "gpt-5.2")]
async fn write(product: &str) -> String {
    tokio::task::yield_now().await;
    format!("We have {product} in three sizes.")
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), recount::Error> {
    // The spans are kept as well as printed, to be looked at below.
    let spans = InMemory::default();
    let recount =
        recount::builder().service_name("06_interaction").console().exporter(spans.clone()).build()?;
    tracing_subscriber::registry().with(recount.layer()).init();

    let (ada, ben) = (User { id: "ada", plan: "free" }, User { id: "ben", plan: "team" });
    let answers =
        tokio::join!(turn(&ada, "c-1", "Tell me about kettles"), turn(&ben, "c-2", "Do you sell pots"));
    println!("{}\n{}\n", answers.0, answers.1);

    recount.flush()?;
    for span in spans.records() {
        let identity = &span.identity;
        println!(
            "{:<11} {:<8} user {}, conversation {}, tags {:?}",
            span.kind,
            span.name,
            identity.user.as_deref().unwrap_or("?"),
            identity.conversation.as_deref().unwrap_or("?"),
            identity.tags,
        );
    }
    recount.shutdown()
}
