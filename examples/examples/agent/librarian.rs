//! The agent. One question is one [`turn`](Librarian::turn); what the attributes record of it is the tree that
//! `main` prints.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::pin::pin;

use anyhow::{Context, bail};
use async_openai::types::chat::{
    ChatCompletionMessageToolCalls, ChatCompletionRequestAssistantMessage, ChatCompletionRequestMessage,
    ChatCompletionRequestSystemMessage, ChatCompletionRequestUserMessage,
};
use examples::corpus::{Library, ReadError};
use futures::TryStreamExt;
use recount::{agent, interaction, task, workflow};

use crate::model::Model;
use crate::toolbox::Toolbox;

/// How often the model may ask for tools before the agent gives up.
const ROUNDS: usize = 8;

const RESEARCH: &str = "\
You prepare answers about a software project. Look the facts up in its documents with the tools; never answer from \
memory. Once you know enough, reply with notes: each fact with its file and section.";

const COMPOSE: &str = "\
Answer the question in a few plain sentences, from the notes below it alone. Name the file and section you rely on. \
If the notes do not answer it, say so.";

/// Answers questions from the documents of a directory.
pub(crate) struct Librarian {
    model: Model,
    documents: PathBuf,
}

impl Librarian {
    pub(crate) fn new(model: Model, documents: PathBuf) -> Self {
        Self { model, documents }
    }

    /// One question of one user, answered on standard output.
    #[interaction(user = user, conversation = conversation, skip(user, conversation))]
    pub(crate) async fn turn(
        &self,
        user: &str,
        conversation: &str,
        question: &str,
    ) -> anyhow::Result<String> {
        self.answer_question(question).await
    }

    #[workflow]
    async fn answer_question(&self, question: &str) -> anyhow::Result<String> {
        let toolbox = read_documents(&self.documents)?;
        let notes = self.research(&toolbox, question).await?;
        self.compose(question, &notes).await
    }

    /// Lets the model use the tools until it asks for none.
    #[agent(name = "librarian", description = "Looks facts up in documents.", skip(toolbox))]
    async fn research(&self, toolbox: &Toolbox, question: &str) -> anyhow::Result<String> {
        let mut messages = opening(RESEARCH, question);
        for _ in 0..ROUNDS {
            let response = self.model.complete(&messages, Toolbox::definitions()).await?;
            let reply = response.choices.into_iter().next().context("a response without a choice")?.message;
            let calls = reply.tool_calls.unwrap_or_default();
            if calls.is_empty() {
                return reply.content.context("a response without text or tool calls");
            }
            messages.push(request_for_tools(reply.content, calls.clone()));
            messages.extend(calls.iter().map(|call| toolbox.call(call).into()));
        }
        bail!("no notes after {ROUNDS} rounds of tools")
    }

    /// Has the answer written from the notes, word by word as it comes.
    #[task]
    async fn compose(&self, question: &str, notes: &str) -> anyhow::Result<String> {
        let messages = opening(COMPOSE, &format!("{question}\n\n{notes}"));
        let mut words = pin!(self.model.stream(&messages).await?);
        let mut screen = std::io::stdout();
        let mut answer = String::new();
        while let Some(word) = words.try_next().await? {
            write!(screen, "{word}")?;
            screen.flush()?;
            answer.push_str(&word);
        }
        writeln!(screen)?;
        Ok(answer)
    }
}

/// Reads the documents and prepares the search over them; only their names are recorded.
#[task(skip(directory), output = |toolbox| toolbox.files())]
fn read_documents(directory: &Path) -> Result<Toolbox, ReadError> {
    Library::read(directory).map(Toolbox::new)
}

fn opening(instructions: &str, question: &str) -> Vec<ChatCompletionRequestMessage> {
    vec![
        ChatCompletionRequestSystemMessage::from(instructions).into(),
        ChatCompletionRequestUserMessage::from(question).into(),
    ]
}

/// The model's own message, given back to it together with the results.
fn request_for_tools(
    content: Option<String>,
    calls: Vec<ChatCompletionMessageToolCalls>,
) -> ChatCompletionRequestMessage {
    let content = content.map(Into::into);
    let message = ChatCompletionRequestAssistantMessage {
        content,
        tool_calls: Some(calls),
        ..ChatCompletionRequestAssistantMessage::default()
    };
    message.into()
}
