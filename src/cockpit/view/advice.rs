//! What to do next, with the keys that do it.

use crate::{Action, Model};
use gonogo_domain::{Advice, GateState, Party, Suggested};
use gonogo_text::Link;

/// In words: to whom it asks, as to somebody who is not told to ask themselves. What is done about a gate has its keys beside that gate, see [`keys`]; what is done about the launch as a whole
/// has its key here.
pub(super) fn said(model: &Model, advice: &Advice, who: &[Party]) -> String {
    let advice = if who.iter().any(|it| model.is_me(it)) { &advice.to_oneself() } else { advice };
    let mut keys: Vec<String> =
        advice.acts.iter().filter_map(everywhere).map(|it| model.keymap.said(it)).collect();
    keys.dedup();
    if keys.is_empty() { advice.text.to_string() } else { format!("{} ({})", advice.text, keys.join(", ")) }
}

/// The key that does it, or leads to where it is done, from any screen.
fn everywhere(act: &Suggested) -> Option<Action> {
    match act {
        Suggested::SayGo { .. } | Suggested::Waive(_) | Suggested::Risks => None,
        Suggested::FinalCall => Some(Action::ShowRollCall),
        Suggested::ApproveMessage(_) | Suggested::SendMessage(_) => Some(Action::ShowComms),
        Suggested::StartRollback | Suggested::RunRollback => Some(Action::ShowRollback),
        Suggested::Hold(_)
        | Suggested::TakeBack(_)
        | Suggested::Accept { .. }
        | Suggested::EndAcceptance { .. } => Some(Action::AnswerBreach),
        Suggested::Incident => Some(Action::ShowIncident),
        Suggested::GiveUpdate => Some(Action::UpdateIncident),
        Suggested::Stage(_) => Some(Action::ShowTimeline),
    }
}

/// What can be done about a gate, by which key, where it is chosen: `s sign  w waive  o open`. Without keys: `say sign or waive`.
pub(super) fn keys(model: &Model, gate: &GateState) -> Option<String> {
    let plan = model.launch.gate(&gate.id);
    let open = gate.verdict.blocks();
    let by_people = plan.is_some_and(|it| it.ask().is_some());
    let acts = [
        (open && by_people, Action::Sign, "sign"),
        (open && plan.is_some_and(|it| it.waivable && !it.is_group()), Action::Waive, "waive"),
        (gate.url.as_deref().and_then(Link::parse).is_some(), Action::OpenLink, "open"),
        (plan.is_some_and(|it| it.by_hand.is_some()), Action::CopyCommand, "copy the command"),
    ];
    let acts = acts.into_iter().filter(|(is, ..)| *is);
    if model.keymap.is_in_words() {
        let words: Vec<_> = acts.filter_map(|(_, action, _)| model.keymap.word(action)).collect();
        return (!words.is_empty()).then(|| format!("say {}", words.join(" or ")));
    }
    let all: Vec<_> = acts.map(|(_, action, what)| format!("{} {what}", model.keymap.said(action))).collect();
    (!all.is_empty()).then(|| all.join("  "))
}
