use super::*;

fn codes(bytes: &[u8]) -> Vec<&'static str> {
    match parse("t.yaml", bytes) {
        Ok(_) => Vec::new(),
        Err(rejected) => rejected.problems.iter().map(|problem| problem.code).collect(),
    }
}

/// The first problem with a code: `line:column` and the text it marks.
fn place(text: &str, code: &str) -> (String, String) {
    let rejected = parse("t.yaml", text.as_bytes()).expect_err("refused");
    let problem = rejected.problems.iter().find(|problem| problem.code == code);
    let Some(problem) = problem else { panic!("no {code} in {:?}", rejected.problems) };
    let span = problem.span.expect("a place");
    (format!("{}:{}", span.line, span.column), rejected.source().text()[span.start..span.end].to_owned())
}

fn read(text: &str) -> Document {
    match parse("t.yaml", text.as_bytes()) {
        Ok(document) => document,
        Err(rejected) => panic!("{}", render_plain(&rejected.problems, rejected.source())),
    }
}

#[test]
fn reads_maps_lists_and_scalars_with_their_places() {
    let document = read("launch: x\ngates:\n  - gate: 'a b'\n    n: 3.10\n");
    let gates = document.get(document.root(), "gates").unwrap();
    let gate = document.items(gates)[0];
    let name = document.get(gate, "gate").unwrap();
    assert_eq!((document.text(name), document.style(name)), (Some("a b"), Some(Style::Quoted)));
    assert_eq!(document.span(name), Span { line: 3, column: 11, start: 27, end: 32 });
    let n = document.get(gate, "n").unwrap();
    assert_eq!((document.text(n), document.style(n)), (Some("3.10"), Some(Style::Plain)));
    assert_eq!(document.source().locate(document.head_span(gate)), "t.yaml:3:5");
}

#[test]
fn places_hold_in_text_of_many_bytes_with_crlf_and_a_mark() {
    let text = "\u{feff}# ünïcödé ☃\r\ntitle: \"☃☃\"\r\n\r\nowner: 🚀x\r\n";
    let document = read(text);
    let owner = document.get(document.root(), "owner").unwrap();
    let span = document.span(owner);
    assert_eq!((span.line, span.column), (4, 8));
    assert_eq!(&document.source().text()[span.start..span.end], "🚀x");
    assert_eq!(document.source().span(span.start, span.end), span, "both ways to a place agree");
    assert_eq!(document.text(document.get(document.root(), "title").unwrap()), Some("☃☃"));
}

#[test]
fn block_scalars_keep_their_place_and_lines() {
    let document = read("a: |\n  one\n  two\nb: >\n  x\n  y\n");
    let root = document.root();
    let a = document.get(root, "a").unwrap();
    assert_eq!((document.text(a), document.style(a)), (Some("one\ntwo\n"), Some(Style::Block)));
    assert_eq!((document.span(a).line, document.span(a).column), (2, 3), "its first line");
    assert_eq!(document.text(document.get(root, "b").unwrap()), Some("x y\n"));
}

#[test]
fn refuses_what_the_format_leaves_out() {
    assert_eq!(place("a: &x 1\n", "anchor"), ("1:4".into(), "&x".into()));
    assert_eq!(place("a: 1\nb: *x\n", "alias"), ("2:4".into(), "*x".into()));
    assert_eq!(place("a: !!str 1\n", "tag"), ("1:4".into(), "!!str".into()));
    assert_eq!(place("a: !mine {b: 1}\n", "tag"), ("1:4".into(), "!mine".into()));
    assert_eq!(place("a: {b: 1}\n<<: {c: 1}\n", "merge-key"), ("2:1".into(), "<<".into()));
    assert_eq!(codes(b"a: &x {b: 1}\nc:\n  <<: *x\n"), ["anchor", "merge-key"]);
    assert_eq!(place("a: 1\n---\nb: 2\n", "documents").0, "2:1");
    assert_eq!(place("%YAML 1.2\n---\na: 1\n", "syntax").0, "1:1");
    assert_eq!(place("[a, b]: 1\n", "key").0, "1:1");
    assert_eq!(place("? {a: 1}\n: 1\n", "key").0, "1:3");
}

#[test]
fn refuses_every_spelling_of_nothing() {
    for nothing in ["", " ~", " null", " NULL", " Null", " # later"] {
        let text = format!("task:{nothing}\nb: 1\n");
        assert_eq!(codes(text.as_bytes()), ["empty-value"], "{text}");
    }
    assert_eq!(place("a: 1\ntask:\nb: 1\n", "empty-value"), ("2:1".into(), "task".into()));
    assert_eq!(place("- a\n- ~\n", "empty-value"), ("2:3".into(), "~".into()));
    assert_eq!(codes(b"a: {b, c: }\n"), ["empty-value", "empty-value"]);
    assert!(codes(b"a: ''\nb: \"~\"\nc: {}\nd: []\n").is_empty(), "quotes make text of it");
    assert_eq!(codes(b""), ["empty-file"]);
    assert_eq!(codes(b"# only words\n"), ["empty-file"]);
    assert_eq!(codes("\u{feff}".as_bytes()), ["empty-file"]);
}

#[test]
fn refuses_duplicate_keys_and_shows_both() {
    let rejected = parse("t.yaml", b"a: 1\nb: 2\n\"a\": 3\n").expect_err("refused");
    let problem = &rejected.problems[0];
    assert_eq!((problem.code, problem.span.unwrap().line), ("duplicate-key", 3));
    assert_eq!(problem.also.as_ref().unwrap().0.line, 1);
    let many: String = (0..40).map(|n| format!("k{n}: 1\n")).collect();
    assert_eq!(codes(format!("{many}k7: 2\n").as_bytes()), ["duplicate-key"], "in large maps too");
    assert_eq!(codes(format!("{many}k7: 2\nk7: 3\n").as_bytes()), ["duplicate-key", "duplicate-key"]);
}

#[test]
fn a_variable_without_quotes_gets_its_own_words() {
    for text in [
        "version: {{ version }}\n",
        "a: 1\nb: [{{ x }}, c]\n",
        "a: {b: {{ x }}}\n",
        "title: {{ x }} is out\n",
        "title: {{ x }}-{{ y }}\n",
        "- { gate: smoke, title: Smoke on {{ arch }} }\n",
        "{{ x }}: 1\n",
    ] {
        assert_eq!(codes(text.as_bytes()), ["template-quotes"], "{text}");
    }
    assert_eq!(place("a: 1\nversion: {{ v.w }}\n", "template-quotes"), ("2:10".into(), "{{ v.w }}".into()));
    assert!(codes(b"title: Smoke on {{ arch }}\nb: '{{ x }}'\nc: |\n  {{ x }}\n").is_empty());
    assert_eq!(codes(b"a: \"{{ x }}\nb: 1\n"), ["syntax"], "quotes that are not closed are another matter");
}

#[test]
fn reports_all_problems_of_a_file_in_its_order() {
    let text = b"a: &x 1\nb:\nc: *x\nd: {{ y }}\na: 2\ne: !t z\n<<: {q: 1}\n";
    let expected = ["anchor", "empty-value", "alias", "template-quotes", "duplicate-key", "tag", "merge-key"];
    assert_eq!(codes(text), expected);
    let rejected = parse("t.yaml", text).expect_err("refused");
    let document = rejected.salvage().expect("the structure is clear");
    assert_eq!(document.text(document.get(document.root(), "e").unwrap()), Some("z"));
    assert!(parse("t.yaml", b"a: [1\n").expect_err("refused").salvage().is_none());
}

#[test]
fn refuses_bytes_that_are_not_utf_8_text() {
    assert_eq!(codes(b"a: \xff\n"), ["encoding"]);
    assert_eq!(place_of_bytes(b"a: 1\nb: x\xc3\x28\n"), "2:5");
    assert_eq!(codes(b"a: x\0y\n"), ["encoding"]);
    for (wide, name) in [
        (b"\xff\xfea\0:\0".as_slice(), "UTF-16"),
        (b"\xfe\xff\0a\0:", "UTF-16"),
        (b"a\0:\0 \0", "UTF-16"),
        (b"\0a\0:\0 ", "UTF-16"),
        (b"a\0\0\0:\0\0\0", "UTF-32"),
    ] {
        let rejected = parse("t.yaml", wide).expect_err("refused");
        assert!(rejected.problems[0].message.contains(name), "{wide:?}: {}", rejected.problems[0].message);
    }
    assert_eq!(codes("a: 1\n\u{feff}b: 2\n".as_bytes()).len(), 1, "a mark inside the file");
}

fn place_of_bytes(bytes: &[u8]) -> String {
    let rejected = parse("t.yaml", bytes).expect_err("refused");
    let span = rejected.problems[0].span.expect("a place");
    format!("{}:{}", span.line, span.column)
}

#[test]
fn faults_of_the_yaml_are_told_in_plain_words() {
    for (text, line, word) in [
        ("a:\n\tb: 1\n", 2, "tab"),
        ("a:\n  - b: c\n\td: 1\n", 3, "a tab where YAML wants spaces"),
        ("a:\n  - b: c\n\n \td: 1\n", 4, "a tab where YAML wants spaces"),
        ("a: b\tc:\td\n", 1, ""),
        ("a: \"x\nb: 1\n", 1, "quote"),
        ("a: [1, 2\nb: 1\n", 1, "bracket"),
        ("a: b: c\n", 1, "`:`"),
        ("a: 1\n  b: 2\n", 2, "`:`"),
        ("a: 1\nb\nc: 2\n", 2, "match"),
        ("a: @x\n", 1, "character"),
        ("a: ]\n", 1, "bracket"),
        ("a: > 80 % of b\n", 1, "`>`"),
        ("a: \"b\" c\n", 1, "closing quote"),
        ("a: 'b' c's d\n", 1, "closing quote"),
    ] {
        let rejected = parse("t.yaml", text.as_bytes()).expect_err("refused");
        let problem = rejected.problems.last().unwrap();
        let told = format!("{problem:?}");
        assert!(problem.code == "syntax" && problem.message.contains(word), "{text:?}: {told}");
        assert!(problem.span.unwrap().line.abs_diff(line) <= 1, "{text:?}: {told}");
        assert!(problem.help.is_some(), "{text:?}: {told}");
    }
}

#[test]
fn what_to_write_is_said_by_the_line_that_is_wrong() {
    for (text, help) in [
        ("a:\n  - b: c\n    d: e\n      f: g\n", "indent it like its neighbours"),
        ("a:\n  b:\n  -c\n", "put a space after the dash"),
        ("a: b: c\n", "needs quotes"),
        ("people: [@octo, @hu]\n", "leave it out"),
        ("a: @ 9\n", "put quotes around"),
    ] {
        let rejected = parse("t.yaml", text.as_bytes()).expect_err("refused");
        let told = rejected.problems.last().and_then(|it| it.help.clone()).unwrap_or_default();
        assert!(told.contains(help), "{text:?}: {told}");
    }
}

#[test]
fn limits_hold_exactly() {
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    assert!(codes(nested(64).as_bytes()).is_empty());
    assert_eq!(codes(nested(65).as_bytes()), ["too-deep"]);
    let block = |depth: usize| (0..depth).map(|n| format!("{}a:\n", " ".repeat(n))).collect::<String>();
    assert_eq!(codes(format!("{}{}b\n", block(64), " ".repeat(64)).as_bytes()), [""; 0]);
    assert_eq!(codes(format!("{}{}b\n", block(65), " ".repeat(65)).as_bytes()), ["too-deep"]);
    let long = |length: usize| format!("a: {}\n", "x".repeat(length));
    assert!(codes(long(64 << 10).as_bytes()).is_empty());
    assert_eq!(codes(long((64 << 10) + 1).as_bytes()), ["long-text"]);
    let limits = FileLimits { nodes: 5, bytes: 40, ..FileLimits::default() };
    let within = |text: &str| match parse_within("t", text.as_bytes(), &limits) {
        Ok(_) => "ok",
        Err(rejected) => rejected.problems[0].code,
    };
    assert_eq!([within("[1,2,3,4]"), within("[1,2,3,4,5]")], ["ok", "too-many-values"]);
    assert_eq!([within(&"#".repeat(41)), within(&format!("a#{}", "x".repeat(38)))], ["too-large", "ok"]);
    assert_eq!(codes("- ~\n".repeat(1000).as_bytes()).len(), 101, "problems, and that reading stopped");
}

/// Each must be refused, soon, and without a stack overflow: nothing here may depend on the machine's speed but
/// the test runner's own patience.
#[test]
fn hostile_files_are_refused_soon() {
    let laughs = (1..10).fold("a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned(), |text, n| {
        let all = vec![format!("*a{}", n - 1); 9].join(",");
        format!("{text}a{n}: &a{n} [{all}]\n")
    });
    let corpus = [
        laughs,
        "[".repeat(100_000),
        "{a: ".repeat(100_000),
        "- ".repeat(100_000),
        (0..2000).map(|n| format!("{}a:\n", " ".repeat(n))).collect(),
        "? ".repeat(100_000),
        "&a ".repeat(100_000),
        "!".repeat(100_000),
        "a: &a [*a]\n".to_owned(),
        "- ~\n".repeat(1_000_000),
        "[],".repeat(600_000),
        format!("[{}]", "1,".repeat(600_000)),
        format!("a: \"{}", "\\x41".repeat(1_000_000)),
        format!("a: |\n{}", " x\n".repeat(1_000_000)),
        "{".repeat(100_000),
        "{{".repeat(50_000),
        "\t".repeat(100_000),
        "%".repeat(100_000),
        "--- a\n".repeat(100_000),
        "\"".repeat(99_999),
        format!("{}: 1\n", "k".repeat(2_000_000)),
        (0..300_000).map(|n| format!("k{n}: 1\n")).collect(),
        "a".repeat((8 << 20) + 1),
    ];
    for text in corpus {
        let shown: String = text.chars().take(30).collect();
        let rejected = parse("t.yaml", text.as_bytes()).map(drop).expect_err(&shown);
        let drawn = render_plain(&rejected.problems, rejected.source());
        assert!(!drawn.is_empty() && drawn.len() < 200_000, "{shown}: {}", drawn.len());
    }
}

#[test]
fn draws_the_line_the_mark_and_the_help() {
    let text = "checklist: qa\ngates:\n  - gate: a\n    needs: [regresion, blockers]\n";
    let source = SourceText::new("checklists/qa.yaml", text);
    let at = text.find("regresion").unwrap();
    let problem = Problem::new("unknown-gate", "`a` needs a gate that does not exist")
        .at(source.span(at, at + 9), "no gate has the id `regresion`")
        .help("did you mean `regression` (checklists/qa.yaml:4)?");
    let expected = "\
error[unknown-gate]: `a` needs a gate that does not exist
 --> checklists/qa.yaml:4:13
  |
4 |     needs: [regresion, blockers]
  |             ^^^^^^^^^ no gate has the id `regresion`
  |
  = help: did you mean `regression` (checklists/qa.yaml:4)?";
    assert_eq!(render_plain(&[problem], &source), expected);
}

#[test]
fn draws_two_places_in_one_picture() {
    let rejected = parse("t.yaml", b"due: 1\nx: 2\ny: 3\nz: 4\ndue: 3\n").expect_err("refused");
    let drawn = render_plain(&rejected.problems, rejected.source());
    assert!(drawn.contains("--> t.yaml:5:1"), "{drawn}");
    assert!(drawn.contains("1 | due: 1") && drawn.contains("first given here"), "{drawn}");
    assert!(drawn.contains("5 | due: 3") && drawn.contains("^^^ given again"), "{drawn}");
}

#[test]
fn cleans_all_foreign_text_and_keeps_the_mark_under_it() {
    let text = "\u{1b}[2J\u{202e}x: 1\n";
    let source = SourceText::new("\u{1b}]0;t\u{7}.yaml", text);
    let at = text.find('x').unwrap();
    let problem = Problem::new("c", "m\u{1b}").at(source.span(at, at + 1), "l\u{1b}").help("h\u{1b}");
    let clean = |text: &str| -> String {
        text.chars().map(|c| if c.is_control() || c == '\u{202e}' { '?' } else { c }).collect()
    };
    let drawn = render(&[problem], &source, &clean);
    assert!(!drawn.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{drawn:?}");
    let (line, mark) =
        (drawn.lines().find(|l| l.starts_with("1 |")), drawn.lines().find(|l| l.contains('^')));
    assert_eq!(line.unwrap().find('x'), mark.unwrap().find('^'), "{drawn}");
}

#[test]
fn draws_long_lines_in_part() {
    let text = format!("{}☃ bad {}", "é".repeat(30_000), "ü".repeat(30_000));
    let source = SourceText::new("t", text.as_str());
    let at = text.find("bad").unwrap();
    let drawn = render_plain(&[Problem::new("c", "m").at(source.span(at, at + 3), "here")], &source);
    assert!(drawn.contains("bad") && drawn.contains("^^^ here") && drawn.len() < 2_000, "{drawn}");
    assert!(drawn.contains("--> t:1:30003"), "{drawn}");
}

#[test]
fn variables_go_into_values_only() {
    let mut document = read("'{v}': \"{v}\"\nlist: [a, '{v}', {k: x}]\nn: 1\n");
    let mut seen = Vec::new();
    let mut problems = Vec::new();
    document.map_scalars(document.root(), &mut problems, &mut |scalar| {
        seen.push(format!("{}={}", scalar.key.unwrap_or("-"), scalar.text));
        match scalar.text {
            "x" => Err(Box::new(Problem::new("no", "no x"))),
            text if text.contains("{v}") => Ok(Some(text.replace("{v}", "7"))),
            _ => Ok(None),
        }
    });
    assert_eq!(seen, ["{v}={v}", "list=a", "list={v}", "k=x", "n=1"]);
    assert_eq!(problems.len(), 1);
    let json = document.to_json(document.root());
    assert_eq!(json, serde_json::json!({"{v}": "7", "list": ["a", "7", {"k": null}], "n": "1"}));
}

#[test]
fn a_copy_changes_alone() {
    let mut document = read("a: {b: [x, y]}\n");
    let original = document.get(document.root(), "a").unwrap();
    let copy = document.clone_subtree(original);
    document.map_scalars(copy, &mut Vec::new(), &mut |_| Ok(Some("z".to_owned())));
    assert_eq!(document.to_json(original), serde_json::json!({"b": ["x", "y"]}));
    assert_eq!(document.to_json(copy), serde_json::json!({"b": ["z", "z"]}));
    assert_eq!(document.span(copy), document.span(original));
}

#[test]
fn points_into_a_value() {
    let document =
        read("plain: é {{ x }}\nquoted: \"é {{ x }}\"\nescaped: \"\\t{{ x }}\"\nblock: |\n  {{ x }}\n");
    let part = |key: &str| {
        let id = document.get(document.root(), key).unwrap();
        let at = document.text(id).unwrap().find("{{").unwrap();
        let span = document.part(id, at, at + 7);
        (span.line, span.column, &document.source().text()[span.start..span.end])
    };
    assert_eq!(part("plain"), (1, 10, "{{ x }}"));
    assert_eq!(part("quoted"), (2, 12, "{{ x }}"));
    assert_eq!(
        part("escaped"),
        (3, 10, "\"\\t{{ x }}\""),
        "the whole value, when the text differs from the file"
    );
    assert_eq!((part("block").0, part("block").1), (5, 3));
}

#[test]
fn every_style_says_what_the_language_says_it_does() {
    let text = "a: 'it''s'\nb: \"\\u263A \\\n  x\"\nc: >-\n  x\n  y\n\n  z\nd: [p, {q: 'r'}, [s]]\ne:\n- t\n- u: v\n";
    let expected = serde_json::json!({
        "a": "it's", "b": "\u{263a} x", "c": "x y\nz", "d": ["p", { "q": "r" }, ["s"]], "e": ["t", { "u": "v" }]
    });
    let document = read(text);
    assert_eq!(document.to_json(document.root()), expected);
}

#[test]
fn a_node_of_another_document_is_nothing() {
    let (long, short) = (read("[a, b, c, d]"), read("x"));
    let stray = long.items(long.root())[3];
    assert_eq!((short.kind(stray), short.text(stray)), (NodeKind::Broken, None));
}
