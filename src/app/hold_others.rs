//! A hotfix goes first: the launches that it keeps waiting are held, each by a HOLD in its own journal.

use std::path::PathBuf;

use super::{
    ActPlanner, AppError, ConfirmPrompt, LaunchSelection, PlannedActs, SignRequest, Signed, launches, open,
    sign,
};
use gonogo_domain::{ClashKind, Command, Decision, DecisionState, DecisionTerms, Listed, Str};
use gonogo_report::Fleet;

/// A launch that waits for a hotfix.
#[derive(Debug)]
pub struct HeldLaunch {
    /// Its folder, as it can be named on the command line.
    pub path: String,
    /// What came of it.
    pub held: Result<HoldOutcome, AppError>,
}

/// What keeps it from going on.
#[derive(Debug)]
pub enum HoldOutcome {
    /// The HOLD that was recorded now.
    Now(Box<Signed>),
    /// The word that stood already.
    Already(Str),
}

/// Decides HOLD for every launch of a folder that a hotfix keeps waiting, in the name of whoever is at the keyboard. One that
/// cannot be held keeps no other from being held.
///
/// # Errors
/// There is no launch, or none that waits for a hotfix.
pub async fn hold_others(chosen: &LaunchSelection, reason: &str) -> Result<Vec<HeldLaunch>, AppError> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(AppError::input(
            "--hold needs a reason: it stands in the journal of each launch that is held",
        ));
    }
    let fleet = launches(chosen)?;
    let waiting = waiting(&fleet);
    let mut all = not_looked_at(&fleet, &waiting);
    if waiting.is_empty() && all.is_empty() {
        return Err(AppError::input(
            "no launch here waits for a hotfix: a hotfix says `hold_others: true` in its launch.yaml, is not over, and \
             holds the launches of the same `target.repository`",
        ));
    }
    for (path, hotfixes) in waiting {
        let held = hold(chosen, &path, &hotfixes, reason).await;
        all.push(HeldLaunch { path, held });
    }
    Ok(all)
}

/// What may wait as well, and nobody knows: it is not held.
fn not_looked_at(fleet: &Fleet, waiting: &[(String, Vec<Str>)]) -> Vec<HeldLaunch> {
    let not = |path: &str, why: &str| HeldLaunch { path: path.to_owned(), held: Err(AppError::input(why)) };
    let unread = fleet.entries.iter().filter_map(|it| Some(not(&it.path, &it.listed.as_ref().err()?.why)));
    // Launches of one id have one journal: a HOLD there is a HOLD of each of them.
    let held = |id: &Str| {
        let of = fleet.entries.iter().filter(|it| it.listed.as_ref().is_ok_and(|it| it.launch == *id));
        of.into_iter().any(|it| waiting.iter().any(|(path, _)| *path == it.path))
    };
    let twins = fleet.clashes.iter().filter(|it| it.kind == ClashKind::Id && !held(&it.launch));
    let twins = twins.map(|it| not(&it.launch, &it.what));
    let more =
        fleet.more.then(|| not("others", "there are more folders here than are looked into: name one"));
    unread.chain(twins).chain(more).collect()
}

/// The launches that a hotfix keeps waiting, with the hotfixes.
fn waiting(fleet: &Fleet) -> Vec<(String, Vec<Str>)> {
    let of = |listed: &Listed| -> Vec<Str> {
        let clashes =
            fleet.clashes.iter().filter(|it| it.kind == ClashKind::Hotfix && it.launch == listed.launch);
        clashes.map(|it| it.with.clone()).collect()
    };
    let known = fleet.entries.iter().filter_map(|it| Some((&it.path, it.listed.as_ref().ok()?)));
    let all = known.map(|(path, listed)| (path.clone(), of(listed)));
    all.filter(|(_, hotfixes)| !hotfixes.is_empty()).collect()
}

async fn hold(
    chosen: &LaunchSelection,
    path: &str,
    hotfixes: &[Str],
    reason: &str,
) -> Result<HoldOutcome, AppError> {
    let opened = open(LaunchSelection { path: Some(PathBuf::from(path)), ..chosen.clone() })?;
    // Whoever reads that journal alone is to know what goes first.
    let reason = format!("{} goes first: {reason}", hotfixes.join(", "));
    let decision = Decision::Hold { until: None, until_true: Vec::new() };
    let command = Command::Decide {
        decision,
        reason: reason.into(),
        overrides: false,
        over: Vec::new(),
        seen: None,
        terms: DecisionTerms::default(),
    };
    let plan: ActPlanner = Box::new(|now| {
        // Somebody may have stopped it since: a NO-GO is not made a HOLD.
        let stopped = now.board.decision.as_ref().and_then(DecisionState::stops);
        Ok(PlannedActs::new(if stopped.is_some() { Vec::new() } else { vec![command] }))
    });
    let (confirm, waiting) = (Box::new(|_: &ConfirmPrompt<'_>| Ok(())), Box::new(|_: &str| ()));
    let signed = sign(&opened, SignRequest { plan, on_behalf: None, confirm, waiting }).await?;
    let stood = signed.board.decision.as_ref().and_then(DecisionState::stops);
    Ok(match stood.filter(|_| signed.done.is_empty()) {
        Some(word) => HoldOutcome::Already(word.into()),
        None => HoldOutcome::Now(Box::new(signed)),
    })
}
