//! What keys mean, in a line: editors show it beside them.

use serde_json::{Map, Value};

/// Keys of launches, checklists and gates.
const ABOUT: &[(&str, &str)] = &[
    ("launch", "Id of the launch: its name in the journal"),
    ("title", "What is true when all is well; of a launch: its name for people"),
    ("version", "What goes out, as text; --set version=... gives another one"),
    ("summary", "What it brings, in words for sales and customers"),
    (
        "hold_others",
        "true: a hotfix; until it is closed, other launches of the same repository are asked to wait",
    ),
    ("risk", "low, medium or high; a `when` can ask for it"),
    ("target", "The repository and ref that GO is about"),
    ("components", "Other repositories that gates look at, each with a ref of its own"),
    ("schedule", "When: T-0, zone, anchors, holidays, freezes, on-call"),
    ("people", "Who: people by id; of a role: who holds it"),
    ("roles", "Roles by id; gates ask roles, so that a person can be replaced in one place"),
    ("roll_call", "The go/no-go poll: stations in their order, and who makes the final call"),
    ("policies", "Freshness of answers, waivers, how long sign-offs stand"),
    ("variables", "Texts that {{ name }} stands for"),
    ("defaults", "What gates of a source need not say each time"),
    ("checklists", "Files with gates; `as` gives one another id, `with` its inputs, `when` a condition"),
    ("guardrails", "What stages are watched by: bad ones of all, in windows"),
    ("rollout", "Stages, and who starts the next one"),
    ("rollback", "The way back: its steps, what calls for it, what proves that it would work"),
    ("comms", "What is told to whom, when and by which way; sent only at a person's word"),
    ("gates", "What must be true; inside a gate: all of these"),
    ("checklist", "Id of the checklist: gates are called ID/GATE elsewhere"),
    ("inputs", "Variables that the launch gives to this checklist"),
    ("gate", "Id of the gate: small letters, digits, - and _"),
    ("owner", "Who sees to it: a person or a role. The nearest one counts"),
    ("accountable", "Who answers for the area; usually whoever decides on the launch"),
    ("consulted", "Whom to ask before: people or roles"),
    ("informed", "Whom to tell after: people or roles"),
    ("due", "When it should be go, such as T-1d; overdue is a mark, never a verdict"),
    ("not_before", "It stays pending before this moment"),
    ("needs", "Gates, checklist/ID, stage/ID or decision/go that must be satisfied first"),
    ("when", "Only for these values of variables; else it does not apply"),
    ("na_by", "Who may declare it not needed, with a reason"),
    ("blocks", "What it stands in the way of: go (usual), stage/ID, close or nothing"),
    ("waivable", "false: no exception can be recorded for it, nor for what is inside it"),
    ("component", "The repository of `components` that it looks at"),
    ("matrix", "One axis with its values: a copy of the gate for each"),
    ("repeat", "Occurrences: every, from, until; or at"),
    ("order", "strict: each gate inside waits for the one before"),
    ("point_of_no_return", "true: acting on it, or on what is inside it, asks for typed words"),
    ("public", "true: its title may be told to sales and customers"),
    ("by_hand", "A command that is shown and copied, never run"),
    ("links", "Named addresses for whoever works on it"),
    ("notes", "Free words for whoever works on it"),
    ("fresh", "How old an answer may be and still count; shorter than the policy's only"),
    ("connection", "A connection of the user's settings, by name"),
    ("task", "A chore, done by its owner or by `by`; stands when the commit moves"),
    ("sign_off", "A judgement by people; void when what it is about changes"),
    ("timer", "So long since something last became go or started"),
    ("one_of", "One go inside is enough"),
];

/// Adds what is known of the keys of a map.
pub(super) fn tell(schema: &mut Value) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    for (key, about) in ABOUT {
        if let Some(property) = properties.get_mut(*key).and_then(Value::as_object_mut) {
            describe(property, about);
        }
    }
}

fn describe(property: &mut Map<String, Value>, about: &str) {
    property.insert("description".to_owned(), about.into());
}

#[cfg(test)]
mod tests {
    use super::{
        super::{expand::ChecklistKeys, gate::GateKeys},
        *,
    };

    #[test]
    fn every_key_of_a_gate_and_a_checklist_is_told_of() {
        for key in GateKeys::KEYS.iter().chain(ChecklistKeys::KEYS) {
            assert!(ABOUT.iter().any(|(known, _)| known == key), "{key}");
        }
    }
}
