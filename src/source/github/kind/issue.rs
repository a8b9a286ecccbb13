//! `github.issue`: one issue is in the expected state.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    super::{
        fact::{Fact, FactResult},
        finding::{FindingDraft, either, list},
        judge_context::{JudgeContext, gap},
        limits::{LimitProblems, Number},
        markdown,
        query_template::{self, QueryTemplate},
    },
    EvidenceKind, Judge,
};
use crate::Description;
use gonogo_domain::Outcome;

#[derive(Debug, Serialize, Deserialize)]
pub(in super::super) struct Issue {
    number: Number,
    #[serde(default)]
    expect: Expect,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    accept: Vec<Why>,
}

/// Why an issue was closed, other than that it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Why {
    NotPlanned,
    Duplicate,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Expect {
    #[default]
    Closed,
    Open,
    TasksTicked,
    SubIssuesDone,
}

/// What is known of the issue whatever is asked.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct IssueHead {
    number: i32,
    title: String,
    url: String,
    state: String,
    state_reason: Option<String>,
    #[serde(default)]
    closed_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reason {
    state_reason: Option<String>,
}

#[derive(Deserialize)]
struct Text {
    #[serde(flatten)]
    head: IssueHead,
    body: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parts {
    #[serde(flatten)]
    head: IssueHead,
    sub_issues_summary: Summary,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    sub_issues: Subs,
}

#[derive(Deserialize)]
struct Summary {
    total: u64,
    completed: u64,
}

#[derive(Default, Deserialize)]
struct Subs {
    nodes: Vec<Option<IssueHead>>,
}

impl Why {
    fn of(word: Option<&str>) -> Option<Self> {
        match word {
            Some("NOT_PLANNED") => Some(Self::NotPlanned),
            Some("DUPLICATE") => Some(Self::Duplicate),
            _ => None,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::NotPlanned => "not planned",
            Self::Duplicate => "a duplicate",
        }
    }
}

impl EvidenceKind for Issue {
    const THING: &'static str = "issue";
    const DESCRIPTION: Description = Description {
        proves: "one issue is closed, or its list is done",
        keys: &[
            ("number", "its number"),
            (
                "expect",
                "`closed` (the default), `open`, `tasks_ticked` (every box in its text is ticked) or `sub_issues_done`",
            ),
            ("accept", "other reasons for closing that pass: `not_planned`, `duplicate`"),
        ],
    };

    fn describe(&self) -> String {
        let state = match self.expect {
            Expect::Closed => "closed",
            Expect::Open => "open",
            Expect::TasksTicked => "all tasks ticked",
            Expect::SubIssuesDone => "all sub-issues done",
        };
        let accepted: Vec<&str> = self.accept.iter().map(|why| why.word()).collect();
        let accepted =
            if accepted.is_empty() { String::new() } else { format!(" (or {})", either(&accepted)) };
        format!("#{} {state}{accepted}", self.number)
    }

    fn check(&self, wrong: &mut LimitProblems<'_>) {
        if self.expect != Expect::Closed && !self.accept.is_empty() {
            wrong.say("accept", "`accept` is for `expect: closed`", "remove it");
        }
    }
}

impl Judge for Issue {
    fn judge(&self, case: &JudgeContext<'_>) -> FactResult {
        match self.expect {
            Expect::Closed | Expect::Open => self.state(case),
            Expect::TasksTicked => self.tasks(case),
            Expect::SubIssuesDone => self.parts(case),
        }
    }

    fn page(&self, case: &JudgeContext<'_>) -> String {
        format!("{}/issues/{}", case.home(), self.number)
    }
}

impl Issue {
    fn fact(&self, case: &JudgeContext<'_>, shape: &'static QueryTemplate) -> Fact {
        case.graph(shape, [("number", json!(self.number.get()))])
    }

    fn read<'a, T: Deserialize<'a>>(
        &self,
        case: &JudgeContext<'a>,
        shape: &'static QueryTemplate,
    ) -> FactResult<T> {
        case.read(&self.fact(case, shape))
    }

    /// The one that was asked for, and no other.
    fn is_it(&self, head: &IssueHead) -> FactResult<()> {
        if head.number == self.number.get() { Ok(()) } else { Err(gap("the issue")) }
    }

    fn state(&self, case: &JudgeContext<'_>) -> FactResult {
        let mut issue: IssueHead = self.read(case, &query_template::ISSUE)?;
        self.is_it(&issue)?;
        // Without being asked, GitHub calls a duplicate not planned.
        if issue.is_given_up() && self.accept.len() == 1 {
            let reason: Reason = self.read(case, &query_template::ISSUE_REASON)?;
            issue.state_reason = reason.state_reason;
        }
        let why = issue.state_reason.as_deref();
        let (outcome, state) = match (self.expect, issue.state.as_str()) {
            (Expect::Closed, "CLOSED") => self.closed(why),
            (Expect::Open, "OPEN") => (Outcome::Holds, "open".into()),
            (Expect::Open, "CLOSED") => (Outcome::Fails, "closed".into()),
            (_, "OPEN") => (Outcome::Fails, "still open".into()),
            (_, state) => (Outcome::Unclear, format!("in a state that gonogo does not know ({state})")),
        };
        let accepted = if outcome == Outcome::Holds { Why::of(why).map(Why::word) } else { None };
        let accepted = accepted.map(|word| format!("#{} {word}", self.number));
        issue.draft(outcome, &state).since(issue.closed_at).accepted(accepted).from("graphql issue")
    }

    /// What was not done is not done by being closed, unless the gate says so. Issues that were closed before GitHub
    /// asked why have no reason.
    fn closed(&self, why: Option<&str>) -> (Outcome, String) {
        match (why, Why::of(why)) {
            (None | Some("COMPLETED"), _) => (Outcome::Holds, "closed".into()),
            (_, Some(why)) => {
                let holds = self.accept.contains(&why);
                (if holds { Outcome::Holds } else { Outcome::Fails }, format!("closed as {}", why.word()))
            }
            (Some(other), None) => {
                (Outcome::Unclear, format!("closed for a reason that gonogo does not know ({other})"))
            }
        }
    }

    fn tasks(&self, case: &JudgeContext<'_>) -> FactResult {
        let issue: Text = self.read(case, &query_template::ISSUE_TASKS)?;
        self.is_it(&issue.head)?;
        let tasks = markdown::tasks(&issue.body);
        let open: Vec<String> =
            tasks.iter().filter(|task| !task.ticked).map(|task| format!("open: {}", task.text)).collect();
        let (outcome, state) = match (tasks.len(), open.len()) {
            (0, _) => (Outcome::Unclear, "has no tasks to tick".into()),
            (all, 0) => (Outcome::Holds, format!("{all} of {all} tasks ticked")),
            (all, left) => (Outcome::Fails, format!("{} of {all} tasks ticked", all - left)),
        };
        issue.head.of_list(outcome, state).rows(open).from("graphql issue")
    }

    fn parts(&self, case: &JudgeContext<'_>) -> FactResult {
        let facts =
            [&query_template::ISSUE_PARTS, &query_template::SUB_ISSUES].map(|shape| self.fact(case, shape));
        case.need(&facts)?;
        let issue: Parts = self.read(case, &query_template::ISSUE_PARTS)?;
        // The count decides; the list only tells which.
        let listed: Listed = self.read(case, &query_template::SUB_ISSUES).unwrap_or_default();
        self.is_it(&issue.head)?;
        let Summary { total, completed } = issue.sub_issues_summary;
        let read: Vec<&IssueHead> = listed.sub_issues.nodes.iter().flatten().collect();
        let (outcome, state) = match (total, completed) {
            (0, 0) => (Outcome::Unclear, "has no sub-issues".into()),
            (total, done) if done > total => (
                Outcome::Unclear,
                format!("GitHub counts {done} of {total} sub-issues as done, which is impossible"),
            ),
            (total, done) if done == total => all_done(total, &read),
            (total, done) => (Outcome::Fails, format!("{done} of {total} sub-issues done")),
        };
        let open = read.iter().filter(|it| it.state != "CLOSED" || it.is_given_up());
        let rows = open.map(|it| {
            let state = Why::of(it.state_reason.as_deref()).filter(|_| it.state == "CLOSED");
            let state =
                state.map_or_else(|| it.state.to_lowercase(), |why| format!("closed as {}", why.word()));
            format!("{state}: #{} {}, {}", it.number, it.title, it.url)
        });
        issue.head.of_list(outcome, state).rows(rows).from("graphql issue")
    }
}

/// GitHub counts every closed one as completed, also one that was given up: only those that could be read are known to
/// have been done.
fn all_done(total: u64, read: &[&IssueHead]) -> (Outcome, String) {
    let given_up: Vec<String> =
        read.iter().filter(|it| it.is_given_up()).map(|it| format!("#{}", it.number)).collect();
    if !given_up.is_empty() {
        let what = list(&given_up);
        let state =
            format!("all {total} sub-issues are closed, but {what} without being done: finish or remove it");
        return (Outcome::Unclear, state);
    }
    let unread = total.saturating_sub(read.len() as u64);
    let rest = if unread == 0 { String::new() } else { format!("; {unread} of them cannot be read") };
    (Outcome::Holds, format!("{total} of {total} sub-issues done{rest}"))
}

impl IssueHead {
    fn is_given_up(&self) -> bool {
        self.state == "CLOSED" && Why::of(self.state_reason.as_deref()).is_some()
    }

    fn draft(&self, outcome: Outcome, state: &str) -> FindingDraft {
        FindingDraft::new(outcome, format!("#{} \"{}\": {state}", self.number, self.title))
            .url(Some(&self.url))
    }

    /// What a list in an issue says is over when the issue was given up: it may go on elsewhere.
    fn of_list(&self, outcome: Outcome, state: String) -> FindingDraft {
        match Why::of(self.state_reason.as_deref()).filter(|_| self.state == "CLOSED") {
            Some(why) if outcome == Outcome::Holds => self.draft(
                Outcome::Unclear,
                &format!("{state}, but it was closed as {}: the list may have moved elsewhere", why.word()),
            ),
            _ => self.draft(outcome, &state),
        }
    }
}
