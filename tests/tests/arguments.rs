//! The arguments that every attribute takes.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unused_async,
    reason = "arguments are passed to be captured"
)]

use std::fmt::{self, Debug, Display};

use futures::executor::block_on;
use futures::stream::{self, Stream, StreamExt};
use recount::testing::Recorder;
use recount::wire::SpanRecord;
use recount_tests::{facts, recorded, records};
use serde::Serialize;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt};

#[derive(Clone, Debug, Serialize)]
struct Request {
    model: String,
    limit: u8,
}

impl Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} up to {}", self.model, self.limit)
    }
}

fn request() -> Request {
    Request { model: "m".into(), limit: 2 }
}

fn told(spans: &[SpanRecord]) -> String {
    let line =
        |span: &SpanRecord| format!("[{} {}]\n{}", span.kind, span.name, facts(span)).trim_end().to_owned();
    spans.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A name as a literal, a constant, an associated constant.
#[test]
fn name() {
    const NAME: &str = "constant";

    struct Named;

    impl Named {
        const NAME: &'static str = "associated";

        #[recount::tool(name = Named::NAME)]
        fn method() {}

        #[recount::tool(name = Named::NAME)]
        async fn method_later() {}
    }

    #[recount::tool(name = "literal with spaces, ünïcode and \"quotes\"")]
    fn literal() {}

    #[recount::workflow(name = NAME)]
    fn constant() {}

    #[recount::task(name = concat!("con", "cat"))]
    fn macro_call() {}

    let ((), tree) = recorded(|| {
        literal();
        constant();
        Named::method();
        block_on(Named::method_later());
        macro_call();
    });
    insta::assert_snapshot!(tree, @r#"
    tool literal with spaces, ünïcode and "quotes"
    workflow constant
    tool associated
    tool associated
    task concat
    "#);
}

/// Which arguments are captured: all that have a name, all but some, only some, none.
#[test]
fn skip_and_capture() {
    #[recount::tool]
    fn all(a: u8, b: u8, _private: u8) -> u8 {
        a + b
    }
    #[recount::tool(skip(b))]
    fn skip_one(a: u8, b: u8) -> u8 {
        a + b
    }
    #[recount::tool(skip(a, b), skip_output)]
    async fn skip_each(a: u8, b: u8) -> u8 {
        a + b
    }
    #[recount::tool(skip_all)]
    fn skip_all(a: u8, b: u8) -> u8 {
        a + b
    }
    #[recount::tool(capture(b, _private))]
    fn capture(a: u8, b: u8, _private: u8) -> u8 {
        a + b
    }
    #[recount::tool(skip_output)]
    fn skip_output(a: u8) -> Result<u8, String> {
        if a == 0 { Err("the error is told all the same".into()) } else { Ok(a) }
    }

    let ((), spans) = records(|| {
        all(1, 2, 3);
        skip_one(1, 2);
        block_on(skip_each(1, 2));
        skip_all(1, 2);
        capture(1, 2, 3);
        assert!(skip_output(1).is_ok());
        assert!(skip_output(0).is_err());
    });
    insta::assert_snapshot!(told(&spans), @r#"
    [tool all]
    Argument a = 1
    Argument b = 2
    Output = 3
    [tool skip_one]
    Argument a = 1
    Output = 3
    [tool skip_each]
    [tool skip_all]
    Output = 3
    [tool capture]
    Argument b = 2
    Argument _private = 3
    Output = 3
    [tool skip_output]
    Argument a = 1
    [tool skip_output]
    Argument a = 0
    Fault = {"type":"alloc::string::String","message":"the error is told all the same"}
    "#);
}

/// How one argument is captured.
#[test]
fn json_debug_and_display() {
    #[recount::tool(json(a), debug(b, text), display(c))]
    fn chosen(a: Request, b: Request, c: &Request, text: &str) -> usize {
        [&a, &b, c].len() + text.len()
    }

    #[recount::tool(display(value))]
    async fn bounded<T: Display>(value: T) {
        drop(value);
    }

    #[recount::tool(capture(a), json(a))]
    fn only_one(a: Request, b: Request) -> bool {
        a.limit == b.limit
    }

    let ((), spans) = records(|| {
        chosen(request(), request(), &request(), "te\"xt");
        block_on(bounded('c'));
        only_one(request(), request());
    });
    insta::assert_snapshot!(told(&spans), @r#"
    [tool chosen]
    Argument a = {"model":"m","limit":2}
    Argument b = "Request { model: \"m\", limit: 2 }"
    Argument c = "m up to 2"
    Argument text = "\"te\\\"xt\""
    Output = 8
    [tool bounded]
    Argument value = "c"
    Output = null
    [tool only_one]
    Argument a = {"model":"m","limit":2}
    Output = true
    "#);
}

/// Further attributes: keys of every form, expressions that name the arguments, `%` and `?`.
#[test]
fn fields() {
    const KEY: f64 = 0.5;

    struct Client {
        region: &'static str,
    }

    impl Client {
        #[recount::tool(fields(
            plain = limit,
            dotted.key.with.parts = request.limit + limit,
            "quoted key" = KEY,
            display = %request,
            debug = ?request,
            region = self.region,
            list = [1, 2],
            none = None::<u8>,
            block = { let sum = limit + 1; sum },
            structured = request,
            text = request.model.as_str(),
        ), skip_all)]
        fn call(&self, request: Request, limit: u8) -> usize {
            drop(request);
            usize::from(limit)
        }

        #[recount::tool(fields(region = self.region, length = text.len()))]
        async fn call_later(&self, text: String) -> String {
            text
        }
    }

    let client = Client { region: "eu" };
    let ((), spans) = records(|| {
        client.call(request(), 3);
        block_on(client.call_later("abc".into()));
    });
    insta::assert_snapshot!(told(&spans), @r#"
    [tool call]
    Attribute plain = 3
    Attribute dotted.key.with.parts = 5
    Attribute quoted key = 0.5
    Attribute display = "m up to 2"
    Attribute debug = "Request { model: \"m\", limit: 2 }"
    Attribute region = "eu"
    Attribute list = [1,2]
    Attribute none = null
    Attribute block = 4
    Attribute structured = {"model":"m","limit":2}
    Attribute text = "m"
    Output = 3
    [tool call_later]
    Argument text = "abc"
    Attribute region = "eu"
    Attribute length = 3
    Output = "abc"
    "#);
}

/// What `output` makes of the value: the `Ok` value, each item.
#[test]
fn output() {
    #[recount::tool(output = |value| value.len())]
    fn plain() -> Vec<u8> {
        vec![1, 2]
    }
    #[recount::tool(output = |request: &Request| request.model.clone())]
    async fn of_ok(fail: bool) -> Result<Request, String> {
        if fail { Err("failed".into()) } else { Ok(request()) }
    }
    #[recount::tool(output = |value| value.map(str::len))]
    fn borrowed<'a>(text: &'a str) -> Option<&'a str>
    where
        'a: 'a,
    {
        Some(text)
    }
    #[recount::task(output = |item| item * 2)]
    fn of_items() -> impl Stream<Item = u8> {
        stream::iter([1, 2])
    }
    #[recount::task(output = |item| item * 3)]
    fn of_boxed_items() -> stream::BoxStream<'static, Result<u8, String>> {
        stream::iter([Ok(1), Err("failed".into())]).boxed()
    }
    #[recount::task(output = |item| item + 1)]
    fn of_an_iterator() -> impl Iterator<Item = u8> {
        0..2
    }

    let ((), spans) = records(|| {
        plain();
        assert!(block_on(of_ok(false)).is_ok());
        assert!(block_on(of_ok(true)).is_err());
        borrowed("text");
        block_on(of_items().count());
        block_on(of_boxed_items().count());
        of_an_iterator().count();
    });
    insta::assert_snapshot!(told(&spans), @r#"
    [tool plain]
    Output = 2
    [tool of_ok]
    Argument fail = false
    Output = "m"
    [tool of_ok]
    Argument fail = true
    Fault = {"type":"alloc::string::String","message":"failed"}
    [tool borrowed]
    Argument text = "text"
    Output = 4
    [task of_items]
    FirstItem = 0.001
    Item = 2
    Item = 4
    ItemCount = 2
    [task of_boxed_items]
    FirstItem = 0.001
    Item = 3
    Fault = {"type":"alloc::string::String","message":"failed"}
    ItemCount = 2
    [task of_an_iterator]
    FirstItem = 0.001
    Item = 1
    Item = 2
    ItemCount = 2
    "#);
}

/// Level and target are those of the `tracing` span, so that any filter sees them.
#[test]
fn level_and_target() {
    const TARGET: &str = "my::target";

    #[recount::tool(level = "debug")]
    fn debug() {}
    #[recount::tool(level = "WARN", target = "my::target")]
    fn warn() {}
    #[recount::tool(level = tracing::Level::ERROR, target = TARGET)]
    fn error() {}
    #[recount::tool(level = 1)]
    fn trace() {}
    #[recount::tool]
    fn default() {}

    let calls = || {
        debug();
        warn();
        error();
        trace();
        default();
    };
    let names = |targets: Targets| {
        let recorder = Recorder::new();
        let subscriber = tracing_subscriber::registry().with(recorder.layer().with_filter(targets));
        tracing::subscriber::with_default(subscriber, calls);
        recorder.spans().iter().map(|span| span.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(Targets::new().with_default(tracing::Level::INFO)), ["warn", "error", "default"]);
    assert_eq!(
        names(Targets::new().with_default(tracing::Level::DEBUG)),
        ["debug", "warn", "error", "default"]
    );
    assert_eq!(names(Targets::new().with_default(tracing::Level::TRACE)).len(), 5);
    assert_eq!(names(Targets::new().with_target("my::target", tracing::Level::ERROR)), ["error"]);
    assert_eq!(names(Targets::new().with_target(module_path!(), tracing::Level::INFO)), ["default"]);
}

/// Another parent than the current span, or none.
#[test]
fn parent() {
    #[recount::task(parent = None)]
    fn root() {}

    #[recount::task(parent = under.clone(), skip_all)]
    fn chosen(under: Option<tracing::span::Id>) -> bool {
        under.is_some()
    }

    #[recount::task(parent = span.id(), skip(span))]
    async fn chosen_later(span: &recount::span::ManualSpan) -> bool {
        span.id().is_some()
    }

    #[recount::workflow(skip_all)]
    fn outer(manual: &recount::span::ManualSpan) {
        root();
        chosen(manual.id());
        chosen(None);
        block_on(chosen_later(manual));
    }

    let ((), tree) = recorded(|| {
        let manual = recount::span::workflow("manual").start();
        outer(&manual);
    });
    insta::assert_snapshot!(tree, @r#"
    workflow manual
    ├─ task chosen → true
    └─ task chosen_later → true
    workflow outer
    task root
    task chosen → false
    "#);
}

/// The crate by a path of its own, as a path and as a text; and all common arguments at once, with a trailing
/// comma.
#[test]
fn crate_path_and_everything_together() {
    mod vendored {
        pub(crate) use ::recount as tracer;
    }

    #[recount::tool(crate = vendored::tracer)]
    fn by_path(value: u8) -> u8 {
        value
    }

    #[recount::tool(crate = "crate::reached")]
    async fn by_text(value: u8) -> u8 {
        value
    }

    #[recount::tool(
        name = "everything",
        skip(b),
        debug(a),
        fields(sum = a + b),
        level = "info",
        target = "target",
        parent = None,
        output = |value| value.to_string(),
        err(Debug),
        crate = ::recount,
    )]
    fn everything(a: u8, b: u8, c: u8) -> Result<u8, String> {
        Ok(a + b + c)
    }

    let ((), spans) = records(|| {
        by_path(1);
        block_on(by_text(2));
        assert!(everything(1, 2, 3).is_ok());
    });
    insta::assert_snapshot!(told(&spans), @r#"
    [tool by_path]
    Argument value = 1
    Output = 1
    [tool by_text]
    Argument value = 2
    Output = 2
    [tool everything]
    Argument a = "1"
    Argument c = 3
    Attribute sum = 3
    Output = "6"
    "#);
}

mod reached {
    pub(crate) use ::recount::__private;
}
