/// A fact that only some providers have: sent under a name of its own, or a matter of the price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Detail {
    /// Which of the interfaces of `OpenAI` was called: `chat_completions` or `responses`.
    Api,
    /// The service tier that was asked for.
    RequestServiceTier,
    /// The service tier that answered.
    ResponseServiceTier,
    /// The configuration of the provider's backend that answered.
    SystemFingerprint,
    /// How many searches the provider bills besides the tokens: on the web by the model, or of a reranker. Not an
    /// attribute; for the price.
    Searches,
    /// The tier that is billed, of a provider whose tiers OpenTelemetry has no name for. Not an attribute; for the
    /// price.
    PriceTier,
}

impl Detail {
    /// The name under which the fact stands on a tape.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::RequestServiceTier => "request_service_tier",
            Self::ResponseServiceTier => "response_service_tier",
            Self::SystemFingerprint => "system_fingerprint",
            Self::Searches => "searches",
            Self::PriceTier => "price_tier",
        }
    }
}
