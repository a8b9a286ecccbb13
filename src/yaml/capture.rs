//! Types that keep the place of what they decode. They work with [`Document::decode`](super::Document::decode)
//! only: any other deserializer has no places to give.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::NodeId;

/// Newtype names that our deserializer knows; nobody writes a NUL in a type name.
pub(super) const NODE: &str = "\0node";
pub(super) const SPOT: &str = "\0spot";

/// A part of the document, not decoded yet: for loaders that decode the entries of a list one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NodeRef(pub NodeId);

/// A value and its place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Spanned<T> {
    /// Where the value was written.
    pub at: NodeId,
    /// The value.
    pub value: T,
}

/// A map with names that people chose, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entries<T = NodeRef>(pub Vec<(Spanned<String>, T)>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de> Deserialize<'de> for NodeRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Capture;
        impl Visitor<'_> for Capture {
            type Value = NodeRef;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a part of a YAML document")
            }
            fn visit_u32<E: Error>(self, id: u32) -> Result<NodeRef, E> {
                Ok(NodeRef(NodeId(id)))
            }
        }
        deserializer.deserialize_newtype_struct(NODE, Capture)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Capture<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Capture<T> {
            type Value = Spanned<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value of a YAML document")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Spanned<T>, A::Error> {
                let id = seq.next_element::<u32>()?.ok_or_else(|| A::Error::missing_field("at"))?;
                let value = seq.next_element::<T>()?.ok_or_else(|| A::Error::missing_field("value"))?;
                Ok(Spanned { at: NodeId(id), value })
            }
        }
        deserializer.deserialize_newtype_struct(SPOT, Capture(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Collect<T> {
            type Value = Entries<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of names")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<T>, A::Error> {
                let mut entries = Vec::with_capacity(map.size_hint().unwrap_or_default());
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Collect(PhantomData))
    }
}
