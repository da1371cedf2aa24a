use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{Patience, ProxySettings, Tls};
#[cfg(feature = "otlp")]
use crate::outbox::Outbox;

/// How spans travel to an OpenTelemetry endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Protocol {
    /// HTTP with protobuf bodies; what most backends take. Feature `otlp`, on unless switched off.
    #[default]
    HttpProtobuf,
    /// HTTP with JSON bodies. Feature `http-json`.
    HttpJson,
    /// gRPC. Feature `grpc`.
    ///
    /// The endpoint is `http://host:4317` by custom.
    Grpc,
}

impl Protocol {
    pub(crate) const EXPECTED: &str = "`http/protobuf`, `http/json` or `grpc`";

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::HttpProtobuf, Self::HttpJson, Self::Grpc].into_iter().find(|protocol| protocol.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::HttpProtobuf => "http/protobuf",
            Self::HttpJson => "http/json",
            Self::Grpc => "grpc",
        }
    }

    /// The feature that the protocol needs, where it is switched off.
    pub(crate) fn missing_feature(self) -> Option<&'static str> {
        let (feature, is_on) = match self {
            Self::HttpProtobuf => ("otlp", cfg!(feature = "otlp")),
            Self::HttpJson => ("http-json", cfg!(feature = "http-json")),
            Self::Grpc => ("grpc", cfg!(feature = "grpc")),
        };
        (!is_on).then_some(feature)
    }
}

/// Prints the name that `OTEL_EXPORTER_OTLP_PROTOCOL` has for it.
impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How an OpenTelemetry endpoint is reached.
///
/// What the configuration knows; `otlp` makes an exporter of it. Both sides are checked by the first, so that
/// an error names the setting.
#[cfg_attr(not(feature = "otlp"), expect(dead_code, reason = "read by the exporters that are switched off"))]
pub(crate) struct Destination {
    pub(crate) url: String,
    pub(crate) protocol: Protocol,
    pub(crate) headers: Vec<(String, String)>,
    /// For one attempt, from the look-up of the name to the end of the answer.
    pub(crate) timeout: Duration,
    /// For all attempts of one request, and the waits between them.
    pub(crate) retry_timeout: Duration,
    /// The most that a request may have, in bytes, before it is compressed.
    pub(crate) request_bytes: usize,
    pub(crate) gzip: bool,
    pub(crate) tls: Tls,
    pub(crate) proxy: ProxySettings,
    /// How long it may take when the program ends.
    pub(crate) patience: Arc<Patience>,
    /// Where requests wait that cannot be delivered; none, where they are lost.
    #[cfg(feature = "otlp")]
    pub(crate) outbox: Option<Outbox>,
}
