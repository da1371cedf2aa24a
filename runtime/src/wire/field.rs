/// What an entry of a [`Tape`](super::Tape) says about its span.
///
/// Where a tape holds several entries of one field and name, the last one counts;
/// [`Event`](Self::Event), [`Item`](Self::Item) and [`ResponseChunk`](Self::ResponseChunk) add up.
///
/// "Content" marks what people or models wrote: entries that are not written where content is off. The
/// converter decides which entries mean something for which [`Kind`](super::Kind); the others are passed
/// over.
///
/// The order is part of the tape's bytes: a tape never leaves the process, so a new field may go anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Field {
    /// An argument of the function, by name. Content.
    ///
    /// `self`, and arguments whose names start with `_`, are not among them.
    Argument,
    /// The whole input, said explicitly; replaces the arguments. Content.
    Input,
    /// The returned value. Content.
    Output,
    /// One item of a returned stream or iterator. Content.
    Item,
    /// Items that the stream or iterator gave, errors included; an integer.
    ItemCount,
    /// Items that are missing on the tape because they were too many, an integer.
    ///
    /// Only there where some are missing.
    ItemsCut,
    /// Seconds from the start of the span to the first item.
    ///
    /// A stream without items has none.
    FirstItem,
    /// Seconds from the start of the span to the last item.
    LastItem,
    /// Microseconds between one item and the next: a sequence of integers.
    ///
    /// Only where metrics are asked for; the first few thousand.
    ItemGaps,
    /// The body of the request as an HTTP client sent it. Content.
    ///
    /// From a client that is instrumented; read for its facts and not exported as it is.
    RequestBody,
    /// The body of the response as an HTTP client received it. Content.
    ResponseBody,
    /// One piece of the body of a streamed response. Content.
    ResponseChunk,
    /// The chunks of a stream ended before the model said why it stopped; a truth value.
    Unfinished,
    /// A free attribute, by key.
    ///
    /// An absent value is a null here, and sets nothing.
    Attribute,
    /// A free property that the spans below inherit, by key.
    Property,
    /// A moment within the span, by name: a map of `time` (Unix nanoseconds) and `attributes`.
    Event,
    /// A failure: a map of `type`, empty where it is not known, and, with content, `message` and `chain`, the messages of the sources.
    ///
    /// `type` is the path of the error's type, or `panic`; empty where the type says nothing.
    Fault,
    /// The user that the span works for.
    User,
    /// The conversation that the span is part of.
    Conversation,
    /// The product event that the span belongs to.
    EventId,
    /// A sequence of labels.
    Tags,
    /// The name of the agent, tool, workflow, … where it is not the span's own.
    Name,
    /// What the tool or agent is for.
    Description,
    /// The stable id of a hosted agent.
    Id,
    /// The version of the agent, workflow or task.
    Version,
    /// The id by which the model asked for this call of a tool.
    CallId,
    /// The data source that a retrieval asks.
    DataSource,
    /// The question of a retrieval. Content.
    Query,
    /// How many documents a retrieval asks for, an integer.
    TopK,
    /// The `GenAI` operation: `chat`, `embeddings`, ….
    ///
    /// Unless it is there, a model call is a `chat`.
    Operation,
    /// The provider of the model, as OpenTelemetry names it.
    Provider,
    /// The model that was asked for.
    RequestModel,
    /// The model that answered.
    ResponseModel,
    /// The provider's id of the response.
    ResponseId,
    /// Why the model stopped, one word for each choice.
    FinishReasons,
    /// Tokens, as [`Usage`](super::Usage) serializes.
    ///
    /// Not the price; that is [`Cost`](Self::Cost).
    Usage,
    /// The price in US dollars.
    Cost,
    /// Where the price comes from: `program`, `provider`, or the name and date of a price table. It is of the
    /// [`Cost`](Self::Cost) before it.
    CostSource,
    /// What the price is made of, where a table gave it: a map of `input`, `cache_read` and `cache_write`, which are
    /// parts of it, and `output`, in US dollars.
    CostParts,
    /// Parameters of the request by their OpenTelemetry names: `temperature`, `max_tokens`, ….
    Parameters,
    /// The messages of the request: a sequence of [`Message`](super::Message). Content.
    InputMessages,
    /// The messages of the response: a sequence of [`Message`](super::Message). Content.
    OutputMessages,
    /// The system prompt where it travels apart from the messages: text, or a sequence of parts. Content.
    SystemInstructions,
    /// The tools that the model may call: a sequence of definitions. Content.
    ToolDefinitions,
    /// A fact that only some providers have, such as `system_fingerprint`, by name.
    Detail,
    /// The host that answered.
    ServerAddress,
    /// The port of that host, an integer.
    ServerPort,
    /// The name that a span of another crate is to be shown under, where it says so.
    SpanName,
    /// Whether the work of a span of another crate is done elsewhere, as that crate says it: `client`, `internal`, ….
    SpanKind,
    /// A field of a span of another crate, by name, before its meaning was looked up. Content.
    Foreign,
    /// The HTTP status of the answer, an integer.
    ///
    /// From a client that is instrumented. Where it is an error, and nobody says better, it is the class of the
    /// failure.
    Status,
    /// Bytes of the tape before it was cut to what may be sent at once, an integer.
    OriginalSize,
}

impl Field {
    /// How many fields there are.
    pub(crate) const COUNT: usize = Self::ALL.len();

    /// In the order of their declaration: a byte is looked up by its place.
    const ALL: [Self; 52] = [
        Self::Argument,
        Self::Input,
        Self::Output,
        Self::Item,
        Self::ItemCount,
        Self::ItemsCut,
        Self::FirstItem,
        Self::LastItem,
        Self::ItemGaps,
        Self::RequestBody,
        Self::ResponseBody,
        Self::ResponseChunk,
        Self::Unfinished,
        Self::Attribute,
        Self::Property,
        Self::Event,
        Self::Fault,
        Self::User,
        Self::Conversation,
        Self::EventId,
        Self::Tags,
        Self::Name,
        Self::Description,
        Self::Id,
        Self::Version,
        Self::CallId,
        Self::DataSource,
        Self::Query,
        Self::TopK,
        Self::Operation,
        Self::Provider,
        Self::RequestModel,
        Self::ResponseModel,
        Self::ResponseId,
        Self::FinishReasons,
        Self::Usage,
        Self::Cost,
        Self::CostSource,
        Self::CostParts,
        Self::Parameters,
        Self::InputMessages,
        Self::OutputMessages,
        Self::SystemInstructions,
        Self::ToolDefinitions,
        Self::Detail,
        Self::ServerAddress,
        Self::ServerPort,
        Self::SpanName,
        Self::SpanKind,
        Self::Foreign,
        Self::Status,
        Self::OriginalSize,
    ];

    pub(crate) fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.get(usize::from(byte)).copied()
    }

    /// Whether the entry carries what people or models wrote, which the content switch turns off.
    ///
    /// An attribute, a property or an event is none, whatever its value: the user named it one by one. Of a
    /// [`Fault`](Self::Fault), which is none either, the type is kept and the texts are left out where they
    /// are written; of finish reasons and parameters, sentences are.
    #[must_use]
    pub const fn is_content(self) -> bool {
        matches!(
            self,
            Self::Argument
                | Self::Input
                | Self::Output
                | Self::Item
                | Self::RequestBody
                | Self::ResponseBody
                | Self::ResponseChunk
                | Self::Query
                | Self::InputMessages
                | Self::OutputMessages
                | Self::SystemInstructions
                | Self::ToolDefinitions
                | Self::Foreign
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Field;

    #[test]
    fn every_field_is_found_again_by_its_byte() {
        for field in Field::ALL {
            assert_eq!(Field::from_byte(field as u8), Some(field));
        }
        assert_eq!(Field::from_byte(Field::OriginalSize as u8 + 1), None);
    }
}
