//! A workflow: annotated functions that call each other become a tree.
//!
//! `#[workflow]` is a whole job and `#[task]` one step of it; `#[agent]` is someone who decides what to do next, and
//! `#[retrieval]` a look-up in a data source. Which span is above which follows from who called whom, also across
//! `.await` and between futures that run at the same time. Run it with `cargo run -p examples --example 02_workflow`.

use recount::{agent, retrieval, task, tool, workflow};
use serde::Serialize;
use tracing_subscriber::prelude::*;

#[derive(Debug, Serialize)]
struct Recipe {
    id: &'static str,
    score: f64,
    content: &'static str,
}

#[workflow(version = 2)]
async fn plan_dinner(guests: u32, wish: &str) -> String {
    // Both at once; each keeps its own spans below the workflow.
    let (dish, table) = tokio::join!(choose_dish(wish), set_table(guests));
    format!("{dish}, {table}")
}

#[agent(name = "cook", description = "Chooses what to cook.")]
async fn choose_dish(wish: &str) -> String {
    let recipes = find_recipes(wish, 2);
    for recipe in &recipes {
        if in_stock(recipe.content).await {
            return recipe.id.to_owned();
        }
    }
    "bread".to_owned()
}

/// Documents with an `id` and a `score` arrive as documents in the backends that know them.
#[retrieval(data_source = "cookbook", query = wish, top_k = limit)]
fn find_recipes(wish: &str, limit: usize) -> Vec<Recipe> {
    let recipes = [
        Recipe { id: "leek soup", score: 0.5, content: "leek" },
        Recipe { id: "pea soup", score: 0.25, content: "peas" },
    ];
    recipes.into_iter().filter(|_| wish.contains("soup")).take(limit).collect()
}

#[tool]
async fn in_stock(ingredient: &str) -> bool {
    tokio::task::yield_now().await;
    ingredient == "peas"
}

#[task]
async fn set_table(guests: u32) -> String {
    tokio::task::yield_now().await;
    format!("a table for {guests}")
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), recount::Error> {
    let recount = recount::builder().service_name("02_workflow").console().build()?;
    tracing_subscriber::registry().with(recount.layer()).init();

    println!("{}", plan_dinner(4, "soup, if you can").await);

    recount.shutdown()
}
