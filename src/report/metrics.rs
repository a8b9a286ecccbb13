//! The board as metrics in Prometheus' text form, for a scrape or node-exporter's textfile collector.
//!
//! What has a state is one series whose label says it and whose value is 1: a state that ended is gone with the next
//! answer. Moments are given as such, so that their age is right whenever it is asked for.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::ReportContext;
use gonogo_domain::{Agreement, Board, BoardWord, StageStatus};
use gonogo_text::clean;

/// Labels and the value of one series.
type LabelledValue = (Vec<(&'static str, String)>, f64);

struct Exposition<'a> {
    out: String,
    launch: &'a str,
}

/// The page, ending with a line end.
pub fn metrics(board: &Board, context: &ReportContext) -> String {
    let mut page = Exposition { out: String::new(), launch: &board.launch };
    whole(&mut page, board);
    moments(&mut page, board);
    score(&mut page, board);
    lowered(&mut page, board, context);
    gates(&mut page, board);
    rollout(&mut page, board);
    super::harmless(&page.out)
}

impl Exposition<'_> {
    /// A metric with all of its series; without any it is left out.
    fn gauge(&mut self, name: &str, help: &str, samples: impl IntoIterator<Item = LabelledValue>) {
        let mut samples = samples.into_iter().peekable();
        if samples.peek().is_none() {
            return;
        }
        let _ = writeln!(self.out, "# HELP gonogo_{name} {help}\n# TYPE gonogo_{name} gauge");
        let launch = ("launch", self.launch.to_owned());
        for (labels, value) in samples {
            let all: Vec<_> = std::iter::once(&launch)
                .chain(&labels)
                .map(|(label, value)| format!("{label}=\"{}\"", escape(value)))
                .collect();
            let _ = writeln!(self.out, "gonogo_{name}{{{}}} {value}", all.join(","));
        }
    }

    fn one(&mut self, name: &str, help: &str, value: f64) {
        self.gauge(name, help, [(Vec::new(), value)]);
    }
}

/// A label's value: sanitised, one line.
fn escape(text: &str) -> String {
    clean(text).replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn flag(yes: bool) -> f64 {
    f64::from(u8::from(yes))
}

fn seconds(at: DateTime<Utc>) -> f64 {
    // Whole seconds: exact in a float until long after any launch.
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^53")]
    let seconds = at.timestamp() as f64;
    seconds
}

fn whole(page: &mut Exposition<'_>, board: &Board) {
    let of = |text: &str| text.to_owned();
    let labels = vec![
        ("version", of(&board.version)),
        ("tool_version", of(env!("CARGO_PKG_VERSION"))),
        ("checklist_digest", of(board.checklist_digest.as_str())),
        ("repository", board.target.as_ref().map(|it| it.repository.to_string()).unwrap_or_default()),
        ("ref", board.target.as_ref().map(|it| it.git_ref.to_string()).unwrap_or_default()),
        ("commit", board.commit.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default()),
    ];
    page.gauge("launch_info", "What the answer is about.", [(labels, 1.0)]);
    for (name, help, word) in [
        ("word", "The board's word: 1 for the one that holds, else 0.", board.word),
        ("evidence_word", "The same without what people decided.", board.evidence),
    ] {
        let each = [BoardWord::Go, BoardWord::Hold, BoardWord::NoGo];
        let all = each.map(|it| (vec![("word", of(it.as_str()))], flag(it == word)));
        page.gauge(name, help, all);
    }
    page.one(
        "whole",
        "1: about the whole launch as it is now; 0: a part of it, a recording or a rehearsal.",
        flag(board.scope.is_whole()),
    );
    page.one("override", "1: a GO against the board stands.", flag(board.overridden.is_some()));
    if let Some(it) = &board.decision {
        let labels = vec![
            ("decision", of(it.decision.word())),
            ("label", of(it.label())),
            ("stands", of(if it.stands { "true" } else { "false" })),
        ];
        page.gauge("decision", "The newest final call.", [(labels, 1.0)]);
    }
}

fn moments(page: &mut Exposition<'_>, board: &Board) {
    page.one("evaluated_timestamp_seconds", "When the board was evaluated.", seconds(board.evaluated_at));
    page.one("t_zero_timestamp_seconds", "When T-0 comes, holds added.", seconds(board.t_zero));
    page.one("held", "1: the T clock stands in a hold.", flag(board.held_since.is_some()));
    if let Some(it) = &board.decision {
        page.one("decision_timestamp_seconds", "When the newest final call was made.", seconds(it.at));
    }
    if let Some(at) = board.path.not_before {
        page.one("earliest_go_timestamp_seconds", "The earliest GO, as far as known.", seconds(at));
    }
}

fn score(page: &mut Exposition<'_>, board: &Board) {
    let score = &board.score;
    let each = [
        ("go", score.go),
        ("no-go", score.no_go),
        ("pending", score.pending),
        ("unknown", score.unknown),
        ("waived", score.waived),
        ("not-applicable", score.not_applicable),
    ];
    let all = each.map(|(verdict, count)| (vec![("verdict", verdict.to_owned())], f64::from(count)));
    page.gauge("gates", "Blocking gates by verdict.", all);
    page.one("readiness_ratio", "Share of the blocking gates that are go.", score.readiness());
    page.one("path_steps", "Steps that are left to GO.", f64::from(count(board.path.steps.len())));
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn lowered(page: &mut Exposition<'_>, board: &Board, context: &ReportContext) {
    let each = board.lowered.iter().map(|it| {
        let cause = serde_json::to_value(it.cause).ok();
        let cause = cause.as_ref().and_then(|it| it.as_str()).unwrap_or_default().to_owned();
        (vec![("cause", cause), ("at_most", it.at_most.as_str().to_owned())], 1.0)
    });
    // Two of a cause would be one series twice.
    let mut all: Vec<LabelledValue> = each.collect();
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all.dedup_by(|one, other| one.0 == other.0);
    page.gauge("lowered", "What keeps the board as a whole from GO.", all);
    if let Some(it) = &context.baseline {
        let number = f64::from(count(it.loosened.len()));
        page.one("baseline_looser", "Differences that are looser than the baseline.", number);
    }
    if let Some(it) = &context.files {
        page.one(
            "untrusted_files",
            "1: whoever proposes a change may have written them.",
            flag(it.doubt.is_some()),
        );
    }
}

fn gates(page: &mut Exposition<'_>, board: &Board) {
    let listed: Vec<_> = board.gates.iter().filter(|it| !it.group || it.counted).collect();
    let named = |gate: &gonogo_domain::GateState| {
        vec![("gate", gate.id.as_str().to_owned()), ("checklist", gate.id.checklist().to_owned())]
    };
    page.gauge(
        "gate_verdict",
        "What a gate says, in its label; counted: whether it blocks GO.",
        listed.iter().map(|gate| {
            let mut labels = named(gate);
            labels.push(("verdict", gate.verdict.as_str().to_owned()));
            labels.push(("counted", gate.counted.to_string()));
            (labels, 1.0)
        }),
    );
    page.gauge(
        "gate_observed_timestamp_seconds",
        "When the evidence that decides was seen, or the word was said.",
        listed.iter().filter_map(|gate| Some((named(gate), seconds(gate.observed_at?.wall)))),
    );
    page.gauge(
        "gate_evidence_age_seconds",
        "How old that was when the board was evaluated.",
        listed.iter().filter_map(|gate| {
            let age = (board.evaluated_at - gate.observed_at?.wall).num_seconds().max(0);
            Some((named(gate), f64::from(u32::try_from(age).unwrap_or(u32::MAX))))
        }),
    );
    page.gauge(
        "gate_stale",
        "1: past its freshness limit.",
        listed.iter().map(|gate| (named(gate), flag(gate.stale))),
    );
    page.gauge(
        "gate_overdue",
        "1: past due and still open.",
        listed.iter().filter(|gate| gate.due.is_some()).map(|gate| (named(gate), flag(gate.overdue))),
    );
    page.gauge(
        "gate_due_timestamp_seconds",
        "When it is due.",
        listed.iter().filter_map(|gate| Some((named(gate), seconds(gate.due.as_ref()?.at)))),
    );
}

fn rollout(page: &mut Exposition<'_>, board: &Board) {
    let stages = board.stages.iter().filter(|it| it.status != StageStatus::NotApplicable);
    page.gauge(
        "stage_status",
        "Where a stage is, in its label.",
        stages.map(|it| {
            let status = it.status.word().to_owned();
            (vec![("stage", it.id.as_str().to_owned()), ("status", status)], 1.0)
        }),
    );
    let watched = board.stages.iter().flat_map(|stage| {
        stage.guardrails.iter().map(move |it| {
            let labels = vec![
                ("stage", stage.id.as_str().to_owned()),
                ("guardrail", it.id.to_string()),
                ("standing", it.standing.word().to_owned()),
            ];
            (labels, 1.0)
        })
    });
    page.gauge("guardrail_standing", "Where a guardrail of a stage stands, in its label.", watched);
    let phase = board.rollback.iter().filter_map(|it| {
        let phase = serde_json::to_value(it.phase).ok()?;
        Some((vec![("phase", phase.as_str()?.to_owned())], 1.0))
    });
    page.gauge("rollback_phase", "Where the rollback is, in its label.", phase);
    let incident = board.incident.iter().filter(|it| it.is_running());
    let incident = incident.map(|it| (vec![("severity", it.severity.number().to_string())], 1.0));
    page.gauge(
        "incident",
        "An incident that is not resolved, with its severity from 1, the worst, to 4.",
        incident,
    );
    let risks = ["noted", "asks", "blocks"].map(|word| {
        let open = board.risks.iter().filter(|it| it.is_there() && it.word() == word).count();
        (vec![("triage", word.to_owned())], f64::from(u32::try_from(open).unwrap_or(u32::MAX)))
    });
    page.gauge("risks", "Risks that are open, by what they do to the launch.", risks);
    if let Some(actual) = board.reach.as_ref().and_then(|it| it.actual.as_ref()) {
        page.one(
            "drift",
            "1: how far the release is out differs from the record, or is not known.",
            flag(matches!(actual.agreement, Agreement::Differs | Agreement::Unknown)),
        );
    }
}
