//! A gate by the name that somebody typed.

use super::AppError;
use gonogo_domain::{GateId, Launch};
use gonogo_text::clean;
use gonogo_yaml::nearest;

/// The most names that an error lists.
const MOST_TOLD: usize = 8;

/// The gate of this name: its whole name, or the part behind the checklist where only one gate is called so.
///
/// # Errors
/// There is none, or there are several; the error has the nearest names.
pub fn named_gate(launch: &Launch, name: &str) -> Result<GateId, AppError> {
    let gates = &launch.gates;
    if let Some(gate) = gates.iter().find(|gate| gate.id.as_str() == name) {
        return Ok(gate.id.clone());
    }
    let short = |id: &GateId| id.local() == name || id.local().split('@').next() == Some(name);
    let found: Vec<&GateId> = gates.iter().map(|gate| &gate.id).filter(|id| short(id)).collect();
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] => {
            let known = gates.iter().flat_map(|gate| [gate.id.as_str(), gate.id.local()]);
            let near = nearest(name, known).map(|near| format!("did you mean {near}? ")).unwrap_or_default();
            Err(AppError::input(format!(
                "there is no gate {}: {near}gonogo check --verbose lists them all",
                clean(name)
            )))
        }
        several => {
            let told: Vec<_> = several.iter().take(MOST_TOLD).map(|id| id.as_str()).collect();
            Err(AppError::input(format!(
                "{} can be {}: write the whole name",
                clean(name),
                told.join(" or ")
            )))
        }
    }
}
