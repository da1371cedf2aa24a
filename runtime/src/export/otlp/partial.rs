//! What a server says of the spans of a request that it took.

use prost::Message;
use serde::Deserialize;
use serde_json::Value;

use super::peer::Peer;
use super::reply::Reply;

/// `ExportTraceServiceResponse` of OTLP.
///
/// The text is bytes here: a text that is no UTF-8 shall not hide how many spans were rejected.
#[derive(Clone, PartialEq, Eq, Message)]
struct Response {
    #[prost(message, optional, tag = "1")]
    partial_success: Option<Partial>,
}

#[derive(Clone, PartialEq, Eq, Message)]
struct Partial {
    #[prost(int64, tag = "1")]
    rejected_spans: i64,
    #[prost(bytes = "vec", tag = "2")]
    error_message: Vec<u8>,
}

/// The same in JSON, where large numbers are texts.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct JsonResponse {
    partial_success: JsonPartial,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct JsonPartial {
    rejected_spans: Value,
    error_message: String,
}

/// Of an answer in protobuf. One that is no such answer says nothing: the status has said that the spans were taken.
pub(super) fn of_protobuf(peer: &Peer, answer: &[u8]) -> Reply {
    let partial = Response::decode(answer).ok().and_then(|response| response.partial_success);
    let Partial { rejected_spans, error_message } = partial.unwrap_or_default();
    taken(peer, rejected_spans, &error_message)
}

/// Of an answer in JSON.
pub(super) fn of_json(peer: &Peer, answer: &[u8]) -> Reply {
    let partial = serde_json::from_slice::<JsonResponse>(answer).unwrap_or_default().partial_success;
    let rejected = match &partial.rejected_spans {
        Value::String(digits) => digits.parse().unwrap_or_default(),
        number => number.as_i64().unwrap_or_default(),
    };
    taken(peer, rejected, partial.error_message.as_bytes())
}

fn taken(peer: &Peer, rejected: i64, said: &[u8]) -> Reply {
    Reply::Taken { rejected: usize::try_from(rejected).unwrap_or_default(), said: peer.excerpt(said) }
}

#[cfg(test)]
mod tests {
    use ureq::http::{HeaderMap, Uri};

    use super::*;

    fn peer() -> Peer {
        Peer::new(&Uri::from_static("http://h/v1"), &HeaderMap::new())
    }

    fn rejected(spans: usize, said: &str) -> Reply {
        Reply::Taken { rejected: spans, said: said.to_owned() }
    }

    #[test]
    fn a_server_says_how_many_it_rejected_and_why() {
        let response = Response {
            partial_success: Some(Partial { rejected_spans: 3, error_message: b"too \xffold".to_vec() }),
        };
        assert_eq!(of_protobuf(&peer(), &response.encode_to_vec()), rejected(3, "too \u{fffd}old"));
        for json in [
            r#"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}}"#,
            r#"{"partialSuccess":{"rejectedSpans":3,"errorMessage":"too old"}}"#,
        ] {
            assert_eq!(of_json(&peer(), json.as_bytes()), rejected(3, "too old"));
        }
    }

    #[test]
    fn an_answer_that_is_none_rejects_nothing() {
        for answer in [&b""[..], b"ok", &[0xff; 1000], b"{}", b"{\"partialSuccess\":null}"] {
            assert_eq!(of_protobuf(&peer(), answer), rejected(0, ""));
            assert_eq!(of_json(&peer(), answer), rejected(0, ""));
        }
        assert_eq!(of_json(&peer(), br#"{"partialSuccess":{"rejectedSpans":"-3"}}"#), rejected(0, ""));
    }
}
