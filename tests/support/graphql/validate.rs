//! A document against a schema, before anything is executed.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::parse::{Ast, Document, Field, Selection};
use super::schema::{ArgDef, Kind, Schema, TypeRef};

/// Why a document is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// `undefinedField`, `argumentNotAccepted`, ...: GitHub's codes.
    pub code: &'static str,
    pub message: String,
    /// From the operation down: `["query", "repository", "x"]`.
    pub path: Vec<String>,
}

/// What one server demands beyond the language.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Every connection needs `first` or `last`.
    pub bounds_required: bool,
    /// Largest page.
    pub max_page: u64,
}

/// Checks everything that does not depend on data. Variables must have been coerced.
pub fn validate(
    document: &Document,
    schema: &Schema,
    variables: &Map<String, Value>,
    rules: Rules,
) -> Vec<Problem> {
    let mut check = Check { document, schema, variables, rules, found: Vec::new(), used: Vec::new() };
    let mut path = vec![document.kind.clone()];
    if document.kind == "query" {
        check.selection("Query", &document.selection, &mut path);
    } else {
        check.report("notAQuery", "only queries are served", &path);
    }
    for variable in &document.variables {
        if !check.used.contains(&variable.name) {
            let message = format!("Variable ${} is declared by the query but not used", variable.name);
            check.report("variableNotUsed", &message, &path);
        }
    }
    for name in document.fragments.keys() {
        if !check.used.contains(&format!("...{name}")) {
            check.report(
                "useAndDefineFragment",
                &format!("Fragment {name} was defined, but not used"),
                &path,
            );
        }
    }
    check.found
}

struct Check<'a> {
    document: &'a Document,
    schema: &'a Schema,
    variables: &'a Map<String, Value>,
    rules: Rules,
    found: Vec<Problem>,
    used: Vec<String>,
}

impl Check<'_> {
    fn report(&mut self, code: &'static str, message: &str, path: &[String]) {
        self.found.push(Problem { code, message: message.into(), path: path.to_vec() });
    }

    fn selection(&mut self, ty: &str, selection: &[Selection], path: &mut Vec<String>) {
        self.conflicts(selection, path);
        for item in selection {
            match item {
                Selection::Field(field) => self.field(ty, field, path),
                Selection::Inline { on, selection } => {
                    self.fragment(on.as_deref().unwrap_or(ty), selection, path)
                }
                Selection::Spread(name) => {
                    let document = self.document;
                    let Some((on, selection)) = document.fragments.get(name) else {
                        self.report(
                            "useAndDefineFragment",
                            &format!("Fragment {name} was used, but not defined"),
                            path,
                        );
                        continue;
                    };
                    self.used.push(format!("...{name}"));
                    if path.len() < 64 {
                        self.fragment(on, selection, path);
                    }
                }
            }
        }
    }

    fn fragment(&mut self, on: &str, selection: &[Selection], path: &mut Vec<String>) {
        path.push(format!("... on {on}"));
        if self.schema.is_composite(on) {
            self.selection(on, selection, path);
        } else {
            self.report(
                "undefinedType",
                &format!("No such type {on}, so it can't be a fragment condition"),
                path,
            );
        }
        path.pop();
    }

    fn conflicts(&mut self, selection: &[Selection], path: &[String]) {
        let mut seen: BTreeMap<&str, &Field> = BTreeMap::new();
        for field in selection.iter().filter_map(|item| match item {
            Selection::Field(field) => Some(field),
            _ => None,
        }) {
            let first = seen.entry(field.key()).or_insert(field);
            if first.name != field.name || first.args != field.args {
                self.report(
                    "fieldConflict",
                    &format!("Field '{}' has a field or an argument conflict", field.key()),
                    path,
                );
            }
        }
    }

    fn field(&mut self, ty: &str, field: &Field, path: &mut Vec<String>) {
        path.push(field.key().to_owned());
        let flag = TypeRef::NonNull(Box::new(TypeRef::Named("Boolean".into())));
        for (_, value) in field.directives.iter().flat_map(|(_, args)| args) {
            self.variables_in(value, &flag, false, path);
        }
        self.field_inside(ty, field, path);
        path.pop();
    }

    fn field_inside(&mut self, ty: &str, field: &Field, path: &mut Vec<String>) {
        if field.name == "__typename" {
            return;
        }
        let schema = self.schema;
        let Some(def) = schema.fields(ty).and_then(|fields| fields.get(&field.name)) else {
            self.report(
                "undefinedField",
                &format!("Field '{}' doesn't exist on type '{ty}'", field.name),
                path,
            );
            return;
        };
        self.arguments(ty, field, &def.args, path);
        let inner = def.ty.name();
        match (schema.is_composite(inner), field.selection.is_empty()) {
            (true, true) => self.report(
                "selectionMismatch",
                &format!(
                    "Field must have selections (field '{}' returns {inner} but has no selections.)",
                    field.name
                ),
                path,
            ),
            (false, false) => self.report(
                "selectionMismatch",
                &format!("Selections can't be made on scalars (field '{}' returns {inner})", field.name),
                path,
            ),
            (true, false) => self.selection(inner, &field.selection, path),
            (false, true) => {}
        }
        if inner.ends_with("Connection") {
            self.bounds(field, path);
        }
    }

    fn arguments(&mut self, ty: &str, field: &Field, defs: &BTreeMap<String, ArgDef>, path: &[String]) {
        for (name, value) in &field.args {
            let Some(def) = defs.get(name) else {
                let message = format!("Field '{}' doesn't accept argument '{name}'", field.name);
                self.report("argumentNotAccepted", &message, path);
                continue;
            };
            self.variables_in(value, &def.ty, def.default.is_some(), path);
            if let Err(reason) = coerce(self.schema, &def.ty, value, self.variables) {
                let message =
                    format!("Argument '{name}' on Field '{}' has an invalid value: {reason}", field.name);
                self.report("argumentLiteralsIncompatible", &message, path);
            }
        }
        for (name, def) in defs {
            let given = field.args.iter().any(|(given, _)| given == name);
            if !given && def.default.is_none() && !def.ty.nullable().1 {
                let message = format!("Field '{}' on {ty} is missing required arguments: {name}", field.name);
                self.report("missingRequiredArguments", &message, path);
            }
        }
    }

    /// Every variable must be declared, with a type that fits its place.
    fn variables_in(&mut self, value: &Ast, ty: &TypeRef, has_default: bool, path: &[String]) {
        let bare = ty.nullable().0;
        match value {
            Ast::Variable(name) => {
                self.used.push(name.clone());
                let document = self.document;
                let Some(variable) = document.variables.iter().find(|it| it.name == *name) else {
                    self.report(
                        "variableNotDefined",
                        &format!("Variable ${name} is used but not declared"),
                        path,
                    );
                    return;
                };
                if !fits(&variable.ty, ty, variable.default.is_some() || has_default) {
                    let message = format!("Type mismatch on variable ${name} ({} / {ty})", variable.ty);
                    self.report("variableMismatch", &message, path);
                }
            }
            Ast::List(items) => {
                let inner = if let TypeRef::List(inner) = bare { inner } else { bare };
                items.iter().for_each(|item| self.variables_in(item, inner, false, path));
            }
            Ast::Object(entries) => {
                let schema = self.schema;
                let Some(Kind::Input(fields)) = schema.types.get(bare.name()) else { return };
                for (key, item) in entries {
                    if let Some(def) = fields.get(key) {
                        self.variables_in(item, &def.ty, def.default.is_some(), path);
                    }
                }
            }
            Ast::Enum(_) | Ast::Plain(_) => {}
        }
    }

    fn bounds(&mut self, field: &Field, path: &[String]) {
        let page = field.args.iter().find(|(name, _)| name == "first" || name == "last");
        let size = page.and_then(|(_, value)| match value {
            Ast::Plain(value) => value.as_u64(),
            Ast::Variable(name) => self.variables.get(name).and_then(Value::as_u64),
            _ => None,
        });
        match size {
            None if self.rules.bounds_required => self.report(
                "MISSING_PAGINATION_BOUNDARIES",
                &format!(
                    "You must provide a `first` or `last` value to properly paginate the `{}` connection.",
                    field.name
                ),
                path,
            ),
            Some(size) if size == 0 || size > self.rules.max_page => self.report(
                "EXCESSIVE_PAGINATION",
                &format!(
                    "Requesting {size} records on the `{}` connection exceeds the limit of {} records.",
                    field.name, self.rules.max_page
                ),
                path,
            ),
            _ => {}
        }
    }
}

/// Whether a variable of type `have` may stand where `want` is asked for.
fn fits(have: &TypeRef, want: &TypeRef, has_default: bool) -> bool {
    match (have, want) {
        (TypeRef::NonNull(have), TypeRef::NonNull(want)) => fits(have, want, false),
        (have, TypeRef::NonNull(want)) => has_default && fits(have, want, false),
        (TypeRef::NonNull(have), want) => fits(have, want, false),
        (TypeRef::List(have), TypeRef::List(want)) => fits(have, want, false),
        (have, TypeRef::List(want)) if !matches!(have, TypeRef::List(_)) => fits(have, want, false),
        (have, want) => have == want,
    }
}

/// Fills in defaults and checks the values that came with the request.
pub fn coerce_variables(
    document: &Document,
    schema: &Schema,
    given: &Value,
) -> Result<Map<String, Value>, String> {
    let mut out = Map::new();
    for variable in &document.variables {
        let value = given.get(&variable.name);
        match (value, &variable.default) {
            (Some(value), _) => {
                let value = check_json(schema, &variable.ty, value).map_err(|reason| {
                    format!(
                        "Variable ${} of type {} was provided invalid value: {reason}",
                        variable.name, variable.ty
                    )
                })?;
                out.insert(variable.name.clone(), value);
            }
            (None, Some(default)) => {
                out.insert(variable.name.clone(), coerce(schema, &variable.ty, default, &Map::new())?);
            }
            (None, None) if !variable.ty.nullable().1 => {
                return Err(format!(
                    "Variable ${} of type {} was provided invalid value: missing",
                    variable.name, variable.ty
                ));
            }
            (None, None) => {}
        }
    }
    Ok(out)
}

/// A value as written to JSON of the type that is asked for.
pub fn coerce(
    schema: &Schema,
    ty: &TypeRef,
    value: &Ast,
    variables: &Map<String, Value>,
) -> Result<Value, String> {
    let bare = ty.nullable().0;
    match (value, bare) {
        (Ast::Variable(name), _) => Ok(variables.get(name).cloned().unwrap_or(Value::Null)),
        (Ast::Plain(plain), _) => check_json(schema, ty, plain).and_then(|value| {
            let textual = matches!(schema.types.get(bare.name()), Some(Kind::Enum(_))) && plain.is_string();
            if textual { Err(format!("{plain} is a string, not an enum value")) } else { Ok(value) }
        }),
        (Ast::Enum(name), _) => match schema.types.get(bare.name()) {
            Some(Kind::Enum(_)) => check_json(schema, ty, &json!(name)),
            _ => Err(format!("{name} is an enum value, expected {ty}")),
        },
        (Ast::List(items), TypeRef::List(inner)) => items
            .iter()
            .map(|item| coerce(schema, inner, item, variables))
            .collect::<Result<Vec<_>, _>>()
            .map(Value::Array),
        (Ast::List(_), _) => Err(format!("a list, expected {ty}")),
        (Ast::Object(_), TypeRef::List(inner)) => {
            coerce(schema, inner, value, variables).map(|value| json!([value]))
        }
        (Ast::Object(entries), _) => object(schema, bare, entries, variables),
    }
}

fn object(
    schema: &Schema,
    ty: &TypeRef,
    entries: &[(String, Ast)],
    variables: &Map<String, Value>,
) -> Result<Value, String> {
    let Some(Kind::Input(fields)) = schema.types.get(ty.name()) else {
        return Err(format!("an object, expected {ty}"));
    };
    let mut out = Map::new();
    for (key, value) in entries {
        let def = fields.get(key).ok_or_else(|| format!("Field is not defined on {ty}: {key}"))?;
        out.insert(key.clone(), coerce(schema, &def.ty, value, variables)?);
    }
    check_json(schema, ty, &Value::Object(out))
}

/// JSON against an input type. One value stands for a list of one.
fn check_json(schema: &Schema, ty: &TypeRef, value: &Value) -> Result<Value, String> {
    if value.is_null() {
        let (_, nullable) = ty.nullable();
        return if nullable { Ok(Value::Null) } else { Err(format!("null, expected {ty}")) };
    }
    match (ty, value) {
        (TypeRef::NonNull(inner), _) => check_json(schema, inner, value),
        (TypeRef::List(inner), Value::Array(items)) => items
            .iter()
            .map(|item| check_json(schema, inner, item))
            .collect::<Result<Vec<_>, _>>()
            .map(Value::Array),
        (TypeRef::List(inner), _) => check_json(schema, inner, value).map(|value| json!([value])),
        (TypeRef::Named(name), _) => named(schema, name, value),
    }
}

fn named(schema: &Schema, name: &str, value: &Value) -> Result<Value, String> {
    let fine = match (schema.types.get(name), name) {
        (Some(Kind::Enum(values)), _) => value.as_str().is_some_and(|value| values.contains(value)),
        (Some(Kind::Input(fields)), _) => return input(schema, name, fields, value),
        (_, "Int") => value.as_i64().is_some_and(|value| i32::try_from(value).is_ok()),
        (_, "Float") => value.is_number(),
        (_, "String") => value.is_string(),
        (_, "Boolean") => value.is_boolean(),
        (_, "ID") => value.is_string() || value.is_u64(),
        (Some(Kind::Scalar), _) => !value.is_array(),
        _ => false,
    };
    if fine { Ok(value.clone()) } else { Err(format!("{value} is no {name}")) }
}

fn input(
    schema: &Schema,
    name: &str,
    fields: &BTreeMap<String, ArgDef>,
    value: &Value,
) -> Result<Value, String> {
    let entries = value.as_object().ok_or_else(|| format!("{value} is no {name}"))?;
    let mut out = Map::new();
    for (key, value) in entries {
        let def = fields.get(key).ok_or_else(|| format!("Field is not defined on {name}: {key}"))?;
        out.insert(key.clone(), check_json(schema, &def.ty, value)?);
    }
    for (key, def) in fields {
        if !def.ty.nullable().1 && def.default.is_none() && !out.contains_key(key) {
            return Err(format!("{name} needs {key}"));
        }
    }
    Ok(Value::Object(out))
}
