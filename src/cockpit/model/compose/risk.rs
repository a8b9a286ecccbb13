//! Forms of a risk.

use chrono::{DateTime, Utc};

use super::{
    super::{
        form::{Meaning, Name},
        risk_forms::RiskAsk,
    },
    FilledForm, Wrong, gate_named,
};
use gonogo_domain::{Command, Launch, Party, RiskFigures, RiskStep, Str};

/// The command of a form of a risk.
pub(super) fn compose(
    filled: &FilledForm<'_>,
    ask: RiskAsk,
    launch: &Launch,
    now: DateTime<Utc>,
) -> Result<Command, Wrong> {
    let reason = filled.text(&Name::Reason);
    let (risk, step): (Str, RiskStep) = match ask {
        RiskAsk::Add => (filled.text(&Name::Id), RiskStep::Stated(figures(filled, launch)?)),
        RiskAsk::Change(id) => (id, RiskStep::Stated(figures(filled, launch)?)),
        RiskAsk::Accept(id, of) => {
            let until = filled.moment(&Name::Until, launch, now)?;
            let until = until.ok_or_else(|| (filled.place(&Name::Until), "say until when".to_owned()))?;
            (id, RiskStep::Accepted { of, reason, until })
        }
        RiskAsk::Mitigate(id) => (id, RiskStep::Mitigated { note: filled.text(&Name::Note) }),
        RiskAsk::Close(id) => (id, RiskStep::Closed { reason }),
        RiskAsk::Reopen(id) => (id, RiskStep::Reopened { reason }),
    };
    Ok(Command::Risk { risk, step })
}

fn figures(filled: &FilledForm<'_>, launch: &Launch) -> Result<RiskFigures, Wrong> {
    let (Some(Meaning::Severity(severity)), Some(Meaning::Likelihood(likelihood))) =
        (filled.meaning(&Name::Level), filled.meaning(&Name::Likelihood))
    else {
        return Err((filled.place(&Name::Level), "pick how bad and how likely it is".to_owned()));
    };
    let users = filled.some(&Name::Users).map(|text| {
        let wrong = || (filled.place(&Name::Users), "write a share of the users, such as 12%".to_owned());
        RiskFigures::share_of_users(&text).ok_or_else(wrong)
    });
    let gate = filled.some(&Name::Gate).map(|text| {
        let wrong = || (filled.place(&Name::Gate), format!("this launch has no gate `{text}`"));
        gate_named(launch, &text).ok_or_else(wrong)
    });
    Ok(RiskFigures {
        what: filled.text(&Name::Title),
        severity: *severity,
        likelihood: *likelihood,
        users: users.transpose()?,
        workaround: RiskFigures::way_around(&filled.text(&Name::Workaround)),
        owner: Party::from(&*filled.text(&Name::Lead)),
        gate: gate.transpose()?,
    })
}
