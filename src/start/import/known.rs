//! What is known of sections and items before they are written.

use std::collections::BTreeSet;

use super::{
    conditions,
    headline::text_of,
    items::{ImportedSection, Item, SectionPart},
    phrases,
};
use crate::names::as_id;
use gonogo_text::Link;

/// A file with one heading around everything needs no group for it: the heading is the title.
pub(super) fn single(mut root: ImportedSection) -> (Option<String>, ImportedSection) {
    let mut title = None;
    while let [SectionPart::Section(only)] = root.parts.as_mut_slice() {
        // Owners, times and conditions in it apply to a group.
        if phrases::due(&only.title).is_some() || conditions::heading_condition(&only.title).is_some() {
            break;
        }
        let mut only = std::mem::take(only);
        only.notes.splice(0..0, std::mem::take(&mut root.notes));
        title = title.or_else(|| Some(only.title.clone()).filter(|title| !title.trim().is_empty()));
        root = only;
    }
    (title, root)
}

/// The roles that items ask, teams as roles.
pub(super) fn roles_in(parts: &[SectionPart], roles: &mut BTreeSet<String>) {
    fn of_item(item: &Item, roles: &mut BTreeSet<String>) {
        let asked = phrases::asked(item);
        roles.extend(asked.teams.iter().map(|team| role_of(team)));
        roles.extend(asked.roles);
        owners_in(&item.notes, roles);
        item.inside.iter().for_each(|inner| of_item(inner, roles));
    }
    for part in parts {
        match part {
            SectionPart::Section(section) => {
                owners_in(&section.notes, roles);
                roles_in(&section.parts, roles);
            }
            SectionPart::Item(item) => of_item(item, roles),
        }
    }
}

/// Those of `Owner:` lines.
fn owners_in(notes: &[String], roles: &mut BTreeSet<String>) {
    for owner in notes.iter().flat_map(|note| note.lines()).filter_map(phrases::owner_line) {
        let owners = phrases::owners(owner);
        roles.extend(owners.teams.iter().map(|team| role_of(team)));
        roles.extend(owners.roles);
    }
}

/// The role that a team holds: `org/slug` is `slug`.
pub(super) fn role_of(team: &str) -> String {
    as_id(team.rsplit('/').next().unwrap_or(team)).unwrap_or_else(|| "team".into())
}

/// The architectures that an item has a box for each of, and nothing else.
pub(super) fn architectures(item: &Item) -> Option<Vec<String>> {
    let plain = |it: &Item| {
        let bare = it.is_box && it.inside.is_empty() && it.notes.is_empty() && it.by_hand.is_empty();
        let own = it.owner.is_none() && it.due.is_none() && !it.commented;
        phrases::architecture(&it.text.plain).filter(|_| bare && own).map(str::to_owned)
    };
    let cells: Vec<String> = item.inside.iter().map(plain).collect::<Option<_>>()?;
    let unlike = cells.iter().map(|it| it.to_ascii_lowercase()).collect::<BTreeSet<_>>();
    (cells.len() > 1 && unlike.len() == cells.len() && !item.text.plain.contains("{{")).then_some(cells)
}

/// The text of an item; of one that is only code, the first line of it.
pub(super) fn title_of(item: &Item) -> String {
    let code = item.by_hand.iter().chain(&item.notes).flat_map(|code| code.lines()).map(str::trim);
    let text = Some(text_of(item)).filter(|text| !text.trim().is_empty());
    text.or_else(|| code.filter(|line| !line.is_empty()).map(str::to_owned).next())
        .unwrap_or_else(|| "Untitled".to_owned())
}

/// Addresses that a person can open.
pub(super) fn links(item: &Item) -> impl Iterator<Item = (String, String)> + '_ {
    let bare = item
        .text
        .plain
        .split_whitespace()
        .filter(|word| word.starts_with("https://") || word.starts_with("http://"));
    let bare =
        bare.map(|word| ("link".to_owned(), word.trim_end_matches([')', ',', '.', ';', '>']).to_owned()));
    let mut seen = BTreeSet::new();
    let all = item.text.links.iter().cloned().chain(bare);
    all.filter(move |(_, url)| Link::parse(url).is_some() && seen.insert(url.clone()))
}

/// A day as sheets have it, with the time of day of the launch's own zone.
pub(super) fn day(text: &str) -> Option<String> {
    let text = text.trim();
    let digits = |part: &str, len: usize| part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = text.split('-').collect();
    match parts.as_slice() {
        [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2) => {
            Some(format!("{text}T09:00"))
        }
        _ => None,
    }
}
