//! Forms around the launch.

use chrono::{DateTime, Utc};

use super::{
    super::{
        around_forms::{AroundAsk, AroundMeans},
        form::{Meaning, Name},
    },
    FilledForm, Wrong,
};
use gonogo_domain::{CloseWish, Command, ConfirmStep, Launch, Party, ReviewStep};

/// The command of such a form.
pub(super) fn compose(
    filled: &FilledForm<'_>,
    ask: AroundAsk,
    launch: &Launch,
    now: DateTime<Utc>,
) -> Result<Command, Wrong> {
    let reason = filled.text(&Name::Reason);
    let step = match ask {
        AroundAsk::Plan(gate) => return Ok(Command::Confirm { gate, step: plan(filled, launch, now)? }),
        AroundAsk::Close => {
            let unfinished = means(filled) == Some(AroundMeans::Unfinished);
            let wish = CloseWish::Close { reason, unfinished, figures: None };
            return Ok(Command::Close { wish });
        }
        AroundAsk::Reopen => return Ok(Command::Close { wish: CloseWish::Reopen { reason } }),
        AroundAsk::Learn => ReviewStep::Learned { text: filled.text(&Name::Note) },
        AroundAsk::FollowUp => ReviewStep::FollowUp {
            text: filled.text(&Name::Note),
            owner: owner(filled),
            due: filled.moment(&Name::Until, launch, now)?,
        },
        AroundAsk::Settle => settled(filled)?,
    };
    Ok(Command::Review { step })
}

fn means(filled: &FilledForm<'_>) -> Option<AroundMeans> {
    match filled.meaning(&Name::Way) {
        Some(Meaning::Around(means)) => Some(*means),
        _ => None,
    }
}

fn owner(filled: &FilledForm<'_>) -> Option<Party> {
    filled.some(&Name::Lead).map(|it| Party::from(&*it))
}

fn plan(filled: &FilledForm<'_>, launch: &Launch, now: DateTime<Utc>) -> Result<ConfirmStep, Wrong> {
    let (link, reason) = (filled.some(&Name::Link), filled.text(&Name::Reason));
    let why = || match filled.some(&Name::Reason) {
        Some(reason) => Ok(reason),
        None => Err((filled.place(&Name::Reason), "say why; it is kept".to_owned())),
    };
    Ok(match means(filled) {
        Some(AroundMeans::NewDate) => {
            let by = filled.moment(&Name::Until, launch, now)?;
            let by = by.ok_or_else(|| (filled.place(&Name::Until), "say when it comes".to_owned()))?;
            ConfirmStep::NewDate { by, reason: why()?, link }
        }
        Some(AroundMeans::AtRisk) => ConfirmStep::AtRisk { reason: why()? },
        Some(AroundMeans::TakeBack) => ConfirmStep::TakenBack { reason: why()? },
        _ => ConfirmStep::Confirmed { link, note: Some(reason).filter(|it| !it.is_empty()) },
    })
}

fn settled(filled: &FilledForm<'_>) -> Result<ReviewStep, Wrong> {
    let number = filled.text(&Name::Number).parse::<u32>();
    let number = number.map_err(|_| (filled.place(&Name::Number), "give its number".to_owned()))?;
    Ok(match means(filled) {
        Some(AroundMeans::Drop) => ReviewStep::Dropped { number, reason: filled.text(&Name::Reason) },
        Some(AroundMeans::Assign) => {
            let owner = owner(filled);
            let owner =
                owner.ok_or_else(|| (filled.place(&Name::Lead), "name a person or a role".to_owned()))?;
            ReviewStep::Assigned { number, owner, due: None }
        }
        _ => ReviewStep::Done { number, note: filled.some(&Name::Reason) },
    })
}
