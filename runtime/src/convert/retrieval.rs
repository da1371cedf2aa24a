//! Look-ups in data sources.
//!
//! OpenTelemetry has names for the question, the number asked for and the documents; the arguments that are
//! none of these go to the entity's input, so that each is there once.

use std::borrow::Cow;

use super::attribute::{self, Attributes};
use super::composed::Composed;
use super::content::{Input, Output};
use super::facts::{self, Facts};
use super::object::{Object, write_array};
use super::semconv::{self, openinference, operation, request, retrieval, traceloop};
use super::{Name, llm};
use crate::wire::Field;
use crate::wire::tape::json::write_float;
use crate::wire::tape::{Map, Value};
use crate::wire::text::TextSink;

/// The arguments that are taken for the question, where none was said.
const QUERIES: [&str; 2] = ["query", "question"];
const TOP_K: &str = "top_k";

/// Sets the attributes of a retrieval; returns the span's name.
pub(super) fn convert<'a>(facts: &'a Facts<'a>, attributes: &mut Attributes<'a>) -> Name<'a> {
    let source = facts.text(Field::DataSource);
    attributes.add(semconv::OPERATION, operation::RETRIEVAL);
    attributes.maybe(semconv::DATA_SOURCE, source.clone());
    attributes.maybe(semconv::PROVIDER, facts.text(Field::Provider));
    attributes.maybe(request::MODEL, facts.text(Field::RequestModel));
    llm::server(facts, attributes);
    attributes.add(openinference::SPAN_KIND, openinference::RETRIEVER);
    input(facts, attributes);
    if let Some(output) = facts.output() {
        if is_documents(output) {
            attributes.add(retrieval::DOCUMENTS, Composed::Documents(output));
        } else {
            attributes.add(traceloop::OUTPUT, Composed::Output(output));
        }
    }
    Name::of(operation::RETRIEVAL, source)
}

/// The question and the number of documents, said explicitly or by arguments of those names; then what is left.
fn input<'a>(facts: &'a Facts<'a>, attributes: &mut Attributes<'a>) {
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
        Some(Input::Whole(whole)) => attributes.add(traceloop::INPUT, Composed::Json(whole)),
        Some(Input::Arguments(_)) if !rest.is_empty() => {
            attributes.add(traceloop::INPUT, Composed::CallWith(rest));
        }
        _ => {}
    }
    match query {
        Some(Value::Text(text)) => attributes.add(retrieval::QUERY, text),
        other => attributes.maybe(retrieval::QUERY, other.map(Composed::Json)),
    }
    let top_k = facts.get(Field::TopK).or(wanted).and_then(|count| attribute::integer(&count));
    attributes.maybe(retrieval::TOP_K, top_k);
}

/// Whether the output is a list of documents only: a reader that finds one without an id and a score drops them all.
///
/// A mark of a cut is passed over. What is no such list goes to the entity's output, whole.
fn is_documents(output: Output<'_>) -> bool {
    let is_document = |value: &Value<'_>| match value {
        Value::Cut(_) => true,
        Value::Map(map) => Document::read(*map).is_some(),
        _ => false,
    };
    match output {
        Output::Whole(Value::Seq(mut seq)) => seq.all(|value| is_document(&value)),
        Output::Items(items, _) => items.iter().all(is_document),
        Output::Whole(_) => false,
    }
}

/// Writes the documents as JSON.
pub(super) fn write_documents<S: TextSink>(output: Output<'_>, json: &mut S) {
    let document = |value| if let Value::Map(map) = value { Document::read(map) } else { None };
    let write = |document: Document<'_>, json: &mut S| document.write(json);
    match output {
        Output::Whole(Value::Seq(seq)) => write_array(seq.filter_map(document), json, write),
        Output::Items(items, _) => write_array(items.iter().copied().filter_map(document), json, write),
        Output::Whole(other) => other.write_json(json),
    }
}

/// The two things that the convention requires, and all that came with them.
struct Document<'a> {
    id: Cow<'a, str>,
    score: f64,
    map: Map<'a>,
}

impl<'a> Document<'a> {
    fn read(map: Map<'a>) -> Option<Self> {
        let id = match map.get("id")? {
            id @ (Value::Text(_) | Value::Unsigned(_) | Value::Signed(_)) => facts::text(&id)?,
            _ => return None,
        };
        let score = attribute::number(&map.get("score")?)?;
        Some(Self { id, score, map })
    }

    fn write<S: TextSink>(&self, json: &mut S) {
        let mut document = Object::begin(json);
        document.text("id", self.id.as_bytes());
        write_float(self.score, true, document.key("score"));
        let named = self.map.get("content").is_some();
        for (key, value) in self.map {
            match (key, value) {
                ("id" | "score", _) | (_, Value::Cut(_)) => {}
                // Most vector stores call it `text`; the convention calls it `content`.
                ("text", text) if !named => document.value("content", &text),
                (key, value) => document.value(key, &value),
            }
        }
        document.end();
    }
}
