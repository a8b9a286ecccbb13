//! Actions with what they are done to: `sign qa/smoke`, `move stage canary`, `go qa`.

use super::{Finds, Fuzzy, PaletteEntry, Subject};
use crate::{Action, Context, Model, Screen};
use gonogo_domain::{GateState, StageStatus};
use gonogo_text::Link;

/// Who comes first in the list, whatever was typed of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// The whole name of an action is typed.
    Exact,
    /// The action is typed whole, and then what it is done to.
    Whole,
    Action,
    /// The action is typed in part.
    Part,
    /// What is typed names a place.
    Place,
}

/// What an action can be done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    Gates,
    Stages,
    Stations,
    Risks,
    Places,
    Filters,
}

/// Actions that can be told what they are done to. `None`: it only goes there.
const VERBS: &[(&str, Option<Action>, Context, Takes)] = &[
    ("sign", Some(Action::Sign), Context::Gate, Takes::Gates),
    ("waive", Some(Action::Waive), Context::Gate, Takes::Gates),
    ("end waiver", Some(Action::EndWaiver), Context::Gate, Takes::Gates),
    ("withdraw", Some(Action::Withdraw), Context::Gate, Takes::Gates),
    ("not needed", Some(Action::NotNeeded), Context::Gate, Takes::Gates),
    ("ask", Some(Action::Ask), Context::Gate, Takes::Gates),
    ("confirm item", Some(Action::ConfirmItem), Context::Readiness, Takes::Gates),
    ("note", Some(Action::Note), Context::Gate, Takes::Gates),
    ("open", Some(Action::Open), Context::List, Takes::Gates),
    ("open link", Some(Action::OpenLink), Context::Gate, Takes::Gates),
    ("copy link", Some(Action::CopyLink), Context::Gate, Takes::Gates),
    ("copy command", Some(Action::CopyCommand), Context::Gate, Takes::Gates),
    ("move stage", Some(Action::MoveStage), Context::Timeline, Takes::Stages),
    ("judge criterion", Some(Action::JudgeCriterion), Context::Timeline, Takes::Stages),
    ("answer stage", Some(Action::AnswerStage), Context::Timeline, Takes::Stages),
    ("mitigate risk", Some(Action::MitigateRisk), Context::Risks, Takes::Risks),
    ("accept risk", Some(Action::AcceptRisk), Context::Risks, Takes::Risks),
    ("change risk", Some(Action::ChangeRisk), Context::Risks, Takes::Risks),
    ("close risk", Some(Action::CloseRisk), Context::Risks, Takes::Risks),
    ("go", Some(Action::Go), Context::RollCall, Takes::Stations),
    ("no go", Some(Action::NoGo), Context::RollCall, Takes::Stations),
    ("conditions", Some(Action::Conditions), Context::RollCall, Takes::Stations),
    ("abstain", Some(Action::Abstain), Context::RollCall, Takes::Stations),
    ("delegate", Some(Action::Delegate), Context::RollCall, Takes::Stations),
    ("go to", None, Context::List, Takes::Places),
    ("filter", None, Context::List, Takes::Filters),
];

impl Model {
    /// What fits `query` as an action and what it is done to, and as a place to go to.
    pub(super) fn palette_arguments(&self, query: &str) -> Vec<(Rank, u32, PaletteEntry)> {
        let mut found = Vec::new();
        for (verb, action, context, takes) in VERBS {
            let Some((whole, rest)) = split(query, verb) else { continue };
            let rank = if whole { Rank::Whole } else { Rank::Part };
            let made = self.targets(*takes, *action).into_iter().map(|(target, id, about)| {
                PaletteEntry::of(*action, *context, target, &format!("{verb} {id}"), &about)
            });
            found.extend(matching(made, rest, verb.len() + 1).map(|(score, entry)| (rank, score, entry)));
        }
        let named = query.trim().chars().count() > 1;
        if named && !found.iter().any(|(_, _, entry)| entry.action.is_none()) {
            let made = self.targets(Takes::Places, None).into_iter().map(|(target, id, about)| {
                PaletteEntry::of(None, Context::List, target, &format!("go to {id}"), &about)
            });
            let places = matching(made, query, "go to ".len());
            found.extend(places.map(|(score, entry)| (Rank::Place, score, entry)));
        }
        found
    }

    /// What an action can be done to, what it is of use for first: its kind, its name, what it is about.
    fn targets(&self, takes: Takes, action: Option<Action>) -> Vec<(Subject, String, String)> {
        match takes {
            Takes::Gates => self.gate_targets(action),
            Takes::Stages => self.stage_targets(),
            Takes::Stations => {
                let stations = self.poll().map(|poll| poll.stations.as_slice()).unwrap_or_default();
                let target = |it: &gonogo_domain::StationState| {
                    (Subject::Station(it.role.clone()), it.role.to_string(), it.title.to_string())
                };
                stations.iter().map(target).collect()
            }
            Takes::Risks => {
                let all = self.board.risks_worst_first().into_iter();
                all.map(|it| (Subject::Risk(it.id.clone()), it.id.to_string(), it.figures.what.to_string()))
                    .collect()
            }
            Takes::Filters => {
                let own = self.views.iter();
                let own =
                    own.map(|(name, terms)| (Subject::Filter(terms.clone()), name.clone(), terms.clone()));
                let all = self.common_filters().into_iter();
                own.chain(all.map(|it| (Subject::Filter(it.name.clone()), it.name, it.about))).collect()
            }
            Takes::Places => {
                let screens = Screen::ALL.iter().map(|(screen, _, name)| {
                    (Subject::Screen(*screen), (*name).to_owned(), "a screen".to_owned())
                });
                let stations = self.targets(Takes::Stations, None);
                screens.chain(self.stage_targets()).chain(stations).chain(self.gate_targets(None)).collect()
            }
        }
    }

    fn gate_targets(&self, action: Option<Action>) -> Vec<(Subject, String, String)> {
        let mut gates: Vec<_> = self.board.gates.iter().collect();
        gates.sort_by_key(|gate| !action.is_none_or(|action| self.is_apt(action, gate)));
        let target = |it: &GateState| (Subject::Gate(it.id.clone()), it.id.to_string(), it.title.to_string());
        gates.into_iter().map(target).collect()
    }

    fn stage_targets(&self) -> Vec<(Subject, String, String)> {
        let stages = self.board.stages.iter().filter(|it| it.status != StageStatus::NotApplicable);
        stages.map(|it| (Subject::Stage(it.id.clone()), it.id.to_string(), it.audience.to_string())).collect()
    }

    /// Whether an action is of use for a gate, so that it is worth naming before others.
    pub(crate) fn is_apt(&self, action: Action, gate: &GateState) -> bool {
        let plan = self.launch.gate(&gate.id);
        let open = gate.verdict.blocks();
        match action {
            Action::Sign => open && plan.is_some_and(|it| it.ask().is_some()),
            Action::Waive => open && plan.is_some_and(|it| it.waivable && !it.is_group()),
            Action::EndWaiver => gate.verdict == gonogo_domain::Verdict::Waived,
            Action::Withdraw => !gate.words.is_empty(),
            Action::NotNeeded => plan.is_some_and(|it| !it.na_by.is_empty()),
            Action::OpenLink | Action::CopyLink => gate.url.as_deref().and_then(Link::parse).is_some(),
            Action::CopyCommand => plan.is_some_and(|it| it.by_hand.is_some()),
            _ => true,
        }
    }
}

/// What of `query` stands behind the beginning of its words that names this verb, and whether that is all of it.
fn split<'q>(query: &'q str, verb: &str) -> Option<(bool, &'q str)> {
    let mut rest = query.trim_start();
    let mut taken = 0;
    for word in verb.split(' ') {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (typed, behind) = rest.split_at_checked(end)?;
        let begins = !typed.is_empty() && word.starts_with(&typed.to_lowercase());
        // What is typed last may be the beginning of anything.
        if !begins || behind.is_empty() {
            break;
        }
        rest = behind.trim_start();
        taken += usize::from(typed.eq_ignore_ascii_case(word));
        if taken == 0 {
            return Some((false, rest));
        }
    }
    match taken {
        0 => None,
        words => Some((words == verb.split(' ').count(), rest)),
    }
}

/// Those that fit, with the letters that were typed marked. The name of each has a head of so many letters.
fn matching(
    entries: impl Iterator<Item = PaletteEntry>,
    query: &str,
    head: usize,
) -> impl Iterator<Item = (u32, PaletteEntry)> {
    let head = u32::try_from(head).unwrap_or_default();
    let all = query.trim().is_empty();
    let mut fuzzy = Fuzzy::new(query, Finds::Letters);
    entries.filter_map(move |mut entry| {
        if all {
            return Some((0, entry));
        }
        let id = entry.name.get(usize::try_from(head).unwrap_or_default()..).unwrap_or_default().to_owned();
        let score = fuzzy.score(&id).map(|score| score.saturating_mul(2));
        let score = score.or_else(|| fuzzy.score(&entry.about))?;
        entry.marks = fuzzy.marks(&id).into_iter().map(|at| at + head).collect();
        entry.about_marks = if entry.marks.is_empty() { fuzzy.marks(&entry.about) } else { Vec::new() };
        Some((score, entry))
    })
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_verb_is_known_by_the_beginning_of_its_words() {
        assert_eq!(split("sign qa", "sign"), Some((true, "qa")));
        assert_eq!(split("si qa", "sign"), Some((false, "qa")));
        assert_eq!(split("SIGN  qa ok", "sign"), Some((true, "qa ok")));
        assert_eq!(split("sign ", "sign"), Some((true, "")));
        assert_eq!(split("sign", "sign"), None, "it may become anything");
        assert_eq!(split("end waiver gtm", "end waiver"), Some((true, "gtm")));
        assert_eq!(split("end gtm", "end waiver"), Some((false, "gtm")));
        assert_eq!(split("go to tim", "go to"), Some((true, "tim")));
        assert_eq!(split("go qa", "go to"), Some((false, "qa")));
        assert_eq!(split("qa", "sign"), None);
    }
}
