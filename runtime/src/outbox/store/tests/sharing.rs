//! Who else uses the folder, and who may not.

use super::*;

#[test]
fn two_live_outboxes_in_one_folder_keep_to_their_own() {
    let place = Place::new();
    let (mut one, mut other) = (place.open(), place.open());
    put(&mut one, &["of one"]);
    put(&mut other, &["of the other"]);
    look_around(&mut one);
    look_around(&mut other);
    assert_eq!(deliver_all(&mut one), ["of one"]);
    put(&mut one, &["left"]);
    drop(one);
    look_around(&mut other);
    assert_eq!(deliver_all(&mut other), ["of the other", "left"]);
    assert_eq!(counts(&other), ([0; 4], [2, 0]));
}

#[test]
fn of_many_that_start_at_once_one_takes_over_what_was_left() {
    let place = Place::new();
    for _ in 0..20 {
        put(&mut place.open(), &["left"]);
        let starts = std::sync::Barrier::new(4);
        let sent: usize = std::thread::scope(|scope| {
            let start = || {
                starts.wait();
                let mut outbox = place.open();
                put(&mut outbox, &["own"]);
                let sent = deliver_all(&mut outbox);
                sent.iter().filter(|request| *request == "left").count()
            };
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(start)).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
        });
        assert_eq!(sent, 1);
        drop(place.open());
        assert_eq!(place.files(), [""; 0]);
    }
}

#[test]
fn a_session_that_was_taken_over_is_not_sent_twice() {
    let place = Place::new();
    let mut outbox = place.open();
    put(&mut outbox, &["taken over"]);
    fs::remove_file(outbox.folder.path(Role::Lock(outbox.own.id()))).expect("removed");
    let mut other = place.open();
    assert!(outbox.oldest().is_none());
    put(&mut outbox, &["new"]);
    assert_eq!(deliver_all(&mut outbox), ["new"]);
    assert_eq!(deliver_all(&mut other), ["taken over"]);
    // It is on disk, or was sent by somebody else: it is not lost.
    assert_eq!(counts(&outbox).0, [2, 0, 0, 0]);
}

#[test]
fn destinations_do_not_get_each_others_requests() {
    let mut place = Place::new();
    put(&mut place.open(), &["ours"]);
    let mut other = place.open_for("https://other/v1/traces");
    assert!(other.oldest().is_none());
    put(&mut other, &["theirs"]);
    assert_eq!(deliver_all(&mut place.open()), ["ours"]);
    drop(other);
    // Of those that nobody sends to any more, what is too old is thrown away.
    place.age = Duration::ZERO;
    let mut live = place.open_for("https://live/v1/traces");
    put(&mut live, &["live"]);
    put(&mut place.open_for("https://dead/v1/traces"), &["dead"]);
    place.age = Duration::from_secs(3600);
    let outbox = place.open();
    assert_eq!(counts(&outbox).1, [0, 2]);
    let mut left = folders(place.root.path()).expect("folders");
    left.sort();
    let mut expected = ["https://h/v1/traces", "https://other/v1/traces", "https://live/v1/traces"]
        .map(|url| Address::new(url, &[]).folder().to_owned());
    expected.sort();
    assert_eq!(left, expected);
    assert_eq!(deliver_all(&mut live), ["live"]);
}

#[cfg(unix)]
#[test]
fn nobody_but_the_user_may_read_it() {
    use std::os::unix::fs::PermissionsExt;

    let mut place = Place::new();
    let inner = place.root.path().join("made/for/it");
    let options = Options { folder: inner.clone(), bytes: place.bytes, age: place.age };
    let mut outbox =
        Outbox::open(&options, &Address::new("https://h", &[]), Arc::default()).expect("an outbox");
    put(&mut outbox, &["secret"]);
    place.age = Duration::ZERO;
    let mut waiting = vec![inner, place.root.path().join("made")];
    let mut files = 0;
    while let Some(folder) = waiting.pop() {
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700, "{}", folder.display());
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                assert_eq!(mode(&path), 0o600, "{}", path.display());
                files += 1;
            }
        }
    }
    assert!(files >= 2);
}
