//! OTLP in JSON, by the types of OpenTelemetry: for servers and files that take nothing else.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;

/// The JSON of a request in protobuf.
pub(in crate::export) fn of_protobuf(request: &[u8]) -> Result<Vec<u8>, String> {
    let unwritten =
        |error: &dyn std::fmt::Display| format!("the spans could not be written as JSON: {error}");
    let request = ExportTraceServiceRequest::decode(request).map_err(|error| unwritten(&error))?;
    serde_json::to_vec(&request).map_err(|error| unwritten(&error))
}
