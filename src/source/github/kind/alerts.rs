//! `github.alerts`: so many security alerts are open, and the feature is on.

use serde::{Deserialize, Serialize};

use super::{
    super::{
        fact::{Fact, FactResult, JudgeStop, PagedList, RestFact, Take},
        finding::{FindingDraft, count, either, list},
        judge_context::JudgeContext,
        limits::LimitProblems,
        needs::{self, Needs},
        query_template,
        target::RefKind,
    },
    EvidenceKind, Judge,
};
use crate::Description;
use gonogo_domain::{Bound, FailureKind, Oid, Outcome};

mod scans;

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct Alerts {
    tool: AlertTool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    severity: Vec<AlertSeverity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_most: Option<u64>,
    /// Whether the branch that Dependabot looks at must be the release's; true by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_target: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AlertTool {
    Dependabot,
    CodeScanning,
    SecretScanning,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum AlertSeverity {
    Critical,
    High,
    Medium,
    Low,
    Error,
    Warning,
    Note,
}

/// Kinds of secrets that GitHub lists only where they are named: of no provider, and passwords (GitHub Docs, *Supported secret
/// scanning patterns*; GitHub Changelog, 6 August 2024).
const GENERIC_SECRETS: &str = "ec_private_key,http_basic_authentication_header,http_bearer_authentication_header,\
                               mongodb_connection_string,mysql_connection_string,openssh_private_key,pgp_private_key,\
                               postgres_connection_string,rsa_private_key,password";

/// What no open alerts are worth, by what has been scanned.
fn scanned(scanned: &scans::Scanned, oid: &Oid, reason: String) -> (Outcome, String) {
    let commit = oid.short();
    match scanned {
        scans::Scanned::Whole => (Outcome::Holds, format!("{reason}, at {commit}")),
        scans::Scanned::Not => (Outcome::Pending, format!("{commit} has not been scanned yet")),
        scans::Scanned::Without(missing) => {
            (Outcome::Pending, format!("{commit} has not been scanned yet by {}", list(missing)))
        }
        scans::Scanned::Twice(by, keys) => {
            let said = format!("{by} scanned {commit} by {}", list(keys));
            let said = format!("{said}, and GitHub keeps only the last of them: give each its own category");
            (Outcome::Unclear, said)
        }
        scans::Scanned::Failed(why) => (Outcome::Unclear, format!("the scan of {commit} failed: {why}")),
    }
}

/// An alert of any tool. The secret of a secret-scanning alert is never read.
#[derive(Deserialize)]
struct Alert {
    number: u64,
    state: String,
    html_url: String,
    security_advisory: Option<Advisory>,
    dependency: Option<Dependency>,
    rule: Option<Rule>,
    secret_type_display_name: Option<String>,
}

#[derive(Deserialize)]
struct Advisory {
    severity: Option<String>,
    summary: Option<String>,
}

#[derive(Deserialize)]
struct Dependency {
    package: Option<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Rule {
    severity: Option<String>,
    security_severity_level: Option<String>,
    description: Option<String>,
}

impl AlertTool {
    fn words(self) -> &'static str {
        match self {
            Self::Dependabot => "Dependabot alert",
            Self::CodeScanning => "code scanning alert",
            Self::SecretScanning => "secret scanning alert",
        }
    }

    fn lineage(self) -> &'static str {
        match self {
            Self::Dependabot => "rest dependabot/alerts",
            Self::CodeScanning => "rest code-scanning/alerts",
            Self::SecretScanning => "rest secret-scanning/alerts",
        }
    }

    /// The last part of the list's page.
    fn page(self) -> &'static str {
        match self {
            Self::Dependabot => "dependabot",
            Self::CodeScanning => "code-scanning",
            Self::SecretScanning => "secret-scanning",
        }
    }

    fn fact(self, case: &JudgeContext<'_>) -> RestFact {
        let (path, what, needs): (_, _, Needs) = match self {
            Self::Dependabot => ("dependabot", "Dependabot alerts", &[&needs::DEPENDABOT]),
            Self::CodeScanning => ("code-scanning", "code scanning alerts", &[&needs::CODE_SCANNING]),
            Self::SecretScanning => ("secret-scanning", "secret scanning alerts", &[&needs::SECRET_SCANNING]),
        };
        let fact =
            RestFact::of(case.repo, &[path, "alerts"], Take::Pages(""), what, needs).with("state", "open");
        let fact = if self == Self::SecretScanning { fact.with("hide_secret", "true") } else { fact };
        fact.with("per_page", "100")
    }
}

impl AlertSeverity {
    fn word(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        let all =
            [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Error, Self::Warning, Self::Note];
        all.into_iter().find(|it| it.word() == word)
    }

    fn is_of_rules(self) -> bool {
        matches!(self, Self::Error | Self::Warning | Self::Note)
    }
}

impl EvidenceKind for Alerts {
    const THING: &'static str = "alerts";
    const DESCRIPTION: Description = Description {
        proves: "no security alerts are open",
        keys: &[
            ("tool", "`dependabot`, `code_scanning` or `secret_scanning`"),
            ("severity", "only alerts of these severities"),
            ("at_most", "how many may be open; 0 by default"),
            (
                "in_target",
                "`false`: what Dependabot says of the default branch is enough, whatever commit the release comes from",
            ),
        ],
    };

    /// Code is scanned commit by commit; the other tools look at the repository.
    fn bound(&self) -> Bound {
        if self.tool == AlertTool::CodeScanning { Bound::Commit } else { Bound::Free }
    }

    fn describe(&self) -> String {
        let words: Vec<&str> = self.severity.iter().map(|it| it.word()).collect();
        let which = if words.is_empty() { String::new() } else { format!(" ({})", either(&words)) };
        format!(
            "of {}{which}, at most {}",
            self.tool.words().replace(" alert", ""),
            self.at_most.unwrap_or(0)
        )
    }

    fn check(&self, wrong: &mut LimitProblems<'_>) {
        if self.in_target.is_some() && self.tool != AlertTool::Dependabot {
            wrong.say("in_target", "`in_target` is for `tool: dependabot`", "remove it");
        }
        match self.tool {
            AlertTool::SecretScanning if !self.severity.is_empty() => {
                wrong.say("severity", "secrets have no severity: every open one counts", "remove `severity`");
            }
            AlertTool::Dependabot if self.severity.iter().any(|it| it.is_of_rules()) => wrong.say(
                "severity",
                "Dependabot knows critical, high, medium and low",
                "write some of these",
            ),
            _ => {}
        }
    }
}

impl Judge for Alerts {
    fn judge(&self, case: &JudgeContext<'_>) -> FactResult {
        if self.tool == AlertTool::CodeScanning {
            return self.judge_code(case);
        }
        if self.tool == AlertTool::Dependabot {
            return self.judge_dependencies(case);
        }
        let fact = self.tool.fact(case);
        let generic = fact.clone().with("secret_type", GENERIC_SECRETS);
        let both = [Fact::Rest(fact.clone()), Fact::Rest(generic.clone()), case.repository()];
        case.need(&both)?;
        let (mut all, more) = (open(case, &fact)?, open(case, &generic)?);
        all.more |= more.more;
        for alert in more.items {
            if all.items.iter().all(|it| it.number != alert.number) {
                all.items.push(alert);
            }
        }
        let (outcome, reason) = self.settle(&all, "")?;
        self.draft(case, &all, outcome, reason).from(self.tool.lineage())
    }

    fn page(&self, case: &JudgeContext<'_>) -> String {
        format!("{}/security/{}", case.home(), self.tool.page())
    }
}

fn open(case: &JudgeContext<'_>, fact: &RestFact) -> FactResult<PagedList<Alert>> {
    let all: PagedList<Alert> = case.rest(fact)?;
    if all.items.iter().any(|alert| alert.state != "open") {
        return Err(super::super::judge_context::gap(fact.what));
    }
    Ok(all)
}

/// The branch that GitHub looks at, and its newest commit.
#[derive(Deserialize)]
struct DefaultBranch {
    name: String,
    target: Tip,
}

#[derive(Deserialize)]
struct Tip {
    oid: Oid,
}

impl Alerts {
    /// Dependabot looks at the default branch only, as it is now (GitHub Docs, *About Dependabot alerts*): of another one
    /// that a release comes from, and of an older commit, it says nothing.
    fn judge_dependencies(&self, case: &JudgeContext<'_>) -> FactResult {
        let fact = self.tool.fact(case);
        let looked_at = case.graph(&query_template::DEFAULT_BRANCH, []);
        let mut first = case.target_facts();
        first.extend([Fact::Rest(fact.clone()), case.repository(), looked_at.clone()]);
        case.need(&first)?;
        let all = open(case, &fact)?;
        let DefaultBranch { name, target: tip } = case.read(&looked_at)?;
        let (mut outcome, mut reason) = self.settle(&all, &format!(" on {name}"))?;
        if outcome == Outcome::Holds && self.in_target != Some(false) {
            let target = case.target()?;
            let elsewhere = match target.place {
                RefKind::Branch(branch) => (branch != name).then_some(branch),
                // What was open when it was cut may have been mended since, and is still in it.
                RefKind::Tag(at) => (tip.oid != target.oid).then_some(at),
                RefKind::Commit => (tip.oid != target.oid).then(|| "this commit".to_owned()),
            };
            if let Some(place) = elsewhere {
                outcome = Outcome::Unclear;
                reason = format!(
                    "{reason} at {}, and Dependabot does not look at {place}: review its dependencies in a workflow, or \
                     write `in_target: false` if {name} is enough",
                    tip.oid.short()
                );
            }
        }
        self.draft(case, &all, outcome, reason).from(self.tool.lineage())
    }

    /// A branch that was never scanned has no alerts, and neither has one whose newest commit has not been scanned yet.
    fn judge_code(&self, case: &JudgeContext<'_>) -> FactResult {
        // Without a ref only the default branch is listed.
        let target = case.target()?;
        let (name, said) = match target.place {
            RefKind::Branch(branch) => (format!("refs/heads/{branch}"), branch),
            RefKind::Tag(tag) => (format!("refs/tags/{tag}"), tag),
            RefKind::Commit => {
                let message = "code scanning lists alerts of branches, and the target is a bare commit";
                return Err(JudgeStop::failed(FailureKind::Rejected, message));
            }
        };
        let fact = self.tool.fact(case).with("ref", name.clone());
        let scans = scans::fact(case, &name);
        case.need(&[Fact::Rest(fact.clone()), Fact::Rest(scans.clone()), case.repository()])?;
        let all = open(case, &fact)?;
        let (mut outcome, mut reason) = self.settle(&all, &format!(" on {said}"))?;
        if outcome == Outcome::Holds {
            (outcome, reason) = scanned(&scans::of(case, &scans, &name, &target.oid)?, &target.oid, reason);
        }
        self.draft(case, &all, outcome, reason).about(&target.oid).from(self.tool.lineage())
    }

    fn settle(&self, all: &PagedList<Alert>, place: &str) -> FactResult<(Outcome, String)> {
        let (number, most) = (self.counted(all).len() as u64, self.at_most.unwrap_or(0));
        // What was read is enough for a no, never for a yes.
        if all.more && number <= most {
            return Err(super::super::judge_context::gap("security alerts"));
        }
        let outcome = if number <= most { Outcome::Holds } else { Outcome::Fails };
        let words: Vec<&str> = self.severity.iter().map(|it| it.word()).collect();
        let which = if words.is_empty() { String::new() } else { format!(" ({})", either(&words)) };
        let least = if all.more { "at least " } else { "" };
        Ok((outcome, format!("{least}{} open{which}{place}", count(number, self.tool.words()))))
    }

    fn counted<'l>(&self, all: &'l PagedList<Alert>) -> Vec<&'l Alert> {
        all.items.iter().filter(|alert| self.counts(alert)).collect()
    }

    /// The first alert's page, else the list's.
    fn draft(
        &self,
        case: &JudgeContext<'_>,
        all: &PagedList<Alert>,
        outcome: Outcome,
        reason: String,
    ) -> FindingDraft {
        let counted = self.counted(all);
        let page = counted.first().map(|alert| alert.html_url.clone());
        let page = page.unwrap_or_else(|| format!("{}/security/{}", case.home(), self.tool.page()));
        FindingDraft::new(outcome, reason).url(Some(&page)).rows(counted.iter().map(|alert| alert.row()))
    }

    /// Of the severities asked for; one with a severity that is not known, or with none, counts always. Where a rule
    /// gives no security level, its own severity speaks for one: an error may be as grave as any.
    fn counts(&self, alert: &Alert) -> bool {
        use AlertSeverity::{Critical, Error, High, Low, Medium, Note, Warning};
        if self.severity.is_empty() {
            return true;
        }
        let words = alert.severities();
        let asked = |severity: &AlertSeverity| self.severity.contains(severity);
        let any = |severity: Option<AlertSeverity>| severity.is_none_or(|it| asked(&it));
        if words.is_empty() || words.iter().map(|word| AlertSeverity::parse(word)).any(any) {
            return true;
        }
        let stands_for: &[AlertSeverity] =
            match (alert.level(), alert.rule_severity().and_then(AlertSeverity::parse)) {
                (None, Some(Error)) => &[Critical, High, Medium, Low],
                (None, Some(Warning)) => &[Medium, Low],
                (None, Some(Note)) => &[Low],
                _ => &[],
            };
        stands_for.iter().any(asked)
    }
}

impl Alert {
    fn severities(&self) -> Vec<&str> {
        let advisory = self.security_advisory.as_ref().and_then(|it| it.severity.as_deref());
        let level = self.level().filter(|_| advisory.is_none());
        [advisory, level, self.rule_severity()].into_iter().flatten().collect()
    }

    fn level(&self) -> Option<&str> {
        let advisory = self.security_advisory.as_ref().and_then(|it| it.severity.as_deref());
        advisory.or_else(|| self.rule.as_ref()?.security_severity_level.as_deref())
    }

    fn rule_severity(&self) -> Option<&str> {
        self.rule.as_ref()?.severity.as_deref()
    }

    fn row(&self) -> String {
        let package = self.dependency.as_ref().and_then(|it| it.package.as_ref()?.name.as_deref());
        let summary = self.security_advisory.as_ref().and_then(|it| it.summary.as_deref());
        let rule = self.rule.as_ref().and_then(|rule| rule.description.as_deref());
        let secret = self.secret_type_display_name.as_deref();
        let words: Vec<&str> = [package, summary, rule, secret].into_iter().flatten().collect();
        let severity = self.severities().first().map(|it| format!(" [{it}]")).unwrap_or_default();
        format!("#{}{severity} {}", self.number, words.join(": "))
    }
}
