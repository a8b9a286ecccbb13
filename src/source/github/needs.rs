//! What a token must be allowed for a kind of evidence, in the words of each sort of token: for advice and diagnosis.

use serde_json::Value;

use crate::Permission;

macro_rules! permissions {
    ($($name:ident $fine:literal $key:expr, $classic:literal)*) => {
        $(static $name: Permission = Permission { fine_grained: $fine, actions_key: $key, classic: $classic };)*
    };
}

permissions! {
    METADATA "Metadata: read" Some("metadata"), "repo"
    CONTENTS "Contents: read" Some("contents"), "repo"
    ACTIONS "Actions: read" Some("actions"), "repo"
    CHECKS "Checks: read (a fine-grained personal token can not have it)" Some("checks"), "repo"
    STATUSES "Commit statuses: read" Some("statuses"), "repo"
    PULLS "Pull requests: read" Some("pull-requests"), "repo"
    ISSUES "Issues: read" Some("issues"), "repo"
    DEPLOYMENTS "Deployments: read" Some("deployments"), "repo"
    MEMBERS "Members: read (of the organisation)" None, "read:org"
    PROJECTS "Projects: read (of the organisation)" None, "read:project"
    DEPENDABOT "Dependabot alerts: read" Some("vulnerability-alerts"), "security_events"
    CODE_SCANNING "Code scanning alerts: read" Some("security-events"), "security_events"
    SECRET_SCANNING "Secret scanning alerts: read" None, "security_events"
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
    fn a_team_needs_the_organisation() {
        let needs_members = |args| needs("approvals", &args).contains(&&MEMBERS);
        assert!(needs_members(json!({ "team": "acme/qa" })) && !needs_members(json!({ "at_least": 2 })));
    }
}
