//! How long a program's dependencies take when nothing was built before.

use recount_benches::table::Table;

use crate::package::{Package, Spent, recount};
use crate::{cpu, mark, wall};

/// A package without a line of its own.
struct Builds {
    package: Package,
    spent: Vec<Spent>,
}

/// Measures and prints.
pub(crate) fn table(rounds: usize) -> anyhow::Result<Table> {
    let mut otlp = Builds::new("clean-otlp", "opentelemetry-otlp = \"*\"\n")?;
    let mut ours = Builds::new("clean-recount", &recount())?;
    for round in 1..=rounds {
        for builds in [&mut otlp, &mut ours] {
            builds.package.clean()?;
            builds.spent.push(builds.package.build(&["build"])?);
            builds.package.clean()?;
        }
        eprintln!("clean builds: round {round} of {rounds}");
    }
    let mut table = Table::new(&["clean build, dev", "bound", "recount", "kept", "opentelemetry-otlp"]);
    for (what, of) in [("waited", wall as fn(&[Spent]) -> f64), ("CPU", cpu)] {
        let (figure, most) = (of(&ours.spent), 1.2 * of(&otlp.spent));
        table.row([
            format!("default features, {what}, s"),
            format!("≤ {most:.1}"),
            format!("{figure:.1}"),
            mark(figure, most).to_owned(),
            format!("{:.1}", of(&otlp.spent)),
        ]);
    }
    let [otlp, ours] = [otlp.package.dependencies()?, ours.package.dependencies()?];
    table.row(["crates".to_owned(), String::new(), ours.to_string(), String::new(), otlp.to_string()]);
    Ok(table)
}

impl Builds {
    fn new(name: &str, dependencies: &str) -> anyhow::Result<Self> {
        let package = Package::new(name, dependencies, &format!("{name}-target"))?;
        package.write("")?;
        Ok(Self { package, spent: Vec::new() })
    }
}
