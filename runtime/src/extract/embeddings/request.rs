//! Requests of embeddings.

use super::OPERATION;
use crate::extract::{chat_message, media, parameter, read};
use crate::llm::RequestFacts;
use crate::provider::names;
use crate::wire::Message;
use crate::wire::tape::Value;

/// Keys that nobody has but requests of embeddings, among those with a model and an input.
const OWN: [&str; 14] = [
    "dimensions",
    "encoding_format",
    "input_type",
    "embedding_type",
    "embedding_types",
    "output_dimension",
    "output_dtype",
    "late_chunking",
    "truncate",
    "taskType",
    "task_type",
    "outputDimensionality",
    "output_dimensionality",
    "embedContentConfig",
];

const PARAMETERS: [(&str, &str); 11] = [
    ("dimensions", "dimension.count"),
    ("output_dimension", "dimension.count"),
    ("outputDimensionality", "dimension.count"),
    ("output_dimensionality", "dimension.count"),
    ("outputEmbeddingLength", "dimension.count"),
    ("encoding_format", "encoding_formats"),
    ("encoding_formats", "encoding_formats"),
    ("embedding_type", "encoding_formats"),
    ("embedding_types", "encoding_formats"),
    ("embeddingTypes", "encoding_formats"),
    ("output_dtype", "encoding_formats"),
];

/// What a request says; none unless it is certain.
///
/// `{"model": …, "input": …}` is also how one asks for an answer. A key of its own tells, or the name of the model.
pub(super) fn read(body: &Value<'_>) -> Option<RequestFacts> {
    let facts = titan(body).or_else(|| gemini(body)).or_else(|| vertex(body)).or_else(|| common(body))?;
    Some(facts.operation(OPERATION))
}

/// The shape of `OpenAI`, Cohere, Ollama and the others.
fn common(body: &Value<'_>) -> Option<RequestFacts> {
    let model = read::text(body, "model")?;
    let named = embeds(model);
    if body.get("messages").is_some() || !(named || OWN.iter().any(|key| body.get(key).is_some())) {
        return None;
    }
    // Ollama's old interface has a prompt; Cohere has texts and images apart.
    let keys: &[&str] = if named {
        &["input", "inputs", "texts", "images", "prompt"]
    } else {
        &["input", "inputs", "texts", "images"]
    };
    let inputs: Vec<_> = keys.iter().filter_map(|key| body.get(key)).collect();
    if inputs.iter().all(|input| matches!(input, Value::Null)) {
        return None;
    }
    let mut facts = with_inputs(inputs).model(model);
    parameter::copy(body, &PARAMETERS, &mut facts);
    Some(facts)
}

/// Whether the name of a model says that it embeds.
fn embeds(model: &str) -> bool {
    const FAMILIES: [&str; 7] =
        ["voyage-", "bge-", "gte-", "e5-", "all-minilm", "jina-clip", "multilingual-e5"];
    let name = model.rsplit('/').next().unwrap_or(model).to_ascii_lowercase();
    !name.contains("rerank")
        && (name.contains("embed") || FAMILIES.iter().any(|family| name.starts_with(family)))
}

/// Titan on Bedrock, whose model stands in the address. Its texts are asked for in nearly the same way.
fn titan(body: &Value<'_>) -> Option<RequestFacts> {
    let config = read::map(body, "embeddingConfig");
    let has = |key: &str| body.get(key).is_some();
    let inputs: Vec<_> = ["inputText", "inputImage"].iter().filter_map(|key| body.get(key)).collect();
    let is_own = config.is_some() || has("embeddingTypes") || has("normalize") || has("dimensions");
    if inputs.is_empty() || !is_own {
        return None;
    }
    let image = read::captured(body, "inputImage");
    let texts = read::content(body, "inputText");
    let mut message = Message::user(texts.unwrap_or_default());
    message.parts.extend(image.map(|bytes| media::inline("image", None, bytes)));
    let mut facts = RequestFacts::new().provider(names::BEDROCK).message(message);
    parameter::copy(body, &PARAMETERS, &mut facts);
    if let Some(config) = config {
        parameter::copy(&config, &PARAMETERS, &mut facts);
    }
    Some(facts)
}

/// Gemini's `embedContent`, and many of them in `batchEmbedContents`.
fn gemini(body: &Value<'_>) -> Option<RequestFacts> {
    let mut requests: Vec<_> = read::list(body, "requests").collect();
    let is_batch = !requests.is_empty();
    if !is_batch {
        requests.push(*body);
    }
    let is_own = |body: &Value<'_>| is_batch || OWN.iter().any(|key| body.get(key).is_some());
    let mut parts = Vec::new();
    for request in requests.iter().filter(|request| matches!(request, Value::Map(_))) {
        let model = read::text(request, "model").is_some_and(embeds);
        let said = read::map(request, "content")?;
        let Some(Value::Seq(texts)) = said.get("parts") else { return None };
        if !model && !is_own(request) {
            return None;
        }
        parts.extend(texts.filter_map(|part| part.get("text")).flat_map(chat_message::inputs));
    }
    let first = requests.first().filter(|request| matches!(request, Value::Map(_)))?;
    let mut message = Message::user("");
    message.parts = parts;
    let mut facts = RequestFacts::new().message(message);
    facts.model = read::text(first, "model").map(|model| model.trim_start_matches("models/").into());
    let config = read::map(first, "embedContentConfig");
    parameter::copy(&config.unwrap_or(*first), &PARAMETERS, &mut facts);
    Some(facts)
}

/// Vertex AI's `predict`, whose model stands in the address too.
fn vertex(body: &Value<'_>) -> Option<RequestFacts> {
    let instances = read::list(body, "instances");
    let settings = read::map(body, "parameters");
    let sizes = settings.is_some_and(|settings| settings.get("outputDimensionality").is_some());
    let has_task = |instance: Value<'_>| instance.get("task_type").or(instance.get("taskType")).is_some();
    if !sizes && !instances.clone().any(has_task) {
        return None;
    }
    let mut facts = with_inputs(instances.filter_map(|instance| instance.get("content")).collect());
    if let Some(settings) = settings {
        parameter::copy(&settings, &PARAMETERS, &mut facts);
    }
    Some(facts)
}

/// All that is to be embedded, as one message.
fn with_inputs(inputs: Vec<Value<'_>>) -> RequestFacts {
    let mut message = Message::user("");
    message.parts = inputs.into_iter().flat_map(chat_message::inputs).collect();
    RequestFacts::new().message(message)
}
