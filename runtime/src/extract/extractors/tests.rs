//! Nobody is left out who would have known a body: on all bodies, however their keys are spelled.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use super::Extractors;
use crate::wire::{Field, Tape};

/// The bodies of `tests/bodies`, requests and responses alike.
fn bodies() -> Vec<Json> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/bodies");
    let mut bodies = Vec::new();
    for provider in fs::read_dir(folder).expect("the folder of bodies") {
        for file in fs::read_dir(provider.expect("an entry").path()).expect("a provider's folder") {
            let text = fs::read(file.expect("an entry").path()).expect("a readable file");
            let exchange: Json = serde_json::from_slice(&text).expect("JSON");
            bodies.extend(exchange.as_object().into_iter().flatten().map(|(_, body)| body.clone()));
        }
    }
    assert!(bodies.len() > 200, "there are {} bodies only", bodies.len());
    bodies
}

/// The body with all of its keys spelled otherwise.
fn spelled(body: &Json, spell: fn(&str) -> String) -> Json {
    match body {
        Json::Object(pairs) => pairs.iter().map(|(key, body)| (spell(key), spelled(body, spell))).collect(),
        Json::Array(list) => list.iter().map(|body| spelled(body, spell)).collect(),
        other => other.clone(),
    }
}

fn camel(key: &str) -> String {
    let mut words = key.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    first + &words.map(pascal).collect::<String>()
}

fn pascal(key: &str) -> String {
    let word = |word: &str| word.get(..1).map(|first| first.to_uppercase() + &word[1..]).unwrap_or_default();
    key.split('_').map(word).collect()
}

fn snake(key: &str) -> String {
    key.chars()
        .flat_map(|c| c.is_ascii_uppercase().then_some('_').into_iter().chain([c.to_ascii_lowercase()]))
        .collect()
}

#[test]
fn nobody_is_left_out_who_knows_a_body() {
    let extractors = Extractors::new(Vec::new());
    let spellings: [fn(&str) -> String; 6] =
        [str::to_owned, camel, pascal, snake, str::to_lowercase, str::to_uppercase];
    for body in bodies() {
        for spell in spellings {
            let json = spelled(&body, spell).to_string();
            let Some(tape) = Tape::from_json(&json) else { continue };
            let value = tape.get(Field::Output).expect("a value");
            let request = extractors.0.iter().find_map(|asked| asked.extractor.request(&value));
            assert_eq!(extractors.request(&value), request, "{json}");
            let response = extractors.0.iter().find_map(|asked| asked.extractor.response(&value));
            assert_eq!(extractors.response(&value), response, "{json}");
        }
    }
}
