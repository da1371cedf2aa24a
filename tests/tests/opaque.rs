//! Functions that return `impl Trait` other than a future, a stream or an iterator.

use std::fmt::{Debug, Display};

use recount_tests::recorded;

/// A closure keeps all the traits that the signature promises.
#[test]
fn closures() {
    #[recount::tool]
    fn adder(by: u8) -> impl Fn(u8) -> u8 + Send + Sync + Copy + 'static {
        move |value| value + by
    }

    #[recount::tool]
    fn prefixed(prefix: &str) -> impl Fn(&str) -> String + '_ {
        move |text| format!("{prefix}{text}")
    }

    let (values, tree) = recorded(|| {
        let add = adder(1);
        let copy = add;
        let on_a_thread = std::thread::spawn(move || copy(1)).join().ok();
        (add(2), on_a_thread, prefixed("<")("b"))
    });
    assert_eq!(values, (3, Some(2), "<b".to_owned()));
    insta::assert_snapshot!(tree, @r#"
    tool adder {"by":1}
    tool prefixed {"prefix":"<"}
    "#);
}

/// Inside `Result`, `Option`, a tuple, a box and an array.
#[test]
fn opaque_types_within_others() {
    #[recount::task]
    fn in_a_result(text: &str) -> Result<impl Display + use<>, impl Debug + use<>> {
        text.parse::<u8>()
    }

    #[recount::task(output = |value| value.1.is_some())]
    fn in_a_tuple(text: &str) -> (impl Display, Option<impl Iterator<Item = char>>) {
        (text.len(), Some(text.chars()))
    }

    #[recount::task]
    fn in_an_array() -> [impl Display + Copy; 2] {
        [1, 2]
    }

    #[recount::task]
    fn in_a_box() -> Box<impl Display> {
        Box::new('c')
    }

    let ((), tree) = recorded(|| {
        assert_eq!(in_a_result("7").map(|value| value.to_string()).ok().as_deref(), Some("7"));
        assert!(in_a_result("x").is_err());
        let (length, chars) = in_a_tuple("ab");
        assert_eq!(length.to_string(), "2");
        assert_eq!(chars.into_iter().flatten().count(), 2);
        assert_eq!(in_an_array().map(|item| item.to_string()), ["1", "2"]);
        assert_eq!(in_a_box().to_string(), "c");
    });
    insta::assert_snapshot!(tree, @r#"
    task in_a_result {"text":"7"} → 7
    task in_a_result {"text":"x"}  ✗ ParseIntError: invalid digit found in string
    task in_a_tuple {"text":"ab"} → true
    task in_an_array → [1,2]
    task in_a_box → "c"
    "#);
}

/// Lifetimes that are captured, all of them or those of `use<..>`, and auto traits that leak.
#[test]
fn lifetimes_and_auto_traits() {
    #[recount::task(skip_output)]
    fn shown<'a, T: Display>(value: &'a T, _other: &str) -> impl Display + use<'a, T> {
        struct Shown<'a, T>(&'a T);

        impl<T: Display> Display for Shown<'_, T> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "<{}>", self.0)
            }
        }

        Shown(value)
    }

    #[recount::task]
    fn leaks() -> impl Sized {
        7_u8
    }

    fn is_send_and_unpin(_: &(impl Send + Sync + Unpin)) {}

    let (text, tree) = recorded(|| {
        is_send_and_unpin(&leaks());
        let value = 5;
        let shown = {
            let other = String::from("dropped first");
            shown(&value, &other)
        };
        shown.to_string()
    });
    assert_eq!(text, "<5>");
    insta::assert_snapshot!(tree, @r#"
    task leaks → 7
    task shown {"value":"&i32"}
    "#);
}
