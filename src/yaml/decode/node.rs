//! One node as a serde deserializer.

use serde::de::{Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::access::{ListAccess, MapEntries, SpotAccess};
use super::context::DecodeContext;
use super::fabricate::Fabricate;
use super::fault::DecodeFault;
use super::variant::EnumChoice;
use super::{Document, NodeId, Problem, scalar};
use crate::capture::{NODE, SPOT};
use crate::problem::did_you_mean;
use crate::{NodeKind, Style};

#[derive(Clone, Copy)]
pub(super) struct NodeDe<'c, 'de> {
    pub(super) context: &'c DecodeContext<'de>,
    pub(super) node: NodeId,
}

impl<'de> NodeDe<'_, 'de> {
    fn document(self) -> &'de Document {
        self.context.document
    }

    /// A value made up, if the node is known to be faulty.
    fn stand_in(self) -> Option<Fabricate> {
        self.context.must_fabricate(self.node).then_some(Fabricate { node: self.node, depth: 0, text: "" })
    }

    /// "expected X, found Y".
    pub(super) fn mismatch(self, expected: &str) -> DecodeFault {
        let found = match self.document().kind(self.node) {
            NodeKind::Map => "a map (`key: value`)",
            NodeKind::List => "a list",
            NodeKind::Scalar | NodeKind::Broken => "text",
        };
        DecodeFault::wrong(
            "type",
            format!("expected {expected}, found {found}"),
            format!("expected {expected}"),
        )
    }

    fn text(self, expected: &str) -> Result<(&'de str, Style), DecodeFault> {
        let document = self.document();
        match (document.text(self.node), document.style(self.node)) {
            (Some(text), Some(style)) => Ok((text, style)),
            _ => Err(self.mismatch(expected)),
        }
    }

    fn number<T: std::str::FromStr>(self, expected: &str) -> Result<T, DecodeFault> {
        let (text, style) = self.text(expected)?;
        scalar::number(text, style, expected)
    }

    pub(super) fn map<V: Visitor<'de>>(
        self,
        fields: Option<&[&'static str]>,
        visitor: V,
    ) -> Result<V::Value, DecodeFault> {
        if self.document().kind(self.node) != NodeKind::Map {
            return Err(self.no_map(fields));
        }
        if let Some(fields) = fields
            && self.context.first_look(self.node)
        {
            self.note_unknown(fields);
        }
        visitor.visit_map(MapEntries::new(self.context, self.node, fields))
    }

    /// How to write as a list what is none.
    fn meant_list(self) -> String {
        const LONGEST: usize = 60;
        if self.document().kind(self.node) == NodeKind::Map {
            return "begin each entry with a dash and a space: `- `".to_owned();
        }
        let text = self.document().text(self.node).unwrap_or_default();
        let plain = |c: char| c.is_alphanumeric() || "-_./".contains(c);
        // Several with commas between them, or one.
        let is_plain = text.split(", ").all(|word| !word.is_empty() && word.chars().all(plain));
        let text = if is_plain && text.len() <= LONGEST { text } else { "a" };
        format!("write it as a list, even with one entry: [{text}]")
    }

    fn no_map(self, fields: Option<&[&'static str]>) -> DecodeFault {
        let fault = self.mismatch("a map (`key: value`)");
        match fields {
            None | Some([]) => fault,
            Some(fields) => {
                let keys = fields.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
                fault.with_help(format!("its keys: {keys}"))
            }
        }
    }

    fn note_unknown(self, fields: &[&'static str]) {
        let document = self.document();
        for (key, _) in document.entries(self.node) {
            let name = document.text(key).unwrap_or_default();
            if !fields.contains(&name) {
                let problem = Problem::new("unknown-key", format!("unknown key `{name}`"))
                    .at(document.span(key), "not a key here")
                    .help(did_you_mean(name, fields));
                self.context.note(problem);
            }
        }
    }
}

/// Each method: a made-up value for a faulty node, else the real one.
macro_rules! stand_in_or {
    ($self:ident, $visitor:ident, $method:ident($($arg:expr),*)) => {
        if let Some(made_up) = $self.stand_in() {
            return made_up.$method($($arg,)* $visitor);
        }
    };
}

macro_rules! numbers {
    ($($method:ident $visit:ident $type:ty, $expected:literal;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFault> {
            stand_in_or!(self, visitor, $method());
            visitor.$visit(self.number::<$type>($expected)?)
        }
    )*};
}

impl<'de> Deserializer<'de> for NodeDe<'_, 'de> {
    type Error = DecodeFault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFault> {
        stand_in_or!(self, visitor, deserialize_any());
        match self.document().kind(self.node) {
            NodeKind::Map => self.map(None, visitor),
            NodeKind::List => visitor.visit_seq(ListAccess::new(self.context, self.node)),
            NodeKind::Scalar | NodeKind::Broken => {
                let (text, style) = self.text("a value")?;
                scalar::infer(text, style, visitor)
            }
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFault> {
        stand_in_or!(self, visitor, deserialize_bool());
        let (text, style) = self.text("true or false")?;
        visitor.visit_bool(scalar::boolean(text, style)?)
    }

    numbers! {
        deserialize_i8 visit_i8 i8, "a whole number from -128 to 127";
        deserialize_i16 visit_i16 i16, "a whole number from -32768 to 32767";
        deserialize_i32 visit_i32 i32, "a whole number";
        deserialize_i64 visit_i64 i64, "a whole number";
        deserialize_u8 visit_u8 u8, "a whole number from 0 to 255";
        deserialize_u16 visit_u16 u16, "a whole number from 0 to 65535";
        deserialize_u32 visit_u32 u32, "a whole number, 0 or more";
        deserialize_u64 visit_u64 u64, "a whole number, 0 or more";
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFault> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFault> {
        stand_in_or!(self, visitor, deserialize_f64());
        let number = self.number::<scalar::Finite>("a number")?;
        visitor.visit_f64(number.0)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFault> {
        stand_in_or!(self, visitor, deserialize_str());
        visitor.visit_borrowed_str(self.text("text")?.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFault> {
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFault> {
        stand_in_or!(self, visitor, deserialize_unit());
        let document = self.document();
        if document.kind(self.node) == NodeKind::Map && document.entries(self.node).len() == 0 {
            visitor.visit_unit()
        } else {
            Err(self.mismatch("{}"))
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeFault> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeFault> {
        match name {
            NODE => visitor.visit_u32(self.node.0),
            SPOT => visitor.visit_seq(SpotAccess { node: self.node, value: self, state: 0 }),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFault> {
        stand_in_or!(self, visitor, deserialize_seq());
        if self.document().kind(self.node) == NodeKind::List {
            visitor.visit_seq(ListAccess::new(self.context, self.node))
        } else {
            Err(self.mismatch("a list").with_help(self.meant_list()))
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, DecodeFault> {
        let found = self.document().items(self.node).len();
        if self.document().kind(self.node) == NodeKind::List && found != len {
            return Err(DecodeFault::wrong(
                "type",
                format!("expected {len} entries, found {found}"),
                "this list",
            ));
        }
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeFault> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFault> {
        stand_in_or!(self, visitor, deserialize_map());
        self.map(None, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeFault> {
        stand_in_or!(self, visitor, deserialize_struct(name, fields));
        self.map(Some(fields), visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeFault> {
        stand_in_or!(self, visitor, deserialize_enum(name, variants));
        visitor.visit_enum(EnumChoice::of(self, variants)?)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFault> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { i128 u128 bytes byte_buf }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFault> {
        self.deserialize_str(visitor)
    }
}
