//! A valid document over JSON data.

use serde_json::{Map, Value, json};

use super::parse::{Ast, Document, Field, Selection};
use super::schema::{FieldDef, Schema, TypeRef};
use super::validate::coerce;

/// What a resolver says about a field.
pub enum Resolved {
    /// Take the parent's own value of that name.
    Default,
    /// This value. An array for a `...Connection` is cut into pages by `first`, `last`, `after` and `before`.
    Value(Value),
    /// An error: `{type, message, extensions, ...}`; the path is added. The field becomes null.
    Error(Value),
    /// A value and an error beside it.
    Partial(Value, Value),
}

/// Answers the fields that take arguments.
pub trait Resolver {
    /// `ty` is the concrete type of `parent`; `args` are complete, with defaults, absent ones left out.
    fn field(&self, ty: &str, parent: &Value, field: &str, args: &Map<String, Value>) -> Resolved;

    /// Page size where none is given.
    fn default_page(&self) -> usize {
        50
    }
}

/// What came out.
pub struct Outcome {
    /// Null if a null climbed all the way up.
    pub data: Value,
    pub errors: Vec<Value>,
}

/// A null where none is allowed climbs to the nearest place that allows one.
struct Climb;

pub fn execute(
    document: &Document,
    schema: &Schema,
    resolver: &dyn Resolver,
    root: &Value,
    variables: &Map<String, Value>,
) -> Outcome {
    let mut run = Run { document, schema, resolver, variables, errors: Vec::new() };
    let data = run.object("Query", root, &document.selection, &mut Vec::new()).unwrap_or(Value::Null);
    Outcome { data, errors: run.errors }
}

struct Run<'a> {
    document: &'a Document,
    schema: &'a Schema,
    resolver: &'a dyn Resolver,
    variables: &'a Map<String, Value>,
    errors: Vec<Value>,
}

impl Run<'_> {
    fn object(
        &mut self,
        ty: &str,
        value: &Value,
        selection: &[Selection],
        path: &mut Vec<Value>,
    ) -> Result<Value, Climb> {
        let mut out = Map::new();
        self.select(ty, value, selection, path, &mut out)?;
        Ok(Value::Object(out))
    }

    fn select(
        &mut self,
        ty: &str,
        value: &Value,
        selection: &[Selection],
        path: &mut Vec<Value>,
        out: &mut Map<String, Value>,
    ) -> Result<(), Climb> {
        let document = self.document;
        for item in selection {
            match item {
                Selection::Field(field) if self.is_wanted(field) => {
                    path.push(json!(field.key()));
                    let answer = self.field(ty, value, field, path);
                    path.pop();
                    merge(out, field.key(), answer?);
                }
                Selection::Field(_) => {}
                Selection::Inline { on, selection } => {
                    if on.as_deref().is_none_or(|on| self.schema.is_a(ty, on)) {
                        self.select(ty, value, selection, path, out)?;
                    }
                }
                Selection::Spread(name) => {
                    let Some((on, selection)) = document.fragments.get(name) else { continue };
                    if self.schema.is_a(ty, on) {
                        self.select(ty, value, selection, path, out)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// `@include` and `@skip`.
    fn is_wanted(&self, field: &Field) -> bool {
        field.directives.iter().all(|(name, args)| {
            let flag = args.iter().find(|(name, _)| name == "if").is_some_and(|(_, value)| match value {
                Ast::Plain(value) => value == true,
                Ast::Variable(name) => self.variables.get(name) == Some(&json!(true)),
                _ => false,
            });
            match name.as_str() {
                "include" => flag,
                "skip" => !flag,
                _ => true,
            }
        })
    }

    fn field(
        &mut self,
        ty: &str,
        parent: &Value,
        field: &Field,
        path: &mut Vec<Value>,
    ) -> Result<Value, Climb> {
        if field.name == "__typename" {
            return Ok(json!(ty));
        }
        let schema = self.schema;
        let Some(def) = schema.fields(ty).and_then(|fields| fields.get(&field.name)) else {
            return Err(Climb);
        };
        let args = self.args(def, field);
        let value = match self.resolver.field(ty, parent, &field.name, &args) {
            Resolved::Default => parent.get(&field.name).cloned().unwrap_or(Value::Null),
            Resolved::Value(value) => value,
            Resolved::Error(error) => {
                self.error(error, path);
                return if def.ty.nullable().1 { Ok(Value::Null) } else { Err(Climb) };
            }
            Resolved::Partial(value, error) => {
                self.error(error, path);
                value
            }
        };
        let value = if value.is_array() && def.ty.name().ends_with("Connection") {
            page(&value, &args, self.resolver.default_page())
        } else {
            value
        };
        self.complete(&def.ty, &value, field, path)
    }

    fn args(&self, def: &FieldDef, field: &Field) -> Map<String, Value> {
        let mut args = Map::new();
        for (name, arg) in &def.args {
            let given = field.args.iter().find(|(given, _)| given == name).map(|(_, value)| value);
            let absent = matches!(given, Some(Ast::Variable(name)) if !self.variables.contains_key(name));
            let value = if absent { arg.default.as_ref() } else { given.or(arg.default.as_ref()) };
            if let Some(value) =
                value.and_then(|value| coerce(self.schema, &arg.ty, value, self.variables).ok())
            {
                args.insert(name.clone(), value);
            }
        }
        args
    }

    fn complete(
        &mut self,
        ty: &TypeRef,
        value: &Value,
        field: &Field,
        path: &mut Vec<Value>,
    ) -> Result<Value, Climb> {
        let (bare, nullable) = ty.nullable();
        let answer = self.complete_bare(bare, value, field, path);
        match answer {
            Ok(Value::Null) if !nullable => {
                if !self
                    .errors
                    .iter()
                    .any(|error| error["path"].as_array().is_some_and(|at| at.starts_with(path)))
                {
                    let message = format!("Cannot return null for non-nullable field {}", field.name);
                    self.error(json!({ "message": message }), path);
                }
                Err(Climb)
            }
            Err(Climb) if nullable => Ok(Value::Null),
            other => other,
        }
    }

    fn complete_bare(
        &mut self,
        ty: &TypeRef,
        value: &Value,
        field: &Field,
        path: &mut Vec<Value>,
    ) -> Result<Value, Climb> {
        if value.is_null() {
            return Ok(Value::Null);
        }
        if let (TypeRef::List(inner), Value::Array(items)) = (ty, value) {
            let mut out = Vec::new();
            for (index, item) in items.iter().enumerate() {
                path.push(json!(index));
                let answer = self.complete(inner, item, field, path);
                path.pop();
                out.push(answer?);
            }
            return Ok(Value::Array(out));
        }
        if !self.schema.is_composite(ty.name()) {
            return Ok(value.clone());
        }
        let concrete = value.get("__typename").and_then(Value::as_str).unwrap_or(ty.name()).to_owned();
        self.object(&concrete, value, &field.selection, path)
    }

    fn error(&mut self, mut error: Value, path: &[Value]) {
        error["path"] = json!(path);
        self.errors.push(error);
    }
}

/// Two selections of one field add up.
fn merge(out: &mut Map<String, Value>, key: &str, value: Value) {
    match (out.get_mut(key), value) {
        (Some(Value::Object(old)), Value::Object(new)) => {
            for (key, value) in new {
                merge(old, &key, value);
            }
        }
        (Some(Value::Array(old)), Value::Array(new)) if old.len() == new.len() => {
            for (old, new) in old.iter_mut().zip(new) {
                if let (Value::Object(old), Value::Object(new)) = (old, new) {
                    for (key, value) in new {
                        merge(old, &key, value);
                    }
                }
            }
        }
        (_, value) => {
            out.insert(key.to_owned(), value);
        }
    }
}

/// One page of a list, as a connection.
fn page(items: &Value, args: &Map<String, Value>, default: usize) -> Value {
    let items = items.as_array().cloned().unwrap_or_default();
    let number = |name: &str| args.get(name).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    let place = |name: &str| {
        let text = args.get(name)?.as_str()?;
        text.strip_prefix("cursor:").and_then(|n| n.parse::<usize>().ok())
    };
    let mut start = place("after").map_or(0, |at| at + 1).min(items.len());
    let mut end = place("before").unwrap_or(items.len()).min(items.len()).max(start);
    match (number("first"), number("last")) {
        (Some(first), _) => end = end.min(start + first),
        (None, Some(last)) => start = start.max(end.saturating_sub(last)),
        (None, None) => end = end.min(start + default),
    }
    let cursor = |at: usize| json!(format!("cursor:{at}"));
    let edges: Vec<Value> =
        (start..end).map(|at| json!({ "node": items[at], "cursor": cursor(at) })).collect();
    json!({
        "totalCount": items.len(),
        "nodes": items[start..end],
        "edges": edges,
        "pageInfo": {
            "hasNextPage": end < items.len(),
            "hasPreviousPage": start > 0,
            "startCursor": if start < end { cursor(start) } else { Value::Null },
            "endCursor": if start < end { cursor(end - 1) } else { Value::Null },
        },
    })
}
