//! Opaque results in traits, and results that borrow in ways that only the signature says.

#![allow(clippy::unused_self, reason = "short bodies show one thing each")]

use std::any::Any;
use std::cell::{Ref, RefCell};
use std::fmt::{Debug, Display};
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::executor::block_on;
use futures::stream::{self, Stream, StreamExt};
use recount_tests::recorded;

/// `-> impl Iterator`, `-> impl Stream` and `-> impl Trait` in a trait, with default bodies and without.
#[test]
fn opaque_results_in_traits() {
    trait Source {
        fn items(&self) -> impl Iterator<Item = u8>;

        #[recount::task]
        fn doubled(&self) -> impl Iterator<Item = u8> {
            self.items().map(|item| item * 2)
        }

        #[recount::llm_span]
        fn events(&self) -> impl Stream<Item = u8> + Send {
            stream::iter(self.items().collect::<Vec<_>>())
        }

        #[recount::task]
        fn shown(&self) -> impl Display + use<Self> {
            self.items().count()
        }
    }

    impl<const N: usize> Source for [u8; N] {
        #[recount::task]
        fn items(&self) -> impl Iterator<Item = u8> {
            self.iter().copied()
        }
    }

    let ((), tree) = recorded(|| {
        assert_eq!([1, 2].doubled().sum::<u8>(), 6);
        assert_eq!(block_on([3].events().collect::<Vec<_>>()), [3]);
        assert_eq!([4, 5].shown().to_string(), "2");
    });
    insta::assert_snapshot!(tree, @"
    task doubled → [2,4]
    └─ task items → [1,2]
    llm events → [3]
    └─ task items → [3]
    task shown → 2
    └─ task items → [4,5]
    ");
}

/// Blanket implementations, generic async methods, `impl Trait` arguments in traits.
#[test]
fn blanket_implementations() {
    trait Describe {
        async fn describe(&self, extra: impl Debug, list: &[u8]) -> String;
    }

    impl<T: Debug + ?Sized> Describe for T {
        #[recount::task]
        async fn describe(&self, extra: impl Debug, list: &[u8]) -> String {
            ready(format!("{self:?}{extra:?}{list:?}")).await
        }
    }

    struct Grid<'a, T, const N: usize>(&'a [T; N]);

    impl<'a, T: PartialEq, const N: usize> Grid<'a, T, N> {
        #[recount::task]
        async fn find(self: &mut Pin<Box<Self>>, wanted: &T) -> Option<&'a T> {
            ready(self.0.iter().find(|cell| *cell == wanted)).await
        }
    }

    let ((), tree) = recorded(|| {
        assert_eq!(block_on("a".describe('b', &[1])), "\"a\"'b'[1]");
        let cells = [1, 2];
        assert_eq!(block_on(Box::pin(Grid(&cells)).find(&2)), Some(&2));
    });
    insta::assert_snapshot!(tree, @r#"
    task describe {"extra":"'b'","list":[1]} → "\"a\"'b'[1]"
    task find {"wanted":"&i32"} → "core::option::Option<&i32>"
    "#);
}

/// Guards, references to objects, and boxes that borrow.
#[test]
fn results_that_borrow() {
    struct Holder {
        cell: RefCell<u8>,
        mutex: Mutex<u8>,
        any: Box<dyn Any + Send>,
    }

    impl Holder {
        #[recount::task]
        fn cell(&self) -> Ref<'_, u8> {
            self.cell.borrow()
        }

        #[recount::task]
        fn lock(&self, _reason: &str) -> MutexGuard<'_, u8> {
            self.mutex.lock().unwrap_or_else(PoisonError::into_inner)
        }

        #[recount::task]
        fn object(&self) -> &(dyn Any + Send) {
            &*self.any
        }

        #[recount::task]
        fn boxed(&self) -> Box<dyn Display + '_> {
            Box::new(self.cell.borrow().to_string())
        }

        #[recount::task]
        fn mutable(&mut self) -> Result<&mut u8, &mut (dyn Any + Send)> {
            if self.any.is::<u8>() { Ok(self.cell.get_mut()) } else { Err(&mut *self.any) }
        }

        #[recount::task]
        async fn mutable_later<'a, 'b>(&'a mut self, keys: &'b [&'b str]) -> Option<(&'a mut u8, &'b str)> {
            ready(()).await;
            Some((self.cell.get_mut(), keys.first()?))
        }

        #[recount::task]
        fn parts(&mut self) -> (&mut u8, impl Iterator<Item = u8>) {
            (self.cell.get_mut(), 0..3)
        }
    }

    let ((), tree) = recorded(|| {
        let mut holder = Holder { cell: RefCell::new(1), mutex: Mutex::new(2), any: Box::new(3_u8) };
        assert_eq!(*holder.cell(), 1);
        *holder.lock("test") += 1;
        assert_eq!(holder.object().downcast_ref::<u8>(), Some(&3));
        assert_eq!(holder.boxed().to_string(), "1");
        *holder.mutable().expect("a number") += 1;
        if let Some((value, key)) = block_on(holder.mutable_later(&["key"])) {
            *value += u8::try_from(key.len()).unwrap_or(0);
        }
        let (value, items) = holder.parts();
        *value += items.sum::<u8>();
        assert_eq!(*holder.cell(), 8);
    });
    insta::assert_snapshot!(tree, @r#"
    task cell → "1"
    task lock → "2"
    task object → "Any { .. }"
    task boxed → "alloc::boxed::Box<dyn core::fmt::Display>"
    task mutable → 1
    task mutable_later {"keys":["key"]} → [2,"key"]
    task parts → [5,{"start":0,"end":3}]
    task cell → "8"
    "#);
}

/// Futures that own what they need, though the arguments are borrowed.
#[test]
fn futures_that_capture_less() {
    #[recount::task]
    fn owned(text: &str, _other: &mut Vec<u8>) -> impl Future<Output = usize> + Send + use<> {
        let length = text.len();
        async move { length }
    }

    #[recount::task]
    fn items(text: &str) -> impl Iterator<Item = usize> + use<> {
        0..text.len()
    }

    let ((), tree) = recorded(|| {
        let (future, items) = {
            let text = String::from("gone");
            (owned(&text, &mut Vec::new()), items(&text))
        };
        assert_eq!(block_on(future), 4);
        assert_eq!(items.count(), 4);
    });
    insta::assert_snapshot!(tree, @r#"
    task owned {"text":"gone"} → 4
    task items {"text":"gone"} → [0,1,2,3]
    "#);
}
