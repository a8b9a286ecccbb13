//! A role that is held by a GitHub team: seen through GitHub alone, and by nobody when it cannot be seen.

use std::process::{Command, Stdio};

use super::{
    LAUNCH, Said,
    support::{github::GithubServer, server::Fault},
};

const MEMBER: &str = "ghp_canary0123456789canary0123456789memb";
const OUTSIDER: &str = "ghp_canary0123456789canary0123456789outs";

struct World {
    github: GithubServer,
    home: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let github = GithubServer::start(|world| {
            world.token(MEMBER, "Octocat");
            world.token(OUTSIDER, "hubot");
            world.repo("acme/rocket").commit("main", "c1");
            world.teams.insert("acme/support".into(), vec!["octocat".into(), "defunkt".into()]);
        });
        let home = tempfile::tempdir().unwrap();
        let launch = LAUNCH
            .replace(
                "support: { people: [mo], title: Support }",
                "support: { github_team: acme/support, title: Support }",
            )
            .replace("ref: 8f3c2ab0000000000000000000000000000000ff", "ref: main")
            .replace("mo: { name: Mo }", "mo: { name: Mo, github: defunkt }");
        std::fs::write(home.path().join("launch.yaml"), launch).unwrap();
        Self { github, home }
    }

    fn run(&self, token: &str, args: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gonogo"));
        command.env_clear().env("HOME", self.home.path()).env("USER", "eve").current_dir(self.home.path());
        command.env("GITHUB_TOKEN", token).env("GITHUB_API_URL", self.github.url());
        Said::of(&command.args(args).stdin(Stdio::null()).output().unwrap())
    }
}

const SIGN: [&str; 3] = ["sign", "launch/briefed", "--go"];

#[test]
fn a_member_speaks_for_the_team_and_nobody_else_does() {
    let world = World::new();
    let said = world.run(OUTSIDER, &SIGN);
    assert_eq!(said.code, Some(2), "{}{}", said.out, said.err);
    assert!(said.err.contains("hubot does not speak for") && !said.err.contains("not known"), "{}", said.err);
    // Somebody whose login nobody knows is in no team, whatever he is called.
    let said = world.run(OUTSIDER, &[&SIGN[..], &["--as", "octocat"]].concat());
    assert_eq!(said.code, Some(2), "{}{}", said.out, said.err);
    let said = world.run(MEMBER, &SIGN);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    assert!(said.out.contains("Octocat (GitHub login Octocat)"), "{}", said.out);
    let voted = world.run(MEMBER, &["vote", "support", "--go", "--open"]);
    assert_eq!(voted.code, Some(0), "{}{}", voted.out, voted.err);
    // A claimed name counts by the login that the launch gives it; here claims are allowed.
    let said = world.run(OUTSIDER, &["sign", "launch/briefed", "--no-go", "--note", "no", "--as", "mo"]);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    let seen = world.github.requests();
    assert!(seen.iter().all(|it| !it.path.contains("canary")), "no token in an address");
}

#[test]
fn a_team_that_can_not_be_seen_holds_nothing_and_the_refusal_says_why() {
    let world = World::new();
    world.github.edit(|world| world.teams.clear());
    let said = world.run(MEMBER, &SIGN);
    assert_eq!(said.code, Some(2), "{}{}", said.out, said.err);
    for part in
        ["Octocat does not speak for", "who is in the GitHub team acme/support is not known", "read:org"]
    {
        assert!(said.err.contains(part), "{part}: {}", said.err);
    }
    let said = world.run(MEMBER, &["vote", "support", "--go", "--open"]);
    assert!(
        said.code == Some(2) && said.err.contains("read:org") && said.err.contains("support"),
        "{}",
        said.err
    );
    let doctor = world.run(MEMBER, &["doctor"]);
    assert_eq!(doctor.code, Some(3), "{}{}", doctor.out, doctor.err);
    assert!(
        doctor.out.contains("acme/support holds support: can NOT be read") && doctor.out.contains("read:org"),
        "{}",
        doctor.out
    );
    world.github.edit(|world| world.teams.insert("acme/support".into(), vec!["octocat".into()]));
    let doctor = world.run(MEMBER, &["doctor"]);
    assert!(doctor.out.contains("acme/support holds support: 1 member"), "{}", doctor.out);
    // A server in trouble is no proof either.
    world.github.fault(Fault::status(502));
    assert_ne!(world.run(MEMBER, &SIGN).code, Some(0));
    world.github.heal();
    assert_eq!(world.run(MEMBER, &SIGN).code, Some(0));
}

#[test]
fn a_token_that_github_does_not_know_is_named_as_the_reason() {
    let world = World::new();
    let said = world.run("ghp_canary0123456789canary0123456789gone", &SIGN);
    assert_eq!(said.code, Some(2), "{}{}", said.out, said.err);
    let why = "GitHub did not say whose token it is: ";
    assert!(said.err.contains("eve does not speak") && said.err.contains(why), "{}", said.err);
    assert!(!said.err.contains("canary"), "{}", said.err);
}
