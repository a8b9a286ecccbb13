//! What keys mean, in a line: editors show it beside them.

use serde_json::{Map, Value};

/// Keys of launches, checklists and gates.
const ABOUT: &[(&str, &str)] = &[
    ("launch", "Id of the launch: its name in the journal"),
    ("title", "What is true when all is well; for a launch, the name people know it by"),
    ("version", "The version that goes out, as text; --set version=... overrides it"),
    ("summary", "What it brings, in words that sales and customers understand"),
    ("hold_others", "true: a hotfix; other launches of the repository are asked to wait until it is closed"),
    ("risk", "low, medium or high; a `when` can ask for it"),
    ("target", "The repository and ref that GO is about"),
    ("components", "Other repositories that gates look at, each at its own ref"),
    ("schedule", "When: T-0, zone, anchors, holidays, freezes, on-call"),
    ("people", "Who: people by id; in a role, the people who hold it"),
    ("roles", "Roles by id; gates name roles, so that a person is replaced in one place"),
    ("roll_call", "The go/no-go poll: stations in their order, and who makes the final call"),
    ("policies", "Freshness of answers, waivers, how long sign-offs stand"),
    ("variables", "Values for {{ name }}"),
    ("defaults", "Defaults for the gates of a source"),
    ("checklists", "Files with gates; `as` gives one another id, `with` its inputs, `when` a condition"),
    ("guardrails", "What watches the stages: bad out of total, window by window"),
    ("rollout", "Stages, and who starts the next one"),
    ("rollback", "How to roll back: the steps, what triggers it, what proves that it would work"),
    ("comms", "Who is told what, when and how; nothing goes out unless a person says so"),
    ("gates", "What must be true; inside a gate, all of these"),
    ("checklist", "Id of the checklist: gates are called ID/GATE elsewhere"),
    ("inputs", "Variables that the launch passes to this checklist"),
    ("gate", "Id of the gate: lower-case letters, digits, - and _"),
    ("owner", "Who takes care of it: a person or a role. The nearest owner counts"),
    ("accountable", "Who answers for the area; usually a decision maker"),
    ("consulted", "Whom to ask beforehand: people or roles"),
    ("informed", "Whom to tell afterwards: people or roles"),
    ("due", "When it should be go, such as T-1d. Overdue is shown, and changes no verdict"),
    ("not_before", "It stays pending before this moment"),
    ("needs", "Gates, checklist/ID, stage/ID or message/ID that must come first"),
    ("when", "The values of variables for which it applies"),
    ("na_by", "Who may say that it is not needed, with a reason"),
    ("blocks", "What it blocks: go (the default), stage/ID, close or nothing"),
    ("waivable", "false: it cannot be waived, nor can anything inside it"),
    ("component", "The entry of `components` whose repository it looks at"),
    ("matrix", "One axis with its values: a copy of the gate for each"),
    ("repeat", "Occurrences: every, from, until; or at"),
    ("order", "strict: each gate inside waits for the one before"),
    ("point_of_no_return", "true: acting on it, or on anything inside it, takes a typed confirmation"),
    ("public", "true: sales and customers may read its title"),
    ("by_hand", "A command to show and copy; it is never run"),
    ("links", "Links for whoever works on it"),
    ("notes", "Notes for whoever works on it"),
    ("fresh", "How old an answer may be and still count; never longer than the policy says"),
    ("connection", "The name of a connection in the user's settings"),
    ("task", "A chore, done by its owner or by `by`; stays done when the commit moves"),
    ("sign_off", "A judgement by people; void once what it is about changes"),
    ("timer", "Time passed since something became go or started"),
    ("one_of", "Any one of these is enough"),
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
