//! The vectors of a response: that they are there, and how long they are.

use crate::extract::read;
use crate::wire::tape::{Seq, Value};

/// There are vectors.
#[derive(Clone, Copy)]
pub(super) struct Vectors {
    /// How long they are, where that can be told.
    pub(super) dimensions: Option<u64>,
}

impl Vectors {
    const OF_ANY_LENGTH: Self = Self { dimensions: None };

    /// Those of a response.
    pub(super) fn of(body: &Value<'_>) -> Option<Self> {
        if let Some(vector) = body.get("embedding") {
            return Self::read(&vector);
        }
        if let Some(vectors) = body.get("embeddings") {
            return Self::by_type(&vectors).or_else(|| Self::read(&read::list(body, "embeddings").next()?));
        }
        let first = |key| read::list(body, key).next();
        if let Some(prediction) = first("predictions") {
            return Self::read(&read::map(&prediction, "embeddings")?);
        }
        let data = first("data")?;
        match data.get("embedding").or_else(|| data.get("embeddings")) {
            Some(vector) => Self::read(&vector),
            // Voyage's vectors in context: a list for each document.
            None => Self::read(&read::list(&data, "data").next()?.get("embedding")?),
        }
    }

    /// Cohere's: lists of vectors, by the type of their numbers.
    fn by_type(vectors: &Value<'_>) -> Option<Self> {
        let first = |kind| read::list(vectors, kind).next();
        let numbers = |kind| match first(kind) {
            Some(Value::Seq(numbers)) => Some(numbers),
            _ => None,
        };
        if let Some(vector) = first("float").or_else(|| first("base64")) {
            return Self::read(&vector);
        }
        if let Some(numbers) = numbers("int8").or_else(|| numbers("uint8")) {
            return Some(Self { dimensions: read::len(numbers) });
        }
        // Eight dimensions to a number.
        let bytes = numbers("binary").or_else(|| numbers("ubinary"))?;
        Some(Self { dimensions: read::len(bytes).and_then(|bytes| bytes.checked_mul(8)) })
    }

    /// One vector: numbers, numbers in a map, or base64, whose length depends on the type of the numbers.
    fn read(vector: &Value<'_>) -> Option<Self> {
        match vector {
            Value::Seq(numbers) => Self::measure(*numbers),
            Value::Map(_) => Self::read(&vector.get("values")?),
            Value::Text(text) if !text.kept.is_empty() && is_base64(text.kept) => Some(Self::OF_ANY_LENGTH),
            Value::Cut(_) => Some(Self::OF_ANY_LENGTH),
            _ => None,
        }
    }

    /// Numbers; or the first of several vectors for one text.
    ///
    /// Whole numbers may stand for eight dimensions each.
    fn measure(numbers: Seq<'_>) -> Option<Self> {
        match numbers.clone().next()? {
            vector @ Value::Seq(_) => Self::read(&vector),
            Value::Cut(_) => Some(Self::OF_ANY_LENGTH),
            _ => {
                let mut kept = numbers.filter(|number| !matches!(number, Value::Cut(_)));
                if !kept.clone().all(|number| number.as_f64().is_some()) {
                    return None;
                }
                let is_exact = kept.any(|number| matches!(number, Value::Single(_) | Value::Double(_)));
                Some(Self { dimensions: read::len(numbers).filter(|_| is_exact) })
            }
        }
    }
}

/// The tokens that Vertex AI counted for each text.
pub(super) fn vertex_tokens(body: &Value<'_>) -> Option<u64> {
    let mut sum: Option<u64> = None;
    for prediction in read::list(body, "predictions") {
        let statistics = read::map(&read::map(&prediction, "embeddings")?, "statistics")?;
        sum = sum.unwrap_or(0).checked_add(read::count(&statistics, "token_count")?);
        sum?;
    }
    sum
}

fn is_base64(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
}
