//! Words on a stage that is out: its criteria, one by one, and its results.

use std::collections::BTreeMap;

use super::{
    super::{Act, Stage, StageId, Str, evaluate::stage, format},
    Refusal, answer, fallback,
    rights::{ActContext, maybe_said, said},
};

/// Whether a criterion holds. It is named by its number, from 1, or by its text.
pub(super) fn judge(
    ctx: &ActContext<'_>,
    id: StageId,
    criterion: &str,
    holds: bool,
    note: Option<Str>,
) -> Result<Act, Refusal> {
    let stage = out(ctx, &id)?;
    let criterion = named(stage, criterion)?.clone();
    let note = maybe_said("note", note)?;
    if !holds && note.is_none() {
        return Err(Refusal::new("words-missing", "whoever says that a criterion does not hold says why")
            .instead("give it as the note"));
    }
    Ok(Act::CriterionJudged { stage: id, criterion, holds, note })
}

/// Results, all that are asked for or some of them.
pub(super) fn answer(
    ctx: &ActContext<'_>,
    id: StageId,
    answers: &BTreeMap<Str, Str>,
) -> Result<Act, Refusal> {
    let stage = out(ctx, &id)?;
    let answers = answer::check(ctx.launch, &stage.asks, ("this stage", false), answers)?;
    if answers.is_empty() {
        let names: Vec<_> = stage.asks.keys().collect();
        return Err(if names.is_empty() {
            Refusal::new("unknown-answer", format!("stage {id} asks for no results"))
        } else {
            Refusal::new("answers-missing", format!("stage {id} asks for {}", format::list(&names)))
                .instead(format!("give it: --answer {}=…", names[0]))
        });
    }
    Ok(Act::StageAnswered { stage: id, answers })
}

/// The stage, if it is out and the actor may speak of it: whoever may advance it, and who watches it.
fn out<'a>(ctx: &ActContext<'a>, id: &StageId) -> Result<&'a Stage, Refusal> {
    let Some((at, stage)) = ctx.launch.stage(id) else {
        return Err(Refusal::new("unknown-stage", format!("there is no stage `{id}` in this launch")));
    };
    ctx.may("may-not-advance", "speak of the rollout", &fallback::may_speak_of(ctx.launch, stage))?;
    let runs = stage::runs(ctx.launch, ctx.history, ctx.context.now.wall);
    let run = runs.get(at).filter(|run| run.status.is_out());
    run.map(|_| stage).ok_or_else(|| {
        Refusal::new("not-started", format!("stage {id} is not out: nothing is known of it yet"))
            .instead("say it once the stage has started")
    })
}

fn named<'s>(stage: &'s Stage, criterion: &str) -> Result<&'s Str, Refusal> {
    let criterion = said("criterion", criterion)?;
    let by_text = stage.criteria.iter().find(|it| ***it == *criterion);
    let by_number =
        || criterion.parse::<usize>().ok().and_then(|number| stage.criteria.get(number.checked_sub(1)?));
    by_text.or_else(by_number).ok_or_else(|| {
        let refusal =
            Refusal::new("unknown-criterion", format!("stage {} has no criterion `{criterion}`", stage.id));
        match stage.criteria.len() {
            0 => refusal,
            many => refusal.instead(format!("name it by its text, or by its number: 1 to {many}")),
        }
    })
}
