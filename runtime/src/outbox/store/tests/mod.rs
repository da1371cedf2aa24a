//! On real files, with other outboxes in the same folder.

mod bounds;
mod damage;
#[cfg(unix)]
mod faults;
mod sending;
mod sharing;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::outbox::folder::folders;

/// A folder of a test's own, with what is needed to open outboxes in it.
struct Place {
    root: TempDir,
    bytes: u64,
    age: Duration,
}

impl Place {
    fn new() -> Self {
        let root = TempDir::new().expect("a folder");
        Self { root, bytes: 1 << 20, age: Duration::from_secs(3600) }
    }

    /// What the next start of the program does.
    fn open(&self) -> Outbox {
        self.open_for("https://h/v1/traces")
    }

    fn open_for(&self, url: &str) -> Outbox {
        let options = Options { folder: self.root.path().into(), bytes: self.bytes, age: self.age };
        Outbox::open(&options, &Address::new(url, &[]), Arc::default()).expect("an outbox")
    }

    /// The folder of the destination.
    fn folder(&self) -> PathBuf {
        self.root.path().join(Address::new("https://h/v1/traces", &[]).folder())
    }

    /// The files in it.
    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder()).expect("a folder");
        let name = |entry: fs::DirEntry| entry.file_name().into_string().expect("a name of ours");
        let mut files: Vec<_> = entries.map(|entry| name(entry.expect("an entry"))).collect();
        files.sort();
        files
    }

    fn requests(&self) -> Vec<PathBuf> {
        let files = self.files().into_iter();
        let files = files.filter(|file| matches!(Role::parse(file), Some(Role::Request(_))));
        files.map(|file| self.folder().join(file)).collect()
    }
}

fn put(outbox: &mut Outbox, requests: &[&str]) {
    for request in requests {
        outbox.put(request.as_bytes(), 2).expect("room");
        settle(outbox);
    }
}

/// The end of a batch that no other exporter has lost.
fn settle(outbox: &Outbox) {
    outbox.ledger.settle(usize::MAX);
}

/// Delivers all that there is, as a server that is well; returns it in order.
fn deliver_all(outbox: &mut Outbox) -> Vec<String> {
    let mut delivered = Vec::new();
    while let Some(kept) = outbox.oldest() {
        delivered.push(String::from_utf8(kept.body.clone()).expect("what was put in"));
        outbox.delivered(&kept, 0);
    }
    delivered
}

/// Own spans: stored, expired, rejected, damaged. Those of others: recovered, forfeited.
fn counts(outbox: &Outbox) -> ([u64; 4], [u64; 2]) {
    let ledger = &outbox.ledger;
    (
        [ledger.stored(), ledger.expired(), ledger.rejected(), ledger.damaged()],
        [ledger.recovered(), ledger.forfeited()],
    )
}

/// A minute later.
fn look_around(outbox: &mut Outbox) {
    outbox.looked = outbox.looked.checked_sub(ROUND).expect("the machine is up for longer");
    outbox.tend();
}
