//! Content: which arguments and results are recorded, how, and how to record none.
//!
//! Left to itself, an attribute records all arguments but `self`. It can leave some out, take only some, choose how
//! each is written, and replace the result by a part of it. The content switch turns all of it off at once: the tree,
//! the durations, the tokens, the types of errors and the facts that an attribute names stay, nothing else that anybody
//! wrote. A `Recorder` prints the content here, for the console leaves it out. Run it with
//! `cargo run -p examples --example 08_content_and_capture`.

use recount::testing::Recorder;
use recount::{Usage, llm_span, tool};
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
struct Account {
    owner: String,
    #[serde(skip)]
    pin: u16,
}

#[derive(Serialize)]
struct Statement {
    lines: Vec<String>,
    total: i64,
}

/// `password` is never looked at.
#[tool(skip(password))]
fn log_in(name: &str, password: &str) -> bool {
    name.len() < password.len()
}

/// Only `month` is looked at; of the result, only the total. An expression of the arguments is an attribute.
#[tool(capture(month), fields(bank.owner = account.owner), output = |statement| statement.total)]
fn statement(account: &Account, month: u8, _language: &str) -> Statement {
    let lines = vec![format!("{month}: {:04}", account.pin)];
    Statement { total: 120, lines }
}

/// The same value in three ways: as JSON (and an error of the compiler were it impossible), as `Debug`, as `Display`.
#[tool(json(first), debug(second), display(third))]
fn compare(first: &Account, second: &Account, third: i64) -> bool {
    first.owner == second.owner && third > 0
}

#[llm_span(provider = "openai", model = "gpt-5.2")]
fn advise(balance: i64) -> Result<String, std::num::ParseIntError> {
    recount::current().set_usage(Usage::new(12, 4));
    "twelve".parse::<i64>().map(|number| format!("{balance} {number}"))
}

/// What the spans say goes through the recorder that is installed; what the functions return does not matter here.
fn work() {
    let account = Account { owner: "Ada".into(), pin: 1815 };
    log_in("ada", "a long password");
    statement(&account, 11, "en");
    compare(&account, &account, 3);
    let advice = advise(120);
    assert!(advice.is_err(), "the failure is part of the show");
}

fn main() {
    for content in [true, false] {
        let recorder = Recorder::with(recount::builder().capture_content(content));
        let _installed = recorder.install();
        work();
        println!("Content {}:\n{}", if content { "on" } else { "off" }, recorder.tree());
    }
}
