//! `gonogo ask`: what is to be sent is written, and that somebody was asked is known to the next.

use crate::support::program::{gonogo, head};

const LAUNCH: &str = concat!(
    head!(),
    "\
gates:
  - { gate: docs, title: The docs are live, owner: qa, task: {} }
  - { gate: ready, title: QA stands behind it, task: { by: [qa] } }
"
);

#[test]
fn those_who_can_act_are_asked_once_and_the_next_knows() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("launch.yaml"), LAUNCH).unwrap();
    let run = |arguments: &[&str]| {
        let output = gonogo(home.path()).args(arguments).output().unwrap();
        let (out, err) =
            (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        (output.status.code().unwrap(), out, err)
    };
    let (code, text, said) =
        run(&["ask", "launch/docs,launch/ready", "--note", "the vote is at 10\u{1b}[31m", "--as", "octo"]);
    assert_eq!(code, 0, "{said}");
    assert!(
        text.starts_with("qa (Octo): conditions wait for you in Rocket 2 2.0.0, T-0 2030-01-01"),
        "{text}"
    );
    assert!(text.contains("\n- launch/docs: The docs are live. PENDING"), "{text}");
    assert!(text.contains("the vote is at 10") && !text.contains('\u{1b}'), "{text}");
    assert_eq!(text.matches("for you").count(), 1, "one paragraph for one role: {text}");
    assert!(said.contains("recorded: asked qa about launch/docs") && said.contains("launch/ready"), "{said}");
    let (_, json, _) = run(&["check", "--format", "json"]);
    let board: serde_json::Value = serde_json::from_str(&json).unwrap();
    let docs = &board["gates"][0];
    assert_eq!((&docs["id"], &docs["asked"]["times"]), (&"launch/docs".into(), &1.into()), "{json}");
    assert_eq!(board["verdict"], "hold");
    let (_, why, _) = run(&["why", "launch/docs"]);
    assert!(why.contains("asked      qa by octo"), "{why}");
    // Answered: nobody is asked about it any more, and asking again is refused.
    assert_eq!(run(&["sign", "launch/docs", "--go", "--as", "octo"]).0, 0);
    let (code, text, said) = run(&["ask", "launch/docs"]);
    assert_eq!((code, text.as_str()), (2, ""), "{said}");
    assert!(said.contains("launch/docs is not open"), "{said}");
}
