//! A librarian: a whole agent, and the trace of it.
//!
//! It answers a question about this repository from the repository's own documents. It reads them, lets a model search
//! them with tools until it knows enough, and streams the answer; then the trace is printed as a tree, with the time
//! and the tokens of every step, and the mistakes the model made on its way. Every attribute of recount has its place
//! in it: [`librarian`] is the best file to read first.
//!
//! ```sh
//! cargo run -p examples --example agent
//! cargo run -p examples --example agent -- "Which types do the attributes leave unchanged?"
//! OPENAI_API_KEY=… OPENAI_MODEL=gpt-5.2 cargo run -p examples --example agent
//! OPENAI_BASE_URL=http://localhost:11434/v1 OPENAI_MODEL=qwen3 cargo run -p examples --example agent
//! OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 cargo run -p examples --example agent
//! ```
//!
//! Where no model is named, a scripted one answers on the loopback interface.

mod arguments;
mod librarian;
mod model;
mod toolbox;

use recount::export::JsonLines;
use tracing_subscriber::prelude::*;

use self::arguments::Arguments;
use self::librarian::Librarian;
use self::model::Model;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse()?;
    let mut builder = recount::builder().service_name("librarian").console();
    if let Some(path) = &arguments.dump {
        builder = builder.exporter(JsonLines::append(path)?);
    }
    let recount = builder.build()?;
    tracing_subscriber::registry().with(recount.layer()).init();

    let answered = answer(arguments).await;

    // A backend that is away costs its spans, not the answer.
    if let Err(error) = recount.shutdown() {
        eprintln!("recount: {error}");
    }
    answered
}

async fn answer(arguments: Arguments) -> anyhow::Result<()> {
    let model = Model::from_environment().await?;
    eprintln!("{} at {} answers: {}\n", model.name(), model.base_url(), arguments.question);
    let librarian = Librarian::new(model, arguments.documents);
    librarian.turn("ada", "reading-room", &arguments.question).await?;
    Ok(())
}
