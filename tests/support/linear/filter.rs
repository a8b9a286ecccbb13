//! Linear's filters over JSON objects: comparators on values, nested filters on objects, `some` on lists.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

/// Keys that compare a value; every other key goes into an object.
const COMPARATORS: [&str; 11] =
    ["eq", "neq", "in", "nin", "null", "gt", "gte", "lt", "lte", "contains", "startsWith"];

/// Whether `object` passes `filter`. The schema has checked the filter's keys and types.
pub fn passes(object: &Value, filter: &Value) -> bool {
    let Some(filter) = filter.as_object() else { return true };
    filter.iter().all(|(key, wanted)| match key.as_str() {
        "and" => wanted.as_array().is_none_or(|all| all.iter().all(|one| passes(object, one))),
        "or" => {
            wanted.as_array().is_none_or(|all| all.is_empty() || all.iter().any(|one| passes(object, one)))
        }
        "null" => wanted == false,
        "id" if object.get("identifier").is_some() => {
            let names = [object["id"].clone(), object["identifier"].clone()];
            issue_id(&names, wanted)
        }
        _ => part(object.get(key).unwrap_or(&Value::Null), wanted),
    })
}

fn part(value: &Value, wanted: &Value) -> bool {
    let Some(wanted_map) = wanted.as_object() else { return true };
    match value {
        Value::Array(items) => list(items, wanted_map),
        Value::Object(_) => passes(value, wanted),
        Value::Null if wanted_map.get("null") == Some(&json!(true)) => true,
        Value::Null if !wanted_map.keys().all(|key| is_comparator(key)) => false,
        _ => wanted_map.iter().all(|(comparator, operand)| compare(value, comparator, operand)),
    }
}

fn is_comparator(key: &str) -> bool {
    COMPARATORS.contains(&key) || key.ends_with("IgnoreCase") || key.starts_with("not") || key == "endsWith"
}

/// Any other key than `some`, `every` and `length` means "some".
fn list(items: &[Value], wanted: &Map<String, Value>) -> bool {
    wanted.iter().all(|(key, inner)| match key.as_str() {
        "some" => items.iter().any(|item| passes(item, inner)),
        "every" => items.iter().all(|item| passes(item, inner)),
        "length" => part(&json!(items.len()), inner),
        "and" => inner
            .as_array()
            .is_none_or(|all| all.iter().filter_map(Value::as_object).all(|one| list(items, one))),
        "or" => inner
            .as_array()
            .is_none_or(|all| all.iter().filter_map(Value::as_object).any(|one| list(items, one))),
        key => items.iter().any(|item| passes(item, &json!({ key: inner }))),
    })
}

/// An issue answers to its UUID and to its identifier in any case.
fn issue_id(names: &[Value; 2], wanted: &Value) -> bool {
    let is = |operand: &Value| {
        names.iter().any(|name| matches!((name.as_str(), operand.as_str()), (Some(a), Some(b)) if a.eq_ignore_ascii_case(b)))
    };
    let any = |operand: &Value| operand.as_array().is_some_and(|all| all.iter().any(is));
    wanted.as_object().into_iter().flatten().all(|(comparator, operand)| match comparator.as_str() {
        "eq" => is(operand),
        "neq" => !is(operand),
        "in" => any(operand),
        "nin" => !any(operand),
        _ => false,
    })
}

fn compare(value: &Value, comparator: &str, operand: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    let part = operand.as_str().unwrap_or_default();
    let (low, low_part) = (text.to_lowercase(), part.to_lowercase());
    match comparator {
        "eq" => same(value, operand),
        "neq" => !same(value, operand),
        "in" => operand.as_array().is_some_and(|all| all.iter().any(|one| same(value, one))),
        "nin" => operand.as_array().is_some_and(|all| !all.iter().any(|one| same(value, one))),
        "null" => value.is_null() == (operand == true),
        "gt" | "gte" | "lt" | "lte" => ordered(value, comparator, operand),
        "contains" => text.contains(part),
        "notContains" => !text.contains(part),
        "startsWith" => text.starts_with(part),
        "notStartsWith" => !text.starts_with(part),
        "endsWith" => text.ends_with(part),
        "notEndsWith" => !text.ends_with(part),
        "eqIgnoreCase" => low == low_part,
        "neqIgnoreCase" => low != low_part,
        "containsIgnoreCase" => low.contains(&low_part),
        "notContainsIgnoreCase" => !low.contains(&low_part),
        "startsWithIgnoreCase" => low.starts_with(&low_part),
        other => panic!("the Linear server does not know the comparator {other}: add it to filter.rs"),
    }
}

fn same(value: &Value, operand: &Value) -> bool {
    value == operand
        || matches!((value.as_f64(), operand.as_f64()), (Some(a), Some(b)) if (a - b).abs() < f64::EPSILON)
}

fn ordered(value: &Value, comparator: &str, operand: &Value) -> bool {
    let order = match (value.as_f64(), operand.as_f64()) {
        (Some(a), Some(b)) => a.partial_cmp(&b),
        _ => value.as_str().and_then(moment).zip(operand.as_str().and_then(moment)).map(|(a, b)| a.cmp(&b)),
    };
    order.is_some_and(|order| match comparator {
        "gt" => order.is_gt(),
        "gte" => order.is_ge(),
        "lt" => order.is_lt(),
        _ => order.is_le(),
    })
}

/// A time, a date, or a duration from now: `-P2W`, `P1D`, `PT6H`.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.with_timezone(&Utc));
    }
    if let Ok(date) = text.parse::<chrono::NaiveDate>() {
        return Some(date.and_hms_opt(0, 0, 0)?.and_utc());
    }
    let (sign, rest) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let rest = rest.strip_prefix('P')?.trim_start_matches('T');
    let number: i64 = rest[..rest.len().checked_sub(1)?].parse().ok()?;
    let hours = match rest.as_bytes().last()? {
        b'W' => number * 7 * 24,
        b'D' => number * 24,
        b'H' => number,
        _ => return None,
    };
    Some(Utc::now() + TimeDelta::hours(sign * hours))
}
