//! What redaction costs the worker: how fast texts are looked through, with and without secrets in them, and whether a
//! text that is four times as long takes four times as long, whatever it is.
//!
//! The worker's time for records of these texts with redaction, less that without. All ways take turns; each figure is
//! the median of the rounds.
//!
//! ```text
//! cargo bench -p recount-benches --bench redaction
//! ```

use std::time::Duration;

use recount::Recount;
use recount::export::{ExportError, Exporter};
use recount::redact::Redaction;
use recount::wire::{Resource, SpanRecord};
use recount_benches::figure::median;
use recount_benches::table::Table;
use recount_benches::work::work;
use rustix::time::{ClockId, clock_gettime};
use tracing_subscriber::layer::SubscriberExt;

const ROUNDS: usize = 9;
/// Bytes of the texts of one round.
const BYTES: u32 = 8 << 20;

type Settings = fn() -> Redaction;

const WAYS: [(&str, Settings); 3] = [
    ("off", Redaction::off),
    ("credentials", Redaction::default),
    ("and personal data", || Redaction::default().personal_data()),
];

/// Takes spans, and does nothing with them.
#[derive(Debug)]
struct Nowhere;

impl Exporter for Nowhere {
    fn export(&mut self, _: &[SpanRecord], _: &Resource) -> Result<(), ExportError> {
        Ok(())
    }
}

fn main() {
    throughput();
    floods();
}

/// Megabytes in a second, for texts of the length of a prompt.
fn throughput() {
    let texts = [
        ("prose", prose(2_000)),
        ("code", include_str!("redaction.rs").to_owned()),
        ("prose with a key", format!("{} {} {}", prose(1_000), key(), prose(1_000))),
        ("a key in every line", format!("the key is {}\n", key()).repeat(30)),
    ];
    let mut table = Table::new(&["text", "credentials, MB/s", "and personal data, MB/s"]);
    for (name, text) in texts {
        let times = measure(&text, BYTES as usize / text.len());
        let rate = |way: usize| {
            let net = times[way].saturating_sub(times[0]).max(Duration::from_nanos(1));
            format!("{:.0}", f64::from(BYTES) / 1e6 / net.as_secs_f64())
        };
        table.row([name.to_owned(), rate(1), rate(2)]);
    }
    println!("{table}");
}

/// How much longer four times as much of the same takes; 4 is in proportion, 16 would be a square.
fn floods() {
    let mut table = Table::new(&["again and again", "64 KiB", "256 KiB", "ratio"]);
    for flood in [
        "sk-",
        "eyJ.",
        "a://b:c@",
        ":",
        "@a.",
        "-----BEGIN PRIVATE KEY-----",
        "password=",
        "Cookie: a=",
        "1 ",
    ] {
        let time = |bytes: usize| measure(&flood.repeat(bytes / flood.len()), 4)[2];
        let (short, long) = (time(1 << 16), time(1 << 18));
        let ratio = long.as_secs_f64() / short.as_secs_f64();
        table.row([flood.to_owned(), format!("{short:.1?}"), format!("{long:.1?}"), format!("{ratio:.1}")]);
    }
    println!("{table}");
}

/// The CPU time of the process for so many spans with this text, by way; medians of rounds that take turns.
fn measure(text: &str, spans: usize) -> Vec<Duration> {
    let mut times = vec![Vec::new(); WAYS.len()];
    for _ in 0..ROUNDS {
        for (times, (_, redaction)) in times.iter_mut().zip(WAYS) {
            times.push(round(text, spans, redaction()));
        }
    }
    times
        .into_iter()
        .map(|times| Duration::from_secs_f64(median(times.iter().map(Duration::as_secs_f64))))
        .collect()
}

fn round(text: &str, spans: usize, redaction: Redaction) -> Duration {
    let builder =
        recount::builder().redact(redaction).exporter(Nowhere).queue_bytes(1 << 30).value_cap(1 << 20);
    let recount: Recount = builder.shutdown_timeout(Duration::from_secs(600)).build().expect("settings");
    let subscriber = tracing_subscriber::registry().with(recount.layer());
    let start = cpu_time();
    tracing::subscriber::with_default(subscriber, || {
        (0..spans).for_each(|_| recount::span::task("read").input(text).emit());
        recount.flush().expect("nothing is lost");
    });
    cpu_time().saturating_sub(start)
}

fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

fn prose(bytes: usize) -> String {
    work().response.text().chars().cycle().take(bytes).collect()
}

/// A key that nobody has.
fn key() -> String {
    let letters = ('a'..='z').chain('A'..='Z').chain('0'..='9').collect::<Vec<_>>();
    let body = (0..48).map(|place| letters[place * 37 % letters.len()]);
    ["s", "k", "-"].into_iter().map(str::to_owned).chain(body.map(String::from)).collect()
}
