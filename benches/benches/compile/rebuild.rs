//! How long the crate with the annotated functions takes when one of them was edited.

use recount_benches::table::Table;

use crate::package::{Package, Spent, recount};
use crate::source::{Annotation, FUNCTIONS, source};
use crate::{cpu, mark, wall};

/// How the crate is built.
const MODES: [(&str, &[&str]); 3] =
    [("check", &["check"]), ("dev", &["build"]), ("release", &["build", "--release"])];

/// What each round took.
struct Builds {
    annotation: Annotation,
    package: Package,
    spent: [Vec<Spent>; MODES.len()],
}

/// Measures and prints.
pub(crate) fn table(rounds: usize) -> anyhow::Result<Table> {
    let mut all = Vec::new();
    for annotation in Annotation::ALL {
        let package = Package::new(package_name(annotation), &dependencies(annotation), "rebuild")?;
        package.write(&source(annotation, 0))?;
        for (_, arguments) in MODES {
            package.build(arguments)?;
        }
        all.push(Builds { annotation, package, spent: Default::default() });
    }
    for round in 1..=rounds {
        for mode in 0..MODES.len() {
            for place in 0..all.len() {
                let place = (place + round) % all.len();
                let Builds { annotation, package, spent } = &mut all[place];
                package.write(&source(*annotation, round * MODES.len() + mode))?;
                spent[mode].push(package.build(MODES[mode].1)?);
            }
        }
        eprintln!("rebuilds: round {round} of {rounds}");
    }
    Ok(print(&all))
}

fn print(all: &[Builds]) -> Table {
    let [plain, ours, full, bare] = all else { unreachable!("each annotation has its crate") };
    let mut table = Table::new(&[
        "per annotated function, after an edit",
        "bound",
        ours.annotation.name(),
        "kept",
        full.annotation.name(),
        bare.annotation.name(),
        plain.annotation.name(),
    ]);
    for (mode, (name, _)) in MODES.iter().enumerate() {
        for (what, of) in [("waited", wall as fn(&[Spent]) -> f64), ("CPU", cpu)] {
            let gross = |builds: &Builds| of(&builds.spent[mode]) * 1e3 / FUNCTIONS as f64;
            let [ours, full, bare] = [ours, full, bare].map(|builds| gross(builds) - gross(plain));
            let most = if *name == "dev" { full.min(1.3 * bare) } else { full };
            let figures = [full, bare, gross(plain)].map(|figure| format!("{figure:.2}"));
            let start = [format!("{name}, {what}, ms"), format!("≤ {most:.2}"), format!("{ours:.2}")];
            table.row(start.into_iter().chain([mark(ours, most).to_owned()]).chain(figures));
        }
    }
    table
}

fn package_name(annotation: Annotation) -> &'static str {
    match annotation {
        Annotation::Plain => "plain",
        Annotation::Recount => "annotated",
        Annotation::Instrument => "instrumented",
        Annotation::BareInstrument => "instrumented-bare",
    }
}

fn dependencies(annotation: Annotation) -> String {
    let tracer = match annotation {
        Annotation::Plain => String::new(),
        Annotation::Recount => recount(),
        Annotation::Instrument | Annotation::BareInstrument => "tracing = \"*\"\n".to_owned(),
    };
    // Its data has `serde` in every case.
    format!("serde = {{ version = \"*\", features = [\"derive\"] }}\n{tracer}")
}
