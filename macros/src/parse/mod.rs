//! From tokens to syntax: the settings of the attribute, and the function below it.

mod args;
mod item;

pub(crate) use args::{Expression, Setting, Value, settings};
pub(crate) use item::{Function, function};
