//! Text to document: the executable part of the language, and the tokens that the schema reader shares.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::schema::TypeRef;

#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    Name(String),
    Number(String),
    Text(String),
    /// `!`, `$`, `(`, ..., and `...`.
    Mark(&'static str),
}

const MARKS: [&str; 14] = ["...", "!", "$", "&", "(", ")", ":", "=", "@", "[", "]", "{", "|", "}"];

pub fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut out = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r', ',', '\u{feff}']);
        let Some(first) = rest.chars().next() else { return Ok(out) };
        if first == '#' {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
        } else if let Some(mark) = MARKS.iter().find(|mark| rest.starts_with(**mark)) {
            out.push(Token::Mark(mark));
            rest = &rest[mark.len()..];
        } else if first.is_ascii_alphabetic() || first == '_' {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            out.push(Token::Name(rest[..end].into()));
            rest = &rest[end..];
        } else if first.is_ascii_digit() || first == '-' {
            let end = rest[1..]
                .find(|c: char| !c.is_ascii_digit() && !"eE+-.".contains(c))
                .map_or(rest.len(), |n| n + 1);
            out.push(Token::Number(rest[..end].into()));
            rest = &rest[end..];
        } else if let Some(block) = rest.strip_prefix("\"\"\"") {
            let (text, after) = block.split_once("\"\"\"").ok_or("unterminated block string")?;
            out.push(Token::Text(text.into()));
            rest = after;
        } else if first == '"' {
            let end = end_of_text(rest).ok_or("unterminated string")?;
            out.push(Token::Text(serde_json::from_str(&rest[..end]).map_err(|error| error.to_string())?));
            rest = &rest[end..];
        } else {
            return Err(format!("Unexpected character: {first:?}"));
        }
    }
}

fn end_of_text(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 1),
            '\n' => return None,
            _ => {}
        }
    }
    None
}

/// A value as written. An enum value and a variable are not JSON yet.
#[derive(Debug, Clone, PartialEq)]
pub enum Ast {
    Variable(String),
    Enum(String),
    Plain(Value),
    List(Vec<Ast>),
    Object(Vec<(String, Ast)>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub alias: Option<String>,
    pub name: String,
    pub args: Vec<(String, Ast)>,
    pub directives: Vec<(String, Vec<(String, Ast)>)>,
    pub selection: Vec<Selection>,
}

impl Field {
    /// The key in the answer.
    pub fn key(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.name)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Selection {
    Field(Field),
    Spread(String),
    Inline { on: Option<String>, selection: Vec<Selection> },
}

#[derive(Debug, Clone)]
pub struct Variable {
    pub name: String,
    pub ty: TypeRef,
    pub default: Option<Ast>,
}

#[derive(Debug, Clone)]
pub struct Document {
    pub kind: String,
    pub variables: Vec<Variable>,
    pub selection: Vec<Selection>,
    /// Name to (type condition, selection).
    pub fragments: BTreeMap<String, (String, Vec<Selection>)>,
}

/// Parses a document with one operation.
pub fn parse(text: &str) -> Result<Document, String> {
    let mut cursor = Cursor::new(tokens(text)?);
    let mut document: Option<Document> = None;
    let mut fragments = BTreeMap::new();
    while !cursor.at_end() {
        if cursor.eat_name("fragment") {
            let name = cursor.name()?;
            cursor.expect_name("on")?;
            let on = cursor.name()?;
            fragments.insert(name, (on, cursor.selection()?));
        } else if document.is_some() {
            return Err("more than one operation".into());
        } else {
            document = Some(cursor.operation()?);
        }
    }
    let mut document = document.ok_or("no operation")?;
    document.fragments = fragments;
    Ok(document)
}

/// A place in the tokens.
pub struct Cursor {
    tokens: Vec<Token>,
    at: usize,
}

impl Cursor {
    pub fn new(tokens: Vec<Token>) -> Self {
        Self { tokens, at: 0 }
    }

    pub fn at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    pub fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    pub fn eat(&mut self, mark: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Mark(found)) if *found == mark);
        self.at += usize::from(found);
        found
    }

    pub fn eat_name(&mut self, name: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Name(found)) if found == name);
        self.at += usize::from(found);
        found
    }

    pub fn expect(&mut self, mark: &str) -> Result<(), String> {
        if self.eat(mark) { Ok(()) } else { Err(format!("Expected {mark:?}, found {:?}", self.peek())) }
    }

    pub fn expect_name(&mut self, name: &str) -> Result<(), String> {
        if self.eat_name(name) { Ok(()) } else { Err(format!("Expected {name:?}, found {:?}", self.peek())) }
    }

    pub fn name(&mut self) -> Result<String, String> {
        match self.next() {
            Some(Token::Name(name)) => Ok(name),
            other => Err(format!("Expected a name, found {other:?}")),
        }
    }

    /// `[Type!]!`.
    pub fn type_ref(&mut self) -> Result<TypeRef, String> {
        let inner = if self.eat("[") {
            let inner = self.type_ref()?;
            self.expect("]")?;
            TypeRef::List(Box::new(inner))
        } else {
            TypeRef::Named(self.name()?)
        };
        Ok(if self.eat("!") { TypeRef::NonNull(Box::new(inner)) } else { inner })
    }

    pub fn value(&mut self) -> Result<Ast, String> {
        if self.eat("$") {
            return Ok(Ast::Variable(self.name()?));
        }
        if self.eat("[") {
            let mut items = Vec::new();
            while !self.eat("]") {
                items.push(self.value()?);
            }
            return Ok(Ast::List(items));
        }
        if self.eat("{") {
            let mut entries = Vec::new();
            while !self.eat("}") {
                let key = self.name()?;
                self.expect(":")?;
                entries.push((key, self.value()?));
            }
            return Ok(Ast::Object(entries));
        }
        Ok(match self.next() {
            Some(Token::Text(text)) => Ast::Plain(json!(text)),
            Some(Token::Number(text)) => {
                Ast::Plain(serde_json::from_str(&text).map_err(|error| error.to_string())?)
            }
            Some(Token::Name(name)) => match name.as_str() {
                "true" => Ast::Plain(json!(true)),
                "false" => Ast::Plain(json!(false)),
                "null" => Ast::Plain(Value::Null),
                _ => Ast::Enum(name),
            },
            other => return Err(format!("Expected a value, found {other:?}")),
        })
    }

    fn operation(&mut self) -> Result<Document, String> {
        let mut kind = "query".to_owned();
        let mut variables = Vec::new();
        if matches!(self.peek(), Some(Token::Name(_))) {
            kind = self.name()?;
            if matches!(self.peek(), Some(Token::Name(_))) {
                self.name()?;
            }
            if self.eat("(") {
                while !self.eat(")") {
                    variables.push(self.variable()?);
                }
            }
        }
        Ok(Document { kind, variables, selection: self.selection()?, fragments: BTreeMap::new() })
    }

    fn variable(&mut self) -> Result<Variable, String> {
        self.expect("$")?;
        let name = self.name()?;
        self.expect(":")?;
        let ty = self.type_ref()?;
        let default = if self.eat("=") { Some(self.value()?) } else { None };
        Ok(Variable { name, ty, default })
    }

    fn selection(&mut self) -> Result<Vec<Selection>, String> {
        self.expect("{")?;
        let mut all = Vec::new();
        while !self.eat("}") {
            all.push(self.one_selection()?);
        }
        if all.is_empty() { Err("empty selection".into()) } else { Ok(all) }
    }

    fn one_selection(&mut self) -> Result<Selection, String> {
        if self.eat("...") {
            if self.eat_name("on") {
                let on = Some(self.name()?);
                return Ok(Selection::Inline { on, selection: self.selection()? });
            }
            if matches!(self.peek(), Some(Token::Mark("{"))) {
                return Ok(Selection::Inline { on: None, selection: self.selection()? });
            }
            return Ok(Selection::Spread(self.name()?));
        }
        let mut name = self.name()?;
        let mut alias = None;
        if self.eat(":") {
            alias = Some(std::mem::replace(&mut name, self.name()?));
        }
        let args = self.arguments()?;
        let mut directives = Vec::new();
        while self.eat("@") {
            directives.push((self.name()?, self.arguments()?));
        }
        let nested = matches!(self.peek(), Some(Token::Mark("{")));
        let selection = if nested { self.selection()? } else { Vec::new() };
        Ok(Selection::Field(Field { alias, name, args, directives, selection }))
    }

    fn arguments(&mut self) -> Result<Vec<(String, Ast)>, String> {
        let mut args = Vec::new();
        if self.eat("(") {
            while !self.eat(")") {
                let name = self.name()?;
                self.expect(":")?;
                args.push((name, self.value()?));
            }
        }
        Ok(args)
    }
}
