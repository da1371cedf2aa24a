//! A backend that is down costs one warning and nothing else. Warnings come from the exporting thread and go to the
//! global subscriber, so this has a process of its own.

use std::fmt::{self, Debug};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use recount::{ErrorKind, span};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// Remembers the warnings of recount.
#[derive(Clone, Default)]
struct Listener(Arc<Mutex<Vec<String>>>);

impl<S: Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() == Level::WARN {
            let mut message = Message::default();
            event.record(&mut message);
            let heard = format!("{}: {}", event.metadata().target(), message.0);
            self.0.lock().expect("nobody panics while listening").push(heard);
        }
    }
}

#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            fmt::Write::write_fmt(&mut self.0, format_args!("{value:?}")).expect("a string takes it");
        }
    }
}

#[test]
fn a_backend_that_is_down_costs_one_warning() {
    // A port that was free a moment ago, and that nobody listens on.
    let port =
        TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
    let endpoint = format!("http://127.0.0.1:{port}");
    let recount =
        recount::builder().endpoint(endpoint).retry_timeout(Duration::ZERO).build().expect("a good URL");
    let listener = Listener::default();
    let subscriber = tracing_subscriber::registry().with(recount.layer()).with(listener.clone());
    tracing::subscriber::set_global_default(subscriber).expect("the only subscriber of the process");

    for _ in 0..5 {
        assert_eq!(span::task("work").in_scope(|| 1), 1);
        let error = recount.flush().expect_err("nobody listens");
        assert_eq!(error.kind(), ErrorKind::Undelivered);
        assert!(error.to_string().contains("could not be reached"), "{error}");
    }
    let error = recount.shutdown().expect_err("everything was lost");
    assert!(error.to_string().contains("5 spans opened, 0 delivered, 5 lost"), "{error}");
    let heard = listener.0.lock().expect("nobody panics while listening").clone();
    assert_eq!(heard.len(), 1, "{heard:#?}");
    assert!(heard[0].starts_with("recount: spans were lost: ") && heard[0].contains("could not be reached"));
}
