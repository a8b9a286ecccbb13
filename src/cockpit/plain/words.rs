//! The words of the lines: what can be said, and the action of the key that each stands for.

use crate::Action;

/// What a command is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum CommandObject {
    /// A gate, by its whole name or the part behind the slash.
    Gate,
    /// A gate, or the launch.
    GateOrLaunch,
    /// A stage.
    Stage,
    /// A station of the roll call; whoever is called if none is named.
    Station,
    /// The rollback.
    Rollback,
    /// A message of the comms plan.
    Message,
    /// A risk.
    Risk,
    /// The command takes nothing behind it.
    Nothing,
}

/// The acts: the word, what it is about, the action of its key, and what it does.
pub(super) const ACTS: &[(&str, CommandObject, Action, &str)] = &[
    ("sign", CommandObject::Gate, Action::Sign, "say go or no-go on a gate"),
    ("withdraw", CommandObject::Gate, Action::Withdraw, "take your word on a gate back"),
    ("waive", CommandObject::Gate, Action::Waive, "record an exception for a gate"),
    ("end-waiver", CommandObject::Gate, Action::EndWaiver, "end a waiver"),
    ("not-needed", CommandObject::Gate, Action::NotNeeded, "declare a gate not needed, or needed again"),
    ("ask", CommandObject::Gate, Action::Ask, "ask whoever can act on a gate: the words to send are told"),
    ("note", CommandObject::GateOrLaunch, Action::Note, "leave a note on a gate or the launch"),
    ("stage", CommandObject::Stage, Action::MoveStage, "start, hold, resume, roll back or close a stage"),
    ("criterion", CommandObject::Stage, Action::JudgeCriterion, "confirm a criterion of a stage"),
    ("results", CommandObject::Stage, Action::AnswerStage, "give results of a stage"),
    ("breach", CommandObject::Nothing, Action::AnswerBreach, "answer a breach, or end its acceptance"),
    ("open-round", CommandObject::Station, Action::OpenRound, "open a round of the roll call"),
    ("go", CommandObject::Station, Action::Go, "answer GO; when all are heard: the final GO"),
    ("no-go", CommandObject::Station, Action::NoGo, "answer NO-GO; when all are heard: the final NO-GO"),
    ("conditions", CommandObject::Station, Action::Conditions, "answer GO WITH CONDITIONS"),
    ("abstain", CommandObject::Station, Action::Abstain, "answer ABSTAIN"),
    ("delegate", CommandObject::Station, Action::Delegate, "leave the answer to somebody else"),
    ("correct", CommandObject::Station, Action::Correct, "correct an answer; the next answer replaces it"),
    ("next-station", CommandObject::Station, Action::NextSeat, "turn to the station that is called now"),
    ("hold", CommandObject::Station, Action::CallHold, "final call: HOLD"),
    ("scrub", CommandObject::Station, Action::CallScrub, "final call: SCRUB"),
    ("end-hold", CommandObject::Station, Action::EndHold, "end the HOLD"),
    ("drafts", CommandObject::Nothing, Action::SendDrafts, "record the answers that are NOT RECORDED"),
    ("draft-drop", CommandObject::Station, Action::DropDraft, "drop an answer that is NOT RECORDED"),
    ("minutes", CommandObject::Nothing, Action::WriteMinutes, "write minutes and decision record"),
    ("rollback-start", CommandObject::Rollback, Action::StartRollback, "start the rollback"),
    ("rollback-done", CommandObject::Rollback, Action::StepDone, "the step of the rollback is done"),
    ("rollback-skip", CommandObject::Rollback, Action::SkipStep, "skip the step of the rollback"),
    ("rollback-end", CommandObject::Rollback, Action::EndRollback, "say how the rollback ended"),
    ("incident-open", CommandObject::Nothing, Action::OpenIncident, "open an incident"),
    ("incident-log", CommandObject::Nothing, Action::LogIncident, "write a line into its log"),
    (
        "incident-update",
        CommandObject::Nothing,
        Action::UpdateIncident,
        "give the next update; an empty line keeps the draft",
    ),
    (
        "incident-phase",
        CommandObject::Nothing,
        Action::MoveIncident,
        "it is mitigated, resolved, closed, or has come back",
    ),
    (
        "incident-rollout",
        CommandObject::Nothing,
        Action::IncidentRollout,
        "whether the rollout goes on meanwhile",
    ),
    (
        "incident-change",
        CommandObject::Nothing,
        Action::ChangeIncident,
        "its severity, or who has a role in it",
    ),
    ("message-write", CommandObject::Message, Action::DraftMessage, "write a message in your own words"),
    ("message-approve", CommandObject::Message, Action::ApproveMessage, "approve the words of a message"),
    ("message-send", CommandObject::Message, Action::SendMessage, "send a message, or say that it was sent"),
    ("message-drop", CommandObject::Message, Action::DropMessage, "a message is not needed, or needed again"),
    ("risk-add", CommandObject::Nothing, Action::AddRisk, "state a risk"),
    (
        "risk-change",
        CommandObject::Risk,
        Action::ChangeRisk,
        "what a risk is now; an empty line keeps what it was",
    ),
    ("risk-mitigate", CommandObject::Risk, Action::MitigateRisk, "something was done about a risk"),
    ("risk-accept", CommandObject::Risk, Action::AcceptRisk, "the launch may go with a risk, for a time"),
    ("risk-close", CommandObject::Risk, Action::CloseRisk, "a risk is none any more, or is one again"),
    (
        "confirm",
        CommandObject::Gate,
        Action::ConfirmItem,
        "confirm an item, move its date, or call it at risk",
    ),
    ("learned", CommandObject::Nothing, Action::Learn, "record what was learned"),
    ("follow-up", CommandObject::Nothing, Action::FollowUp, "record what is to be done"),
    (
        "settle",
        CommandObject::Nothing,
        Action::SettleFollowUp,
        "a follow-up is done, given up or somebody else's",
    ),
    ("close", CommandObject::Nothing, Action::CloseLaunch, "close the launch, or open it again"),
    (
        "tell-server",
        CommandObject::Nothing,
        Action::TellServer,
        "tell the server of the target: a status, a deployment",
    ),
    ("refresh", CommandObject::Nothing, Action::Refresh, "ask all sources now"),
];

/// The questions, answered at once: what is said, the action whose screen has the same, and what is told.
const QUESTIONS: &[(&str, Option<Action>, &str)] = &[
    ("status", Some(Action::ShowBoard), "the word, and what is open"),
    ("all", None, "every gate"),
    ("why GATE", None, "one gate in full"),
    ("path", Some(Action::ShowPath), "what must happen before GO, in order"),
    ("stages", Some(Action::ShowTimeline), "the stages of the rollout"),
    ("poll", Some(Action::ShowRollCall), "the roll call: who said what"),
    ("rollback", Some(Action::ShowRollback), "the rollback: what calls for it, and its steps"),
    ("incident", Some(Action::ShowIncident), "the incident: where it is, and its log"),
    ("messages [MESSAGE]", Some(Action::ShowComms), "the comms plan, or one message with its words"),
    ("readiness", Some(Action::ShowReadiness), "the readiness review: what owners confirmed"),
    ("who", Some(Action::ShowPeople), "who is on call, and who answers for what"),
    ("risks", Some(Action::ShowRisks), "the risks that are there"),
    ("sources", Some(Action::ShowSources), "how the sources are doing"),
    ("faults", Some(Action::ShowFaults), "what is wrong with the files"),
    ("pause", Some(Action::Pause), "a recording stands still, or goes on"),
    ("quit", Some(Action::Quit), "leave; the exit code is that of the board's word"),
];

/// The word of each action that has one: said wherever the screen would name a key.
pub(super) fn words() -> Vec<(Action, &'static str)> {
    let acts = ACTS.iter().map(|(word, _, action, _)| (*action, *word));
    let first = |said: &'static str| said.split(' ').next().unwrap_or(said);
    let questions = QUESTIONS.iter().filter_map(|(said, action, _)| Some(((*action)?, first(said))));
    acts.chain(questions).chain([(Action::Cancel, "cancel"), (Action::Submit, "yes")]).collect()
}

pub(super) fn help() -> Vec<String> {
    let questions = QUESTIONS.iter().map(|(word, _, does)| format!("  {word}: {does}"));
    let acts = ACTS.iter().map(|(word, about, _, does)| {
        let about = match about {
            CommandObject::Gate => " GATE",
            CommandObject::GateOrLaunch => " [GATE]",
            CommandObject::Stage => " STAGE",
            CommandObject::Message => " MESSAGE",
            CommandObject::Risk => " RISK",
            CommandObject::Station
                if !matches!(*word, "open-round" | "next-station" | "hold" | "scrub" | "end-hold") =>
            {
                " [STATION]"
            }
            _ => "",
        };
        format!("  {word}{about}: {does}")
    });
    let head = ["What can be asked:".to_owned()];
    let said = ["What can be said; each asks for what it needs:".to_owned()];
    head.into_iter().chain(questions).chain(said).chain(acts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_has_a_word_of_its_own() {
        let words = words();
        for action in Action::ALL.iter().filter(|it| it.speaks()) {
            assert!(words.iter().any(|(it, _)| it == action), "{action:?} cannot be said in lines");
        }
        let mut said: Vec<_> = words.iter().map(|(_, word)| *word).collect();
        let all = said.len();
        said.sort_unstable();
        said.dedup();
        assert_eq!(said.len(), all, "one word for two things");
    }
}
