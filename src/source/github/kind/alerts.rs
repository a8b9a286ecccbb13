//! `github.alerts`: so many security alerts are open, and the feature is on.

use serde::{Deserialize, Serialize};

use super::{
    super::{
        case::Case,
        fact::{Judged, List, RestFact, Stop, Take},
        finding::{Draft, count, either},
        limits::Wrong,
        target::Place,
    },
    Evidence, Judge,
};
use crate::domain::{FailureKind, Outcome};

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct Alerts {
    tool: Tool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    severity: Vec<Severity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_most: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Tool {
    Dependabot,
    CodeScanning,
    SecretScanning,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Severity {
    Critical,
    High,
    Medium,
    Low,
    Error,
    Warning,
    Note,
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

impl Tool {
    fn words(self) -> &'static str {
        match self {
            Self::Dependabot => "Dependabot alert",
            Self::CodeScanning => "code scanning alert",
            Self::SecretScanning => "secret scanning alert",
        }
    }

    fn fact(self, case: &Case<'_>) -> RestFact {
        let (path, what, needs) = match self {
            Self::Dependabot => ("dependabot", "Dependabot alerts", "Dependabot alerts: read"),
            Self::CodeScanning => ("code-scanning", "code scanning alerts", "Code scanning alerts: read"),
            Self::SecretScanning => (
                "secret-scanning",
                "secret scanning alerts",
                "Secret scanning alerts: read, as an administrator of the repository",
            ),
        };
        let fact =
            RestFact::of(case.repo, &[path, "alerts"], Take::Pages(""), what, needs).with("state", "open");
        let fact = if self == Self::SecretScanning { fact.with("hide_secret", "true") } else { fact };
        fact.with("per_page", "100")
    }
}

impl Severity {
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

impl Evidence for Alerts {
    const THING: &'static str = "alerts";

    fn said(&self) -> String {
        let words: Vec<&str> = self.severity.iter().map(|it| it.word()).collect();
        let which = if words.is_empty() { String::new() } else { format!(" ({})", either(&words)) };
        format!(
            "of {}{which}, at most {}",
            self.tool.words().replace(" alert", ""),
            self.at_most.unwrap_or(0)
        )
    }

    fn check(&self, wrong: &mut Wrong<'_>) {
        match self.tool {
            Tool::SecretScanning if !self.severity.is_empty() => {
                wrong.say(
                    "severity",
                    "secrets have no severity: every open one counts",
                    "take `severity` out",
                );
            }
            Tool::Dependabot if self.severity.iter().any(|it| it.is_of_rules()) => wrong.say(
                "severity",
                "Dependabot knows critical, high, medium and low",
                "write some of these",
            ),
            _ => {}
        }
    }
}

impl Judge for Alerts {
    fn judge(&self, case: &Case<'_>) -> Judged {
        let mut fact = self.tool.fact(case);
        let mut place = String::new();
        if self.tool == Tool::CodeScanning {
            // Without a ref only the default branch is listed.
            let target = case.target()?;
            let (name, said) = match target.place {
                Place::Branch(branch) => (format!("refs/heads/{branch}"), branch),
                Place::Tag(tag) => (format!("refs/tags/{tag}"), tag),
                Place::Commit => {
                    let message = "code scanning lists alerts of branches, and the target is a bare commit";
                    return Err(Stop::failed(FailureKind::Rejected, message));
                }
            };
            fact = fact.with("ref", name);
            place = format!(" on {said}");
        }
        let all: List<Alert> = case.rest(&fact)?;
        if all.items.iter().any(|alert| alert.state != "open") {
            return Err(super::super::case::gap(fact.what));
        }
        self.settle(&all, &place)
    }
}

impl Alerts {
    fn settle(&self, all: &List<Alert>, place: &str) -> Judged {
        let counted: Vec<&Alert> = all.items.iter().filter(|alert| self.counts(alert)).collect();
        let (number, most) = (counted.len() as u64, self.at_most.unwrap_or(0));
        // What was read is enough for a no, never for a yes.
        if all.more && number <= most {
            return Err(super::super::case::gap("security alerts"));
        }
        let outcome = if number <= most { Outcome::Holds } else { Outcome::Fails };
        let words: Vec<&str> = self.severity.iter().map(|it| it.word()).collect();
        let which = if words.is_empty() { String::new() } else { format!(" ({})", either(&words)) };
        let least = if all.more { "at least " } else { "" };
        let reason = format!("{least}{} open{which}{place}", count(number, self.tool.words()));
        let page = counted.first().map(|alert| alert.html_url.as_str());
        let lineage = match self.tool {
            Tool::Dependabot => "rest dependabot/alerts",
            Tool::CodeScanning => "rest code-scanning/alerts",
            Tool::SecretScanning => "rest secret-scanning/alerts",
        };
        Draft::new(outcome, reason).url(page).rows(counted.iter().map(|alert| alert.row())).from(lineage)
    }

    /// Of the severities asked for; one with a severity that is not known, or with none, counts always.
    fn counts(&self, alert: &Alert) -> bool {
        if self.severity.is_empty() {
            return true;
        }
        let words = alert.severities();
        let any = |severity: Option<Severity>| severity.is_none_or(|it| self.severity.contains(&it));
        words.is_empty() || words.into_iter().map(Severity::parse).any(any)
    }
}

impl Alert {
    fn severities(&self) -> Vec<&str> {
        let advisory = self.security_advisory.as_ref().and_then(|it| it.severity.as_deref());
        let level = self.rule.as_ref().and_then(|rule| rule.security_severity_level.as_deref());
        let rule = self.rule.as_ref().and_then(|rule| rule.severity.as_deref());
        [advisory, level, rule].into_iter().flatten().collect()
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
