//! How much is kept of a value: up to a cap, with an end to every depth and length.

#![allow(clippy::needless_pass_by_value, reason = "arguments are passed to be captured")]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::rc::Rc;

use recount::wire::Field;
use recount_tests::{argument, fact, records, records_with};
use serde::{Serialize, Serializer};

/// A list of a hundred million bytes is read up to the cap, not further.
#[test]
fn a_hundred_megabytes() {
    struct Counting<'a>(u8, &'a Cell<usize>);

    impl Serialize for Counting<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.1.set(self.1.get() + 1);
            serializer.serialize_u8(self.0)
        }
    }

    #[recount::tool]
    fn bytes(value: &[u8]) -> usize {
        value.len()
    }

    #[recount::tool]
    fn text(value: &str) -> String {
        value.to_owned()
    }

    #[recount::tool]
    fn counted(value: &[Counting<'_>]) -> usize {
        value.len()
    }

    let read = Cell::new(0);
    let many: Vec<_> = (0..1_000_000).map(|_| Counting(1, &read)).collect();
    let ((), spans) = records(|| {
        bytes(&vec![7; 100_000_000]);
        text(&"x".repeat(100_000_000));
        counted(&many);
    });
    assert!(spans.iter().all(|span| span.size() < 1024 * 1024), "the record stays small");
    assert!(read.get() < 300_000, "{} items were serialized", read.get());
    let list = argument(&spans[0], "value").unwrap_or_default();
    assert!(list.starts_with("[7,7") && list.ends_with(" more]\"]"), "{}", &list[list.len() - 40..]);
    let text = argument(&spans[1], "value").unwrap_or_default();
    assert!(text.ends_with(" bytes]\""), "{}", &text[text.len() - 40..]);
    assert!(serde_json::from_str::<serde_json::Value>(&list).is_ok());
}

/// The short fields behind a long one are kept.
#[test]
fn what_comes_behind_the_cap() {
    #[derive(Debug, Serialize)]
    struct Response {
        body: String,
        parts: Vec<String>,
        finish_reason: &'static str,
        usage: BTreeMap<&'static str, u32>,
    }

    #[recount::llm_span]
    fn complete(length: usize) -> Response {
        let (body, parts) = ("é".repeat(length), vec!["part".into(); length]);
        Response { body, parts, finish_reason: "stop", usage: BTreeMap::from([("input", 10), ("output", 2)]) }
    }

    let (_, spans) = records(|| complete(1_000_000));
    let output = fact(&spans[0], Field::Output).unwrap_or_default();
    let output: serde_json::Value = serde_json::from_str(&output).expect("JSON, though it was cut");
    assert_eq!(output["finish_reason"], "stop");
    assert_eq!(output["usage"], serde_json::json!({"input": 10, "output": 2}));
    assert!(output["body"].as_str().is_some_and(|body| body.starts_with('é')));
}

/// Values that contain themselves, and values that are nested without end, end.
#[test]
fn cycles_and_depth() {
    #[derive(Debug, Default)]
    struct Node {
        next: RefCell<Option<Rc<Node>>>,
    }

    struct Endless;

    impl Serialize for Endless {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq([Endless])
        }
    }

    struct EndlessText;

    impl Debug for EndlessText {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            loop {
                f.write_str("and on ")?;
            }
        }
    }

    struct EndlessList;

    impl Serialize for EndlessList {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(std::iter::repeat(1))
        }
    }

    #[derive(Clone, Debug, Serialize)]
    enum Deep {
        Leaf,
        Inner(Box<Deep>),
    }

    #[recount::tool]
    fn take(cycle: &Rc<Node>, endless: Endless, text: EndlessText, list: EndlessList, deep: &Deep) -> bool {
        let _ = (cycle, endless, text, list);
        matches!(deep, Deep::Leaf)
    }

    let cycle = Rc::new(Node::default());
    cycle.next.replace(Some(Rc::clone(&cycle)));
    let deep = (0..1000).fold(Deep::Leaf, |deep, _| Deep::Inner(Box::new(deep)));
    let (_, spans) = records(|| take(&cycle, Endless, EndlessText, EndlessList, &deep));
    cycle.next.replace(None);
    assert_eq!(spans.len(), 1);
    assert!(spans[0].size() < 4 * 1024 * 1024);
    for name in ["cycle", "endless", "text", "list", "deep"] {
        let json = argument(&spans[0], name).unwrap_or_default();
        assert!(!json.is_empty(), "{name}");
    }
}

/// A cap of the program's own.
#[test]
fn a_smaller_cap() {
    #[recount::tool]
    fn echo(value: &str) -> String {
        value.to_owned()
    }

    let builder = recount::builder().value_cap(1000);
    let (_, spans) = records_with(builder, || echo(&"y".repeat(10_000)));
    for json in
        [argument(&spans[0], "value").unwrap_or_default(), fact(&spans[0], Field::Output).unwrap_or_default()]
    {
        assert!(json.len() < 1500 && json.ends_with("[+9000 bytes]\""), "{json}");
    }
}

/// A name that somebody makes of a document is cut: it is copied to every span below.
#[test]
fn names_of_a_megabyte() {
    let long = "é".repeat(1 << 20);
    let ((), spans) = records(|| {
        recount::span::workflow(long.clone()).in_scope(|| {
            recount::span::tool("short").in_scope(|| ());
        });
    });
    let names: Vec<_> = spans.iter().map(|span| span.name.len()).collect();
    assert_eq!(names, ["short".len(), 1024 + "…".len()]);
    assert_eq!(spans[0].identity.workflow.as_deref(), Some(&*spans[1].name));
}

/// Spans within spans, far deeper than any program: each knows its parent, and none carries the names of all.
#[test]
fn spans_of_great_depth() {
    const DEPTH: usize = 2_000;

    #[recount::task]
    fn descend(left: usize) {
        if left > 1 {
            descend(left - 1);
        }
    }

    let run = || records(|| descend(DEPTH)).1;
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(run);
    let spans = thread.map(|thread| thread.join().expect("no panic")).expect("a thread");
    assert_eq!(spans.len(), DEPTH);
    assert!(spans.windows(2).all(|pair| pair[0].parent == Some(pair[1].span_id)));
    assert!(spans.iter().all(|span| span.identity.path.as_deref().is_none_or(|path| path.len() <= 1024)));
}
