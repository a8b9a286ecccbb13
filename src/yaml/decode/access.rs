//! Lists, maps and captured places as serde walks them.

use serde::de::value::{StrDeserializer, U32Deserializer};
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess};

use super::NodeId;
use super::context::DecodeContext;
use super::fabricate::Fabricate;
use super::fault::DecodeFault;

/// The entries of a list, those with known faults last.
pub(super) struct ListAccess<'c, 'de> {
    context: &'c DecodeContext<'de>,
    items: std::vec::IntoIter<NodeId>,
}

impl<'c, 'de> ListAccess<'c, 'de> {
    pub(super) fn new(context: &'c DecodeContext<'de>, list: NodeId) -> Self {
        let mut items = context.document.items(list).to_vec();
        items.sort_by_key(|item| context.comes_last(*item));
        Self { context, items: items.into_iter() }
    }
}

impl<'de> SeqAccess<'de> for ListAccess<'_, 'de> {
    type Error = DecodeFault;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, DecodeFault> {
        let Some(item) = self.items.next() else { return Ok(None) };
        let element = seed.deserialize(self.context.at(item));
        element.map(Some).map_err(|fault| self.context.settle(item, fault))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

enum MapEntry {
    Pair(NodeId, NodeId),
    /// A key the map lacks; known from an earlier run.
    Lacking(&'static str),
}

/// The pairs of a map: without keys that a struct does not know, those with known faults last, and made-up
/// values for keys known to be missing.
pub(super) struct MapEntries<'c, 'de> {
    context: &'c DecodeContext<'de>,
    map: NodeId,
    entries: std::vec::IntoIter<MapEntry>,
    current: Option<MapEntry>,
}

impl<'c, 'de> MapEntries<'c, 'de> {
    pub(super) fn new(context: &'c DecodeContext<'de>, map: NodeId, fields: Option<&[&'static str]>) -> Self {
        let document = context.document;
        let known =
            |key| fields.is_none_or(|fields| document.text(key).is_some_and(|name| fields.contains(&name)));
        let mut pairs: Vec<_> = document.entries(map).filter(|(key, _)| known(*key)).collect();
        pairs.sort_by_key(|(key, value)| context.comes_last(*key) || context.comes_last(*value));
        let pairs = pairs.into_iter().map(|(key, value)| MapEntry::Pair(key, value));
        let entries: Vec<MapEntry> =
            pairs.chain(context.missing(map).into_iter().map(MapEntry::Lacking)).collect();
        Self { context, map, entries: entries.into_iter(), current: None }
    }
}

impl<'de> MapAccess<'de> for MapEntries<'_, 'de> {
    type Error = DecodeFault;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, DecodeFault> {
        let Some(entry) = self.entries.next() else { return Ok(None) };
        let key = match &entry {
            MapEntry::Pair(key, _) => {
                seed.deserialize(self.context.at(*key)).map_err(|fault| self.context.settle(*key, fault))
            }
            MapEntry::Lacking(name) => {
                let name: StrDeserializer<'_, DecodeFault> = name.into_deserializer();
                seed.deserialize(name)
            }
        };
        self.current = Some(entry);
        key.map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, DecodeFault> {
        match self.current.take() {
            Some(MapEntry::Pair(_, value)) => {
                seed.deserialize(self.context.at(value)).map_err(|fault| self.context.settle(value, fault))
            }
            // A type that refuses the made-up value says nothing that the missing key has not said.
            _ => seed
                .deserialize(Fabricate { node: self.map, depth: 0, text: "" })
                .map_err(|_| DecodeFault::Noted),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

/// The two parts of a [`Spanned`](crate::Spanned): which node, and its value.
pub(crate) struct SpotAccess<D> {
    pub(crate) node: NodeId,
    pub(crate) value: D,
    pub(crate) state: u8,
}

impl<'de, D: Deserializer<'de> + Copy> SeqAccess<'de> for SpotAccess<D> {
    type Error = D::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, D::Error> {
        self.state += 1;
        match self.state {
            1 => {
                let id: U32Deserializer<D::Error> = self.node.0.into_deserializer();
                seed.deserialize(id).map(Some)
            }
            2 => seed.deserialize(self.value).map(Some),
            _ => Ok(None),
        }
    }
}
