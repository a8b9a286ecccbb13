//! The forms of an answer, each read by a parser that somebody else wrote: JUnit, XML, Markdown, metrics.

use std::{collections::HashMap, process::Command};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus};

use super::{LAUNCH, World};
use crate::support::program::gonogo;

const HOSTILE: &str = "x]]> <script>alert(1)</script> & \"q\" 'q' | `c` ![i](https://evil.example/p.png) @octocat #12 ::error::a ##[error]b";

struct Page {
    code: i32,
    out: String,
    err: String,
}

fn run(mut command: Command, args: &[&str]) -> Page {
    let output = command.args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Page { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

fn form(world: &World, form: &str) -> Page {
    run(world.command(), &["check", "--format", form, "--timeout", "60s"])
}

/// A world in which titles and what sources say are hostile, and one gate of each sort.
fn hostile() -> World {
    let world = World::green();
    let title = serde_json::to_string(HOSTILE).unwrap();
    let more = format!(
        "  - {{ gate: person, title: {title}, sign_off: {{ by: [qa] }} }}\n  - {{ gate: told, title: Told, blocks: nothing, \
         task: {{ by: [qa] }} }}\n  - {{ gate: left-out, title: Left out, when: {{ tier: [high] }}, task: {{ by: [qa] }} }}\n"
    );
    let launch = LAUNCH.replace("gates:\n", "variables: { tier: low }\ngates:\n") + &more;
    std::fs::write(world.home.path().join("launch.yaml"), launch).unwrap();
    world.github.edit(|it| {
        it.repo("acme/rocket").issue(7, HOSTILE).label("release-blocker");
    });
    world
}

/// Each case by its name.
fn cases(xml: &str) -> (Report, HashMap<String, TestCase>) {
    roxmltree::Document::parse(xml).unwrap_or_else(|error| panic!("{error}\n{xml}"));
    let report = Report::deserialize_from_str(xml).unwrap_or_else(|error| panic!("{error}\n{xml}"));
    let all = report.test_suites.iter().flat_map(|suite| &suite.test_cases);
    let named = all.map(|case| (case.name.as_str().to_owned(), case.clone())).collect();
    (report, named)
}

fn sort(case: &TestCase) -> &'static str {
    match &case.status {
        TestCaseStatus::Success { .. } => "passed",
        TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, .. } => "failed",
        TestCaseStatus::NonSuccess { kind: NonSuccessKind::Error, .. } => "error",
        TestCaseStatus::Skipped { .. } => "skipped",
    }
}

fn of<'a>(cases: &'a HashMap<String, TestCase>, start: &str) -> &'a TestCase {
    let found = cases.iter().find(|(name, _)| name.starts_with(start));
    found.map_or_else(|| panic!("no {start} in {:?}", cases.keys()), |(_, case)| case)
}

#[test]
fn junit_passes_only_when_the_board_is_go() {
    let green = form(&World::green(), "junit");
    let (report, all) = cases(&green.out);
    assert_eq!((green.code, report.failures, report.errors), (0, 0, 0), "{}", green.out);
    assert_eq!(report.tests, 5, "the word and four gates: {}", green.out);
    assert!(all.values().all(|case| sort(case) == "passed"));

    let world = hostile();
    let red = form(&world, "junit");
    let (report, all) = cases(&red.out);
    assert_eq!(red.code, 1, "{}", red.err);
    assert!(report.failures == 2 && report.errors == 1 && report.skipped >= 2, "{}", red.out);
    for (start, wanted) in [
        ("the board says GO", "failed"),
        ("launch/bugs: ", "failed"),
        ("launch/person: ", "error"),
        ("launch/told: ", "skipped"),
        ("launch/left-out: ", "skipped"),
        ("launch/checks: ", "passed"),
    ] {
        assert_eq!(sort(of(&all, start)), wanted, "{start}: {}", red.out);
    }
    assert!(
        of(&all, "launch/person: ").name.as_str().contains("]]> <script>"),
        "the words are whole: {}",
        red.out
    );
    assert!(!red.out.contains("##["), "{}", red.out);
    assert!(red.out.contains("line=\"") && red.out.contains("file=\"launch.yaml\""), "{}", red.out);
}

/// Nobody who reads a form may take a recorded NO-GO, a narrowed proof of nothing or a looser launch for a success.
#[test]
fn what_lowers_the_whole_board_is_in_every_form() {
    let world = World::green();
    let launch =
        LAUNCH.replace("gates:\n", "roll_call: { stations: [{ station: qa }], final_call: qa }\ngates:\n");
    std::fs::write(world.home.path().join("launch.yaml"), &launch).unwrap();
    for words in
        [&["vote", "qa", "--go", "--open"][..], &["decide", "--no-go", "--reason", "the <pilot> says no"]]
    {
        let said = run(world.command(), words);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    }
    let junit = form(&world, "junit");
    let (report, all) = cases(&junit.out);
    assert_eq!((junit.code, report.failures), (1, 2), "all gates are green: {}", junit.out);
    assert_eq!(sort(of(&all, "the final call")), "failed");
    assert!(junit.out.contains("the &lt;pilot&gt; says no"), "{}", junit.out);
    for (name, told) in [
        ("markdown", "the &lt;pilot&gt; says no"),
        ("github", "the <pilot> says no"),
        ("html", "the &lt;pilot&gt; says no"),
        ("prometheus", "gonogo_lowered{launch=\"rocket-2\",cause=\"decision\",at_most=\"no-go\"} 1"),
        ("text", "the <pilot> says no"),
        ("json", "the <pilot> says no"),
    ] {
        let page = form(&world, name);
        assert_eq!(page.code, 1, "{name}");
        assert!(page.out.contains(told), "{name}: {}", page.out);
    }
    let base = launch.replace("required: [build, test]", "required: [build, test, lint]");
    std::fs::write(world.home.path().join("base.yaml"), base).unwrap();
    for (name, told) in [
        ("junit", "looser"),
        ("markdown", "looser"),
        ("github", "title=NO-GO%3A the rules::"),
        ("html", "looser"),
    ] {
        let page =
            run(world.command(), &["check", "--format", name, "--baseline", "./base.yaml", "--wait", "9h"]);
        assert_eq!(page.code, 1, "waiting changes no rules: {}", page.err);
        assert!(page.out.contains(told), "{name}: {}", page.out);
    }
    // Nothing is left to prove anything.
    let world = World::green();
    std::fs::write(
        world.home.path().join("qa.yaml"),
        "checklist: qa\ntitle: QA\ngates: [{ gate: ok, title: OK, sign_off: { by: [qa] } }]\n",
    )
    .unwrap();
    let launch = LAUNCH.replace("gates:\n", "checklists: [{ file: qa.yaml }]\ngates:\n");
    std::fs::write(world.home.path().join("launch.yaml"), launch).unwrap();
    let page = run(world.command(), &["check", "--only", "qa", "--evidence-only", "--format", "junit"]);
    let (report, all) = cases(&page.out);
    assert_eq!((page.code, sort(of(&all, "the board says GO"))), (3, "error"), "{}", page.out);
    assert!(report.errors >= 2, "{}", page.out);
}

/// As the runner reads its log: a line that begins with `::`.
fn commands(out: &str) -> Vec<(&str, HashMap<&str, String>, String)> {
    let decoded = |text: &str| {
        let text = text.replace("%2C", ",").replace("%3A", ":");
        text.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
    };
    let lines = out.lines().filter_map(|line| line.trim_start().strip_prefix("::"));
    let each = lines.map(|line| {
        let (head, message) = line.split_once("::").unwrap();
        let (level, keys) = head.split_once(' ').unwrap_or((head, ""));
        let keys =
            keys.split(',').filter_map(|it| it.split_once('=')).map(|(key, value)| (key, decoded(value)));
        (level, keys.collect(), decoded(message))
    });
    each.collect()
}

#[test]
fn annotations_are_at_the_gates_ten_at_most_and_nothing_foreign_is_a_command() {
    let world = hostile();
    std::fs::create_dir(world.home.path().join(".git")).unwrap();
    std::fs::write(world.home.path().join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
    std::fs::create_dir(world.home.path().join("ops")).unwrap();
    std::fs::rename(world.home.path().join("launch.yaml"), world.home.path().join("ops/launch.yaml"))
        .unwrap();
    let page = run(world.command(), &["check", "ops", "--format", "github"]);
    let all = commands(&page.out);
    assert_eq!(page.code, 1, "{}", page.err);
    let levels: Vec<_> = all.iter().map(|(level, ..)| *level).collect();
    assert_eq!(levels, ["error", "error", "warning"], "{}", page.out);
    let (_, keys, message) = &all[1];
    let file = std::fs::read_to_string(world.home.path().join("ops/launch.yaml")).unwrap();
    let line = file.lines().position(|line| line.contains("gate: bugs")).unwrap() + 1;
    assert_eq!(
        (keys["file"].as_str(), &keys["line"]),
        ("ops/launch.yaml", &line.to_string()),
        "{}",
        page.out
    );
    assert_eq!(keys["title"], "NO-GO: launch/bugs");
    assert!(message.contains("No release blocker is open\n") && message.contains("next: "), "{message}");
    assert!(all[2].2.contains("::error::a") && page.out.contains("NO-GO"), "{}", page.out);
    assert!(!page.out.contains("##["), "{}", page.out);

    let gates: String = (0..30)
        .map(|at| format!("  - {{ gate: g{at}, title: G{at}, sign_off: {{ by: [qa] }} }}\n"))
        .collect();
    std::fs::write(world.home.path().join("launch.yaml"), LAUNCH.to_owned() + &gates).unwrap();
    let page = form(&world, "github");
    let all = commands(&page.out);
    assert_eq!(all.len(), 10, "{}", page.out);
    assert!(all[0].0 == "error" && all[1].1["title"] == "NO-GO: launch/bugs", "worst first: {}", page.out);
    assert!(all[9].2.starts_with("and 23 more stand in the way"), "{}", page.out);
    let green = form(&World::green(), "github");
    assert_eq!(commands(&green.out)[0].0, "notice");
}

#[test]
fn the_page_of_markdown_begins_with_the_word_and_holds_nothing_that_acts() {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let page = form(&hostile(), "markdown");
    assert_eq!(page.code, 1);
    assert!(page.out.starts_with("## ⛔ NO-GO"), "{}", page.out);
    let mut tables = 0;
    let mut words = String::new();
    for event in Parser::new_ext(&page.out, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_)) => panic!("{}", page.out),
            Event::Start(Tag::Table(_)) => tables += 1,
            Event::Html(html) | Event::InlineHtml(html) => {
                let ours = ["<br>", "<sub>", "</sub>", "<details>", "</details>", "<summary>", "</summary>"];
                let rest = ours.iter().fold(html.to_string(), |text, tag| text.replace(tag, ""));
                assert!(!rest.contains('<'), "{html}");
            }
            Event::Text(text) => words.push_str(&text),
            _ => {}
        }
    }
    assert!(tables >= 2, "{}", page.out);
    assert!(words.contains("<script>alert(1)</script>"), "what is read is what was written: {words}");
    assert!(!page.out.contains("@octocat") && !page.out.contains("#12"), "nobody is called: {}", page.out);
    assert!(page.out.contains("### Path to GO") && page.out.contains("### Timeline"), "{}", page.out);
}

#[test]
fn the_page_for_browsers_is_whole_by_itself_and_runs_nothing() {
    let page = form(&hostile(), "html");
    assert_eq!(page.code, 1);
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(&page.out, options)
        .unwrap_or_else(|error| panic!("{error}\n{}", page.out));
    let mut drawings = 0;
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let name = node.tag_name().name();
        assert!(
            !["script", "iframe", "link", "img", "object", "embed", "a", "form"].contains(&name),
            "{name}"
        );
        for attribute in node.attributes() {
            let (key, value) = (attribute.name(), attribute.value());
            assert!(!key.starts_with("on") && !["href", "src", "style"].contains(&key), "{name} {key}");
            assert!(!value.contains("javascript:"), "{value}");
        }
        drawings += usize::from(name == "svg");
    }
    assert!(drawings >= 1, "{}", page.out);
    let policy = document.descendants().find(|it| it.attribute("http-equiv").is_some()).unwrap();
    assert!(policy.attribute("content").unwrap().starts_with("default-src 'none'; style-src 'sha256-"));
    assert!(policy.prev_siblings().count() <= 4, "the policy comes before anything it is about");
    let heading = document.descendants().find(|it| it.has_tag_name(("http://www.w3.org/1999/xhtml", "h1")));
    assert!(heading.unwrap().text().unwrap().starts_with("NO-GO"), "{}", page.out);
    assert!(page.out.contains("prefers-color-scheme:dark") && page.out.contains("@media print"));
    let demo = run(gonogo(std::path::Path::new("/")), &["check", "--demo", "--format", "html"]);
    assert_eq!(demo.out.matches("<svg").count(), 2, "the board and the rollout");
}

#[test]
fn metrics_are_what_prometheus_reads() {
    let world = hostile();
    let page = form(&world, "prometheus");
    assert_eq!(page.code, 1);
    for told in [
        "gonogo_word{launch=\"rocket-2\",word=\"no-go\"} 1",
        "gonogo_word{launch=\"rocket-2\",word=\"go\"} 0",
        "gonogo_gate_verdict{launch=\"rocket-2\",gate=\"launch/bugs\",checklist=\"launch\",verdict=\"no-go\",counted=\"true\"} 1",
        "gonogo_gates{launch=\"rocket-2\",verdict=\"pending\"} 1",
        "gonogo_whole{launch=\"rocket-2\"} 1",
    ] {
        assert!(page.out.lines().any(|line| line == told), "{told}\n{}", page.out);
    }
    let mut seen = std::collections::HashSet::new();
    for line in page.out.lines().filter(|line| !line.starts_with('#')) {
        let (series, value) = line.rsplit_once(' ').unwrap();
        assert!(value.parse::<f64>().is_ok() && series.ends_with('}'), "{line}");
        assert!(seen.insert(series.to_owned()), "twice: {line}");
    }
    promtool(&page.out);
    let demo = run(gonogo(world.home.path()), &["check", "--demo", "--format", "prometheus"]);
    assert!(demo.out.contains("gonogo_whole{launch=\"checkout-3\"} 0"), "a recording is not the present");
    promtool(&demo.out);
}

/// Prometheus' own opinion, where it is installed.
fn promtool(page: &str) {
    use std::io::Write as _;
    let spawned = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn();
    let Ok(mut child) = spawned else {
        assert!(std::env::var_os("GONOGO_NEED_PROMETHEUS").is_none(), "no `promtool` is installed");
        return;
    };
    child.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said =
        String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.trim().is_empty(), "{said}\n{page}");
}

#[test]
fn several_reports_are_written_at_once_each_whole() {
    let world = hostile();
    let at = |name: &str| world.home.path().join(name);
    std::fs::write(at("old.json"), "old").unwrap();
    let args = ["--report", "junit=out.xml", "--report", "markdown=out.md", "--report", "json=old.json"];
    let page =
        run(world.command(), &[&["check", "--format", "text", "--metrics", "out.prom"], &args[..]].concat());
    assert_eq!(page.code, 1, "the verdict's own: {}", page.err);
    let read = |name: &str| std::fs::read_to_string(at(name)).unwrap();
    cases(&read("out.xml"));
    assert!(read("out.md").starts_with("## ⛔"));
    assert!(read("out.prom").contains("gonogo_word"));
    let json: serde_json::Value = serde_json::from_str(&read("old.json")).unwrap();
    assert_eq!((&json["verdict"], &json["complete"]), (&"no-go".into(), &true.into()));

    // One that cannot be written is told, and the others are there all the same.
    std::os::unix::fs::symlink("old.json", at("link")).unwrap();
    std::fs::remove_file(at("out.md")).unwrap();
    for bad in ["no/such/folder/x", "link", "/dev/null"] {
        let page = run(
            world.command(),
            &["check", "--report", &format!("junit={bad}"), "--report", "markdown=out.md"],
        );
        assert_eq!(page.code, 2, "{bad}: {}", page.err);
        assert!(page.err.contains(&format!("error: {bad} cannot be written")), "{}", page.err);
        assert!(page.out.starts_with("NO-GO") && read("out.md").starts_with("## ⛔"), "{}", page.out);
    }
    for (bad, why) in [
        (&["--report", "junit"][..], "FORM=FILE"),
        (&["--report", "jnuit=x"], "there is no form"),
        (&["--report", "junit=-"], "name a file"),
        (&["--report", "junit=x", "--report", "json=x"], "one would be lost"),
        (&["--report", "junit=x", "--metrics", "x"], "one would be lost"),
        (&["--until", "settled"], "--wait"),
    ] {
        let page = run(gonogo(world.home.path()), &[&["check", "--demo"], bad].concat());
        assert_eq!(page.code, 2, "{bad:?}");
        assert!(page.err.contains(why) && page.out.is_empty() && !at("x").exists(), "{bad:?}: {}", page.err);
    }
}

#[test]
fn findings_about_files_are_told_to_machines() {
    let home = tempfile::tempdir().unwrap();
    let validate = |args: &[&str]| run(gonogo(home.path()), &[&["validate", "ops"], args].concat());
    std::fs::create_dir_all(home.path().join("ops")).unwrap();
    let bad = LAUNCH.replace("title: No ticket", "titel: No ticket");
    std::fs::write(home.path().join("ops/launch.yaml"), &bad).unwrap();
    let line = bad.lines().position(|line| line.contains("titel")).unwrap() + 1;
    let page = validate(&["--format", "json"]);
    assert_eq!((page.code, page.err.as_str()), (2, ""), "{}", page.out);
    let json: serde_json::Value = serde_json::from_str(&page.out).unwrap();
    let findings = json["findings"].as_array().unwrap();
    let found = findings.iter().find(|it| it["line"] == line).unwrap_or_else(|| panic!("{json}"));
    assert_eq!((&found["file"], &found["level"]), (&"ops/launch.yaml".into(), &"error".into()));
    assert_eq!((&json["ok"], &json["complete"]), (&false.into(), &true.into()));
    let page = validate(&["--format", "sarif"]);
    let log: serde_json::Value = serde_json::from_str(&page.out).unwrap();
    assert_eq!((page.code, &log["version"]), (2, &"2.1.0".into()));
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), findings.len());
    let places = results.iter().map(|it| &it["locations"][0]["physicalLocation"]);
    let at: Vec<_> = places.map(|it| (&it["artifactLocation"]["uri"], &it["region"]["startLine"])).collect();
    assert!(at.contains(&(&"ops/launch.yaml".into(), &line.into())), "{at:?}");
    std::fs::write(home.path().join("ops/launch.yaml"), LAUNCH).unwrap();
    for form in ["json", "sarif"] {
        let page = validate(&["--format", form]);
        assert_eq!(page.code, 0, "{}", page.out);
        assert!(!page.out.contains("\"error\""), "{}", page.out);
    }
    let page = run(gonogo(home.path()), &["validate", "nowhere", "--format", "sarif"]);
    assert_eq!(page.code, 2, "{}{}", page.out, page.err);
}
