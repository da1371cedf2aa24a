//! What exporters do is never traced: a program that records everything sees its own spans, and nothing of how they
//! travel. The subscriber is global, so this has a process of its own.

use std::sync::{Arc, Mutex};

use recount::testing::Recorder;
use recount::{Protocol, span};
use recount_tests::Collector;
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// Remembers where every span and event comes from.
#[derive(Clone, Default)]
struct Listener(Arc<Mutex<Vec<String>>>);

impl Listener {
    fn hear(&self, target: &str) {
        let thread = std::thread::current();
        // The receivers run in this process, and talk as they like.
        if thread.name() != Some("collector") {
            self.0.lock().expect("nobody panics while listening").push(target.to_owned());
        }
    }
}

impl<S: Subscriber> Layer<S> for Listener {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        self.hear(attributes.metadata().target());
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        self.hear(event.metadata().target());
    }
}

#[test]
fn exporters_are_silent() {
    let (http, grpc, kept) = (Collector::http(), Collector::grpc(), Collector::http());
    let to_http = Recorder::with(recount::builder().endpoint(http.url()));
    // A name has to be looked up, on threads of the runtime.
    let named = grpc.url().replace("127.0.0.1", "localhost");
    let to_grpc = Recorder::with(recount::builder().endpoint(named).protocol(Protocol::Grpc));
    // With an outbox, requests are sent from a thread of their own.
    let folder = tempfile::TempDir::new().expect("a folder");
    let to_kept = Recorder::with(recount::builder().endpoint(kept.url()).outbox(folder.path()));
    let listener = Listener::default();
    let subscriber = tracing_subscriber::registry()
        .with(to_http.layer())
        .with(to_grpc.layer())
        .with(to_kept.layer())
        .with(listener.clone());
    tracing::subscriber::set_global_default(subscriber).expect("the only subscriber of the process");

    span::task("work").emit();
    for (recorder, collector) in [(&to_http, &http), (&to_grpc, &grpc), (&to_kept, &kept)] {
        assert_eq!((recorder.stats().delivered, collector.spans().len()), (1, 1));
    }
    let heard = listener.0.lock().expect("nobody panics while listening").clone();
    assert_eq!(heard, ["recount"]);
}
