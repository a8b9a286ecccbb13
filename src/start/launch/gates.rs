//! The gates of a first launch.

use super::{CommentedLines, LaunchPlan, inner, value};
use crate::{Template, names::Taken};

/// Workflows that get a gate each; the rest is one's own to add.
const MOST_WORKFLOWS: usize = 4;

/// A gate: its title, what makes it go, and what that means.
struct StarterGate {
    id: String,
    title: String,
    /// Further keys, one a line.
    keys: Vec<String>,
    kind: String,
    about: &'static str,
    /// A machine answers it.
    proved: bool,
}

impl StarterGate {
    fn new(id: &str, title: &str, kind: impl Into<String>, about: &'static str) -> Self {
        Self { id: id.into(), title: title.into(), keys: Vec::new(), kind: kind.into(), about, proved: false }
    }

    /// The same, answered by a machine.
    fn proved(id: &str, title: &str, kind: String, about: &'static str) -> Self {
        Self { proved: true, ..Self::new(id, title, kind, about) }
    }

    fn with(mut self, key: &str) -> Self {
        self.keys.push(key.to_owned());
        self
    }
}

/// Writes the gates.
pub(super) fn write(page: &mut CommentedLines, plan: &LaunchPlan) {
    page.section(&[
        "What must be true. A title says what is true when all is well; each gate has exactly one kind of evidence.",
        "All kinds, with examples: docs/gates.md.",
    ]);
    page.line("gates:");
    let mut taken = Taken::default();
    for gate in all(plan) {
        page.line(&format!("  - gate: {}", taken.free(&gate.id)));
        page.line(&format!("    title: {}", value(&gate.title)));
        if gate.proved {
            page.line("    owner: release-manager");
        }
        gate.keys.iter().for_each(|key| page.line(&format!("    {key}")));
        let says_when = gate.keys.iter().any(|key| key.starts_with("due"));
        if !says_when {
            page.line("    due: T-1h");
        }
        page.told(&format!("    {}", gate.kind), gate.about);
    }
}

fn all(plan: &LaunchPlan) -> Vec<StarterGate> {
    let mut all = of_repository(plan);
    all.push(changelog(plan));
    if plan.template > Template::Tiny {
        all.extend(standard(plan));
    } else {
        let back = "Everybody knows how to roll back";
        all.push(
            StarterGate::new(
                "rollback-plan",
                back,
                "task: { by: [release-manager] }",
                "a chore: done once they say so",
            )
            .with("notes: What would you do if it failed an hour after T?"),
        );
    }
    if plan.template == Template::High {
        all.extend(high(plan));
    }
    all.push(stands_behind(plan, &all));
    if plan.template > Template::Tiny {
        all.push(announced());
    }
    all
}

fn announced() -> StarterGate {
    StarterGate::new(
        "announced",
        "Users have been told what is new",
        "task: { by: [release-manager], asks: { post: link } }",
        "asks for the link and records it",
    )
    .with("blocks: close                   # GO does not wait for it, but closing the launch does")
    .with("due: T+1d")
}

/// What the repository itself can prove, and a question to people in the place of what it cannot.
fn of_repository(plan: &LaunchPlan) -> Vec<StarterGate> {
    let mut all = if plan.seen.target.is_some() { proved(plan) } else { Vec::new() };
    let asked = all.iter().any(|gate| gate.id == "blockers");
    if all.is_empty() {
        let kind = "task: { by: [release-manager], asks: { record: link } }";
        all.push(StarterGate::new(
            "tested",
            "The release is built and tested",
            kind,
            "no evidence yet, so a person answers",
        ));
    }
    if !asked {
        let about = "with a label: github: { issues: { labels: [NAME] } }";
        all.push(StarterGate::new(
            "no-blocker",
            "No release blocker is known",
            "task: { by: [release-manager] }",
            about,
        ));
    }
    all
}

fn proved(plan: &LaunchPlan) -> Vec<StarterGate> {
    let (seen, mut all) = (&plan.seen, Vec::new());
    let most = if plan.template == Template::Tiny { 1 } else { MOST_WORKFLOWS };
    for file in seen.workflows.iter().take(most) {
        let name = file.trim_end_matches(".yml").trim_end_matches(".yaml");
        let id = crate::as_id(name).unwrap_or_else(|| "workflow".into());
        let kind = format!("github: {{ workflow: {{ file: {} }} }}", inner(file));
        let about = "the newest run of exactly the target commit";
        all.push(StarterGate::proved(&id, &format!("Workflow {name} is green"), kind, about));
    }
    if let Some(label) = &seen.label {
        let kind = format!("github: {{ issues: {{ labels: [{}] }} }}", inner(label));
        let title = format!("No issue labelled {label} is open");
        all.push(StarterGate::proved("blockers", &title, kind, "none may be open, and the label must exist"));
    }
    if let Some(milestone) = &seen.milestone {
        let kind = format!("github: {{ milestone: {{ title: {} }} }}", inner(milestone));
        let title = format!("Nothing is open in milestone {milestone}");
        all.push(StarterGate::proved("milestone", &title, kind, "an empty milestone proves nothing"));
    }
    if let Some(environment) = seen.staging.as_ref().filter(|_| plan.template > Template::Tiny) {
        let kind = format!("github: {{ deployment: {{ environment: {} }} }}", inner(environment));
        let about = "the newest deployment is a success at the target commit";
        all.push(StarterGate::proved(
            "staging",
            &format!("The commit is deployed to {environment}"),
            kind,
            about,
        ));
    }
    all
}

fn changelog(plan: &LaunchPlan) -> StarterGate {
    match plan.seen.changelog.as_ref().filter(|_| plan.seen.target.is_some()) {
        Some(path) => {
            let path = inner(path);
            let kind = format!("github: {{ file: {{ path: {path}, matches: \"{{{{ version }}}}\" }} }}");
            StarterGate::proved(
                "changelog",
                "The change log has an entry for this version",
                kind,
                "read at the target commit; a regular expression",
            )
        }
        None => StarterGate::new(
            "notes",
            "The release notes are written",
            "task: { by: [release-manager], asks: { notes: link } }",
            "asks for the link and records it",
        ),
    }
}

fn standard(plan: &LaunchPlan) -> Vec<StarterGate> {
    let mut all = vec![
        StarterGate::new(
            "smoke",
            "The smoke test on staging passed",
            "task: { by: [qa], asks: { report: link } }",
            "asks for the report and records the link",
        )
        .with("due: T-1d"),
        StarterGate::new(
            "watched",
            "Dashboards and alerts for the change are in place",
            "task: { by: [on-call] }",
            "a chore: done once they say so",
        ),
        StarterGate::new(
            "rollback-plan",
            "The rollback plan is written down",
            "task: { by: [on-call], asks: { steps: link } }",
            "what to do if it fails an hour after T",
        )
        .with("due: T-1d"),
        StarterGate::new(
            "support-told",
            "Support knows what changes",
            "task: { by: [support] }",
            "a chore: done once they say so",
        )
        .with("due: T-1d"),
        StarterGate::new(
            "docs",
            "The documentation says what is new",
            "task: { by: [release-manager] }",
            "`na_by`: who may say it is not needed",
        )
        .with("na_by: [release-manager]"),
    ];
    if plan.seen.owners.is_some() {
        all.push(StarterGate::new(
            "owners",
            "The code owners know about the release",
            "task: { by: [owners] }",
            "the role above, from CODEOWNERS",
        ));
    }
    all
}

fn high(plan: &LaunchPlan) -> Vec<StarterGate> {
    let about = about(plan);
    vec![
        StarterGate::new(
            "security",
            "Security has no open objections",
            format!("sign_off: {{ by: [security]{about}, asks: {{ record: link }} }}"),
            "a judgement: void when what it is about changes",
        ),
        StarterGate::new(
            "rehearsed",
            "The rollback was rehearsed",
            "task: { by: [on-call], asks: { rehearsed_on: date, record: link }, max_age: 30d }",
            "an older rehearsal no longer counts",
        )
        .with("waivable: false"),
        StarterGate::new(
            "on-call-there",
            "On-call and support are staffed for the first day",
            "task: { by: [on-call, support] }",
            "both of them; with `count: 1`, either of them",
        ),
        StarterGate::new(
            "comms",
            "The messages for users are approved",
            "sign_off: { by: [launch-director], about: version }",
            "void when the version changes",
        ),
    ]
}

/// Without a commit a judgement is about the launch.
fn about(plan: &LaunchPlan) -> &'static str {
    if plan.seen.target.is_some() { "" } else { ", about: launch" }
}

/// The judgement behind all of it: about the commit, where there is one.
fn stands_behind(plan: &LaunchPlan, others: &[StarterGate]) -> StarterGate {
    let by = if plan.template == Template::Tiny { "release-manager" } else { "qa" };
    let about = about(plan);
    let machines: Vec<&str> = others.iter().filter(|gate| gate.proved).map(|gate| gate.id.as_str()).collect();
    let gate = StarterGate::new(
        "sign-off",
        "The release is signed off",
        format!("sign_off: {{ by: [{by}]{about} }}"),
        "a judgement: void when the commit or this text changes",
    );
    if machines.is_empty() { gate } else { gate.with(&format!("needs: [{}]", machines.join(", "))) }
}
