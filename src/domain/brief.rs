//! A launch for those who decide and have a minute: why, what may go wrong, who has to do what.

use chrono::{DateTime, Utc};

use super::{
    Board, BoardWord, History, Launch, Party, Reach, Risk, RiskFigures, RollbackPhase, StageStatus, Standing,
    StepKind, Str, Verdict, WaiverRisk, format,
};

/// The minute's worth.
#[derive(Clone, Debug, PartialEq)]
pub struct Brief {
    /// Why the word is what it is, in one sentence.
    pub why: Str,
    /// What may go wrong, worst first.
    pub risks: Vec<BriefRisk>,
    /// What is asked of people, most urgent first.
    pub asks: Vec<BriefAsk>,
    /// When GO is possible.
    pub earliest: Earliest,
    /// The newest stage that is out, with whom it reaches.
    pub out: Option<Str>,
}

/// Something that may go wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct BriefRisk {
    /// What sort, in a word or two: `waiver`, `breach`, `no-go`.
    pub sort: &'static str,
    /// What it is, and about what. Foreign text in it is not yet sanitised.
    pub what: Str,
    /// How bad: severity times likelihood, each 1 to 3; an incident that holds the rollout is worse than any.
    pub weight: u8,
}

/// Something that people have to decide.
#[derive(Clone, Debug, PartialEq)]
pub struct BriefAsk {
    /// What. Foreign text in it is not yet sanitised.
    pub what: Str,
    /// Who can.
    pub who: Vec<Party>,
    /// By when.
    pub by: Option<DateTime<Utc>>,
}

/// When GO is possible.
#[derive(Clone, Debug, PartialEq)]
pub enum Earliest {
    /// It is GO.
    Now,
    /// Not before this moment, and then once so many steps are done.
    At(DateTime<Utc>, usize),
    /// As soon as so many steps are done: nothing known takes time.
    Steps(usize),
    /// Nobody can say.
    Unknown,
}

impl Brief {
    /// Of a board, and what people said.
    pub fn of(launch: &Launch, board: &Board, history: &History) -> Self {
        Self {
            why: why(board),
            risks: risks(board, history),
            asks: asks(launch, board),
            earliest: earliest(board),
            out: out(board),
        }
    }
}

fn why(board: &Board) -> Str {
    match board.reasons.as_slice() {
        [] if board.score.waived > 0 => format!(
            "{} of {} {} proved, and {} by an exception",
            board.score.go,
            format::count(board.score.of as usize, "blocking gate"),
            if board.score.go == 1 { "is" } else { "are" },
            if board.score.waived == 1 {
                "1 stands".to_owned()
            } else {
                format!("{} stand", board.score.waived)
            }
        )
        .into(),
        [] if board.score.of == 1 => "the one blocking gate is proved".into(),
        [] => format!("all {} blocking gates are proved", board.score.of).into(),
        [one] => one.clone(),
        [first, rest @ ..] => format!("{first}; and {}", format::count(rest.len(), "more reason")).into(),
    }
}

/// Severity times likelihood, each 1 to 3; what nobody said is taken for the middle.
fn weight(exposure: &WaiverRisk) -> u8 {
    let of = |risk: Option<Risk>| match risk {
        Some(Risk::Low) => 1,
        Some(Risk::Medium) | None => 2,
        Some(Risk::High) => 3,
    };
    of(exposure.severity) * of(exposure.likelihood)
}

/// The same of a risk of the launch: its two worst severities are high.
fn of_figures(figures: &RiskFigures) -> u8 {
    let severity = match figures.severity.number() {
        1 | 2 => Risk::High,
        3 => Risk::Medium,
        _ => Risk::Low,
    };
    let (severity, likelihood) = (Some(severity), Some(figures.likelihood));
    weight(&WaiverRisk { severity, likelihood, ..WaiverRisk::default() })
}

fn risks(board: &Board, history: &History) -> Vec<BriefRisk> {
    let mut all = Vec::new();
    for gate in board.gates.iter().filter(|it| it.counted) {
        let (sort, weight, what) = match gate.verdict {
            Verdict::NoGo => ("no-go", 9, format!("{}: {}", gate.title, gate.reason)),
            Verdict::Unknown => ("not known", 5, format!("{}: {}", gate.title, gate.reason)),
            Verdict::Waived => {
                let waiver = history
                    .waivers
                    .get(&gate.id)
                    .and_then(|all| all.iter().rfind(|it| gate.is_waived_by(it)));
                let (weight, risk) =
                    waiver.map_or((4, String::new()), |it| (weight(&it.risk), it.risk.to_string()));
                let what =
                    if risk.is_empty() { gate.title.to_string() } else { format!("{}: {risk}", gate.title) };
                ("waiver", weight, what)
            }
            Verdict::Go | Verdict::Pending | Verdict::NotApplicable => continue,
        };
        all.push(BriefRisk { sort, what: what.into(), weight });
    }
    for stage in &board.stages {
        for it in &stage.guardrails {
            let (sort, weight) = match it.standing {
                Standing::Breach => ("breach", 9),
                Standing::Watch => ("watch", 6),
                Standing::NoData => ("no data", 5),
                Standing::Ok | Standing::NotEnoughYet => continue,
            };
            all.push(BriefRisk { sort, what: format!("{}: {}", it.title, it.reason).into(), weight });
        }
    }
    all.extend(board.incident.iter().filter(|it| it.is_running()).map(|it| BriefRisk {
        sort: "incident",
        what: it.known.clone(),
        weight: if it.holds { 10 } else { 6 },
    }));
    all.extend(board.risks.iter().filter(|it| it.is_there()).map(|it| BriefRisk {
        sort: "risk",
        what: format!("{}: {} ({})", it.word(), it.figures.what, it.figures.said()).into(),
        weight: if it.blocks() { 9 } else { of_figures(&it.figures) },
    }));
    if let Some(reach) = board.reach.as_ref().filter(|it| it.drifts()) {
        all.push(BriefRisk { sort: "drift", what: reach.describe().into(), weight: 7 });
    }
    if let Some(over) = &board.overridden {
        all.push(BriefRisk { sort: "override", what: over.clone(), weight: 8 });
    }
    all.sort_by_key(|it| std::cmp::Reverse(it.weight));
    all
}

fn asks(launch: &Launch, board: &Board) -> Vec<BriefAsk> {
    let mut all: Vec<BriefAsk> = Vec::new();
    if let Some(rollback) = &board.rollback
        && let (RollbackPhase::Called, Some(call)) = (rollback.phase, &rollback.called)
    {
        let what = format!(
            "{} of stage {} calls for a rollback: roll back, hold, or accept the breach",
            call.guardrail, call.stage
        );
        all.push(BriefAsk { what: what.into(), who: rollback.who.clone(), by: call.decide_by });
    }
    let steps = board.path.steps.iter().filter(|it| it.gate().is_none() && it.kind == StepKind::Act);
    all.extend(steps.map(|it| BriefAsk { what: it.does.text.clone(), who: it.who.clone(), by: it.until }));
    let closed = board.closed.is_some();
    if let Some(plan) = launch.roll_call.as_ref().filter(|_| !closed)
        && board.decision.as_ref().is_none_or(|it| !it.stands)
        && !all.iter().any(|ask| ask.who.contains(&plan.final_call))
    {
        let by = plan.at.as_ref().map(|at| at.at);
        all.push(BriefAsk {
            what: "the final call: GO, HOLD, NO-GO or a new date".into(),
            who: vec![plan.final_call.clone()],
            by,
        });
    }
    if let Some(it) = &board.incident
        && let Some(update) = &it.update
    {
        let who = vec![it.comms.clone().unwrap_or_else(|| it.lead.clone())];
        all.push(BriefAsk { what: "the next update of the incident".into(), who, by: Some(update.at) });
    }
    all.extend(board.messages.iter().filter(|it| it.status.asks()).map(|it| BriefAsk {
        what: format!("{} the message \"{}\" to {}", it.verb(), it.title, it.audience).into(),
        who: it.who.clone(),
        by: it.due,
    }));
    for stage in board.stages.iter().filter(|_| !closed) {
        let what = match stage.status {
            StageStatus::Ready => format!("start stage {} ({})", stage.id, stage.audience),
            StageStatus::Held => format!("stage {} is held: resume it, or take it back", stage.id),
            _ => continue,
        };
        all.push(BriefAsk { what: what.into(), who: stage.who.clone(), by: stage.planned });
    }
    all
}

fn earliest(board: &Board) -> Earliest {
    let steps = board.path.steps.len();
    match (board.word, board.path.not_before) {
        (BoardWord::Go, _) => Earliest::Now,
        (_, Some(at)) => Earliest::At(at, steps),
        (_, None) if steps > 0 => Earliest::Steps(steps),
        (_, None) => Earliest::Unknown,
    }
}

fn out(board: &Board) -> Option<Str> {
    if let Some(reach) = &board.reach {
        return Some(Reach::describe(reach).into());
    }
    let newest = board.stages.iter().rev().find(|it| it.started.is_some())?;
    Some(format!("stage {}, {}: {}", newest.id, newest.audience, newest.status.word()).into())
}
