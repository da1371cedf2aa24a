//! The work that every variant does: data of the sizes that a call of a model and of a tool have, and functions
//! that take as good as no time, so that what is measured is the instrumentation.

use std::future::ready;
use std::sync::LazyLock;

use serde::Serialize;

/// The spans of one turn: the workflow, one call of the model, two of the tool.
pub const SPANS: usize = 4;

/// Turns after which the data repeats; in so many, 1 call of the tool in 20 fails.
pub const TURNS: usize = 10;

/// What is asked of the model: about 4 KB as JSON.
#[derive(Debug, Serialize)]
pub struct Request {
    /// The model that is asked.
    pub model: String,
    messages: Vec<Message>,
    temperature: f64,
    top_p: f64,
    max_tokens: u32,
    seed: u64,
    stop: Vec<String>,
    stream: bool,
    user: Option<String>,
}

/// One message of a conversation.
#[derive(Debug, Serialize)]
pub struct Message {
    role: &'static str,
    content: String,
}

/// What the model answers: about 1 KB as JSON.
#[derive(Debug, Serialize)]
pub struct Response {
    id: String,
    model: String,
    created: u64,
    choices: Vec<Choice>,
    usage: Usage,
}

#[derive(Debug, Serialize)]
struct Choice {
    index: u32,
    message: Message,
    finish_reason: &'static str,
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of the API")]
struct Usage {
    prompt_tokens: u64,
    completion_tokens: u64,
    total_tokens: u64,
}

/// What is asked of the tool: about 200 bytes as JSON.
#[derive(Debug, Serialize)]
pub struct Lookup {
    query: String,
    index: &'static str,
    filters: Vec<(&'static str, String)>,
    limit: u32,
    minimum_score: f64,
}

/// What the tool answers: about 500 bytes as JSON.
#[derive(Debug, Serialize)]
pub struct Found {
    hits: Vec<Hit>,
    total: u64,
    exact: bool,
}

#[derive(Debug, Serialize)]
struct Hit {
    id: u64,
    score: f64,
    text: String,
}

/// Why the tool failed.
#[derive(Debug, thiserror::Error)]
#[error("there is no index `{index}`")]
pub struct LookupError {
    index: &'static str,
}

/// One turn of a conversation.
#[derive(Debug)]
pub struct Turn {
    /// What the user asks.
    pub question: String,
    /// What the model wants to know before it answers.
    pub lookups: [Lookup; 2],
}

/// All the data; made once, before anything is measured.
#[derive(Debug)]
pub struct Work {
    /// What is asked of the model in every turn.
    pub request: Request,
    /// The turns, one after the other, and then again.
    pub turns: [Turn; TURNS],
    /// What the model answers in every turn.
    pub response: Response,
    found: Found,
}

/// The data.
#[must_use]
pub fn work() -> &'static Work {
    static WORK: LazyLock<Work> = LazyLock::new(Work::new);
    &WORK
}

/// The turn of this number.
#[must_use]
pub fn turn(number: usize) -> &'static Turn {
    &work().turns[number % TURNS]
}

/// Asks the model.
pub async fn complete(_request: &Request) -> &'static Response {
    ready(&work().response).await
}

/// Asks the tool.
///
/// # Errors
///
/// When there is no such index: in 1 of 20 calls.
pub async fn look_up(lookup: &Lookup) -> Result<&'static Found, LookupError> {
    ready(work().find(lookup)).await
}

impl Response {
    /// What the model said.
    #[must_use]
    pub fn text(&self) -> &str {
        self.choices.first().map_or("", |choice| &choice.message.content)
    }
}

const MISSING_INDEX: &str = "archive-2019";

/// Prose as prompts have it: a line break here, a quotation there.
const PROSE: &str = "A supplier who ships late owes the buyer a notice before the agreed day, and not after it.\n\
    \"Late\" means later than the date on the order form; where the form gives a week, it means its last day.\n\
    - A notice names the order, the new date and the reason.\n\
    - A buyer who does not answer within three days has accepted the new date.\n\n";

impl Work {
    fn new() -> Self {
        Self {
            request: Request {
                model: "gpt-5.2".to_owned(),
                messages: vec![
                    Message { role: "system", content: prose(600) },
                    Message { role: "user", content: prose(2_400) },
                    Message { role: "assistant", content: prose(800) },
                ],
                temperature: 0.2,
                top_p: 0.95,
                max_tokens: 1_024,
                seed: 20_261_120,
                stop: vec!["</answer>".to_owned()],
                stream: false,
                user: None,
            },
            turns: std::array::from_fn(Turn::new),
            response: Response {
                id: "chatcmpl-9f2b6c1d4e".to_owned(),
                model: "gpt-5.2-2026-06-18".to_owned(),
                created: 1_795_168_000,
                choices: vec![Choice {
                    index: 0,
                    message: Message { role: "assistant", content: prose(760) },
                    finish_reason: "stop",
                }],
                usage: Usage { prompt_tokens: 912, completion_tokens: 187, total_tokens: 1_099 },
            },
            found: Found {
                hits: (0..3).map(|id| Hit { id, score: 0.875, text: prose(120) }).collect(),
                total: 3,
                exact: true,
            },
        }
    }
}

impl Work {
    /// What the tool has for this question.
    ///
    /// # Errors
    ///
    /// When there is no such index: in 1 of 20 calls.
    pub fn find(&self, lookup: &Lookup) -> Result<&Found, LookupError> {
        if lookup.index == MISSING_INDEX { Err(LookupError { index: lookup.index }) } else { Ok(&self.found) }
    }
}

impl Turn {
    fn new(number: usize) -> Self {
        let lookup = |index| Lookup {
            query: format!("notice of late delivery, \"force majeure\", goods from abroad, clause {number}"),
            index,
            filters: vec![("language", "en".to_owned()), ("valid_on", "2026-11-20".to_owned())],
            limit: 10,
            minimum_score: 0.35,
        };
        let second = if number == TURNS - 1 { MISSING_INDEX } else { "contracts" };
        Self {
            question: format!("Our supplier is {number} days late. What do we have to do, and until when?"),
            lookups: [lookup("contracts"), lookup(second)],
        }
    }
}

fn prose(bytes: usize) -> String {
    PROSE.chars().cycle().take(bytes).collect()
}
