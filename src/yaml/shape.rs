//! What a type asks of a file, found by asking it: the same types that read files describe them, so that no second list
//! of keys can be out of date.

mod json;
mod probe;

use serde::de::DeserializeOwned;

use probe::{ExpectedType, TypeStep, ask, needs};

/// Types within types that are looked into.
const DEEPEST: usize = 10;

/// What may stand at one place of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Anything: whoever reads it tells what it must be.
    Any,
    /// Text. A number or a word without quotes is text too.
    Text,
    /// Text of this form, a regular expression of ECMAScript.
    Form(&'static str),
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// `{}`.
    Nothing,
    /// A list.
    List(Box<Shape>),
    /// A list with something in it.
    Filled(Box<Shape>),
    /// A map in which people choose the names.
    Names(Box<Shape>),
    /// A map with these keys and no others.
    Keys(Vec<ShapeKey>),
    /// One of these words, or a map with one of them as its only key.
    OneOf(Vec<Variant>),
    /// What is described once, under this name.
    Named(&'static str),
}

/// A key of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct ShapeKey {
    /// As it is written.
    pub name: &'static str,
    /// Whether the map cannot be without it.
    pub needed: bool,
    /// What stands behind it.
    pub shape: Shape,
    /// What it means, for whoever writes it; empty: nobody has said so.
    pub about: &'static str,
}

/// One of several words.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// As it is written.
    pub name: &'static str,
    /// What stands behind it; none: it stands alone.
    pub value: Option<Shape>,
}

impl Shape {
    /// What a type asks for.
    pub fn of<T: DeserializeOwned>() -> Self {
        look::<T>(&[])
    }

    /// The same map with another shape behind one of its keys; any other shape stays as it is.
    #[must_use]
    pub fn with(mut self, name: &str, shape: Self) -> Self {
        if let Self::Keys(keys) = &mut self {
            keys.iter_mut().filter(|key| key.name == name).for_each(|key| key.shape = shape.clone());
        }
        self
    }

    /// The same map without one of its keys.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        if let Self::Keys(keys) = &mut self {
            keys.retain(|key| key.name != name);
        }
        self
    }

    /// The same map with what its keys mean.
    #[must_use]
    pub fn explained(mut self, about: &[(&str, &'static str)]) -> Self {
        if let Self::Keys(keys) = &mut self {
            for key in keys {
                key.about = about.iter().find(|(name, _)| *name == key.name).map_or("", |(_, about)| about);
            }
        }
        self
    }

    /// One of these words.
    pub fn words(words: &[&'static str]) -> Self {
        Self::OneOf(words.iter().map(|name| Variant { name, value: None }).collect())
    }

    /// A list of it.
    #[must_use]
    pub fn list(self) -> Self {
        Self::List(Box::new(self))
    }

    /// A list of it that is not empty.
    #[must_use]
    pub fn filled(self) -> Self {
        Self::Filled(Box::new(self))
    }

    /// A map of it, by names that people choose.
    #[must_use]
    pub fn named(self) -> Self {
        Self::Names(Box::new(self))
    }
}

fn look<T: DeserializeOwned>(path: &[TypeStep]) -> Shape {
    if path.len() > DEEPEST {
        return Shape::Any;
    }
    let within = |step: TypeStep| look::<T>(&[path, &[step]].concat());
    match ask::<T>(path) {
        ExpectedType::Any => Shape::Any,
        ExpectedType::Text => Shape::Text,
        ExpectedType::Flag => Shape::Flag,
        ExpectedType::Whole => Shape::Whole,
        ExpectedType::Number => Shape::Number,
        ExpectedType::Nothing => Shape::Nothing,
        ExpectedType::Maybe => within(TypeStep::Inside),
        ExpectedType::List => within(TypeStep::Inside).list(),
        ExpectedType::Names => within(TypeStep::Inside).named(),
        ExpectedType::Keys(names) => {
            let key = |name: &&'static str| ShapeKey {
                name,
                needed: needs::<T>(path, name),
                shape: within(TypeStep::Field(name)),
                about: "",
            };
            Shape::Keys(names.iter().map(key).collect())
        }
        ExpectedType::OneOf(names) => {
            let variant = |name: &&'static str| {
                let step = TypeStep::Variant(name);
                let alone = ask::<T>(&[path, &[step]].concat()) == ExpectedType::Alone;
                Variant { name, value: (!alone).then(|| within(step)) }
            };
            Shape::OneOf(names.iter().map(variant).collect())
        }
        ExpectedType::Alone => Shape::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::{Entries, NodeRef, Spanned};

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its shape is looked at")]
    struct Whole {
        must: Spanned<String>,
        may: Option<Spanned<u32>>,
        #[serde(default)]
        flag: bool,
        list: Option<Vec<Spanned<f64>>>,
        names: Entries<Inner>,
        rest: NodeRef,
        #[serde(rename = "type")]
        sort: Sort,
        picky: Picky,
        last: u8,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its shape is looked at")]
    struct Inner {
        first: String,
        second: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    #[expect(dead_code, reason = "only its shape is looked at")]
    enum Sort {
        OnItsOwn,
        With(u64),
        Both { left: String, right: Option<Inner> },
    }

    /// Refuses most texts, so that what comes after it is only seen if it is asked for alone.
    struct Picky;

    impl<'de> Deserialize<'de> for Picky {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = String::deserialize(deserializer)?;
            if text == "1h" { Ok(Self) } else { Err(serde::de::Error::custom("not a length")) }
        }
    }

    fn key(name: &'static str, needed: bool, shape: Shape) -> ShapeKey {
        ShapeKey { name, needed, shape, about: "" }
    }

    #[test]
    fn a_type_tells_its_keys_and_which_it_needs() {
        let inner = || Shape::Keys(vec![key("first", true, Shape::Text), key("second", false, Shape::Text)]);
        let both = vec![key("left", true, Shape::Text), key("right", false, inner())];
        let sort = vec![
            Variant { name: "on_its_own", value: None },
            Variant { name: "with", value: Some(Shape::Whole) },
            Variant { name: "both", value: Some(Shape::Keys(both)) },
        ];
        let all = vec![
            key("must", true, Shape::Text),
            key("may", false, Shape::Whole),
            key("flag", false, Shape::Flag),
            key("list", false, Shape::Number.list()),
            key("names", true, inner().named()),
            key("rest", true, Shape::Any),
            key("type", true, Shape::OneOf(sort)),
            key("picky", true, Shape::Text),
            key("last", true, Shape::Whole),
        ];
        assert_eq!(Shape::of::<Whole>(), Shape::Keys(all));
    }

    #[test]
    fn a_shape_is_a_schema() {
        let schema = Shape::of::<Inner>().schema();
        assert_eq!(schema["required"], serde_json::json!(["first"]));
        assert_eq!(schema["additionalProperties"], false);
        let sort = Shape::of::<Sort>().schema();
        assert_eq!(sort["anyOf"][0]["anyOf"][0]["enum"], serde_json::json!(["on_its_own"]));
        assert_eq!(sort["anyOf"][1]["properties"]["both"]["required"], serde_json::json!(["left"]));
    }

    #[test]
    fn what_stands_for_itself_is_told_too() {
        assert_eq!(Shape::of::<Vec<String>>(), Shape::Text.list());
        assert_eq!(Shape::of::<Spanned<bool>>(), Shape::Flag);
        assert_eq!(Shape::of::<serde_json::Value>(), Shape::Any);
    }
}
