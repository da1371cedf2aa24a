//! How much is kept, and for how long.

use super::*;

#[test]
fn where_there_is_no_room_the_oldest_are_thrown_away() {
    let mut place = Place::new();
    place.bytes = 3 * 4096;
    put(&mut place.open(), &["left"]);
    let mut outbox = place.open();
    put(&mut outbox, &["one", "two", "three", "four"]);
    assert_eq!(counts(&outbox), ([6, 2, 0, 0], [0, 2]));
    assert_eq!(place.requests().len(), 3);
    assert_eq!(deliver_all(&mut outbox), ["two", "three", "four"]);
    // As large as all that may be kept, and larger.
    put(&mut outbox, &["five", &"6".repeat(3 * 4096 - envelope::HEADER)]);
    assert_eq!(counts(&outbox).0, [2, 4, 0, 0]);
    let error = outbox.put(&[7; 3 * 4096], 2).expect_err("no room");
    assert!(matches!(error, OutboxError::TooLarge), "{error}");
    assert_eq!(counts(&outbox).0, [2, 4, 0, 0]);
}

#[test]
fn a_smaller_bound_holds_for_what_was_left_too() {
    let mut place = Place::new();
    put(&mut place.open(), &["one", "two", "three"]);
    place.bytes = 4096;
    let mut outbox = place.open();
    assert_eq!(place.requests().len(), 1);
    assert_eq!(deliver_all(&mut outbox), ["three"]);
    assert_eq!(counts(&outbox).1, [2, 4]);
}

#[test]
fn what_is_too_old_is_thrown_away() {
    let mut place = Place::new();
    place.age = Duration::ZERO;
    put(&mut place.open(), &["left"]);
    let mut outbox = place.open();
    assert_eq!(counts(&outbox).1, [0, 2]);
    put(&mut outbox, &["one", "two"]);
    outbox.tend();
    assert_eq!(counts(&outbox).0, [0, 4, 0, 0]);
    assert!(place.requests().is_empty());
    // An age without end ends nowhere.
    place.age = Duration::MAX;
    let mut outbox = place.open();
    put(&mut outbox, &["for ever"]);
    drop(outbox);
    let mut outbox = place.open();
    outbox.tend();
    assert_eq!(deliver_all(&mut outbox), ["for ever"]);
}

#[test]
fn a_clock_that_jumps_changes_neither_the_order_nor_the_age() {
    let place = Place::new();
    drop(place.open());
    // Left by processes that believed in other years, and in no end of numbers.
    let folder = Folder::at(place.folder());
    let leave = |order, expires, request: &str| {
        folder.write(Name { order, session: 1, expires, spans: 2 }, request.as_bytes()).expect("room");
    };
    leave(1, u64::MAX, "of 1970");
    leave(u64::MAX - 9, 32_503_680_000, "of 3000");
    let mut outbox = place.open();
    assert_eq!(outbox.index.expired(Instant::now() + place.age).len(), 2, "none lives longer than a new one");
    put(&mut outbox, &["one", "two"]);
    assert_eq!(deliver_all(&mut outbox), ["of 1970", "of 3000", "one", "two"]);
    drop(outbox);
    leave(u64::MAX, u64::MAX, "of no year");
    let mut outbox = place.open();
    put(&mut outbox, &["three", "four"]);
    assert_eq!(deliver_all(&mut outbox), ["three", "four", "of no year"]);
}
