//! A tape, written anew without secrets.

use super::credential::{Name, name_of};
use super::finding::{MARKER, marker, replace};
use super::kind::Kind;
use super::path::{Place, Trail};
use super::personal::is_card_number;
use super::rules::{Rules, Scope};
use crate::wire::tape::{Entry, Text, Value};
use crate::wire::{Field, Tape};

/// Writes the entries of a tape without secrets; says whether there were any.
pub(super) fn rewrite(tape: &Tape, rules: &Rules, clean: &mut Tape) -> bool {
    let mut writer = Writer { rules, tape: clean, changed: false };
    let items = Items::read(tape, rules);
    let (mut item, mut place) = (0, 0);
    for entry in tape.entries() {
        if entry.field == Field::Item {
            place += 1;
            if let Some(texts) = &items.clean {
                let text = texts.get(item).map(String::as_str).unwrap_or_default();
                item += 1;
                writer.changed = true;
                writer.joined_item(&entry, text, place - 1);
                continue;
            }
        }
        writer.entry(&entry, place);
    }
    writer.changed
}

/// What is known of a value from where it stands.
struct Around<'p> {
    /// Its name, if that is of a credential.
    name: Option<Name>,
    scope: Scope,
    /// Whether a number may be more than a number: ids are not.
    number: bool,
    trail: Trail<'p>,
}

struct Writer<'w> {
    rules: &'w Rules,
    tape: &'w mut Tape,
    changed: bool,
}

impl<'w> Writer<'w> {
    fn entry(&mut self, entry: &Entry<'_>, place: usize) {
        let Some(scope) = scope(entry.field) else { return self.tape.copy(entry) };
        let name = self.rules.clean(entry.name, scope).filter(|_| !entry.name.is_empty());
        self.changed |= name.is_some();
        self.tape.entry(entry.field, Some(name.as_deref().unwrap_or(entry.name)));
        match self.trail(entry, place) {
            None => self.hide(),
            Some(trail) => {
                let name = self.name_of(entry.name);
                self.value(
                    &entry.value,
                    &Around { name, scope, number: scope == Scope::All && !is_id(entry.name), trail },
                );
            }
        }
    }

    /// The item of a stream whose texts are told as one.
    fn joined_item(&mut self, entry: &Entry<'_>, text: &str, place: usize) {
        self.tape.entry(entry.field, Some(entry.name));
        if self.trail(entry, place + 1).is_none() {
            return self.hide();
        }
        let Value::Text(Text { cut: Some(original), tail, .. }) = entry.value else {
            return self.tape.text(text);
        };
        let clean = self.rules.clean_cut(Text { kept: "", cut: Some(original), tail }, Scope::All);
        self.tape.cut_text(text, clean.as_ref().map_or(tail, |(_, tail)| tail), original);
    }

    /// The way to an entry; nothing where a path ends at it.
    fn trail(&self, entry: &Entry<'_>, place: usize) -> Option<Trail<'w>> {
        if self.rules.paths.is_empty() {
            return Some(Trail::default());
        }
        let Some(root) = root(entry.field) else { return Some(Trail::default()) };
        let trail = Trail::start(&self.rules.paths).step(Place::Key(root))?;
        match entry.field {
            Field::Item => trail.step(Place::Index(place.saturating_sub(1))),
            _ if entry.name.is_empty() => Some(trail),
            _ => trail.step(Place::Key(entry.name)),
        }
    }

    fn name_of(&self, name: &str) -> Option<Name> {
        if self.rules.has(Kind::NamedCredential) { name_of(name.as_bytes()) } else { None }
    }

    /// The name that a map gives to the value in it: `{"name": "password", "value": …}`.
    fn paired_name(&self, map: &Value<'_>) -> Option<Name> {
        let Value::Map(map) = *map else { return None };
        map.into_iter().find_map(|(key, value)| match value {
            Value::Text(text) if matches!(key, "name" | "key" | "header") => self.name_of(text.kept),
            _ => None,
        })
    }

    fn hide(&mut self) {
        self.changed = true;
        self.tape.text(MARKER);
    }

    fn mark(&mut self, label: &str) {
        self.changed = true;
        self.tape.text(&marker(label));
    }

    fn value(&mut self, value: &Value<'_>, around: &Around<'w>) {
        if let Some(name) = around.name.filter(|name| !name.vague && is_number(value)) {
            return self.mark(name.label);
        }
        match *value {
            Value::Text(text) => self.text(text, around),
            Value::Unsigned(number) => {
                if around.number && self.rules.has(Kind::PaymentCard) && is_card_number(number) {
                    self.mark("payment_card");
                } else {
                    self.tape.unsigned(number);
                }
            }
            Value::Seq(seq) => {
                self.tape.begin_seq();
                for (index, value) in seq.enumerate() {
                    self.below(&value, Place::Index(index), around.name, around);
                }
                self.tape.end();
            }
            Value::Map(map) => {
                self.tape.begin_map();
                let paired = self.paired_name(value);
                for (key, value) in map {
                    if let Value::Cut(missing) = value {
                        self.tape.cut(missing);
                        continue;
                    }
                    match self.rules.clean(key, around.scope) {
                        Some(clean) => {
                            self.changed = true;
                            self.tape.text(&clean);
                        }
                        None => self.tape.text(key),
                    }
                    // What a map under such a name has in it has names of its own: the schema of a tool, say.
                    let name = if key == "value" { paired } else { self.name_of(key) };
                    self.below(&value, Place::Key(key), name, around);
                }
                self.tape.end();
            }
            ref other => self.tape.value(other),
        }
    }

    fn below(&mut self, value: &Value<'_>, place: Place<'_>, name: Option<Name>, around: &Around<'w>) {
        let Some(trail) = around.trail.step(place) else { return self.hide() };
        let number = around.number && !matches!(place, Place::Key(key) if is_id(key));
        self.value(value, &Around { name, scope: around.scope, number, trail });
    }

    fn text(&mut self, text: Text<'_>, around: &Around<'w>) {
        if let Some(name) = around.name.filter(|name| name.covers(text.kept)) {
            return self.mark(name.label);
        }
        let Some((kept, tail)) = self.rules.clean_cut(text, around.scope) else {
            return self.tape.value(&Value::Text(text));
        };
        self.changed = true;
        match text.cut {
            None => self.tape.text(&kept),
            Some(0) => self.tape.cut_text(&kept, &tail, 0),
            Some(original) => {
                // So that as many bytes are missing as before.
                let before = text.kept.len() + text.tail.len();
                let missing = original.saturating_sub(before as u64);
                self.tape.cut_text(&kept, &tail, missing + (kept.len() + tail.len()) as u64);
            }
        }
    }
}

/// The items of a stream of texts, which readers see as one text: a secret may be part of several.
struct Items {
    /// The items without secrets; none where there are no secrets, or no such items.
    clean: Option<Vec<String>>,
}

impl Items {
    fn read(tape: &Tape, rules: &Rules) -> Self {
        let mut joined = String::new();
        let mut ends = Vec::new();
        let mut cut = tape.get(Field::ItemsCut).is_some();
        for entry in tape.entries().filter(|entry| entry.field == Field::Item) {
            let Value::Text(text) = entry.value else { return Self { clean: None } };
            joined.push_str(text.kept);
            cut |= text.cut.is_some();
            ends.push(joined.len());
        }
        if ends.len() < 2 {
            return Self { clean: None };
        }
        let mut findings = Vec::new();
        rules.find(&joined, cut, Scope::All, &mut findings);
        if findings.is_empty() {
            return Self { clean: None };
        }
        // The marker is told by the item in which the secret begins.
        let mut from = 0;
        let clean = ends.iter().map(|end| {
            let (start, end) = (from, *end);
            from = end;
            let mut here = Vec::new();
            let mut begin = start;
            for finding in
                findings.iter().filter(|finding| finding.range.end > start && finding.range.start < end)
            {
                if finding.range.start < start {
                    begin = finding.range.end.min(end);
                } else {
                    let mut finding = finding.clone();
                    finding.range = finding.range.start - begin..finding.range.end.min(end) - begin;
                    here.push(finding);
                }
            }
            let text = &joined[begin..end];
            let text = if here.is_empty() { text.to_owned() } else { replace(text, &here) };
            rules.clean(&text, Scope::All).unwrap_or(text)
        });
        Self { clean: Some(clean.collect()) }
    }
}

/// How closely a field is looked at; numbers and words of recount's own are not.
fn scope(field: Field) -> Option<Scope> {
    match field {
        Field::ItemCount
        | Field::ItemsCut
        | Field::FirstItem
        | Field::LastItem
        | Field::ItemGaps
        | Field::Unfinished
        | Field::TopK
        | Field::Usage
        | Field::Cost
        | Field::CostSource
        | Field::CostParts
        | Field::ServerPort
        | Field::SpanKind
        | Field::Status => None,
        Field::Operation
        | Field::Provider
        | Field::RequestModel
        | Field::ResponseModel
        | Field::ResponseId
        | Field::FinishReasons
        | Field::Parameters
        | Field::CallId
        | Field::Id
        | Field::Version
        | Field::ServerAddress => Some(Scope::Facts),
        _ => Some(Scope::All),
    }
}

/// The name by which paths begin at a field.
fn root(field: Field) -> Option<&'static str> {
    Some(match field {
        Field::Argument => "arguments",
        Field::Input => "input",
        Field::Output => "output",
        Field::Item => "items",
        Field::InputMessages => "input_messages",
        Field::OutputMessages => "output_messages",
        Field::SystemInstructions => "system_instructions",
        Field::ToolDefinitions => "tools",
        Field::Query => "query",
        Field::Attribute | Field::Detail | Field::Foreign => "attributes",
        Field::Property => "properties",
        Field::Event => "events",
        Field::Fault => "error",
        Field::User => "user",
        Field::Conversation => "conversation",
        Field::Tags => "tags",
        _ => return None,
    })
}

fn is_number(value: &Value<'_>) -> bool {
    matches!(
        value,
        Value::Unsigned(_)
            | Value::Signed(_)
            | Value::WideUnsigned(_)
            | Value::WideSigned(_)
            | Value::Single(_)
            | Value::Double(_)
    )
}

/// Whether the number under this key is an id: those are digits by chance.
fn is_id(key: &str) -> bool {
    key == "id" || key.ends_with("_id") || key.ends_with("Id") || key.ends_with("_ids")
}
