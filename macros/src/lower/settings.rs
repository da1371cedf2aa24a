use std::collections::HashSet;

use syn::{Expr, Ident, Lit};

use crate::errors::Errors;
use crate::kind::{Form, Read};
use crate::model::{Fact, Level, Settings};
use crate::parse::{Expression, Setting, Value};

/// Gives every setting its meaning; each may be given once.
pub(super) fn lower(parsed: Vec<Setting>, errors: &mut Errors) -> Settings {
    let mut settings = Settings::default();
    let mut seen = HashSet::new();
    for Setting { key, form, value } in parsed {
        if seen.insert(key.to_string()) {
            lower_one(&mut settings, key, form, value, errors);
        } else {
            errors.at(&key, format!("`{key}` is given twice; keep one"));
        }
    }
    settings
}

fn lower_one(settings: &mut Settings, key: Ident, form: Form, value: Value, errors: &mut Errors) {
    match (form, value) {
        (Form::SkipAll, _) => settings.skip_all = Some(key),
        (Form::SkipOutput, _) => settings.skip_output = Some(key),
        (Form::Skip, Value::Names(names)) => settings.skip = names,
        (Form::Capture, Value::Names(names)) => settings.capture = Some(names),
        (Form::Read(read), Value::Names(names)) => {
            settings.reads.extend(names.into_iter().map(|name| (name, read)));
        }
        (Form::Err, Value::Read(word, read)) => settings.err = Some((word, read)),
        (Form::Output, Value::Projection(projection)) => settings.output = Some(projection),
        (Form::Crate, Value::Path(path)) => settings.runtime = Some(path),
        (Form::Name, Value::Expression(Expression { value, .. })) => {
            settings.name = constant_text(value, "name", errors);
        }
        (Form::Target, Value::Expression(Expression { value, .. })) => {
            settings.target = constant_text(value, "target", errors);
        }
        (Form::Level, Value::Expression(Expression { value, .. })) => settings.level = level(value, errors),
        (Form::Parent, Value::Expression(Expression { value, .. })) => settings.parent = Some(value),
        (Form::Fact(field), Value::Expression(value)) => {
            settings.facts.push(Fact { field, key: None, is_content: false, value });
        }
        (Form::Content(field), Value::Expression(value)) => {
            settings.facts.push(Fact { field, key: None, is_content: true, value });
        }
        (Form::Facts(field), Value::Facts(facts)) => {
            let mut keys = HashSet::new();
            for fact in facts {
                if !keys.insert(fact.key.value()) {
                    errors.at(&fact.key, format!("the key `{}` is given twice; keep one", fact.key.value()));
                }
                let key = Some(fact.key);
                settings.facts.push(Fact { field, key, is_content: false, value: fact.value });
            }
        }
        _ => unreachable!("the parser gives every form the value that belongs to it"),
    }
}

/// A text that the compiler knows: a literal, or what may be the path of a constant.
fn constant_text(value: Expr, key: &str, errors: &mut Errors) -> Option<Expr> {
    match &value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) if text.value().trim().is_empty() => {
                errors.at(text, format!("the {key} must not be empty"));
            }
            Lit::Str(_) => return Some(value),
            _ => errors.at(&value, format!("expected a text: `{key} = \"..\"`")),
        },
        Expr::Path(_) | Expr::Macro(_) | Expr::Group(_) | Expr::Block(_) | Expr::Const(_) => {
            return Some(value);
        }
        _ => errors.at(
            &value,
            format!(
                "the {key} must be known to the compiler: a text in quotes, or the path of a constant; \
                 what differs from call to call goes into `fields(..)`"
            ),
        ),
    }
    None
}

fn level(value: Expr, errors: &mut Errors) -> Option<Level> {
    const NAMES: [&str; 5] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"];
    let Expr::Lit(literal) = &value else {
        return Some(Level::Expression(value));
    };
    let name = match &literal.lit {
        Lit::Str(text) => NAMES.into_iter().find(|name| text.value().eq_ignore_ascii_case(name)),
        Lit::Int(number) => number.base10_parse::<usize>().ok().and_then(|number| {
            // As `tracing` counts them.
            NAMES.get(number.checked_sub(1)?).copied()
        }),
        _ => None,
    };
    if name.is_none() {
        errors.at(
            &value,
            "expected a level: \"trace\", \"debug\", \"info\", \"warn\", \"error\", \
             a number from 1 (trace) to 5 (error), or the path of a `tracing::Level`",
        );
    }
    name.map(|name| Level::Named(name, literal.lit.span()))
}

impl Settings {
    /// How the user wants this argument read.
    pub(crate) fn read(&self, name: &str) -> Option<&(Ident, Read)> {
        use syn::ext::IdentExt;
        self.reads.iter().find(|(ident, _)| ident.unraw() == name)
    }
}
