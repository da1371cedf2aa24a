//! Whose server was asked, and where it is.

use std::borrow::Cow;

use super::body::Bodies;
use crate::llm::{Detail, RequestFacts, ResponseFacts};
use crate::provider;
use crate::wire::{Field, Tape};

/// Whose model it is, where the program does not say so, and where.
///
/// What the shape of a body says of the provider is a clue like others, and stands no longer among the facts.
pub(super) fn infer(
    bodies: &Bodies<'_>,
    mut request: Option<&mut RequestFacts>,
    mut response: Option<&mut ResponseFacts>,
    found: &mut Tape,
) {
    let said_host = bodies.said(Field::ServerAddress);
    let host = if said_host.is_some() { None } else { bodies.host() };
    if let Some(host) = &host {
        found.entry(Field::ServerAddress, None);
        found.text(&host.address);
        found.entry(Field::ServerPort, None);
        found.unsigned(u64::from(host.port));
    }
    let asked_shape = request.as_mut().and_then(|facts| facts.provider.take());
    let answered_shape = response.as_mut().and_then(|facts| facts.provider.take());
    let asked = bodies.said(Field::RequestModel);
    let answered = bodies.said(Field::ResponseModel);
    let said_port = bodies.said(Field::ServerPort).and_then(|port| port.parse().ok());
    let clues = provider::Clues {
        host: said_host.as_deref().or(host.as_ref().map(|host| host.address.as_str())),
        port: host.as_ref().map(|host| host.port).or(said_port),
        shapes: [asked_shape.as_deref(), answered_shape.as_deref()],
        models: [
            asked.as_deref().or(request.as_deref().and_then(|facts| facts.model.as_deref())),
            answered.as_deref().or(response.as_deref().and_then(|facts| facts.model.as_deref())),
        ],
    };
    let said = bodies.said(Field::Provider);
    let provider = said.as_deref().map(Cow::Borrowed).or_else(|| provider::infer(&clues));
    if let Some(provider) = provider.as_ref().filter(|_| said.is_none()) {
        found.entry(Field::Provider, None);
        found.text(provider);
    }
    // Many servers speak OpenAI's languages; OpenTelemetry has a word for them only where they are OpenAI's.
    if !provider.is_some_and(|provider| provider::is_openai(&provider)) {
        let lists = [request.map(|facts| &mut facts.details), response.map(|facts| &mut facts.details)];
        lists.into_iter().flatten().for_each(|details| details.retain(|(detail, _)| *detail != Detail::Api));
    }
}
