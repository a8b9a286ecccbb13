//! Enums: `name` alone, or a map with exactly one key.

use serde::Deserializer;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, EnumAccess, IntoDeserializer, VariantAccess, Visitor};

use super::fault::DecodeFault;
use super::node::NodeDe;
use super::scalar::short;
use crate::problem::did_you_mean;
use crate::{NodeKind, Problem};

/// Which variant was written, and what with.
pub(super) struct EnumChoice<'c, 'de> {
    whole: NodeDe<'c, 'de>,
    name: &'static str,
    value: Option<NodeDe<'c, 'de>>,
}

impl<'c, 'de> EnumChoice<'c, 'de> {
    pub(super) fn of(node: NodeDe<'c, 'de>, variants: &'static [&'static str]) -> Result<Self, DecodeFault> {
        let document = node.context.document;
        let (written, value) = match document.kind(node.node) {
            NodeKind::Map => Self::single(node, variants)?,
            NodeKind::Scalar => (node, None),
            NodeKind::List | NodeKind::Broken => return Err(node.mismatch(&one_of(variants))),
        };
        let text = document.text(written.node).unwrap_or_default();
        let Some(name) = variants.iter().find(|name| **name == text) else {
            let noted = written.context.settle(written.node, unknown(text, variants));
            node.context.give_up(node.node);
            return Err(noted);
        };
        Ok(Self { whole: node, name, value })
    }

    /// The only key of a map, and its value.
    fn single(
        node: NodeDe<'c, 'de>,
        variants: &[&str],
    ) -> Result<(NodeDe<'c, 'de>, Option<NodeDe<'c, 'de>>), DecodeFault> {
        let document = node.context.document;
        let mut entries = document.entries(node.node);
        let Some((key, value)) = entries.next() else {
            return Err(node.mismatch(&one_of(variants)));
        };
        if let Some((second, _)) = entries.next()
            && node.context.first_look(node.node)
        {
            let problem =
                Problem::new("too-many-keys", format!("only {} can be given here", one_of(variants)))
                    .at(document.span(second), "a second one")
                    .also(document.span(key), "the first one");
            node.context.note(problem);
        }
        Ok((node.context.at(key), Some(node.context.at(value))))
    }

    /// A value that the variant cannot do without.
    fn value(&self) -> Result<NodeDe<'c, 'de>, DecodeFault> {
        self.value.ok_or_else(|| {
            let message = format!("`{}` needs a value", self.name);
            DecodeFault::wrong("type", message, "needs a value")
                .with_help(format!("write `{}: ...`", self.name))
        })
    }

    fn settled<T>(&self, value: NodeDe<'c, 'de>, result: Result<T, DecodeFault>) -> Result<T, DecodeFault> {
        result.map_err(|fault| self.whole.context.settle(value.node, fault))
    }
}

fn unknown(text: &str, variants: &'static [&'static str]) -> DecodeFault {
    DecodeFault::wrong("unknown-value", format!("unknown value `{}`", short(text)), "not allowed here")
        .with_help(match text.strip_suffix('%').map(str::trim_end) {
            Some(number) if variants.contains(&"percent") && number.parse::<f64>().is_ok() => {
                format!("write `{{ percent: {number} }}`")
            }
            _ => did_you_mean(text, variants),
        })
}

fn one_of(variants: &[&str]) -> String {
    let all = variants.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if variants.len() == 1 { all } else { format!("one of {all}") }
}

impl<'de> EnumAccess<'de> for EnumChoice<'_, 'de> {
    type Error = DecodeFault;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), DecodeFault> {
        let name: StrDeserializer<'_, DecodeFault> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for EnumChoice<'_, 'de> {
    type Error = DecodeFault;

    fn unit_variant(self) -> Result<(), DecodeFault> {
        match self.value {
            None => Ok(()),
            Some(value) => {
                let fault = DecodeFault::wrong(
                    "type",
                    format!("`{}` takes no value", self.name),
                    "not expected here",
                )
                .with_help(format!("write `{}` alone", self.name));
                let noted = self.whole.context.settle(value.node, fault);
                self.whole.context.give_up(self.whole.node);
                Err(noted)
            }
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, DecodeFault> {
        let value = self.value()?;
        self.settled(value, seed.deserialize(value))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, DecodeFault> {
        let value = self.value()?;
        self.settled(value, value.deserialize_tuple(len, visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeFault> {
        let value = self.value()?;
        self.settled(value, value.deserialize_struct("", fields, visitor))
    }
}
