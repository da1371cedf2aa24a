use super::delivery::SaidDelivery;
use super::limits::SaidLimits;
use super::outbox::SaidOutbox;
use super::queue::SaidQueue;
use super::redaction::redaction;
use super::sampling::sampler;
use super::variables::{Pairs, Variables, truth};
use crate::Error;
use crate::export::{Protocol, ProxySettings};
use crate::redact::Redaction;
use crate::sample::Sampler;

const EXPORTERS: &str = "OTEL_TRACES_EXPORTER";

/// What the environment says, by the names that OpenTelemetry and Traceloop gave it.
///
/// Read as a whole and checked as a whole before anything is opened: a program does not start
/// half-configured.
#[derive(Debug, Default)]
pub(super) struct Environment {
    pub(super) disabled: bool,
    pub(super) service_name: Option<String>,
    pub(super) resource: Vec<(String, String)>,
    /// The exporters that were asked for; `None` where nothing was said.
    pub(super) exporters: Option<Exporters>,
    pub(super) endpoint: Option<Endpoint>,
    pub(super) protocol: Option<Protocol>,
    /// Headers for the endpoint, with the variable that says so.
    pub(super) headers: Pairs<'static>,
    pub(super) delivery: SaidDelivery,
    pub(super) proxy: ProxySettings,
    pub(super) gzip: Option<bool>,
    pub(super) queue: SaidQueue,
    pub(super) sampler: Option<Sampler>,
    pub(super) redaction: Option<Redaction>,
    pub(super) content: Option<bool>,
    pub(super) limits: SaidLimits,
    pub(super) outbox: SaidOutbox,
}

/// The exporters of `OTEL_TRACES_EXPORTER`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Exporters {
    pub(super) otlp: bool,
    pub(super) console: bool,
}

/// Where spans are sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    /// Who said so.
    pub(super) source: &'static str,
    pub(super) url: String,
    /// Whether the URL is taken as it is; else it is a base, below which OTLP has its path.
    pub(super) whole: bool,
}

impl Environment {
    /// What is switched off is not checked: `OTEL_SDK_DISABLED` is the way out for a machine whose other
    /// variables are a mess.
    ///
    /// The variables for traces count before the general ones.
    pub(super) fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let variables = Variables(lookup);
        if variables.truth("OTEL_SDK_DISABLED")? == Some(true) {
            return Ok(Self { disabled: true, ..Self::default() });
        }
        Ok(Self {
            disabled: false,
            service_name: variables.text("OTEL_SERVICE_NAME"),
            resource: variables.pairs(&["OTEL_RESOURCE_ATTRIBUTES"])?.1,
            exporters: variables.parse(&[EXPORTERS], "`otlp`, `console` or `none`", exporters)?,
            endpoint: endpoint(&variables),
            protocol: variables.parse(
                &["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"],
                Protocol::EXPECTED,
                Protocol::from_name,
            )?,
            headers: variables.pairs(&["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"])?,
            delivery: SaidDelivery::read(&variables)?,
            proxy: proxy(&variables),
            gzip: variables.parse(
                &["OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION"],
                "`gzip` or `none`",
                compression,
            )?,
            queue: SaidQueue::read(&variables)?,
            sampler: sampler(&variables)?,
            redaction: redaction(&variables)?,
            content: content(&variables)?,
            limits: SaidLimits::read(&variables)?,
            outbox: SaidOutbox::read(&variables)?,
        })
    }
}

/// Names that recount does not know, such as `zipkin`, are an error: spans that silently go nowhere are
/// worse.
fn exporters(value: &str) -> Option<Exporters> {
    let mut exporters = Exporters::default();
    let mut none = false;
    for name in value.split(',') {
        match name.trim() {
            "otlp" => exporters.otlp = true,
            "console" => exporters.console = true,
            "none" => none = true,
            _ => return None,
        }
    }
    // To ask for something and for nothing is a mistake.
    (none == (exporters == Exporters::default())).then_some(exporters)
}

/// That for traces is taken as it is, the general one is a base: so OpenTelemetry has it.
fn endpoint<F: Fn(&str) -> Option<String>>(variables: &Variables<F>) -> Option<Endpoint> {
    const TRACES: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    let (source, url) = variables.first(&[TRACES, "OTEL_EXPORTER_OTLP_ENDPOINT"])?;
    Some(Endpoint { source, url, whole: source == TRACES })
}

/// By the names that all programs know, in either case.
fn proxy<F: Fn(&str) -> Option<String>>(variables: &Variables<F>) -> ProxySettings {
    let no_proxy = variables.first(&["NO_PROXY", "no_proxy"]);
    ProxySettings {
        https: variables.first(&["HTTPS_PROXY", "https_proxy"]),
        no_proxy: no_proxy.map(|(_, hosts)| hosts).unwrap_or_default(),
    }
}

fn compression(value: &str) -> Option<bool> {
    match value {
        "gzip" => Some(true),
        "none" => Some(false),
        _ => None,
    }
}

/// Whether arguments, results and messages are recorded. OpenTelemetry's variable counts before Traceloop's; both
/// are checked.
fn content<F: Fn(&str) -> Option<String>>(variables: &Variables<F>) -> Result<Option<bool>, Error> {
    let open_telemetry = variables.parse(
        &["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"],
        "`NO_CONTENT`, `SPAN_ONLY`, `EVENT_ONLY`, `SPAN_AND_EVENT`, `true` or `false`",
        |value| match value.to_ascii_uppercase().as_str() {
            "SPAN_ONLY" | "SPAN_AND_EVENT" => Some(true),
            // Recount sends no such events, and spans shall have none of it.
            "NO_CONTENT" | "EVENT_ONLY" => Some(false),
            _ => truth(value),
        },
    )?;
    Ok(open_telemetry.or(variables.truth("TRACELOOP_TRACE_CONTENT")?))
}
