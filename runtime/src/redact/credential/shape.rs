//! Keys and tokens that are known by how they begin.

use super::alphabet::{begins, end_of, has_run, is_random, is_varied};
use super::runs::Alphabet::{self, Alphanumeric, Base64, Capital, Dotted, Hex, Token};
use super::runs::Runs;
use crate::redact::Kind;
use crate::redact::finding::{Finding, Rank};

/// What a kind of key looks like.
#[derive(Debug)]
pub(super) struct Shape {
    /// What it begins with.
    pub(super) prefix: &'static str,
    /// What it is called in markers.
    label: &'static str,
    pub(super) kind: Kind,
    /// What follows the prefix.
    letters: Alphabet,
    /// How much of it there is at least, in bytes.
    least: usize,
    /// How much of it there is at most; longer ones are something else.
    most: usize,
    /// How many letters and digits stand side by side in it, where the prefix alone says little.
    run: usize,
}

const fn key(prefix: &'static str, label: &'static str, letters: Alphabet, least: usize) -> Shape {
    Shape { prefix, label, kind: Kind::ApiKey, letters, least, most: usize::MAX, run: 0 }
}

/// One that is always as long.
const fn exact(prefix: &'static str, label: &'static str, letters: Alphabet, length: usize) -> Shape {
    Shape { most: length, ..key(prefix, label, letters, length) }
}

/// One whose prefix is part of words, too.
const fn vague(prefix: &'static str, label: &'static str, least: usize, run: usize) -> Shape {
    Shape { run, ..key(prefix, label, Token, least) }
}

const fn aws(prefix: &'static str) -> Shape {
    Shape { kind: Kind::AwsKey, ..exact(prefix, "aws_key_id", Capital, 16) }
}

/// The more exact ones of one beginning come first.
pub(super) static SHAPES: &[Shape] = &[
    // Models and what is built on them.
    key("sk-ant-", "anthropic_key", Token, 20),
    key("sk-or-v1-", "openrouter_key", Hex, 32),
    key("sk-lf-", "langfuse_key", Token, 20),
    key("sk-proj-", "openai_key", Token, 20),
    key("sk-svcacct-", "openai_key", Token, 20),
    key("sk-admin-", "openai_key", Token, 20),
    vague("sk-", "openai_key", 20, 16),
    key("pk-lf-", "langfuse_key", Token, 20),
    exact("AIza", "google_key", Token, 35),
    key("ya29.", "google_token", Dotted, 20),
    key("GOCSPX-", "google_secret", Token, 24),
    key("gsk_", "groq_key", Alphanumeric, 20),
    key("xai-", "xai_key", Alphanumeric, 40),
    key("hf_", "hugging_face_token", Alphanumeric, 30),
    exact("r8_", "replicate_token", Alphanumeric, 37),
    key("pplx-", "perplexity_key", Alphanumeric, 32),
    key("nvapi-", "nvidia_key", Token, 40),
    key("csk-", "cerebras_key", Alphanumeric, 32),
    key("fw_", "fireworks_key", Alphanumeric, 20),
    key("tgp_v1_", "together_key", Token, 32),
    key("tvly-", "tavily_key", Token, 20),
    key("pcsk_", "pinecone_key", Token, 32),
    key("jina_", "jina_key", Token, 32),
    key("lsv2_", "langsmith_key", Token, 30),
    // Code and what runs it.
    key("ghp_", "github_token", Alphanumeric, 30),
    key("gho_", "github_token", Alphanumeric, 30),
    key("ghu_", "github_token", Alphanumeric, 30),
    key("ghs_", "github_token", Alphanumeric, 30),
    key("ghr_", "github_token", Alphanumeric, 30),
    key("github_pat_", "github_token", Token, 30),
    key("glpat-", "gitlab_token", Token, 20),
    key("npm_", "npm_token", Alphanumeric, 30),
    key("pypi-", "pypi_token", Token, 50),
    key("dop_v1_", "digitalocean_token", Hex, 60),
    key("hvs.", "vault_token", Token, 24),
    key("dapi", "databricks_token", Hex, 32),
    key("ATATT3", "atlassian_token", Base64, 60),
    key("lin_api_", "linear_key", Alphanumeric, 30),
    key("ntn_", "notion_token", Alphanumeric, 30),
    key("figd_", "figma_token", Token, 30),
    key("PMAK-", "postman_key", Token, 40),
    key("AGE-SECRET-KEY-1", "age_key", Capital, 40),
    // Messages and money.
    key("xoxb-", "slack_token", Token, 20),
    key("xoxp-", "slack_token", Token, 20),
    key("xoxa-", "slack_token", Token, 20),
    key("xoxr-", "slack_token", Token, 20),
    key("xoxs-", "slack_token", Token, 20),
    key("xoxe", "slack_token", Dotted, 40),
    key("xapp-", "slack_token", Token, 30),
    key("sk_live_", "stripe_key", Alphanumeric, 16),
    key("sk_test_", "stripe_key", Alphanumeric, 16),
    key("rk_live_", "stripe_key", Alphanumeric, 16),
    key("rk_test_", "stripe_key", Alphanumeric, 16),
    key("whsec_", "webhook_secret", Base64, 24),
    key("SG.", "sendgrid_key", Dotted, 40),
    key("shpat_", "shopify_token", Alphanumeric, 32),
    // Clouds.
    aws("AKIA"),
    aws("ASIA"),
];

impl Shape {
    /// The key that begins at `at`. Of a text that was cut, what is left of one at its end counts, however short.
    pub(super) fn find(&self, bytes: &[u8], at: usize, cut: bool, runs: &Runs) -> Option<Finding<'static>> {
        /// So much says whether one is random. Bounded, since there may be a prefix every few bytes.
        const HEAD: usize = 128;
        /// The end of a sentence, or of one that is not finished.
        const DOTS: usize = 3;
        if !bytes.get(at..)?.starts_with(self.prefix.as_bytes()) || !begins(bytes, at) {
            return None;
        }
        let body = at + self.prefix.len();
        let mut end = runs.end(self.letters, bytes, body);
        end -= bytes[body..end].iter().rev().take(DOTS).take_while(|byte| **byte == b'.').count();
        let found = Finding::new(at..end, self.label, Rank::Shape);
        if cut && end == bytes.len() && end - body <= self.most {
            return Some(found);
        }
        let fits = (self.least..=self.most).contains(&(end - body));
        // One of a length that is known ends there.
        let ends = self.most == usize::MAX || !bytes.get(end).is_some_and(u8::is_ascii_alphanumeric);
        let body = &bytes[body..end.min(body + HEAD)];
        let random = match self.kind {
            // Some have no digits.
            Kind::AwsKey => is_varied(body),
            _ if self.run > 0 => has_run(body, self.run),
            _ => is_random(body),
        };
        (fits && ends && random).then_some(found)
    }
}

/// The secret key of AWS that stands beside its id, which ends at `end`: the only word near it that looks like one.
pub(super) fn aws_secret(bytes: &[u8], end: usize) -> Option<Finding<'static>> {
    const REACH: usize = 80;
    const LENGTH: usize = 40;
    let near = &bytes[..bytes.len().min(end + REACH)];
    let mut from = end;
    while from < near.len() {
        let word = end_of(near, from, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
        let body = &near[from..word];
        let cases = body.iter().any(u8::is_ascii_lowercase) && body.iter().any(u8::is_ascii_uppercase);
        if body.len() == LENGTH && cases && is_random(body) {
            return Some(Finding::new(from..word, "aws_secret_key", Rank::Shape));
        }
        from = word + 1;
    }
    None
}
