//! What is put in comes out, in order, once; or it is counted.

use super::*;

#[test]
fn what_waits_is_sent_oldest_first_and_leaves_nothing_behind() {
    let place = Place::new();
    let mut outbox = place.open();
    assert!(outbox.is_empty() && outbox.oldest().is_none());
    put(&mut outbox, &["one", "two", "three"]);
    assert_eq!(counts(&outbox).0, [6, 0, 0, 0]);
    // It was not delivered; it is still the next.
    assert_eq!(outbox.oldest().map(|kept| kept.body), Some(b"one".to_vec()));
    assert_eq!(deliver_all(&mut outbox), ["one", "two", "three"]);
    assert!(outbox.is_empty());
    assert_eq!(counts(&outbox), ([0; 4], [0; 2]));
    drop(outbox);
    assert_eq!(place.files(), [""; 0]);
}

#[test]
fn the_next_start_sends_what_the_last_one_left_before_its_own() {
    let place = Place::new();
    put(&mut place.open(), &["one", "two"]);
    put(&mut place.open(), &["three"]);
    let mut outbox = place.open();
    put(&mut outbox, &["four"]);
    assert_eq!(deliver_all(&mut outbox), ["one", "two", "three", "four"]);
    assert_eq!(counts(&outbox), ([0; 4], [6, 0]));
    drop(outbox);
    assert_eq!(place.files(), [""; 0]);
}

#[test]
fn what_the_server_refuses_is_counted() {
    let place = Place::new();
    put(&mut place.open(), &["left", "left too"]);
    let mut outbox = place.open();
    put(&mut outbox, &["all", "some"]);
    for rejects_all in [true, false, true, false] {
        let kept = outbox.oldest().expect("a request");
        if rejects_all { outbox.rejected(&kept) } else { outbox.delivered(&kept, 1) }
    }
    assert_eq!(counts(&outbox), ([0, 0, 3, 0], [1, 3]));
}

#[test]
fn a_request_that_no_server_takes_does_not_hold_up_those_behind_it() {
    let place = Place::new();
    let mut outbox = place.open();
    put(&mut outbox, &["poison", "one", "two", "three"]);
    let mut delivered = Vec::new();
    let mut failures = 0;
    while let Some(kept) = outbox.oldest() {
        if kept.body == b"poison" {
            outbox.postponed(&kept);
            failures += 1;
            assert!(failures < 20, "only {delivered:?}");
        } else {
            delivered.push(kept.body.clone());
            outbox.delivered(&kept, 0);
        }
    }
    assert_eq!(delivered, [&b"one"[..], b"two", b"three"]);
    // New ones need not go by way of the disk because of it.
    assert!(outbox.is_empty());
    assert_eq!(counts(&outbox).0, [2, 0, 0, 0]);
    look_around(&mut outbox);
    assert_eq!(deliver_all(&mut outbox), ["poison"]);
}

#[test]
fn a_server_that_is_down_for_long_gets_the_oldest_first_all_the_same() {
    let place = Place::new();
    let mut outbox = place.open();
    put(&mut outbox, &["one", "two", "three"]);
    for _ in 0..=4 * PATIENCE {
        let kept = outbox.oldest().expect("a request");
        outbox.postponed(&kept);
    }
    assert_eq!(deliver_all(&mut outbox), ["one", "two", "three"]);
}

/// Any order of calls, restarts and damages: what goes in comes out once, or is counted.
#[test]
fn every_span_is_accounted_for_whatever_happens() {
    use rand::rngs::SmallRng;
    use rand::{RngExt, SeedableRng};

    for seed in 0..15 {
        let mut random = SmallRng::seed_from_u64(seed);
        let mut place = Place::new();
        place.bytes = 4096 * random.random_range(2..20);
        let mut outbox = place.open();
        // Of the process that runs; and of those before it.
        let (mut put, mut delivered, mut left, mut counted) = (0, 0, 0, 0);
        for _ in 0..60 {
            match random.random_range(0..10) {
                0..5 => {
                    let request = vec![7; random.random_range(0..6000)];
                    outbox.put(&request, 3).expect("room");
                    settle(&outbox);
                    put += 3;
                }
                5..7 => {
                    if let Some(kept) = outbox.oldest() {
                        delivered += if outbox.is_own(kept.name) { 2 } else { 0 };
                        outbox.delivered(&kept, 1);
                    }
                }
                7 => outbox.tend(),
                8 => {
                    if let Some(file) = place.requests().first() {
                        fs::write(file, "damaged").expect("written");
                    }
                }
                _ => {
                    left += outbox.ledger.stored();
                    let (_, [recovered, forfeited]) = counts(&outbox);
                    counted += recovered + forfeited;
                    drop(outbox);
                    outbox = place.open();
                    (put, delivered) = (0, 0);
                }
            }
            let ([stored, expired, rejected, damaged], [recovered, forfeited]) = counts(&outbox);
            assert_eq!(put, stored + expired + rejected + damaged + delivered, "seed {seed}");
            let waiting: u64 =
                outbox.index.names().filter(|name| !outbox.is_own(*name)).map(|n| n.spans).sum();
            assert_eq!(left, waiting + counted + recovered + forfeited, "seed {seed}");
            assert!(outbox.index.bytes() <= place.bytes);
            assert_eq!(place.requests().len(), outbox.index.names().count());
        }
    }
}
