//! Parameters that are patterns: every irrefutable one.

#![allow(clippy::trivially_copy_pass_by_ref, clippy::toplevel_ref_arg, reason = "the patterns are the point")]

use futures::executor::block_on;
use recount_tests::recorded;
use serde::Serialize;

#[derive(Clone, Copy, Debug, Serialize)]
struct Point {
    x: u8,
    y: u8,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct Pair(u8, u8);

#[derive(Clone, Copy, Debug, Serialize)]
struct Marker;

/// Tuples, structs, tuple structs, and parts that are left out.
#[test]
fn tuples_and_structs() {
    #[recount::tool]
    fn tuple((a, b): (u8, u8)) -> u8 {
        a + b
    }

    #[recount::tool]
    fn structure(Point { x, y: renamed }: Point) -> u8 {
        x + renamed
    }

    #[recount::tool]
    fn tuple_struct(Pair(first, ..): Pair, Point { y, .. }: Point) -> u8 {
        first + y
    }

    #[recount::tool]
    fn nested((a, (Pair(b, _), [c, ..])): (u8, (Pair, [u8; 3])), last: u8) -> u8 {
        a + b + c + last
    }

    #[recount::tool]
    fn nothing((): (), _: u8, (..): (u8, u8)) -> u8 {
        0
    }

    let (values, tree) = recorded(|| {
        let point = Point { x: 1, y: 2 };
        [
            tuple((1, 2)),
            structure(point),
            tuple_struct(Pair(3, 4), point),
            nested((1, (Pair(2, 0), [3, 0, 0])), 4),
            nothing((), 9, (9, 9)),
        ]
    });
    assert_eq!(values, [3, 3, 5, 10, 0]);
    insta::assert_snapshot!(tree, @r#"
    tool tuple {"arg0":[1,2]} → 3
    tool structure {"arg0":{"x":1,"y":2}} → 3
    tool tuple_struct {"arg0":[3,4],"arg1":{"x":1,"y":2}} → 5
    tool nested {"arg0":[1,[[2,0],[3,0,0]]],"last":4} → 10
    tool nothing {"arg0":null,"arg2":[9,9]} → 0
    "#);
}

/// References in patterns, and bindings that are mutable or by reference.
#[test]
fn references_and_bindings() {
    #[recount::tool]
    fn copied(&a: &u8, &(b, ref c): &(u8, String)) -> u8 {
        a + b + u8::try_from(c.len()).unwrap_or(0)
    }

    #[recount::tool]
    fn changed(&mut ref mut target: &mut u8, mut by: u8, ref mut scratch: u8) -> u8 {
        by += 1;
        *scratch += by;
        *target += *scratch;
        *target
    }

    #[recount::tool]
    fn named(whole @ Pair(a, b): Pair, ref kept @ (mut c, _): (u8, u8)) -> u8 {
        c += whole.0 + a + b;
        c + kept.1
    }

    #[recount::tool]
    fn by_reference((ref a, ref mut b): (String, String)) -> usize {
        b.push('!');
        a.len() + b.len()
    }

    let (values, tree) = recorded(|| {
        let mut target = 1;
        let first = changed(&mut target, 1, 1);
        let lengths = by_reference(("a".into(), "b".into()));
        ([copied(&1, &(2, "abc".into())), first, named(Pair(1, 2), (3, 4))], target, lengths)
    });
    assert_eq!(values, ([6, 4, 11], 4, 3));
    insta::assert_snapshot!(tree, @r#"
    tool changed {"arg0":1,"by":1,"scratch":1} → 4
    tool by_reference {"arg0":["a","b"]} → 3
    tool copied {"arg0":1,"arg1":[2,"abc"]} → 6
    tool named {"whole":[1,2],"kept":[3,4]} → 11
    "#);
}

/// Slices of arrays, alternatives that cover all cases, and names of constants of a unit struct.
#[test]
fn slices_alternatives_and_unit_structs() {
    #[recount::tool]
    fn ends([first, .., last]: [u8; 4], [_, rest @ ..]: &[u8; 3]) -> u8 {
        first + last + u8::try_from(rest.len()).unwrap_or(0)
    }

    #[recount::tool]
    fn either((Ok(value) | Err(value)): Result<u8, u8>) -> u8 {
        value
    }

    #[recount::tool]
    fn unit(Marker: Marker, self::Marker: self::Marker, Marker {}: Marker) -> u8 {
        1
    }

    let (values, tree) = recorded(|| {
        [ends([1, 0, 0, 2], &[1, 2, 3]), either(Ok(1)), either(Err(2)), unit(Marker, Marker, Marker)]
    });
    assert_eq!(values, [5, 1, 2, 1]);
    insta::assert_snapshot!(tree, @r#"
    tool ends {"arg0":[1,0,0,2],"arg1":[1,2,3]} → 5
    tool either {"arg0":{"Ok":1}} → 1
    tool either {"arg0":{"Err":2}} → 2
    tool unit {"Marker":null,"arg1":null,"arg2":null} → 1
    "#);
}

/// The same in functions that run later.
#[test]
fn patterns_of_async_functions() {
    #[recount::task]
    async fn tuple((a, mut b): (u8, u8), Point { x, .. }: Point, _: u8) -> u8 {
        b += x;
        std::future::ready(()).await;
        a + b
    }

    #[recount::task]
    async fn lent(&mut ref mut target: &mut u8, [first, ref others @ ..]: [String; 3]) -> usize {
        *target += 1;
        std::future::ready(()).await;
        *target += 1;
        first.len() + others.iter().map(String::len).sum::<usize>()
    }

    let (values, tree) = recorded(|| {
        let mut target = 0;
        let lengths = block_on(lent(&mut target, ["a", "bc", "def"].map(String::from)));
        (block_on(tuple((1, 2), Point { x: 3, y: 4 }, 5)), target, lengths)
    });
    assert_eq!(values, (6, 2, 6));
    insta::assert_snapshot!(tree, @r#"
    task lent {"arg0":0,"arg1":["a","bc","def"]} → 6
    task tuple {"arg0":[1,2],"arg1":{"x":3,"y":4}} → 6
    "#);
}

/// The whole value of a pattern is captured under its position, before the function takes it apart.
#[test]
fn values_behind_patterns_are_captured_whole() {
    #[recount::tool]
    fn moved((name, mut list): (String, Vec<u8>), Point { x, .. }: Point, [a, b]: [u8; 2]) -> Vec<u8> {
        list.extend([x, a, b]);
        assert!(!name.is_empty());
        list
    }

    let (list, tree) = recorded(|| moved(("n".into(), vec![1]), Point { x: 2, y: 3 }, [4, 5]));
    assert_eq!(list, [1, 2, 4, 5]);
    insta::assert_snapshot!(tree, @r#"tool moved {"arg0":["n",[1]],"arg1":{"x":2,"y":3},"arg2":[4,5]} → [1,2,4,5]"#);
}

/// A user's macro may stand where a pattern or a type is expected.
#[test]
fn macros_in_patterns_and_types() {
    macro_rules! pair {
        ($a:ident, $b:ident) => {
            ($a, $b)
        };
    }
    macro_rules! bytes {
        () => {
            (u8, u8)
        };
    }

    #[recount::tool]
    fn sum(pair!(a, b): bytes!()) -> u8 {
        a + b
    }

    let (value, tree) = recorded(|| sum((1, 2)));
    assert_eq!(value, 3);
    insta::assert_snapshot!(tree, @r#"tool sum {"arg0":[1,2]} → 3"#);
}
