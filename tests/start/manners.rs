//! How the command line meets people.

use super::Place;
use crate::support::program::head;

const LAUNCH: &str = concat!(head!(), "gates: [{ gate: told, title: Told, task: { by: [qa] } }]\n");

#[test]
fn where_nothing_is_the_bare_name_says_what_can_be_done() {
    let place = Place::empty();
    let said = place.run(&[]);
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
    for what in ["gonogo demo", "gonogo init", "gonogo man", "gonogo PATH"] {
        assert!(said.err.contains(what), "{}", said.err);
    }
    place.write("release/launch.yaml", LAUNCH).write("ops/deep/launch.yaml", LAUNCH);
    place.write("node_modules/x/launch.yaml", LAUNCH).write(".git/launch.yaml", LAUNCH);
    let said = place.run(&[]);
    // Launches below are told with what is known of them, and how each is opened.
    // None of them was asked: a list is no GO (V13).
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert!(
        said.out.contains("gonogo release/\n") && said.out.contains("gonogo ops/deep/\n"),
        "{}",
        said.out
    );
    assert!(!said.out.contains("node_modules") && !said.out.contains(".git"), "{}", said.out);
    // A folder that was named is another matter, and so is a launch that is here.
    place.refused(&["ops"], "gonogo init");
    place.write("launch.yaml", LAUNCH).refused(&[], "gonogo check");
}

#[test]
fn a_slip_in_a_command_is_told_as_one() {
    let place = Place::empty();
    place.refused(&["chekc"], "did you mean `gonogo check`?");
    place.refused(&["validat"], "did you mean `gonogo validate`?");
    // What is no slip, and what is there, is a place.
    place.refused(&["somewhere"], "`somewhere`: no such file or folder");
    place.write("chekc/launch.yaml", LAUNCH);
    let said = place.run(&["chekc"]);
    assert!(!said.err.contains("did you mean"), "{}", said.err);
}

#[test]
fn every_verb_names_what_to_do_where_no_launch_is() {
    let place = Place::empty();
    for words in [&["validate"][..], &["check"], &["path"], &["sign", "a/b", "--go"], &["journal", "show"]] {
        place.refused(words, "gonogo init writes a new one");
    }
}

#[test]
fn check_is_the_same_as_the_flag() {
    let place = Place::empty();
    place.write("x/launch.yaml", LAUNCH);
    let answers = [
        place.run(&["check", "x", "--timeout", "1s"]),
        place.run(&["--check", "x", "--timeout", "1s"]),
        place.run(&["check", "--launch", "x", "--timeout", "1s"]),
    ];
    let same = answers.map(|said| (said.code, said.out.lines().next().unwrap_or_default().to_owned()));
    assert_eq!(same[0].0, Some(3), "{same:?}");
    assert!(same.iter().all(|it| *it == same[0]), "{same:?}");
}

#[test]
fn acts_take_the_launch_by_its_place_too() {
    let place = Place::empty();
    place.write("x/launch.yaml", LAUNCH);
    let journal = ["--journal", "x/j.db"];
    place.does(&["sign", "launch/told", "x", "--go", journal[0], journal[1]]);
    place.does(&["sign", "launch/told", "--no-go", "--launch", "x", journal[0], journal[1]]);
    let told = place.does(&["journal", "show", "x", journal[0], journal[1]]).out;
    assert_eq!(told.matches("launch/told").count(), 2, "{told}");
    assert!(place.does(&["verify", "x", journal[0], journal[1]]).out.contains("rocket-2: 2 entries"));
}

#[test]
fn the_manual_has_a_page_for_each_verb() {
    let place = Place::empty();
    let main = place.does(&["man"]).out;
    assert!(main.contains(".TH gonogo 1") && main.contains("Exit codes"), "{main}");
    std::fs::create_dir(place.path("man1")).unwrap();
    place.does(&["man", "--into", "man1"]);
    for (page, word) in
        [("gonogo.1", "cockpit"), ("gonogo-sign.1", "refunds fail"), ("gonogo-journal-copy.1", "postgres")]
    {
        assert!(place.read(&format!("man1/{page}")).contains(word), "{page}");
    }
    place.refused(&["man", "--into", "nowhere"], "cannot be written");
}

#[test]
fn settings_tell_what_holds_and_why_and_no_secret() {
    const SECRET: &str = "ghp_canary0123456789canary0123456789cana";
    let place = Place::empty();
    let view = |args: &[&str]| place.run_with(&[("GITHUB_TOKEN", SECRET), ("PROM", SECRET)], args);
    let plain = view(&["settings"]);
    assert_eq!(plain.code, Some(0), "{}", plain.err);
    assert!(plain.out.contains("none is needed") && !plain.out.contains(SECRET), "{}", plain.out);
    place.write(
        ".config/gonogo/settings.yaml",
        "theme: mono\npoll: { interval: 30s }\njournal: postgres://launch:hunter2@db.example/launches\n\
         connections: { prom: { source: prometheus, url: 'https://p.example', token_env: PROM } }\n",
    );
    let said = view(&["settings", "--format", "json"]);
    let all = said.json();
    assert!(!said.out.contains(SECRET) && !said.out.contains("hunter2"), "{}", said.out);
    let held = |key: &str| {
        let found = all["settings"].as_array().unwrap().iter().find(|it| it["key"] == key);
        let found = found.unwrap_or_else(|| panic!("{key}: {}", said.out));
        (found["value"].as_str().unwrap().to_owned(), found["from"].as_str().unwrap().to_owned())
    };
    assert_eq!(held("theme"), ("mono".into(), "file".into()));
    assert_eq!(held("poll.interval"), ("30s".into(), "file".into()));
    assert_eq!(held("poll.jitter"), ("0.1".into(), "default".into()));
    assert_eq!(held("identity.name").1, "system");
    assert_eq!(held("journal").0, "postgres://db.example/launches");
    assert!(held("connections.prom").0.ends_with("token in PROM"), "{}", said.out);
    let token = all["environment"].as_array().unwrap().iter().find(|it| it["name"] == "GITHUB_TOKEN");
    assert_eq!(token.unwrap()["set"], true);
    assert_eq!(all["complete"], true);
    place.write(".config/gonogo/settings.yaml", "keys: { find: [Ctrl-F, /], export: [] }\n");
    let said = view(&["settings"]).out;
    assert!(said.contains("keys.find") && said.contains("Ctrl-F, /  (file)"), "{said}");
    assert!(said.contains("none: by the palette alone"), "{said}");
    for (keys, at) in [
        ("{ find: [w] }", "settings.yaml:1:16"),
        ("{ fnid: [f] }", "settings.yaml:1:9"),
        ("{ find: [F1] }", "settings.yaml:1:16"),
        ("{ help: [] }", "settings.yaml:1:9"),
    ] {
        let text = format!("keys: {keys}\n");
        place.write(".config/gonogo/settings.yaml", &text).refused(&["settings"], at);
    }
    for (views, at) in [
        ("{ late: 'owner:qa verdict:open' }", "settings.yaml:1:16"),
        ("{ late: 'age>soon' }", "settings.yaml:1:16"),
        ("{ open: 'owner:qa' }", "settings.yaml:1:10"),
        ("{ late: '' }", "settings.yaml:1:16"),
    ] {
        let text = format!("views: {views}\n");
        place.write(".config/gonogo/settings.yaml", &text).refused(&["settings"], at);
    }
    place.write(".config/gonogo/settings.yaml", "views: { qa-open: 'owner:anybody is:open' }\n");
    assert!(
        view(&["settings"]).out.contains("owner:anybody is:open  (file)"),
        "an owner depends on the launch"
    );
    place
        .write(".config/gonogo/settings.yaml", "theme: [mono]\n")
        .refused(&["settings"], "settings.yaml:1:8");
}

/// Agents are for packages: a build from source says how to get them.
#[cfg(not(feature = "mcp"))]
#[test]
fn a_build_without_agents_says_how_to_get_it() {
    let said = Place::empty().run(&["mcp", "--demo"]);
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""));
    assert!(said.err.contains("--features mcp"), "{}", said.err);
}
