//! [Converse](https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html) of Amazon Bedrock and
//! its [streams](https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html), as
//! JSON. Models of Amazon take and give the same in `InvokeModel`.
//!
//! The types of the AWS SDK for Rust do not serialize: what is captured of them is `Debug` text, and stays text.
//! Programs have types of their own, so keys count in the spelling of any language: `toolUse`, `tool_use`, `ToolUse`.

mod block;
mod event;
mod key;

use super::envelope::Envelope;
use super::sieve::Keys;
use super::{chat_message, finish, parameter, read};
use crate::llm::{Detail, ErrorFacts, Extractor, Partial, RequestFacts, ResponseFacts};
use crate::provider::names;
use crate::wire::tape::Value;
use crate::wire::{Message, Role, Usage};

pub(super) struct Bedrock;

impl Extractor for Bedrock {
    fn request(&self, body: &Value<'_>) -> Option<RequestFacts> {
        let model = key::text(body, "modelId");
        let config = key::map(body, "inferenceConfig");
        if !is_conversation(body) && (model.is_none() || config.is_none()) {
            return None;
        }
        let mut facts = RequestFacts::new().provider(names::BEDROCK);
        facts.model = model.map(|id| model_name(id).into());
        facts.system = key::list(body, "system").flat_map(|said| block::parts(&said)).collect();
        facts.messages = key::list(body, "messages")
            .filter(|said| matches!(said, Value::Map(_)))
            .map(|said| message(&said))
            .collect();
        let tools = key::map(body, "toolConfig").map(|config| key::list(&config, "tools"));
        facts.tools = tools.unwrap_or_default().filter_map(|tool| block::tool(&tool)).collect();
        parameters(body, config, &mut facts);
        Some(facts)
    }

    fn response(&self, body: &Value<'_>) -> Option<ResponseFacts> {
        if let Some(error) = error(body) {
            return Some(ResponseFacts::new().provider(names::BEDROCK).error(error));
        }
        let said = key::map(&key::map(body, "output")?, "message")?;
        let Value::Seq(_) = key::get(&said, "content")? else { return None };
        let usage = key::map(body, "usage").map(|usage| tokens(&usage)).unwrap_or_default();
        if key::get(body, "stopReason").is_none() && usage.is_empty() {
            return None;
        }
        let mut facts = ResponseFacts::new().provider(names::BEDROCK);
        facts.usage = usage;
        facts.details = tier(body).map(|tier| (Detail::PriceTier, tier.to_owned())).into_iter().collect();
        facts.model = routed(body).map(|id| model_name(id).into());
        // What the SDKs for Python and JavaScript add.
        let metadata = key::map(body, "ResponseMetadata").or_else(|| key::map(body, "$metadata"));
        facts.id = metadata.and_then(|metadata| Some(key::text(&metadata, "requestId")?.into()));
        let mut answer = message(&said);
        answer.finish_reason = key::text(body, "stopReason").map(finish::normalize);
        Some(facts.message(answer))
    }

    fn chunk(&self, chunk: &Value<'_>, answer: &mut Partial) -> bool {
        event::add(chunk, answer)
    }
}

/// Whether the messages have contents like those of Converse: lists of maps that are told apart by their only key.
fn is_conversation(body: &Value<'_>) -> bool {
    let mut contents = key::list(body, "messages").flat_map(|said| key::list(&said, "content"));
    contents.next().is_some_and(|said| block::is_one(&said))
}

fn message(said: &Value<'_>) -> Message {
    let role = key::text(said, "role").map_or(Role::Assistant, chat_message::role);
    let mut message = Message::new(role, "");
    message.parts = key::list(said, "content").flat_map(|said| block::parts(&said)).collect();
    message
}

/// The model's own name where an ARN has it; the ARN where its last part is a number of the account's own.
fn model_name(id: &str) -> &str {
    match id.strip_prefix("arn:").and_then(|arn| arn.rsplit_once('/')) {
        Some((kind, name)) if kind.ends_with(":foundation-model") || kind.ends_with(":inference-profile") => {
            name
        }
        _ => id,
    }
}

/// The model that a prompt router chose.
fn routed<'a>(body: &Value<'a>) -> Option<&'a str> {
    let trace = key::map(body, "trace")?;
    key::text(&key::map(&trace, "promptRouter")?, "invokedModelId")
}

/// What makes the tokens cost something else than usual: the tier that served, or a faster place to run.
fn tier<'a>(body: &Value<'a>) -> Option<&'a str> {
    let served = key::map(body, "serviceTier").and_then(|tier| key::text(&tier, "type"));
    let run = key::map(body, "performanceConfig").and_then(|config| key::text(&config, "latency"));
    [served, run].into_iter().flatten().find(|tier| !matches!(*tier, "default" | "standard"))
}

fn parameters(body: &Value<'_>, config: Option<Value<'_>>, facts: &mut RequestFacts) {
    const COMMON: [(&str, &str); 5] = [
        ("maxTokens", "max_tokens"),
        ("temperature", "temperature"),
        ("topP", "top_p"),
        ("topK", "top_k"),
        ("stopSequences", "stop_sequences"),
    ];
    // What only some models have, in the words of their makers.
    let own = key::map(body, "additionalModelRequestFields");
    let inner = |name| own.and_then(|own| key::map(&own, name));
    for place in [config, inner("inferenceConfig"), own].into_iter().flatten() {
        for (name, parameter) in COMMON {
            if let Some(value) = key::get(&place, name) {
                parameter::add(parameter, &value, facts);
            }
        }
    }
    let levels = [
        own.and_then(|own| key::get(&own, "reasoningEffort")),
        inner("outputConfig").and_then(|config| key::get(&config, "effort")),
        inner("reasoningConfig").and_then(|config| key::get(&config, "maxReasoningEffort")),
    ];
    if let Some(level) = levels.into_iter().flatten().next() {
        parameter::add("reasoning.level", &level, facts);
    }
    let format = key::map(body, "outputConfig").and_then(|config| key::map(&config, "textFormat"));
    parameter::output_type(format.and_then(|format| key::text(&format, "type")), facts);
}

/// The tokens as Bedrock counts them: cached ones apart from the input, unless its own total shows that a model's are
/// in it already.
fn tokens(usage: &Value<'_>) -> Usage {
    let of = |name| read::whole(&key::get(usage, name)?);
    let counted = Usage {
        input: of("inputTokens"),
        output: of("outputTokens"),
        cache_read: of("cacheReadInputTokens").or_else(|| of("cacheReadInputTokenCount")),
        cache_write: of("cacheWriteInputTokens").or_else(|| of("cacheWriteInputTokenCount")),
        reasoning: None,
    };
    let total = of("totalTokens");
    let told = counted.reconciled(total);
    if told.total() == total { told } else { counted.cache_apart() }
}

/// Of these, a request has one.
pub(super) const REQUEST: Keys = Keys::of(&["modelid"]).or_odd().or_parts();

/// Of these, a response has one; exceptions are events of a stream.
pub(super) const RESPONSE: Keys = Keys::of(&["output"]).or_odd();

/// The names of Bedrock's exceptions: others of AWS have other names.
const EXCEPTIONS: &[&str] = &[
    "AccessDeniedException",
    "InternalServerException",
    "ModelErrorException",
    "ModelNotReadyException",
    "ModelStreamErrorException",
    "ModelTimeoutException",
    "ResourceNotFoundException",
    "ServiceQuotaExceededException",
    "ServiceUnavailableException",
    "ThrottlingException",
    "ValidationException",
];

/// An exception: what the body says of its type, or the name of an event, beside which there is nothing.
fn error(body: &Value<'_>) -> Option<ErrorFacts> {
    let known = |name: &str| EXCEPTIONS.iter().copied().find(|kind| key::is_same(name, kind));
    if let Some(kind) = key::text(body, "__type") {
        let kind = kind.rsplit('#').next().and_then(known)?;
        return Some(ErrorFacts::new(kind, words(body)?));
    }
    let Value::Map(mut map) = *body else { return None };
    let envelope = Envelope::read(map);
    let (name, kind, said) = map.find_map(|(name, said)| Some((name, known(name)?, words(&said)?)))?;
    envelope.is_of(name).then(|| ErrorFacts::new(kind, said))
}

fn words(said: &Value<'_>) -> Option<String> {
    ["message", "originalMessage"].into_iter().find_map(|name| match key::get(said, name)? {
        Value::Text(text) => Some(text.to_string()),
        _ => None,
    })
}
