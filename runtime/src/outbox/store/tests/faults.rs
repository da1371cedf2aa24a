//! A full disk and kill -9, of real processes: this program again, in another role.

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

use super::*;

const ROLE: &str = "RECOUNT_TEST_ROLE";
const FOLDER: &str = "RECOUNT_TEST_FOLDER";
const FIRST: &str = "RECOUNT_TEST_FIRST";
const PROGRAM: &[&str] = &["--exact", "outbox::store::tests::faults::program", "--ignored", "--nocapture"];

#[test]
#[ignore = "run by the other tests, in a process of its own"]
fn program() {
    let root = PathBuf::from(env::var_os(FOLDER).expect("a folder"));
    match env::var(ROLE).as_deref() {
        Ok("kept busy") => keep_busy(&mut open(&root)),
        Ok("full disk") => fill(&mut open(&root)),
        Ok("short files") => exceed(&mut open(&root), &root),
        role => panic!("no such role: {role:?}"),
    }
    println!("\nwell");
}

fn open(root: &Path) -> Outbox {
    let options = Options { folder: root.into(), bytes: 64 << 20, age: Duration::from_secs(3600) };
    Outbox::open(&options, &Address::new("https://h", &[]), Arc::default()).expect("an outbox")
}

/// A request of which every part says which one it is.
fn request(number: u64) -> Vec<u8> {
    number.to_le_bytes().repeat(usize::try_from(number * 7 % 2500).expect("short") + 1)
}

fn number(request: &[u8]) -> u64 {
    let number = request.first_chunk().map(|bytes| u64::from_le_bytes(*bytes)).expect("a request");
    assert!(request == self::request(number), "a request that was never put");
    number
}

/// Puts and delivers for ever, and tells what it has done.
fn keep_busy(outbox: &mut Outbox) {
    let first: u64 = env::var(FIRST).expect("a number").parse().expect("a number");
    for number in first.. {
        outbox.put(&request(number), 1).expect("room");
        settle(outbox);
        tell("put", number);
        // Less often than it puts, so that each process leaves something.
        if number % 3 != 0 {
            let kept = outbox.oldest().expect("a request");
            // The server has it. Now, and before it is removed, is the time to die.
            tell("took", self::number(&kept.body));
            outbox.delivered(&kept, 0);
        }
    }
}

/// At once, and whole: what is said is not lost with the process.
fn tell(what: &str, number: u64) {
    std::io::stdout().write_all(format!("\n{what} {number}\n").as_bytes()).expect("somebody listens");
}

fn fill(outbox: &mut Outbox) {
    let mut put = 0;
    let error = loop {
        match outbox.put(&request(put), 1) {
            Ok(()) => put += 1,
            Err(error) => break error,
        }
        settle(outbox);
        assert!(put < 10_000, "the disk is full by now");
    };
    let OutboxError::Io(error) = error else { panic!("{error}") };
    assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{error}");
    assert_eq!(outbox.ledger.stored(), put);
    for expected in 0..put {
        let kept = outbox.oldest().expect("what was put");
        assert_eq!(number(&kept.body), expected);
        outbox.delivered(&kept, 0);
    }
    assert!(outbox.oldest().is_none());
    outbox.put(&request(put), 1).expect("room, now that all the rest is gone");
    settle(outbox);
}

fn exceed(outbox: &mut Outbox, root: &Path) {
    outbox.put(b"short", 1).expect("room");
    settle(outbox);
    outbox.put(&vec![7; 1 << 20], 1).expect_err("no file may be so long");
    outbox.put(b"short too", 1).expect("room");
    settle(outbox);
    let [folder] = &folders(root).expect("a folder")[..] else { panic!("one destination") };
    let files = Folder::at(root.join(folder)).list().expect("a folder");
    assert!(!files.iter().any(|(role, _)| matches!(role, Role::Part(_))), "{files:?}");
    for expected in [&b"short"[..], b"short too"] {
        let kept = outbox.oldest().expect("what was put");
        assert_eq!(kept.body, expected);
        outbox.delivered(&kept, 0);
    }
    assert_eq!(outbox.ledger.stored(), 0);
}

fn role(command: &mut Command, role: &str, root: &TempDir) -> Child {
    let command = command.env(ROLE, role).env(FOLDER, root.path()).stdout(Stdio::piped());
    command.spawn().expect("this program")
}

/// Runs a role from a shell that prepares for it. Whether it went well; none where the shell may not prepare so.
fn prepared(script: &str, shell: &[&str], what: &str) -> Option<()> {
    let root = TempDir::new().expect("a folder");
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).args(["-c", script, "sh"]).arg(root.path());
    command.arg(env::current_exe().expect("this program")).args(PROGRAM);
    let output = role(&mut command, what, &root).wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stdout);
    if said.contains("not here") {
        return None;
    }
    assert!(output.status.success() && said.contains("\nwell\n"), "{said}");
    Some(())
}

#[test]
fn on_a_full_disk_what_was_kept_stays_and_the_rest_is_an_error() {
    // A disk of its own needs a kernel that lets users have such; elsewhere the next test has to do.
    let script = "mount -t tmpfs -o size=256k tmpfs \"$1\" || { echo not here; exit; }; shift; exec \"$@\"";
    if Command::new("unshare").args(["-rm", "true"]).status().is_ok_and(|status| status.success()) {
        prepared(script, &["unshare", "-rm", "sh"], "full disk");
    }
}

#[test]
fn a_file_that_may_not_be_so_long_is_an_error_and_leaves_nothing() {
    let script = "trap '' XFSZ; ulimit -f 16; shift; exec \"$@\"";
    prepared(script, &["sh"], "short files").expect("every shell can");
}

/// What processes said that they did.
#[derive(Default)]
struct Said {
    put: BTreeSet<u64>,
    took: Vec<u64>,
}

impl Said {
    fn add(&mut self, text: &str) {
        for line in text.lines() {
            let number = |number: &str| number.parse::<u64>().expect("a number");
            match line.split_once(' ') {
                Some(("put", said)) => {
                    self.put.insert(number(said));
                }
                Some(("took", said)) => self.took.push(number(said)),
                _ => {}
            }
        }
    }
}

/// Two processes at a time share the folder. Each takes over what those before it left, and dies at another place of its
/// work.
#[test]
fn kill_9_at_any_moment_loses_nothing_and_leaves_nothing_half_written() {
    let root = TempDir::new().expect("a folder");
    let mut said = Said::default();
    let rounds: u64 = 12;
    for round in 0..rounds {
        let mut processes: Vec<_> = (0..2)
            .map(|process| {
                let first = (round * 2 + process) * 1_000_000;
                let mut command = Command::new(env::current_exe().expect("this program"));
                let command = command.args(PROGRAM).env(FIRST, first.to_string());
                let mut child = role(command, "kept busy", &root);
                let output = BufReader::new(child.stdout.take().expect("a pipe"));
                (child, output, String::new())
            })
            .collect();
        for _ in 0..round * 5 + 8 {
            for (_, output, text) in &mut processes {
                output.read_line(text).expect("it goes on");
            }
        }
        for (mut child, mut output, mut text) in processes {
            child.kill().expect("it runs still");
            output.read_to_string(&mut text).expect("text");
            child.wait().expect("it is gone");
            said.add(&text);
        }
    }
    let mut outbox = open(root.path());
    while let Some(kept) = outbox.oldest() {
        said.took.push(number(&kept.body));
        outbox.delivered(&kept, 0);
    }
    assert_eq!(outbox.ledger.forfeited(), 0, "a file was damaged");
    drop(outbox);
    let sent = said.took.len();
    let took: BTreeSet<_> = said.took.into_iter().collect();
    let lost: Vec<_> = said.put.difference(&took).collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert!(took.len() > 100, "they did something: {}", took.len());
    // Each may have died between the answer of the server and the removal of the file.
    let twice = sent - took.len();
    assert!(twice as u64 <= 2 * rounds, "{twice} of {sent} were sent twice");
    let [folder] = &folders(root.path()).expect("a folder")[..] else { panic!("one destination") };
    assert_eq!(Folder::at(root.path().join(folder)).list().expect("a folder"), []);
}
