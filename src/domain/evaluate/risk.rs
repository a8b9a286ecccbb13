//! Risks on the board, and what the open ones do to the word (V23).

use chrono::{DateTime, Utc};

use super::{
    super::{Advice, Cause, History, Launch, Lowering, RiskState, Suggested, format},
    eval_context::EvalContext,
};

/// All of them, in the order in which they were stated.
pub(crate) fn states(launch: &Launch, history: &History, latest: DateTime<Utc>) -> Vec<RiskState> {
    history.risks.iter().filter_map(|record| record.state(Some(launch), latest)).collect()
}

/// Each that blocks keeps the board at HOLD.
pub(super) fn lowered<'a>(frame: &'a EvalContext<'_>) -> impl Iterator<Item = Lowering> + 'a {
    frame.risks.iter().filter(|it| it.blocks()).map(|it| {
        let (id, figures) = (&it.id, &it.figures);
        let reason = format!("risk {id} blocks: {}: \"{}\"", figures.said(), figures.what);
        let may = &frame.launch.policies.waive_by;
        let accept = if may.is_empty() {
            String::new()
        } else {
            format!(", or {} accepts it for a time", format::list(may))
        };
        let next =
            Advice::from(format!("{} mitigates or closes it{accept}", figures.owner)).by(Suggested::Risks);
        let who = std::iter::once(&figures.owner).chain(may).cloned().collect();
        Lowering { next, who, ..Lowering::to_hold(Cause::Risk, reason) }
    })
}

/// When an acceptance ends.
pub(super) fn changes(frame: &EvalContext<'_>) -> impl Iterator<Item = DateTime<Utc>> {
    frame.risks.iter().filter_map(|it| it.until).map(|at| frame.ends(at))
}
