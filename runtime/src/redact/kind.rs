use std::ops::{BitOr, BitOrAssign};

/// What is looked for in texts.
///
/// Each kind has a switch ([`detect`](super::Redaction::detect), [`ignore`](super::Redaction::ignore)); what stands in
/// the place of a secret says more: whose key it was, say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u16)]
pub enum Kind {
    /// A key or token that is known by its beginning: those of model providers (`OpenAI`, Anthropic, Google, Groq, xAI,
    /// Hugging Face, Replicate, …), of backends (Langfuse, `LangSmith`), GitHub, GitLab, Slack, Stripe, npm, `PyPI` and
    /// others. Markers: `openai_key`, `github_token`, ….
    ApiKey,
    /// What follows `Bearer`. Marker: `bearer_token`.
    BearerToken,
    /// What follows `Basic`, where it decodes to a name and a password. Marker: `basic_auth`.
    BasicAuth,
    /// An access key id of AWS, and the secret key beside it. Markers: `aws_key_id`, `aws_secret_key`.
    AwsKey,
    /// A signed token: three parts in base64, the first of them JSON. Marker: `jwt`.
    Jwt,
    /// A private key in PEM, from its first line to its last. Marker: `private_key`.
    PrivateKey,
    /// The password within a URL, as in `postgres://user:password@host`. Marker: `connection_string`.
    ConnectionString,
    /// A value that its name gives away: a field, a variable, a header or a parameter called `password`, `api_key`,
    /// `client_secret`, `access_token`, `authorization`, `cookie`, …. Markers: `password`, `api_key`, `secret`, `token`,
    /// `authorization`, `cookie`, `private_key`, `access_key`.
    NamedCredential,
    /// An e-mail address. Marker: `email`.
    Email,
    /// A telephone number with its country, or written as North Americans do. Marker: `phone`.
    Phone,
    /// The number of a payment card: its issuer, its length and its check digit are right. Marker: `payment_card`.
    PaymentCard,
    /// The number of a bank account: its country, its length and its checksum are right. Marker: `iban`.
    Iban,
    /// A social security number of the United States, in groups. Marker: `us_ssn`.
    UsSsn,
    /// An address of the internet protocol, version 4 or 6, but for those that mean the machine itself. Marker:
    /// `ip_address`.
    IpAddress,
}

impl Kind {
    /// Those that are looked for unless somebody says otherwise.
    pub const CREDENTIALS: [Self; 8] = [
        Self::ApiKey,
        Self::BearerToken,
        Self::BasicAuth,
        Self::AwsKey,
        Self::Jwt,
        Self::PrivateKey,
        Self::ConnectionString,
        Self::NamedCredential,
    ];

    /// Those that are looked for [on request](super::Redaction::personal_data).
    pub const PERSONAL_DATA: [Self; 6] =
        [Self::Email, Self::Phone, Self::PaymentCard, Self::Iban, Self::UsSsn, Self::IpAddress];

    /// The name by which `RECOUNT_REDACT` knows it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::BearerToken => "bearer_token",
            Self::BasicAuth => "basic_auth",
            Self::AwsKey => "aws_key",
            Self::Jwt => "jwt",
            Self::PrivateKey => "private_key",
            Self::ConnectionString => "connection_string",
            Self::NamedCredential => "named_credential",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::PaymentCard => "payment_card",
            Self::Iban => "iban",
            Self::UsSsn => "us_ssn",
            Self::IpAddress => "ip_address",
        }
    }

    /// The kind of this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::CREDENTIALS.into_iter().chain(Self::PERSONAL_DATA).find(|kind| kind.name() == name)
    }
}

/// Some of the kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kinds(u16);

impl Kinds {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const CREDENTIALS: Self = Self::of(&Kind::CREDENTIALS);
    pub(crate) const PERSONAL_DATA: Self = Self::of(&Kind::PERSONAL_DATA);

    const fn of(kinds: &[Kind]) -> Self {
        let mut bits = 0;
        let mut place = 0;
        while place < kinds.len() {
            bits |= 1 << kinds[place] as u16;
            place += 1;
        }
        Self(bits)
    }

    pub(crate) fn has(self, kind: Kind) -> bool {
        self.meets(kind.into())
    }

    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl From<Kind> for Kinds {
    fn from(kind: Kind) -> Self {
        Self::of(&[kind])
    }
}

impl BitOr for Kinds {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Kinds {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Kinds};

    #[test]
    fn every_kind_is_found_again_by_its_name() {
        let all = Kind::CREDENTIALS.into_iter().chain(Kind::PERSONAL_DATA);
        let mut seen = Kinds::NONE;
        for kind in all {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
            assert!(!seen.has(kind), "{kind:?} is there twice");
            seen |= kind.into();
        }
        assert_eq!(seen, Kinds::CREDENTIALS | Kinds::PERSONAL_DATA);
    }
}
