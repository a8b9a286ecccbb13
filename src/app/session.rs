//! The state behind a board: launch, evidence, history, and nothing else.

use std::{collections::HashMap, sync::Arc, time::Duration};

use gonogo_domain::{
    ActEnvelope, Answer, Board, Command, Distrust, Event, Evidence, Failure, FailureKind, GateId, History,
    JudgedTime, Kind, Launch, Now, Observation, Oid, Preview, Refusal, RemoteJournal, Scope, ServerTime,
    SourceHealth, Stamp, Str, TargetAnswer, demands, evaluate, preview,
};
use gonogo_journal::{Journal, RecordedAnswer};
use gonogo_poller::{Demands, PollEvent, SourceKey};
use gonogo_source::TargetQuestion;

/// A launch with all that is known about it. Every mode keeps one and asks it for boards.
#[derive(Clone)]
pub struct Session {
    /// By the T clock, as of the newest board.
    launch: Arc<Launch>,
    evidence: Evidence,
    /// Shared with the copies of a replay until either goes on.
    history: Arc<History>,
    scope: Scope,
    /// The files of the launch were changed and cannot be used.
    files_broken: bool,
}

impl Session {
    /// Nothing observed yet.
    pub fn new(launch: Arc<Launch>, history: impl Into<Arc<History>>, scope: Scope) -> Self {
        Self { launch, evidence: Evidence::default(), history: history.into(), scope, files_broken: false }
    }

    /// The same with what is on record of what sources answered before.
    #[must_use]
    pub fn remembering(mut self, before: Vec<Observation>) -> Self {
        self.evidence.remember(before);
        self
    }

    /// The same with the last answers on record, to be shown until somebody answers: stale, and proof of nothing.
    #[must_use]
    pub fn recalling(mut self, last: Vec<RecordedAnswer>) -> Self {
        for answer in last {
            match answer {
                RecordedAnswer::Gate(seen) => self.evidence.recall(seen),
                RecordedAnswer::Target(seen) => self.evidence.recall_target(seen),
            }
        }
        self
    }

    /// The same with another scope.
    #[must_use]
    pub fn narrowed(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }

    /// The launch by the T clock, as of the newest board.
    pub fn launch(&self) -> &Arc<Launch> {
        &self.launch
    }

    /// The launch as its files say now. What sources said stands where it answers the same question, and so do people's words.
    pub fn set_launch(&mut self, launch: Arc<Launch>) {
        self.launch = launch;
    }

    /// Whether the files of the launch were changed and cannot be used: it is no GO then.
    pub fn set_files_broken(&mut self, broken: bool) {
        self.files_broken = broken;
    }

    /// As [`Session::set_files_broken`] said last.
    pub fn has_broken_files(&self) -> bool {
        self.files_broken
    }

    /// What people did, read anew. The largest clock that was seen stays.
    pub fn set_history(&mut self, history: Arc<History>) {
        let mark = self.history.high_water;
        self.history = history;
        if self.history.high_water < mark {
            Arc::make_mut(&mut self.history).high_water = mark;
        }
    }

    /// What people did.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// What sources said.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// The board at this moment.
    pub fn board(&mut self, now: Now) -> Board {
        self.pin_commits(now);
        let mut board = evaluate(&self.launch, &self.evidence, &self.history, now, &self.scope);
        if self.files_broken {
            board.of_stale_files();
        }
        if let Some(moved) = self.launch.following(&board) {
            self.launch = Arc::new(moved);
        }
        board
    }

    /// What these acts would make of the board; nothing changes.
    ///
    /// # Errors
    /// The refusal of the first act that the rules do not allow.
    pub fn preview(&mut self, commands: &[Command], context: &ActEnvelope) -> Result<Preview, Refusal> {
        self.pin_commits(context.now);
        preview(&self.launch, &self.evidence, &self.history, &self.scope, commands, context)
    }

    /// Takes in what the poller told.
    pub fn take(&mut self, event: PollEvent, now: Now) {
        match event {
            PollEvent::Health(health) => self.evidence.health(health),
            PollEvent::Answered { key, observations, targets, clock } => {
                self.hear(&key, clock, now);
                self.take_answers(observations, targets);
            }
        }
    }

    /// Takes in the time that a server gave; a confirmed time raises the mark (V9).
    pub fn hear(&mut self, key: &SourceKey, clock: Option<ServerTime>, now: Now) {
        let Some(clock) = clock else { return };
        self.evidence.clocks.hear(key.source.clone(), key.connection.clone(), clock);
        let judged = self.judge(now);
        if judged.borne_out {
            let history = Arc::make_mut(&mut self.history);
            history.high_water = history.high_water.max(Some(judged.now.wall));
        }
    }

    /// What time it is, by the servers that were heard.
    pub fn judge(&self, now: Now) -> JudgedTime {
        self.evidence.clocks.judge(now)
    }

    /// How sources are doing, by the clock of the board.
    pub fn health(&self, now: Now) -> Vec<SourceHealth> {
        let clock = self.judge(now).clock;
        let told = self.evidence.sources.values().cloned();
        let shifted = told.map(|it| SourceHealth {
            answered: it.answered.map(|seen| clock.stamp(seen)),
            next: it.next.map(|at| clock.shift(at)),
            ..it
        });
        shifted.collect()
    }

    /// Takes in answers, refs first: a finding is about the commit that the same poll resolved.
    pub fn take_answers(&mut self, observations: Vec<Observation>, targets: Vec<TargetAnswer>) {
        for target in targets {
            self.evidence.resolve(target);
        }
        for observation in observations {
            self.evidence.observe(observation);
        }
    }

    /// Answers as they are to be written down: of what guardrails measured, that which is not known yet.
    pub fn news(&self, observations: &[Observation]) -> Vec<Observation> {
        observations.iter().map(|it| self.evidence.news(it)).collect()
    }

    /// Takes in what a person did, once the journal has it.
    pub fn take_event(&mut self, event: &Event) {
        Arc::make_mut(&mut self.history).apply(event);
    }

    /// A shared journal was read just now: it holds no word that is not known here.
    pub fn heard_journal(&mut self, now: Now) {
        let link = RemoteJournal { heard: Stamp::at(now), cut: false, standby: false };
        Arc::make_mut(&mut self.history).link = Some(link);
    }

    /// This journal was read just now, if it is a shared one.
    pub fn heard_from(&mut self, journal: Option<&Journal>, now: Now) {
        let Some(journal) = journal.filter(|it| it.is_shared()) else { return };
        self.heard_journal(now);
        if let Some(link) = &mut Arc::make_mut(&mut self.history).link {
            link.standby = journal.is_standby();
        }
    }

    /// A shared journal cannot be reached.
    pub fn lost_journal(&mut self) {
        if let Some(link) = &mut Arc::make_mut(&mut self.history).link {
            link.cut = true;
        }
    }

    /// A journal on this machine cannot be read now, and why; `None`: it can.
    pub fn set_unread(&mut self, why: Option<&str>) {
        Arc::make_mut(&mut self.history).unread = why.map(Into::into);
    }

    /// A shared journal cannot be reached, and an answer that is given now cannot be taken back later.
    pub fn without_journal(&mut self) {
        self.lost_journal();
        if let Some(link) = &mut Arc::make_mut(&mut self.history).link {
            link.heard.boot = None;
        }
    }

    /// The journal cannot be trusted any more (V11).
    pub fn distrust(&mut self, why: Distrust) {
        Arc::make_mut(&mut self.history).broken.get_or_insert(why);
    }

    /// What is to be asked now.
    pub fn demands(&self) -> Demands {
        // What a narrowed board waits for is asked as well: the scope narrows only what counts.
        let wanted = self.launch.asked_for(&self.scope);
        let questions = demands(&self.launch, &self.history).into_iter();
        let guards: HashMap<GateId, Duration> =
            self.launch.soundings().into_iter().map(|it| (it.subject, it.fresh)).collect();
        let questions = questions.filter(|(id, _)| wanted.contains(id) || guards.contains_key(id));
        let questions: Vec<_> = questions.map(|(_, question)| question).collect();
        let fresh =
            |id: &GateId| self.launch.gate(id).map(|gate| gate.fresh).or_else(|| guards.get(id).copied());
        let fresh = questions.iter().filter_map(|it| fresh(&it.gate)).min();
        Demands { targets: self.refs(), questions, freshest: fresh, t0: Some(self.launch.schedule.t_zero()) }
    }

    /// Answers the questions that no configured source can: they fail with what to do about it.
    pub fn refuse_unserved(&mut self, served: &[SourceKey], now: Now) {
        let refused = self.unserved(&self.demands(), served, now);
        self.take_answers(refused, Vec::new());
    }

    /// What no configured source can answer of that: failures with what to do about it.
    pub fn unserved(&self, demands: &Demands, served: &[SourceKey], now: Now) -> Vec<Observation> {
        let unserved = |source: &str, connection: Option<&Str>| {
            !served.iter().any(|key| key.source.as_str() == source && key.connection.as_ref() == connection)
        };
        let open = demands.questions.iter();
        let open = open.filter(|it| unserved(it.query.source.as_str(), it.connection.as_ref()));
        let refused = open.map(|question| Observation {
            gate: question.gate.clone(),
            question: question.digest.clone(),
            seen: Stamp::at(now),
            answer: Answer::Failed(not_configured(
                question.query.source.as_str(),
                question.connection.as_deref(),
            )),
        });
        refused.collect()
    }

    /// The launch's own ref, and those of the components that gates look at.
    fn refs(&self) -> Vec<TargetQuestion> {
        let mut components: Vec<Option<Str>> = vec![None];
        for gate in &self.launch.gates {
            if gate.component.is_some() && !components.contains(&gate.component) {
                components.push(gate.component.clone());
            }
        }
        let question = |component: Option<Str>| {
            let target = self.launch.target_of(component.as_ref())?;
            let (repository, git_ref) = (target.repository.clone(), target.git_ref.clone());
            Some(TargetQuestion { component, repository, git_ref })
        };
        components.into_iter().filter_map(question).collect()
    }

    /// A full commit id cannot move: it is its own answer, unless a source says that it is not there.
    fn pin_commits(&mut self, now: Now) {
        for target in self.refs() {
            let known = self.evidence.targets.get(&target.component);
            let denied = known
                .and_then(|it| it.failure.as_ref())
                .is_some_and(|it| it.value.kind == FailureKind::NotFound);
            if let Some(oid) = Oid::parse(&target.git_ref)
                && !denied
            {
                let seen = Stamp::at(now);
                self.evidence.resolve(TargetAnswer { component: target.component, seen, answer: Ok(oid) });
            }
        }
    }

    /// The sources that gates of this launch use, with their connections.
    pub fn sources(launch: &Launch) -> Vec<SourceKey> {
        let mut keys: Vec<SourceKey> = launch
            .gates
            .iter()
            .filter_map(|gate| match &gate.kind {
                Kind::Evidence(query) => {
                    Some(SourceKey { source: query.source.clone(), connection: gate.connection.clone() })
                }
                _ => None,
            })
            .collect();
        keys.extend(
            launch
                .soundings()
                .into_iter()
                .map(|it| SourceKey { source: it.query.source.clone(), connection: it.connection.cloned() }),
        );
        keys.sort();
        keys.dedup();
        keys
    }
}

fn not_configured(source: &str, connection: Option<&str>) -> Failure {
    let what = connection.map_or_else(|| source.to_owned(), |name| format!("{source} connection `{name}`"));
    Failure::new(FailureKind::NotConfigured, format!("no {what} is set up"))
        .advise("add it under `connections` in your settings file")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Registry;
    use gonogo_checklist::{LoadRequest, load};
    use gonogo_domain::Cause;

    const LAUNCH: &str = "launch: rocket-2\ntitle: Rocket 2\nversion: 2.0.0\ntarget: { repository: acme/rocket, ref: main }\n\
        schedule: { t0: 2100-01-01T09:00, timezone: UTC }\npeople: { octo: { name: Octo } }\nroles: { qa: { people: [octo] } }\n\
        gates:\n  - { gate: told, title: Told, task: { by: [qa] } }\n";

    /// Where only people's gates block, the commit alone stands between a board and a GO about another one.
    #[test]
    fn a_commit_on_record_is_not_known_until_it_is_answered() {
        let loaded = load(&LoadRequest::text("launch.yaml", LAUNCH), &Registry).unwrap();
        let now = Now { wall: "2026-12-01T09:00:00Z".parse().unwrap(), boot: Duration::from_secs(60) };
        let answer = TargetAnswer {
            component: None,
            seen: Stamp { wall: now.wall, boot: Some(now.boot) },
            answer: Ok(Oid::parse("8f3c2ab08f3c2ab08f3c2ab08f3c2ab08f3c2ab0").unwrap()),
        };
        let session = || Session::new(Arc::new(loaded.launch.clone()), History::default(), Scope::default());
        let unknown = |mut session: Session| {
            session.board(now).lowered.iter().any(|it| it.cause == Cause::TargetUnknown)
        };
        let mut live = session();
        live.take_answers(Vec::new(), vec![answer.clone()]);
        assert!(!unknown(live), "answered just now");
        assert!(unknown(session().recalling(vec![RecordedAnswer::Target(answer)])));
    }

    #[test]
    fn a_journal_that_can_not_be_read_is_a_hold() {
        let loaded = load(&LoadRequest::text("launch.yaml", LAUNCH), &Registry).unwrap();
        let mut live = Session::new(Arc::new(loaded.launch), History::default(), Scope::default());
        let now = Now { wall: "2026-12-01T09:00:00Z".parse().unwrap(), boot: Duration::from_secs(60) };
        let unread = |live: &mut Session| {
            live.board(now).lowered.into_iter().find(|it| it.cause == Cause::JournalOffline)
        };
        assert_eq!(unread(&mut live), None);
        live.set_unread(Some("disk I/O error"));
        let told = unread(&mut live).unwrap();
        assert!(told.reason.contains("disk I/O error"), "{}", told.reason);
        live.set_unread(None);
        assert_eq!(unread(&mut live), None);
    }
}
