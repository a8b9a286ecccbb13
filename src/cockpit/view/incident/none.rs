//! The screen of an incident before there is one: what opening it does, and what is ready for it.

use gonogo_domain::Occasion;
use gonogo_theme::Role;

use super::super::{
    Canvas,
    roll_call::{labelled, lines},
};
use crate::{Action, Model};

pub(super) fn draw(model: &Model, canvas: &mut Canvas<'_>) {
    let key = model.keymap.said(Action::OpenIncident);
    let text = format!("No incident was opened. {key} opens one: the rollout waits from then on.");
    let mut all = labelled("", &text, Role::Text, 3, canvas);
    all.push(Vec::new());
    for (what, ready, said) in [messages(model), way_back(model), watched(model)] {
        let role = if ready { Role::Text } else { Role::Hold };
        all.extend(labelled(&format!("{what:<10}"), &said, role, 4, canvas));
    }
    lines(0, &all, canvas);
}

/// What it is about, whether it is there, and in words.
type Ready = (&'static str, bool, String);

fn messages(model: &Model) -> Ready {
    let of = |it: &Occasion| matches!(it, Occasion::Incident | Occasion::Update | Occasion::AllClear);
    let planned = model.launch.comms.messages.iter().filter(|it| of(&it.occasion));
    let all: Vec<_> = planned.map(|it| format!("{} to {}", it.id, it.audience)).collect();
    if all.is_empty() {
        let said = "none is planned for an incident. Give one `occasion: incident` under `comms`";
        return ("messages", false, said.to_owned());
    }
    ("messages", true, all.join(", "))
}

fn way_back(model: &Model) -> Ready {
    let key = model.keymap.said(Action::ShowRollback);
    match &model.launch.rollback {
        None => {
            ("rollback", false, "none is planned. Add `rollback` with its steps to launch.yaml".to_owned())
        }
        Some(plan) => {
            let steps = match plan.steps.len() {
                1 => "1 step".to_owned(),
                many => format!("{many} steps"),
            };
            ("rollback", true, format!("{steps}, run by {}; {key} shows them", plan.owner))
        }
    }
}

fn watched(model: &Model) -> Ready {
    let all: Vec<_> = model.launch.guardrails.values().map(|it| it.title.to_string()).collect();
    if all.is_empty() {
        return ("watched by", false, "no guardrail: people have to see what goes wrong".to_owned());
    }
    ("watched by", true, all.join(", "))
}
