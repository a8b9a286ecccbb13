//! The other kinds, state by state.

use chrono::TimeDelta;
use gonogo::domain::FailureKind::{FeatureOff, Incomplete, NotFound, Rejected};
use gonogo::domain::Outcome;

use super::bench::{Bench, REPO, Want};
use super::samples::{alert, board};
use super::support::github::{Alert, Repo, oid, then};
use Want::{Failed, Fails, Holds, Pending, Unclear};

type Row = (&'static str, fn(&mut Repo), &'static str, Want, &'static str);

async fn table(rows: &[Row]) {
    for (name, build, gate, want, needle) in rows {
        Bench::new(build).expect(name, gate, *want, needle).await;
    }
}

#[tokio::test]
async fn environment() {
    const GATE: &str = "environment: { name: production, file: ship.yml }";
    fn run<'r>(repo: &'r mut Repo, status: &str, conclusion: Option<&str>) -> &'r mut Repo {
        repo.environments.insert("production".into(), Vec::new());
        let run = repo.run("ship.yml", "main", "");
        run.at = then() - TimeDelta::minutes(5);
        (run.status, run.conclusion) = (status.into(), conclusion.map(str::to_owned));
        repo
    }
    table(&[
        (
            "reached",
            |it| {
                run(it, "in_progress", None).deploy("production", "main", &["in_progress"]);
            },
            GATE,
            Holds,
            "has reached",
        ),
        (
            "not yet",
            |it| {
                run(it, "in_progress", None);
            },
            GATE,
            Pending,
            "not reached production yet",
        ),
        (
            "waits",
            |it| {
                let id = run(it, "waiting", None).runs[0].id;
                it.deploy("production", "main", &["waiting"]);
                it.waiting.insert(id, vec![("production".into(), vec!["ana".into()])]);
            },
            GATE,
            Pending,
            "waits for approval by ana",
        ),
        (
            "another environment waits",
            |it| {
                let id = run(it, "in_progress", None).runs[0].id;
                it.deploy("production", "main", &["success"]);
                it.waiting.insert(id, vec![("staging".into(), vec![])]);
            },
            GATE,
            Holds,
            "",
        ),
        (
            "ended without it",
            |it| {
                run(it, "completed", Some("failure"));
            },
            GATE,
            Fails,
            "without reaching",
        ),
        (
            "of an earlier run",
            |it| {
                run(it, "in_progress", None);
                it.deploy("production", "main", &["success"]).at = then() - TimeDelta::hours(1);
            },
            GATE,
            Pending,
            "not reached",
        ),
        (
            "of another commit",
            |it| {
                it.commit("other", "c0");
                run(it, "in_progress", None).deploy("production", "c0", &["success"]);
            },
            GATE,
            Pending,
            "not reached",
        ),
        (
            "never ran",
            |it| {
                it.environments.insert("production".into(), Vec::new());
            },
            GATE,
            Unclear,
            "has not run",
        ),
        (
            "no such environment",
            |it| {
                it.run("ship.yml", "main", "success");
            },
            GATE,
            Failed(NotFound),
            "no environment",
        ),
    ])
    .await;
}

#[tokio::test]
async fn alerts() {
    const DEPENDABOT: &str = "alerts: { tool: dependabot }";
    const CRITICAL: &str = "alerts: { tool: dependabot, severity: [critical, high] }";
    const CODE: &str = "alerts: { tool: code_scanning }";
    const SECRETS: &str = "alerts: { tool: secret_scanning }";
    table(&[
        ("none", |_| {}, DEPENDABOT, Holds, "0 Dependabot alerts"),
        ("one", |it| it.dependabot = Some(vec![alert("low")]), DEPENDABOT, Fails, "1 Dependabot alert"),
        (
            "below the severity",
            |it| it.dependabot = Some(vec![alert("low")]),
            CRITICAL,
            Holds,
            "critical or high",
        ),
        ("of the severity", |it| it.dependabot = Some(vec![alert("high")]), CRITICAL, Fails, ""),
        (
            "of no severity we know",
            |it| it.dependabot = Some(vec![alert("apocalyptic")]),
            CRITICAL,
            Fails,
            "",
        ),
        (
            "fixed",
            |it| it.dependabot = Some(vec![Alert { open: false, ..alert("high") }]),
            DEPENDABOT,
            Holds,
            "",
        ),
        (
            "some allowed",
            |it| it.dependabot = Some(vec![alert("low")]),
            "alerts: { tool: dependabot, at_most: 1 }",
            Holds,
            "",
        ),
        ("switched off", |it| it.dependabot = None, DEPENDABOT, Failed(FeatureOff), "switched off"),
        ("no analysis", |it| it.code_scanning = None, CODE, Failed(FeatureOff), "no analysis found"),
        ("no secrets scanned", |it| it.secret_scanning = None, SECRETS, Failed(FeatureOff), "disabled"),
        (
            "a secret",
            |it| it.secret_scanning = Some(vec![alert("low")]),
            SECRETS,
            Fails,
            "1 secret scanning alert",
        ),
        ("code", |it| it.code_scanning = Some(vec![alert("low")]), CODE, Fails, "on main"),
        (
            "code, scanned",
            |it| {
                it.scanned("main", "go");
            },
            CODE,
            Holds,
            "0 code scanning alerts open on main",
        ),
    ])
    .await;
    let many = |count: u64| (1..=count).map(|number| Alert { number, ..alert("low") }).collect::<Vec<_>>();
    let bench = Bench::new(|repo| repo.dependabot = Some(many(250)));
    bench
        .expect("all pages", "alerts: { tool: dependabot, at_most: 249 }", Fails, "250 Dependabot alerts")
        .await;
    bench.repo(|repo| repo.dependabot = Some(many(1_500)));
    bench.expect("more than are read", DEPENDABOT, Fails, "at least 1000").await;
    bench
        .expect("not enough for a yes", "alerts: { tool: dependabot, at_most: 1200 }", Failed(Incomplete), "")
        .await;
    bench
        .expect("or for none", "alerts: { tool: dependabot, severity: [critical] }", Failed(Incomplete), "")
        .await;
    Bench::new(|_| {}).at(&oid("c1")).expect("a bare commit", CODE, Failed(Rejected), "bare commit").await;
}

#[tokio::test]
async fn code_scanning_is_asked_about_the_target_and_secrets_are_never_asked_for() {
    let bench = Bench::new(|_| {});
    bench.ask(&["alerts: { tool: code_scanning }", "alerts: { tool: secret_scanning }"]).await;
    let requests = bench.server.requests();
    let of = |part: &str| requests.iter().find(|it| it.path.contains(part)).unwrap();
    assert_eq!(of("code-scanning").param("ref"), Some("refs/heads/main"));
    assert_eq!(of("secret-scanning").param("hide_secret"), Some("true"));
}

#[tokio::test]
async fn file() {
    const THERE: &str = "file: { path: docs/notes.md }";
    const ABSENT: &str = "file: { path: docs/notes.md, expect: absent }";
    const MATCH: &str = "file: { path: docs/notes.md, matches: '^## 1\\.2\\.0$' }";
    table(&[
        ("there", |it| it.file("main", "docs/notes.md", "x"), THERE, Holds, "is there"),
        ("not there", |_| {}, THERE, Fails, "is not there"),
        ("a folder is no file", |it| it.file("main", "docs/notes.md/deep", "x"), THERE, Unclear, "a folder"),
        ("absent", |_| {}, ABSENT, Holds, "is not there"),
        ("not absent", |it| it.file("main", "docs/notes.md", "x"), ABSENT, Fails, "is there"),
        (
            "matches a line",
            |it| it.file("main", "docs/notes.md", "# Notes\n## 1.2.0\n"),
            MATCH,
            Holds,
            "matches",
        ),
        (
            "does not match",
            |it| it.file("main", "docs/notes.md", "## 1.2.01"),
            MATCH,
            Fails,
            "does not match",
        ),
        ("nothing to match", |_| {}, MATCH, Fails, "is not there"),
        (
            "a folder has no text",
            |it| it.file("main", "docs/notes.md/deep", "x"),
            MATCH,
            Unclear,
            "is a folder",
        ),
        (
            "of another commit",
            |it| {
                it.commit("main", "c0");
                it.file("c0", "docs/notes.md", "x");
                it.commit("main", "c1");
            },
            THERE,
            Fails,
            "",
        ),
    ])
    .await;
    let bench = Bench::new(|repo| {
        let oid = repo.find("main").unwrap().oid.clone();
        repo.files.insert((oid, "docs/notes.md".into()), vec![0, 159, 146, 150]);
    });
    bench.expect("binary", MATCH, Failed(Incomplete), "not text").await;
    let tagged = Bench::new(|repo| {
        repo.file("main", "docs/notes.md", "x");
        repo.tag("v1", "main");
        repo.annotated.insert("v1".into());
    });
    tagged.at("v1").expect("at an annotated tag", THERE, Holds, "").await;
}

#[tokio::test]
async fn branch_rules() {
    table(&[
        (
            "asked",
            |it| {
                it.protection.insert("main".into(), (vec!["build".into()], 2, true));
            },
            "branch_rules: { branch: main, checks: [build], approvals: 2, code_owners: true }",
            Holds,
            "check build",
        ),
        (
            "more is fine",
            |it| {
                it.protection.insert("main".into(), (vec!["build".into(), "x".into()], 3, true));
            },
            "branch_rules: { branch: main, approvals: 2 }",
            Holds,
            "",
        ),
        (
            "too few",
            |it| {
                it.protection.insert("main".into(), (vec![], 1, false));
            },
            "branch_rules: { branch: main, approvals: 2 }",
            Fails,
            "2 approvals (they require 1)",
        ),
        (
            "no owners",
            |it| {
                it.protection.insert("main".into(), (vec![], 1, false));
            },
            "branch_rules: { branch: main, code_owners: true }",
            Fails,
            "code owners",
        ),
        ("no rules", |_| {}, "branch_rules: { branch: main, checks: [build] }", Fails, "check build"),
        (
            "no branch",
            |_| {},
            "branch_rules: { branch: next, checks: [build] }",
            Failed(NotFound),
            "no branch `next`",
        ),
    ])
    .await;
}

#[tokio::test]
async fn project() {
    const GATE: &str = "project: { organization: acme, number: 3, done: [Done] }";
    let bench = |status: &'static str| Bench::world(move |world| board(world, status));
    bench("Done").expect("done", GATE, Holds, "0 of 1 item not Done").await;
    bench("Doing").expect("open", GATE, Fails, "1 of 1").await;
    bench("Doing")
        .expect("allowed", "project: { organization: acme, number: 3, done: [Done], at_most: 1 }", Holds, "")
        .await;
    bench("Done")
        .expect(
            "a value that is none",
            "project: { organization: acme, number: 3, done: [Fertig] }",
            Failed(NotFound),
            "no value `Fertig`",
        )
        .await;
    bench("Done")
        .expect(
            "a field that is none",
            "project: { organization: acme, number: 3, done: [Done], field: Phase }",
            Failed(NotFound),
            "no field `Phase`",
        )
        .await;
    bench("Done")
        .expect(
            "no such project",
            "project: { organization: acme, number: 4, done: [Done] }",
            Failed(NotFound),
            "",
        )
        .await;
    bench("Done")
        .expect(
            "no such organisation",
            "project: { organization: nobody, number: 3, done: [Done] }",
            Failed(NotFound),
            "",
        )
        .await;
    bench("Done")
        .expect(
            "none labelled so",
            "project: { organization: acme, number: 3, done: [Done], label: launch }",
            Unclear,
            "none of these items",
        )
        .await;
    let empty = Bench::world(|world| {
        board(world, "Done");
        world.projects.values_mut().for_each(|it| it.items.clear());
    });
    empty.expect("empty", GATE, Unclear, "none of these items").await;
    let without = Bench::world(|world| {
        board(world, "Done");
        world.projects.values_mut().for_each(|it| it.items[0].2 = None);
    });
    without.expect("no status", GATE, Fails, "not Done").await;
    let archived = Bench::world(|world| {
        board(world, "Doing");
        world.projects.values_mut().for_each(|it| it.archived.push(0));
    });
    archived.expect("archived items do not count", GATE, Unclear, "").await;
    let hidden = Bench::world(|world| {
        board(world, "Done");
        world.repo("acme/secret").private = true;
        world.repo("acme/secret").issue(9, "x");
        world
            .projects
            .values_mut()
            .for_each(|it| it.items.push(("acme/secret".into(), 9, Some("Done".into()))));
    });
    hidden.server.edit(|world| world.tokens.values_mut().for_each(|it| it.repos.clear()));
    hidden.expect("hidden items", GATE, Failed(Incomplete), "cannot see").await;
    let many = Bench::world(|world| {
        board(world, "Done");
        for number in 100..350 {
            world.repo(REPO).issue(number, "x");
        }
        let items = (100..350).map(|number| (REPO.to_owned(), number, Some("Done".to_owned())));
        world.projects.values_mut().for_each(|it| it.items.extend(items.clone()));
        world.projects.values_mut().for_each(|it| it.items[250].2 = Some("Todo".into()));
    });
    many.expect("the last page counts", GATE, Fails, "1 of 251").await;
}

#[tokio::test]
async fn merge_queue() {
    const GATE: &str = "merge_queue: { branch: main }";
    table(&[
        ("empty", |it| it.merge_queue = Some(vec![]), GATE, Holds, "0 pull requests"),
        (
            "one",
            |it| {
                it.pull(5, "x");
                it.merge_queue = Some(vec![5]);
            },
            GATE,
            Fails,
            "1 pull request",
        ),
        (
            "one allowed",
            |it| {
                it.pull(5, "x");
                it.merge_queue = Some(vec![5]);
            },
            "merge_queue: { branch: main, at_most: 1 }",
            Holds,
            "",
        ),
        ("no queue", |_| {}, GATE, Failed(FeatureOff), "no merge queue"),
    ])
    .await;
}

#[tokio::test]
async fn comment() {
    const GATE: &str = "comment: { issue: 7, phrase: GO for launch, by: [ana] }";
    const TWO: &str = "comment: { issue: 7, phrase: GO for launch, by: [ana, bo] }";
    fn thread(repo: &mut Repo) -> &mut Repo {
        repo.issue(7, "Roll call");
        repo.pushed("main", then() - TimeDelta::minutes(5));
        repo
    }
    table(&[
        (
            "said",
            |it| {
                thread(it).comment(7, "Ana", "Checked.\n\ngo for launch");
            },
            GATE,
            Holds,
            "written by Ana",
        ),
        (
            "not said",
            |it| {
                thread(it);
            },
            GATE,
            Pending,
            "not yet ana",
        ),
        (
            "said by another",
            |it| {
                thread(it).comment(7, "eve", "GO for launch");
            },
            GATE,
            Pending,
            "not yet ana",
        ),
        (
            "negated",
            |it| {
                thread(it).comment(7, "ana", "NO-GO for launch");
            },
            GATE,
            Fails,
            "no-GO for launch\" was written by ana",
        ),
        (
            "quoted",
            |it| {
                thread(it).comment(7, "ana", "> GO for launch\n\nwhat?");
            },
            GATE,
            Pending,
            "",
        ),
        (
            "before the push",
            |it| thread(it).comment(7, "ana", "GO for launch").at = then() - TimeDelta::hours(1),
            GATE,
            Pending,
            "",
        ),
        (
            "edited by another",
            |it| thread(it).comment(7, "ana", "GO for launch").editor = Some("eve".into()),
            GATE,
            Pending,
            "",
        ),
        (
            "edited by herself",
            |it| thread(it).comment(7, "ana", "GO for launch").editor = Some("ana".into()),
            GATE,
            Holds,
            "",
        ),
        ("hidden", |it| thread(it).comment(7, "ana", "GO for launch").hidden = true, GATE, Pending, ""),
        (
            "one of two",
            |it| {
                thread(it).comment(7, "ana", "GO for launch");
            },
            TWO,
            Pending,
            "1 of 2",
        ),
        (
            "any of two",
            |it| {
                thread(it).comment(7, "bo", "GO for launch");
            },
            "comment: { issue: 7, phrase: GO for launch, by: [ana, bo], count: 1 }",
            Holds,
            "",
        ),
        (
            "twice by one",
            |it| {
                thread(it).comment(7, "ana", "GO for launch");
                it.comment(7, "ana", "GO for launch");
            },
            TWO,
            Pending,
            "1 of 2",
        ),
        (
            "push not known",
            |it| {
                it.issue(7, "x");
                it.comment(7, "ana", "GO for launch");
            },
            GATE,
            Unclear,
            "when",
        ),
        ("no such issue", |it| it.pushed("main", then()), GATE, Failed(NotFound), "comments"),
        (
            "about the launch",
            |it| {
                it.issue(7, "x");
                it.comment(7, "ana", "GO for launch");
            },
            "comment: { issue: 7, phrase: GO for launch, by: [ana], about: launch }",
            Holds,
            "",
        ),
        (
            "about another version",
            |it| {
                it.issue(7, "x");
                it.comment(7, "ana", "GO for launch 1.1.0");
            },
            "comment: { issue: 7, phrase: GO for launch, by: [ana], about: version }",
            Pending,
            "",
        ),
        (
            "about this version",
            |it| {
                it.issue(7, "x");
                it.comment(7, "ana", "GO for launch 1.2.0");
            },
            "comment: { issue: 7, phrase: GO for launch, by: [ana], about: version }",
            Holds,
            "",
        ),
    ])
    .await;
    let old = Bench::new(|repo| {
        thread(repo).comment(7, "ana", "GO for launch");
        (0..250).for_each(|n| {
            repo.comment(7, "eve", &format!("chat {n}"));
        });
    });
    old.expect("on the oldest page", GATE, Holds, "").await;
    let moved = Bench::new(|repo| {
        thread(repo).comment(7, "ana", "GO for launch");
    });
    moved.repo(|repo| {
        repo.commit("main", "c2");
        repo.pushed("main", then() + TimeDelta::minutes(10));
    });
    let finding = moved.found(GATE).await;
    assert_eq!((finding.outcome, finding.about.unwrap().as_str()), (Outcome::Pending, oid("c2").as_str()));
}
