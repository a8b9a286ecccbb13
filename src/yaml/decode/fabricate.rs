//! Made-up values, for a run that only looks for more problems.

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, VariantAccess, Visitor,
};

use super::NodeId;
use super::access::SpotAccess;
use super::fault::DecodeFault;
use crate::capture::{NODE, SPOT};

/// Structs within structs; a type that needs more to exist gets none.
const DEEPEST: usize = 32;

/// Answers any request with the least value of that shape. If the type wants more than a shape, its error
/// counts as noted: the real one is known already.
#[derive(Clone, Copy)]
pub(crate) struct Fabricate {
    /// The place of captures.
    pub(crate) node: NodeId,
    pub(crate) depth: usize,
    /// What it says where text is asked for.
    pub(crate) text: &'static str,
}

impl Fabricate {
    fn deeper(self) -> Result<Self, DecodeFault> {
        if self.depth < DEEPEST {
            Ok(Self { depth: self.depth + 1, ..self })
        } else {
            Err(DecodeFault::Noted)
        }
    }
}

fn quiet<T>(result: Result<T, DecodeFault>) -> Result<T, DecodeFault> {
    result.map_err(|_| DecodeFault::Noted)
}

macro_rules! least {
    ($($method:ident $visit:ident($($value:expr)?);)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFault> {
            quiet(visitor.$visit($($value)?))
        }
    )*};
}

impl<'de> Deserializer<'de> for Fabricate {
    type Error = DecodeFault;

    least! {
        deserialize_bool visit_bool(false);
        deserialize_i8 visit_i8(0);
        deserialize_i16 visit_i16(0);
        deserialize_i32 visit_i32(0);
        deserialize_i64 visit_i64(0);
        deserialize_i128 visit_i128(0);
        deserialize_u8 visit_u8(0);
        deserialize_u16 visit_u16(0);
        deserialize_u32 visit_u32(0);
        deserialize_u64 visit_u64(0);
        deserialize_u128 visit_u128(0);
        deserialize_f32 visit_f32(0.0);
        deserialize_f64 visit_f64(0.0);
        deserialize_char visit_char(' ');
        deserialize_bytes visit_borrowed_bytes(&[]);
        deserialize_byte_buf visit_borrowed_bytes(&[]);
        deserialize_option visit_none();
        deserialize_unit visit_unit();
        deserialize_ignored_any visit_unit();
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFault> {
        quiet(visitor.visit_borrowed_str(self.text))
    }

    serde::forward_to_deserialize_any! { str string identifier }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeFault> {
        quiet(visitor.visit_unit())
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeFault> {
        match name {
            NODE => quiet(visitor.visit_u32(self.node.0)),
            SPOT => quiet(visitor.visit_seq(SpotAccess { node: self.node, value: self, state: 0 })),
            _ => quiet(visitor.visit_newtype_struct(self.deeper()?)),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFault> {
        quiet(
            visitor.visit_seq(serde::de::value::SeqDeserializer::<_, DecodeFault>::new(std::iter::empty::<
                u32,
            >())),
        )
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, DecodeFault> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeFault> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeFault> {
        quiet(visitor.visit_map(FabricatedFields { fields: &[], each: self }))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeFault> {
        quiet(visitor.visit_map(FabricatedFields { fields, each: self.deeper()? }))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeFault> {
        let name = variants.first().ok_or(DecodeFault::Noted)?;
        quiet(visitor.visit_enum(FabricatedVariant { name, value: self.deeper()? }))
    }
}

/// Every field of a struct, made up.
struct FabricatedFields {
    fields: &'static [&'static str],
    each: Fabricate,
}

impl<'de> MapAccess<'de> for FabricatedFields {
    type Error = DecodeFault;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, DecodeFault> {
        let Some((first, rest)) = self.fields.split_first() else { return Ok(None) };
        self.fields = rest;
        let name: StrDeserializer<'_, DecodeFault> = first.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, DecodeFault> {
        seed.deserialize(self.each)
    }
}

/// The first variant of an enum.
struct FabricatedVariant {
    name: &'static str,
    value: Fabricate,
}

impl<'de> EnumAccess<'de> for FabricatedVariant {
    type Error = DecodeFault;
    type Variant = Fabricate;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Fabricate), DecodeFault> {
        let name: StrDeserializer<'_, DecodeFault> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self.value))
    }
}

impl<'de> VariantAccess<'de> for Fabricate {
    type Error = DecodeFault;

    fn unit_variant(self) -> Result<(), DecodeFault> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, DecodeFault> {
        quiet(seed.deserialize(self))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, DecodeFault> {
        self.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeFault> {
        quiet(
            MapAccessDeserializer::new(FabricatedFields { fields, each: self.deeper()? })
                .deserialize_any(visitor),
        )
    }
}
