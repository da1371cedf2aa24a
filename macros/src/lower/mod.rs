//! From syntax to the plan.

mod ending;
mod frame;
mod parameters;
mod settings;

use crate::errors::Errors;
use crate::kind::Kind;
use crate::model::Plan;
use crate::parse;

pub(crate) use parameters::{bindings, is_lint};

/// Makes the plan for a function.
pub(crate) fn lower(
    kind: Kind,
    settings: Vec<parse::Setting>,
    function: &parse::Function,
    errors: &mut Errors,
) -> Plan {
    let signature = &function.signature;
    Plan {
        kind,
        settings: settings::lower(settings, errors),
        receiver: signature.receiver().map(|receiver| receiver.self_token),
        parameters: parameters::lower(signature),
        frame: frame::of(function),
        ending: ending::of(&signature.output),
    }
}
