//! The command line as a whole: what the derived declaration cannot say by itself.

use std::ffi::OsString;

use clap::{Arg, Args as _, Command, CommandFactory, FromArgMatches};

use super::{CheckArgs, Cli};
use crate::exit::{
    OF_ACTS, OF_ATTEST, OF_DEMO, OF_DOCTOR, OF_GUARDRAILS, OF_PAGES, OF_VERDICTS, OF_VERIFY, OF_WRITES,
};

/// The command line: every verb with its exit codes, and what shapes `--check` bound to it.
pub fn command() -> Command {
    let shapes = CheckArgs::augment_args(Command::new("shapes"));
    let shapes: Vec<_> = shapes.get_arguments().map(|arg| arg.get_id().clone()).collect();
    let bound = |arg: Arg| if shapes.contains(arg.get_id()) { arg.requires("check_now") } else { arg };
    with_codes(Cli::command().mut_args(bound), "")
}

/// Reads arguments, the program's name first.
///
/// # Errors
/// They make no sense, or ask for help or the version.
pub fn parse(arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Cli, clap::Error> {
    let matches = command().try_get_matches_from(arguments)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command()))
}

/// Adds the exit codes behind the examples. `above`: the verb that it belongs to, empty for a verb of its own.
fn with_codes(command: Command, above: &str) -> Command {
    let name = command.get_name().to_owned();
    let codes = match (above, name.as_str()) {
        ("", "gonogo" | "check") => OF_VERDICTS,
        ("", "attest") => OF_ATTEST,
        ("", "doctor") => OF_DOCTOR,
        ("", "guardrails") => OF_GUARDRAILS,
        ("", "demo") => OF_DEMO,
        ("", "verify") => OF_VERIFY,
        ("", "why" | "path" | "readiness" | "who" | "replay" | "history") => OF_PAGES,
        ("act", _) | ("message", "send") => OF_WRITES,
        _ => OF_ACTS,
    };
    let told = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let told = format!("{told}\n\n{codes}");
    let command = command.after_help(told.trim_start().to_owned());
    let below = if name == "gonogo" { String::new() } else { name };
    if command.has_subcommands() { command.mut_subcommands(|it| with_codes(it, &below)) } else { command }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Verb;

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn a_path_and_a_verb_are_told_apart() {
        let check = parse(["gonogo", "--check", "launch/", "--only", "qa", "--timeout", "5s"]).unwrap();
        assert!(check.check_now && check.launch.files.path.is_some() && check.verb.is_none());
        let demo = parse(["gonogo", "demo"]).unwrap();
        assert!(matches!(demo.verb, Some(Verb::Demo(_))));
        assert!(parse(["gonogo", "--only", "qa"]).is_err(), "--only without --check");
        assert!(parse(["gonogo", "sign", "qa/x"]).is_err(), "neither go nor no-go");
    }

    #[test]
    fn check_is_a_verb_and_a_flag_with_the_same_words() {
        let verb = parse(["gonogo", "check", "launch/", "--only", "qa", "--format", "json"]).unwrap();
        let Some(Verb::Check(args)) = verb.verb else { panic!("{verb:?}") };
        let flag = parse(["gonogo", "--check", "launch/", "--only", "qa", "--format", "json"]).unwrap();
        assert_eq!(
            format!("{:?}{:?}", args.launch, args.check),
            format!("{:?}{:?}", flag.launch, flag.check)
        );
        assert!(parse(["gonogo", "check", "--theme", "dark"]).is_err());
    }

    /// Every verb at its deepest.
    fn leaves(command: &Command) -> Vec<Command> {
        let below: Vec<_> = command.get_subcommands().flat_map(leaves).collect();
        if below.is_empty() { vec![command.clone()] } else { below }
    }

    #[test]
    fn every_help_has_an_example_and_tells_its_exit_codes_once() {
        let help = |command: &Command| command.get_after_help().map(ToString::to_string).unwrap_or_default();
        for verb in leaves(&Cli::command()).iter().chain([&Cli::command()]) {
            let own = help(verb);
            assert!(own.contains("Example"), "{}: {own}", verb.get_name());
            let tells =
                own.contains("xit code is") || own.contains("xit codes:") || own.contains("Ends with");
            assert!(!tells, "the codes are added behind it: {}: {own}", verb.get_name());
        }
        for verb in leaves(&command()).iter().chain([&command()]) {
            assert_eq!(help(verb).matches("Exit codes").count(), 1, "{}", verb.get_name());
        }
    }

    /// What ends with more than done, refused and broken says so.
    #[test]
    fn the_help_names_every_code_that_a_verb_ends_with() {
        let codes = |path: &str| {
            let mut command = command();
            for name in path.split(' ').filter(|it| !it.is_empty()) {
                command = command.find_subcommand(name).unwrap_or_else(|| panic!("{path}")).clone();
            }
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let (_, told) = help.split_once("Exit codes").unwrap();
            let lines = told.lines().skip(1).map_while(|line| line.strip_prefix("  "));
            lines.filter_map(|line| Some(line.split_once("  ")?.0.to_owned())).collect::<Vec<_>>()
        };
        for (path, wanted) in [
            ("", "0 1 2 3 4 130, 143"),
            ("check", "0 1 2 3 4 130, 143"),
            ("demo", "0 1 2 3 4"),
            ("attest", "0 1 2 3 4"),
            ("doctor", "0 2 3 4"),
            ("guardrails", "0 2 3 4"),
            ("act status", "0 2 3 4"),
            ("act approve-deployment", "0 2 3 4"),
            ("message send", "0 2 3 4"),
            ("sign", "0 2 4"),
            ("ask", "0 2 4"),
            ("replay", "0 2 4"),
            ("verify", "0 2 4"),
        ] {
            assert_eq!(codes(path).join(" "), wanted, "{path}");
        }
    }

    /// The commands that the texts of a file name, with something in every place that is to be filled in.
    fn commands_in(text: &str) -> Vec<String> {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let named = code.flat_map(|line| line.split("gonogo ").skip(1));
        let named = named.map(|rest| rest.split(['"', ';', ')', '`', ',', '\\']).next().unwrap_or_default());
        // Behind some the sentence goes on.
        let named = named.map(|rest| rest.split_once(" says ").map_or(rest, |(command, _)| command));
        let named = named.map(|rest| rest.split_once(" shows ").map_or(rest, |(command, _)| command));
        let verbs: Vec<_> = command().get_subcommands().map(|it| it.get_name().to_owned()).collect();
        let is_one = |it: &&str| verbs.iter().any(|verb| it.split(' ').next() == Some(verb));
        named.filter(is_one).map(filled).collect()
    }

    fn filled(text: &str) -> String {
        let word = |word: &str| match word {
            "N" | "…" | "REASON" | "STATION" | "ROLE" => "1".to_owned(),
            word if word.starts_with('{') => "1".to_owned() + word.split_once('}').map_or("", |it| it.1),
            // What is put behind a word may be nothing.
            word => word.split('{').next().unwrap_or_default().replace('…', "1"),
        };
        let words: Vec<_> = text.split_whitespace().map(word).collect();
        let text =
            words.join(" ").replace("--result 1", "--result rolled-back").replace("--for 1", "--for 1h");
        // The answer of a vote is chosen by whoever gives it.
        let text = text.replace("--open 1", "--open");
        if text.starts_with("vote ") { text + " --go" } else { text }
    }

    /// What a text tells people to type can be typed.
    #[test]
    fn every_command_that_a_text_of_the_domain_names_can_be_typed() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain");
        let (mut open, mut found) = (vec![folder], 0);
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let path = entry.path();
                if path.is_dir() {
                    open.push(path);
                } else if path.extension().is_some_and(|it| it == "rs") {
                    for text in commands_in(&std::fs::read_to_string(&path).unwrap()) {
                        let typed = parse(["gonogo"].into_iter().chain(text.split(' ')));
                        let shown = |error: &clap::Error| error.kind() == clap::error::ErrorKind::DisplayHelp;
                        assert!(
                            typed.as_ref().map_or_else(shown, |_| true),
                            "{}: gonogo {text}: {typed:?}",
                            path.display()
                        );
                        found += 1;
                    }
                }
            }
        }
        assert!(found > 25, "only {found} were found");
    }

    /// Verbs that are about no launch, or about several.
    const OF_NO_LAUNCH: &[&str] =
        &["demo", "themes", "settings", "completions", "man", "schema", "copy", "launches"];

    #[test]
    fn every_verb_takes_the_launch_in_the_same_way() {
        for verb in leaves(&command()) {
            if OF_NO_LAUNCH.contains(&verb.get_name()) {
                continue;
            }
            let path = verb.get_positionals().last().map(|arg| arg.get_id().as_str());
            assert_eq!(path, Some("path"), "{}", verb.get_name());
            assert!(verb.get_arguments().any(|arg| arg.get_long() == Some("launch")), "{}", verb.get_name());
        }
    }

    #[test]
    fn a_launch_is_named_by_its_place_or_by_its_flag_and_not_by_both() {
        for words in
            [&["sign", "qa/x", "--go"][..], &["decide", "--go", "--reason", "r"], &["minutes"], &["check"]]
        {
            let given = |more: &[&'static str]| {
                parse(["gonogo"].iter().chain(words).chain(more).copied().collect::<Vec<_>>())
            };
            assert!(given(&["launch/"]).is_ok(), "{words:?}");
            assert!(given(&["--launch", "launch/"]).is_ok(), "{words:?}");
            assert!(given(&["launch/", "--launch", "launch/"]).is_err(), "{words:?}");
        }
    }
}
