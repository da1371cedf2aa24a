//! Methods: every receiver, `Self` everywhere, traits and their default methods.

#![allow(
    clippy::boxed_local,
    clippy::elidable_lifetime_names,
    clippy::needless_lifetimes,
    clippy::needless_arbitrary_self_type,
    clippy::unused_self,
    clippy::trivially_copy_pass_by_ref,
    clippy::redundant_allocation,
    reason = "the receivers are the point"
)]

use std::fmt::Debug;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use futures::executor::block_on;
use recount_tests::{argument, recorded, records};
use serde::Serialize;

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
struct Counter {
    count: u8,
}

impl Counter {
    #[recount::tool]
    fn by_value(self) -> u8 {
        self.count
    }
    #[recount::tool]
    fn by_mutable_value(mut self, by: u8) -> Self {
        self.count += by;
        self
    }
    #[recount::tool]
    fn by_reference(&self) -> &u8 {
        &self.count
    }
    #[recount::tool]
    fn by_mutable_reference(&mut self) -> &mut u8 {
        self.count += 1;
        &mut self.count
    }
    #[recount::tool]
    fn by_named_lifetime<'a>(&'a self, _other: &str) -> &'a u8 {
        &self.count
    }
    #[recount::tool]
    fn by_typed_value(self: Self) -> u8 {
        self.count
    }
    #[recount::tool]
    fn by_typed_reference(self: &Self) -> u8 {
        self.count
    }
    #[recount::tool]
    fn by_typed_mutable_reference(self: &mut Self) -> u8 {
        self.count += 1;
        self.count
    }
    #[recount::tool]
    fn by_concrete_type(self: &Counter) -> u8 {
        self.count
    }
    #[recount::tool]
    fn by_box(self: Box<Self>) -> Self {
        *self
    }
    #[recount::tool]
    fn by_mutable_box(mut self: Box<Self>) -> Box<Self> {
        self.count = 9;
        self
    }
    #[recount::tool]
    fn by_rc(self: Rc<Self>) -> Rc<Self> {
        self
    }
    #[recount::tool]
    fn by_arc(self: Arc<Self>) -> Arc<Self> {
        Arc::clone(&self)
    }
    #[recount::tool]
    fn by_reference_to_arc(self: &Arc<Self>) -> usize {
        Arc::strong_count(self)
    }
    #[recount::tool]
    fn by_pin(self: Pin<&Self>) -> u8 {
        self.count
    }
    #[recount::tool]
    fn by_mutable_pin(mut self: Pin<&mut Self>) -> u8 {
        self.count += 1;
        self.as_mut().get_mut().count
    }
    #[recount::tool]
    fn by_pinned_box(self: Pin<Box<Self>>) -> u8 {
        self.count
    }
    #[recount::tool]
    fn by_nested_box(self: Rc<Box<Self>>) -> u8 {
        self.count
    }
    #[recount::tool]
    async fn later_by_value(mut self) -> u8 {
        self.count += 1;
        std::future::ready(self.count).await
    }
    #[recount::tool]
    async fn later_by_reference(&self, add: &u8) -> u8 {
        std::future::ready(()).await;
        self.count + add
    }
    #[recount::tool]
    async fn later_by_mutable_reference(&mut self) -> &mut u8 {
        std::future::ready(()).await;
        self.count += 1;
        &mut self.count
    }
    #[recount::tool]
    async fn later_by_arc(self: Arc<Self>) -> Arc<Self> {
        std::future::ready(()).await;
        self
    }
    #[recount::tool]
    async fn later_by_mutable_pin(mut self: Pin<&mut Self>) -> u8 {
        std::future::ready(()).await;
        self.count += 1;
        self.count
    }
    #[recount::tool(capture(self, by))]
    fn captured(&mut self, by: u8, token: &str) -> usize {
        self.count += by;
        token.len()
    }

    #[recount::tool(capture(self), skip_output)]
    async fn captured_later(self: Arc<Self>, _by: u8) -> u8 {
        self.count
    }
}

fn counter(count: u8) -> Counter {
    Counter { count }
}

/// Every receiver that stable Rust has; none is captured.
#[test]
fn receivers() {
    let ((), spans) = records(|| {
        let mut it = counter(1);
        assert_eq!(it.clone().by_value(), 1);
        assert_eq!(it.clone().by_mutable_value(2), counter(3));
        assert_eq!(it.by_reference(), &1);
        *it.by_mutable_reference() += 1;
        assert_eq!(it.by_named_lifetime("other"), &3);
        assert_eq!(it.clone().by_typed_value(), 3);
        assert_eq!(it.by_typed_reference(), 3);
        assert_eq!(it.by_typed_mutable_reference(), 4);
        assert_eq!(it.by_concrete_type(), 4);
        assert_eq!(Box::new(it.clone()).by_box(), it);
        assert_eq!(Box::new(it.clone()).by_mutable_box().count, 9);
        assert_eq!(Rc::new(it.clone()).by_rc().count, 4);
        assert_eq!(Arc::new(it.clone()).by_arc().count, 4);
        assert_eq!(Arc::new(it.clone()).by_reference_to_arc(), 1);
        assert_eq!(Pin::new(&it).by_pin(), 4);
        assert_eq!(Pin::new(&mut it).by_mutable_pin(), 5);
        assert_eq!(Box::pin(it.clone()).by_pinned_box(), 5);
        assert_eq!(Rc::new(Box::new(it)).by_nested_box(), 5);
    });
    assert_eq!(spans.len(), 18);
    assert!(spans.iter().all(|span| argument(span, "self").is_none()));
    assert_eq!(argument(&spans[1], "by").as_deref(), Some("2"));
}

/// Receivers that are lent across an `.await`.
#[test]
fn receivers_of_async_methods() {
    let ((), tree) = recorded(|| {
        let mut it = counter(1);
        assert_eq!(block_on(it.clone().later_by_value()), 2);
        assert_eq!(block_on(it.later_by_reference(&2)), 3);
        *block_on(it.later_by_mutable_reference()) += 1;
        assert_eq!(block_on(Pin::new(&mut it).later_by_mutable_pin()), 4);
        assert_eq!(block_on(Arc::new(it).later_by_arc()).count, 4);
    });
    insta::assert_snapshot!(tree, @r#"
    tool later_by_value → 2
    tool later_by_reference {"add":2} → 3
    tool later_by_mutable_reference → 2
    tool later_by_mutable_pin → 4
    tool later_by_arc → {"count":4}
    "#);
}

/// `Self` as a type, a path, a constructor and a bound.
#[test]
fn self_everywhere() {
    #[derive(Debug, PartialEq, Serialize)]
    enum Shape<T> {
        Dot,
        Box(T, T),
        Line { length: T },
    }

    trait Named {
        type Name;
        const NAME: &'static str;
        fn name(&self) -> Self::Name;
    }

    impl<T: Copy + Serialize + Debug> Named for Shape<T>
    where
        Self: Sized,
    {
        type Name = &'static str;
        const NAME: &'static str = "shape";

        #[recount::task]
        fn name(&self) -> Self::Name {
            match self {
                Self::Dot => Self::NAME,
                Self::Box(..) => "box",
                Self::Line { .. } => <Self as Named>::NAME,
            }
        }
    }

    impl<T: Copy> Shape<T> {
        #[recount::task]
        fn square(side: T) -> Self
        where
            Self: Sized,
        {
            let make = Self::Box;
            make(side, side)
        }

        #[recount::task]
        async fn line(length: T) -> Option<Self> {
            let is_dot: fn(&Self) -> bool = |shape| matches!(shape, Self::Dot);
            Some(Self::Line { length }).filter(|line| !is_dot(line))
        }
    }

    let ((), tree) = recorded(|| {
        let square = Shape::square(2_u8);
        assert_eq!(square, Shape::Box(2, 2));
        assert_eq!(square.name(), "box");
        assert_eq!(Shape::<u8>::Dot.name(), "shape");
        assert_eq!(block_on(Shape::line(1)), Some(Shape::Line { length: 1 }));
    });
    insta::assert_snapshot!(tree, @r#"
    task square {"side":"u8"} → "methods::self_everywhere::Shape<u8>"
    task name → "box"
    task name → "shape"
    task line {"length":"i32"} → "core::option::Option<methods::self_everywhere::Shape<i32>>"
    "#);
}

/// Default methods of traits, also of a trait that is used as an object, and of one with a generic type.
#[test]
fn trait_methods() {
    trait Speak {
        type Word<'a>: AsRef<str>
        where
            Self: 'a;

        fn word<'a>(&'a self) -> Self::Word<'a>;

        #[recount::tool]
        fn twice<'a>(&'a self) -> String {
            format!("{0}{0}", self.word().as_ref())
        }

        #[recount::tool]
        fn consumed(self) -> usize
        where
            Self: Sized,
        {
            self.word().as_ref().len()
        }
    }

    trait Object: Debug {
        #[recount::tool]
        fn describe(&self) -> String {
            format!("{self:?}")
        }

        #[recount::tool]
        fn generic<T: Debug>(&self, value: T) -> String
        where
            Self: Sized,
        {
            format!("{self:?}{value:?}")
        }
    }

    impl Speak for String {
        type Word<'a> = &'a str;

        #[recount::tool(name = "spoken")]
        fn word<'a>(&'a self) -> Self::Word<'a> {
            self
        }
    }

    impl Object for u8 {}
    impl<T: Object> Object for &T {}

    let ((), tree) = recorded(|| {
        let word = String::from("ha");
        assert_eq!(word.twice(), "haha");
        assert_eq!(word.consumed(), 2);
        let object: &dyn Object = &1_u8;
        assert_eq!(object.describe(), "1");
        assert_eq!((&&1_u8).generic('x'), "1'x'");
    });
    insta::assert_snapshot!(tree, @r#"
    tool twice → "haha"
    └─ tool spoken → "ha"
    tool consumed → 2
    └─ tool spoken → "ha"
    tool describe → "1"
    tool generic {"value":"'x'"} → "1'x'"
    "#);
}

/// `self` is captured on request, by whatever it is a reference to.
#[test]
fn capture_of_self() {
    let ((), tree) = recorded(|| {
        assert_eq!(counter(1).captured(2, "secret"), 6);
        assert_eq!(block_on(Arc::new(counter(3)).captured_later(2)), 3);
    });
    assert!(!tree.contains("secret"));
    insta::assert_snapshot!(tree, @r#"
    tool captured {"self":{"count":1},"by":2} → 6
    tool captured_later {"self":{"count":3}}
    "#);
}
