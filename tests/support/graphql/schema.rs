//! Schema language to a table of types.

use std::collections::{BTreeMap, BTreeSet};

use super::parse::{Ast, Cursor, Token, tokens};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeRef {
    Named(String),
    List(Box<TypeRef>),
    NonNull(Box<TypeRef>),
}

impl TypeRef {
    /// The name inside all brackets.
    pub fn name(&self) -> &str {
        match self {
            Self::Named(name) => name,
            Self::List(inner) | Self::NonNull(inner) => inner.name(),
        }
    }

    /// The type without its outer `!`, and whether there was one.
    pub fn nullable(&self) -> (&TypeRef, bool) {
        match self {
            Self::NonNull(inner) => (inner, false),
            other => (other, true),
        }
    }
}

impl std::fmt::Display for TypeRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::List(inner) => write!(f, "[{inner}]"),
            Self::NonNull(inner) => write!(f, "{inner}!"),
        }
    }
}

#[derive(Debug, Clone)]
pub struct FieldDef {
    pub args: BTreeMap<String, ArgDef>,
    pub ty: TypeRef,
}

#[derive(Debug, Clone)]
pub struct ArgDef {
    pub ty: TypeRef,
    pub default: Option<Ast>,
}

#[derive(Debug, Clone)]
pub enum Kind {
    Object { implements: Vec<String>, fields: BTreeMap<String, FieldDef> },
    Interface { fields: BTreeMap<String, FieldDef> },
    Union(Vec<String>),
    Enum(BTreeSet<String>),
    Input(BTreeMap<String, ArgDef>),
    Scalar,
}

#[derive(Debug, Clone)]
pub struct Schema {
    pub types: BTreeMap<String, Kind>,
}

impl Schema {
    /// Reads schema language: types, interfaces, unions, enums, inputs and scalars. Descriptions and directives are
    /// skipped. Our own shorthand `connection Issue` makes `IssueConnection` with nodes, edges and page info;
    /// `connection Issue total` also a `totalCount`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut cursor = Cursor::new(tokens(text)?);
        let mut types = BTreeMap::new();
        for scalar in ["Int", "Float", "String", "Boolean", "ID"] {
            types.insert(scalar.to_owned(), Kind::Scalar);
        }
        while let Some(token) = cursor.next() {
            let Token::Name(keyword) = token else { continue };
            if keyword == "schema" {
                while !cursor.eat("}") {
                    cursor.next();
                }
                continue;
            }
            if keyword == "directive" {
                skip_directive_definition(&mut cursor)?;
                continue;
            }
            cursor.eat_name("type");
            let name = cursor.name()?;
            if keyword == "connection" {
                connection(&mut types, &name, cursor.eat_name("total"))?;
                continue;
            }
            let kind = definition(&mut cursor, &keyword)?;
            types.insert(name, kind);
        }
        Ok(Self { types })
    }

    pub fn fields(&self, name: &str) -> Option<&BTreeMap<String, FieldDef>> {
        match self.types.get(name)? {
            Kind::Object { fields, .. } | Kind::Interface { fields } => Some(fields),
            _ => None,
        }
    }

    pub fn is_composite(&self, name: &str) -> bool {
        matches!(self.types.get(name), Some(Kind::Object { .. } | Kind::Interface { .. } | Kind::Union(_)))
    }

    /// Whether a value of the concrete type `actual` is a `wanted`.
    pub fn is_a(&self, actual: &str, wanted: &str) -> bool {
        actual == wanted
            || matches!(self.types.get(actual), Some(Kind::Object { implements, .. }) if implements.iter().any(|it| it == wanted))
            || matches!(self.types.get(wanted), Some(Kind::Union(members)) if members.iter().any(|it| it == actual))
    }

    /// What of this schema is missing from, or different in, `other`: used to hold ours against the published one.
    pub fn differences(&self, other: &Schema) -> Vec<String> {
        let mut found = Vec::new();
        for (name, kind) in &self.types {
            let Some(theirs) = other.types.get(name) else {
                found.push(format!("type {name} does not exist"));
                continue;
            };
            match (kind, theirs) {
                (Kind::Enum(ours), Kind::Enum(theirs)) => {
                    found.extend(
                        ours.symmetric_difference(theirs).map(|value| format!("enum {name}: {value}")),
                    );
                }
                (Kind::Input(ours), Kind::Input(theirs)) => compare_args(name, ours, theirs, &mut found),
                (Kind::Union(ours), Kind::Union(theirs)) => {
                    found.extend(
                        ours.iter().filter(|it| !theirs.contains(it)).map(|it| format!("union {name}: {it}")),
                    );
                }
                (Kind::Scalar, Kind::Scalar) => {}
                _ => self.compare_fields(name, other, &mut found),
            }
        }
        found
    }

    fn compare_fields(&self, name: &str, other: &Schema, found: &mut Vec<String>) {
        let (Some(ours), Some(theirs)) = (self.fields(name), other.fields(name)) else {
            found.push(format!("{name} is of another kind"));
            return;
        };
        for (field, def) in ours {
            match theirs.get(field) {
                None => found.push(format!("{name}.{field} does not exist")),
                Some(their) if their.ty != def.ty => {
                    found.push(format!("{name}.{field} is {}, not {}", their.ty, def.ty));
                }
                Some(their) => compare_args(&format!("{name}.{field}"), &def.args, &their.args, found),
            }
        }
    }
}

fn compare_args(
    place: &str,
    ours: &BTreeMap<String, ArgDef>,
    theirs: &BTreeMap<String, ArgDef>,
    found: &mut Vec<String>,
) {
    for (name, arg) in ours {
        match theirs.get(name) {
            None => found.push(format!("{place}({name}) does not exist")),
            Some(their) if their.ty != arg.ty => {
                found.push(format!("{place}({name}) is {}, not {}", their.ty, arg.ty));
            }
            Some(_) => {}
        }
    }
}

fn skip_directive_definition(cursor: &mut Cursor) -> Result<(), String> {
    cursor.expect("@")?;
    cursor.name()?;
    arg_defs(cursor, "(", ")")?;
    cursor.eat_name("repeatable");
    cursor.expect_name("on")?;
    cursor.eat("|");
    cursor.name()?;
    while cursor.eat("|") {
        cursor.name()?;
    }
    Ok(())
}

fn definition(cursor: &mut Cursor, keyword: &str) -> Result<Kind, String> {
    match keyword {
        "scalar" => {
            skip_directives(cursor)?;
            Ok(Kind::Scalar)
        }
        "union" => {
            skip_directives(cursor)?;
            cursor.expect("=")?;
            cursor.eat("|");
            let mut members = vec![cursor.name()?];
            while cursor.eat("|") {
                members.push(cursor.name()?);
            }
            Ok(Kind::Union(members))
        }
        "enum" => {
            skip_directives(cursor)?;
            cursor.expect("{")?;
            let mut values = BTreeSet::new();
            while !cursor.eat("}") {
                skip_description(cursor);
                values.insert(cursor.name()?);
                skip_directives(cursor)?;
            }
            Ok(Kind::Enum(values))
        }
        "input" => {
            skip_directives(cursor)?;
            Ok(Kind::Input(arg_defs(cursor, "{", "}")?))
        }
        "type" | "interface" => {
            let mut implements = Vec::new();
            if cursor.eat_name("implements") {
                cursor.eat("&");
                implements.push(cursor.name()?);
                while cursor.eat("&") {
                    implements.push(cursor.name()?);
                }
            }
            skip_directives(cursor)?;
            let fields = field_defs(cursor)?;
            Ok(if keyword == "type" {
                Kind::Object { implements, fields }
            } else {
                Kind::Interface { fields }
            })
        }
        other => Err(format!("unknown keyword {other}")),
    }
}

fn field_defs(cursor: &mut Cursor) -> Result<BTreeMap<String, FieldDef>, String> {
    cursor.expect("{")?;
    let mut fields = BTreeMap::new();
    while !cursor.eat("}") {
        skip_description(cursor);
        let name = cursor.name()?;
        let args = arg_defs(cursor, "(", ")")?;
        cursor.expect(":")?;
        let ty = cursor.type_ref()?;
        skip_directives(cursor)?;
        fields.insert(name, FieldDef { args, ty });
    }
    Ok(fields)
}

fn arg_defs(cursor: &mut Cursor, open: &str, close: &str) -> Result<BTreeMap<String, ArgDef>, String> {
    let mut args = BTreeMap::new();
    if cursor.eat(open) {
        while !cursor.eat(close) {
            skip_description(cursor);
            let name = cursor.name()?;
            cursor.expect(":")?;
            let ty = cursor.type_ref()?;
            let default = if cursor.eat("=") { Some(cursor.value()?) } else { None };
            skip_directives(cursor)?;
            args.insert(name, ArgDef { ty, default });
        }
    }
    Ok(args)
}

fn skip_description(cursor: &mut Cursor) {
    if matches!(cursor.peek(), Some(Token::Text(_))) {
        cursor.next();
    }
}

fn skip_directives(cursor: &mut Cursor) -> Result<(), String> {
    while cursor.eat("@") {
        cursor.name()?;
        if cursor.eat("(") {
            while !cursor.eat(")") {
                cursor.name()?;
                cursor.expect(":")?;
                cursor.value()?;
            }
        }
    }
    Ok(())
}

fn connection(types: &mut BTreeMap<String, Kind>, name: &str, total: bool) -> Result<(), String> {
    let total = if total { "totalCount: Int!" } else { "" };
    let null = if total.is_empty() { "!" } else { "" };
    let text = format!(
        "type {name}Connection {{ nodes: [{name}{null}]{null} edges: [{name}Edge{null}]{null} pageInfo: PageInfo! {total} }}
         type {name}Edge {{ node: {name}{null} cursor: String! }}"
    );
    let made = Schema::parse(&text)?.types;
    types.extend(made.into_iter().filter(|(name, _)| name.ends_with("Connection") || name.ends_with("Edge")));
    Ok(())
}
