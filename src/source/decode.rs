//! A JSON value as a type of ours. Where it cannot be one, the reason is typed: a hole, where data was asked for and
//! nothing came, is another failure than an answer of another shape.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{
        self, Expected, IntoDeserializer, Unexpected, Visitor,
        value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_json::Value;

/// Why a value is not what was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UnfitValue {
    /// Null where data was asked for, or a key that is not there (V3).
    pub(crate) hole: bool,
    reason: String,
}

/// Reads a value.
///
/// # Errors
/// [`UnfitValue`] at the first part that is not as asked for.
pub(crate) fn decode<'a, T: Deserialize<'a>>(value: &'a Value) -> Result<T, UnfitValue> {
    T::deserialize(ValueDeserializer { value, strictly_under: None })
}

/// Reads a value that may hold nothing but what is asked for. Only the parts that serde sets aside to read them later, such
/// as an act, which says itself what it is, are not looked into.
///
/// # Errors
/// As [`decode`], and for a key that nobody reads.
pub(crate) fn decode_strictly<'a, T: Deserialize<'a>>(value: &'a Value) -> Result<T, UnfitValue> {
    T::deserialize(ValueDeserializer { value, strictly_under: Some("") })
}

impl fmt::Display for UnfitValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for UnfitValue {}

impl de::Error for UnfitValue {
    fn custom<T: fmt::Display>(reason: T) -> Self {
        Self { hole: false, reason: reason.to_string() }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        match found {
            Unexpected::Unit | Unexpected::Option => {
                Self { hole: true, reason: format!("nothing where {expected} was expected") }
            }
            found => Self { hole: false, reason: format!("{found} where {expected} was expected") },
        }
    }

    fn missing_field(field: &'static str) -> Self {
        Self { hole: true, reason: format!("`{field}` is missing") }
    }
}

/// A value that is being read.
#[derive(Clone, Copy)]
struct ValueDeserializer<'de> {
    value: &'de Value,
    /// The key that it stands under, where none may be passed over.
    strictly_under: Option<&'de str>,
}

impl<'de> ValueDeserializer<'de> {
    fn item(self, value: &'de Value) -> Self {
        Self { value, ..self }
    }

    fn entry(self, key: &'de str, value: &'de Value) -> Self {
        Self { value, strictly_under: self.strictly_under.map(|_| key) }
    }
}

impl<'de> IntoDeserializer<'de, UnfitValue> for ValueDeserializer<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for ValueDeserializer<'de> {
    type Error = UnfitValue;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, UnfitValue> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(value), ..) => visitor.visit_u64(value),
                (_, Some(value), _) => visitor.visit_i64(value),
                (.., Some(value)) => visitor.visit_f64(value),
                _ => Err(de::Error::custom("a number that is none")),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(items) => {
                let mut items = SeqDeserializer::new(items.iter().map(|value| self.item(value)));
                let value = visitor.visit_seq(&mut items)?;
                items.end()?;
                Ok(value)
            }
            Value::Object(entries) => {
                let mut entries =
                    MapDeserializer::new(entries.iter().map(|(key, value)| (&**key, self.entry(key, value))));
                let value = visitor.visit_map(&mut entries)?;
                entries.end()?;
                Ok(value)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, UnfitValue> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, UnfitValue> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, UnfitValue> {
        match self.value {
            Value::String(text) => visitor.visit_enum(text.as_str().into_deserializer()),
            Value::Object(entries) => {
                let entries =
                    MapDeserializer::new(entries.iter().map(|(key, value)| (&**key, self.entry(key, value))));
                visitor.visit_enum(MapAccessDeserializer::new(entries))
            }
            Value::Null => Err(de::Error::invalid_type(Unexpected::Unit, &"one of a few words")),
            _ => Err(de::Error::custom("something else where there should be one of a few words")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, UnfitValue> {
        match self.strictly_under {
            Some(key) => Err(de::Error::custom(format!("`{key}` is not a key here"))),
            None => visitor.visit_unit(),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        name: String,
        size: Option<u64>,
        state: State,
        share: f64,
        parts: Vec<Option<i64>>,
        #[serde(default)]
        more: BTreeMap<String, Value>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum State {
        Open,
        Closed(u8),
        #[serde(other)]
        Other,
    }

    fn row() -> Value {
        json!({ "name": "a", "size": 3, "state": "open", "share": 1, "parts": [1, null, -2], "more": { "x": [null] }, "y": 0 })
    }

    #[test]
    fn a_hole_is_told_from_another_shape_by_its_type() {
        assert!(decode::<Row>(&row()).is_ok());
        for (key, value, hole) in [
            ("name", Value::Null, true),
            ("name", json!(1), false),
            ("state", Value::Null, true),
            ("state", json!(4), false),
            ("share", json!("null"), false),
            ("parts", json!({ "missing field": null }), false),
            ("parts", Value::Null, true),
            ("size", json!("missing field `x`"), false),
        ] {
            let mut it = row();
            it[key] = value.clone();
            assert_eq!(decode::<Row>(&it).map_err(|unfit| unfit.hole), Err(hole), "{key}: {value}");
        }
        let mut it = row();
        it.as_object_mut().unwrap().remove("share");
        let unfit = decode::<Row>(&it).unwrap_err();
        assert!(unfit.hole && unfit.to_string() == "`share` is missing", "{unfit}");
        assert_eq!(decode::<State>(&json!({ "closed": 3 })), Ok(State::Closed(3)));
        assert_eq!(decode::<State>(&json!("new")), Ok(State::Other));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f32>().prop_map(|it| json!(it)),
            "[a-z]{0,5}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z]{1,3}", inner, 0..4)
                    .prop_map(|it| Value::Object(it.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_serde_json_reads(value in any_json()) {
            prop_assert_eq!(decode::<Value>(&value).ok(), Some(value.clone()));
            prop_assert_eq!(decode::<Row>(&value).is_ok(), serde_json::from_value::<Row>(value).is_ok());
        }
    }
}
