//! `.ci/newcomer` with the debug binary, against a loopback GitHub.

use std::process::Command;

use crate::support::{github::GithubServer, program::TOKEN};

#[test]
fn a_newcomer_gets_from_nothing_to_an_answer() {
    let github = GithubServer::start(|world| {
        world.token(TOKEN, "octocat");
        let repo = world.repo("acme/rocket");
        repo.commit("main", "c1").check("test", "success");
        repo.run("test.yml", "main", "success");
    });
    let mut command = Command::new("bash");
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/.ci/newcomer")).arg(env!("CARGO_BIN_EXE_gonogo"));
    command.env_clear().env("GITHUB_API_URL", github.url()).env("GITHUB_TOKEN", TOKEN);
    // What is looked for, and what may be fetched, is the caller's to say; else it says itself what was not run.
    for name in
        ["PATH", "GONOGO_NPM", "GONOGO_CHECKLISTS", "LANG", "npm_config_registry", "NODE_EXTRA_CA_CERTS"]
    {
        command.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    let output = command.output().unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    // The timings, for whoever runs it with --nocapture.
    std::io::Write::write_all(&mut std::io::stdout(), said.as_bytes()).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("GitHub was asked") && github.count() > 0, "{said}");
    assert!(!said.contains("canary"), "{said}");
}
