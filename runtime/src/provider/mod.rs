//! What is known of the providers: their names, hosts, models and paths.
//!
//! By OpenTelemetry's names; where those have none, by a custom one that is written the same way. Whoever the clues
//! do not name for certain stays unknown: a wrong name is worse than none, since backends compute prices by it.

mod hosts;
mod models;
pub(crate) mod names;
pub(crate) mod paths;

use std::borrow::Cow;

pub(crate) use hosts::of_host;
use models::Owner;
pub(crate) use models::is_openai_chat_model;

/// What may tell of the provider, from the strongest to the weakest.
#[derive(Debug, Default)]
pub(crate) struct Clues<'a> {
    /// The host that was asked, and its port.
    pub(crate) host: Option<&'a str>,
    pub(crate) port: Option<u16>,
    /// The providers that the request and the response look like.
    pub(crate) shapes: [Option<&'a str>; 2],
    /// The models that were asked for and that answered.
    pub(crate) models: [Option<&'a str>; 2],
}

/// The provider, by OpenTelemetry's name, where that is certain.
///
/// A host that nobody knows may be a proxy, and says nothing. The provider is then the one in whose name the model
/// is asked for, which is what OpenTelemetry wants: "the best knowledge", proxies and resellers aside.
pub(crate) fn infer<'a>(clues: &Clues<'a>) -> Option<Cow<'a, str>> {
    if let Some(provider) = clues.host.and_then(|host| of_host(host, clues.port)) {
        return Some(provider.into());
    }
    let models = clues.models.iter().flatten().filter(|name| !name.is_empty());
    let owners: Vec<_> = models.map(|name| models::owner(name)).collect();
    // Names that only one platform gives, such as Bedrock's, say more than a shape that many platforms speak.
    if let Some(Owner::Platform(provider)) = owners.iter().find(|owner| matches!(owner, Owner::Platform(_))) {
        return Some((*provider).into());
    }
    // Of Google's two servers one may say more of itself in the request than in the response.
    let shape = match clues.shapes {
        [Some(asked), None | Some(names::GOOGLE)] => Some(asked),
        [_, answered] => answered,
    };
    match shape {
        // Azure filters what other makers' models say, too. What was asked for is a deployment, of any name.
        Some(names::AZURE_OPENAI) => {
            let answered = clues.models[1].filter(|name| !name.is_empty());
            let own = answered.is_none_or(|name| models::owner(name) == Owner::Maker(names::OPENAI));
            own.then_some(names::AZURE_OPENAI.into())
        }
        Some(shape) => Some(shape.into()),
        // A server that answers with another model than was asked for is not the maker's.
        None => match owners.first() {
            Some(Owner::Maker(maker)) if owners.iter().all(|owner| *owner == Owner::Maker(maker)) => {
                Some((*maker).into())
            }
            _ => None,
        },
    }
}

/// Whether attributes of `OpenAI`'s own belong on a call to this provider.
pub(crate) fn is_openai(provider: &str) -> bool {
    provider == names::OPENAI || provider == names::AZURE_OPENAI
}

#[cfg(test)]
mod tests;
