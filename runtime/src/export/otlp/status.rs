//! `google.rpc.Status`: how OTLP servers say in protobuf what went wrong.

use prost::Message;

#[derive(Clone, PartialEq, Eq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(bytes = "vec", tag = "2")]
    message: Vec<u8>,
}

/// What it says, where it is one.
pub(super) fn message(status: &[u8]) -> Option<Vec<u8>> {
    Status::decode(status).ok().map(|status| status.message)
}
