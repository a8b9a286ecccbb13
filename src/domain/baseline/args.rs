//! What a source is asked, beside what it was asked: only what is known to be stricter passes.

use serde_json::Value;

use super::{super::Length, FoundLoosenings, LooseningKind};

/// Limits of which less is stricter.
const LESS: [&str; 6] = ["at_most", "percent_at_most", "max_age", "update_max_age", "within", "fresh"];
/// Limits of which more is stricter.
const MORE: [&str; 9] = [
    "at_least",
    "percent_at_least",
    "progress_at_least",
    "sessions_at_least",
    "in_a_row",
    "consecutive",
    "tls_valid_for",
    "approvals",
    "count",
];
/// Limits that ask for more wherever there was none. Others have a meaning when they are left out.
const ADDED: [&str; 6] =
    ["max_age", "update_max_age", "within", "fresh", "progress_at_least", "tls_valid_for"];
/// Lists of what passes: fewer is stricter.
const PASSES: [&str; 3] = ["accept", "done", "go"];
/// Lists of what is asked for: more is stricter.
const WANTED: [&str; 4] = ["required", "assets", "no_go", "ids"];
/// Limits that are ages.
const AGES: [&str; 4] = ["max_age", "update_max_age", "fresh", "within"];

/// Compares what stands at `key`, and all that is in it.
pub(super) fn compare(list: &mut FoundLoosenings, key: &str, was: &Value, now: &Value) {
    if was == now {
        return;
    }
    if let (Value::Object(old), Value::Object(new)) = (was, now) {
        let keys = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
        for name in keys {
            let [old, new] = [old, new].map(|it| it.get(name).unwrap_or(&Value::Null));
            compare(list, name, old, new);
        }
        return;
    }
    if !is_stricter(key, was, now) {
        let what = if AGES.contains(&key) { LooseningKind::Freshness } else { LooseningKind::Evidence };
        let none = Value::from("none");
        list.add(what, key, if was.is_null() { &none } else { was }, now);
    }
}

/// A number, a length of time, or a share, as a number.
fn amount(value: &Value) -> Option<f64> {
    let Value::String(text) = value else { return value.as_f64() };
    match text.strip_suffix('%') {
        Some(share) => share.trim().parse().ok(),
        None => Length::parse(text).ok()?.exact().map(|length| length.as_secs_f64()),
    }
}

fn is_stricter(key: &str, was: &Value, now: &Value) -> bool {
    // Nothing that passes beside a success is what no list says.
    let none = |value: &Value| value.is_null() && key == "accept";
    let list = |value: &Value| if none(value) { Some(Vec::new()) } else { value.as_array().cloned() };
    match (amount(was), amount(now)) {
        (Some(old), Some(new)) if LESS.contains(&key) => return new < old,
        (Some(old), Some(new)) if MORE.contains(&key) => return new > old,
        (None, Some(_)) if was.is_null() => return ADDED.contains(&key),
        _ => {}
    }
    match (list(was), list(now)) {
        (Some(old), Some(new)) if PASSES.contains(&key) => new.iter().all(|it| old.contains(it)),
        (Some(old), Some(new)) if WANTED.contains(&key) => old.iter().all(|it| new.contains(it)),
        _ => false,
    }
}
