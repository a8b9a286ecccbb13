//! What a token must be allowed for a kind of evidence, in the words of each sort of token: for advice and diagnosis.

use serde_json::Value;

use crate::{Permission, finding::list};

/// All that one question needs.
pub(super) type Needs = &'static [&'static Permission];

macro_rules! permissions {
    ($($name:ident $key:literal $fine:literal $note:literal $actions:expr, $classic:literal)*) => {
        $(pub(super) const $name: Permission =
            Permission { key: $key, fine_grained: $fine, note: $note, actions_key: $actions, classic: $classic };)*
        static ALL: Needs = &[$(&$name),*];
    };
}

permissions! {
    METADATA "metadata" "Metadata: read" "" Some("metadata"), "repo"
    CONTENTS "contents" "Contents: read" "" Some("contents"), "repo"
    DRAFTS "contents" "Contents: read" "only tokens with push access see drafts" Some("contents"), "repo"
    ACTIONS "actions" "Actions: read" "" Some("actions"), "repo"
    CHECKS "checks" "Checks: read" "a fine-grained personal token cannot get it" Some("checks"), "repo"
    STATUSES "statuses" "Commit statuses: read" "" Some("statuses"), "repo"
    MAY_SET_STATUSES "statuses" "Commit statuses: write" "" Some("statuses"), "repo:status"
    PULLS "pull_requests" "Pull requests: read" "" Some("pull-requests"), "repo"
    MAY_COMMENT "pull_requests" "Pull requests: write" "" Some("pull-requests"), "repo"
    ISSUES "issues" "Issues: read" "" Some("issues"), "repo"
    DEPLOYMENTS "deployments" "Deployments: read" "" Some("deployments"), "repo"
    MAY_APPROVE "deployments" "Deployments: write" "" Some("deployments"), "repo"
    MEMBERS "members" "Members: read" "the organisation's, or read:org of a classic token; a workflow's own GITHUB_TOKEN can get neither" None, "read:org"
    PROJECTS "organization_projects" "Projects: read" "the organisation's, or read:project of a classic token" None, "read:project"
    DEPENDABOT "vulnerability_alerts" "Dependabot alerts: read" "" Some("vulnerability-alerts"), "security_events"
    CODE_SCANNING "security_events" "Code scanning alerts: read" "" Some("security-events"), "security_events"
    SECRET_SCANNING "secret_scanning_alerts" "Secret scanning alerts: read" "as an administrator of the repository" None, "security_events"
}

/// In words: `Actions: read and Contents: read`.
pub(super) fn said(needs: &[&Permission]) -> String {
    let with_note = |it: &&Permission| match it.note {
        "" => it.fine_grained.to_owned(),
        note => format!("{} ({note})", it.fine_grained),
    };
    list(&needs.iter().map(with_note).collect::<Vec<_>>())
}

/// The permissions of one alternative that a refusal names: `contents=read,issues=read; metadata=read`. One that is not
/// in the list here is `None` beside its name.
pub(super) fn accepted(header: &str) -> Vec<(&str, &str, Option<&'static Permission>)> {
    let first = header.split(';').next().unwrap_or_default();
    let pairs = first.split(',').filter_map(|it| it.trim().split_once('='));
    let known = |key: &str, level: &str| {
        let named = |it: &&&Permission| it.key == key && it.fine_grained.ends_with(&format!(": {level}"));
        ALL.iter().find(named).copied()
    };
    pairs.map(|(key, level)| (key, level, known(key, level))).collect()
}

/// The permissions that a gate of this kind (`workflow`, `checks`, ...) with these canonical arguments needs. Empty
/// for a kind that does not exist.
pub fn needs(thing: &str, args: &Value) -> Vec<&'static Permission> {
    match thing {
        "workflow" => vec![&ACTIONS, &CONTENTS],
        "checks" => vec![&CHECKS, &STATUSES, &ACTIONS, &CONTENTS],
        "pull_request" | "pull_requests" | "merge_queue" => vec![&PULLS],
        "approvals" => approvals(args),
        "issues" | "issue" => vec![&ISSUES],
        "milestone" => vec![&ISSUES, &PULLS],
        "release" | "tag" | "file" => vec![&CONTENTS],
        "deployment" => vec![&DEPLOYMENTS, &ACTIONS],
        "environment" => vec![&ACTIONS],
        "alerts" => alerts(args),
        "branch_rules" => vec![&METADATA, &CONTENTS],
        "project" => vec![&PROJECTS, &ISSUES],
        "comment" => vec![&ISSUES, &CONTENTS],
        _ => Vec::new(),
    }
}

/// Who belongs to a team is the organisation's to say.
fn approvals(args: &Value) -> Vec<&'static Permission> {
    let mut all = vec![&PULLS, &CONTENTS];
    all.extend(args["team"].is_string().then_some(&MEMBERS));
    all
}

/// Each tool has a permission of its own.
fn alerts(args: &Value) -> Vec<&'static Permission> {
    vec![match args["tool"].as_str() {
        Some("dependabot") => &DEPENDABOT,
        Some("secret_scanning") => &SECRET_SCANNING,
        _ => &CODE_SCANNING,
    }]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::kind::THINGS, *};

    #[test]
    fn every_kind_of_evidence_says_what_it_needs() {
        let args = json!({ "tool": "dependabot" });
        for thing in THINGS {
            assert!(!needs(thing.name, &args).is_empty(), "{}", thing.name);
        }
    }

    #[test]
    fn each_alert_tool_needs_its_own_permission() {
        let names = |args| needs("alerts", &args).into_iter().map(|it| it.actions_key).collect::<Vec<_>>();
        assert_eq!(names(json!({ "tool": "code_scanning" })), [Some("security-events")]);
        assert_eq!(names(json!({ "tool": "secret_scanning" })), [None]);
    }

    #[test]
    fn what_a_refusal_names_is_known_by_githubs_own_names() {
        let named = |header| {
            let all = accepted(header).into_iter();
            all.map(|(key, level, known)| (key, level, known.map(|it| it.fine_grained))).collect::<Vec<_>>()
        };
        assert_eq!(named(""), []);
        assert_eq!(
            named("pull_requests=read, contents=write; administration=read"),
            [("pull_requests", "read", Some("Pull requests: read")), ("contents", "write", None)],
            "the first of the alternatives, and nothing that is not known is made to be"
        );
    }

    #[test]
    fn a_team_needs_the_organisation() {
        let needs_members = |args| needs("approvals", &args).contains(&&MEMBERS);
        assert!(needs_members(json!({ "team": "acme/qa" })) && !needs_members(json!({ "at_least": 2 })));
    }
}
