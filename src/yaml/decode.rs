//! Parts of a document to typed values, finding every problem of the part.
//!
//! Serde stops at the first error. Here the error is noted with its place and decoding starts over; this time
//! what is known to be faulty is *fabricated* (any value of the right shape), so that the next error comes to
//! light. A run in which anything was noted or fabricated yields no value.

mod access;
mod context;
mod fabricate;
mod fault;
mod node;
mod scalar;
mod variant;

use serde::Deserialize;

use super::{Document, NodeId, Problem};
pub(super) use access::SpotAccess;
use context::DecodeContext;
pub(super) use fabricate::Fabricate;

/// Each run after the first finds at least one more problem; more than these help nobody.
const MOST_RUNS: usize = 50;

impl Document {
    /// Decodes a part. Problems are added to `problems`, each with the place of the innermost faulty node.
    /// `None` if there was any; also, without a new problem, for a part that was reported when it was read.
    ///
    /// Structs refuse keys they do not know; `#[serde(flatten)]`, `tag` and `untagged` lose both that and the
    /// places, so use none of them.
    pub fn decode<'de, T: Deserialize<'de>>(
        &'de self,
        node: NodeId,
        problems: &mut Vec<Problem>,
    ) -> Option<T> {
        let context = DecodeContext::new(self);
        let mut value = None;
        for _ in 0..MOST_RUNS {
            let before = context.progress();
            match T::deserialize(context.at(node)) {
                Ok(decoded) => {
                    value = Some(decoded);
                    break;
                }
                Err(fault) => drop(context.settle(node, fault)),
            }
            if context.progress() == before {
                break;
            }
        }
        let (found, sound) = context.finish();
        problems.extend(found);
        value.filter(|_| sound)
    }
}

#[cfg(test)]
mod tests;
