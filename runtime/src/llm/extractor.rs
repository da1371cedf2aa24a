use super::{Partial, RequestFacts, ResponseFacts};
use crate::wire::tape::Value;

/// Finds the facts of a model call in the bodies of one provider.
///
/// Runs on the worker's thread, after the call; only a stream of more than about 32 KiB is read, in pieces, by
/// whoever polls it. Each method is given whatever was captured and says `None` (or `false`) unless it is
/// certain that the body is one of its provider's: what nobody recognises is recorded as it is. A panic counts
/// as "not recognised". What it calls is not traced. An error that is found within a struct of the program's own
/// counts only where nothing stands beside it that could be the answer.
///
/// Keys that are missing, of another type than expected, or cut by the [cap](crate::Builder::value_cap) are
/// daily bread: take what is there. What the provider's documentation does not list is best kept, as
/// [`Part::Other`](crate::Part::Other).
///
/// ```
/// use recount::llm::{Extractor, Partial, RequestFacts, ResponseFacts};
/// use recount::wire::tape::Value;
/// use recount::{Message, Usage};
///
/// /// A server of our own: `{"parrot": "v1", "say": "Hello"}` gives `{"parrot": "v1", "said": "Hello", "words": 1}`.
/// struct Parrot;
///
/// impl Extractor for Parrot {
///     fn request(&self, body: &Value<'_>) -> Option<RequestFacts> {
///         let model = body.get("parrot")?.as_str()?;
///         let text = body.get("say")?.as_str()?;
///         Some(RequestFacts::new().provider("parrot").model(model).message(Message::user(text)))
///     }
///
///     fn response(&self, body: &Value<'_>) -> Option<ResponseFacts> {
///         let model = body.get("parrot")?.as_str()?;
///         let text = body.get("said")?.as_str()?;
///         let words = body.get("words").and_then(|words| words.as_u64());
///         let message = Message::assistant(text).finish_reason("stop");
///         let usage = words.map(|words| Usage::default().output(words)).unwrap_or_default();
///         Some(ResponseFacts::new().provider("parrot").model(model).message(message).usage(usage))
///     }
///
///     fn chunk(&self, chunk: &Value<'_>, answer: &mut Partial) -> bool {
///         let Some(piece) = chunk.get("squawk").and_then(|piece| piece.as_str()) else { return false };
///         answer.choice(0).text(0, piece);
///         // A stream that never says so has broken off.
///         if chunk.get("last").is_some() {
///             answer.choice(0).finish("stop");
///         }
///         true
///     }
/// }
///
/// # fn main() -> Result<(), recount::Error> {
/// let recount = recount::builder().extractor(Parrot).build()?;
/// # Ok(())
/// # }
/// ```
pub trait Extractor: Send + Sync {
    /// What a request says.
    fn request(&self, body: &Value<'_>) -> Option<RequestFacts> {
        let _ = body;
        None
    }

    /// What a response says, an error body included.
    fn response(&self, body: &Value<'_>) -> Option<ResponseFacts> {
        let _ = body;
        None
    }

    /// Adds one chunk of a streamed response to those before; false where it is none of this provider's.
    ///
    /// The first extractor that takes a chunk is asked first for those that follow.
    fn chunk(&self, chunk: &Value<'_>, answer: &mut Partial) -> bool {
        let _ = (chunk, answer);
        false
    }
}
