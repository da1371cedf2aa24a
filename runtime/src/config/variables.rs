use std::time::Duration;

use percent_encoding::percent_decode_str;

use crate::{Error, ErrorKind};

/// Pairs of a variable, and its name.
pub(super) type Pairs<'a> = (&'a str, Vec<(String, String)>);

/// Reads variables by name. An empty one counts as unset.
///
/// Surrounding blanks are cut off: shells and files of secrets leave them behind.
///
/// The look-up is a function, not `std::env`, because tests run in threads of one process, which share its
/// environment.
pub(super) struct Variables<F>(pub(super) F);

/// A setting, of the builder or of the environment, that has no meaning.
pub(super) fn meaningless(name: &str, value: &str, expected: &str) -> Error {
    Error::new(ErrorKind::Configuration, format!("{name} is {value:?}; expected {expected}."))
}

/// As [`meaningless`], where the value is a secret or too long to show.
pub(super) fn wrong(name: &str, what: &str) -> Error {
    Error::new(ErrorKind::Configuration, format!("{name}: {what}."))
}

impl<F: Fn(&str) -> Option<String>> Variables<F> {
    /// The value, without the blanks around it.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        (self.0)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// The first of these variables that is set, with its name.
    pub(super) fn first<'a>(&self, names: &[&'a str]) -> Option<(&'a str, String)> {
        names.iter().find_map(|name| Some((*name, self.text(name)?)))
    }

    /// What the first of these variables that is set means.
    pub(super) fn parse<T>(
        &self,
        names: &[&str],
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let Some((name, value)) = self.first(names) else { return Ok(None) };
        parse(&value).map(Some).ok_or_else(|| meaningless(name, &value, expected))
    }

    pub(super) fn truth(&self, name: &str) -> Result<Option<bool>, Error> {
        self.parse(&[name], "`true` or `false`", truth)
    }

    pub(super) fn count(&self, names: &[&str]) -> Result<Option<usize>, Error> {
        self.parse(names, "a whole number above 0", |value| value.parse().ok().filter(|count| *count > 0))
    }

    /// Zero is a length: it keeps nothing of a text.
    pub(super) fn length(&self, names: &[&str]) -> Result<Option<usize>, Error> {
        self.parse(names, "a whole number", |value| value.parse().ok())
    }

    pub(super) fn millis(&self, names: &[&str]) -> Result<Option<Duration>, Error> {
        self.parse(names, "a whole number of milliseconds", millis)
    }

    /// A time that is not over before it begins.
    pub(super) fn timeout(&self, names: &[&str]) -> Result<Option<Duration>, Error> {
        let expected = "a whole number of milliseconds above 0";
        self.parse(names, expected, |value| millis(value).filter(|time| !time.is_zero()))
    }

    /// Pairs `key=value,key=value` of the first of these variables that is set, percent-decoded, with its name. The
    /// values may be secrets: errors do not show them.
    pub(super) fn pairs<'a>(&self, names: &[&'a str]) -> Result<Pairs<'a>, Error> {
        let Some((name, value)) = self.first(names) else { return Ok(Default::default()) };
        let entries = value.split(',').enumerate().filter(|(_, entry)| !entry.trim().is_empty());
        let pairs = entries
            .map(|(place, entry)| {
                let (key, value) = entry
                    .split_once('=')
                    .ok_or_else(|| wrong(name, &format!("entry {} has no `=`", place + 1)))?;
                let key = decoded(key).filter(|key| !key.is_empty());
                let key =
                    key.ok_or_else(|| wrong(name, &format!("the key of entry {} is no text", place + 1)))?;
                let value = decoded(value)
                    .ok_or_else(|| wrong(name, &format!("the value of {key:?} is not UTF-8")))?;
                Ok((key, value))
            })
            .collect::<Result<_, _>>()?;
        Ok((name, pairs))
    }
}

/// `true` and `false` only, in any case. OpenTelemetry takes everything else for false; here it is an error,
/// since `1` and `yes` were hardly meant as a no.
pub(super) fn truth(value: &str) -> Option<bool> {
    if value.eq_ignore_ascii_case("true") {
        Some(true)
    } else if value.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

fn millis(value: &str) -> Option<Duration> {
    value.parse().ok().map(Duration::from_millis)
}

/// Percent-decoded, as OpenTelemetry asks for both keys and values. `+` is a plus: this is no form of a web
/// page.
fn decoded(text: &str) -> Option<String> {
    percent_decode_str(text.trim()).decode_utf8().ok().map(Into::into)
}
