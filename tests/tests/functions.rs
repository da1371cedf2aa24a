//! Synchronous functions: control flow, types that only the signature fixes, and where functions can stand.

use std::fmt;

use recount_tests::{recorded, records};

/// Returns from within labelled loops end the function, and the span, there.
#[test]
fn early_returns_from_loops() {
    #[recount::tool]
    fn position(rows: &[Vec<u8>], wanted: u8) -> Option<(usize, usize)> {
        'rows: for (row, cells) in rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                if *cell == 0 {
                    continue 'rows;
                }
                if *cell == wanted {
                    return Some((row, column));
                }
            }
        }
        'found: {
            if wanted == 255 {
                break 'found Some((usize::MAX, 0));
            }
            None
        }
    }

    let (found, tree) = recorded(|| {
        let rows = [vec![1, 0, 3], vec![2, 3]];
        (position(&rows, 3), position(&rows, 255), position(&rows, 9))
    });
    assert_eq!(found, (Some((1, 1)), Some((usize::MAX, 0)), None));
    insta::assert_snapshot!(tree, @r#"
    tool position {"rows":[[1,0,3],[2,3]],"wanted":3} → [1,1]
    tool position {"rows":[[1,0,3],[2,3]],"wanted":255} → [18446744073709551615,0]
    tool position {"rows":[[1,0,3],[2,3]],"wanted":9}
    "#);
}

/// `?` converts to the error type of the signature, also where nothing else names it.
#[test]
fn question_mark_converts_by_the_signature() {
    #[derive(Debug, PartialEq)]
    struct Wrapped(String);

    impl From<std::num::ParseIntError> for Wrapped {
        fn from(error: std::num::ParseIntError) -> Self {
            Self(error.to_string())
        }
    }

    #[recount::task]
    fn sum(numbers: &str) -> Result<i32, Wrapped> {
        let mut total = 0;
        for number in numbers.split(',') {
            total += number.parse::<i32>()?;
        }
        Ok(total)
    }

    #[recount::task]
    fn first(numbers: &[u8]) -> Option<u8> {
        let (head, tail) = numbers.split_first()?;
        (*tail.first()? > *head).then_some(*head)
    }

    let (results, tree) = recorded(|| (sum("1,2,3"), sum("1,x"), first(&[1, 2]), first(&[])));
    assert_eq!(results.0, Ok(6));
    assert_eq!(results.1, Err(Wrapped("invalid digit found in string".into())));
    assert_eq!((results.2, results.3), (Some(1), None));
    insta::assert_snapshot!(tree, @r#"
    task sum {"numbers":"1,2,3"} → 6
    task sum {"numbers":"1,x"}  ✗ Wrapped: Wrapped("invalid digit found in string")
    task first {"numbers":[1,2]} → 1
    task first {"numbers":[]}
    "#);
}

/// Unit, written and not written, with an empty body and with a statement at the end.
#[test]
fn functions_that_return_nothing() {
    #[recount::task]
    fn empty() {}

    #[recount::task]
    fn written() -> () {}

    #[recount::task]
    fn push(list: &mut Vec<u8>, value: u8) {
        if value == 0 {
            return;
        }
        list.push(value);
    }

    let (list, tree) = recorded(|| {
        let mut list = Vec::new();
        empty();
        written();
        push(&mut list, 0);
        push(&mut list, 1);
        list
    });
    assert_eq!(list, [1]);
    insta::assert_snapshot!(tree, @r#"
    task empty
    task written
    task push {"list":[],"value":0}
    task push {"list":[],"value":1}
    "#);
}

/// A closure or a struct in a box becomes the trait object that the signature says, within `Ok` and across
/// branches.
#[test]
fn values_are_coerced_by_the_declared_type() {
    type Job = Box<dyn FnOnce(u8) -> u8 + Send + Sync>;

    #[recount::tool]
    fn job(add: u8) -> Result<Job, fmt::Error> {
        if add == 0 {
            return Err(fmt::Error);
        }
        Ok(Box::new(move |value| value + add))
    }

    #[recount::tool]
    fn shown(number: bool) -> Box<dyn fmt::Display> {
        if number { Box::new(1) } else { Box::new("one") }
    }

    #[recount::tool(skip_output)]
    fn function(double: bool) -> fn(u8) -> u8 {
        if double { |value| value * 2 } else { |value| value }
    }

    #[recount::tool]
    fn slice(long: bool) -> &'static [u8] {
        if long { &[1, 2, 3] } else { &[1] }
    }

    let (values, tree) = recorded(|| {
        let job = job(1).map(|job| job(2));
        (job, shown(true).to_string(), shown(false).to_string(), function(true)(4), slice(true).len())
    });
    assert_eq!(values, (Ok(3), "1".into(), "one".into(), 8, 3));
    insta::assert_snapshot!(tree, @r#"
    tool job {"add":1} → "alloc::boxed::Box<dyn core::ops::function::FnOnce(u8) -> u8 + core::marker::Send + core::marker::Sync>"
    tool shown {"number":true} → "alloc::boxed::Box<dyn core::fmt::Display>"
    tool shown {"number":false} → "alloc::boxed::Box<dyn core::fmt::Display>"
    tool function {"double":true}
    tool slice {"long":true} → [1,2,3]
    "#);
}

/// Integer literals, `Default` and `collect` get their types from the signature.
#[test]
fn values_are_inferred_by_the_declared_type() {
    #[recount::task]
    fn wide() -> u64 {
        1 << 40
    }

    #[recount::task]
    fn collected(text: &str) -> Result<Vec<u8>, std::num::ParseIntError> {
        text.split(' ').map(str::parse).collect()
    }

    #[recount::task]
    fn default<T: Default>() -> (T, Option<T>) {
        (Default::default(), None)
    }

    let (values, tree) = recorded(|| (wide(), collected("1 2"), default::<u8>()));
    assert_eq!(values, (1_099_511_627_776, Ok(vec![1, 2]), (0, None)));
    insta::assert_snapshot!(tree, @r#"
    task wide → 1099511627776
    task collected {"text":"1 2"} → [1,2]
    task default → "(u8, core::option::Option<u8>)"
    "#);
}

/// Arguments that are mutable, shadowed, moved and lent out of the function again.
#[test]
fn arguments_are_the_functions_own() {
    #[recount::tool]
    fn grow(mut list: Vec<u8>, mut by: u8) -> Vec<u8> {
        while by > 0 {
            list.push(by);
            by -= 1;
        }
        let by = list.len();
        let list = { list };
        assert_eq!(by, list.len());
        list
    }

    #[recount::tool]
    fn first(list: &mut Vec<u8>) -> &mut u8 {
        list.push(0);
        &mut list[0]
    }

    #[recount::tool]
    fn longest<'a>(left: &'a str, right: &'a str, _reason: &str) -> &'a str {
        if left.len() >= right.len() { left } else { right }
    }

    let (values, tree) = recorded(|| {
        let mut list = grow(vec![9], 2);
        *first(&mut list) = 8;
        (list, longest("ab", "c", "why"))
    });
    assert_eq!(values, (vec![8, 2, 1, 0], "ab"));
    insta::assert_snapshot!(tree, @r#"
    tool grow {"list":[9],"by":2} → [9,2,1]
    tool first {"list":[9,2,1]} → 9
    tool longest {"left":"ab","right":"c"} → "ab"
    "#);
}

/// A recursive function nests its spans.
#[test]
fn recursion() {
    #[recount::task]
    fn factorial(n: u64) -> u64 {
        if n == 0 { 1 } else { n * factorial(n - 1) }
    }

    let (value, tree) = recorded(|| factorial(3));
    assert_eq!(value, 6);
    insta::assert_snapshot!(tree, @r#"
    task factorial {"n":3} → 6
    └─ task factorial {"n":2} → 2
       └─ task factorial {"n":1} → 1
          └─ task factorial {"n":0} → 1
    "#);
}

/// Deep recursion stays on the stack that a thread has, and what is inherited down the tree stays small.
#[test]
fn deep_recursion() {
    #[recount::task]
    fn descend(depth: usize) -> usize {
        if depth == 0 { 0 } else { 1 + descend(depth - 1) }
    }

    let (depth, spans) = records(|| descend(1000));
    assert_eq!((depth, spans.len()), (1000, 1001));
    let longest = spans.iter().filter_map(|span| span.identity.path.as_ref()).map(|path| path.len()).max();
    assert!(longest.is_some_and(|length| length <= 1024), "a path of {longest:?} bytes");
}

mod place {
    #[recount::task]
    pub(super) fn visible_above() -> u8 {
        within::visible_in_place()
    }

    mod within {
        #[recount::task]
        pub(in crate::place) fn visible_in_place() -> u8 {
            struct Local;

            impl Local {
                const VALUE: u8 = {
                    const fn seven() -> u8 {
                        7
                    }
                    seven()
                };

                #[recount::task]
                fn method_of_a_local_type(&self) -> u8 {
                    Self::VALUE
                }
            }

            Local.method_of_a_local_type()
        }
    }
}

/// Functions of any visibility, in modules, blocks, closures and impls of local types.
#[test]
fn places_of_definition() {
    let (value, tree) = recorded(|| {
        let in_a_closure = || {
            #[recount::task]
            fn defined_in_a_closure() -> u8 {
                1
            }
            defined_in_a_closure()
        };
        place::visible_above() + in_a_closure()
    });
    assert_eq!(value, 8);
    insta::assert_snapshot!(tree, @"
    task visible_above → 7
    └─ task visible_in_place → 7
       └─ task method_of_a_local_type → 7
    task defined_in_a_closure → 1
    ");
}

/// The annotated function is still a function: it has an address, and is a value of its function type.
#[test]
fn functions_as_values() {
    #[recount::tool]
    extern "C" fn twice(value: u8) -> u8 {
        value * 2
    }

    #[recount::tool]
    fn upper(text: &str) -> String {
        text.to_uppercase()
    }

    let (values, tree) = recorded(|| {
        let pointer: extern "C" fn(u8) -> u8 = twice;
        let for_any_lifetime: for<'a> fn(&'a str) -> String = upper;
        (pointer(4), ["a", "b"].map(upper), for_any_lifetime("c"))
    });
    assert_eq!(values, (8, ["A".to_owned(), "B".to_owned()], "C".to_owned()));
    insta::assert_snapshot!(tree, @r#"
    tool twice {"value":4} → 8
    tool upper {"text":"a"} → "A"
    tool upper {"text":"b"} → "B"
    tool upper {"text":"c"} → "C"
    "#);
}
