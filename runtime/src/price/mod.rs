//! What model calls cost: a dated table of prices, and the arithmetic.
//!
//! A call whose tokens are known has a cost where its model is in the table. Where the program said what the call cost
//! ([`set_cost`](crate::CurrentSpan::set_cost)), that counts; else what the provider said in its response; else the
//! table. The span says which one it was: `program`, `provider`, or the name and date of the table, such as
//! `table 2026-01-31`; just `table` for a price of [`PriceTable::with`].
//!
//! [`PriceTable::builtin`] is used unless the builder is given [another](crate::Builder::prices), an
//! [empty one](PriceTable::empty) switches prices off, and [`Recount::set_prices`](crate::Recount::set_prices) replaces
//! the table while the program runs:
//!
//! ```
//! use recount::price::PriceTable;
//!
//! # fn main() -> Result<(), recount::Error> {
//! let ours = PriceTable::from_json(
//!     r#"{"name": "contract", "providers": [{
//!         "providers": ["azure.ai.openai"],
//!         "date": "2026-01-31",
//!         "prices": [{"models": ["gpt-4o"], "input": 2.5, "cache_read": 1.25, "output": 10}]
//!     }]}"#,
//! )?;
//! let recount = recount::builder().prices(PriceTable::builtin().extend(ours)).build()?;
//! recount.set_prices(PriceTable::empty());
//! # Ok(())
//! # }
//! ```
//!
//! # What is sent
//!
//! | Attribute | |
//! |---|---|
//! | `llm.cost.total` | the cost, whoever said it, in US dollars |
//! | `llm.cost.prompt`, `llm.cost.completion` | its parts, by the table |
//! | `llm.cost.prompt_details.cache_read`, `llm.cost.prompt_details.cache_write` | parts of the prompt's, where the counts are known |
//! | `traceloop.association.properties.cost_source` | who said it |
//!
//! OpenTelemetry has no names for prices; these are OpenInference's, and a property for what nobody has a name for.
//!
//! # How it is reckoned
//!
//! In whole picodollars, and rounded once, to the `f64` of the attribute. Tokens from the cache and tokens that were
//! written to it have prices of their own; where the table has none, they cost what other input costs. Reasoning is
//! output. Where a model has other prices above some length of the input, these hold for all tokens of such a call.
//! What is not known is not counted as 0: a call that lacks a count, or has tokens that the table has no price for, has
//! no cost.
//!
//! A table knows only regular prices. A call that the provider says was served in another tier (`flex`, `priority`,
//! `batch`) has no cost. Tokens of audio and images count as text; surcharges for a region or a faster mode, the storage
//! of caches, and tools that run at the provider are left out, except for searches that the response counts; and what
//! is written to Anthropic's cache counts as kept for five minutes.
//!
//! # Names
//!
//! A name in the table stands for the model and its editions: `gpt-4o-mini` for `gpt-4o-mini-2024-07-18`,
//! `claude-haiku-4-5` for `claude-haiku-4-5@20251001`, `gemini-2.0-flash` for `gemini-2.0-flash-001`,
//! `us.anthropic.claude-sonnet-4-5` for `us.anthropic.claude-sonnet-4-5-20250929-v1:0`. It stands for nothing else:
//! `gpt-4o` is not the price of `gpt-4o-mini` or `gpt-4o-audio-preview`. The most particular name counts. Upper and
//! lower case are the same.
//!
//! Prices belong to providers. The same model costs something else elsewhere, so a call whose provider is not known, or
//! is not in the table, has no cost, unless the table has a price for any provider. A path in front of the name is left out where the provider's list has it among
//! its `prefixes`: `openai/gpt-4o`, `models/gemini-2.5-pro`.
//!
//! The model that answered is looked up; the one that was asked for, where the answer does not say, or where it says
//! the same in fewer words.
//!
//! # The built-in table
//!
//! It has the models of `OpenAI`, Anthropic, Gemini, Amazon Bedrock, Mistral, Cohere, Groq, `DeepSeek` and xAI whose
//! prices were found in published lists by the date of ours, most of them in two that agree. Models in doubt are left
//! out, and so are Azure and Vertex AI, where the price depends on what the response does not tell. Names that stand
//! for another model every few months, such as `mistral-large-latest`, are left out too. Add what you pay.
//!
//! # Format
//!
//! [`PriceTable::from_json`] reads one object: `name` and `providers`, a list of
//!
//! | Key | Value |
//! |---|---|
//! | `providers` | names, as in `gen_ai.provider.name`; none: any provider |
//! | `prefixes` | what may stand in front of the names of the models |
//! | `date`, `source` | when the prices were looked up, and where |
//! | `prices` | a list of prices |
//!
//! and a price is
//!
//! | Key | Value |
//! |---|---|
//! | `models` | names |
//! | `input`, `cache_read`, `cache_write`, `output` | US dollars for a million tokens |
//! | `above` | a list of other prices for calls with more input than `input_tokens` |
//! | `search` | US dollars for a thousand searches |
//! | `request` | US dollars for a thousand calls, besides their tokens |
//!
//! Keys that are not in these tables are an error, and so is a price that is negative.

mod amount;
mod cost;
mod current;
mod json;
mod model;
mod model_price;
mod rates;
mod table;

pub(crate) use cost::Cost;
pub(crate) use current::CurrentPrices;
pub use model_price::Price;
pub use table::PriceTable;
