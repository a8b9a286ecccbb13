use super::*;

const CANARY: &str = "ghp_CANARYcanary0123456789";

fn pairs<'a>(pairs: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
    |name| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
}

fn home(source: &str) -> &'static Home {
    declared(source).and_then(|it| it.home).expect("a usual server")
}

#[test]
fn an_address_of_the_environment_is_that_of_its_server_or_an_error() {
    let of = |source: &str, all: &[(&str, &str)]| addresses_of(home(source), &pairs(all));
    let (base, second) = of("github", &[]).expect("the default");
    assert_eq!((base.as_str(), second), ("https://api.github.com", None));
    assert_eq!(of("linear", &[]).expect("the default").0.as_str(), "https://api.linear.app/graphql");
    let both = [
        ("GITHUB_API_URL", "https://git.example.com/api/v3"),
        ("GITHUB_GRAPHQL_URL", "https://git.example.com/g"),
    ];
    let second = of("github", &both).expect("one host").1;
    assert_eq!(second.expect("named").as_str(), "https://git.example.com/g");
    let error =
        of("github", &[("GITHUB_GRAPHQL_URL", "https://evil.example.com/graphql")]).expect_err("refused");
    assert!(error.to_string().contains("api.github.com"), "{error}");
    let secret = format!("https://octo:{CANARY}@x.example.com");
    for (source, name) in
        [("github", "GITHUB_API_URL"), ("linear", "LINEAR_API_URL"), ("github", "GITHUB_GRAPHQL_URL")]
    {
        let error = of(source, &[(name, &secret)]).expect_err("refused");
        assert!(error.to_string().contains(name), "{error}");
        assert!(!format!("{error} {error:?}").contains(CANARY), "{error:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_program_hands_over_no_token_for_a_server_on_this_machine() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("gh");
    std::fs::write(&path, "#!/bin/sh\necho real-token\n").expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("set");
    let folder = dir.path().to_str().expect("text");
    let loopback = [("PATH", folder), ("GITHUB_API_URL", "http://127.0.0.1:1")];
    let settings = Settings::load(
        None,
        &pairs(&loopback),
        &KnownNames { servers: &[], writes: &[], keys: &keymap::faults, views: &keymap::view_fault },
    )
    .expect("loads");
    assert!(token_of(&settings, home("github"), &pairs(&loopback)).expect("sound").is_none());
    let named = [("PATH", folder), ("LINEAR_API_KEY", "lin_api_x")];
    let key = token_of(&settings, home("linear"), &pairs(&named)).expect("sound").expect("there");
    assert_eq!((key.expose(), key.origin().to_string().as_str()), ("lin_api_x", "LINEAR_API_KEY"));
}
