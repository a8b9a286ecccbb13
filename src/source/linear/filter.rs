//! What a gate asks for, as Linear's filters. User text appears only in values.

use serde_json::{Map, Value, json};

use super::spec::{Cycle, Issues, Priority, Release, cycle_of};

/// Types of workflow states that are closed. A type that is not known counts as open.
pub(super) const CLOSED: [&str; 3] = ["completed", "canceled", "duplicate"];

/// State types that are not closed.
fn open() -> Value {
    json!({ "type": { "nin": CLOSED } })
}

pub(super) fn equals(text: &str) -> Value {
    json!({ "eq": text })
}

/// By name, or by the slug of its address.
pub(super) fn named(name: &str) -> Value {
    json!({ "or": [{ "name": equals(name) }, { "slugId": equals(name) }] })
}

/// A person by any of the names Linear shows.
pub(super) fn person(name: &str) -> Value {
    json!({ "or": [{ "displayName": equals(name) }, { "name": equals(name) }, { "email": equals(name) }] })
}

pub(super) fn team(key: &str) -> Value {
    json!({ "key": equals(key) })
}

/// A team and those below it: a blocker of `CHK` may be in its sub-team `CHK-IOS`.
fn team_and_below(key: &str) -> Value {
    let parent = |inner: Value| json!({ "parent": inner });
    json!({ "or": [team(key), parent(team(key)), parent(parent(team(key))), parent(parent(parent(team(key))))] })
}

/// A version, in a pipeline if one is named.
pub(super) fn release(version: &str, pipeline: Option<&str>) -> Value {
    let mut filter = Map::from_iter([("version".to_owned(), equals(version))]);
    filter.extend(pipeline.map(|name| ("pipeline".to_owned(), json!({ "name": equals(name) }))));
    Value::Object(filter)
}

/// A team's cycle. One that cannot be read matches nothing, and its lookup finds nothing.
pub(super) fn cycle(text: &str, team_key: &str) -> Value {
    let mut filter = cycle_of(text).unwrap_or_else(|| json!({ "number": { "eq": -1 } }));
    filter["team"] = team(team_key);
    filter
}

/// Numbers of a priority and all that are more urgent.
fn priorities(least: Priority) -> &'static [u8] {
    match least {
        Priority::Urgent => &[1],
        Priority::High => &[1, 2],
        Priority::Medium => &[1, 2, 3],
        Priority::Low => &[1, 2, 3, 4],
        Priority::None => &[0],
    }
}

/// The issues that a gate counts.
pub(super) fn issues(it: &Issues) -> Value {
    let mut filter = Map::new();
    let mut put = |key: &str, value: Value| drop(filter.insert(key.to_owned(), value));
    put("state", if it.states.is_empty() { open() } else { json!({ "name": { "in": it.states } }) });
    if let Some(key) = &it.team {
        // What there may be few of is looked for below the team too; what there must be, in the team itself.
        let below = it.count.at_least.is_none() && it.cycle.is_none();
        put("team", if below { team_and_below(key) } else { team(key) });
    }
    if let Some(name) = &it.project {
        put("project", named(name));
    }
    if let Some(name) = &it.milestone {
        put("projectMilestone", json!({ "name": equals(name) }));
    }
    if let (Some(text), Some(key)) = (&it.cycle, &it.team) {
        put("cycle", cycle(text, key));
    }
    if let Some(version) = &it.release {
        put("releases", json!({ "some": release(version, None) }));
    }
    if let Some(name) = &it.assignee {
        put("assignee", person(name));
    }
    if let Some(priority) = it.priority {
        put("priority", json!({ "in": priorities(priority) }));
    }
    if !it.labels.is_empty() {
        // Some label is one of them, as at GitHub.
        put("labels", json!({ "name": { "in": it.labels } }));
    }
    Value::Object(filter)
}

/// Issues of a cycle, all or the open ones.
pub(super) fn issues_of_cycle(it: &Cycle, only_open: bool) -> Value {
    let mut filter = json!({ "team": team(&it.team), "cycle": cycle(&it.number, &it.team) });
    if only_open {
        filter["state"] = open();
    }
    filter
}

/// What is left open of those that a cycle had when it ended.
pub(super) fn left_open() -> Value {
    json!({ "state": open() })
}

/// Open issues of a release.
pub(super) fn issues_of_release(it: &Release) -> Value {
    json!({ "releases": { "some": release(&it.version, it.pipeline.as_deref()) }, "state": open() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_of_several_labels_is_enough() {
        let it = Issues { labels: vec!["a".into(), "b".into()], ..Issues::default() };
        assert_eq!(issues(&it)["labels"], json!({ "name": { "in": ["a", "b"] } }));
    }

    #[test]
    fn named_states_take_the_place_of_open() {
        let it = Issues { states: vec!["Blocked".into()], ..Issues::default() };
        assert_eq!(issues(&it)["state"], json!({ "name": { "in": ["Blocked"] } }));
        assert_eq!(issues(&Issues::default())["state"]["type"]["nin"], json!(CLOSED));
    }

    #[test]
    fn no_priority_is_not_the_most_urgent() {
        for priority in [Priority::Urgent, Priority::High, Priority::Medium, Priority::Low] {
            assert!(!priorities(priority).contains(&0));
        }
        assert_eq!(priorities(Priority::High), [1, 2]);
    }
}
