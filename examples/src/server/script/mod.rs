//! What the scripted model says.
//!
//! Offered the tools of a librarian, it searches, asks for a section that it only guesses, reads the right one when
//! told that there is none, and quotes it. Offered no tool that it knows, it gives back what it was told.

mod scene;

use async_openai::types::chat::{ChatCompletionMessageToolCall, CreateChatCompletionRequest, FunctionCall};
use serde_json::{Value, json};

use self::scene::Scene;

const SEARCH: &str = "search_documents";
const READ: &str = "read_section";
const COUNT: &str = "count_words";

/// How many passages the model asks for.
const PASSAGES: u32 = 3;

/// One reply of the model.
#[derive(Debug)]
pub(super) enum Reply {
    /// It says something.
    Text(String),
    /// It asks for tools.
    Calls(Vec<ChatCompletionMessageToolCall>),
}

/// The model's reply to a request.
pub(super) fn play(request: &CreateChatCompletionRequest) -> Reply {
    let scene = Scene::read(request);
    if !scene.offers(SEARCH) || !scene.offers(READ) {
        return Reply::Text(repeat(scene.question));
    }
    let Some(hits) = scene.result(SEARCH) else {
        return calls(&scene, &[(SEARCH, json!({"query": scene.question, "limit": PASSAGES}))]);
    };
    let (Some(file), Some(heading)) = (text(hits, "/0/file"), text(hits, "/0/heading")) else {
        return Reply::Text("The documents say nothing of this.".into());
    };
    match scene.result(READ) {
        None => calls(&scene, &first_look(&scene, file)),
        Some(section) if text(section, "/text").is_some() => {
            Reply::Text(notes(&scene, section, file, heading))
        }
        Some(_) if scene.attempts(READ) == 1 => {
            calls(&scene, &[(READ, json!({"file": file, "heading": heading}))])
        }
        Some(_) => Reply::Text(format!("\"{heading}\" of {file} should tell, but it could not be read.")),
    }
}

/// Asks for a section by what the question says, without having seen the headings; models do.
fn first_look(scene: &Scene<'_>, file: &str) -> Vec<(&'static str, Value)> {
    let guess = scene.question.trim_end_matches('?');
    let mut wanted = vec![(READ, json!({"file": file, "heading": guess}))];
    if scene.offers(COUNT) {
        wanted.push((COUNT, json!({"file": file})));
    }
    wanted
}

fn notes(scene: &Scene<'_>, section: &Value, file: &str, heading: &str) -> String {
    let quoted = text(section, "/text").map(|text| quotation(text, scene.question)).unwrap_or_default();
    let quoted = quoted.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = scene.result(COUNT).and_then(|count| count.get("words")).and_then(Value::as_u64);
    let length = length.map(|words| format!(" ({words} words)")).unwrap_or_default();
    format!("{file}{length}, section \"{heading}\": {quoted}")
}

/// What was said after the first empty line, where a prompt keeps its material; else all of it.
fn repeat(told: &str) -> String {
    let material = told.split_once("\n\n").map_or(told, |(_, material)| material);
    format!("Here is what I know. {material}")
}

/// The paragraph that has most long words in common with the question; neither code nor a table.
fn quotation<'a>(text: &'a str, question: &str) -> &'a str {
    let asked: Vec<_> = long_words(question).collect();
    let shared = |paragraph: &&str| long_words(paragraph).filter(|word| asked.contains(word)).count();
    let is_prose = |paragraph: &&str| !paragraph.starts_with("```") && !paragraph.starts_with('|');
    // The last of the best is taken: from behind, the first one.
    text.rsplit("\n\n").map(str::trim).filter(is_prose).max_by_key(shared).unwrap_or_default()
}

fn long_words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| word.chars().count() > 3).map(str::to_lowercase)
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

/// Calls of tools, with ids that no earlier call of the conversation has.
fn calls(scene: &Scene<'_>, wanted: &[(&str, Value)]) -> Reply {
    let call = |(number, (name, arguments)): (usize, &(&str, Value))| ChatCompletionMessageToolCall {
        id: format!("call_{number}"),
        function: FunctionCall { name: (*name).to_owned(), arguments: arguments.to_string() },
    };
    Reply::Calls((scene.calls() + 1..).zip(wanted).map(call).collect())
}
