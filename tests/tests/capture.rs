//! What is kept of arguments and results, whatever their own code does.

#![allow(
    clippy::needless_pass_by_value,
    clippy::mutable_key_type,
    reason = "arguments are passed to be captured"
)]

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::fmt::{self, Debug};
use std::ops::Deref;
use std::rc::Rc;
use std::sync::{Arc, Mutex, RwLock};

use recount::wire::SpanRecord;
use recount_tests::{argument, facts, recorded, records};
use serde::{Serialize, Serializer};

/// The JSON of the argument `value` of the only span.
fn value_of(spans: &[SpanRecord]) -> String {
    assert_eq!(spans.len(), 1);
    argument(&spans[0], "value").unwrap_or_default()
}

/// Serializes, formats, both, neither: JSON, else `Debug` text, else the name of the type.
#[test]
fn four_corners() {
    #[derive(Debug, Serialize)]
    struct Both {
        id: u8,
    }
    #[derive(Serialize)]
    struct OnlySerialize {
        id: u8,
    }
    #[derive(Debug)]
    #[expect(dead_code)]
    struct OnlyDebug {
        id: u8,
    }
    struct Neither;

    #[recount::tool]
    fn corners(both: Both, serialize: OnlySerialize, debug: &OnlyDebug, neither: Neither) -> Option<Neither> {
        Some(neither).filter(|_| both.id == serialize.id && format!("{debug:?}").is_empty())
    }

    let (_, spans) =
        records(|| corners(Both { id: 1 }, OnlySerialize { id: 2 }, &OnlyDebug { id: 3 }, Neither));
    insta::assert_snapshot!(facts(&spans[0]), @r#"
    Argument both = {"id":1}
    Argument serialize = {"id":2}
    Argument debug = "OnlyDebug { id: 3 }"
    Argument neither = "capture::four_corners::Neither"
    Output = "core::option::Option<capture::four_corners::Neither>"
    "#);
}

/// Types of the standard library: structured where serde knows them, text otherwise.
#[test]
fn common_types() {
    #[recount::tool]
    #[expect(clippy::too_many_arguments)]
    fn all(
        text: &str,
        bytes: &[u8],
        option: Option<&String>,
        wide: u128,
        float: f32,
        map: BTreeMap<u8, char>,
        path: &std::path::Path,
        duration: std::time::Duration,
        object: &dyn Debug,
        error: Box<dyn std::error::Error>,
        cow: std::borrow::Cow<'_, str>,
        nested: Result<(), String>,
        function: fn(u8) -> u8,
    ) {
        let _ = (text, bytes, option, wide, float, map, path, duration, object, error, cow, nested, function);
    }

    let owned = String::from("owned");
    let ((), spans) = records(|| {
        all(
            "text",
            b"ab",
            Some(&owned),
            u128::MAX,
            0.1,
            BTreeMap::from([(1, 'a')]),
            "a/b".as_ref(),
            std::time::Duration::from_millis(1500),
            &Some(1),
            "an error".into(),
            "cow".into(),
            Err("inner".into()),
            |value| value,
        );
    });
    let told = facts(&spans[0]);
    let (stable, function) = told.split_once("Argument function = ").expect("a function pointer");
    assert!(function.starts_with("\"0x"), "{function}");
    insta::assert_snapshot!(stable, @r#"
    Argument text = "text"
    Argument bytes = [97,98]
    Argument option = "owned"
    Argument wide = 340282366920938463463374607431768211455
    Argument float = 0.1
    Argument map = {"1":"a"}
    Argument path = "a/b"
    Argument duration = {"secs":1,"nanos":500000000}
    Argument object = "Some(1)"
    Argument error = "\"an error\""
    Argument cow = "cow"
    Argument nested = {"Err":"inner"}
    "#);
}

/// A `Deref` of the user's is never followed: what it hides stays hidden.
#[test]
fn secrets_behind_deref() {
    struct Secret(String);

    impl Deref for Secret {
        type Target = String;
        fn deref(&self) -> &String {
            &self.0
        }
    }

    struct Redacted(String);

    impl Debug for Redacted {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("[redacted]")
        }
    }

    impl Deref for Redacted {
        type Target = String;
        fn deref(&self) -> &String {
            &self.0
        }
    }

    #[recount::tool]
    fn log_in(hidden: &Secret, redacted: Redacted) -> Option<Secret> {
        (hidden.len() == redacted.len()).then(|| Secret(redacted.0.clone()))
    }

    let (_, tree) = recorded(|| log_in(&Secret("hunter2".into()), Redacted("hunter3".into())));
    assert!(!tree.contains("hunter"), "{tree}");
    insta::assert_snapshot!(tree, @r#"tool log_in {"hidden":"&capture::secrets_behind_deref::Secret","redacted":"[redacted]"} → "core::option::Option<capture::secrets_behind_deref::Secret>""#);
}

/// Locks that the caller holds, by reference or in an `Arc`: no deadlock, no panic.
#[test]
fn locks_that_the_caller_holds() {
    #[recount::tool]
    fn locks(
        mutex: &Mutex<u8>,
        rwlock: &Arc<RwLock<u8>>,
        cell: &RefCell<u8>,
        rc: Rc<RefCell<u8>>,
        free: &Mutex<u8>,
    ) {
        let _ = (mutex, rwlock, cell, rc, free);
    }

    let mutex = Mutex::new(1);
    let rwlock = Arc::new(RwLock::new(2));
    let cell = RefCell::new(3);
    let rc = Rc::new(RefCell::new(4));
    let ((), spans) = records(|| {
        let _held = (mutex.lock(), rwlock.write(), cell.borrow_mut(), rc.borrow_mut());
        locks(&mutex, &rwlock, &cell, Rc::clone(&rc), &Mutex::new(5));
    });
    let told = |name| argument(&spans[0], name).unwrap_or_default();
    assert!(
        ["mutex", "rwlock"].into_iter().all(|name| told(name).contains("<locked>")),
        "{}",
        facts(&spans[0])
    );
    assert!(["cell", "rc"].into_iter().all(|name| told(name).contains("<borrowed>")), "{}", facts(&spans[0]));
    assert!(told("free").contains('5'));
}

/// A cell within a struct that serializes is borrowed where it can be, and no panic where it cannot.
#[test]
fn cells_within_structs() {
    #[derive(Debug, Serialize)]
    struct Holder {
        cell: RefCell<u8>,
        plain: Cell<u8>,
    }

    #[recount::tool]
    fn take(value: &Holder) {
        value.plain.set(2);
    }

    let holder = Holder { cell: RefCell::new(1), plain: Cell::new(1) };
    let ((), spans) = records(|| {
        holder.plain.set(1);
        take(&holder);
    });
    insta::assert_snapshot!(value_of(&spans), @r#"{"cell":1,"plain":1}"#);
    let ((), spans) = records(|| {
        let _held = holder.cell.borrow_mut();
        take(&holder);
    });
    assert!(value_of(&spans).contains("<borrowed>"), "{}", value_of(&spans));
}

/// `Serialize` that fails or panics gives way to `Debug`, and that to the name of the type.
#[test]
fn code_that_fails_or_panics() {
    enum Mode {
        Fail,
        Panic,
    }

    struct Serializes(Mode);

    impl Serialize for Serializes {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            match self.0 {
                Mode::Fail => Err(serde::ser::Error::custom("failed")),
                Mode::Panic => panic!("while serializing"),
            }
        }
    }

    struct Both(Serializes, Option<Mode>);

    impl Serialize for Both {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.0.serialize(serializer)
        }
    }

    impl Debug for Both {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            match self.1 {
                None => f.write_str("debugged"),
                Some(Mode::Fail) => Err(fmt::Error),
                Some(Mode::Panic) => panic!("while formatting"),
            }
        }
    }

    #[recount::tool]
    fn take<T: Serialize + Debug>(value: T) -> usize {
        size_of_val(&value)
    }

    #[recount::tool]
    fn take_serialize<T>(value: T) -> T
    where
        T: Serialize,
    {
        value
    }

    let ((), spans) = records(|| {
        take(Both(Serializes(Mode::Fail), None));
        take(Both(Serializes(Mode::Panic), None));
        take(Both(Serializes(Mode::Panic), Some(Mode::Fail)));
        take(Both(Serializes(Mode::Fail), Some(Mode::Panic)));
        take_serialize(Serializes(Mode::Panic));
    });
    assert_eq!(spans.len(), 5);
    let told: Vec<_> = spans.iter().filter_map(|span| argument(span, "value")).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    "debugged"
    "debugged"
    "capture::code_that_fails_or_panics::Both"
    "capture::code_that_fails_or_panics::Both"
    "capture::code_that_fails_or_panics::Serializes"
    "#);
}

/// What JSON cannot say: keys that are no text, numbers that are none, an empty map, a failing item in the
/// middle.
#[test]
fn values_that_json_cannot_say() {
    #[recount::tool]
    fn take<T: Serialize + Debug>(value: T) -> usize {
        size_of_val(&value)
    }

    let ((), spans) = records(|| {
        take(HashMap::from([((1, 2), "pair")]));
        take(BTreeMap::from([(Some(1), "one"), (None, "none")]));
        take((f64::NAN, f32::INFINITY, i128::MIN));
        take(BTreeMap::from([(1.5_f64.to_bits(), 1), (0, 2)]));
        take(vec![(1, RefCell::new(1))]);
    });
    let told: Vec<_> = spans.iter().filter_map(|span| argument(span, "value")).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    "{(1, 2): \"pair\"}"
    "{None: \"none\", Some(1): \"one\"}"
    [null,null,-170141183460469231731687303715884105728]
    {"0":2,"4609434218613702656":1}
    [[1,1]]
    "#);
}

/// A type that formats itself for one lifetime only can be left out.
#[test]
fn implementations_for_one_lifetime() {
    struct Tag<'a>(&'a str);

    impl Debug for Tag<'static> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    #[recount::tool(skip(tag), skip_output)]
    fn take<'a>(tag: Tag<'a>, value: u8) -> Tag<'a> {
        assert!(tag.0.len() > usize::from(value));
        tag
    }

    #[recount::tool]
    fn take_static(value: Tag<'static>) -> Tag<'static> {
        value
    }

    let ((), tree) = recorded(|| {
        let text = String::from("text");
        take(Tag(&text), 1);
        take_static(Tag("static"));
    });
    insta::assert_snapshot!(tree, @r#"
    tool take {"value":1}
    tool take_static {"value":"static"} → "static"
    "#);
}

/// What a captured value itself records while it is read is of no harm.
#[test]
fn values_that_record_while_they_are_read() {
    struct Calls;

    impl Serialize for Calls {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            recount::current().set_attribute("from", "serialize");
            serializer.serialize_u8(traced(1))
        }
    }

    #[recount::task]
    fn traced(value: u8) -> u8 {
        value
    }

    #[recount::tool]
    fn take(value: Calls) -> Calls {
        value
    }

    let (_, tree) = recorded(|| take(Calls));
    insta::assert_snapshot!(tree, @r#"
    task traced {"value":1} → 1
    tool take {"value":1} → 1
    task traced {"value":1} → 1
    "#);
}
