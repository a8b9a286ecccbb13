//! Filters: what is typed is listed, what is hidden is said, and no filter is kept that is not understood.

use gonogo::{
    cockpit::{Code, Context, Key, Message, Model, next_change, render_to_cells, view},
    domain::Verdict,
};
use ratatui::{
    Terminal,
    backend::{Backend as _, TestBackend},
};

use crate::cockpit::{fixture::*, snap::snap};

fn drawn(model: &Model, (w, h): (u16, u16)) -> String {
    let grid = render_to_cells(model, &dark(), now(), w, h);
    let line = |y| grid.row(y).iter().map(|cell| cell.symbol.as_str()).collect::<String>() + "\n";
    (0..h).map(line).collect()
}

/// The ids of the gates that a filter lists, found by their titles.
fn listed(terms: &str) -> Vec<String> {
    let mut model = model((120, 60));
    keys(&mut model, &format!("F{terms}\n"));
    let shown = drawn(&model, (120, 60));
    let gates = model.board().gates.iter().filter(|gate| shown.contains(&format!("  {} ", gate.title)));
    let mut ids: Vec<_> = gates.map(|gate| gate.id.to_string()).collect();
    ids.sort();
    ids
}

#[test]
fn terms_are_read_and_all_of_them_count() {
    assert_eq!(listed("owner:docs"), ["gtm/docs-live", "gtm/release-notes"]);
    assert_eq!(listed("verdict:no"), ["qa/blockers"]);
    assert_eq!(listed("verdict:no-go,unknown"), ["qa/blockers", "qa/crash-free"]);
    assert_eq!(listed("verdict:waived owner:marketing"), ["gtm/press-kit"]);
    assert_eq!(listed("owner:marketing -verdict:waived"), ["gtm/blog", "gtm/pricing"]);
    assert_eq!(listed("is:stale"), ["qa/crash-free"]);
    assert_eq!(listed("who:checkout"), ["qa/blockers"]);
    assert_eq!(listed("source:people"), ["gtm/docs-live", "qa/qa-sign-off"]);
    assert_eq!(listed("checklist:rollback owner:on"), ["rollback/owner", "rollback/rehearsed"]);
    assert_eq!(listed("age>10m"), ["qa/crash-free"]);
    assert_eq!(listed("checklist:qa age<1m").len(), 4);
    assert_eq!(listed("due<1h is:open").len(), 4, "what is over is due, too");
    assert_eq!(listed("blocks:go is:blocking").len(), 4);
    // Words as they stand, in title, id, owner, reason; and if there is none, by their letters.
    assert_eq!(listed("smoke"), ["qa/smoke"]);
    assert_eq!(listed("REFUND twice"), ["qa/blockers"]);
    assert_eq!(listed("rgrsn suite"), ["qa/regression"]);
    assert_eq!(listed("checklist:flags -audited -archived -kill -off"), ["flags/targeting"]);
}

/// A list that is not all there says so, in words, with the blockers that it hides; at every size that has a list.
#[test]
fn what_is_hidden_is_always_said() {
    for size in [(40, 12), (44, 14), (60, 20), (80, 24), (120, 40), (200, 60)] {
        for (terms, said) in [
            ("owner:docs", "FILTERED: 2 of 21 gates, 4 blockers"),
            ("is:blocking", "FILTERED: 4 of 21 gates, no blocker"),
            ("verdict:no-go,pending", "FILTERED: 3 of 21 gates, 1 blocker"),
            ("nothing-of-the-kind", "FILTERED: 0 of 21 gates, 4 blockers"),
        ] {
            let mut model = model(size);
            keys(&mut model, &format!("F{terms}"));
            if size.1 >= 20 {
                assert!(
                    drawn(&model, size).contains(said),
                    "typing {size:?} {terms}: {}",
                    drawn(&model, size)
                );
            }
            keys(&mut model, "\n");
            let shown = drawn(&model, size);
            assert!(shown.contains(said), "{size:?} {terms}: {shown}");
            assert_eq!(model.board().word, gonogo::domain::BoardWord::NoGo);
            // Whatever the list says, the counts of the board are those of the whole.
            assert!(shown.contains("1 no-go") || shown.contains("✖ 1"), "{shown}");
            keys(&mut model, "\u{1b}");
            assert!(!drawn(&model, size).contains("FILTERED"), "Esc shows all");
        }
    }
    let mut model = model((120, 40));
    keys(&mut model, "Fowner:docs\n");
    assert!(drawn(&model, (120, 40)).contains("4 blockers are HIDDEN (1 no-go, 1 unknown, 2 pending)"));
}

#[test]
fn a_term_that_is_not_understood_is_shown_and_not_kept() {
    for (terms, why) in [
        ("ownr:qa", "there is no `ownr`: write is: owner: verdict:"),
        ("owner:nobody", "no owner is `nobody`:"),
        ("verdict:green", "no verdict is `green`: no-go unknown pending"),
        ("age:1h", "write age>1h or age<10m"),
        ("age>soon", "`soon` is not a length of time"),
        ("is:", "is which word for a gate? Tab completes"),
        ("smoke is:red", "no word for a gate is `red`"),
    ] {
        let mut model = model((80, 24));
        keys(&mut model, &format!("F{terms}\n"));
        assert_eq!(model.context(), Context::Filter, "{terms}: it stays until it is right");
        let shown = drawn(&model, (80, 24));
        assert!(shown.contains(why), "{terms}: {shown}");
        assert!(shown.contains("not all of it understood"), "{terms}: {shown}");
        keys(&mut model, "\u{1b}");
        assert!(!drawn(&model, (80, 24)).contains("FILTERED"), "given up: all as before");
    }
}

#[test]
fn tab_completes_keys_and_values() {
    let mut model = model((80, 24));
    keys(&mut model, "Fow\tma\t");
    assert!(drawn(&model, (80, 24)).contains(" owner:marketing "), "{}", drawn(&model, (80, 24)));
    keys(&mut model, "verdict:go,w\t\n");
    let shown = drawn(&model, (80, 24));
    assert!(shown.contains("FILTERED: 3 of 21"), "{shown}");
    // The line opens with what holds; Esc leaves it so.
    keys(&mut model, "Fis:open");
    assert!(drawn(&model, (80, 24)).contains("FILTERED: 0 of 21"));
    keys(&mut model, "\u{1b}");
    assert!(drawn(&model, (80, 24)).contains("FILTERED: 3 of 21"));
}

#[test]
fn saved_filters_go_round_and_the_palette_knows_them() {
    let mut model = model((120, 40));
    for said in ["is:open", "is:blocking", "is:mine", "is:overdue", "is:changed"] {
        keys(&mut model, "f");
        assert!(drawn(&model, (120, 40)).contains(&format!("  {said}  ")), "{said}");
    }
    keys(&mut model, "f");
    assert!(!drawn(&model, (120, 40)).contains("FILTERED"), "and all");
    keys(&mut model, "4:filter sales\n");
    assert_eq!(model.context(), Context::List);
    assert!(drawn(&model, (120, 40)).contains("FILTERED: 1 of 21"), "{}", drawn(&model, (120, 40)));
    // What is chosen by name is not left out.
    keys(&mut model, ":go to macros\n");
    assert!(!drawn(&model, (120, 40)).contains("FILTERED"));
}

/// What goes by time changes when its time comes, and that is known ahead.
#[test]
fn a_filter_by_age_follows_the_clock() {
    let mut model = model((80, 24));
    keys(&mut model, "Fage>1m\n");
    let shown = |model: &Model| drawn(model, (80, 24));
    assert!(shown(&model).contains("FILTERED: 1 of 21"), "{}", shown(&model));
    let next = next_change(&model, now()).unwrap();
    assert!(next <= later(30).wall, "a gate that was seen 30 s ago fits in 30 s: {next}");
    gonogo::cockpit::update(&mut model, Message::Deadline, later(30));
    assert!(shown(&model).contains("FILTERED: 21 of 21"), "{}", shown(&model));
}

#[test]
fn a_search_jumps_hides_nothing_and_counts() {
    let mut model = model((80, 24));
    keys(&mut model, "/release");
    let shown = drawn(&model, (80, 24));
    assert!(!shown.contains("FILTERED") && shown.contains("found"), "{shown}");
    // What stands as it is typed comes before what has its letters.
    keys(&mut model, "\u{1b}/smk rls\n");
    assert_eq!(model.chosen().unwrap().as_str(), "qa/smoke");
    press(&mut model, Key::plain(Code::Esc));
    let before = model.chosen().cloned();
    keys(&mut model, "/zzzz\n");
    assert_eq!(model.chosen().cloned(), before, "nothing found, nothing moved");
    assert!(model.board().gates.iter().any(|gate| gate.verdict == Verdict::NoGo));
}

#[test]
fn pictures() {
    for size in [(80, 24), (120, 40), (200, 60), (44, 14)] {
        let name = format!("{}x{}", size.0, size.1);
        let mut model = model(size);
        keys(&mut model, "Fowner:q");
        snap(&format!("filter_typed_{name}"), &model, &dark(), size);
        keys(&mut model, "\u{1b}Fverdict:go,no-go release\n");
        snap(&format!("filter_{name}"), &model, &dark(), size);
    }
    let mut model = model((80, 24));
    keys(&mut model, "Fowner:docs verdct:go");
    snap("filter_fault", &model, &dark(), (80, 24));
    snap("filter_fault_ascii", &model, &ascii(), (80, 24));
}

/// The gates that are listed, in their order, by the last words of their ids.
fn order(model: &Model) -> Vec<String> {
    let shown = drawn(model, (200, 60));
    let titled: Vec<_> =
        model.board().gates.iter().map(|gate| (gate.id.local().to_owned(), gate.title.to_string())).collect();
    let of = |line: &str| titled.iter().find(|(_, title)| line.contains(title)).map(|(id, _)| id.clone());
    let lists = shown.lines().map(|line| line.chars().take(118).collect::<String>());
    let mut all: Vec<_> = lists.filter_map(|line| of(&line)).collect();
    all.dedup();
    all
}

#[test]
fn gates_are_put_together_and_ordered_by_what_is_asked() {
    let mut model = model((200, 60));
    let shown = |model: &Model| drawn(model, (200, 60));
    // By owner: each owner with its count; whatever is chosen stays chosen.
    let chosen = model.chosen().cloned();
    keys(&mut model, "L");
    assert_eq!(model.chosen().cloned(), chosen);
    let text = shown(&model);
    assert!(
        text.contains("▾ observability") && text.contains("▾ on-call") && text.contains("by owner"),
        "{text}"
    );
    keys(&mut model, "L");
    assert!(shown(&model).contains("▾ T-2h"), "{}", shown(&model));
    keys(&mut model, "L");
    let text = shown(&model);
    let place = |word: &str| text.find(word).unwrap_or_else(|| panic!("{word}: {text}"));
    assert!(place("▾ NO-GO") < place("▾ UNKNOWN") && place("▾ UNKNOWN") < place("▾ PENDING"), "worst first");
    // A filter works on groups as well, and says what it hides.
    keys(&mut model, "Fowner:qa\n");
    assert!(shown(&model).contains("FILTERED: 3 of 21") && !shown(&model).contains("▾ UNKNOWN"));
    keys(&mut model, "\u{1b}L");
    assert!(!shown(&model).contains("by owner"), "round again");
    let all = order(&model);
    keys(&mut model, "O");
    assert_eq!(order(&model).first().map(String::as_str), Some("smoke"), "as in the files");
    keys(&mut model, "O");
    assert_eq!(model.notice().unwrap().text, "the order: soonest due first");
    keys(&mut model, "OO");
    assert_eq!(order(&model), all);
    // Folding works on every sort of group, also by hand on a gate in it.
    keys(&mut model, "L");
    let before = shown(&model).lines().filter(|line| line.contains("▸")).count();
    press(&mut model, Key::plain(Code::Left));
    assert_eq!(shown(&model).lines().filter(|line| line.contains("▸")).count(), before + 1);
    snap("grouped_by_owner", &model, &dark(), (200, 60));
}

#[test]
fn filters_with_a_name_come_after_the_usual_ones_and_are_found_by_it() {
    let mut model = model((120, 40));
    let views = vec![
        ("qa-open".to_owned(), "owner:qa is:open".to_owned()),
        ("late".to_owned(), "is:overdue".to_owned()),
    ];
    send(&mut model, Message::Views(views));
    keys(&mut model, "ffffff");
    let shown = drawn(&model, (120, 40));
    assert!(
        shown.contains("FILTERED: 2 of 21 gates") && shown.contains("qa-open = owner:qa is:open"),
        "{shown}"
    );
    keys(&mut model, "f");
    assert!(!drawn(&model, (120, 40)).contains("qa-open"), "the next one says what is there already");
    keys(&mut model, "\u{1b}:filter qa-o");
    assert_eq!(model.palette().first().map(|it| it.0), Some("filter qa-open"), "{:?}", model.palette());
    keys(&mut model, "\n");
    assert!(drawn(&model, (120, 40)).contains("qa-open = owner:qa is:open"));
    // Settings that were read again.
    send(&mut model, Message::Views(Vec::new()));
    assert!(!drawn(&model, (120, 40)).contains("qa-open"));
}

#[test]
fn a_filter_of_the_settings_is_read_without_a_board() {
    use gonogo::cockpit::filter_fault;
    for good in ["owner:anybody is:open", "verdict:no-go,unknown -checklist:gtm age>1h due<2h words"] {
        assert_eq!(filter_fault(good), None, "{good}");
    }
    for (bad, term) in [
        ("owner:qa verdct:no-go", "verdct:no-go"),
        ("is:opn", "is:opn"),
        ("a age>soon", "age>soon"),
        ("verdict:open", "verdict:open"),
        ("owner:", "owner:"),
    ] {
        assert_eq!(filter_fault(bad).map(|it| it.0), Some(term), "{bad}");
    }
}

#[test]
fn the_cursor_stands_behind_what_is_typed_at_every_size() {
    for (w, h) in [(60, 20), (80, 24), (80, 40), (120, 40), (200, 60)] {
        let mut model = model((w, h));
        keys(&mut model, "/smoke");
        let mut terminal = Terminal::new(TestBackend::new(w, h)).unwrap();
        terminal.draw(|frame| view(&model, &dark(), now(), frame)).unwrap();
        let at = terminal.backend_mut().get_cursor_position().unwrap();
        let shown = drawn(&model, (w, h));
        let line: String =
            shown.lines().nth(usize::from(at.y)).unwrap().chars().take(usize::from(at.x)).collect();
        assert!(line.ends_with("/smoke"), "{w}x{h}, {at:?}: {shown}");
    }
}
