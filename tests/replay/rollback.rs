//! A rollout that comes back: what replay and the look back show at each moment of it, and what a deployment tells of how
//! far it really is out.

use super::*;
use gonogo::domain::{Agreement, Cause, RollbackPhase, RollbackResult, StageAct, StageStatus, Vote};

const PLAN: &str = "\
rollout:
  advance_by: [director]
  actual: { github: { deployment: { environment: production } } }
  stages:
    - { stage: canary, audience: { percent: 10 } }
    - { stage: everyone, audience: { percent: 100 } }
rollback:
  owner: director
  steps:
    - { step: flag-off, title: Turn the flag off, within: 5m }
    - { step: verify, title: All is as before, owner: qa }
";

fn started(stage: &str) -> Command {
    Command::Stage { stage: stage.into(), step: StageAct::Started, note: None, overrides: false }
}

fn voted(round: u32) -> Command {
    let (station, vote) = ("qa".into(), Vote::Go);
    Command::Vote { round, station, vote, note: None, corrects: None, saw: None }
}

fn go(reason: &str) -> Command {
    let decision = Decision::Go { option: None };
    Command::Decide {
        decision,
        reason: reason.into(),
        overrides: false,
        over: Vec::new(),
        seen: None,
        terms: gonogo::domain::DecisionTerms::default(),
    }
}

async fn live_through_a_rollback(opened: &Opened, journal: &Path) -> Vec<Board> {
    let mut day = Day::new(opened, journal);
    day.github.edit(|world| {
        let repo = world.repo("acme/rocket");
        repo.commit("main", "c2").check("build", "success");
        repo.deploy("production", "c1", &["success"]);
    });
    day.poll().await;
    day.acts("hu", sign(true)).await;
    day.pass(5);
    day.acts("octo", Command::OpenRollCall).await;
    day.acts("hu", voted(1)).await;
    day.pass(5);
    day.acts("octo", go("All is well")).await;
    day.pass(5);
    day.acts("octo", started("canary")).await;
    // The commit before is still what runs: drift. Then ours is on its way, and there.
    day.pass(60);
    day.poll().await;
    for state in ["in_progress", "success"] {
        day.github.edit(|world| {
            world.repo("acme/rocket").deploy("production", "c2", &[state]);
        });
        day.pass(60);
        day.poll().await;
    }
    day.acts("octo", Command::StartRollback { reason: "checkout fails".into() }).await;
    day.pass(30);
    day.acts("octo", Command::DoStep { step: Some("flag-off".into()), note: Some("off".into()) }).await;
    // Nobody took it off production, and then somebody does.
    day.pass(120);
    day.poll().await;
    day.github.edit(|world| {
        world.repo("acme/rocket").deploy("production", "c1", &["success"]);
    });
    day.acts("hu", Command::SkipStep { step: None, reason: "nobody is there at night".into() }).await;
    day.pass(10);
    let result = RollbackResult::RolledBack;
    day.acts("octo", Command::EndRollback { result, reason: "all is as before".into() }).await;
    day.poll().await;
    day.pass(30);
    day.acts("octo", Command::OpenRollCall).await;
    day.acts("hu", voted(2)).await;
    day.acts("octo", go("the cause is found")).await;
    day.pass(5);
    day.acts("octo", started("canary")).await;
    day.journal.close().wait().unwrap();
    day.seen
}

fn phases(seen: &[Board]) -> Vec<RollbackPhase> {
    let mut all: Vec<_> = seen.iter().filter_map(|board| Some(board.rollback.as_ref()?.phase)).collect();
    all.dedup();
    all
}

#[tokio::test]
async fn every_moment_of_a_rollback_comes_back_as_it_was() {
    let home = tempfile::tempdir().unwrap();
    let journal = home.path().join("journal.db");
    let opened = opened_with(&format!("{LAUNCH}{PLAN}"), home.path(), &journal);
    let seen = live_through_a_rollback(&opened, &journal).await;
    let (planned, running) = (RollbackPhase::Planned, RollbackPhase::Running);
    assert_eq!(phases(&seen), [planned, running, RollbackPhase::RolledBack, planned]);
    let mut past = Past::open(&opened).unwrap();
    let count = seen.len();
    for n in (0..count).chain((0..count * 3).map(|n| n * 7 % count)) {
        let was = &seen[n];
        // Where several things happened at one moment, the last is what it was left with.
        if seen[n + 1..].iter().any(|later| later.evaluated_at == was.evaluated_at) {
            continue;
        }
        assert_eq!(past.board_at(was.evaluated_at), *was, "board {n}, at {}", was.evaluated_at);
    }
    let told = past.moments();
    let told = told.iter().filter_map(|it| match &it.what {
        Happening::Act { said, .. } => Some(said.as_str()),
        _ => None,
    });
    let told: Vec<_> = told.collect();
    for line in [
        "started the rollback: checkout fails",
        "step flag-off of the rollback is done: off",
        "SKIPPED step verify of the rollback: nobody is there at night",
        "ended the rollback, ROLLED BACK: all is as before",
    ] {
        assert!(told.iter().any(|it| it.contains(line)), "{line}: {told:#?}");
    }
    let settings = home.path().join("settings.yaml").display().to_string();
    let (file, path) = (journal.display().to_string(), home.path().display().to_string());
    let ended = seen.iter().find(|it| it.named() == "ROLLED BACK").unwrap().evaluated_at.to_rfc3339();
    let args = ["replay", "--at", &ended, "--settings", &settings, "--journal", &file, &path];
    let (code, out, err) = gonogo(home.path(), &args);
    assert_eq!(code, Some(0), "{err}");
    for line in ["ROLLED BACK: by octo", "SKIPPED  verify", "called for"] {
        assert_eq!(out.contains(line), line != "called for", "{line}: {out}");
    }
}

#[tokio::test]
async fn a_deployment_tells_whether_the_release_is_out() {
    let home = tempfile::tempdir().unwrap();
    let journal = home.path().join("journal.db");
    let opened = opened_with(&format!("{LAUNCH}{PLAN}"), home.path(), &journal);
    let seen = live_through_a_rollback(&opened, &journal).await;
    let told: Vec<_> = seen
        .iter()
        .filter_map(|board| {
            let actual = board.reach.as_ref()?.actual.as_ref()?;
            let drift = board.lowered.iter().any(|it| it.cause == Cause::Drift);
            Some((board.stages[0].status == StageStatus::RolledBack, actual.agreement, drift))
        })
        .collect();
    let mut steps = told.clone();
    steps.dedup();
    let (differs, same, unknown) = (Agreement::Differs, Agreement::Same, Agreement::Unknown);
    // Not asked yet; the commit before; on its way; there. After the rollback: still there, and gone. Out again, and not there.
    let expected =
        [(false, unknown, true), (false, differs, true), (false, unknown, true), (false, same, false)];
    assert_eq!(steps[..4], expected, "{told:#?}");
    let back: Vec<_> = steps.iter().filter(|it| it.0).collect();
    assert_eq!(back, [&(true, differs, true), &(true, same, false)], "{told:#?}");
    assert_eq!(steps.last(), Some(&(false, differs, true)), "{told:#?}");
    let drift = seen.iter().find_map(|it| {
        it.lowered.iter().find(|it| it.cause == Cause::Drift && it.reason.contains("is real by"))
    });
    let reason = &drift.unwrap().reason;
    assert!(
        reason.contains("drift: 10 % is recorded for stage/canary") && reason.contains("by github"),
        "{reason}"
    );
}
