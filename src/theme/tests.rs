use std::fs;

use ratatui::style::{Color, Modifier};

use super::*;
use gonogo_yaml::render_plain;

fn bundled(name: &str) -> Theme {
    Theme::load(name, None).unwrap_or_else(|error| panic!("{}", told(&error))).0
}

fn told(error: &ThemeError) -> String {
    match error {
        ThemeError::Invalid { problems, source_text } => render_plain(problems, source_text),
        other => other.to_string(),
    }
}

/// A folder with theme files, and what came of loading one of them.
fn load(files: &[(&str, &str)], name: &str) -> Result<(Theme, Vec<Warning>), ThemeError> {
    let dir = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(dir.path().join(format!("{name}.yaml")), text).expect("written");
    }
    Theme::load(name, Some(dir.path()))
}

/// Every theme but the one that has no colours.
fn coloured() -> impl Iterator<Item = &'static str> {
    BUNDLED.into_iter().map(|(name, _)| name).filter(|name| *name != "mono")
}

#[test]
fn bundled_themes_load_without_a_warning() {
    for (name, text) in BUNDLED {
        let (theme, warnings) = Theme::load(name, None).unwrap_or_else(|error| panic!("{}", told(&error)));
        assert_eq!((theme.name(), warnings), (name, vec![]));
        assert!(text.contains("\nabout: "), "{name} says what it is for");
    }
    assert_eq!((Theme::dark().name(), Theme::mono().name()), ("dark", "mono"));
}

#[test]
fn dark_and_mono_name_every_role() {
    for (theme, text) in BUNDLED.into_iter().filter(|(name, _)| matches!(*name, "dark" | "mono")) {
        for role in Role::ALL {
            let named = text.contains(&format!("\n  {}: ", role.name()));
            let falls_back =
                theme == "mono" && matches!(role.parent(), Some(Role::Go | Role::NoGo | Role::Hold));
            assert!(named || falls_back, "{theme}: {}", role.name());
        }
    }
}

#[test]
fn every_text_can_be_read_also_on_the_chosen_row() {
    for name in coloured() {
        let theme = bundled(name);
        let wanted = if name == "high-contrast" { 7.0 } else { 4.5 };
        let raised = theme.style(Role::Selection).bg.expect("the chosen row stands out");
        for role in Role::ALL {
            let (fg, bg) = theme.colours(role);
            let (fg, bg) = (fg.expect("a colour"), bg.expect("a ground"));
            let wanted = if role.is_graphic() { 3.0 } else { wanted };
            let found = contrast(fg, bg).expect("exact colours");
            assert!(found >= wanted, "{name}: {} has {found:.2}", role.name());
            if theme.style(role).bg.is_none() && !role.is_graphic() {
                let found = contrast(fg, raised).expect("exact colours");
                assert!(found >= wanted, "{name}: {} on the chosen row has {found:.2}", role.name());
            }
        }
    }
}

#[test]
fn only_go_has_the_go_colour_at_any_depth() {
    for name in coloured() {
        for depth in [Depth::True, Depth::Ansi256, Depth::Ansi16] {
            let theme = bundled(name).at(depth);
            let go = theme.style(Role::Go).fg;
            assert!(go.is_some() && theme.style(Role::BoardGo).fg == go);
            for role in Role::ALL.into_iter().filter(|role| !role.says_go()) {
                assert_ne!(theme.style(role).fg, go, "{name} at {depth:?}: {}", role.name());
            }
        }
    }
}

#[test]
fn the_three_answers_differ_in_greyscale_or_in_weight() {
    for (name, _) in BUNDLED {
        let theme = bundled(name);
        let answers = [Role::BoardGo, Role::BoardNoGo, Role::BoardHold, Role::Go, Role::NoGo, Role::Pending];
        let answers = answers.map(|role| theme.style(role));
        for (a, b) in [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)] {
            let grey = match (answers[a].fg, answers[b].fg) {
                (Some(a), Some(b)) => contrast(a, b).is_some_and(|contrast| contrast >= 1.2),
                _ => false,
            };
            assert!(
                grey || answers[a].add_modifier != answers[b].add_modifier,
                "{name}: {a} {b} {answers:?}"
            );
        }
    }
}

#[test]
fn the_safe_theme_tells_go_from_no_go_without_red_or_green() {
    let theme = bundled("colour-blind-safe");
    let Some(Color::Rgb(gr, gg, gb)) = theme.style(Role::Go).fg else { panic!("exact") };
    let Some(Color::Rgb(nr, ng, nb)) = theme.style(Role::NoGo).fg else { panic!("exact") };
    assert!(gb > gr && gb > gg, "go is blue");
    assert!(nr > ng && ng > nb, "no-go is orange");
}

#[test]
fn without_colour_there_is_none() {
    for theme in [Theme::mono(), bundled("dark").at(Depth::Mono)] {
        for role in Role::ALL {
            let style = theme.style(role);
            assert_eq!((style.fg, style.bg), (None, None), "{}", role.name());
        }
        assert!(theme.style(Role::NoGo).add_modifier.contains(Modifier::REVERSED));
    }
}

#[test]
fn what_a_theme_leaves_out_falls_back_but_not_to_the_ground() {
    let text = "theme: small\ncolours: { a: \"#ffffff\", b: \"#000000\", c: \"#00ff00\" }\n\
                roles: { text: { fg: a, bg: b }, go: { fg: c, bold: true } }\n";
    let (theme, warnings) = load(&[("small", text)], "small").expect("loads");
    assert_eq!(warnings, []);
    let go = theme.style(Role::BoardGo);
    assert_eq!((go.fg, go.bg, go.add_modifier), (Some(Color::Rgb(0, 255, 0)), None, Modifier::BOLD));
    let planned = theme.style(Role::TimelinePlanned);
    assert_eq!((planned.fg, planned.bg), (Some(Color::Rgb(255, 255, 255)), None));
    assert_eq!(theme.style(Role::Text).bg, Some(Color::Rgb(0, 0, 0)));
}

#[test]
fn a_theme_inherits_and_changes_colours_by_name() {
    let night = "theme: night\ninherits: dark\ncolours: { green: \"#80ff80\" }\n";
    let deep = "theme: deep\ninherits: night\nroles: { title: { fg: green, italic: true } }\n";
    let (theme, warnings) = load(&[("night", night), ("deep", deep)], "deep").expect("loads");
    assert_eq!(
        theme.style(Role::Go).fg,
        Some(Color::Rgb(0x80, 0xff, 0x80)),
        "the ancestor's role, the new colour"
    );
    assert_eq!(theme.style(Role::Text), Theme::dark().style(Role::Text));
    assert!(
        warnings.iter().any(|warning| warning.message.contains("`title`")),
        "that is the go colour: {warnings:?}"
    );
}

#[test]
fn a_user_theme_may_hide_a_bundled_one_and_build_on_it() {
    let own = "theme: dark\ninherits: dark\nroles: { title: { italic: true } }\n";
    let (theme, _) = load(&[("dark", own)], "dark").expect("loads");
    assert_eq!(theme.style(Role::Title).add_modifier, Modifier::ITALIC);
    assert_eq!(theme.style(Role::Go), Theme::dark().style(Role::Go));
}

#[test]
fn a_circle_is_an_error_at_the_line_that_closes_it() {
    let (a, b) = ("theme: a\ninherits: b\n", "theme: b\ninherits: a\n");
    let error = load(&[("a", a), ("b", b)], "a").expect_err("refused");
    let told = told(&error);
    assert!(told.contains("circle") && told.contains("b.yaml:2:11"), "{told}");
}

#[test]
fn odd_themes_are_warned_about() {
    let text = "theme: odd\ninherits: dark\ncolours: { grey: \"#333333\" }\n\
                roles:\n  acent: { bold: true }\n  hold: { fg: green }\n  dim: { fg: grey }\n";
    let (_, warnings) = load(&[("odd", text)], "odd").expect("loads");
    let told: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    assert!(
        told[0].contains("odd.yaml:5:3: there is no role `acent`") && told[0].contains("`accent`"),
        "{told:?}"
    );
    assert!(told.iter().any(|line| line.contains("`hold` has the colour reserved for GO")), "{told:?}");
    assert!(told.iter().any(|line| line.contains("`dim` is hard to read: its contrast is 1.")), "{told:?}");
}

#[test]
fn faulty_themes_are_errors_with_every_problem() {
    for (text, parts) in [
        (
            "theme: bad\ncolours: { a: red, b: \"#12\" }\n",
            ["`red` is not a colour", "`#12` is not a colour", "bad.yaml:2:15"],
        ),
        (
            "theme: bad\ninherits: dark\nroles: { go: { fg: gren }, no-go: { bg: rde } }\n",
            ["no colour is called `gren`", "did you mean `green`", "bad.yaml:3:20"],
        ),
        (
            "theme: bad\nrole: {}\nroles: { go: { bold: yes, blink: true } }\n",
            ["unknown key `role`", "expected true or false", "unknown key `blink`"],
        ),
        ("theme: bad\nroles:\nabout: [x\n", ["`roles` has no value", "never closed", "bad.yaml:3:8"]),
    ] {
        let told = told(&load(&[("bad", text)], "bad").expect_err("refused"));
        for part in parts {
            assert!(told.contains(part), "{part}: {told}");
        }
    }
}

#[test]
fn unknown_names_are_told_with_all_known_ones() {
    let error = load(&[("night", "theme: night\n")], "nigth").expect_err("refused").to_string();
    assert!(error.contains("dark, light") && error.ends_with("did you mean `night`?"), "{error}");
    for name in ["../dark", "", "/dev/null", "no/such.yaml"] {
        assert!(Theme::load(name, None).is_err(), "{name}");
    }
    let parent = "theme: a\ninherits: ../../etc/passwd\n";
    assert!(told(&load(&[("a", parent)], "a").expect_err("refused")).contains("there is no theme"));
}

#[test]
fn a_path_loads_a_file_and_only_a_small_regular_one() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("x.yaml");
    fs::write(&path, "theme: x\ninherits: mono\n").expect("written");
    assert_eq!(Theme::load(path.to_str().expect("text"), None).expect("loads").0.name(), "x");
    fs::write(&path, "#".repeat(100_000)).expect("written");
    assert!(
        Theme::load(path.to_str().expect("text"), None)
            .expect_err("refused")
            .to_string()
            .contains("more than")
    );
    let folder = dir.path().join("y.yaml");
    fs::create_dir(&folder).expect("made");
    assert!(Theme::load(folder.to_str().expect("text"), None).is_err());
}

#[test]
fn colours_shrink_to_the_nearest() {
    let rgb = Color::Rgb;
    for (colour, in_256, in_16) in [
        (rgb(0, 0, 0), Color::Indexed(16), Color::Black),
        (rgb(255, 255, 255), Color::Indexed(231), Color::White),
        (rgb(255, 0, 0), Color::Indexed(196), Color::Red),
        (rgb(0x12, 0x66, 0x2b), Color::Indexed(22), Color::Green),
        (rgb(118, 118, 118), Color::Indexed(243), Color::DarkGray),
        (rgb(0x4f, 0xd6, 0x7f), Color::Indexed(78), Color::LightGreen),
    ] {
        assert_eq!(
            (Depth::Ansi256.adapt(colour), Depth::Ansi16.adapt(colour)),
            (in_256, in_16),
            "{colour:?}"
        );
    }
    assert_eq!(Depth::Ansi16.adapt(Color::Indexed(7)), Color::Indexed(7), "named colours stay");
}

#[test]
fn contrast_is_that_of_wcag() {
    let close = |a: f64, b: f64| (a - b).abs() < 0.01;
    assert!(close(contrast(Color::Rgb(0, 0, 0), Color::Rgb(255, 255, 255)).expect("exact"), 21.0));
    assert!(close(contrast(Color::Rgb(118, 118, 118), Color::Rgb(255, 255, 255)).expect("exact"), 4.54));
    assert_eq!(contrast(Color::Red, Color::Black), None);
}

#[test]
fn every_theme_has_one_for_the_other_ground_and_comes_back_from_it() {
    for (name, other) in [
        ("dark", "light"),
        ("light", "dark"),
        ("catppuccin", "catppuccin-latte"),
        ("catppuccin-latte", "catppuccin"),
        ("gruvbox", "gruvbox-light"),
        ("solarized-light", "solarized"),
        ("high-contrast", "light"),
        ("colour-blind-safe", "light"),
        ("mono", "mono"),
    ] {
        let (theme, _) = Theme::load(name, None).unwrap();
        assert_eq!(theme.counterpart().name(), other, "{name}");
    }
}

#[test]
fn a_ground_is_light_where_black_is_read_better_on_it() {
    for (name, light) in [
        ("dark", false),
        ("light", true),
        ("solarized", false),
        ("solarized-light", true),
        ("gruvbox", false),
        ("gruvbox-light", true),
        ("catppuccin", false),
        ("catppuccin-latte", true),
    ] {
        let Some(Color::Rgb(r, g, b)) = bundled(name).style(Role::Text).bg else { panic!("exact") };
        assert_eq!(is_light((r, g, b)), light, "{name}");
    }
}

#[test]
fn the_environment_decides_on_depth_and_shapes() {
    let env = |pairs: &'static [(&str, &str)]| {
        move |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    for (pairs, depth) in [
        (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")][..], Depth::True),
        (&[("TERM", "xterm-256color")], Depth::Ansi256),
        (&[("TERM", "xterm")], Depth::Ansi16),
        (&[("TERM", "dumb"), ("COLORTERM", "truecolor")], Depth::Mono),
        (&[("NO_COLOR", "1"), ("COLORTERM", "truecolor")], Depth::Mono),
        (&[("NO_COLOR", ""), ("COLORTERM", "24bit")], Depth::True),
    ] {
        assert_eq!(Depth::from_env(&env(pairs)), depth, "{pairs:?}");
    }
    for (pairs, symbols) in [
        (&[("LANG", "en_GB.UTF-8")][..], SymbolSet::UNICODE),
        (&[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")], SymbolSet::ASCII),
        (&[("LC_ALL", ""), ("LC_CTYPE", "C.utf8")], SymbolSet::UNICODE),
        (&[], SymbolSet::ASCII),
    ] {
        assert_eq!(SymbolSet::from_env(&env(pairs)), symbols, "{pairs:?}");
    }
}

#[test]
fn shapes_are_one_column_wide_and_tell_the_verdicts_apart() {
    use unicode_width::UnicodeWidthStr;
    for set in [SymbolSet::UNICODE, SymbolSet::ASCII] {
        let verdicts = set.verdicts();
        for (at, shape) in verdicts.iter().enumerate() {
            assert!(!verdicts[..at].contains(shape), "{shape} stands for two verdicts");
        }
        let singles =
            [set.closed, set.open, set.arrow, set.dot, set.ellipsis, set.dash, set.pointer, set.now];
        let groups = [&set.bar[..], &set.line, &set.stop, &set.moment, &set.rule, &set.keys];
        for shape in verdicts.iter().chain(&singles).chain(groups.into_iter().flatten()) {
            assert_eq!(shape.width(), 1, "{shape}");
        }
    }
    assert!(SymbolSet::ASCII.verdicts().concat().is_ascii());
}
