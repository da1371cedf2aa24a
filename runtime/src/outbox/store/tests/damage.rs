//! Files and folders that are not as they were left.

use super::*;

#[test]
fn a_file_that_is_not_what_was_written_is_not_sent() {
    let place = Place::new();
    let mut outbox = place.open();
    put(&mut outbox, &["cut", "changed", "grown", "empty", "gone", "whole"]);
    let files = place.requests();
    let text = |file: usize| fs::read(&files[file]).expect("a file");
    fs::write(&files[0], &text(0)[..20]).expect("written");
    fs::write(&files[1], text(1).to_ascii_uppercase()).expect("written");
    fs::write(&files[2], [text(2), text(2)].concat()).expect("written");
    fs::write(&files[3], "").expect("written");
    fs::remove_file(&files[4]).expect("removed");
    assert_eq!(deliver_all(&mut outbox), ["whole"]);
    assert_eq!(counts(&outbox).0, [0, 0, 0, 10]);
    assert!(place.requests().is_empty());
}

#[test]
fn a_request_that_was_not_written_to_its_end_is_cleared_away() {
    let place = Place::new();
    put(&mut place.open(), &["whole"]);
    let name = Name { order: 1, session: 7, expires: u64::MAX, spans: 1 };
    fs::write(place.folder().join(Role::Part(name).to_string()), "half a req").expect("written");
    let mut outbox = place.open();
    assert_eq!(deliver_all(&mut outbox), ["whole"]);
    drop(outbox);
    assert_eq!(place.files(), [""; 0]);
}

#[test]
fn files_of_others_and_of_newer_releases_are_let_be() {
    let place = Place::new();
    put(&mut place.open(), &["ours"]);
    let newer = "0000000000000001-0000000000000001-99999999999-1.v2";
    for file in ["notes.txt", newer] {
        fs::write(place.folder().join(file), "theirs").expect("written");
    }
    let name = Name { order: 2, session: 2, expires: u64::MAX, spans: u64::MAX };
    let not_a_file = place.folder().join(Role::Request(name).to_string());
    fs::create_dir(&not_a_file).expect("made");
    let mut outbox = place.open();
    assert_eq!(deliver_all(&mut outbox), ["ours"]);
    drop(outbox);
    assert!(not_a_file.exists());
    assert_eq!(place.files().len(), 3, "{:?}", place.files());
}

#[test]
fn a_folder_that_is_taken_away_is_made_again_and_what_was_in_it_is_counted() {
    let place = Place::new();
    let mut outbox = place.open();
    put(&mut outbox, &["gone"]);
    fs::remove_dir_all(place.root.path()).expect("removed");
    put(&mut outbox, &["new"]);
    assert_eq!(deliver_all(&mut outbox), ["new"]);
    assert_eq!(counts(&outbox).0, [0, 0, 0, 2]);
    // Whose it is can still be seen by others.
    put(&mut outbox, &["mine"]);
    assert!(place.open().oldest().is_none());
}

#[test]
fn what_cannot_be_kept_is_an_error() {
    let place = Place::new();
    let mut outbox = place.open();
    fs::remove_dir_all(place.folder()).expect("removed");
    fs::write(place.folder(), "a file where a folder was").expect("written");
    for _ in 0..2 {
        let error = outbox.put(b"request", 2).expect_err("no folder");
        assert!(error.to_string().starts_with("the outbox could not be written: "), "{error}");
    }
    assert!(outbox.is_empty() && outbox.oldest().is_none());
    outbox.tend();
    look_around(&mut outbox);
    assert_eq!(counts(&outbox), ([0; 4], [0; 2]));
    let options = Options { folder: place.folder(), bytes: 1 << 20, age: place.age };
    Outbox::open(&options, &Address::new("", &[]), Arc::default()).expect_err("a file");
}

#[cfg(unix)]
#[test]
fn a_pipe_and_a_link_under_our_names_are_left_alone() {
    let place = Place::new();
    drop(place.open());
    let path = |order| {
        let name = Name { order, session: 1, expires: u64::MAX, spans: 1 };
        place.folder().join(Role::Request(name).to_string())
    };
    std::os::unix::fs::symlink("/dev/zero", path(1)).expect("a link");
    let made = std::process::Command::new("mkfifo").arg(path(2)).status();
    assert!(made.is_ok_and(|status| status.success()));
    let mut outbox = place.open();
    assert!(outbox.oldest().is_none());
}
