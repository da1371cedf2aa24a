use std::collections::BTreeMap;
use std::fmt;

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};
use serde_json::{Value as Json, json};

use super::{Limits, Slot};
use crate::wire::{Field, Tape};

const CAP: usize = 1024;

fn capture<T: Serialize + ?Sized>(value: &T) -> Json {
    let mut tape = Tape::default();
    Slot::on(&mut tape, Limits::value(CAP), Field::Output, None).serialize(value);
    assert!(tape.len() <= CAP + Limits::TAIL + 64, "{} bytes for a cap of {CAP}", tape.len());
    let entry = tape.get(Field::Output).expect("one readable entry");
    serde_json::from_str(&entry.to_json()).expect("valid JSON")
}

fn capture_debug<T: fmt::Debug + ?Sized>(value: &T) -> String {
    let mut tape = Tape::default();
    Slot::on(&mut tape, Limits::value(CAP), Field::Output, None).debug(value);
    assert!(tape.len() <= CAP + 64);
    match tape.get(Field::Output) {
        Some(crate::wire::tape::Value::Text(text)) => text.to_string(),
        other => panic!("{other:?} is no text"),
    }
}

#[derive(Serialize)]
enum Shape {
    Unit,
    Newtype(u8),
    Tuple(u8, i64),
    Struct { a: Option<bool>, b: char },
}

#[derive(Serialize)]
struct Everything<'a> {
    shapes: [Shape; 4],
    map: BTreeMap<i32, &'a str>,
    unit: (),
    tuple: (f32, f64),
    wide: (u128, i128),
    nested: Vec<Vec<&'a str>>,
    #[serde(flatten)]
    flat: BTreeMap<String, u64>,
}

#[test]
fn what_fits_is_the_same_json_as_serde_json_writes() {
    let value = Everything {
        shapes: [
            Shape::Unit,
            Shape::Newtype(1),
            Shape::Tuple(2, -3),
            Shape::Struct { a: None, b: '\u{1F980}' },
        ],
        map: BTreeMap::from([(-1, "minus"), (2, "\"quoted\"\n\0")]),
        unit: (),
        tuple: (0.1, 1e300),
        wide: (1, -1),
        nested: vec![vec![], vec!["", "é"]],
        flat: BTreeMap::from([("extra".to_owned(), u64::MAX)]),
    };
    let written = serde_json::to_string(&value).expect("plain data");
    assert_eq!(capture(&value), serde_json::from_str::<Json>(&written).expect("valid JSON"));
}

#[derive(Serialize)]
struct Response {
    content: String,
    choices: Vec<String>,
    model: &'static str,
    usage: BTreeMap<&'static str, u64>,
    finish_reason: Option<&'static str>,
}

#[test]
fn the_fields_behind_a_long_text_and_a_long_list_are_kept() {
    let response = Response {
        content: "x".repeat(100 * CAP),
        choices: vec!["y".repeat(500); 1000],
        model: "gpt-5.2",
        usage: BTreeMap::new(),
        finish_reason: Some("stop"),
    };
    let captured = capture(&response);
    assert_eq!(captured["model"], "gpt-5.2");
    assert_eq!(captured["finish_reason"], "stop");
    let content = captured["content"].as_str().expect("text");
    assert!(content.ends_with(" bytes]") && content.len() <= CAP + 64, "{content}");
    let choices = captured["choices"].as_array().expect("a list");
    assert!(choices[..4].iter().all(|choice| choice.as_str().is_some_and(|text| text.starts_with("yyy"))));
    assert_eq!(choices[4..], [json!("…[+996 more]")]);
}

#[test]
fn a_list_is_read_no_further_than_the_cap() {
    struct Endless;

    impl Serialize for Endless {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut seq = serializer.serialize_seq(None)?;
            loop {
                seq.serialize_element(&7)?;
            }
        }
    }

    let captured = capture(&Endless);
    let items = captured.as_array().expect("a list");
    assert_eq!(items.last(), Some(&json!("…")));
    assert!(items.len() > 100);
}

#[test]
fn a_text_is_cut_between_characters() {
    for shift in 0..4 {
        let text = format!("{}{}", "a".repeat(shift), "🦀".repeat(CAP));
        let captured = capture(&text);
        let kept = captured.as_str().and_then(|text| text.split('…').next()).expect("text");
        assert!(text.starts_with(kept) && kept.len() > CAP - 16);
    }
}

#[test]
fn of_a_body_the_end_is_kept() {
    #[derive(Serialize)]
    struct Wrapper<'a> {
        body: &'a str,
        status: u16,
    }

    let body = format!("{{\"content\": \"{}é\", \"usage\": 1}}", "é".repeat(10 * CAP));
    for shift in 0..2 {
        let body = format!("{}{body}", " ".repeat(shift));
        let captured = capture(&body);
        let (head, tail) = captured.as_str().and_then(|text| text.split_once(" bytes]")).expect("a cut");
        assert!(body.starts_with(head.split('…').next().expect("a head")), "{head}");
        assert!(body.ends_with(tail) && tail.len() > Limits::TAIL - 4, "{}", tail.len());
        let captured = capture(&Wrapper { body: &body, status: 200 });
        assert!(captured["body"].as_str().is_some_and(|text| text.ends_with("\"usage\": 1}")));
        assert_eq!(captured["status"], 200);
    }
    let captured = capture(&body.replace('{', "x"));
    assert!(captured.as_str().is_some_and(|text| text.ends_with(" bytes]")), "other texts have no end");
}

#[test]
fn nesting_without_end_is_cut() {
    struct Ring;

    impl Serialize for Ring {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut seq = serializer.serialize_seq(Some(1))?;
            seq.serialize_element(&Ring)?;
            seq.end()
        }
    }

    impl fmt::Debug for Ring {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_list().entry(&Ring).finish()
        }
    }

    assert!(capture(&Ring).is_array());
    assert!(capture_debug(&Ring).ends_with('…'));
}

#[test]
fn a_ring_without_containers_is_cut() {
    #[derive(Serialize)]
    struct Newtype(Option<RingOfNewtypes>);

    struct RingOfNewtypes;

    impl Serialize for RingOfNewtypes {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            Newtype(Some(Self)).serialize(serializer)
        }
    }

    assert_eq!(capture(&RingOfNewtypes), json!("…"));
    assert_eq!(capture(&(RingOfNewtypes, 1)), json!(["…", 1]));
}

struct Broken(&'static str);

impl Serialize for Broken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            "panics" => panic!("on purpose"),
            "fails late" => {
                let mut seq = serializer.serialize_seq(None)?;
                seq.serialize_element("one")?;
                Err(serde::ser::Error::custom("on purpose"))
            }
            _ => Err(serde::ser::Error::custom("on purpose")),
        }
    }
}

#[test]
fn a_value_that_cannot_be_read_leaves_its_type_and_nothing_else() {
    for way in ["panics", "fails", "fails late"] {
        let captured = capture(&Broken(way));
        assert!(captured.as_str().is_some_and(|text| text.ends_with("Broken")), "{way}: {captured}");
        assert!(capture(&("before", Broken(way), "after")).is_string(), "{way}");
    }
}

#[test]
fn a_key_that_is_no_text_fails_the_map() {
    let map = BTreeMap::from([((1, 2), 3)]);
    assert!(capture(&map).as_str().is_some_and(|name| name.contains("BTreeMap")));
}

#[test]
fn entries_that_follow_a_cut_are_read() {
    let mut tape = Tape::default();
    let limits = Limits::value(16);
    Slot::on(&mut tape, limits, Field::Argument, Some("a")).serialize(&vec![vec!["x".repeat(10); 10]; 10]);
    Slot::on(&mut tape, limits, Field::Argument, Some("b")).serialize(&2);
    let names: Vec<_> = tape.entries().map(|entry| entry.name).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(tape.entries().last().and_then(|entry| entry.value.as_u64()), Some(2));
}

#[test]
fn what_a_panic_carries_may_panic_when_it_is_dropped() {
    struct Grenade;

    impl Drop for Grenade {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }

    struct Thrower;

    impl Serialize for Thrower {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            std::panic::panic_any(Grenade)
        }
    }

    assert_eq!(capture(&Thrower), json!(std::any::type_name::<Thrower>()));
}
