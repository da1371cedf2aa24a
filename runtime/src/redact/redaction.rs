use std::fmt;

use super::kind::{Kind, Kinds};
use super::path::Path;
use super::rules::{Closure, Rules};
use crate::{Error, ErrorKind};

/// What is taken out of spans before anybody sees them; see the [module](super).
///
/// ```
/// use recount::redact::{Kind, Redaction};
///
/// let redaction = Redaction::default() // credentials
///     .detect(Kind::Email)
///     .path("$.arguments.customer.address")
///     .with(|text| text.contains("Project Nightingale").then(|| "[redacted:project]".to_owned()));
/// let builder = recount::builder().redact(redaction);
/// ```
#[must_use = "nothing is redacted before the builder has it"]
pub struct Redaction {
    kinds: Kinds,
    paths: Vec<String>,
    #[cfg(feature = "regex")]
    patterns: Vec<(String, String)>,
    closures: Vec<Closure>,
}

/// [Credentials](Kind::CREDENTIALS), and nothing else.
impl Default for Redaction {
    fn default() -> Self {
        Self { kinds: Kinds::CREDENTIALS, ..Self::off() }
    }
}

impl Redaction {
    /// Nothing: spans are exported as they were captured.
    ///
    /// What is added to it is taken out still: `Redaction::off().detect(Kind::Email)` takes out e-mail addresses and
    /// nothing else.
    pub fn off() -> Self {
        Self {
            kinds: Kinds::NONE,
            paths: Vec::new(),
            #[cfg(feature = "regex")]
            patterns: Vec::new(),
            closures: Vec::new(),
        }
    }

    /// Takes out [personal data](Kind::PERSONAL_DATA), too.
    ///
    /// A user or a conversation that is named by an e-mail address is named by its marker then, as all others are; give
    /// them ids that say nothing instead.
    ///
    /// ```
    /// use recount::redact::Redaction;
    ///
    /// let builder = recount::builder().redact(Redaction::default().personal_data());
    /// ```
    pub fn personal_data(mut self) -> Self {
        self.kinds |= Kinds::PERSONAL_DATA;
        self
    }

    /// Takes out what is of this kind.
    pub fn detect(mut self, kind: Kind) -> Self {
        self.kinds |= kind.into();
        self
    }

    /// Leaves what is of this kind where it is.
    pub fn ignore(mut self, kind: Kind) -> Self {
        self.kinds = self.kinds.without(kind.into());
        self
    }

    /// Takes out what a regular expression matches; `[redacted:{name}]` stands in its place. Feature `regex`.
    ///
    /// In the syntax of the crate `regex`, without Unicode's classes: `\d` is a digit of ASCII. It is tried on each text
    /// by itself, with keys and names, and takes time in proportion to it; one that matches nothing changes nothing.
    ///
    /// [`build`](crate::Builder::build) refuses one that is none, and a name that is empty or has brackets.
    ///
    /// ```
    /// use recount::redact::Redaction;
    ///
    /// let redaction = Redaction::default().pattern("order", r"\bORD-[0-9]{8}\b");
    /// ```
    #[cfg(feature = "regex")]
    pub fn pattern(mut self, name: impl Into<String>, regex: impl Into<String>) -> Self {
        self.patterns.push((name.into(), regex.into()));
        self
    }

    /// Adds a function that is given each text and returns what is to be told in its place; nothing where the text may
    /// be told as it is.
    ///
    /// It runs on the exporting thread, after everything else, once for each text on its own: for chunks of a stream one
    /// by one. If it panics, `[redacted]` stands in the place of the text.
    pub fn with(mut self, clean: impl Fn(&str) -> Option<String> + Send + 'static) -> Self {
        self.closures.push(Box::new(clean));
        self
    }

    /// Takes out the values at a path, whatever they are; `[redacted]` stands in their place.
    ///
    /// JSON path, as far as it says where something is: `.key`, `['key']`, `[0]`, `[*]`, `.*` and `..key`. Its root is
    /// the span: `$.arguments.{name}`, `$.input`, `$.output` and `$.items` for what went in and came out;
    /// `$.input_messages`, `$.output_messages`, `$.system_instructions` and `$.tools` of calls of models that were
    /// [understood](crate::guide); `$.query` of retrievals; `$.attributes.{key}`, `$.properties.{key}`, `$.events.{name}`,
    /// `$.error`, `$.user`, `$.conversation` and `$.tags`. Values are found where they were captured as structured data,
    /// not within texts of JSON.
    ///
    /// [`build`](crate::Builder::build) refuses what it does not understand: filters, slices, negative indices.
    ///
    /// ```
    /// use recount::redact::Redaction;
    ///
    /// let redaction = Redaction::default().path("$.arguments.request.user.email").path("$..date_of_birth");
    /// ```
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.paths.push(path.into());
        self
    }

    /// Checked; none where there is nothing to take out.
    pub(crate) fn rules(self) -> Result<Option<Rules>, Error> {
        let wrong = |what: String| Error::new(ErrorKind::Configuration, what);
        let paths = self.paths.iter().map(|path| {
            Path::parse(path)
                .map_err(|why| wrong(format!("The redaction path {path:?} is not understood: {why}.")))
        });
        let paths = paths.collect::<Result<Vec<_>, _>>()?;
        #[cfg(feature = "regex")]
        let patterns = self
            .patterns
            .iter()
            .map(|(name, regex)| super::pattern::Pattern::new(name, regex).map_err(wrong))
            .collect::<Result<Vec<_>, _>>()?;
        let rules = Rules {
            kinds: self.kinds,
            paths,
            #[cfg(feature = "regex")]
            patterns,
            closures: self.closures,
        };
        Ok((!rules.is_empty()).then_some(rules))
    }
}

impl fmt::Debug for Redaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redaction")
            .field("kinds", &self.kinds)
            .field("paths", &self.paths)
            .field("closures", &self.closures.len())
            .finish_non_exhaustive()
    }
}
