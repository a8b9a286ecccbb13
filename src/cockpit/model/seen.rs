//! What somebody saw who says something: where any of it is another, it is another word (V8).

use chrono::{DateTime, Utc};

use super::{
    Model,
    form::{Form, Purpose, intro},
    risk_forms,
};
use gonogo_domain::{About, Board, Digest, Gate, GateId, GateState, Launch, Oid, Str, Verdict};

/// What a form of one gate or risk showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SeenSubject {
    /// A gate, and what was seen of it.
    Gate(GateId, SeenGate),
    /// The plan of a gate: what the gate says now is no part of it.
    Plan(GateId, SeenGate),
    /// A risk, by its words and figures.
    Risk(Str, Digest),
}

/// What was seen of a gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SeenGate {
    pub verdict: Option<Verdict>,
    pub reason: Str,
    /// Over the text of the gate.
    pub text: Digest,
    /// The commit that it is about.
    pub commit: Option<Oid>,
    pub due: Option<DateTime<Utc>>,
}

impl SeenGate {
    /// What a form of this gate alone shows. Its reason is left out: readings in it change by the minute.
    fn alone(board: &Board, state: &GateState, plan: &Gate) -> Self {
        let about_commit = plan.ask().is_some_and(|ask| ask.about == About::Commit);
        Self {
            verdict: Some(state.verdict),
            reason: Str::default(),
            text: plan.digest.clone(),
            commit: board.commit.clone().filter(|_| about_commit),
            due: state.due.as_ref().map(|due| due.at),
        }
    }

    /// What is another now, in words.
    fn news(&self, now: &Self) -> Option<String> {
        let short =
            |commit: &Option<Oid>| commit.as_ref().map_or("not known".into(), |oid| oid.short().to_owned());
        if self.text != now.text {
            return Some("its text in the launch's files has changed".to_owned());
        }
        if self.commit != now.commit {
            return Some(format!(
                "the commit is {} now, no longer {}",
                short(&now.commit),
                short(&self.commit)
            ));
        }
        if let (Some(was), Some(is)) = (self.verdict, now.verdict)
            && was != is
        {
            return Some(format!("it is {} now, no longer {}", is.word(), was.word()));
        }
        (self.due != now.due).then(|| "it is due at another time now".to_owned())
    }
}

impl SeenSubject {
    /// A gate as it is now; `None`: it is not there any more, which the rules tell.
    pub fn gate(launch: &Launch, board: &Board, id: &GateId) -> Option<Self> {
        let seen = SeenGate::alone(board, board.gate(id)?, launch.gate(id)?);
        Some(Self::Gate(id.clone(), seen))
    }

    /// The plan of a gate as it is now.
    pub fn plan(launch: &Launch, board: &Board, id: &GateId) -> Option<Self> {
        let seen = SeenGate::alone(board, board.gate(id)?, launch.gate(id)?);
        Some(Self::Plan(id.clone(), SeenGate { verdict: None, commit: None, ..seen }))
    }

    /// A risk as it is now.
    pub fn risk(board: &Board, id: &Str) -> Option<Self> {
        let risk = board.risks.iter().find(|it| it.id == *id)?;
        Some(Self::Risk(id.clone(), risk.figures.digest()))
    }

    fn now(&self, launch: &Launch, board: &Board) -> Option<Self> {
        match self {
            Self::Gate(id, _) => Self::gate(launch, board, id),
            Self::Plan(id, _) => Self::plan(launch, board, id),
            Self::Risk(id, _) => Self::risk(board, id),
        }
    }

    fn news(&self, now: &Self) -> Option<String> {
        match (self, now) {
            (Self::Gate(_, was), Self::Gate(_, is)) | (Self::Plan(_, was), Self::Plan(_, is)) => was.news(is),
            (Self::Risk(_, was), Self::Risk(_, is)) => {
                (was != is).then(|| "what is said of the risk has changed".to_owned())
            }
            _ => None,
        }
    }
}

impl Model {
    /// A gate as the board shows it.
    pub(super) fn seen_gate(&self, id: &GateId) -> Option<SeenSubject> {
        SeenSubject::gate(&self.launch, &self.board, id)
    }
}

impl Form {
    /// The same, which shows this: see [`Form::see`].
    #[must_use]
    pub fn showing(mut self, shown: Option<SeenSubject>) -> Self {
        self.shown = shown;
        self
    }

    /// Takes in what is on the screen now. What the form is about may say something else than when it was opened: then
    /// that is the answer, in words, and the next Enter only says that it was seen.
    pub fn see(&mut self, launch: &Launch, board: &Board) -> Option<String> {
        if let Purpose::Vote(_) = self.purpose {
            return self.see_proposal(board);
        }
        if let Purpose::Decide { .. } = self.purpose {
            return self.see_stations(board);
        }
        let shown = self.shown.as_ref()?;
        let now = shown.now(launch, board)?;
        let news = shown.news(&now);
        if news.is_some() {
            match &now {
                SeenSubject::Gate(id, _) => self.intro = intro(launch, board, board.gate(id)?),
                SeenSubject::Plan(id, _) => {
                    let title = board.gate(id)?.title.to_string();
                    self.intro.first_mut().into_iter().for_each(|line| line.clone_from(&title));
                }
                SeenSubject::Risk(id, _) => {
                    self.intro = risk_forms::told(board.risks.iter().find(|it| it.id == *id)?);
                }
            }
        }
        self.shown = Some(now);
        news.map(|news| format!("{news}: Enter says that you saw it"))
    }
}
