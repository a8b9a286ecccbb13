//! Which acts matter on the screen that is shown, for the key line, the palette and the help.

use super::{Model, Subject};
use crate::{Action, Context};

/// What may matter on each screen, most first.
fn candidates(context: Context) -> &'static [Action] {
    use Action as A;
    match context {
        Context::List => &[
            A::Sign,
            A::Waive,
            A::OpenLink,
            A::CopyCommand,
            A::EndWaiver,
            A::Ask,
            A::Open,
            A::NextBlocker,
            A::Find,
            A::Filter,
        ],
        Context::Detail => {
            &[A::Sign, A::Waive, A::OpenLink, A::CopyCommand, A::EndWaiver, A::NextBlocker, A::CopyLink]
        }
        Context::Timeline => {
            &[A::MoveStage, A::JudgeCriterion, A::AnswerStage, A::CopyCommand, A::Nearer, A::ToPresent]
        }
        Context::Path => &[A::Open],
        Context::Sources => &[A::Refresh],
        Context::RollCall => &[
            A::SendDrafts,
            A::Go,
            A::NoGo,
            A::Conditions,
            A::Abstain,
            A::Delegate,
            A::NextSeat,
            A::OpenRound,
            A::CallHold,
            A::CallScrub,
            A::EndHold,
            A::Correct,
            A::WriteMinutes,
            A::DropDraft,
        ],
        Context::Incident => &[
            A::LogIncident,
            A::UpdateIncident,
            A::MoveIncident,
            A::IncidentRollout,
            A::ChangeIncident,
            A::OpenIncident,
        ],
        Context::Comms => {
            &[A::SendMessage, A::ApproveMessage, A::DraftMessage, A::CopyMessage, A::DropMessage]
        }
        Context::Readiness => &[A::ConfirmItem],
        Context::Risks => &[A::MitigateRisk, A::AcceptRisk, A::AddRisk, A::ChangeRisk, A::CloseRisk],
        Context::History => &[A::Learn, A::FollowUp, A::SettleFollowUp, A::CloseLaunch],
        Context::Rollback => &[A::StepDone, A::SkipStep, A::CopyCommand, A::StartRollback, A::EndRollback],
        _ => &[],
    }
}

/// What comes before everything else, on every screen.
const URGENT: &[Action] =
    &[Action::AnswerBreach, Action::UpdateIncident, Action::LogIncident, Action::SendDrafts];

/// What is of use for some gates only.
const ABOUT_A_GATE: &[Action] = &[
    Action::Sign,
    Action::Waive,
    Action::OpenLink,
    Action::CopyCommand,
    Action::EndWaiver,
    Action::CopyLink,
];

/// Acts of the key line that stay in their places, whether or not they are of use for what is chosen, so that moving about
/// does not move them.
const STEADY: &[(Context, &[Action])] = &[
    (Context::List, &[Action::Sign, Action::Waive, Action::OpenLink, Action::Open, Action::Ask]),
    (Context::Detail, &[Action::Sign, Action::Waive, Action::OpenLink, Action::NextBlocker]),
];

impl Model {
    /// The acts of the key line, most important first, each with whether it is of use now.
    pub(crate) fn line_acts(&self) -> Vec<(Action, bool)> {
        let context = self.context_below();
        let matters = self.matters();
        let steady = STEADY.iter().find(|(it, _)| *it == context).map_or(&[][..], |(_, acts)| acts);
        // On the list nothing of the line changes from row to row: what is useful for a row is shown under it.
        let of_use = |action: &Action| (*action, context == Context::List || matters.contains(action));
        let urgent = matters.iter().filter(|it| URGENT.contains(it)).map(|it| (*it, true));
        let matters = matters.iter().filter(|it| !URGENT.contains(it));
        let others = matters.filter(|it| !steady.contains(it));
        // What is of use for some gates only would push the others about.
        let others = others.filter(|it| steady.is_empty() || !ABOUT_A_GATE.contains(it));
        urgent.chain(steady.iter().map(of_use)).chain(others.map(|it| (*it, true))).collect()
    }

    /// The acts that are of use on this screen now, most first.
    pub(crate) fn matters(&self) -> Vec<Action> {
        let context = self.context_below();
        let own = candidates(context).iter().copied();
        let urgent =
            URGENT.iter().copied().filter(|it| self.offers(*it) && !candidates(context).contains(it));
        let playback = [Action::Pause, Action::Faster].into_iter().filter(|_| self.playback.is_some());
        let all = urgent.chain(own).chain(playback);
        all.filter(|action| self.is_of_use(context, *action)).collect()
    }

    /// Whether it would do something, and something that people look for here.
    fn is_of_use(&self, context: Context, action: Action) -> bool {
        let fits = match context {
            Context::List | Context::Detail => {
                !ABOUT_A_GATE.contains(&action)
                    || self.chosen_gate().is_some_and(|gate| self.is_apt(action, gate))
            }
            Context::RollCall => self.offers(action),
            Context::Rollback => self.offers_back(action),
            _ => true,
        };
        fits && self.refusal(action, &Subject::Chosen).is_none()
    }
}
