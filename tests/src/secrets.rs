//! Texts with secrets in them, all made up, and where they are.
//!
//! Nothing in the repository looks like a key that somebody could use: they are put together when the tests run.

use std::fs;
use std::path::Path;

use crate::Random;

/// A text, and what has to be redacted in it.
#[derive(Clone, Debug)]
pub struct Specimen {
    /// The whole text.
    pub text: String,
    /// The same, with a marker in the place of each secret.
    pub clean: String,
    /// The secrets, and what they are.
    pub secrets: Vec<(String, String)>,
}

const SMALL: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
const HEX: &str = "0123456789abcdef";
const CAPITAL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ANY: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// What keys are called, how they begin, of which letters they are made, and how many of these there are.
const KEYS: &[(&str, &str, &str, usize)] = &[
    ("anthropic_key", "sk-ant-api03-", ANY, 95),
    ("openrouter_key", "sk-or-v1-", HEX, 64),
    ("langfuse_key", "sk-lf-", HEX, 36),
    ("langfuse_key", "pk-lf-", HEX, 36),
    ("openai_key", "sk-proj-", ANY, 120),
    ("openai_key", "sk-svcacct-", ANY, 60),
    ("openai_key", "sk-", ANY, 48),
    ("google_key", "AIza", ANY, 35),
    ("google_token", "ya29.", ANY, 60),
    ("google_secret", "GOCSPX-", ANY, 28),
    ("groq_key", "gsk_", ANY, 52),
    ("xai_key", "xai-", ANY, 80),
    ("hugging_face_token", "hf_", ANY, 34),
    ("replicate_token", "r8_", ANY, 37),
    ("perplexity_key", "pplx-", ANY, 48),
    ("nvidia_key", "nvapi-", ANY, 64),
    ("cerebras_key", "csk-", SMALL, 48),
    ("fireworks_key", "fw_", ANY, 24),
    ("together_key", "tgp_v1_", ANY, 43),
    ("tavily_key", "tvly-", ANY, 32),
    ("pinecone_key", "pcsk_", ANY, 70),
    ("jina_key", "jina_", ANY, 60),
    ("langsmith_key", "lsv2_pt_", HEX, 43),
    ("github_token", "ghp_", ANY, 36),
    ("github_token", "gho_", ANY, 36),
    ("github_token", "ghs_", ANY, 36),
    ("github_token", "github_pat_", ANY, 82),
    ("gitlab_token", "glpat-", ANY, 20),
    ("npm_token", "npm_", ANY, 36),
    ("pypi_token", "pypi-", ANY, 160),
    ("digitalocean_token", "dop_v1_", HEX, 64),
    ("vault_token", "hvs.", ANY, 90),
    ("databricks_token", "dapi", HEX, 32),
    ("atlassian_token", "ATATT3", ANY, 180),
    ("linear_key", "lin_api_", ANY, 40),
    ("notion_token", "ntn_", ANY, 46),
    ("figma_token", "figd_", ANY, 40),
    ("postman_key", "PMAK-", HEX, 59),
    ("age_key", "AGE-SECRET-KEY-1", CAPITAL, 58),
    ("slack_token", "xoxb-", ANY, 50),
    ("slack_token", "xoxp-", ANY, 70),
    ("slack_token", "xapp-", ANY, 90),
    ("stripe_key", "sk_live_", ANY, 24),
    ("stripe_key", "rk_test_", ANY, 24),
    ("webhook_secret", "whsec_", ANY, 32),
    ("sendgrid_key", "SG.", ANY, 66),
    ("shopify_token", "shpat_", HEX, 32),
    ("aws_key_id", "AKIA", CAPITAL, 16),
    ("aws_key_id", "ASIA", CAPITAL, 16),
];

/// The kinds of keys that `keys.txt` is about.
#[must_use]
pub fn key_kinds() -> usize {
    KEYS.len()
}

/// A key of this kind, and what it is called.
///
/// # Panics
///
/// Where there is no such kind.
#[must_use]
pub fn key(kind: usize, random: &mut Random) -> (&'static str, String) {
    let (label, prefix, letters, length) = KEYS[kind];
    (label, format!("{prefix}{}", body(letters, length, random)))
}

fn body(letters: &str, length: usize, random: &mut Random) -> String {
    let letters: Vec<char> = letters.chars().collect();
    (0..length).map(|_| *random.choose(&letters)).collect()
}

/// A secret that is too long to be written down.
fn made_up(what: &str, random: &mut Random) -> String {
    match what {
        "aws_key_id" => format!("AKIA{}", body(CAPITAL, 16, random)),
        "aws_secret_key" => body(ANY, 40, random),
        "jwt" => {
            format!("eyJ{}.eyJ{}.{}", body(ANY, 33, random), body(ANY, 90, random), body(ANY, 43, random))
        }
        "private_key" => private_key("\n", random),
        "private_key_escaped" => private_key("\\n", random),
        other => panic!("nobody knows how to make a {other}"),
    }
}

fn private_key(line: &str, random: &mut Random) -> String {
    let kind = *random.choose(&["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "]);
    let dashes = "-----";
    let lines: Vec<_> = (0..8).map(|_| body(ANY, 64, random)).collect();
    let last = format!("{}==", body(ANY, 21, random));
    format!(
        "{dashes}BEGIN {kind}PRIVATE KEY{dashes}{line}{}{line}{last}{line}{dashes}END {kind}PRIVATE KEY{dashes}",
        lines.join(line)
    )
}

/// The texts of a file in `redaction`.
///
/// # Panics
///
/// Where there is no such file.
#[must_use]
pub fn texts(file: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("redaction").join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
    lines.map(|line| line.replace('⏎', "\n")).collect()
}

/// What is marked in a text: `«what|secret»`, or `«what»` for one that is made up.
///
/// # Panics
///
/// Where a mark is not closed.
#[must_use]
pub fn specimen(marked: &str, random: &mut Random) -> Specimen {
    let mut specimen = Specimen { text: String::new(), clean: String::new(), secrets: Vec::new() };
    let mut rest = marked;
    while let Some((before, mark)) = rest.split_once('«') {
        let (mark, after) = mark.split_once('»').expect("a mark that is closed");
        let (what, secret) = match mark.split_once('|') {
            Some((what, secret)) => (what, secret.to_owned()),
            None => (mark, made_up(mark, random)),
        };
        let what = what.trim_end_matches("_escaped");
        specimen.text.extend([before, &secret]);
        specimen.clean.extend([before, "[redacted:", what, "]"]);
        specimen.secrets.push((what.to_owned(), secret));
        rest = after;
    }
    specimen.text += rest;
    specimen.clean += rest;
    specimen
}

/// A text with a key in the place of `{key}`.
#[must_use]
pub fn specimen_of_key(context: &str, kind: usize, random: &mut Random) -> Specimen {
    let (label, key) = key(kind, random);
    Specimen {
        text: context.replace("{key}", &key),
        clean: context.replace("{key}", &format!("[redacted:{label}]")),
        secrets: vec![(label.to_owned(), key)],
    }
}
