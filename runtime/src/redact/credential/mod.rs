//! Credentials: found by the letters that they begin with, or by the names that stand beside them.

mod alphabet;
mod assignment;
mod name;
mod private_key;
mod runs;
mod shape;
mod token;
mod user_info;

use std::sync::LazyLock;

pub(super) use alphabet::{end_of, is_random, is_token};
pub(super) use name::{Name, name_of};

use super::anchor::Anchors;
use super::finding::Finding;
use super::kind::{Kind, Kinds};
use runs::{Alphabet, Runs};
use shape::{SHAPES, Shape};

/// What is looked for around an anchor.
#[derive(Clone, Copy, Debug)]
enum Rule {
    /// A key whose prefix has the anchor so many bytes behind its beginning.
    Shape(&'static Shape, usize),
    Jwt,
    Bearer,
    Basic,
    PrivateKey,
    UserInfo,
    /// The name of a credential, of which the anchor is a part.
    Name,
}

// Literals are compared in eight groups, which are the columns of these tables. Prose looks like one of a group where each
// of its letters stands in the same place of any of them: so literals that end in a letter and in a mark are apart, and
// the letters of each word. Spellings of one word are of one group wherever they stand.

/// Three letters each: names of credentials, and parts of the prefixes of keys.
#[rustfmt::skip]
const SHORT: &[&str] = &[
    "pwd", "key", "sk_", "r8_", "hp_", "sk-", "ai-", "SG.",
    "Pwd", "Key", "rk_", "v1_", "ho_", "pi-", "lx-", "29.",
    "k-l", "KEY", "hf_", "v2_", "hu_", "PX-", "tn_", "vs.",
    "://", "xox", "fw_", "gd_", "hr_", "AK-", "hs_", "eyJ",
];

/// Four letters at least; the prefixes of keys that have no part in either table come behind them.
#[rustfmt::skip]
const LONG: &[&str] = &[
    "pass", "ecret",  "oken",    "horizat",    "ookie", "redentials", "ction_s", "earer ",
    "pat_", "ctionS", "PASS",    "-----BEGIN", "OOKIE", "OKEN",       "Pass",    "asic ",
    "sig=", "ECRET",  "HORIZAT", "PI-K",       "dapi",
];

/// The anchors that are parts of the names of credentials.
const NAMES: &[&str] = &[
    "pass",
    "Pass",
    "PASS",
    "pwd",
    "Pwd",
    "ecret",
    "ECRET",
    "key",
    "Key",
    "KEY",
    "pi-",
    "PI-K",
    "oken",
    "OKEN",
    "horizat",
    "HORIZAT",
    "ookie",
    "OOKIE",
    "sig=",
    "redentials",
    "ction_s",
    "ctionS",
];

const SCHEMES: &[(&str, Rule)] =
    &[("earer ", Rule::Bearer), ("asic ", Rule::Basic), ("-----BEGIN", Rule::PrivateKey)];

/// All anchors, and what each stands for.
struct Table {
    anchors: Anchors,
    rules: Vec<Vec<Rule>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(Table::new);

impl Table {
    fn new() -> Self {
        let literals = literals();
        let rules = literals.iter().copied().map(rules).collect();
        let (short, long) = literals.split_at(SHORT.len());
        Self { anchors: Anchors::new(&[short, long]), rules }
    }
}

/// The anchors, those of `SHORT` first.
fn literals() -> Vec<&'static str> {
    let mut all = [SHORT, LONG].concat();
    for shape in SHAPES {
        if !all.iter().any(|literal| shape.prefix.contains(literal)) {
            all.push(shape.prefix);
        }
    }
    all
}

/// What an anchor stands for.
fn rules(literal: &str) -> Vec<Rule> {
    let shapes = SHAPES.iter().filter_map(|shape| Some(Rule::Shape(shape, shape.prefix.find(literal)?)));
    let scheme = SCHEMES.iter().find(|(scheme, _)| *scheme == literal).map(|(_, rule)| *rule);
    let other = match literal {
        "eyJ" => Some(Rule::Jwt),
        "://" => Some(Rule::UserInfo),
        _ => NAMES.contains(&literal).then_some(Rule::Name),
    };
    shapes.chain(scheme).chain(other).collect()
}

/// What was seen of a tape, with and without the last byte of each text.
#[derive(Default)]
struct Seen {
    whole: Runs,
    short: Runs,
}

/// Whether there may be a credential on a tape: its bytes are looked at as they are, without a walk. Where there is
/// none, which is nearly always, it mostly says so.
pub(super) fn may_be_in(tape: &[u8]) -> bool {
    let table = &*TABLE;
    let seen = Seen::default();
    table
        .anchors
        .any(tape, |literal, at| table.rules[literal].iter().any(|rule| rule.may_be(tape, at, &seen)))
}

/// Finds the credentials in a text.
///
/// `cut` says that the text went on: what is left of a credential at its end counts, too.
pub(super) fn find(text: &str, cut: bool, kinds: Kinds, findings: &mut Vec<Finding<'_>>) {
    let (table, bytes) = (&*TABLE, text.as_bytes());
    // The last name and its value: what is part of them need not be looked at for itself.
    let mut name = 0..0;
    // The last key: what begins within it is part of it.
    let mut key = 0..0;
    let runs = Runs::default();
    table.anchors.any(bytes, |literal, at| {
        for rule in &table.rules[literal] {
            if matches!(rule, Rule::Name) && name.contains(&at) || !kinds.has(rule.kind()) {
                continue;
            }
            if matches!(rule, Rule::Shape(_, offset) if key.contains(&at.saturating_sub(*offset))) {
                continue;
            }
            if matches!(rule, Rule::Name) {
                name = assignment::name_at(bytes, at);
            }
            if let Some(found) = rule.find(bytes, at, cut, &runs) {
                if matches!(rule, Rule::Name) {
                    name.end = found.range.end;
                }
                if matches!(rule, Rule::Shape(..)) {
                    key = found.range.clone();
                }
                let key_id = (found.label == "aws_key_id").then_some(found.range.end);
                findings.push(found);
                findings.extend(key_id.and_then(|end| shape::aws_secret(bytes, end)));
            }
        }
        false
    });
}

impl Rule {
    fn kind(self) -> Kind {
        match self {
            Self::Shape(shape, _) => shape.kind,
            Self::Jwt => Kind::Jwt,
            Self::Bearer => Kind::BearerToken,
            Self::Basic => Kind::BasicAuth,
            Self::PrivateKey => Kind::PrivateKey,
            Self::UserInfo => Kind::ConnectionString,
            Self::Name => Kind::NamedCredential,
        }
    }

    fn find(self, bytes: &[u8], at: usize, cut: bool, runs: &Runs) -> Option<Finding<'static>> {
        match self {
            Self::Shape(shape, offset) => shape.find(bytes, at.checked_sub(offset)?, cut, runs),
            Self::Jwt => token::jwt(bytes, at, cut),
            Self::Bearer => token::bearer(bytes, at, cut),
            Self::Basic => token::basic(bytes, at, cut),
            Self::PrivateKey => private_key::find(bytes, at),
            Self::UserInfo => user_info::find(bytes, at, cut, runs),
            Self::Name => assignment::find(bytes, at, cut, runs),
        }
    }

    /// Whether it may find something in the text that is around `at` on a tape.
    ///
    /// Where the text ends is not known. A text has no byte below 32 but white space, and there is one soon after its
    /// end: so what reaches up to such a byte, or to the one before it, may be cut there.
    fn may_be(self, tape: &[u8], at: usize, seen: &Seen) -> bool {
        match self {
            Self::PrivateKey => true,
            Self::Name => assignment::may_be(tape, at, &seen.whole),
            rule => {
                let end = seen.whole.end(Alphabet::Printed, tape, at);
                let finds = |end, runs| at < end && rule.find(&tape[..end], at, true, runs).is_some();
                finds(end, &seen.whole) || finds(end.saturating_sub(1), &seen.short)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::alphabet::counted;
    use super::name::ENDINGS;
    use super::{Kinds, SHAPES, SHORT, TABLE, find, may_be_in};

    /// No pass is slower than it need be: of more literals, only half as many bytes are compared at a time.
    #[test]
    fn the_anchors_fit_into_two_passes() {
        let long = TABLE.rules.len() - SHORT.len();
        assert!(SHORT.len() <= 32 && long <= 32, "{long} anchors");
        assert!(SHORT.iter().all(|anchor| anchor.len() == 3));
        assert!(TABLE.rules.iter().all(|rules| !rules.is_empty()));
    }

    /// How many bytes are looked at for each byte of the text.
    fn effort(piece: &str, length: usize) -> usize {
        let text = piece.repeat(length / piece.len());
        counted(|| {
            find(&text, true, Kinds::CREDENTIALS, &mut Vec::new());
            may_be_in(text.as_bytes());
        }) / length
    }

    /// Whatever a table has, again and again: the work for a byte is as much in a
    /// text four times as long, or nearly, and not much. Where it grew with the length, it would be four times as much.
    #[test]
    fn time_is_in_proportion_to_the_length_whatever_comes_again_and_again() {
        const LENGTH: usize = 1 << 11;
        const MOST: usize = 250;
        let anchors = super::literals();
        let prefixes = SHAPES.iter().map(|shape| shape.prefix);
        let names = ENDINGS.iter().map(|(name, _)| *name);
        for begin in anchors.into_iter().chain(prefixes).chain(names) {
            for separator in ["", ".", "/", "=", "+", ":", "-", "_", " ", "\n", "\\n", "\"", "%3D"] {
                let piece = format!("{begin}{separator}");
                let (short, long) = (effort(&piece, LENGTH), effort(&piece, 4 * LENGTH));
                assert!(long <= 2 * short + 8 && long <= MOST, "{piece:?}: {short}, {long}");
            }
        }
    }
}
