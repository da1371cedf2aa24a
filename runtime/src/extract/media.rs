//! Images, audio and files within messages: by reference, or as much of them as is worth keeping.

use serde_json::{Value as Json, json};

use super::read;
use crate::wire::Part;
use crate::wire::tape::{Text, Value};

/// The most that is kept of bytes in base64, in bytes. Icons are kept; of a photograph, half is of no use.
const INLINE: usize = 8 * 1024;

/// What stands behind an address; the bytes themselves where it is a `data:` URL.
pub(super) fn at(modality: &str, mime_type: Option<&str>, url: Text<'_>) -> Part {
    match DataUrl::read(url) {
        Some(data) => {
            let said = data.head.strip_prefix(SCHEME).and_then(|kind| kind.split([';', ',']).next());
            inline(modality, mime_type.or(said.filter(|kind| !kind.is_empty())), data.bytes)
        }
        None => Part::Uri {
            modality: modality.into(),
            mime_type: mime_type.map(Into::into),
            uri: url.to_string(),
        },
    }
}

/// Bytes in base64.
///
/// What is left out is counted, so that a reader sees that there was an image, and how large it was: of what capture
/// cut, or is long, only the size is of use.
pub(super) fn inline(modality: &str, mime_type: Option<&str>, base64: Text<'_>) -> Part {
    part("blob", modality, mime_type, "content", short(base64).unwrap_or_else(|| base64.kept.to_owned()))
}

/// Bytes of which only the number is known, if that.
pub(super) fn of_size(modality: &str, mime_type: Option<&str>, size: Option<u64>) -> Part {
    part("blob", modality, mime_type, "content", mark(size))
}

/// A file that the provider keeps.
pub(super) fn file(modality: &str, mime_type: Option<&str>, id: &str) -> Part {
    part("file", modality, mime_type, "file_id", id.to_owned())
}

fn part(kind: &str, modality: &str, mime_type: Option<&str>, key: &str, value: String) -> Part {
    let mut part = json!({"type": kind, "modality": modality});
    if let Some(mime_type) = mime_type {
        part["mime_type"] = Json::from(mime_type);
    }
    part[key] = Json::from(value);
    Part::Other(part)
}

/// `image`, `audio`, `video` or `document`, by the media type.
pub(super) fn modality(mime_type: &str) -> &'static str {
    match mime_type.split('/').next() {
        Some("image") => "image",
        Some("audio") => "audio",
        Some("video") => "video",
        _ => "document",
    }
}

/// A value that is kept as it is, but for long bytes in `data:` URLs anywhere in it.
pub(super) fn to_json(value: &Value<'_>) -> Json {
    read::to_json_with(value, &|text| {
        let short = DataUrl::read(text).and_then(|url| Some(format!("{}{}", url.head, short(url.bytes)?)));
        short.unwrap_or_else(|| text.to_string())
    })
}

const SCHEME: &str = "data:";

/// A `data:` URL.
struct DataUrl<'a> {
    /// Up to the comma.
    head: &'a str,
    bytes: Text<'a>,
}

impl<'a> DataUrl<'a> {
    /// None of another URL, of one without a comma, and of a text that only begins like one. Capture may have cut before
    /// the comma: then nothing is known of the bytes.
    fn read(url: Text<'a>) -> Option<Self> {
        let end = url.kept.find(',').map_or(url.kept.len(), |comma| comma + 1);
        let (head, kept) = url.kept.split_at(end);
        if !head.starts_with(SCHEME) || head.contains(char::is_whitespace) {
            return None;
        }
        if !head.ends_with(',') {
            let bytes = Text { kept: "", cut: Some(0), tail: "" };
            return url.cut.map(|_| Self { head: SCHEME, bytes });
        }
        let cut = url.cut.map(|original| original.saturating_sub(end as u64));
        Some(Self { head, bytes: Text { kept, cut, tail: "" } })
    }
}

/// What stands for bytes that are not kept; none where they are.
fn short(base64: Text<'_>) -> Option<String> {
    match base64.cut {
        None if base64.kept.len() <= INLINE => None,
        None => Some(mark(Some(base64.kept.len() as u64))),
        Some(size) => Some(mark(Some(size).filter(|size| *size > 0))),
    }
}

fn mark(size: Option<u64>) -> String {
    size.map_or_else(|| "…".into(), |size| format!("…[+{size} bytes]"))
}
