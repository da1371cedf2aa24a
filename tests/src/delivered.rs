use std::time::{Duration, Instant};

use recount::{Builder, Stats, span};
use tracing_subscriber::layer::SubscriberExt;

/// What became of spans.
#[derive(Debug)]
pub struct Delivered {
    /// How many went which way.
    pub stats: Stats,
    /// What the shutdown said of the losses; nothing where there were none.
    pub told: String,
    /// From the first span to the end of the shutdown.
    pub took: Duration,
}

/// Sends so many small spans through a pipeline of these settings, waits for it as long as it takes, and shuts it down.
///
/// Whatever happens on the way, each span is counted, and once.
///
/// # Panics
///
/// When one is not, or a setting has no meaning.
#[track_caller]
pub fn deliver(builder: Builder, spans: usize) -> Delivered {
    let began = Instant::now();
    let recount = builder.build().expect("settings that have a meaning");
    let subscriber = tracing_subscriber::registry().with(recount.layer());
    tracing::subscriber::with_default(subscriber, || {
        for _ in 0..spans {
            span::task("step").emit();
        }
    });
    let _ = recount.flush_within(Duration::from_secs(60));
    let told = recount.shutdown().map_or_else(|error| error.to_string(), |()| String::new());
    let stats = recount.stats();
    assert_eq!(stats.opened, spans as u64, "{stats}");
    assert_eq!(stats.opened, stats.delivered + stats.stored + stats.sampled_out + stats.lost(), "{stats}");
    Delivered { stats, told, took: began.elapsed() }
}
