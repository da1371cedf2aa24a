//! Makes sure that a variant did the work that it is measured for: nobody is fast by leaving something out.

use anyhow::ensure;

use crate::peer::json;
use crate::tally::Seen;
use crate::task::Task;
use crate::variant::{Outlet, Variant};
use crate::work::{self, Lookup, TURNS, Work};

/// Checks what was seen of a variant's [`TURNS`] first turns, and of as many without arguments and results.
///
/// # Errors
///
/// When spans or payloads are missing, or were recorded where none should be.
pub fn check(variant: &Variant, seen: Seen) -> anyhow::Result<()> {
    let Seen { spans, text, .. } = seen;
    let name = variant.name;
    let expected = if variant.outlet() == Outlet::Nothing { 0 } else { Task::Check.spans() as u64 };
    ensure!(spans == expected, "{name}: {spans} spans were recorded, not {expected}");
    let payload = payload();
    if variant.content() {
        // Names come on top, and recount says the arguments of a tool in two dialects.
        let fits = payload..2 * payload;
        ensure!(fits.contains(&text), "{name}: {text} bytes of text were recorded, of {payload}");
    } else {
        ensure!(text < payload / 10, "{name}: {text} bytes of text were recorded without being asked for");
    }
    Ok(())
}

/// The bytes of all arguments and results of [`TURNS`] turns, as JSON.
fn payload() -> u64 {
    let Work { request, response, .. } = work::work();
    let every_turn = json(request).len() + json(response).len() + json(&response.text()).len();
    let turns = (0..TURNS).map(work::turn);
    let bytes = turns
        .map(|turn| every_turn + json(&turn.question).len() + turn.lookups.iter().map(lookup).sum::<usize>());
    bytes.sum::<usize>() as u64
}

fn lookup(lookup: &Lookup) -> usize {
    json(lookup).len() + work::work().find(lookup).map_or(0, |found| json(found).len())
}
