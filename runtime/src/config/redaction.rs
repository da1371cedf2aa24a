//! What is taken out of spans before anybody sees them.

use super::Builder;
use super::variables::Variables;
use crate::Error;
use crate::redact::{Kind, Redaction, Redactor};

const EXPECTED: &str =
    "`none`, or some of `credentials`, `personal_data` and the names of kinds, with commas between them";

impl Builder {
    /// Sets what is taken out of spans before they are exported: [credentials](Kind::CREDENTIALS), unless set.
    ///
    /// Unless set: `RECOUNT_REDACT`, which is `none`, or some of `credentials`, `personal_data` and the
    /// [names of kinds](Kind::name), with commas between them. What is set here replaces all of that.
    ///
    /// It is done on recount's thread, before any exporter, metric or rule of sampling sees the span. See
    /// [`redact`](crate::redact).
    ///
    /// ```
    /// use recount::redact::Redaction;
    ///
    /// let with_personal_data = recount::builder().redact(Redaction::default().personal_data());
    /// let as_it_is = recount::builder().redact(Redaction::off());
    /// ```
    pub fn redact(mut self, redaction: Redaction) -> Self {
        self.redaction = Some(redaction);
        self
    }

    /// The builder counts before the environment.
    pub(super) fn take_redactor(
        &mut self,
        environment: Option<Redaction>,
    ) -> Result<Option<Redactor>, Error> {
        let redaction = self.redaction.take().or(environment).unwrap_or_default();
        Ok(redaction.rules()?.map(Redactor::new))
    }
}

/// What `RECOUNT_REDACT` says.
pub(super) fn redaction<F: Fn(&str) -> Option<String>>(
    variables: &Variables<F>,
) -> Result<Option<Redaction>, Error> {
    variables.parse(&["RECOUNT_REDACT"], EXPECTED, |value| {
        if value == "none" {
            return Some(Redaction::off());
        }
        value.split(',').map(str::trim).try_fold(Redaction::off(), |redaction, name| match name {
            "credentials" => Some(Kind::CREDENTIALS.into_iter().fold(redaction, Redaction::detect)),
            "personal_data" => Some(redaction.personal_data()),
            _ => Kind::from_name(name).map(|kind| redaction.detect(kind)),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::Builder;
    use crate::redact::Redaction;
    use crate::wire::{Field, Kind, SpanId, SpanRecord, TraceId};

    const TEXT: &str = "ada@example.com Bearer a1b2c3d4e5f6g7h8 +49 30 1234567";

    fn told(builder: Builder, variable: Option<&str>) -> String {
        let variable = |name: &str| variable.filter(|_| name == "RECOUNT_REDACT").map(str::to_owned);
        let redactor =
            builder.settings(variable).map_err(|error| error.to_string()).map(|settings| settings.redactor);
        let mut record =
            SpanRecord::new(TraceId::from_bytes([1; 16]), SpanId::from_bytes([2; 8]), Kind::Task, "t");
        record.tape.entry(Field::Input, None);
        record.tape.text(TEXT);
        match redactor {
            Ok(Some(mut redactor)) => redactor.redact(&mut record),
            Ok(None) => {}
            Err(error) => return error,
        }
        record.tape.get(Field::Input).and_then(|input| input.as_str()).unwrap_or_default().to_owned()
    }

    #[test]
    fn credentials_go_unless_the_environment_or_the_builder_says_otherwise() {
        let without_token = "ada@example.com Bearer [redacted:bearer_token] +49 30 1234567";
        let without_email = "[redacted:email] Bearer a1b2c3d4e5f6g7h8 +49 30 1234567";
        for (variable, left) in [
            (None, without_token),
            (Some("credentials"), without_token),
            (Some("none"), TEXT),
            (Some("email"), without_email),
            (Some("email, bearer_token"), "[redacted:email] Bearer [redacted:bearer_token] +49 30 1234567"),
            (
                Some("credentials,personal_data"),
                "[redacted:email] Bearer [redacted:bearer_token] [redacted:phone]",
            ),
        ] {
            assert_eq!(told(Builder::default(), variable), left, "{variable:?}");
        }
        assert_eq!(told(Builder::default().redact(Redaction::off()), Some("email")), TEXT);
        let refused = told(Builder::default(), Some("emails"));
        assert!(
            refused.starts_with("RECOUNT_REDACT is \"emails\"; expected `none`, or some of"),
            "{refused}"
        );
    }
}
