use std::path::{Path, PathBuf};

use lexopt::prelude::*;

const USAGE: &str = "\
Asks a model about a directory of Markdown documents, and prints the trace.

Usage: agent [OPTIONS] [QUESTION]...

Options:
  --documents DIRECTORY  read these documents, not those of the recount repository
  --dump FILE            append the spans to FILE, as lines of OTLP/JSON
  --help                 print this";

const QUESTION: &str = "What happens to a span when its future is dropped?";

/// What the command line says.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) question: String,
    pub(crate) documents: PathBuf,
    pub(crate) dump: Option<PathBuf>,
}

impl Arguments {
    /// Reads the command line of this process. Ends it where help is asked for.
    pub(crate) fn parse() -> Result<Self, lexopt::Error> {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut arguments = Self { question: String::new(), documents: repository, dump: None };
        let mut words: Vec<String> = Vec::new();
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("documents") => arguments.documents = parser.value()?.into(),
                Long("dump") => arguments.dump = Some(parser.value()?.into()),
                Short('h') | Long("help") => {
                    println!("{USAGE}");
                    std::process::exit(0);
                }
                Value(word) => words.push(word.string()?),
                _ => return Err(argument.unexpected()),
            }
        }
        arguments.question = if words.is_empty() { QUESTION.to_owned() } else { words.join(" ") };
        Ok(arguments)
    }
}
