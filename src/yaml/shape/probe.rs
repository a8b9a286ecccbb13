//! A deserializer that gives nothing, and writes down what it is asked for. A type stops at the first thing it does not
//! get, so each place of it is asked for in a run of its own.

use std::{cell::RefCell, fmt};

use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess,
    SeqAccess, VariantAccess, Visitor, value::StrDeserializer,
};

use crate::{
    NodeId,
    capture::{NODE, SPOT},
    decode::{Fabricate, SpotAccess},
};

/// Made-up texts, one of which most types take.
const TEXTS: &[&str] = &["", "1h", "1", "a/b", "https://example.com/"];

/// One step further into a type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum TypeStep {
    /// What an option, a list or a map of names holds.
    Inside,
    /// A key.
    Field(&'static str),
    /// One of several words.
    Variant(&'static str),
}

/// What a type asks for at one place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum ExpectedType {
    Any,
    Text,
    Flag,
    Whole,
    Number,
    /// `{}`.
    Nothing,
    /// Nothing behind a word.
    Alone,
    Maybe,
    List,
    Names,
    Keys(&'static [&'static str]),
    OneOf(&'static [&'static str]),
}

/// What a type asks for at the end of a path.
pub(super) fn ask<T: DeserializeOwned>(path: &[TypeStep]) -> ExpectedType {
    let found = RefCell::new(None);
    drop(T::deserialize(ShapeProbe { path, found: &found, without: None }).map(drop));
    let asked = found.take().and_then(|it| it.asked);
    asked.unwrap_or(ExpectedType::Any)
}

/// Whether the struct at the end of a path cannot be without a key.
pub(super) fn needs<T: DeserializeOwned>(path: &[TypeStep], key: &'static str) -> bool {
    TEXTS.iter().any(|text| {
        let found = RefCell::new(None);
        drop(T::deserialize(ShapeProbe { path, found: &found, without: Some((key, text)) }).map(drop));
        found.take().is_some_and(|it| it.needed)
    })
}

/// What came of a run.
#[derive(Default)]
struct ProbeRun {
    asked: Option<ExpectedType>,
    needed: bool,
}

/// Why a run ended.
#[derive(Debug)]
enum End {
    /// This key was not there.
    Missing(&'static str),
    /// Any other end.
    Other,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the end of a run")
    }
}

impl std::error::Error for End {}

impl de::Error for End {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Other
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }
}

#[derive(Clone, Copy)]
struct ShapeProbe<'p> {
    path: &'p [TypeStep],
    found: &'p RefCell<Option<ProbeRun>>,
    /// A key to leave out of the struct at the end of the path, and the text for those it gets.
    without: Option<(&'static str, &'static str)>,
}

impl ShapeProbe<'_> {
    fn end(self, asked: ExpectedType) -> End {
        if self.path.is_empty() {
            *self.found.borrow_mut() = Some(ProbeRun { asked: Some(asked), needed: false });
        }
        End::Other
    }

    /// The next step, and what is asked behind it.
    fn step(self) -> Option<(TypeStep, Self)> {
        let (step, path) = self.path.split_first()?;
        Some((*step, Self { path, ..self }))
    }

    fn inside(self) -> Option<Self> {
        self.step().filter(|(step, _)| *step == TypeStep::Inside).map(|(_, probe)| probe)
    }

    fn keys<'de, V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, End> {
        match (self.step(), self.without) {
            (Some((TypeStep::Field(name), value)), _) => {
                visitor.visit_map(OneKey { name: Some(name), value })
            }
            (None, Some((key, text))) => {
                let fields = fields.iter().filter(|field| **field != key).copied().collect::<Vec<_>>();
                let missing = visitor.visit_map(OtherKeys { fields: fields.into_iter(), text }).err();
                let needed = matches!(missing, Some(End::Missing(name)) if name == key);
                *self.found.borrow_mut() = Some(ProbeRun { asked: None, needed });
                Err(End::Other)
            }
            _ => Err(self.end(ExpectedType::Keys(fields))),
        }
    }
}

macro_rules! asks {
    ($($method:ident $asked:ident;)*) => {$(
        fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, End> {
            Err(self.end(ExpectedType::$asked))
        }
    )*};
}

impl<'de> Deserializer<'de> for ShapeProbe<'_> {
    type Error = End;

    asks! {
        deserialize_any Any;
        deserialize_ignored_any Any;
        deserialize_bytes Any;
        deserialize_byte_buf Any;
        deserialize_bool Flag;
        deserialize_i8 Whole;
        deserialize_i16 Whole;
        deserialize_i32 Whole;
        deserialize_i64 Whole;
        deserialize_i128 Whole;
        deserialize_u8 Whole;
        deserialize_u16 Whole;
        deserialize_u32 Whole;
        deserialize_u64 Whole;
        deserialize_u128 Whole;
        deserialize_f32 Number;
        deserialize_f64 Number;
        deserialize_char Text;
        deserialize_str Text;
        deserialize_string Text;
        deserialize_identifier Text;
        deserialize_unit Nothing;
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, End> {
        match self.inside() {
            Some(inside) => visitor.visit_some(inside),
            None => Err(self.end(ExpectedType::Maybe)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, End> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, End> {
        match name {
            NODE => Err(self.end(ExpectedType::Any)),
            SPOT => visitor.visit_seq(SpotAccess { node: NodeId(0), value: self, state: 0 }),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, End> {
        match self.inside() {
            Some(inside) => visitor.visit_seq(OneItem(Some(inside))),
            None => Err(self.end(ExpectedType::List)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, End> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, End> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, End> {
        match self.inside() {
            Some(value) => visitor.visit_map(OneKey { name: Some("a"), value }),
            None => Err(self.end(ExpectedType::Names)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, End> {
        self.keys(fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, End> {
        match self.step() {
            Some((TypeStep::Variant(name), value)) => visitor.visit_enum(OneVariant { name, value }),
            _ => Err(self.end(ExpectedType::OneOf(variants))),
        }
    }
}

/// One key with what is asked behind it.
struct OneKey<'p> {
    name: Option<&'static str>,
    value: ShapeProbe<'p>,
}

impl<'de> MapAccess<'de> for OneKey<'_> {
    type Error = End;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, End> {
        let Some(name) = self.name.take() else { return Ok(None) };
        key(name, seed).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, End> {
        seed.deserialize(self.value)
    }
}

/// A name, also where it is asked for with its place.
fn key<'de, S: DeserializeSeed<'de>>(name: &'static str, seed: S) -> Result<S::Value, End> {
    seed.deserialize(NameDeserializer(name))
}

/// A name of a map or of a variant.
#[derive(Clone, Copy)]
struct NameDeserializer(&'static str);

impl<'de> Deserializer<'de> for NameDeserializer {
    type Error = End;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, End> {
        visitor.visit_str(self.0)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, End> {
        if name == SPOT {
            visitor.visit_seq(SpotAccess { node: NodeId(0), value: self, state: 0 })
        } else {
            visitor.visit_newtype_struct(self)
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Made-up values for all keys but one.
struct OtherKeys {
    fields: std::vec::IntoIter<&'static str>,
    text: &'static str,
}

impl<'de> MapAccess<'de> for OtherKeys {
    type Error = End;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, End> {
        self.fields.next().map(|name| key(name, seed)).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, End> {
        let made_up = Fabricate { node: NodeId(0), depth: 0, text: self.text };
        seed.deserialize(made_up).map_err(|_| End::Other)
    }
}

/// A list of one.
struct OneItem<'p>(Option<ShapeProbe<'p>>);

impl<'de> SeqAccess<'de> for OneItem<'_> {
    type Error = End;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, End> {
        self.0.take().map(|probe| seed.deserialize(probe)).transpose()
    }
}

/// One of several words, with what is asked behind it.
struct OneVariant<'p> {
    name: &'static str,
    value: ShapeProbe<'p>,
}

impl<'de, 'p> EnumAccess<'de> for OneVariant<'p> {
    type Error = End;
    type Variant = ShapeProbe<'p>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, ShapeProbe<'p>), End> {
        let name: StrDeserializer<'_, End> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self.value))
    }
}

impl<'de> VariantAccess<'de> for ShapeProbe<'_> {
    type Error = End;

    fn unit_variant(self) -> Result<(), End> {
        Err(self.end(ExpectedType::Alone))
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, End> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, End> {
        self.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, End> {
        self.keys(fields, visitor)
    }
}
