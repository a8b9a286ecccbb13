use std::collections::HashMap;
use std::fs;

use super::*;
use gonogo_yaml::render_plain;

/// What connections can be of, in these tests.
const SERVERS: KnownNames<'_> = KnownNames {
    servers: &["github", "prometheus"],
    writes: &["status", "comment"],
    keys: &no_xyz,
    views: &no_open,
};

/// Every filter will do but an empty one, under every name but `open`.
fn no_open(name: &str, filter: &str) -> Option<ViewFault> {
    let (message, help) = ("wrong".to_owned(), "h".to_owned());
    match (name, filter) {
        ("open", _) => Some(ViewFault::Name { message, help }),
        (_, "") => Some(ViewFault::Filter { message, help }),
        _ => None,
    }
}

/// All keys but one will do, for an action that is there.
fn no_xyz(written: &[(String, Vec<String>)]) -> Vec<KeyFault> {
    let fault =
        |action, key, message: &str| KeyFault { action, key, message: message.into(), help: "h".into() };
    let mut faults = Vec::new();
    for (at, (name, keys)) in written.iter().enumerate() {
        faults.extend((name != "find").then(|| fault(at, None, "no action")));
        faults.extend(keys.iter().position(|key| key == "xyz").map(|key| fault(at, Some(key), "no key")));
    }
    faults
}
const CANARY: &str = "ghp_CANARYcanary0123456789";

fn env_of(pairs: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> + use<> {
    let pairs: HashMap<String, String> =
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    move |name: &str| pairs.get(name).cloned()
}

/// Settings from a file with this text.
fn load(text: &str) -> Result<Settings, SettingsError> {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("settings.yaml");
    fs::write(&path, text).expect("written");
    Settings::load(Some(&path), &env_of(&[("HOME", "/home/octo"), ("USER", "octo")]), &SERVERS)
}

fn told(error: &SettingsError) -> String {
    match error {
        SettingsError::Invalid { problems, source_text } => render_plain(problems, source_text),
        other => other.to_string(),
    }
}

fn from_env(pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let mut all = vec![("HOME", "/nonexistent")];
    all.extend(pairs);
    Settings::load(None, &env_of(&all), &SERVERS)
}

#[test]
fn everything_can_be_said_in_the_file() {
    let settings = load(
        "theme: light\nascii: true\nidentity: { name: Octo, github: octocat }\njournal: ~/x/journal.db\n\
         poll: { interval: 2m, jitter: 0.2 }\nhttp: { allow: [Status.example.com], private: [10.0.0.7, \"::1\"] }\n\
         connections:\n  metrics: { source: prometheus, url: \"https://Prom.example.com:9090/base/\", token_env: PROM_TOKEN }\n",
    )
    .unwrap_or_else(|error| panic!("{}", told(&error)));
    assert_eq!((settings.theme.as_deref(), settings.ascii), (Some("light"), Some(true)));
    assert_eq!((settings.identity.name.as_deref(), settings.identity.from_system), (Some("Octo"), false));
    assert!(
        matches!(&settings.journal, Some(JournalAt::File(path)) if path == Path::new("/home/octo/x/journal.db"))
    );
    assert_eq!(settings.poll, PollSettings { interval: Some(Duration::from_secs(120)), jitter: 0.2 });
    assert_eq!(settings.http.allow, ["status.example.com"]);
    assert_eq!(settings.http.private, ["10.0.0.7", "::1"]);
    let metrics = &settings.connections["metrics"];
    assert_eq!(
        (metrics.url.as_str(), metrics.url.host()),
        ("https://prom.example.com:9090/base", "prom.example.com")
    );
    let token = metrics.token(&env_of(&[("PROM_TOKEN", CANARY)])).expect("sound").expect("there");
    assert_eq!((token.expose(), token.origin().to_string().as_str()), (CANARY, "PROM_TOKEN"));
    assert!(metrics.token(&env_of(&[])).expect("sound").is_none());
}

#[test]
fn keys_are_read_with_the_place_of_every_fault() {
    let settings =
        load("keys:\n  find: [Ctrl-F, \"/\"]\n").unwrap_or_else(|error| panic!("{}", told(&error)));
    assert_eq!(settings.keys, [("find".into(), vec!["Ctrl-F".into(), "/".into()])]);
    assert!(settings.written.contains("keys.find"));
    let said = told(&load("keys:\n  fnid: [f]\n  find: [a, xyz]\n").expect_err("refused"));
    assert!(said.contains("settings.yaml:2:3") && said.contains("settings.yaml:3:13"), "{said}");
    for text in
        ["keys: [a]\n", "keys: { find: f }\n", "keys: { find: [[a]] }\n", "keys: { find: [a], find: [b] }\n"]
    {
        assert!(load(text).is_err(), "{text}");
    }
}

#[test]
fn filters_with_a_name_are_read_with_the_place_of_every_fault() {
    let settings = load("views:\n  qa-open: \"owner:qa is:open\"\n  late: is:overdue\n")
        .unwrap_or_else(|error| panic!("{}", told(&error)));
    let views = [("qa-open".into(), "owner:qa is:open".into()), ("late".into(), "is:overdue".into())];
    assert_eq!(settings.views, views, "in the order of the file");
    let said = told(&load("views:\n  open: a\n  late: ''\n  Two Words: a\n").expect_err("refused"));
    for place in ["settings.yaml:2:3", "settings.yaml:3:9", "settings.yaml:4:3"] {
        assert!(said.contains(place), "{place}: {said}");
    }
    for text in ["views: [a]\n", "views: { a: [b] }\n", "views: { a: b, a: c }\n"] {
        assert!(load(text).is_err(), "{text}");
    }
}

#[test]
fn how_long_answers_are_kept_is_days_and_mebibytes_within_limits() {
    let kept = |text: &str| {
        load(&format!("observations: {text}\n"))
            .map(|it| (it.observations.keep.as_secs() / 86_400, it.observations.most_mib))
    };
    assert_eq!(kept("{ keep: 30d, most_mib: 64 }").unwrap(), (30, 64));
    assert_eq!(kept("{ keep: 24h }").unwrap(), (1, 256), "what is not said stays as it is without");
    assert_eq!(kept("{ keep: 3650d, most_mib: 100000 }").unwrap(), (3_650, 100_000));
    assert_eq!(kept("{ most_mib: 1 }").unwrap(), (180, 1));
    for keep in
        ["30", "30x", "-3d", "0d", "0s", "23h", "3651d", "99999999999999999999d", "1d 2h x", "true", "\"\""]
    {
        let error = kept(&format!("{{ keep: {keep} }}")).expect_err(keep);
        let said = told(&error);
        assert!(said.contains("settings.yaml:1:") && said.contains("keep"), "{keep}: {said}");
    }
    for most in ["0", "-1", "100001", "4294967296", "99999999999999999999", "1.5", "64MiB", "many"] {
        let error = kept(&format!("{{ most_mib: {most} }}")).expect_err(most);
        let said = told(&error);
        assert!(said.contains("settings.yaml:1:") && said.contains("most_mib"), "{most}: {said}");
    }
    let said = told(&kept("{ keeps: 30d }").expect_err("an unknown key"));
    assert!(said.contains("keep"), "the nearest right name is told: {said}");
}

#[test]
fn without_a_file_there_are_defaults() {
    let settings = from_env(&[("USER", "octo")]).expect("loads");
    assert_eq!(settings.path, None);
    assert_eq!((settings.identity.name.as_deref(), settings.identity.from_system), (Some("octo"), true));
    assert_eq!(settings.poll, PollSettings { interval: None, jitter: 0.1 });
    assert!(load("# nothing yet\n").is_ok(), "a file of comments says nothing");
    let missing = Settings::load(Some(Path::new("/nonexistent/settings.yaml")), &env_of(&[]), &SERVERS);
    assert!(matches!(missing, Err(SettingsError::Unreadable { .. })), "a file that was named must be there");
}

#[test]
fn the_usual_file_is_found_in_the_configuration_folder() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(dir.path().join("gonogo")).expect("made");
    fs::write(dir.path().join("gonogo/settings.yaml"), "theme: mono\n").expect("written");
    let base = dir.path().to_str().expect("text");
    let settings = Settings::load(None, &env_of(&[("XDG_CONFIG_HOME", base)]), &SERVERS).expect("loads");
    assert_eq!(settings.theme.as_deref(), Some("mono"));
    assert_eq!(settings.path, Some(dir.path().join("gonogo/settings.yaml")));
    assert_eq!(settings.folders.themes(), Some(dir.path().join("gonogo/themes")));
}

#[test]
fn faults_of_the_file_are_all_told_with_their_places() {
    let error = load(
        "theem: dark\nascii: yes\njournal: journal.db\npoll: { interval: 1s, jitter: 0.9 }\n\
         http: { allow: [\"https://x.example.com\", \"*.example.com\"] }\nconnections:\n  \
         Metrics: { source: promtheus, url: \"http://prom.example.com\" }\n  m: { source: github, url: nowhere }\n",
    )
    .expect_err("refused");
    let told_first = told(&error);
    for part in ["did you mean `theme`", "expected true or false", ":1:1", ":2:8"] {
        assert!(told_first.contains(part), "{part}: {told_first}");
    }
    let error = load(
        "journal: journal.db\npoll: { interval: 1s, jitter: 0.9 }\n\
         http: { allow: [\"https://x.example.com\", \"*.example.com\"] }\nconnections:\n  \
         Metrics: { source: promtheus, url: \"http://prom.example.com\" }\n  m: { source: github, url: nowhere }\n",
    )
    .expect_err("refused");
    let told = told(&error);
    for part in [
        "full path or a PostgreSQL URL",
        "not a time from 5s to 1h",
        "not a number from 0 to 0.5",
        "not the name of a host",
        "not an id",
        "did you mean `prometheus`",
        "http works for this machine only",
        "must begin with https",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert_eq!(told.matches("not the name of a host").count(), 2);
}

#[test]
fn secrets_in_the_file_are_refused_and_never_shown() {
    for text in [
        format!(
            "connections: {{ m: {{ source: github, url: \"https://x.example.com\", token_env: {CANARY} }} }}\n"
        ),
        format!(
            "connections: {{ m: {{ source: github, url: \"https://x.example.com\", token: {CANARY} }} }}\n"
        ),
        format!("connections: {{ m: {{ source: github, url: \"https://octo:{CANARY}@x.example.com\" }} }}\n"),
        format!("connections: {{ m: {{ source: github, url: \"https://x.example.com/?t={CANARY}\" }} }}\n"),
        format!("journal: [postgres://octo:{CANARY}@db.example.com/x, [\n"),
        format!("github_token: {CANARY}\n"),
        format!("ascii: {CANARY}\n"),
        format!("{CANARY}: 1\n"),
        "password: CANARY-of-no-known-form\n".to_owned(),
    ] {
        let error = load(&text).expect_err(&text);
        for shown in [told(&error), error.to_string(), format!("{error:?}")] {
            assert!(!shown.contains("CANARY"), "{shown}");
        }
        assert!(told(&error).contains("***"), "{}", told(&error));
    }
}

#[test]
fn our_own_words_about_a_file_are_shown_whole() {
    let said = told(&load("identity: octo\n").expect_err("a map is wanted"));
    assert!(said.contains("its keys: `name`, `github`"), "{said}");
    assert!(!said.contains("**"), "{said}");
}

#[test]
fn the_journal_address_prints_without_its_password() {
    let settings =
        load(&format!("journal: postgres://octo:{CANARY}@db.example.com/x?password={CANARY}\n")).expect("ok");
    let journal = settings.journal.as_ref().expect("there");
    assert_eq!(journal.to_string(), "postgres://db.example.com/x");
    assert!(!format!("{settings:?}").contains(CANARY));
}

#[cfg(unix)]
#[test]
fn a_file_that_everybody_may_write_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("settings.yaml");
    fs::write(&path, "theme: dark\n").expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).expect("set");
    let error = Settings::load(Some(&path), &env_of(&[]), &SERVERS).expect_err("refused");
    assert!(error.to_string().contains("everybody can write"), "{error}");
    assert!(Settings::load(Some(dir.path()), &env_of(&[]), &SERVERS).is_err(), "a folder is no file");
}

#[test]
fn plain_http_and_odd_addresses_are_refused() {
    use NotAUrl as N;
    for (text, reason) in [
        ("http://api.github.com", N::Plain),
        ("http://127.0.0.1.example.com", N::Plain),
        ("http://localhost.example.com", N::Plain),
        ("http://10.0.0.1", N::Plain),
        ("http://0.0.0.0", N::Plain),
        ("https://octo@x.example.com", N::User),
        ("http://127.0.0.1@evil.example.com", N::User),
        ("https://x.example.com/?a=b", N::Query),
        ("https://x.example.com/#a", N::Query),
        ("ftp://x.example.com", N::Scheme),
        ("file:///etc/passwd", N::Malformed),
        ("x.example.com", N::Scheme),
        ("https://", N::Malformed),
        ("https://x.example.com:", N::Malformed),
        ("https://x y", N::Malformed),
        ("", N::Malformed),
    ] {
        assert_eq!(text.parse::<BaseUrl>(), Err(reason), "{text}");
    }
    for text in ["http://127.0.0.1:1", "http://127.9.9.9", "http://[::1]", "http://LOCALHOST:80", "https://x"]
    {
        assert!(text.parse::<BaseUrl>().is_ok(), "{text}");
    }
}

#[test]
fn tokens_come_in_order_and_say_where_from() {
    let settings = from_env(&[]).expect("loads");
    let token = |pairs: &[(&str, &str)]| {
        settings.token(&["GITHUB_TOKEN", "GH_TOKEN"], None, &env_of(pairs)).expect("sound")
    };
    let both = token(&[("GITHUB_TOKEN", "one"), ("GH_TOKEN", "two")]).expect("there");
    assert_eq!((both.expose(), both.origin()), ("one", &TokenOrigin::Env("GITHUB_TOKEN".into())));
    let second = token(&[("GITHUB_TOKEN", "  \n"), ("GH_TOKEN", " two\n")]).expect("there");
    assert_eq!((second.expose(), second.origin().to_string().as_str()), ("two", "GH_TOKEN"));
    assert!(token(&[]).is_none());
}

#[test]
fn a_token_that_is_none_is_an_error_that_does_not_show_it() {
    let settings = from_env(&[]).expect("loads");
    for bad in ["a\nX: y", "a b", "a\u{1b}[0m", "t\u{f6}ken", "a\0b", &"x".repeat(5000)] {
        let value = format!("{CANARY}{bad}");
        let env = env_of(&[("GITHUB_TOKEN", value.as_str()), ("GH_TOKEN", "good")]);
        let error =
            settings.token(&["GITHUB_TOKEN", "GH_TOKEN"], None, &env).expect_err("not skipped in silence");
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("GITHUB_TOKEN") && !shown.contains("CANARY"), "{shown}");
    }
}

#[test]
fn a_token_never_prints() {
    let token = Token::new(CANARY.to_owned(), TokenOrigin::Env("X".into())).expect("sound").expect("there");
    assert_eq!(format!("{token} {token:?} {:?}", Some(&token)), "*** *** Some(***)");
}

#[cfg(unix)]
mod keeper_program {
    use super::*;

    const fn gh(host: &str) -> CredentialHelper<'_> {
        let quiet = ("GH_PROMPT_DISABLED", "1");
        CredentialHelper { program: "gh", args: &["auth", "token", "--hostname"], quiet, host }
    }

    /// A folder with a `gh` that is this shell script.
    fn with_gh(script: &str) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("gh");
        // By another program: while this one had it open, a fork of another test could still have it, and a file
        // that somebody may write cannot be run.
        let write = "printf '#!/bin/sh\n%s\n' \"$1\" > \"$0\" && chmod 755 \"$0\"";
        let mut shell = std::process::Command::new("/bin/sh");
        let status = shell.args(["-c", write]).arg(&path).arg(script).status().expect("a shell");
        assert!(status.success());
        dir
    }

    fn ask(script: &str, patience: Duration) -> Result<Option<Token>, TokenError> {
        let dir = with_gh(script);
        let env = env_of(&[("PATH", dir.path().to_str().expect("text"))]);
        keeper::token(gh("git.example.com"), &env, patience).map(|said| said.token)
    }

    #[test]
    fn is_asked_for_the_host_and_is_told_to_be_quiet() {
        let dir = with_gh("echo \"$1-$2-$3-$4-$GH_PROMPT_DISABLED\"");
        let env = env_of(&[("PATH", dir.path().to_str().expect("text"))]);
        let settings = Settings::load(None, &env, &SERVERS).expect("loads");
        let token =
            settings.token(&["GH_TOKEN"], Some(gh("x.example")), &env).expect("sound").expect("there");
        assert_eq!(token.expose(), "auth-token---hostname-x.example-1");
        assert_eq!(token.origin().to_string(), "`gh auth token` for x.example");
    }

    #[test]
    fn is_asked_once_whoever_wants_to_know() {
        let dir = with_gh("echo x >> \"$0.asked\"; echo a-token");
        let env = env_of(&[("PATH", dir.path().to_str().expect("text"))]);
        let settings = Settings::load(None, &env, &SERVERS).expect("loads");
        for settings in [settings.clone(), settings.clone(), settings] {
            assert_eq!(
                settings.token(&[], Some(gh("x.example")), &env).expect("sound").expect("there").expose(),
                "a-token"
            );
        }
        assert_eq!(fs::read_to_string(dir.path().join("gh.asked")).expect("asked"), "x\n");
    }

    #[test]
    fn that_fails_or_hangs_means_no_token() {
        let long = Duration::from_secs(60);
        assert!(ask("echo secret; exit 1", long).expect("sound").is_none(), "not logged in");
        assert!(ask("exit 0", long).expect("sound").is_none());
        assert!(ask("exec 1>&-; kill -9 $$", long).expect("sound").is_none());
        assert!(ask("sleep 600; echo late", Duration::from_millis(50)).expect("sound").is_none(), "killed");
        let dir = with_gh("sleep 600");
        let env = env_of(&[("PATH", dir.path().to_str().expect("text"))]);
        let settings =
            Settings::load(None, &env, &SERVERS).expect("loads").hurried(Duration::from_millis(50));
        assert!(settings.token(&[], Some(gh("x.example")), &env).expect("sound").is_none());
        assert_eq!(settings.was_silent("gh", "x.example"), Some(Duration::from_millis(50)), "it is said");
        let error = ask("printf 'CANARY\\nsecond line'", long).expect_err("two lines are no token");
        assert!(!error.to_string().contains("CANARY"));
    }

    #[test]
    fn beside_the_checklist_is_never_run() {
        let dir = with_gh("echo evil");
        let here = std::env::current_dir().expect("a folder");
        let up = "../".repeat(here.components().count());
        let relative = format!("{up}{}", dir.path().to_str().expect("text"));
        assert!(Path::new(&relative).join("gh").is_file(), "it is there to be run");
        for path in [relative.as_str(), "", "."] {
            assert!(
                keeper::token(gh("github.com"), &env_of(&[("PATH", path)]), PATIENCE)
                    .expect("sound")
                    .token
                    .is_none()
            );
        }
        assert!(keeper::token(gh("github.com"), &env_of(&[]), PATIENCE).expect("sound").token.is_none());
    }
}

#[cfg(unix)]
#[test]
fn a_private_folder_is_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("a folder");
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    let fresh = dir.path().join("a/b/gonogo");
    private_folder(&fresh).expect("made");
    assert_eq!(mode(&fresh), 0o700);
    fs::set_permissions(&fresh, fs::Permissions::from_mode(0o755)).expect("set");
    private_folder(&fresh).expect("closed");
    assert_eq!(mode(&fresh), 0o700);
    let link = dir.path().join("link");
    std::os::unix::fs::symlink(&fresh, &link).expect("linked");
    assert!(private_folder(&link).expect_err("refused").to_string().contains("link"));
    let file = dir.path().join("file");
    fs::write(&file, "").expect("written");
    assert!(private_folder(&file).is_err());
}

#[test]
fn folders_follow_xdg_and_ignore_what_is_no_full_path() {
    let folders = Folders::from_env(&env_of(&[
        ("HOME", "/home/octo"),
        ("XDG_STATE_HOME", "/var/x"),
        ("XDG_CONFIG_HOME", "relative"),
        ("XDG_DATA_HOME", ""),
    ]));
    assert_eq!(folders.config.as_deref(), Some(Path::new("/home/octo/.config/gonogo")));
    assert_eq!(folders.state.as_deref(), Some(Path::new("/var/x/gonogo")));
    assert_eq!(folders.data.as_deref(), Some(Path::new("/home/octo/.local/share/gonogo")));
}

#[test]
fn the_systems_name_is_taken_only_if_it_is_one() {
    let name =
        |value: &str| from_env(&[("USER", value), ("LOGNAME", "fallback")]).expect("loads").identity.name;
    assert_eq!(name("octo").as_deref(), Some("octo"));
    for odd in ["", "a\u{1b}b", &"x".repeat(100)] {
        assert_eq!(name(odd).as_deref(), Some("fallback"), "{odd:?}");
    }
}
