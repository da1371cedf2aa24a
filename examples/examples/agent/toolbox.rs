//! The tools: three annotated functions, their descriptions for the model, and the way from one to the other.

use async_openai::types::chat::{
    ChatCompletionMessageToolCalls, ChatCompletionRequestToolMessage, ChatCompletionTool,
    ChatCompletionTools, FunctionObject,
};
use examples::corpus::{Document, Hit, Index, Library, Passage, Section};
use recount::{retrieval, span, tool};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

const SEARCH: &str = "Finds the passages of the documents that match a query best.";
const READ: &str = "Reads one section of a document, by its exact heading.";
const COUNT: &str = "Counts the words of a document.";

/// The words of one passage, about.
const PASSAGE: usize = 120;

/// The documents, and what a model may do with them.
pub(crate) struct Toolbox {
    library: Library,
    index: Index,
}

/// Why a tool did not do what the model asked for; the model reads it and may try again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ToolError {
    #[error("the call fits no tool")]
    Request(#[from] serde_json::Error),
    #[error("there is no document {file:?}, only {}", .files.join(", "))]
    NoSuchDocument { file: String, files: Vec<String> },
    #[error("{file} has no section {heading:?}, only {}", .headings.join(", "))]
    NoSuchSection { file: String, heading: String, headings: Vec<String> },
}

/// What a model can ask for.
#[derive(Deserialize)]
#[serde(tag = "tool", content = "arguments", rename_all = "snake_case")]
enum Request {
    SearchDocuments { query: String, limit: usize },
    ReadSection { file: String, heading: String },
    CountWords { file: String },
}

impl Request {
    fn parse(tool: &str, arguments: &str) -> serde_json::Result<Self> {
        let arguments: Value = serde_json::from_str(arguments)?;
        serde_json::from_value(json!({ "tool": tool, "arguments": arguments }))
    }
}

#[derive(Serialize)]
struct Count {
    words: usize,
}

impl Toolbox {
    pub(crate) fn new(library: Library) -> Self {
        let index = Index::new(Passage::cut(&library, PASSAGE));
        Self { library, index }
    }

    /// The names of the documents.
    pub(crate) fn files(&self) -> Vec<String> {
        self.library.documents.iter().map(|document| document.file.clone()).collect()
    }

    /// Does what the model asks for. A failure is an answer too.
    pub(crate) fn call(&self, call: &ChatCompletionMessageToolCalls) -> ChatCompletionRequestToolMessage {
        let (id, tool, arguments) = match call {
            ChatCompletionMessageToolCalls::Function(call) => {
                (&call.id, &call.function.name, &call.function.arguments)
            }
            ChatCompletionMessageToolCalls::Custom(call) => {
                (&call.id, &call.custom_tool.name, &call.custom_tool.input)
            }
        };
        let result = match Request::parse(tool, arguments) {
            Ok(request) => self.perform(id, request),
            Err(error) => Err(refuse(id, tool, arguments, error)),
        };
        let content = match result {
            Ok(value) => value,
            Err(error) => json!({ "error": format!("{:#}", anyhow::Error::new(error)) }),
        };
        ChatCompletionRequestToolMessage { content: content.to_string().into(), tool_call_id: id.clone() }
    }

    fn perform(&self, id: &str, request: Request) -> Result<Value, ToolError> {
        Ok(match request {
            Request::SearchDocuments { query, limit } => json!(self.search_documents(id, &query, limit)),
            Request::ReadSection { file, heading } => json!(self.read_section(id, &file, &heading)?),
            Request::CountWords { file } => json!(self.count_words(id, &file)?),
        })
    }

    #[tool(description = SEARCH, call_id = id, skip(id))]
    fn search_documents(&self, id: &str, query: &str, limit: usize) -> Vec<Hit> {
        self.retrieve(query, limit)
    }

    #[retrieval(data_source = "documents", query = query, top_k = limit)]
    fn retrieve(&self, query: &str, limit: usize) -> Vec<Hit> {
        self.index.search(query, limit)
    }

    #[tool(description = READ, call_id = id, skip(id))]
    fn read_section(&self, id: &str, file: &str, heading: &str) -> Result<&Section, ToolError> {
        let document = self.document(file)?;
        document.section(heading).ok_or_else(|| ToolError::NoSuchSection {
            file: file.to_owned(),
            heading: heading.to_owned(),
            headings: document.sections.iter().map(|section| section.heading.clone()).collect(),
        })
    }

    #[tool(description = COUNT, call_id = id, skip(id))]
    fn count_words(&self, id: &str, file: &str) -> Result<Count, ToolError> {
        Ok(Count { words: self.document(file)?.words() })
    }

    fn document(&self, file: &str) -> Result<&Document, ToolError> {
        self.library
            .document(file)
            .ok_or_else(|| ToolError::NoSuchDocument { file: file.to_owned(), files: self.files() })
    }

    /// What the model is told of the tools.
    pub(crate) fn definitions() -> Vec<ChatCompletionTools> {
        vec![
            definition("search_documents", SEARCH, &[("query", "string"), ("limit", "integer")]),
            definition("read_section", READ, &[("file", "string"), ("heading", "string")]),
            definition("count_words", COUNT, &[("file", "string")]),
        ]
    }
}

/// A call that reaches no tool leaves a span all the same, by hand.
fn refuse(id: &str, tool: &str, arguments: &str, error: serde_json::Error) -> ToolError {
    let error = ToolError::from(error);
    span::tool(tool.to_owned()).call_id(id).input(arguments).start().set_error(&error);
    error
}

/// The definition of a tool; its parameters are a name and a type of JSON schema each.
fn definition(name: &str, description: &str, parameters: &[(&str, &str)]) -> ChatCompletionTools {
    let names: Vec<_> = parameters.iter().map(|(name, _)| *name).collect();
    let properties: Map<_, _> =
        parameters.iter().map(|(name, kind)| ((*name).to_owned(), json!({ "type": kind }))).collect();
    let parameters = json!({
        "type": "object",
        "properties": properties,
        "required": names,
        "additionalProperties": false,
    });
    ChatCompletionTools::Function(ChatCompletionTool {
        function: FunctionObject {
            name: name.to_owned(),
            description: Some(description.to_owned()),
            parameters: Some(parameters),
            strict: Some(true),
        },
    })
}
