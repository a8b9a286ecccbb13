//! The verdict word: whole, or not there, at every size.

use gonogo::{
    cockpit::{Look, Message, Model, render_to_cells},
    domain::{Board, BoardWord, Failure, FailureKind, Phase, Scope, SourceHealth, Verdict},
    report::Grid,
};

use crate::cockpit::fixture::*;

fn text(grid: &Grid) -> Vec<String> {
    (0..grid.height).map(|y| grid.row(y).iter().map(|cell| cell.symbol.as_str()).collect()).collect()
}

fn hold_board() -> Board {
    let mut board = board();
    for gate in board.gates.iter_mut().filter(|gate| gate.verdict == Verdict::NoGo) {
        gate.verdict = Verdict::Pending;
    }
    board.word = BoardWord::Hold;
    board
}

/// Every GO on the screen must be the board's own word, a gate's own verdict, or part of NO-GO.
fn assert_no_false_go(model: &Model, look: &Look, (w, h): (u16, u16)) {
    let grid = render_to_cells(model, look, now(), w, h);
    let lines = text(&grid);
    let word = model.board().word;
    for line in &lines {
        let without = line.replace("NO-GO", "").replace("✔ GO", "").replace("+ GO", "");
        // "GO once 4 steps are done" is a condition, and says so in the same breath or not at all.
        let without = without.replace("GO once", "").replace("Path to GO", "").replace("the GO decision", "");
        assert!(!without.contains("GO") || word == BoardWord::Go, "{w}x{h}: {line:?}");
    }
    // In the notice, where there are no rows of gates, no GO of any kind.
    if (w < 40 || h < 12) && word != BoardWord::Go {
        assert!(!lines.iter().any(|line| line.replace("NO-GO", "").contains("GO")), "{w}x{h}: {lines:?}");
    }
}

#[test]
fn no_size_makes_it_read_go() {
    for (board, word) in [(board(), "NO-GO"), (hold_board(), "HOLD"), (go_board(), "GO with 1 waiver")] {
        let model = model_of(board, (80, 24));
        for look in [dark(), ascii()] {
            for w in 0..=40 {
                for h in 0..=20 {
                    assert_no_false_go(&model, &look, (w, h));
                    let grid = render_to_cells(&model, &look, now(), w, h);
                    let fits = usize::from(w) >= word.len() + 2 && h > 0;
                    let shown = text(&grid).iter().any(|line| line.contains(word));
                    assert!(!fits || shown || w >= 40, "{w}x{h}: {word} fits and is not shown");
                }
            }
        }
    }
}

#[test]
fn a_qualified_go_is_never_shown_bare() {
    let mut narrowed = go_board();
    narrowed.scope = Scope { only: vec!["qa".into()], ..Scope::default() };
    for board in [go_board(), narrowed] {
        let model = model_of(board, (80, 24));
        let mut said = 0;
        for w in 0..=39 {
            for h in 0..=11 {
                for line in text(&render_to_cells(&model, &dark(), now(), w, h)) {
                    assert!(!line.contains("GO") || line.contains("waiver"), "{w}x{h}: {line:?}");
                    said += usize::from(line.contains("GO"));
                }
            }
        }
        assert!(said > 0, "where there is room it says it");
    }
}

#[test]
fn odd_and_huge_terminals_are_drawn() {
    let model = model((80, 24));
    for size in [
        (1, 500),
        (500, 1),
        (500, 200),
        (1_000, 1_000),
        (40, 12),
        (60, 20),
        (110, 24),
        (150, 20),
        (65_535, 1),
    ] {
        assert_no_false_go(&model, &dark(), size);
    }
}

/// The pixels of the big word, read back: all letters or none.
#[test]
fn large_letters_are_whole_or_absent() {
    let blocks = |grid: &Grid| {
        let red = |cell: &&gonogo::report::GridCell| {
            matches!(cell.symbol.as_str(), "▀" | "▄") || cell.symbol == "█" && cell.bold
        };
        grid.cells.iter().filter(red).count()
    };
    let model = model((80, 24));
    let whole = blocks(&render_to_cells(&model, &dark(), now(), 80, 24));
    let double = blocks(&render_to_cells(&model, &dark(), now(), 120, 40));
    assert!(whole > 40 && double > whole);
    for w in (40..130).step_by(3) {
        for h in 12..40 {
            let seen = blocks(&render_to_cells(&model, &dark(), now(), w, h));
            assert!([0, whole, double].contains(&seen), "{w}x{h}: {seen}");
        }
    }
}

#[test]
fn the_word_stays_in_sight_whatever_is_open() {
    for open in ["", "\n", "t", "p", "i", "v", "H", "?", "w", "/sign", "f", "/sign\ns"] {
        let mut model = model((80, 24));
        keys(&mut model, open);
        let lines = text(&render_to_cells(&model, &dark(), now(), 80, 24));
        let big = lines.iter().take(5).any(|line| line.contains("▄") || line.contains("▀"));
        let small = lines.iter().take(3).any(|line| line.contains("✖ NO-GO"));
        assert!(big || small, "{open:?}: {lines:#?}");
    }
}

#[test]
fn waivers_are_counted_wherever_go_is_said() {
    for size in [(80, 24), (120, 40), (60, 20), (44, 14), (40, 12), (30, 3)] {
        let model = model_of(go_board(), size);
        let lines = text(&render_to_cells(&model, &dark(), now(), size.0, size.1)).join("\n");
        assert!(lines.contains("GO with 1 waiver") || lines.contains("1 waived"), "{size:?}: {lines}");
    }
}

#[test]
fn an_override_a_part_and_a_broken_journal_are_banners() {
    let mut board = board();
    board.overridden = Some("by octo: the fix is in".into());
    board.scope = Scope { only: vec!["qa".into(), "flags".into()], evidence_only: true, played: None };
    let mut model = model_of(board, (80, 24));
    send(&mut model, Message::Journal(gonogo::cockpit::JournalState::Broken("entry 41 was changed".into())));
    let lines = text(&render_to_cells(&model, &dark(), now(), 80, 24)).join("\n");
    for said in [
        "JOURNAL BROKEN, nothing can be recorded: entry 41 was changed",
        "OVERRIDE by octo: the fix is in. It is no GO: the computed word stays NO-GO.",
        "ONLY qa, flags, without people's gates",
    ] {
        assert!(lines.contains(said), "{said}\n{lines}");
    }
}

/// What the footer and the screen of sources say of one source in this state.
fn told(health: SourceHealth) -> (String, String) {
    let mut model = model_of(board(), (120, 40));
    send(&mut model, Message::Sources(vec![health]));
    let foot = text(&render_to_cells(&model, &dark(), now(), 120, 40))[38..].join("");
    keys(&mut model, "4");
    (foot, text(&render_to_cells(&model, &dark(), now(), 120, 40)).join("\n"))
}

#[test]
fn a_source_is_told_as_it_is_in_every_state() {
    let well = sources().remove(0);
    let failing = |kind, phase, open| SourceHealth {
        failure: Some(Failure::new(kind, "what happened")),
        phase,
        open,
        ..well.clone()
    };
    let never = |health| SourceHealth { answered: None, asked: 3, open: 3, ..health };
    let states = [
        (well.clone(), "github ✔ <1m", "  ok"),
        (never(SourceHealth { phase: Phase::Starting, ..well.clone() }), "github ◌ asking", "not asked yet"),
        // Two gates are go beside one that has no answer: that is no source without an answer.
        (failing(FailureKind::NotFound, Phase::Well, 1), "github ? 2 of 3 answered <1m", "2 of 3 answered"),
        (
            failing(FailureKind::ServerError, Phase::BackingOff, 1),
            "github ? 2 of 3 answered",
            "2 of 3 answered",
        ),
        (never(failing(FailureKind::NotConfigured, Phase::Well, 3)), "github ✖ not set up", "not set up"),
        (
            never(failing(FailureKind::NotConfigured, Phase::RateLimited, 3)),
            "github ✖ not set up",
            "not set up",
        ),
        (
            never(failing(FailureKind::Unauthorized, Phase::Well, 3)),
            "github ✖ refuses the credential",
            "is refused",
        ),
        (
            never(failing(FailureKind::Unreachable, Phase::BackingOff, 3)),
            "github ✖ no answer so far",
            "waiting longer",
        ),
        (
            failing(FailureKind::RateLimited, Phase::RateLimited, 3),
            "rate-limited until ",
            "rate-limited until",
        ),
    ];
    for (health, foot, said) in states {
        let (footer, screen) = told(health);
        assert!(footer.contains(foot), "{foot}: {footer}");
        assert!(screen.contains(said) && screen.contains("last answer: "), "{said}:\n{screen}");
    }
    let (footer, _) = told(SourceHealth { connection: Some("ghe".into()), ..well });
    assert!(footer.contains("github (ghe) ✔"), "{footer}");
}
