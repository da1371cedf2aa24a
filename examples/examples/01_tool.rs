//! A tool: one attribute on a function makes every call of it a span.
//!
//! The arguments are recorded by their names and the returned value as it is, both as JSON where the types can be
//! serialized and as `Debug` text where not. The function stays what it was: its signature, its errors and its speed
//! where nobody listens. Run it with `cargo run -p examples --example 01_tool`.

use std::error::Error;

use recount::tool;
use serde::Serialize;
use tracing_subscriber::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Unit {
    Celsius,
    Fahrenheit,
}

#[derive(Debug, Serialize)]
struct Day {
    date: String,
    high: f64,
}

/// Both ways of capture in one call: `city` and `days` and the result are serialized, `unit` has only `Debug`.
#[tool(description = "Forecasts the weather of a city.")]
fn forecast(city: &str, days: u32, unit: Unit) -> Vec<Day> {
    let high = |day: u32| {
        let celsius = f64::from(day % 3) + f64::from(city.chars().map(u32::from).sum::<u32>() % 25);
        match unit {
            Unit::Celsius => celsius,
            Unit::Fahrenheit => celsius * 1.8 + 32.0,
        }
    };
    (1..=days).map(|day| Day { date: format!("2026-11-{day:02}"), high: high(day) }).collect()
}

/// An async function is traced from its first poll to its end, over every `.await`.
#[tool]
async fn convert(amount: f64, to: &str) -> Result<f64, Box<dyn Error>> {
    tokio::task::yield_now().await;
    match to {
        "EUR" => Ok(amount * 0.92),
        "JPY" => Ok(amount * 155.0),
        _ => Err(format!("no rate for {to}").into()),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let recount = recount::builder().service_name("01_tool").console().build()?;
    tracing_subscriber::registry().with(recount.layer()).init();

    for unit in [Unit::Celsius, Unit::Fahrenheit] {
        for day in forecast("Lisbon", 2, unit) {
            println!("{}: {} ({unit:?})", day.date, day.high);
        }
    }
    println!("{:?}", convert(120.0, "EUR").await?);
    if let Err(error) = convert(120.0, "XYZ").await {
        println!("{error}");
    }

    recount.shutdown()?;
    Ok(())
}
