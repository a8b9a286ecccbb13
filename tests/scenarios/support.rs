//! Scenarios: a small launch, what sources and people said, and the board that must come of it. Written straight
//! in the domain's own terms, so that they test the evaluator and nothing before it.

mod after;
mod guardrail;
mod incident;
mod message;
mod people;
mod rollback;

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use gonogo::domain::*;
use serde::Deserialize;

pub use self::after::{AfterSpec, ExpectAfter, PlanSpec};
pub use self::guardrail::{GuardrailSpec, WindowsSpec};
pub use self::incident::ExpectIncident;
pub use self::message::{ExpectMessages, MessageSpec, TellSpec};
pub use self::people::{CallSpec, ExpectPeople, PollSpec};
pub use self::rollback::{BackSpec, ExpectBack, RollbackSpec};

/// One file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it shows; a failure prints it.
    pub about: String,
    #[serde(default)]
    pub launch: LaunchSpec,
    #[serde(default)]
    pub gates: Vec<GateSpec>,
    #[serde(default)]
    pub stages: Vec<StageSpec>,
    #[serde(default)]
    pub target: TargetSpec,
    #[serde(default)]
    pub evidence: Vec<ObservationSpec>,
    #[serde(default)]
    pub events: Vec<EventSpec>,
    #[serde(default)]
    pub acts: Vec<EventSpec>,
    #[serde(default)]
    pub now: NowSpec,
    #[serde(default)]
    pub scope: ScopeSpec,
    pub expect: Expect,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct LaunchSpec {
    pub version: Option<String>,
    pub checked_identity: bool,
    pub valid_for: Option<String>,
    pub waive_by: Vec<String>,
    pub longest_waiver: Option<String>,
    pub most_waivers: Option<u32>,
    pub advance_by: Vec<String>,
    pub stalled_after: Option<String>,
    pub freeze: Option<FreezeSpec>,
    /// Another at the same time.
    pub freeze_too: Option<FreezeSpec>,
    pub roll_call: Option<PollSpec>,
    pub void_after_hold: bool,
    pub components: BTreeMap<String, String>,
    pub no_target: bool,
    pub guardrails: Vec<GuardrailSpec>,
    pub rollback: Option<RollbackSpec>,
    /// How often stakeholders are told in an incident.
    pub update_every: Option<String>,
    pub messages: Vec<MessageSpec>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreezeSpec {
    pub from: String,
    pub until: String,
    #[serde(default)]
    pub exceptions_by: Vec<String>,
    #[serde(default)]
    pub changes_only: bool,
}

#[derive(Debug, Deserialize, Default, Clone)]
#[serde(deny_unknown_fields, default)]
pub struct GateSpec {
    pub gate: String,
    pub title: Option<String>,
    pub inside: Option<String>,
    pub free: Option<String>,
    pub commit: Option<String>,
    pub task: Option<Vec<String>>,
    pub sign_off: Option<Vec<String>>,
    pub timer: Option<TimerSpec>,
    pub all: bool,
    pub one_of: bool,
    pub count: Option<u32>,
    pub apart_from: Vec<String>,
    pub asks: BTreeMap<String, AskType>,
    pub max_age: Option<String>,
    pub subject: Option<About>,
    pub owner: Option<String>,
    pub needs: Vec<String>,
    pub blocks: Option<String>,
    pub not_waivable: bool,
    pub na_by: Vec<String>,
    pub excluded: Option<String>,
    pub not_before: Vec<String>,
    pub due: Option<String>,
    pub counts_from: Option<String>,
    pub fresh: Option<String>,
    pub component: Option<String>,
    pub links: Vec<String>,
    pub text: Option<String>,
}

#[derive(Debug, Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct TimerSpec {
    pub since: String,
    pub wait: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageSpec {
    pub stage: String,
    pub soak: Option<String>,
    pub samples: Option<u64>,
    pub start: Option<String>,
    #[serde(default)]
    pub pilot: bool,
    #[serde(default)]
    pub independent: bool,
    pub excluded: Option<String>,
    pub watcher: Option<String>,
    #[serde(default)]
    pub guardrails: Vec<String>,
    /// Its percentage.
    pub percent: Option<f64>,
    pub over: Option<String>,
    #[serde(default)]
    pub criteria: Vec<String>,
    #[serde(default)]
    pub asks: BTreeMap<String, AskType>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TargetSpec {
    pub commit: Option<char>,
    pub before: Option<char>,
    pub age: String,
    pub failed: Option<FailureKind>,
}

impl Default for TargetSpec {
    fn default() -> Self {
        Self { commit: Some('a'), before: None, age: "1m".into(), failed: None }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a word of the scenario files")]
pub struct ObservationSpec {
    pub gate: String,
    pub holds: Option<String>,
    pub fails: Option<String>,
    pub pending: Option<String>,
    pub unclear: Option<String>,
    pub failed: Option<FailureKind>,
    pub age: Option<String>,
    pub about: Option<char>,
    pub about_nothing: bool,
    pub until: Option<String>,
    /// Since when, by the source's own time.
    pub since: Option<String>,
    pub accepted: Vec<String>,
    pub other_question: bool,
    pub from_disk: bool,
    /// It was answered to a process before this one, and is on record.
    pub before: bool,
    /// What was measured for a guardrail.
    pub windows: Vec<WindowsSpec>,
}

#[derive(Debug, Deserialize, Default, Clone)]
#[serde(deny_unknown_fields, default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a word of the scenario files")]
pub struct EventSpec {
    pub by: String,
    pub ago: Option<String>,
    pub go: Option<String>,
    pub no_go: Option<String>,
    pub withdraw: Option<String>,
    pub waive: Option<String>,
    pub end_waiver: Option<String>,
    pub not_needed: Option<String>,
    /// It is needed after all; acts only.
    pub needed: Option<String>,
    pub start: Option<String>,
    pub hold: Option<String>,
    pub resume: Option<String>,
    pub roll_back: Option<String>,
    pub close: Option<String>,
    /// `STAGE: CRITERION`, by number or text.
    pub confirm: Option<(String, String)>,
    /// The same: it does not hold.
    pub deny: Option<(String, String)>,
    /// `STAGE, GUARDRAIL`: its breach is accepted, `until`.
    pub accept: Option<(String, String)>,
    /// The same: it is accepted no more.
    pub accept_no_more: Option<(String, String)>,
    /// The stage whose results `answers` are.
    pub results: Option<String>,
    pub note: Option<String>,
    pub role: Option<String>,
    pub reason: Option<String>,
    pub risk: Option<String>,
    pub until: Option<String>,
    pub answers: BTreeMap<String, String>,
    pub commit: Option<char>,
    pub no_commit: bool,
    pub version: Option<String>,
    pub older_text: bool,
    pub login: Option<String>,
    pub teams: Vec<String>,
    pub refused: Option<String>,
    /// A word in the poll, or a decision.
    pub call: Option<CallSpec>,
    /// A word of a rollback.
    pub back: Option<BackSpec>,
    /// What is done with a message; acts only.
    pub tell: Option<TellSpec>,
    /// A word of the readiness review.
    pub plan: Option<PlanSpec>,
    /// The gate that somebody is asked about; acts only.
    pub ask: Option<String>,
    /// A word after the launch.
    pub afterwards: Option<AfterSpec>,
    /// A word on a risk, by its name.
    pub on_risk: Option<(String, RiskStep)>,
    /// A risk is accepted as it stands, `until`.
    pub accept_risk: Option<String>,
    /// A word in an incident, as the journal has it.
    pub incident: Option<IncidentStep>,
    /// Of which one it is.
    pub incident_number: Option<u32>,
    /// So much time passes first; acts only.
    pub after: Option<String>,
    /// The target moves there first; acts only.
    pub moved: Option<char>,
    /// Who writes it down.
    pub recorder: Option<String>,
    /// A stage starts all the same.
    pub overrides: bool,
    pub recorder_login: Option<String>,
    /// Chosen by name, so that a fallback may speak.
    pub by_name: bool,
    /// The fallback by which the journal has it; events only.
    pub stands_in: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct NowSpec {
    /// The wall clock is off by this.
    pub wall: Option<String>,
    /// The journal cannot be trusted.
    pub broken: Option<String>,
    /// The journal has seen this wall clock.
    pub high_water: Option<String>,
    /// The shared journal was last heard so long ago.
    pub journal_heard: Option<String>,
    /// It cannot be reached now.
    pub journal_cut: bool,
    /// It is read from a standby server.
    pub journal_standby: bool,
    /// Clocks of servers, against the wall clock of noon.
    pub servers: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ScopeSpec {
    pub only: Vec<String>,
    pub evidence_only: bool,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    pub word: String,
    /// The computed word, where decisions make another.
    pub evidence: Option<String>,
    /// What the headline calls it: SCRUB.
    pub named: Option<String>,
    pub verdicts: BTreeMap<String, Verdict>,
    pub rules: BTreeMap<String, Rule>,
    pub reasons: BTreeMap<String, String>,
    pub next: BTreeMap<String, String>,
    pub who: BTreeMap<String, Vec<String>>,
    pub waits_for: BTreeMap<String, Vec<String>>,
    pub rows: BTreeMap<String, String>,
    pub titles: BTreeMap<String, String>,
    pub trouble: BTreeMap<String, String>,
    pub stale: Option<Vec<String>>,
    pub overdue: Option<Vec<String>>,
    pub counted: Option<Vec<String>>,
    pub shown: Option<Vec<String>>,
    pub board_reason: Option<String>,
    pub remark: Option<String>,
    pub remarks: Vec<String>,
    pub no_remark: Option<String>,
    pub score: Option<String>,
    pub checklists: BTreeMap<String, Verdict>,
    pub changes_in: Option<String>,
    pub never_changes: bool,
    pub stages: BTreeMap<String, StageStatus>,
    pub stage_waits: BTreeMap<String, String>,
    /// By stage: each clause as `kind of: met` or `kind of: open`, with `, lagging` and `, share %` and `, at MOMENT`.
    pub clauses: BTreeMap<String, Vec<String>>,
    /// By stage: `FROM to TO: NOW`, in percent.
    pub ramps: BTreeMap<String, String>,
    /// `STAGE/GUARDRAIL`: where it stands.
    pub guardrails: BTreeMap<String, Standing>,
    /// `STAGE/GUARDRAIL`: a part of what is said.
    pub guardrail_says: BTreeMap<String, String>,
    /// `STAGE/GUARDRAIL`: what to do about it.
    pub guardrail_next: BTreeMap<String, String>,
    /// `STAGE/GUARDRAIL`: `octo until 14:00`; `asks since 10:05`; `nothing`.
    pub accepted: BTreeMap<String, String>,
    pub overridden: BTreeMap<String, String>,
    pub path: Option<Vec<String>>,
    /// Parts of what its steps say.
    pub path_says: Vec<String>,
    pub not_before: Option<String>,
    pub demands: Option<Vec<String>>,
    pub people: ExpectPeople,
    pub back: ExpectBack,
    pub messages: ExpectMessages,
    pub after: ExpectAfter,
    pub incident: ExpectIncident,
    /// `refunds blocks`, in their order.
    pub risks: Option<Vec<String>>,
}

/// Everything that an evaluation needs.
pub struct Day {
    pub launch: Launch,
    pub evidence: Evidence,
    pub history: History,
    pub now: Now,
    pub scope: Scope,
}

/// The moment of all scenarios: the day before T-0, noon.
pub fn noon() -> Now {
    Now { wall: "2026-12-01T12:00:00Z".parse().unwrap(), boot: Duration::from_secs(1_000_000) }
}

pub fn oid(letter: char) -> Oid {
    Oid::parse(&letter.to_string().repeat(40)).expect("a to f")
}

pub fn span(text: &str) -> Duration {
    Length::parse(text).unwrap_or_else(|error| panic!("{error}")).exact().expect("no working days here")
}

/// `+2h` and `-3d` from noon, or a moment as files write it, such as `T-30m`.
pub fn moment(text: &str) -> Moment {
    if !text.starts_with(['+', '-']) {
        return schedule(&LaunchSpec::default()).moment(text).unwrap_or_else(|error| panic!("{error}"));
    }
    let (sign, length) = text.split_at(1);
    let length = TimeDelta::from_std(span(length)).unwrap();
    let at = if sign == "-" { noon().wall - length } else { noon().wall + length };
    Moment { at, said: text.into() }
}

fn ago(text: &str) -> DateTime<Utc> {
    noon().wall - TimeDelta::from_std(span(text)).unwrap()
}

fn oid_of(evidence: &Evidence) -> Oid {
    let known = evidence.targets.get(&None).and_then(|it| it.oid.as_ref());
    known.map_or_else(|| oid('a'), |it| it.value.clone())
}

fn text(names: &[String]) -> Vec<Party> {
    names.iter().map(|name| Party::from(name.as_str())).collect()
}

pub fn need(text: &str) -> Need {
    match text.split_once('/') {
        Some(("checklist", id)) => Need::Checklist(id.into()),
        Some(("stage", id)) => Need::Stage(id.into()),
        Some(("decision", _)) => Need::Decision,
        Some(("message", id)) => Need::Message(id.into()),
        _ => Need::Gate(text.into()),
    }
}

impl GateSpec {
    fn kind(&self) -> Kind {
        let ask = |by: &[String], about| Ask {
            by: text(by),
            count: self.count,
            apart_from: self.apart_from.iter().map(|id| id.as_str().into()).collect(),
            asks: self.asks.iter().map(|(name, kind)| (name.as_str().into(), *kind)).collect(),
            max_age: self.max_age.as_deref().map(span),
            about: self.subject.unwrap_or(about),
        };
        let query = |args: &str, bound| {
            Kind::Evidence(Query {
                source: "github".into(),
                thing: "workflow".into(),
                args: serde_json::json!({ "file": args }),
                bound,
                said: format!("workflow {args}").into(),
            })
        };
        match (&self.free, &self.commit, &self.task, &self.sign_off, &self.timer) {
            (Some(args), None, None, None, None) => query(args, Bound::Free),
            (None, Some(args), None, None, None) => query(args, Bound::Commit),
            (None, None, Some(by), None, None) => Kind::Task(ask(by, About::Launch)),
            (None, None, None, Some(by), None) => Kind::SignOff(ask(by, About::Commit)),
            (None, None, None, None, Some(timer)) => {
                Kind::Timer { since: need(&timer.since), wait: span(&timer.wait) }
            }
            (None, None, None, None, None) if self.one_of => Kind::OneOf,
            (None, None, None, None, None) if self.all => Kind::All,
            _ => panic!("{}: exactly one kind of evidence", self.gate),
        }
    }

    pub fn build(&self) -> Gate {
        let id = GateId::from(self.gate.as_str());
        Gate {
            title: self.title.clone().unwrap_or_else(|| format!("{id} is well")).into(),
            checklist: id.checklist().into(),
            parent: self.inside.as_deref().map(GateId::from),
            kind: self.kind(),
            owner: self.owner.as_deref().map(Party::from),
            due: self.due.as_deref().map(moment),
            not_before: self.not_before.iter().map(|at| moment(at)).collect(),
            needs: self.needs.iter().map(|it| need(it)).collect(),
            blocks: match self.blocks.as_deref() {
                None => Blocks::Go,
                Some("nothing") => Blocks::Nothing,
                Some("close") => Blocks::Close,
                Some(stage) => Blocks::Stage(stage.strip_prefix("stage/").expect("stage/ID").into()),
            },
            waivable: !self.not_waivable,
            na_by: text(&self.na_by),
            excluded: self.excluded.as_deref().map(Into::into),
            counts_from: self.counts_from.as_deref().map(moment).map(Occurrence::from),
            component: self.component.as_deref().map(Into::into),
            point_of_no_return: false,
            public: false,
            by_hand: None,
            links: self.links.iter().map(|link| ("how".into(), link.as_str().into())).collect(),
            notes: None,
            fresh: self.fresh.as_deref().map_or(Duration::from_secs(600), span),
            connection: None,
            place: None,
            digest: digest(&id, self.text.as_deref().unwrap_or("v1")),
            id,
        }
    }
}

fn digest(id: &GateId, text: &str) -> Digest {
    Digest::of([id.as_str().as_bytes(), text.as_bytes()])
}

/// A launch with the usual people: octo and hu hold qa, octo is the launch-director, mo is in support.
pub fn launch(gates: Vec<Gate>, spec: &LaunchSpec, stages: &[StageSpec]) -> Launch {
    let mut checklists: Vec<Checklist> = Vec::new();
    for gate in &gates {
        if !checklists.iter().any(|list| list.id == gate.checklist) {
            let title = gate.checklist.text();
            let (id, consulted, informed) = (gate.checklist.clone(), Vec::new(), Vec::new());
            checklists.push(Checklist { id, title, owner: None, accountable: None, consulted, informed });
        }
    }
    Launch::new(LaunchParts {
        id: "checkout".into(),
        title: "Checkout".into(),
        summary: None,
        holds_others: false,
        version: spec.version.as_deref().unwrap_or("3.0.0").into(),
        risk: Risk::Medium,
        target: (!spec.no_target).then(|| target("acme/checkout")),
        components: spec.components.iter().map(|(name, at)| (name.as_str().into(), target(at))).collect(),
        schedule: schedule(spec),
        people: ["octo", "hu", "mo"].map(|name| (name.into(), person(name))).into(),
        roles: roles(),
        roll_call: spec.roll_call.as_ref().map(PollSpec::build),
        policies: policies(spec),
        checklists,
        gates,
        guardrails: spec.guardrails.iter().map(GuardrailSpec::build).collect(),
        rollout: (!stages.is_empty()).then(|| Rollout {
            advance_by: text(&spec.advance_by),
            stalled_after: spec.stalled_after.as_deref().map(span),
            stages: stages.iter().map(StageSpec::build).collect(),
            ..Rollout::default()
        }),
        rollback: spec.rollback.as_ref().map(RollbackSpec::build),
        comms: Comms {
            update_every: spec.update_every.as_deref().map(span),
            messages: spec.messages.iter().map(MessageSpec::build).collect(),
        },
        digest: Digest::of([b"launch".as_slice()]),
    })
}

fn target(repository: &str) -> TargetRef {
    TargetRef { repository: repository.into(), git_ref: "main".into() }
}

fn person(name: &str) -> Person {
    Person { name: name.into(), github: Some(format!("{name}-gh").into()) }
}

fn roles() -> BTreeMap<Party, LaunchRole> {
    let role = |people: &[&str], team: Option<&str>, fallback: Option<&str>| LaunchRole {
        people: people.iter().map(|name| Party::from(*name)).collect(),
        github_team: team.map(Into::into),
        fallback: fallback.map(Party::from),
        ..LaunchRole::default()
    };
    BTreeMap::from([
        ("qa".into(), role(&["octo", "hu"], None, None)),
        ("launch-director".into(), role(&["octo"], None, None)),
        ("support".into(), role(&["mo"], Some("acme/support"), None)),
        ("vacant".into(), role(&[], None, Some("launch-director"))),
        ("standby".into(), role(&["mo"], None, Some("launch-director"))),
    ])
}

fn policies(spec: &LaunchSpec) -> Policies {
    Policies {
        waive_by: text(&spec.waive_by),
        longest_waiver: spec.longest_waiver.as_deref().map_or(Duration::from_secs(86_400), span),
        most_waivers: spec.most_waivers,
        sign_offs_valid_for: spec.valid_for.as_deref().map(span),
        void_after_hold: spec.void_after_hold,
        checked_identity: spec.checked_identity,
        adherence: None,
    }
}

fn schedule(spec: &LaunchSpec) -> Schedule {
    let both = spec.freeze.iter().zip(["year-end"]).chain(spec.freeze_too.iter().zip(["payments"]));
    let freeze = both.map(|(it, name)| Freeze {
        name: name.into(),
        from: moment(&it.from),
        until: moment(&it.until),
        stops_rollout: !it.changes_only,
        rule: None,
        exceptions_by: text(&it.exceptions_by),
    });
    Schedule {
        t0: "2026-12-02T09:00:00Z".parse().unwrap(),
        zone: "Europe/London".parse().unwrap(),
        anchors: BTreeMap::new(),
        holidays: Vec::new(),
        weekend: Vec::new(),
        cutoff: None,
        freezes: freeze.collect(),
        on_call: Vec::new(),
        stood: Vec::new(),
    }
}

impl StageSpec {
    fn build(&self) -> Stage {
        Stage {
            id: self.stage.as_str().into(),
            audience: Audience::Percent(self.percent.unwrap_or(10.0)),
            start: self.start.as_deref().map(moment),
            soak: Some(Soak { time: self.soak.as_deref().map(span), samples: self.samples }),
            over: self.over.as_deref().map(span),
            pilot: self.pilot,
            independent: self.independent,
            point_of_no_return: false,
            by_hand: None,
            by_hand_back: None,
            criteria: self.criteria.iter().map(|it| it.as_str().into()).collect(),
            asks: self.asks.iter().map(|(name, kind)| (name.as_str().into(), *kind)).collect(),
            excluded: self.excluded.as_deref().map(Into::into),
            watcher: self.watcher.as_deref().map(Party::from),
            guardrails: self.guardrails.iter().map(|it| it.as_str().into()).collect(),
        }
    }
}

impl TargetSpec {
    fn resolve(&self, launch: &Launch, evidence: &mut Evidence) {
        let components = std::iter::once(None).chain(launch.components.keys().cloned().map(Some));
        for component in components {
            let at = |age: &str| stamp(age, false);
            let mut say =
                |seen, answer| evidence.resolve(TargetAnswer { component: component.clone(), seen, answer });
            if let Some(before) = self.before {
                say(at("2h"), Ok(oid(before)));
            }
            if let Some(commit) = self.commit {
                say(at(&self.age), Ok(oid(commit)));
            }
            if let Some(kind) = self.failed {
                say(at("0s"), Err(Failure::new(kind, "no answer")));
            }
        }
    }
}

fn stamp(age: &str, from_disk: bool) -> Stamp {
    let boot = noon().boot.checked_sub(span(age)).filter(|_| !from_disk);
    Stamp { wall: ago(age), boot }
}

impl ObservationSpec {
    fn observation(&self, launch: &Launch, history: &History) -> Observation {
        let gate = GateId::from(self.gate.as_str());
        let asked = demands(launch, history).into_iter().find(|(id, _)| *id == gate);
        let question = match asked {
            Some((_, question)) if !self.other_question => question.digest,
            _ => Digest::of([b"another question".as_slice()]),
        };
        let seen = stamp(self.age.as_deref().unwrap_or("1m"), self.from_disk || self.before);
        let outcomes = [
            (&self.holds, Outcome::Holds),
            (&self.fails, Outcome::Fails),
            (&self.pending, Outcome::Pending),
            (&self.unclear, Outcome::Unclear),
        ];
        let found = outcomes.into_iter().find_map(|(said, outcome)| Some((said.as_deref()?, outcome)));
        let answer = match (found, self.failed) {
            (Some((reason, outcome)), None) => Answer::Found(self.finding(reason, outcome)),
            (None, Some(kind)) => Answer::Failed(Failure::new(kind, "no answer")),
            _ => panic!("{gate}: one answer"),
        };
        Observation { gate, question, seen, answer }
    }

    fn finding(&self, reason: &str, outcome: Outcome) -> Finding {
        Finding {
            outcome,
            reason: reason.into(),
            about: (!self.about_nothing).then(|| oid(self.about.unwrap_or('a'))),
            until: self.until.as_deref().map(|at| moment(at).at),
            since: self.since.as_deref().map(|at| moment(at).at),
            url: Some("https://ci.example.com/1".into()),
            rows: vec!["run 7".into()],
            lineage: "rest actions/runs".into(),
            accepted: self.accepted.iter().map(|it| it.as_str().into()).collect(),
            measured: WindowsSpec::measured(&self.windows),
        }
    }
}

impl EventSpec {
    fn actor(&self) -> Actor {
        let known =
            self.login.as_deref().map_or(Known::Claimed, |login| Known::Checked { login: login.into() });
        Actor { name: self.by.as_str().into(), known }
    }

    fn reason(&self) -> Str {
        self.reason.as_deref().unwrap_or("because").into()
    }

    fn answers(&self) -> BTreeMap<Str, Str> {
        self.answers.iter().map(|(name, answer)| (name.as_str().into(), answer.as_str().into())).collect()
    }

    fn stage(&self) -> Option<(StageId, StageAct)> {
        let steps = [
            (&self.start, StageAct::Started),
            (&self.hold, StageAct::Held),
            (&self.resume, StageAct::Resumed),
            (&self.roll_back, StageAct::RolledBack),
            (&self.close, StageAct::Closed),
        ];
        steps.into_iter().find_map(|(id, step)| Some((id.as_deref()?.into(), step)))
    }

    fn criterion(&self) -> Option<(StageId, Str, bool)> {
        let said = [(&self.confirm, true), (&self.deny, false)];
        let found = said.into_iter().find_map(|(it, holds)| Some((it.as_ref()?, holds)));
        found.map(|((stage, criterion), holds)| (stage.as_str().into(), criterion.as_str().into(), holds))
    }

    /// As the journal would hold it, allowed or not.
    fn event(&self, launch: &Launch) -> Event {
        let at = ago(self.ago.as_deref().unwrap_or("1h"));
        let id = |name: &str| GateId::from(name);
        let signed = |gate: GateId, go: bool| Act::SignedOff {
            digest: digest(&gate, if self.older_text { "v0" } else { "v1" }),
            role: self.role.as_deref().map_or_else(|| self.first_role(launch, &gate), Party::from),
            note: self.note.as_deref().map(Into::into),
            answers: self.answers(),
            gate,
            go,
        };
        let text = if self.older_text { "v0" } else { "v1" };
        let act = if let Some(gate) = &self.go {
            signed(id(gate), true)
        } else if let Some(gate) = &self.no_go {
            signed(id(gate), false)
        } else if let Some(gate) = &self.withdraw {
            Act::Withdrawn { gate: id(gate), reason: self.reason() }
        } else if let Some(gate) = &self.waive {
            Act::Waived {
                gate: id(gate),
                digest: digest(&id(gate), text),
                reason: self.reason(),
                risk: "little".into(),
                until: moment(self.until.as_deref().unwrap_or("+2h")).at,
                conditions: vec!["watch it".into()],
            }
        } else if let Some(gate) = &self.end_waiver {
            Act::WaiverEnded { gate: id(gate), reason: self.reason() }
        } else if let Some(gate) = &self.not_needed {
            Act::NotNeeded { gate: id(gate), digest: digest(&id(gate), text), reason: self.reason() }
        } else if let Some((stage, step)) = self.stage() {
            Act::Stage { stage, step, note: self.note.as_deref().map(Into::into), overrides: self.overrides }
        } else if let Some((stage, criterion, holds)) = self.criterion() {
            let note = self.note.as_deref().map(Into::into);
            Act::CriterionJudged { stage, criterion, holds, note }
        } else if let Some((stage, guardrail)) = &self.accept {
            Act::BreachAccepted {
                stage: stage.as_str().into(),
                guardrail: guardrail.as_str().into(),
                limit: "at most 1 %".into(),
                since: at,
                reason: self.reason(),
                until: moment(self.until.as_deref().unwrap_or("+2h")).at,
            }
        } else if let Some(stage) = &self.results {
            Act::StageAnswered { stage: stage.as_str().into(), answers: self.answers() }
        } else if let Some(back) = &self.back {
            back.act(self.reason())
        } else if let Some(plan) = &self.plan {
            plan.act(launch, digest(&id(&plan.gate), text), self.reason())
        } else if let Some(after) = &self.afterwards {
            after.act(self.reason())
        } else if let Some((risk, step)) = &self.on_risk {
            Act::Risk { risk: risk.as_str().into(), step: step.clone() }
        } else if let Some(step) = &self.incident {
            Act::Incident { incident: self.incident_number.unwrap_or(1), step: step.clone() }
        } else if let Some(call) = &self.call {
            call.act(self.note.as_deref().map(Into::into), self.reason())
        } else {
            Act::Note { gate: None, text: self.reason() }
        };
        Event {
            id: uuid::Uuid::nil(),
            at,
            actor: self.actor(),
            recorder: self.recorder(),
            stands_in: self.stands_in.as_deref().map(Party::from),
            launch: launch.id.clone(),
            version: self.version.as_deref().unwrap_or("3.0.0").into(),
            commit: (!self.no_commit).then(|| oid(self.commit.unwrap_or('a'))),
            checklist_digest: launch.digest.clone(),
            act,
        }
    }

    fn first_role(&self, launch: &Launch, gate: &GateId) -> Party {
        let ask = launch.gate(gate).and_then(|gate| gate.ask()).expect("a gate of people");
        let own = ask.by.iter().find(|party| launch.speaks_for(&self.by.as_str().into(), party, &[]));
        own.or(ask.by.first()).expect("somebody is asked").clone()
    }

    /// What happens before the act.
    fn first(&self, day: &mut Day) {
        if let Some(length) = &self.after {
            day.now = day.after(span(length));
            // Somebody looks again where the target is.
            let now = oid_of(&day.evidence);
            self.resolve(day, self.moved.map_or(now, oid));
        } else if let Some(letter) = self.moved {
            self.resolve(day, oid(letter));
        }
    }

    fn resolve(&self, day: &mut Day, to: Oid) {
        let seen = Stamp::at(day.now);
        day.evidence.resolve(TargetAnswer { component: None, seen, answer: Ok(to) });
    }

    fn recorder(&self) -> Option<Actor> {
        let login = self.recorder_login.as_deref();
        let known = login.map_or(Known::Claimed, |login| Known::Checked { login: login.into() });
        self.recorder.as_deref().map(|name| Actor { name: name.into(), known })
    }

    fn command_on(&self, day: &Day) -> Command {
        if let Some(id) = &self.accept_risk {
            let board = day.board();
            let of = board.risks.iter().find(|it| *it.id == **id).map(|it| it.figures.digest());
            let of = of.unwrap_or_else(|| Digest::of([b"none".as_slice()]));
            let until = moment(self.until.as_deref().unwrap_or("+2h")).at;
            let step = RiskStep::Accepted { of, reason: self.reason(), until };
            return Command::Risk { risk: id.as_str().into(), step };
        }
        let note = self.note.as_deref().map(Into::into);
        if let Some(tell) = &self.tell {
            return tell.command(day, self.reason());
        }
        self.call.as_ref().map_or_else(|| self.command(), |call| call.command(day, note, self.reason()))
    }

    fn command(&self) -> Command {
        let id = |name: &String| GateId::from(name.as_str());
        let note = self.note.as_deref().map(Into::into);
        let sign = |gate: &String, go| Command::SignOff {
            gate: id(gate),
            go,
            role: self.role.as_deref().map(Party::from),
            note: self.note.as_deref().map(Into::into),
            answers: self.answers(),
        };
        if let Some(gate) = &self.go {
            sign(gate, true)
        } else if let Some(gate) = &self.no_go {
            sign(gate, false)
        } else if let Some(gate) = &self.withdraw {
            Command::Withdraw { gate: id(gate), reason: self.reason() }
        } else if let Some(gate) = &self.waive {
            Command::Waive {
                gate: id(gate),
                reason: self.reason(),
                risk: self.risk.as_deref().unwrap_or("little").into(),
                until: moment(self.until.as_deref().unwrap_or("+2h")).at,
                conditions: Vec::new(),
            }
        } else if let Some(gate) = &self.end_waiver {
            Command::EndWaiver { gate: id(gate), reason: self.reason() }
        } else if let Some(gate) = &self.needed {
            Command::NeededAgain { gate: gate.as_str().into(), reason: self.reason() }
        } else if let Some(gate) = &self.not_needed {
            Command::NotNeeded { gate: id(gate), reason: self.reason() }
        } else if let Some((stage, step)) = self.stage() {
            Command::Stage { stage, step, note, overrides: self.overrides }
        } else if let Some((stage, criterion, holds)) = self.criterion() {
            Command::JudgeCriterion { stage, criterion, holds, note }
        } else if let Some((stage, guardrail)) = &self.accept {
            Command::AcceptBreach {
                stage: stage.as_str().into(),
                guardrail: guardrail.as_str().into(),
                reason: self.reason(),
                until: moment(self.until.as_deref().unwrap_or("+2h")).at,
            }
        } else if let Some((stage, guardrail)) = &self.accept_no_more {
            let (stage, guardrail) = (stage.as_str().into(), guardrail.as_str().into());
            Command::EndAcceptance { stage, guardrail, reason: self.reason() }
        } else if let Some(stage) = &self.results {
            Command::AnswerStage { stage: stage.as_str().into(), answers: self.answers() }
        } else if let Some(back) = &self.back {
            back.command(self.reason(), note)
        } else if let Some(plan) = &self.plan {
            plan.command(self.reason())
        } else if let Some(gate) = &self.ask {
            Command::Ask { gate: gate.as_str().into(), note }
        } else if let Some(after) = &self.afterwards {
            after.command(self.reason())
        } else if let Some((risk, step)) = &self.on_risk {
            Command::Risk { risk: risk.as_str().into(), step: step.clone() }
        } else if let Some(step) = &self.incident {
            Command::Incident { incident: self.incident_number, step: step.clone() }
        } else {
            Command::Note { gate: None, text: self.reason() }
        }
    }
}

impl Scenario {
    /// The day as told, acts not yet tried.
    pub fn day(&self) -> Day {
        let launch = launch(self.gates.iter().map(GateSpec::build).collect(), &self.launch, &self.stages);
        let numbered = self.events.iter().zip(1_000_000..);
        let events = numbered.map(|(it, no)| Event { id: uuid::Uuid::from_u128(no), ..it.event(&launch) });
        let mut history = History::fold(&events.collect::<Vec<_>>());
        history.broken = self.now.broken.as_deref().map(Into::into);
        if let Some(high) = &self.now.high_water {
            history.high_water = Some(moment(high).at);
        }
        let heard = self.now.journal_heard.as_deref();
        history.link = heard.map(|ago| RemoteJournal {
            heard: stamp(ago, false),
            cut: self.now.journal_cut,
            standby: self.now.journal_standby,
        });
        let mut evidence = Evidence::default();
        self.target.resolve(&launch, &mut evidence);
        let before = self.evidence.iter().filter(|it| it.before);
        evidence.remember(before.map(|it| it.observation(&launch, &history)).collect::<Vec<_>>());
        for observation in self.evidence.iter().filter(|it| !it.before) {
            evidence.observe(observation.observation(&launch, &history));
        }
        let mut now = noon();
        if let Some(off) = &self.now.wall {
            now.wall = moment(off).at;
        }
        for (number, off) in self.now.servers.iter().enumerate() {
            let (date, wall, sent, came) = (moment(off).at, now.wall, now.boot, now.boot);
            let source = SourceId::new(format!("server-{number}"));
            evidence.clocks.hear(source, None, ServerTime { date, wall, sent, came });
        }
        let only = self.scope.only.iter().map(|it| it.as_str().into()).collect();
        let scope = Scope { only, evidence_only: self.scope.evidence_only, played: None };
        Day { launch, evidence, history, now, scope }
    }

    /// Tries the acts one by one on the board of that moment, as a cockpit would.
    pub fn act(&self, day: &mut Day) {
        for (number, spec) in self.acts.iter().enumerate() {
            spec.first(day);
            let context = ActEnvelope {
                actor: spec.actor(),
                recorder: spec.recorder(),
                teams: spec.teams.iter().map(|team| team.as_str().into()).collect(),
                recorder_teams: Vec::new(),
                by_name: spec.by_name,
                now: day.now,
                id: uuid::Uuid::from_u128(day.history.len.into()),
            };
            let answer = act(&day.launch, &day.history, &day.board(), spec.command_on(day), &context);
            match (answer, &spec.refused) {
                (Ok(event), None) => day.history.apply(&event),
                (Err(refusal), Some(code)) => assert_eq!(refusal.code, code, "act {number}: {refusal}"),
                (Ok(_), Some(code)) => panic!("act {number} was allowed: expected {code}"),
                (Err(refusal), None) => panic!("act {number} was refused: {} {refusal}", refusal.code),
            }
        }
    }
}

impl Day {
    pub fn board(&self) -> Board {
        self.board_at(self.now)
    }

    pub fn board_at(&self, now: Now) -> Board {
        evaluate(&self.launch, &self.evidence, &self.history, now, &self.scope)
    }

    /// Both clocks run on.
    pub fn after(&self, length: Duration) -> Now {
        Now { wall: self.now.wall + TimeDelta::from_std(length).unwrap(), boot: self.now.boot + length }
    }
}
