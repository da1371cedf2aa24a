//! Paths to values that are never told: a part of JSON path, RFC 9535.

/// A path, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path(Vec<Step>);

/// One step down.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    /// Whether it may be any number of steps further down.
    deep: bool,
    to: Child,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Child {
    Key(String),
    Index(usize),
    Any,
}

/// Where a value stands in the one around it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place<'p> {
    Key(&'p str),
    Index(usize),
}

impl Path {
    /// Reads `$.key`, `['key']`, `[0]`, `[*]`, `.*` and `..key`. The error says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let mut rest = text.strip_prefix('$').ok_or("it does not begin with `$`")?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (deep, to, behind) = step(rest)?;
            steps.push(Step { deep, to });
            rest = behind;
        }
        if steps.is_empty() { Err("it names the whole span") } else { Ok(Self(steps)) }
    }
}

fn step(text: &str) -> Result<(bool, Child, &str), &'static str> {
    if let Some(rest) = text.strip_prefix("..") {
        let (to, rest) = if rest.starts_with('[') { bracket(rest)? } else { word(rest)? };
        return Ok((true, to, rest));
    }
    let (to, rest) = match text.strip_prefix('.') {
        Some(rest) => word(rest)?,
        None => bracket(text)?,
    };
    Ok((false, to, rest))
}

fn word(text: &str) -> Result<(Child, &str), &'static str> {
    if let Some(rest) = text.strip_prefix('*') {
        return Ok((Child::Any, rest));
    }
    let is_part = |char: char| char.is_alphanumeric() || char == '_' || char == '-';
    let (key, rest) = text.split_at(text.find(|char| !is_part(char)).unwrap_or(text.len()));
    if key.is_empty() { Err("a key is missing behind a `.`") } else { Ok((Child::Key(key.to_owned()), rest)) }
}

fn bracket(text: &str) -> Result<(Child, &str), &'static str> {
    const EXPECTED: &str = "expected `.key`, `..key`, `['key']`, `[0]`, `[*]` or `.*`; filters, slices and lists are not supported";
    let inner = text.strip_prefix('[').ok_or(EXPECTED)?;
    if let Some(rest) = inner.strip_prefix("*]") {
        return Ok((Child::Any, rest));
    }
    for quote in ['\'', '"'] {
        if let Some(quoted) = inner.strip_prefix(quote) {
            let (key, rest) = quoted.split_once(quote).ok_or("a quote is not closed")?;
            return Ok((Child::Key(key.to_owned()), rest.strip_prefix(']').ok_or(EXPECTED)?));
        }
    }
    let (index, rest) = inner.split_once(']').ok_or("a bracket is not closed")?;
    Ok((Child::Index(index.parse().map_err(|_| EXPECTED)?), rest))
}

/// How far along each of some paths a value stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Trail<'p>(Vec<&'p [Step]>);

impl<'p> Trail<'p> {
    /// The beginning of all of them.
    pub(super) fn start(paths: &'p [Path]) -> Self {
        Self(paths.iter().map(|Path(steps)| &steps[..]).collect())
    }

    /// One step down; nothing where that is the end of one of the paths.
    pub(super) fn step(&self, place: Place<'_>) -> Option<Self> {
        let mut below = Vec::new();
        for steps in &self.0 {
            let Some((step, rest)) = steps.split_first() else { continue };
            if step.deep {
                below.push(*steps);
            }
            let fits = match (&step.to, place) {
                (Child::Any, _) => true,
                (Child::Key(key), Place::Key(name)) => key == name,
                (Child::Index(index), Place::Index(here)) => *index == here,
                _ => false,
            };
            if fits && rest.is_empty() {
                return None;
            }
            if fits {
                below.push(rest);
            }
        }
        // A flood of steps that may go on for ever is one of each.
        below.sort_unstable_by_key(|steps: &&[Step]| (steps.as_ptr(), steps.len()));
        below.dedup_by_key(|steps| (steps.as_ptr(), steps.len()));
        Some(Self(below))
    }
}

#[cfg(test)]
mod tests {
    use super::{Path, Place, Trail};

    fn is_end(path: &str, places: &[Place<'_>]) -> bool {
        let paths = [Path::parse(path).expect("a path")];
        let mut trail = Trail::start(&paths);
        for place in places {
            match trail.step(*place) {
                Some(below) => trail = below,
                None => return true,
            }
        }
        false
    }

    #[test]
    fn paths_lead_to_values() {
        use Place::{Index, Key};
        let user = [Key("arguments"), Key("request"), Key("user"), Key("email")];
        let item = [Key("output"), Index(1), Key("ssn")];
        for (path, places, reaches) in [
            ("$.arguments.request.user.email", &user[..], true),
            ("$.arguments['request'].user[\"email\"]", &user, true),
            ("$..email", &user, true),
            ("$..user.email", &user, true),
            ("$..request.email", &user, false),
            ("$.*.*.user", &user, true),
            ("$.arguments..email", &user, true),
            ("$.input..email", &user, false),
            ("$.output[1].ssn", &item, true),
            ("$.output[*].ssn", &item, true),
            ("$.output[0].ssn", &item, false),
            ("$..[1]", &item, true),
            ("$.output.ssn", &item, false),
        ] {
            assert_eq!(is_end(path, places), reaches, "{path}");
        }
    }

    #[test]
    fn what_is_not_supported_is_refused() {
        for path in [
            "",
            "arguments.x",
            "$",
            "$.",
            "$..",
            "$.a[",
            "$.a['b",
            "$.a[?(@.b)]",
            "$.a[1:2]",
            "$.a[-1]",
            "$a",
            "$.a[0,1]",
            "$['a",
        ] {
            assert!(Path::parse(path).is_err(), "{path}");
        }
    }
}
