//! The parts of a message's content.

use serde_json::{Value as Json, json};

use crate::extract::{media, read};
use crate::wire::Part;
use crate::wire::tape::{Text, Value};

/// The parts of a content: a text, or a list of parts.
pub(in crate::extract) fn parts(content: Option<Value<'_>>, parts: &mut Vec<Part>) {
    match content {
        Some(Value::Text(text)) if !text.kept.is_empty() => {
            parts.push(Part::Text { content: text.marked().into_owned() });
        }
        Some(Value::Seq(list)) => parts.extend(list.flat_map(|said| part(&said))),
        Some(said @ Value::Map(_)) => parts.extend(part(&said)),
        _ => {}
    }
}

/// One part of a content; several where it holds a list of thoughts.
pub(in crate::extract) fn part(said: &Value<'_>) -> Vec<Part> {
    let one = match read::text(said, "type").unwrap_or_default() {
        "text" | "input_text" | "output_text" | "refusal" => {
            let text = read::content(said, "text").or_else(|| read::content(said, "refusal"));
            text.map(|content| Part::Text { content })
        }
        "thinking" => return thoughts(said),
        "image_url" | "input_image" => at("image", said, "image_url"),
        "image_base64" => at("image", said, "image_base64"),
        "video_url" | "input_video" => at("video", said, "video_url"),
        "audio_url" => at("audio", said, "audio_url"),
        "document_url" => at("document", said, "document_url"),
        "input_audio" => heard(said),
        "file" => read::map(said, "file").and_then(|file| attached(&file)),
        _ => None,
    };
    vec![one.unwrap_or_else(|| unknown(said))]
}

/// Mistral's thoughts are parts themselves; some servers have a text.
fn thoughts(said: &Value<'_>) -> Vec<Part> {
    let mut thoughts = Vec::new();
    parts(said.get("thinking"), &mut thoughts);
    let into_reasoning = |part| match part {
        Part::Text { content } => Part::Reasoning { content },
        other => other,
    };
    thoughts.into_iter().map(into_reasoning).collect()
}

/// What stands at an address: a text, or a map of it. Some files are known by their id alone.
fn at(modality: &str, said: &Value<'_>, key: &str) -> Option<Part> {
    let url = read::captured(said, key).or_else(|| read::captured(&said.get(key)?, "url"));
    match url {
        Some(url) => Some(media::at(modality, None, url)),
        None => read::text(said, "file_id").map(|id| media::file(modality, None, id)),
    }
}

/// A recording for the model. Mistral has an address or the bytes in the place of the map.
fn heard(said: &Value<'_>) -> Option<Part> {
    match said.get("input_audio")? {
        Value::Text(text) => Some(sent("audio", text)),
        audio => {
            let mime_type = read::text(&audio, "format").map(|format| match format {
                "mp3" => "audio/mpeg".to_owned(),
                format => format!("audio/{format}"),
            });
            Some(media::inline("audio", mime_type.as_deref(), read::captured(&audio, "data")?))
        }
    }
}

/// A file, by id, or as a `data:` URL, or elsewhere.
fn attached(file: &Value<'_>) -> Option<Part> {
    if let Some(id) = read::text(file, "file_id") {
        return Some(media::file("document", None, id));
    }
    let data = read::captured(file, "file_data").or_else(|| read::captured(file, "file_url"))?;
    Some(sent("document", data))
}

/// What stands at an address, or is sent along in base64, which has no colon.
fn sent(modality: &str, data: Text<'_>) -> Part {
    if data.kept.contains(':') {
        media::at(modality, None, data)
    } else {
        media::inline(modality, None, data)
    }
}

/// What the model said aloud: the bytes, and what was said. In the history of a chat it is known by its id.
pub(super) fn spoken(audio: &Value<'_>) -> Vec<Part> {
    let sound = match (read::captured(audio, "data"), read::text(audio, "id")) {
        (Some(data), _) => Some(media::inline("audio", None, data)),
        (None, Some(id)) => Some(media::file("audio", None, id)),
        (None, None) => None,
    };
    let transcript = read::content(audio, "transcript").filter(|content| !content.is_empty());
    sound.into_iter().chain(transcript.map(|content| Part::Text { content })).collect()
}

/// What a model is to read that is no message: a text, tokens, or a list of either.
///
/// Tokens are counted: their numbers say nothing to a reader.
pub(in crate::extract) fn inputs(said: Value<'_>) -> Vec<Part> {
    match said {
        Value::Text(text) => vec![read_or_seen(text)],
        Value::Seq(list) => {
            let mut values = list;
            if !values.any(|value| matches!(value, Value::Unsigned(_))) {
                return list.flat_map(inputs).collect();
            }
            let mut tokens = json!({"type": "tokens"});
            if let Some(count) = read::len(list) {
                tokens["count"] = count.into();
            }
            vec![Part::Other(tokens)]
        }
        Value::Map(_) => input(&said),
        Value::Cut(_) => vec![unknown(&said)],
        _ => Vec::new(),
    }
}

/// A text; or an image, which Cohere has in the place of one.
fn read_or_seen(text: Text<'_>) -> Part {
    match text.kept.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")) {
        Some((mime_type, _)) => media::at(media::modality(mime_type), None, text),
        None => Part::Text { content: text.to_string() },
    }
}

/// An input that is more than a text: a part, a list of them (Cohere, Voyage), a text or an image by its name (Jina).
fn input(said: &Value<'_>) -> Vec<Part> {
    if read::text(said, "type").is_some() {
        return part(said);
    }
    let mut found = Vec::new();
    parts(said.get("content"), &mut found);
    found.extend(read::content(said, "text").map(|content| Part::Text { content }));
    found.extend(read::captured(said, "image").map(|image| sent("image", image)));
    if found.is_empty() { vec![unknown(said)] } else { found }
}

/// A part that nobody here knows, as it is; a text where it does not even say its type.
pub(in crate::extract) fn unknown(said: &Value<'_>) -> Part {
    match said {
        Value::Text(text) => Part::Text { content: text.to_string() },
        Value::Cut(_) => Part::Text { content: read::to_json(said).as_str().unwrap_or_default().into() },
        said if read::text(said, "type").is_some() => Part::Other(media::to_json(said)),
        said => Part::Text { content: said.to_json() },
    }
}

/// A part that does not say its type, but stands under a key that does.
pub(in crate::extract) fn named(key: &str, said: Value<'_>) -> Part {
    let mut part = media::to_json(&said);
    if let Json::Object(pairs) = &mut part {
        pairs.insert("type".into(), key.into());
    }
    Part::Other(part)
}
