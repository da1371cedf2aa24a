//! How much of what has to be redacted is, and how much else: on texts whose secrets are known.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use recount::redact::Redaction;
use recount::span;
use recount::testing::Recorder;
use recount::wire::Field;
use recount_tests::Random;
use recount_tests::secrets::{Specimen, key_kinds, specimen, specimen_of_key, texts};

/// What the texts are exported as, each as the input of a span.
fn redacted<'t>(redaction: Redaction, texts: impl Iterator<Item = &'t str>) -> Vec<String> {
    let recorder = Recorder::with(recount::builder().redact(redaction));
    let guard = recorder.install();
    texts.for_each(|text| span::task("read").input(text).emit());
    drop(guard);
    let input = |record: &recount::wire::SpanRecord| {
        record.tape.get(Field::Input).and_then(|input| Some(input.as_str()?.to_owned())).expect("an input")
    };
    recorder.spans().iter().map(input).collect()
}

#[derive(Clone, Copy, Default)]
struct Score {
    found: usize,
    missed: usize,
    /// Markers that stand for no secret, and texts of which more than the secrets is gone.
    wrong: usize,
}

impl Score {
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    fn share(part: usize, whole: usize) -> f64 {
        if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
    }

    fn precision(self) -> f64 {
        Self::share(self.found, self.found + self.wrong)
    }

    fn recall(self) -> f64 {
        Self::share(self.found, self.found + self.missed)
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:5} of {:5}", self.found, self.found + self.missed)?;
        write!(f, "  wrong {:3}  precision {:.4}  recall {:.4}", self.wrong, self.precision(), self.recall())
    }
}

#[derive(Default)]
struct Scores(BTreeMap<String, Score>);

impl Scores {
    fn read(&mut self, specimen: &Specimen, told: &str) {
        let mut all_found = true;
        for (what, secret) in &specimen.secrets {
            let score = self.0.entry(what.clone()).or_default();
            if told.contains(secret.as_str()) {
                println!("missed {what}: {:?} is told as {told:?}", specimen.text);
                score.missed += 1;
                all_found = false;
            } else {
                score.found += 1;
            }
        }
        if all_found && outside(told) != outside(&specimen.clean) {
            println!("more than the secrets: {:?} is told as {told:?}", specimen.text);
            self.0.entry(specimen.secrets[0].0.clone()).or_default().wrong += 1;
        }
    }

    fn sum(&self) -> Score {
        self.0.values().fold(Score::default(), |sum, score| Score {
            found: sum.found + score.found,
            missed: sum.missed + score.missed,
            wrong: sum.wrong + score.wrong,
        })
    }

    fn print(&self) {
        self.0.iter().for_each(|(what, score)| println!("{what:20} {score}"));
        println!("{:20} {}", "all", self.sum());
    }
}

/// The text around the markers, whatever these say.
fn outside(text: &str) -> String {
    let mut parts = text.split("[redacted:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + "▮" + part.split_once(']').map_or(part, |(_, rest)| rest))
}

fn score(redaction: Redaction, specimens: &[Specimen]) -> Scores {
    let told = redacted(redaction, specimens.iter().map(|specimen| specimen.text.as_str()));
    let mut scores = Scores::default();
    specimens.iter().zip(&told).for_each(|(specimen, told)| scores.read(specimen, told));
    scores
}

fn specimens_of(file: &str) -> Vec<Specimen> {
    let mut random = Random::new(7);
    texts(file).iter().map(|text| specimen(text, &mut random)).collect()
}

fn keys() -> Vec<Specimen> {
    let mut random = Random::new(11);
    let contexts = texts("keys.txt");
    let pairs = contexts.iter().flat_map(|context| (0..key_kinds()).map(move |kind| (context, kind)));
    pairs.map(|(context, kind)| specimen_of_key(context, kind, &mut random)).collect()
}

#[test]
fn credentials_are_found() {
    let mut specimens = specimens_of("secrets.txt");
    specimens.extend(keys());
    let scores = score(Redaction::default(), &specimens);
    scores.print();
    let sum = scores.sum();
    assert!(sum.found > 1000 && sum.recall() >= 0.97 && sum.precision() >= 0.99, "{sum}");
}

#[test]
fn markers_say_whose_key_it_was() {
    let specimens = keys();
    let told = redacted(Redaction::default(), specimens.iter().map(|specimen| specimen.text.as_str()));
    let right = specimens.iter().zip(&told).filter(|(specimen, told)| specimen.clean == **told).count();
    assert!(right * 100 >= specimens.len() * 97, "{right} of {}", specimens.len());
}

#[test]
fn personal_data_is_found_on_request() {
    let specimens = specimens_of("persons.txt");
    let scores = score(Redaction::default().personal_data(), &specimens);
    scores.print();
    let sum = scores.sum();
    assert!(sum.found > 80 && sum.recall() >= 0.97 && sum.precision() >= 0.97, "{sum}");

    let untouched = redacted(Redaction::default(), specimens.iter().map(|specimen| specimen.text.as_str()));
    assert!(specimens.iter().zip(&untouched).all(|(specimen, told)| specimen.text == **told));
}

/// Of texts without secrets, those that something was taken out of.
fn wronged(redaction: Redaction, texts: &[String]) -> Vec<(&str, String)> {
    let told = redacted(redaction, texts.iter().map(String::as_str));
    let pairs = texts.iter().map(String::as_str).zip(told);
    pairs.filter(|(text, told)| text != told).collect()
}

#[test]
fn innocent_texts_stay_as_they_are() {
    let mut innocent = texts("innocents.txt");
    innocent.extend(generated(&mut Random::new(3)));
    assert!(innocent.len() >= 600, "{}", innocent.len());
    let wronged = wronged(Redaction::default().personal_data(), &innocent);
    for (text, told) in &wronged {
        println!("{text:?} is told as {told:?}");
    }
    assert!(wronged.len() * 100 <= innocent.len(), "{} of {}", wronged.len(), innocent.len());
}

/// Hashes, ids, base64, numbers: what looks thrown and is no secret.
fn generated(random: &mut Random) -> Vec<String> {
    const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letters = |letters: &str, length: usize, random: &mut Random| {
        let letters: Vec<char> = letters.chars().collect();
        (0..length).map(|_| *random.choose(&letters)).collect::<String>()
    };
    let mut texts = Vec::new();
    for _ in 0..60 {
        let mut hex = |length| letters("0123456789abcdef", length, random);
        texts.push(format!("{}-{}-4{}-a{}-{}", hex(8), hex(4), hex(3), hex(3), hex(12)));
        texts.push(format!("sha256:{}", hex(64)));
        texts.push(format!("etag {}", hex(32)));
        texts.push(format!("req_{} took {} ms", hex(24), random.below(10_000)));
        texts.push(format!("data:image/png;base64,{}==", letters(BASE64, 600, random)));
        texts.push(format!("order {}-{}", 2020 + random.below(7), random.below(1_000_000_000)));
        texts.push(format!("v{}.{}.{}", random.below(30), random.below(30), random.below(100)));
    }
    texts
}

/// Code and prose that nobody wrote for this: those of this repository.
#[test]
fn sources_stay_as_they_are() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut lines = Vec::new();
    for folder in ["runtime/src", "macros/src", "examples"] {
        for path in files(&root.join(folder))
            .iter()
            .filter(|path| !path.components().any(|part| part.as_os_str() == "redact"))
        {
            let text = fs::read_to_string(path).unwrap_or_default();
            lines.extend(text.lines().map(str::to_owned));
        }
    }
    assert!(lines.len() > 20_000, "{}", lines.len());
    let wronged = wronged(Redaction::default(), &lines);
    for (text, told) in &wronged {
        println!("{text:?} is told as {told:?}");
    }
    assert!(wronged.len() * 1000 <= lines.len(), "{} of {}", wronged.len(), lines.len());
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
