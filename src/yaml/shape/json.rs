//! Shapes as JSON Schema, draft 2020-12, for editors and validators.

use serde_json::{Map, Value, json};

use super::{Shape, ShapeKey, Variant};

/// What a variable that is filled in later looks like.
const FILLED: &str = r"\{\{";

impl Shape {
    /// The schema of it. [`Shape::Named`] refers to `#/$defs`.
    pub fn schema(&self) -> Value {
        match self {
            Self::Any => json!({}),
            Self::Text => text(),
            Self::Form(pattern) => json!({ "type": ["string", "number", "boolean"], "pattern": pattern }),
            Self::Flag => or_filled(json!({ "type": "boolean" })),
            Self::Whole => or_filled(json!({ "type": "integer" })),
            Self::Number => or_filled(json!({ "type": "number" })),
            Self::Nothing => json!({ "type": "object", "maxProperties": 0 }),
            Self::List(of) => json!({ "type": "array", "items": of.schema() }),
            Self::Filled(of) => json!({ "type": "array", "items": of.schema(), "minItems": 1 }),
            Self::Names(of) => json!({ "type": "object", "additionalProperties": of.schema() }),
            Self::Keys(keys) => map(keys),
            Self::OneOf(variants) => one_of(variants),
            Self::Named(name) => json!({ "$ref": format!("#/$defs/{name}") }),
        }
    }
}

impl Shape {
    /// The schema of a whole file: as [`Shape::schema`], with the dialect and a title.
    pub fn page(&self, title: &str) -> Value {
        let mut schema = self.schema();
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
        schema["title"] = title.into();
        schema
    }
}

fn text() -> Value {
    json!({ "type": ["string", "number", "boolean"] })
}

/// A value that may also come from a variable, in quotes.
fn or_filled(schema: Value) -> Value {
    json!({ "anyOf": [schema, { "type": "string", "pattern": FILLED }] })
}

fn map(keys: &[ShapeKey]) -> Value {
    let property = |key: &ShapeKey| {
        let mut schema = key.shape.schema();
        if !key.about.is_empty() {
            schema["description"] = key.about.into();
        }
        (key.name.to_owned(), schema)
    };
    let properties: Map<String, Value> = keys.iter().map(property).collect();
    let needed: Vec<&str> = keys.iter().filter(|key| key.needed).map(|key| key.name).collect();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !needed.is_empty() {
        schema["required"] = needed.into();
    }
    schema
}

fn one_of(variants: &[Variant]) -> Value {
    let alone: Vec<&str> = variants.iter().filter(|it| it.value.is_none()).map(|it| it.name).collect();
    let with: Map<String, Value> =
        variants.iter().filter_map(|it| Some((it.name.to_owned(), it.value.as_ref()?.schema()))).collect();
    let words = or_filled(json!({ "enum": alone }));
    if with.is_empty() {
        return words;
    }
    let single = json!({
        "type": "object", "properties": with, "additionalProperties": false, "minProperties": 1, "maxProperties": 1,
    });
    if alone.is_empty() { single } else { json!({ "anyOf": [words, single] }) }
}
