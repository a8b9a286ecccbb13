//! What the gates need of a token, and what of it the answers prove to be there or missing.

use serde::Serialize;

use super::super::Session;
use gonogo_domain::{FailureKind, Kind};
use gonogo_poller::SourceKey;
use gonogo_source::{Permission, register::declared};

/// Whether the token has a permission, as far as this launch's answers tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PermissionStanding {
    /// A gate was refused for want of it.
    Missing,
    /// No answer proves it.
    NotKnown,
    /// A gate that needs it was answered.
    Works,
}

/// One permission and the gates that need it.
#[derive(Debug, Serialize)]
pub struct PermissionNeed {
    /// Whether the token has it.
    pub standing: PermissionStanding,
    /// Its name for a fine-grained token.
    pub permission: &'static str,
    /// What else to know of it; empty: nothing.
    pub note: &'static str,
    /// Its key under `permissions:` of a workflow; none: a workflow's own token cannot have it.
    pub actions_key: Option<&'static str>,
    /// The scope of a classic token.
    pub classic_scope: &'static str,
    /// The gates.
    pub gates: Vec<String>,
}

/// What the gates of one server need, missing ones first.
pub(super) fn of(live: &Session, key: &SourceKey) -> Vec<PermissionNeed> {
    let mut all: Vec<PermissionNeed> = Vec::new();
    let Some(source) = declared(key.source.as_str()) else { return all };
    for gate in &live.launch().gates {
        let Kind::Evidence(query) = &gate.kind else { continue };
        if query.source != key.source || gate.connection != key.connection || gate.excluded.is_some() {
            continue;
        }
        let needed = (source.needs)(&query.thing, &query.args);
        for permission in &needed {
            let standing = standing(live, &gate.id, permission);
            let at =
                all.iter().position(|it| it.permission == permission.fine_grained).unwrap_or_else(|| {
                    all.push(blank(permission));
                    all.len() - 1
                });
            // A refusal outweighs answers: the same permission may be missing for one repository alone.
            all[at].standing = match (all[at].standing, standing) {
                (PermissionStanding::Missing, _) | (_, PermissionStanding::Missing) => {
                    PermissionStanding::Missing
                }
                (one, other) => one.max(other),
            };
            all[at].gates.push(super::said(gate.id.as_str()));
        }
    }
    all.sort_by_key(|it| it.standing);
    all
}

fn blank(permission: &Permission) -> PermissionNeed {
    PermissionNeed {
        standing: PermissionStanding::NotKnown,
        permission: permission.fine_grained,
        note: permission.note,
        actions_key: permission.actions_key,
        classic_scope: permission.classic,
        gates: Vec::new(),
    }
}

fn standing(live: &Session, gate: &gonogo_domain::GateId, permission: &Permission) -> PermissionStanding {
    let Some(known) = live.evidence().gates.get(gate) else { return PermissionStanding::NotKnown };
    let Some(failure) = &known.failure else {
        return if known.finding.is_some() {
            PermissionStanding::Works
        } else {
            PermissionStanding::NotKnown
        };
    };
    if failure.value.kind != FailureKind::Forbidden {
        return PermissionStanding::NotKnown;
    }
    let missing = failure.value.missing.iter().any(|it| **it == *permission.key);
    if missing { PermissionStanding::Missing } else { PermissionStanding::NotKnown }
}
