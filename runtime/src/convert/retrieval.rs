//! Look-ups in data sources.
//!
//! OpenTelemetry has names for the question, the number asked for and the documents; the arguments that are
//! none of these go to the entity's input, so that each is there once.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::content::{self, Input, Output};
use super::facts::{self, Facts};
use super::semconv::{self, openinference, operation, request, retrieval, traceloop};
use super::{Attributes, attribute, llm, span_name};
use crate::wire::Field;
use crate::wire::tape::{Map, Value};

/// The arguments that are taken for the question, where none was said.
const QUERIES: [&str; 2] = ["query", "question"];
const TOP_K: &str = "top_k";

/// Sets the attributes of a retrieval; returns the span's name.
pub(super) fn convert(facts: &Facts<'_>, attributes: &mut Attributes) -> String {
    let source = facts.text(Field::DataSource);
    let name = span_name(operation::RETRIEVAL, source.as_deref());
    attributes.set(semconv::OPERATION, operation::RETRIEVAL);
    attributes.maybe(semconv::DATA_SOURCE, source);
    attributes.maybe(semconv::PROVIDER, facts.text(Field::Provider));
    attributes.maybe(request::MODEL, facts.text(Field::RequestModel));
    llm::server(facts, attributes);
    attributes.set(openinference::SPAN_KIND, openinference::RETRIEVER);
    input(facts, attributes);
    if let Some(output) = facts.output() {
        match documents(output) {
            Some(documents) => attributes.set(retrieval::DOCUMENTS, documents),
            None => attributes.set(traceloop::OUTPUT, output.json()),
        }
    }
    name
}

/// The question and the number of documents, said explicitly or by arguments of those names; then what is left.
fn input(facts: &Facts<'_>, attributes: &mut Attributes) {
    let mut rest = facts.arguments.entries().to_vec();
    let mut argument = |names: &[&str], fits: &dyn Fn(&Value<'_>) -> bool| {
        let place = rest.iter().position(|(found, value)| names.contains(found) && fits(value))?;
        Some(rest.remove(place).1)
    };
    let asked = argument(&QUERIES, &|value| !matches!(value, Value::Null));
    let wanted = argument(&[TOP_K], &|value| attribute::integer(value).is_some());
    let mut query = facts.get(Field::Query).or(asked);
    match facts.input() {
        Some(Input::Whole(whole @ Value::Text(_))) if query.is_none() => query = Some(whole),
        Some(Input::Whole(whole)) => attributes.set(traceloop::INPUT, whole.to_json()),
        Some(Input::Arguments(_)) if !rest.is_empty() => {
            attributes.set(traceloop::INPUT, content::call_with(&rest));
        }
        _ => {}
    }
    attributes.maybe(retrieval::QUERY, query.map(|query| content::text_or_json(&query).into_owned()));
    let top_k = facts.get(Field::TopK).or(wanted).and_then(|count| attribute::integer(&count));
    attributes.maybe(retrieval::TOP_K, top_k);
}

/// The documents as JSON, where the output is a list of them: a reader that finds one without an id and a score
/// drops them all.
///
/// Nothing where a single one is no document: then the output goes to the entity's, whole.
fn documents(output: Output<'_>) -> Option<String> {
    let list = match output {
        Output::Whole(Value::Seq(seq)) => seq.map(Document::read).collect::<Vec<_>>(),
        Output::Items(items, _) => items.iter().map(|item| Document::read(*item)).collect(),
        Output::Whole(_) => return None,
    };
    let documents = list.into_iter().filter(|document| !matches!(document, Read::Cut));
    let documents = documents
        .map(|document| if let Read::Document(document) = document { Some(document) } else { None })
        .collect::<Option<Vec<_>>>()?;
    Some(content::json(&documents))
}

/// One value of the output: a document, something that is none, or the mark of a cut, which is passed over.
enum Read<'a> {
    Document(Document<'a>),
    Other,
    Cut,
}

/// The two things that the convention requires, and all that came with them.
struct Document<'a> {
    id: String,
    score: f64,
    map: Map<'a>,
}

impl<'a> Document<'a> {
    fn read(value: Value<'a>) -> Read<'a> {
        let map = match value {
            Value::Map(map) => map,
            Value::Cut(_) => return Read::Cut,
            _ => return Read::Other,
        };
        let id = match map.get("id") {
            Some(id @ (Value::Text(_) | Value::Unsigned(_) | Value::Signed(_))) => facts::text(&id),
            _ => None,
        };
        let score = map.get("score").and_then(|score| attribute::number(&score));
        match (id, score) {
            (Some(id), Some(score)) => Read::Document(Self { id, score, map }),
            _ => Read::Other,
        }
    }
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut document = serializer.serialize_map(None)?;
        document.serialize_entry("id", &self.id)?;
        document.serialize_entry("score", &self.score)?;
        let named = self.map.get("content").is_some();
        for (key, value) in self.map {
            match (key, value) {
                ("id" | "score", _) | (_, Value::Cut(_)) => {}
                // Most vector stores call it `text`; the convention calls it `content`.
                ("text", text) if !named => document.serialize_entry("content", &text)?,
                (key, value) => document.serialize_entry(key, &value)?,
            }
        }
        document.end()
    }
}
