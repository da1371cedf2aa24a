//! Tells from the keys of a body who cannot be the one whose it is, so that most are not asked.

use crate::wire::tape::{Unread, Value};

/// A set of keys, of those that are known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Keys(u128);

/// The known keys: those that somebody looks for, and those of common bodies that would count as [odd](Key::Odd).
macro_rules! known {
    ($($key:ident $name:literal)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        enum Key {
            $($key,)*
            /// One that may be another spelling of a known one, or the name of an exception.
            Odd,
            /// That a message of the request has a content that is a list.
            Parts,
            /// Any other, which nobody looks for.
            Other,
        }

        impl Key {
            #[cfg(test)]
            const NAMES: &[&[u8]] = &[$($name),*];

            const fn named(name: &[u8]) -> Option<Self> {
                match name {
                    $($name => Some(Self::$key),)*
                    _ => None,
                }
            }
        }
    };
}

known! {
    AnthropicVersion b"anthropic_version"
    Candidates b"candidates"
    Choices b"choices"
    CitationOptions b"citation_options"
    Content b"content"
    Contents b"contents"
    Context b"context"
    Data b"data"
    DocumentImageLimit b"document_image_limit"
    DocumentPageLimit b"document_page_limit"
    Documents b"documents"
    Done b"done"
    DoneReason b"done_reason"
    Embedding b"embedding"
    Embeddings b"embeddings"
    Error b"error"
    EvalCount b"eval_count"
    Format b"format"
    FrequencyPenalty b"frequency_penalty"
    Images b"images"
    Input b"input"
    InputImage b"inputImage"
    InputText b"inputText"
    Inputs b"inputs"
    Instances b"instances"
    K b"k"
    KeepAlive b"keep_alive"
    MaxCompletionTokens b"max_completion_tokens"
    MaxTokens b"max_tokens"
    Message b"message"
    Messages b"messages"
    ModelId b"modelid"
    Object b"object"
    Options b"options"
    Output b"output"
    OutputConfig b"output_config"
    P b"p"
    ParallelToolCalls b"parallel_tool_calls"
    Parameters b"parameters"
    Predictions b"predictions"
    PresencePenalty b"presence_penalty"
    Prompt b"prompt"
    PromptMode b"prompt_mode"
    ProviderModelIden b"provider_model_iden"
    Query b"query"
    RandomSeed b"random_seed"
    Raw b"raw"
    RawPrompting b"raw_prompting"
    ReasoningContent b"reasoning_content"
    ReasoningEffort b"reasoning_effort"
    Requests b"requests"
    ResponseFormat b"response_format"
    Results b"results"
    SafePrompt b"safe_prompt"
    SafetyMode b"safety_mode"
    ServiceTier b"service_tier"
    Status b"status"
    StopSequences b"stop_sequences"
    StreamOptions b"stream_options"
    StrictTools b"strict_tools"
    System b"system"
    SystemFingerprint b"system_fingerprint"
    Template b"template"
    Texts b"texts"
    Think b"think"
    ToolCallId b"tool_call_id"
    ToolCalls b"tool_calls"
    ToolChoice b"tool_choice"
    ToolPlan b"tool_plan"
    Tools b"tools"
    TopK b"top_k"
    TopP b"top_p"
    Usage b"usage"
    XGroq b"x_groq"
}

impl Key {
    fn of(name: &[u8]) -> Self {
        let is_spelled = |letter: &u8| letter.is_ascii_uppercase() || *letter == b'_';
        match Self::named(name) {
            Some(key) => key,
            None if name.iter().any(is_spelled) || name.ends_with(b"exception") => Self::Odd,
            None => Self::Other,
        }
    }

    const fn bit(self) -> u128 {
        1 << self as u8
    }
}

impl Keys {
    /// All there are: whoever has these is asked about every body.
    pub(super) const ALL: Self = Self(u128::MAX);

    /// These keys at the top of a body, or in its messages.
    ///
    /// # Panics
    ///
    /// When one is not known here: call it while compiling.
    pub(super) const fn of(names: &[&str]) -> Self {
        let mut bits = 0;
        let mut place = 0;
        while place < names.len() {
            match Key::named(names[place].as_bytes()) {
                Some(key) => bits |= key.bit(),
                None => panic!("a key that is not known"),
            }
            place += 1;
        }
        Self(bits)
    }

    /// These, and any that may be another spelling of what is looked for: `toolUse`, `tool_use`, `ToolUse`.
    pub(super) const fn or_odd(self) -> Self {
        Self(self.0 | Key::Odd.bit())
    }

    /// These, or a message whose content is a list.
    pub(super) const fn or_parts(self) -> Self {
        Self(self.0 | Key::Parts.bit())
    }

    /// Those at the top of a body and in its messages; all where it is no map.
    pub(super) fn in_body(body: &Value<'_>) -> Self {
        let Value::Map(map) = body else { return Self::ALL };
        let bits = map.pairs().fold(0, |bits, (name, value)| match Key::of(name) {
            Key::Messages => bits | Key::Messages.bit() | in_messages(value),
            key => bits | key.bit(),
        });
        Self(bits)
    }

    pub(super) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// What the messages of a request tell of whose it is.
fn in_messages(messages: Unread<'_>) -> u128 {
    let Some(Value::Seq(messages)) = messages.is_seq().then(|| messages.read()).flatten() else { return 0 };
    let pairs =
        messages.filter_map(|said| if let Value::Map(said) = said { Some(said.pairs()) } else { None });
    pairs.flatten().fold(0, |bits, (name, value)| match Key::of(name) {
        Key::Content if value.is_seq() => bits | Key::Parts.bit(),
        key @ (Key::Images | Key::ToolPlan | Key::Odd) => bits | key.bit(),
        _ => bits,
    })
}

#[cfg(test)]
mod tests {
    use super::{Key, Keys};
    use crate::wire::{Field, Tape};

    fn keys(body: &str) -> Keys {
        let tape = Tape::from_json(body).expect("JSON");
        Keys::in_body(&tape.get(Field::Output).expect("a value"))
    }

    #[test]
    fn keys_count_at_the_top_and_in_messages() {
        let plain =
            keys(r#"{"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}]}"#);
        assert!(plain.meets(Keys::of(&["messages"])));
        assert!(!plain.meets(Keys::of(&["content", "error", "images"]).or_odd().or_parts()));
        assert!(keys(r#"{"messages": [{"content": "a"}, {"content": []}]}"#).meets(Keys::of(&[]).or_parts()));
        assert!(keys(r#"{"messages": [{"images": []}]}"#).meets(Keys::of(&["images"])));
        assert!(keys("[]").meets(Keys::of(&["error"])) && !keys("{}").meets(Keys::ALL));
    }

    #[test]
    fn other_spellings_are_odd() {
        for body in [
            r#"{"Messages": []}"#,
            r#"{"model_id": ""}"#,
            r#"{"usageMetadata": {}}"#,
            r#"{"throttlingexception": {}}"#,
            r#"{"messages": [{"Content": []}]}"#,
        ] {
            assert!(keys(body).meets(Keys::of(&[]).or_odd()), "{body}");
        }
    }

    /// Whoever looks for a key in any spelling is asked by `or_odd`: no other key may stand in its place.
    #[test]
    fn known_keys_are_not_spelled_otherwise() {
        let letters = |key: &[u8]| {
            let letters = key.iter().filter(|letter| **letter != b'_');
            letters.map(u8::to_ascii_lowercase).collect::<Vec<_>>()
        };
        let looked_for = [
            "modelId",
            "messages",
            "content",
            "output",
            "__type",
            "contents",
            "candidates",
            "promptFeedback",
            "usageMetadata",
        ];
        for name in looked_for {
            for known in Key::NAMES {
                let is_plain = known.iter().all(u8::is_ascii_lowercase);
                assert!(is_plain || letters(known) != letters(name.as_bytes()), "{name}");
            }
        }
    }
}
