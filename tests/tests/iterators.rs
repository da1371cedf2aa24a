//! Functions that return an iterator: the span lasts until the iterator ends or is dropped.

use std::iter::FusedIterator;

use recount::wire::{Field, Outcome};
use recount_tests::{fact, recorded, records};

#[recount::tool]
fn leaf(value: u8) -> u8 {
    value
}

/// `impl Iterator`, from the signature: what each item costs is below the span.
#[test]
fn impl_iterator() {
    #[recount::task]
    fn numbers(upto: u8) -> impl Iterator<Item = u8> {
        (0..upto).map(leaf)
    }

    #[recount::task]
    fn words<'a>(text: &'a str, _separator: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        text.split(' ')
    }

    #[recount::task]
    fn filtered(values: &[u8], keep: impl Fn(&u8) -> bool) -> impl Iterator<Item = &u8> {
        values.iter().filter(move |value| keep(value))
    }

    let ((), tree) = recorded(|| {
        assert_eq!(numbers(2).sum::<u8>(), 1);
        assert_eq!(words("a b", &String::from(" ")).count(), 2);
        assert_eq!(filtered(&[1, 2, 3], |value| *value > 1).collect::<Vec<_>>(), [&2, &3]);
    });
    insta::assert_snapshot!(tree, @r#"
    task numbers {"upto":2} → [0,1]
    ├─ tool leaf {"value":0} → 0
    └─ tool leaf {"value":1} → 1
    task words {"text":"a b"} → ["a","b"]
    task filtered {"values":[1,2,3],"keep":"iterators::impl_iterator::{{closure}}::{{closure}}"} → [2,3]
    "#);
}

/// The other iterator traits, as far as the signature promises them.
#[test]
fn other_iterator_traits() {
    #[recount::task]
    fn all(
        upto: u8,
    ) -> impl DoubleEndedIterator<Item = u8> + ExactSizeIterator + FusedIterator + Send + Sync + Unpin {
        (0..upto).map(|value| value + 1)
    }

    #[recount::task]
    fn with_clone(upto: u8) -> impl Iterator<Item = u8> + Clone {
        0..upto
    }

    let ((), tree) = recorded(|| {
        let mut items = all(4);
        assert_eq!(items.len(), 4);
        assert_eq!((items.next(), items.next_back()), (Some(1), Some(4)));
        assert_eq!(items.len(), 2);
        assert_eq!(items.size_hint(), (2, Some(2)));
        assert_eq!(items.rev().collect::<Vec<_>>(), [3, 2]);
        let cloned = with_clone(2);
        assert_eq!(cloned.clone().chain(cloned).count(), 4);
    });
    insta::assert_snapshot!(tree, @r#"
    task all {"upto":4} → [1,4,3,2]
    task with_clone {"upto":2} → "core::ops::range::Range<u8>"
    "#);
}

/// Boxes, by the type of the value; in a `Result` too.
#[test]
fn boxed_iterators() {
    #[recount::task]
    fn boxed(upto: u8) -> Box<dyn Iterator<Item = u8>> {
        if upto == 0 {
            return Box::new(std::iter::empty());
        }
        Box::new((0..upto).map(leaf))
    }

    #[recount::task]
    fn sendable(text: &str) -> Box<dyn Iterator<Item = char> + Send + '_> {
        Box::new(text.chars())
    }

    #[recount::task]
    fn fallible(fail: bool) -> Result<Box<dyn Iterator<Item = u8>>, String> {
        if fail { Err("refused".into()) } else { Ok(Box::new(0..1)) }
    }

    let ((), tree) = recorded(|| {
        assert_eq!((boxed(0).count(), boxed(1).count()), (0, 1));
        assert_eq!(sendable("ab").count(), 2);
        assert_eq!(fallible(false).map(Iterator::count), Ok(1));
        assert!(fallible(true).is_err());
    });
    insta::assert_snapshot!(tree, @r#"
    task boxed {"upto":0}
    task boxed {"upto":1} → [0]
    └─ tool leaf {"value":0} → 0
    task sendable {"text":"ab"} → ["a","b"]
    task fallible {"fail":false} → [0]
    task fallible {"fail":true}  ✗ String: refused
    "#);
}

/// To take some of the items only is no failure; every span ends exactly once.
#[test]
fn iterators_that_are_not_exhausted() {
    #[recount::task]
    fn endless() -> impl Iterator<Item = u64> {
        0..
    }

    let ((), spans) = records(|| {
        assert_eq!(endless().take(3).sum::<u64>(), 3);
        assert_eq!(endless().position(|value| value == 1), Some(1));
        drop(endless());
    });
    let told: Vec<_> = spans.iter().map(|span| (span.outcome, fact(span, Field::ItemCount))).collect();
    let completed = |count: &str| (Outcome::Completed, Some(count.to_owned()));
    assert_eq!(told, [completed("3"), completed("2"), completed("0")]);
}

/// Items are read one by one; those that are errors mark the span.
#[test]
fn items_that_are_errors() {
    #[recount::task]
    fn parsed<'a>(texts: &'a [&str]) -> impl Iterator<Item = Result<u8, std::num::ParseIntError>> + 'a {
        texts.iter().map(|text| text.parse())
    }

    let (result, spans) = records(|| parsed(&["1", "x", "3"]).collect::<Result<Vec<_>, _>>());
    assert!(result.is_err());
    assert_eq!(spans[0].outcome, Outcome::Failed);
    assert_eq!(fact(&spans[0], Field::ItemCount).as_deref(), Some("2"));
}

/// An iterator after its end does what the iterator does, and adds nothing to the span.
#[test]
fn iterators_after_their_end() {
    struct Alternating(u8);

    impl Iterator for Alternating {
        type Item = u8;

        fn next(&mut self) -> Option<u8> {
            self.0 += 1;
            (self.0 % 2 == 1).then_some(self.0)
        }
    }

    #[recount::task]
    fn alternating() -> impl Iterator<Item = u8> {
        Alternating(0)
    }

    let ((), spans) = records(|| {
        let mut items = alternating();
        assert_eq!([items.next(), items.next(), items.next()], [Some(1), None, Some(3)]);
    });
    assert_eq!(spans.len(), 1);
    assert_eq!(fact(&spans[0], Field::ItemCount).as_deref(), Some("1"));
}
