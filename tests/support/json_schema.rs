//! A validator of JSON Schema, as far as ours go; written from the specification (draft 2020-12), not from the code that
//! makes them. A keyword that it does not know is a failure, so that none is passed over.

use std::{cell::RefCell, collections::HashMap};

use regex::Regex;
use serde_json::{Map, Value};

/// Keywords that say nothing about an instance.
const SILENT: &[&str] =
    &["$schema", "$id", "$comment", "$defs", "title", "description", "default", "examples", "format"];

/// What is wrong with an instance; nothing: it conforms.
pub fn faults(schema: &Value, instance: &Value) -> Vec<String> {
    let mut found = Vec::new();
    look(schema, schema, instance, "$", &mut found);
    found
}

fn look(root: &Value, schema: &Value, it: &Value, at: &str, found: &mut Vec<String>) {
    let keywords = match schema {
        Value::Bool(true) => return,
        Value::Bool(false) => return found.push(format!("{at}: nothing may be here")),
        Value::Object(keywords) => keywords,
        other => panic!("{other} is no schema"),
    };
    for (keyword, want) in keywords {
        let told = keyword_of(root, keywords, (keyword, want), it, at, found);
        if let Some(told) = told {
            found.push(format!("{at}: {told}"));
        }
    }
}

fn keyword_of(
    root: &Value,
    all: &Map<String, Value>,
    (keyword, want): (&str, &Value),
    it: &Value,
    at: &str,
    found: &mut Vec<String>,
) -> Option<String> {
    let fits = |schema: &Value| {
        let mut inner = Vec::new();
        look(root, schema, it, at, &mut inner);
        inner.is_empty()
    };
    let many = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    match keyword {
        "$ref" => {
            let pointer = want.as_str().unwrap().strip_prefix('#').unwrap();
            let target = root.pointer(pointer).unwrap_or_else(|| panic!("{want} leads nowhere"));
            look(root, target, it, at, found);
            None
        }
        "type" => (!type_fits(want, it)).then(|| format!("{it} is not {want}")),
        "enum" => (!want.as_array().unwrap().contains(it)).then(|| format!("{it} is not one of {want}")),
        "const" => (want != it).then(|| format!("{it} is not {want}")),
        "pattern" => {
            let text = it.as_str()?;
            (!matches(want.as_str().unwrap(), text)).then(|| format!("{it} does not match {want}"))
        }
        "anyOf" => (!want.as_array().unwrap().iter().any(fits)).then(|| "none of several fits".into()),
        "oneOf" => {
            let fitting = want.as_array().unwrap().iter().filter(|it| fits(it)).count();
            (fitting != 1).then(|| format!("{fitting} of several fit"))
        }
        "minItems" => it.as_array().filter(|list| list.len() < many(want)).map(|_| "too few".into()),
        "minProperties" => it.as_object().filter(|map| map.len() < many(want)).map(|_| "too few keys".into()),
        "maxProperties" => {
            it.as_object().filter(|map| map.len() > many(want)).map(|_| "too many keys".into())
        }
        "required" => {
            let map = it.as_object()?;
            let missing =
                want.as_array().unwrap().iter().find(|key| !map.contains_key(key.as_str().unwrap()));
            missing.map(|key| format!("{key} is missing"))
        }
        "items" => {
            for (number, item) in it.as_array().into_iter().flatten().enumerate() {
                look(root, want, item, &format!("{at}[{number}]"), found);
            }
            None
        }
        "properties" => {
            for (name, value) in it.as_object().into_iter().flatten() {
                if let Some(schema) = want.get(name) {
                    look(root, schema, value, &format!("{at}.{name}"), found);
                }
            }
            None
        }
        "additionalProperties" => {
            let known = all.get("properties");
            for (name, value) in it.as_object().into_iter().flatten() {
                if known.is_none_or(|known| known.get(name).is_none()) {
                    look(root, want, value, &format!("{at}.{name}"), found);
                }
            }
            None
        }
        other if SILENT.contains(&other) => None,
        other => panic!("the validator does not know {other}"),
    }
}

/// Patterns are few and asked for often.
fn matches(pattern: &str, text: &str) -> bool {
    thread_local!(static KNOWN: RefCell<HashMap<String, Regex>> = RefCell::default());
    KNOWN.with_borrow_mut(|known| {
        known.entry(pattern.to_owned()).or_insert_with(|| Regex::new(pattern).unwrap()).is_match(text)
    })
}

fn type_fits(want: &Value, it: &Value) -> bool {
    let is = |name: &Value| match name.as_str().unwrap() {
        "null" => it.is_null(),
        "boolean" => it.is_boolean(),
        "number" => it.is_number(),
        "integer" => it.is_i64() || it.is_u64(),
        "string" => it.is_string(),
        "array" => it.is_array(),
        "object" => it.is_object(),
        other => panic!("{other} is no type"),
    };
    want.as_array().map_or_else(|| is(want), |all| all.iter().any(is))
}
