//! What a line of a checklist says beside what is to be done: who, when, only if.

use crate::{import::items::Item, names::as_id};

/// Who is asked by a line.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Assignees {
    /// Roles by id.
    pub(crate) roles: Vec<String>,
    /// GitHub logins.
    pub(crate) logins: Vec<String>,
    /// GitHub teams, `org/slug`.
    pub(crate) teams: Vec<String>,
    /// Any one of them is enough.
    pub(crate) any: bool,
    /// Roles were taken from what is stressed at the end of a line.
    pub(crate) guessed: bool,
}

/// The longest name of a role, in words.
const MOST_WORDS: usize = 4;

impl Assignees {
    #[cfg(test)]
    fn is_empty(&self) -> bool {
        self.roles.is_empty() && self.logins.is_empty() && self.teams.is_empty()
    }
}

/// Who is asked: `@login`, `@org/team`, and roles that are set apart behind a dash or in brackets at the end.
pub(crate) fn asked(item: &Item) -> Assignees {
    let mut asked = Assignees::default();
    let text = &item.text.plain;
    // Code is something to type, and mentions nobody.
    let typed =
        |word: &str| item.text.codes.iter().any(|code| code.split_whitespace().any(|part| part == word));
    for word in text.split_whitespace().filter(|word| !typed(word)) {
        mention(word, &mut asked);
    }
    if let Some(owner) = &item.owner {
        named(owner, &mut asked);
    }
    if let Some(tail) = tail(text) {
        let before = asked.roles.len();
        let said: Vec<&String> =
            item.text.stressed.iter().filter(|word| tail.contains(word.as_str()) && is_role(word)).collect();
        // A stressed word in a sentence is no role: what is stressed must be most of what stands there.
        let stressed: usize = said.iter().map(|word| word.len()).sum();
        let linked: usize =
            item.text.links.iter().map(|(name, _)| name.len()).filter(|len| *len < tail.len()).sum();
        if stressed * 4 >= tail.len().saturating_sub(linked) {
            said.iter().for_each(|role| roles(role, &mut asked));
            asked.guessed = !asked.roles.is_empty();
        }
        let here = tail.split_whitespace().filter(|word| unwrapped(word).starts_with('@')).count();
        // What joins other things says nothing about people.
        asked.any |= asked.roles.len() - before + here > 1 && any_of(tail);
    }
    asked
}

/// Whether a text that names several asks any one of them: joined by "or" or a slash, and not by "and" as well. Where that is not
/// clear, each is asked.
fn any_of(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    // The slash of a team, an address or a path joins nobody.
    let apart = |word: &&str| !(unwrapped(word).starts_with('@') || word.contains("://") || is_path(word));
    let words: Vec<&str> = text.split_whitespace().filter(apart).collect();
    let has = |marks: &[char]| text_has(&words, marks);
    let said = |wanted: &str| words.contains(&wanted);
    let all = said("and") || has(&['&', ';', '+']);
    !all && (said("or") || (has(&['/']) && !text.contains(',')))
}

fn text_has(words: &[&str], marks: &[char]) -> bool {
    words.iter().any(|word| word.contains(marks))
}

/// `docs/x.md`, `./tool/run`: a file, and no two roles.
fn is_path(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ',', ')', ':']);
    word.contains('/') && (word.contains('.') || (word.starts_with('/') && word != "/"))
}

/// Without what sets it apart.
fn unwrapped(word: &str) -> &str {
    word.trim_start_matches(['(', '[', '"', '\'', '*', '_', '`'])
}

/// `@login` or `@org/team`, with what stands around it.
fn mention(word: &str, asked: &mut Assignees) {
    let word = unwrapped(word);
    let Some(name) = word.strip_prefix('@') else { return };
    let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || "-_/.".contains(c))).unwrap_or(name.len());
    let name = name[..end].trim_end_matches(['.', '-', '/', '_']);
    let login =
        (1..=39).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if gonogo_text::owner_and_name(name).is_some() {
        add(&mut asked.teams, name);
    } else if login
        && !["here", "channel", "all", "everyone", "handle", "mention", "username"].contains(&name)
    {
        add(&mut asked.logins, name);
    }
}

/// Names of a column for owners.
fn named(text: &str, asked: &mut Assignees) {
    let separators = |c: char| c.is_whitespace() || [',', ';', '&'].contains(&c);
    // `@org/team` is one name: who is mentioned first, and then what is left.
    let mut left = String::new();
    for word in text.split_inclusive(separators) {
        let bare = word.trim_end_matches(separators);
        if unwrapped(bare).starts_with('@') {
            mention(bare, asked);
            left.push_str(&word[bare.len()..]);
        } else {
            left.push_str(word);
        }
    }
    for part in left.split([',', ';', '/', '&', '\n']).flat_map(|part| part.split(" and ")) {
        if is_role(part.trim()) {
            roles(part.trim(), asked);
        }
    }
    asked.any |= any_of(text) && !text.trim().contains('\n');
}

fn roles(text: &str, asked: &mut Assignees) {
    for part in text
        .split([',', '/', '&', '+'])
        .flat_map(|part| part.split(" or "))
        .flat_map(|part| part.split(" and "))
    {
        if let Some(id) = as_id(part.trim()).filter(|_| is_role(part.trim())) {
            add(&mut asked.roles, &id);
        }
    }
}

/// Whether a few words can be the name of a role: letters, and few of them.
fn is_role(text: &str) -> bool {
    const CONDITIONS: &[&str] = &["only", "if", "when", "optional", "required", "needed"];
    const JOINS: &[&str] = &["and", "or", "not"];
    // Blanks to be filled in.
    const BLANKS: &[&str] = &[
        "tbd",
        "tba",
        "todo",
        "name",
        "names",
        "owner",
        "person",
        "n/a",
        "na",
        "none",
        "nobody",
        "unassigned",
        "date",
        "username",
    ];
    let words: Vec<String> = text.split_whitespace().map(str::to_ascii_lowercase).collect();
    let conditional = words.iter().any(|word| CONDITIONS.contains(&word.as_str()));
    let joins_only = words.iter().all(|word| JOINS.contains(&word.as_str()));
    let blank = BLANKS.contains(&text.trim_matches(['(', ')', '.']).to_ascii_lowercase().as_str());
    (1..=MOST_WORDS).contains(&words.len())
        && !blank
        && !conditional
        && !joins_only
        && text.len() <= 40
        && text.chars().any(char::is_alphabetic)
        && text.chars().all(|c| c.is_alphanumeric() || " -_/&+,.()".contains(c))
}

fn add(list: &mut Vec<String>, name: &str) {
    if !list.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        list.push(name.to_owned());
    }
}

/// Whom a line such as `Owner: [Marketing]` names, which people write below a list.
pub(crate) fn owner_line(line: &str) -> Option<&str> {
    const KEYS: &[&str] =
        &["owner", "owners", "responsible", "assignee", "assignees", "assigned to", "dri", "lead", "done by"];
    let (key, value) = line.split_once(':')?;
    let key = key.trim().trim_matches('*').to_ascii_lowercase();
    let value = value.trim().trim_matches(['[', ']', '<', '>', '*', '_', '`', ' ']);
    (KEYS.contains(&key.as_str()) && !value.is_empty()).then_some(value)
}

/// The role, person or team that the owner of a group is: of several the first.
pub(crate) fn owners(text: &str) -> Assignees {
    let mut asked = Assignees::default();
    named(text, &mut asked);
    asked
}

/// Whether a line is an answer of a go/no-go poll, and nothing that is done.
pub(crate) fn is_call(text: &str) -> bool {
    const ANSWERS: &[&str] =
        &["CONDITIONAL GO", "GO WITH CONDITIONS", "NO-GO", "NO GO", "NOGO", "GO", "HOLD", "SCRUB"];
    let text = text.trim();
    ANSWERS.iter().filter_map(|answer| text.strip_prefix(answer)).any(|rest| {
        let rest = rest.trim_start();
        rest.is_empty() || rest.starts_with(['-', ':', '\u{2013}', '\u{2014}', '('])
    })
}

/// Whether a heading is a step of a numbered list of headings: `2. Tag it`, `Step 2: tag it`.
pub(crate) fn is_step(heading: &str) -> bool {
    let text = heading.trim().to_ascii_lowercase();
    let text = text.strip_prefix("step ").unwrap_or(&text);
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < text.len() && rest.starts_with(['.', ')', ':'])
}

/// What stands behind the last dash that is set off, or in brackets at the end: where people write who does it.
pub(crate) fn tail(text: &str) -> Option<&str> {
    let dash = [" \u{2014} ", " \u{2013} ", " - ", " -- ", "\n\u{2014} "].iter();
    let at = dash.filter_map(|dash| text.rfind(dash).map(|at| (at, dash.len()))).max();
    if let Some((at, len)) = at {
        return Some(text[at + len..].trim());
    }
    let text = text.trim_end().trim_end_matches('.');
    text.strip_suffix(')').and_then(|text| text.rfind('(').map(|at| &text[at + 1..]))
}

/// When a line is due: `T-5wd` for "5 working days before".
pub(crate) fn due(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let words: Vec<&str> =
        text.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|it| !it.is_empty()).collect();
    let relative = words.iter().enumerate().find_map(|(at, word)| {
        let side = match *word {
            "before" | "prior" | "ahead" => '-',
            "after" | "following" => '+',
            _ => return None,
        };
        let (count, unit) = length(words.get(..at)?)?;
        Some(format!("T{side}{count}{unit}"))
    });
    relative.or_else(|| exact(&words))
}

/// `T-5`, `T-5d`, `T+1wd`, `D-3` as people write them.
fn exact(words: &[&str]) -> Option<String> {
    words.iter().find_map(|word| {
        let rest = word.strip_prefix("t-").or_else(|| word.strip_prefix("d-"))?;
        let split = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, unit) = rest.split_at(split);
        let count: u32 = digits.parse().ok().filter(|count| *count <= 1_000)?;
        let unit = match unit {
            "" | "d" => "d",
            "wd" | "bd" => "wd",
            "h" => "h",
            _ => return None,
        };
        Some(format!("T-{count}{unit}"))
    })
}

/// The length of time at the end of some words: `5 working days`, `two weeks`, `24 hours`.
fn length(words: &[&str]) -> Option<(u32, &'static str)> {
    const NUMBERS: [&str; 11] =
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let (unit, before) = words.split_last()?;
    let (unit, scale) = match *unit {
        "day" | "days" => ("d", 1),
        "week" | "weeks" => ("d", 7),
        "hour" | "hours" => ("h", 1),
        _ => return None,
    };
    let (last, earlier) = before.split_last()?;
    let (number, unit) = match *last {
        "working" | "business" | "work" => (earlier.last()?, if unit == "d" { "wd" } else { unit }),
        _ => (last, unit),
    };
    let count = match NUMBERS.iter().position(|it| it == number) {
        Some(count) => u32::try_from(count).ok()?,
        None if matches!(*number, "a" | "an" | "the") => 1,
        // Of a span the longer one: whoever is early is not late.
        None => number.rsplit('-').next()?.parse().ok().filter(|count| *count <= 1_000)?,
    };
    // A week of working days is five of them.
    let scale = if unit == "wd" && scale == 7 { 5 } else { scale };
    count.checked_mul(scale).map(|count| (count, unit))
}

/// A machine's architecture, as it is written.
pub(crate) fn architecture(text: &str) -> Option<&str> {
    const KNOWN: [&str; 16] = [
        "amd64", "x86_64", "x86-64", "i386", "i686", "arm64", "aarch64", "armhf", "armv7", "armv7hl",
        "ppc64le", "s390x", "riscv64", "loong64", "mips64le", "wasm32",
    ];
    let text = text.trim().trim_end_matches([':', '.', ',']);
    KNOWN.contains(&text.to_ascii_lowercase().as_str()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::items::MarkedText;

    fn of(text: &str, stressed: &[&str]) -> Assignees {
        let stressed = stressed.iter().map(|it| (*it).to_owned()).collect();
        let text = MarkedText { plain: text.to_owned(), stressed, ..MarkedText::default() };
        asked(&Item { text, ..Item::default() })
    }

    #[test]
    fn roles_people_and_teams_are_those_that_are_meant() {
        let any = of("Cut the branch \u{2014} RM or Lead", &["RM", "Lead"]);
        assert_eq!((any.roles, any.any), (vec!["rm".to_owned(), "lead".to_owned()], true));
        let all = of("Agree on it - Docs team & PM", &["Docs team", "PM"]);
        assert_eq!((all.roles, all.any), (vec!["docs-team".to_owned(), "pm".to_owned()], false));
        let people = of("Ask (@octo-cat), @acme/support. and mail me@example.com", &[]);
        assert_eq!(
            (people.logins, people.teams),
            (vec!["octo-cat".to_owned()], vec!["acme/support".to_owned()])
        );
        assert!(
            of("Publish (automate it, this could be an automated test)", &["automate"]).is_empty(),
            "no role"
        );
        assert!(of("Set the release _and_ the date", &["and"]).is_empty(), "stressed in the middle");
        assert!(of("Write to @here", &[]).is_empty());
    }

    /// "One is enough" is the looser reading: it is taken only where the words say so.
    #[test]
    fn one_is_enough_only_where_the_words_say_so() {
        for (text, stressed) in [
            ("Sign \u{2014} @acme/security and @acme/qa", &[][..]),
            ("Two people: @alice and @bob (see docs/x.md)", &[]),
            ("Two people: @alice and @bob (see x or y)", &[]),
            ("Sign \u{2014} @acme/security, @acme/qa", &[]),
            ("Agree - QA/Docs & PM", &["QA/Docs", "PM"]),
        ] {
            let asked = of(text, stressed);
            assert!(!asked.any && asked.roles.len() + asked.logins.len() + asked.teams.len() > 1, "{text}");
        }
        for (text, stressed) in [
            ("Sign \u{2014} @acme/security or @acme/qa", &[][..]),
            ("Cut \u{2014} RM/Lead", &["RM/Lead"]),
            ("Cut \u{2014} A, B or C", &["A", "B", "C"]),
        ] {
            assert!(of(text, stressed).any, "{text}");
        }
        let column = |owner: &str| asked(&Item { owner: Some(owner.to_owned()), ..Item::default() });
        let both = column("@acme/security, @acme/qa");
        assert_eq!((both.teams.len(), both.roles.len(), both.any), (2, 0, false), "{both:?}");
        assert!(column("QA / Docs").any && column("QA or Docs").any && !column("QA and Docs").any);
        assert!(!column("QA / Docs, PM").any, "not clear: each");
    }

    #[test]
    fn moments_are_counted_as_they_are_said() {
        for (text, due_) in [
            ("5 working days before the release", "T-5wd"),
            ("Two weeks before launch", "T-14d"),
            ("one business week before", "T-5wd"),
            ("24 hours after release", "T+24h"),
            ("a day before", "T-1d"),
            ("T-3: freeze", "T-3d"),
            ("6-8 weeks before", "T-56d"),
            ("Day before we branch (D-2):", "T-2d"),
        ] {
            assert_eq!(due(text).as_deref(), Some(due_), "{text}");
        }
        for text in ["before the release", "wait five minutes", "99999 days before", "the day after"] {
            assert!(due(text).is_none_or(|it| it == "T+1d"), "{text}: {:?}", due(text));
        }
    }
}
