//! Files that were written to do harm: refused soon, in few words, and without reading anything else.

use std::{fmt::Write as _, time::Duration};

use gonogo::{checklist::Loaded, domain::Diagnostic};

use crate::checklist::kinds::{HEAD, launch, load_files};

/// Runs `load` on a thread with a small stack, and gives up on it after a while: no clock is asked.
fn within_limits(
    what: &str,
    load: impl FnOnce() -> Result<Loaded, Vec<Diagnostic>> + Send + 'static,
) -> Vec<Diagnostic> {
    let (send, receive) = std::sync::mpsc::channel();
    let run = move || drop(send.send(load().map(|loaded| loaded.launch.gates.len())));
    std::thread::Builder::new().stack_size(1 << 20).spawn(run).unwrap();
    // Twenty times what is allowed: unoptimised, and on a busy machine.
    match receive.recv_timeout(Duration::from_secs(40)) {
        Ok(Err(found)) => {
            assert!(!found.is_empty() && found.len() <= 501, "{what}: {} diagnostics", found.len());
            let size: usize = found.iter().map(|it| it.rendered.len()).sum();
            assert!(size < 2_000_000, "{what}: {size} bytes of diagnostics");
            found
        }
        Ok(Ok(gates)) => panic!("{what}: accepted with {gates} gates"),
        Err(why) => panic!("{what}: no answer: {why}"),
    }
}

fn refused(what: &str, rest: String, code: &str) {
    let found = within_limits(what, move || launch(&rest));
    assert!(
        found.iter().any(|it| it.code == code),
        "{what}: {:?}",
        found.iter().map(|it| &it.code).collect::<Vec<_>>()
    );
}

fn gates(each: impl Fn(usize) -> String, count: usize) -> String {
    (0..count).fold("gates:\n".to_owned(), |mut text, number| {
        let _ = writeln!(text, "  - {}", each(number));
        text
    })
}

fn numbers(count: usize) -> String {
    (0..count).map(|number| number.to_string()).collect::<Vec<_>>().join(", ")
}

#[test]
fn copies_of_copies_are_counted_before_they_are_made() {
    let cells = numbers(100);
    let nested = (0..6).fold("task: { by: [lead] }".to_owned(), |inner, depth| {
        format!("matrix: {{ m{depth}: [{cells}] }}, gates: [{{ gate: g{depth}, title: T, {inner} }}]")
    });
    refused("nested matrices", format!("gates: [{{ gate: top, title: T, {nested} }}]\n"), "too-many-gates");
    let wide = format!(
        "gates: [{{ gate: a, title: A, matrix: {{ m: [{}] }}, task: {{ by: [lead] }} }}]\n",
        numbers(10_001)
    );
    refused("a wide matrix", wide, "too-many-gates");
    let cells = numbers(5_000);
    for (what, more, code) in [
        ("fat copies", format!("notes: '{}'", "x ".repeat(30_000)), "too-many-gates"),
        ("faulty copies", format!("na_by: [{}]", vec!["lead"; 190].join(", ")), "duplicate-value"),
        ("copies with needs", format!("needs: [{}]", vec!["b"; 190].join(", ")), "unknown-gate"),
        ("filled copies", "notes: '{{ m }}'".to_owned(), "too-many-gates"),
    ] {
        let text =
            format!("{{ gate: a, title: A, {more}, matrix: {{ m: [{cells}] }}, task: {{ by: [lead] }} }}");
        refused(what, format!("gates: [{text}]\n"), code);
    }
    let minutes = gates(
        |n| {
            format!(
                "{{ gate: g{n}, title: T, blocks: nothing, repeat: {{ every: 1s, from: T, until: T+9999d }}, task: {{ by: [lead] }} }}"
            )
        },
        200,
    );
    refused("seconds", minutes, "too-many-gates");
    let far = "gates: [{ gate: a, title: A, blocks: nothing, repeat: { every: 300d, from: T, until: 9999-01-01T00:00 }, task: { by: [lead] } }]\n";
    refused("centuries", far.replace("300d", "1d"), "too-many-gates");
}

#[test]
fn variables_can_not_make_a_flood() {
    let long = "y".repeat(60_000);
    let text = gates(|n| format!("{{ gate: g{n}, title: '{{{{ x }}}}', task: {{ by: [lead] }} }}"), 5_000);
    refused("a long value often", format!("variables: {{ x: {long} }}\n{text}"), "too-much-text");
    let twice = format!(
        "variables: {{ x: {long} }}\ngates: [{{ gate: a, title: '{{{{ x }}}}{{{{ x }}}}', task: {{ by: [lead] }} }}]\n"
    );
    refused("a long value twice", twice, "too-much-text");
    let unclosed =
        format!("gates: [{{ gate: a, title: '{}', task: {{ by: [lead] }} }}]\n", "{{ x ".repeat(10_000));
    refused("open braces", unclosed, "bad-template");
}

#[test]
fn needs_can_not_make_a_flood() {
    let all: Vec<String> = (0..3_000).map(|n| format!("g{n}")).collect();
    let inside = (0..3_000)
        .map(|n| format!("{{ gate: i{n}, title: T, task: {{ by: [lead] }} }}"))
        .collect::<Vec<_>>()
        .join(", ");
    let text = gates(|n| format!("{{ gate: g{n}, title: T, task: {{ by: [lead] }} }}"), 3_000);
    let group = format!("  - {{ gate: all, title: T, needs: [{}], gates: [{inside}] }}\n", all.join(", "));
    refused("inherited needs", format!("{text}{group}"), "too-many-needs");
    let cells = numbers(2_000);
    let strict = format!(
        "gates: [{{ gate: s, title: S, order: strict, gates: [{{ gate: a, title: A, matrix: {{ m: [{cells}] }}, task: {{ by: [lead] }} }}, \
        {{ gate: b, title: B, matrix: {{ n: [{cells}] }}, task: {{ by: [lead] }} }}] }}]\n"
    );
    refused("cells before cells", strict, "too-many-needs");
}

#[test]
fn wrong_names_can_not_make_a_flood() {
    let text = gates(
        |n| format!("{{ gate: g{n}, title: T, needs: [gg{n}x, gx{n}], owner: lead, task: {{}} }}"),
        9_000,
    );
    refused("unknown names", text, "unknown-gate");
    let text = gates(|n| format!("{{ gate: g{n}, title: T, owner: nobody{n}, task: {{}} }}"), 9_000);
    refused("unknown people", text, "unknown-person");
    let keys = (0..90_000).map(|n| format!("k{n}: 1")).collect::<Vec<_>>().join(", ");
    refused("unknown keys", format!("gates: [{{ gate: a, title: A, {keys} }}]\n"), "unknown-key");
    let long = "n".repeat(60_000);
    refused(
        "a long name",
        format!("gates: [{{ gate: a, title: A, owner: {long}, task: {{}} }}]\n"),
        "unknown-person",
    );
    let same = gates(|_| "{ gate: same, title: T, task: { by: [lead] } }".to_owned(), 9_000);
    refused("one id", same, "duplicate-id");
}

#[test]
fn deep_and_round_things_end() {
    let row = gates(
        |n| format!("{{ gate: g{n}, title: T, needs: [g{}], task: {{ by: [lead] }} }}", (n + 1) % 9_999),
        9_999,
    );
    refused("a circle of all", row, "cycle");
    let deep = (0..40).fold("task: { by: [lead] }".to_owned(), |inner, n| {
        format!("gates: [{{ gate: d{n}, title: T, {inner} }}]")
    });
    refused("deep groups", format!("gates: [{{ gate: top, title: T, {deep} }}]\n"), "too-deep");
    let anchors = |count: usize, step: &str, last: &str| {
        let chain: String =
            (0..count).map(|n| format!("    a{}: a{}{step}\n", letters(n), letters(n + 1))).collect();
        let days = "2026-11-26, ".repeat(900);
        let anchors =
            format!("  holidays: [{days}2026-11-26]\n  anchors:\n{chain}    a{}: {last}\n", letters(count));
        HEAD.replace("  anchors: { freeze: T-5wd, announce: 2026-12-03T08:00 }\n", &anchors)
    };
    for (what, head, code) in [
        ("a long chain of anchors", anchors(2_000, "+1d", "T"), "too-many-values"),
        ("a circle of anchors", anchors(90, "+1d", "aA"), "cycle"),
        ("anchors far away", anchors(90, "+36000wd", "T"), "too-far"),
    ] {
        let text = format!("{head}gates: [{{ gate: a, title: A, task: {{ by: [lead] }} }}]\n");
        let found = within_limits(what, move || load_files(&[("launch.yaml", &text)], &[]));
        assert!(found.iter().any(|it| it.code == code), "{what}: {:?}", found[0]);
    }
    let far = gates(
        |n| format!("{{ gate: g{n}, title: T, due: T+{}wd, task: {{ by: [lead] }} }}", 30_000 + n),
        5_000,
    );
    refused("gates far away", far, "too-far");
    // A calendar that is too dear ends with an error: occurrences that are not there hold nobody back.
    let daily = gates(
        |n| {
            let days = "every: 1wd, from: 2026-01-01T09:00, until: 2026-12-30T09:00";
            format!("{{ gate: g{n}, title: T, repeat: {{ {days} }}, task: {{ by: [lead] }} }}")
        },
        6,
    );
    let found = within_limits("dear occurrences", move || {
        let days: Vec<String> =
            (1..=60).map(|n| format!("2027-{:02}-{:02}", 1 + n / 28, 1 + n % 28)).collect();
        let head = HEAD.replace("schedule:\n", &format!("schedule:\n  holidays: [{}]\n", days.join(", ")));
        load_files(&[("launch.yaml", &format!("{head}{daily}"))], &[])
    });
    assert!(found.iter().any(|it| it.code == "too-far"), "{:?}", found.first());
    let roles: String =
        (0..1_900).map(|n| format!("  r{n}: {{ fallback: r{} }}\n", (n + 1) % 1_900)).collect();
    let found = within_limits("a circle of roles", move || {
        let head = HEAD.replace("roles:\n", &format!("roles:\n{roles}"));
        load_files(
            &[("launch.yaml", &format!("{head}gates: [{{ gate: a, title: A, task: {{ by: [lead] }} }}]\n"))],
            &[],
        )
    });
    assert!(found.iter().any(|it| it.code == "cycle"));
}

fn letters(mut number: usize) -> String {
    let mut text = String::new();
    loop {
        text.push(char::from(b'A' + u8::try_from(number % 26).unwrap()));
        number /= 26;
        if number == 0 {
            return text;
        }
    }
}

#[test]
fn many_files_are_too_many() {
    let list = vec!["{ file: qa.yaml }"; 5_000].join(", ");
    let found = within_limits("many files", move || {
        let head = format!("{HEAD}checklists: [{list}]\n");
        load_files(&[("launch.yaml", &head), ("qa.yaml", "checklist: qa\n")], &[])
    });
    assert!(found.iter().any(|it| it.code == "duplicate-id"));
    let list: String = (0..100).map(|n| format!("  - {{ file: qa.yaml, as: q{n} }}\n")).collect();
    let found = within_limits("many checklists", move || {
        let head = format!("{HEAD}checklists:\n{list}");
        let qa = "checklist: qa\ntitle: Q\nowner: qa\ngates: [{ gate: a, title: A, task: {} }]\n";
        load_files(&[("launch.yaml", &head), ("qa.yaml", qa)], &[])
    });
    assert!(found.iter().any(|it| it.code == "too-many-checklists"));
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let corpus: [(&str, Vec<u8>, &str); 7] = [
        ("nothing", Vec::new(), "empty-file"),
        ("a NUL", b"launch: a\0b\n".to_vec(), "encoding"),
        ("UTF-16", b"\xff\xfel\0a\0".to_vec(), "encoding"),
        ("no UTF-8", b"launch: \xff\n".to_vec(), "encoding"),
        ("too large", vec![b'#'; (8 << 20) + 1], "too-large"),
        ("a bomb", b"a: &a [x,x]\nb: [*a,*a]\n".repeat(100), "anchor"),
        ("brackets", b"[".repeat(100_000), "too-deep"),
    ];
    for (what, bytes, code) in corpus {
        let found = within_limits(what, move || {
            gonogo::checklist::load(
                &gonogo::checklist::LoadRequest::text("-", bytes),
                &crate::checklist::kinds::TestKinds,
            )
        });
        assert!(found.iter().any(|it| it.code == code), "{what}: {:?}", found[0]);
    }
}

#[test]
fn standard_input_can_not_name_files() {
    let text = format!("{HEAD}checklists: [{{ file: launch.yaml }}, {{ file: /etc/passwd }}]\n");
    let request = gonogo::checklist::LoadRequest::text("-", text);
    let found = gonogo::checklist::load(&request, &crate::checklist::kinds::TestKinds).unwrap_err();
    let codes: Vec<&str> = found.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(codes, ["no-file", "outside"]);
    assert!(found[0].help.as_ref().unwrap().contains("standard input"));
}
