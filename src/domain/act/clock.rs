//! The clock that acts are stamped with (V9): one that runs far ahead would end every waiver and hold for good.

use std::time::Duration;

use chrono::TimeDelta;

use super::{
    super::{Act, format},
    Refusal, fallback,
    rights::{ActContext, said},
};

/// A clock that is farther ahead of the largest one ever seen is not believed without a person's word.
const LEAP: Duration = Duration::from_secs(90 * 24 * 3_600);

/// Refuses an act while it is not known what time it is: words end by it.
pub(super) fn known(ctx: &ActContext<'_>) -> Result<(), Refusal> {
    ctx.board.clock.doubt.as_ref().map_or(Ok(()), |doubt| {
        Err(Refusal::new("clock-unknown", format!("it is not known what time it is: {doubt}"))
            .instead("set the clock that is wrong, then repeat it"))
    })
}

/// Refuses an act of a clock that nobody can believe: it would poison the record for everybody.
pub(super) fn believable(ctx: &ActContext<'_>) -> Result<(), Refusal> {
    let Some(mark) = ctx.history.high_water else { return Ok(()) };
    let now = ctx.context.now.wall;
    if now <= format::later(mark, LEAP) {
        return Ok(());
    }
    let zone = ctx.launch.schedule.zone;
    Err(Refusal::new(
        "clock-far-ahead",
        format!(
            "this machine's clock says {}, and the newest that the journal has seen is {}",
            format::moment(now, zone),
            format::moment(mark, zone)
        ),
    )
    .instead("set the clock; if it is right, say so: gonogo journal clock --correct --reason …"))
}

/// Takes the clock of now for the right one: by who may waive or makes the final call, where anybody is named.
pub(super) fn correct(ctx: &ActContext<'_>, reason: &str) -> Result<Act, Refusal> {
    let who = fallback::may_correct(ctx.launch);
    if !who.is_empty() {
        ctx.may("may-not-correct", "correct the clock", &who)?;
    }
    let to = ctx.context.now.wall;
    let off = |mark: &chrono::DateTime<chrono::Utc>| {
        (*mark - to) > TimeDelta::seconds(1) || to > format::later(*mark, LEAP)
    };
    if !ctx.history.high_water.as_ref().is_some_and(off) {
        return Err(Refusal::new("clock-is-right", "the journal has seen no clock ahead of this one"));
    }
    Ok(Act::ClockCorrected { to, reason: said("reason", reason)? })
}
