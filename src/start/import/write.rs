//! Items as a checklist, and a launch around it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Imported, ImportedText, Remark, RemarkKind, code, conditions,
    headline::headline,
    items::{ImportedSection, Item, MarkedText, SectionPart},
    known::{architectures, day, links, role_of, roles_in, single, title_of},
    phrases::{self, Assignees},
    suggest::suggestion,
};
use crate::{
    names::{Taken, as_id},
    page::{block, inner, list, value},
};
use gonogo_text::{Link, cap};

/// The role that sees to what names nobody.
const OWNER: &str = "release-manager";
/// The variable that says what kind of release it is.
const RELEASE_TYPE: &str = "release_type";
/// Words that references have a meaning for, and ids that a checklist cannot have.
const RESERVED: &[&str] =
    &["launch", "checklist", "stage", "message", "guardrail", "decision", "conditions", "answers"];

/// Writes what was read.
pub(super) fn write(name: &str, read: ImportedText) -> Imported {
    let stem = name.rsplit('/').next().unwrap_or(name);
    let stem = stem.split('.').next().unwrap_or(stem);
    let (headed, root) = single(read.root);
    let title = read.title.clone().or(headed).unwrap_or_else(|| stem.replace(['-', '_'], " "));
    let (title, _) = headline(&title);
    let id = as_id(stem).filter(|id| !RESERVED.contains(&id.as_str())).unwrap_or_else(|| "imported".into());
    // People and roles share one set of names: all roles of the file first, also those that come later.
    let mut roles = BTreeSet::from([OWNER.to_owned()]);
    roles_in(&root.parts, &mut roles);
    let mut parties = Taken::default();
    roles.iter().for_each(|role| drop(parties.free(role)));
    let mut writer = ChecklistWriter {
        out: String::new(),
        taken: Taken::default(),
        parties,
        roles: BTreeSet::from([OWNER.to_owned()]),
        teams: BTreeMap::new(),
        people: BTreeMap::new(),
        gates: 0,
        types: BTreeSet::new(),
        only: Vec::new(),
        remarks: read.remarks,
    };
    writer.parts(&root.parts, 1);
    for note in &root.notes {
        writer.remarks.push(Remark::new(RemarkKind::Dropped, note, "text that belongs to no item"));
    }
    let gates = std::mem::take(&mut writer.out);
    writer.line(0, &format!("checklist: {id}"));
    writer.line(0, &format!("title: {}", value(&title)));
    writer.line(0, &format!("owner: {OWNER}   # owns every gate that names nobody else"));
    if !writer.types.is_empty() {
        writer.line(0, "inputs:");
        let about = inner("Decides which gates apply: major, minor, patch, rc or beta");
        writer.line(1, &format!("{RELEASE_TYPE}: {{ about: {about} }}"));
    }
    writer.line(0, "gates:");
    writer.out.push_str(&gates);
    let launch = writer.launch(&id, &title);
    Imported {
        id,
        launch,
        roles: writer.roles.into_iter().collect(),
        people: writer.people.into_values().map(|person| person.login).collect(),
        gates: writer.gates,
        boxes: read.boxes,
        variables: writer.types.first().map(|_| RELEASE_TYPE.to_owned()).into_iter().collect(),
        remarks: writer.remarks,
        checklist: writer.out,
    }
}

/// Somebody whom the file names.
struct NamedPerson {
    id: String,
    login: String,
}

struct ChecklistWriter {
    out: String,
    taken: Taken,
    /// Ids of people and roles.
    parties: Taken,
    roles: BTreeSet<String>,
    /// Roles that a GitHub team holds.
    teams: BTreeMap<String, String>,
    /// By login, in small letters.
    people: BTreeMap<String, NamedPerson>,
    gates: usize,
    /// Kinds of release that gates are for.
    types: BTreeSet<&'static str>,
    /// Conditions of the groups that are open, which no variable says.
    only: Vec<String>,
    remarks: Vec<Remark>,
}

impl ChecklistWriter {
    fn line(&mut self, depth: usize, text: &str) {
        self.out.push_str(&"  ".repeat(depth));
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn guess(&mut self, id: &str, said: impl Into<String>) {
        self.remarks.push(Remark::new(RemarkKind::Guessed, id, said));
    }

    fn parts(&mut self, parts: &[SectionPart], depth: usize) {
        for part in parts {
            match part {
                SectionPart::Section(section) if section.is_empty() => {
                    let said = "a heading without items";
                    self.remarks.push(Remark::new(RemarkKind::Dropped, &section.title, said));
                    for note in &section.notes {
                        self.remarks.push(Remark::new(
                            RemarkKind::Dropped,
                            note,
                            "text that belongs to no item",
                        ));
                    }
                }
                SectionPart::Section(section) => self.group(section, depth),
                SectionPart::Item(item) => self.item(item, depth),
            }
        }
    }

    fn group(&mut self, section: &ImportedSection, depth: usize) {
        let title = if section.title.is_empty() { "Untitled" } else { &section.title };
        let id = self.id(title);
        self.line(depth, &format!("- gate: {id}"));
        let mut notes = section.notes.clone();
        let owner = self.owner_of(&id, &mut notes);
        self.title(title, depth + 1, &mut notes);
        if let Some(owner) = owner {
            self.line(depth + 1, &format!("owner: {owner}"));
        }
        if let Some(due) = phrases::due(title) {
            self.guess(&id, format!("due {due}, by its heading, and so is everything in it"));
            if due.starts_with("T+") {
                self.line(depth + 1, "blocks: close");
                self.guess(&id, "everything in it comes after T, so GO does not wait for it: blocks: close");
            }
            self.line(depth + 1, &format!("due: {due}"));
        }
        let only = conditions::heading_condition(title);
        let types = only.as_deref().and_then(conditions::release_types);
        if let Some(types) = &types {
            self.line(depth + 1, &format!("when: {{ {RELEASE_TYPE}: [{}] }}", types.join(", ")));
            let types = types.join(" or ");
            self.guess(
                &id,
                format!("everything in it applies when {RELEASE_TYPE} is {types}, by its heading: when"),
            );
        }
        self.types.extend(types.iter().flatten());
        let only = only.filter(|_| types.is_none());
        let only = only.or_else(|| conditions::is_optional(title).then(|| title.trim().to_owned()));
        self.line(depth + 1, "gates:");
        let before = self.only.len();
        self.only.extend(only);
        self.parts(&section.parts, depth + 2);
        self.only.truncate(before);
    }

    /// The owner that a line of the notes names, which is then no note any more.
    fn owner_of(&mut self, id: &str, notes: &mut Vec<String>) -> Option<String> {
        let line =
            notes.iter().flat_map(|note| note.lines()).find(|line| phrases::owner_line(line).is_some())?;
        let line = line.to_owned();
        let mut asked = phrases::owners(phrases::owner_line(&line)?);
        let several = asked.roles.len() + asked.teams.len() + asked.logins.len() > 1;
        // A group has one owner: the first that is named, while the line stays a note.
        asked.roles.truncate(1);
        if !asked.roles.is_empty() {
            asked.teams.clear();
            asked.logins.clear();
        }
        let all = self.named_parties(&asked);
        let first = all.first()?.clone();
        self.guess(id, format!("its owner is {first}, by the line \"{}\"", line.trim()));
        if !several {
            let without =
                |note: &String| note.lines().filter(|it| *it != line).collect::<Vec<_>>().join("\n");
            *notes = notes.iter().map(without).filter(|note| !note.trim().is_empty()).collect();
        }
        Some(first)
    }

    fn id(&mut self, text: &str) -> String {
        let id = as_id(text).unwrap_or_else(|| "item".into());
        self.taken.free(&id)
    }

    /// The title, and the notes with what was too long for it.
    fn title(&mut self, text: &str, depth: usize, notes: &mut Vec<String>) {
        let (title, rest) = headline(text);
        if rest {
            notes.insert(0, text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        self.line(depth, &format!("title: {}", value(&title)));
        if !notes.is_empty() {
            let notes = block(&notes.join("\n"), 2 * (depth + 1));
            self.line(depth, &format!("notes: {notes}"));
        }
    }

    fn item(&mut self, item: &Item, depth: usize) {
        let text = &title_of(item);
        let id = self.id(text);
        if item.inside.is_empty() {
            self.gate(&id, item, depth);
            return;
        }
        if let Some(cells) = architectures(item) {
            self.gates += cells.len();
            self.guess(&id, format!("one cell for each of {}: matrix", cells.join(", ")));
            let plain =
                MarkedText { plain: text.trim_end_matches([':', '.']).to_owned(), ..item.text.clone() };
            let alone = Item { inside: Vec::new(), text: plain, ..item.clone() };
            // What holds the boxes is one more where it has a box of its own: ticked when all of them are.
            self.gates -= usize::from(!item.is_box);
            self.gate_of(&id, &alone, depth, Some(&cells));
            return;
        }
        // A box with boxes in it is a group, and its own box is the last gate in it.
        self.line(depth, &format!("- gate: {id}"));
        if item.is_box {
            self.title(text, depth + 1, &mut Vec::new());
        } else {
            self.title(text, depth + 1, &mut item.notes.clone());
            self.rest(&id, item, depth + 1);
        }
        self.line(depth + 1, "gates:");
        item.inside.iter().for_each(|inner| self.item(inner, depth + 2));
        if item.is_box {
            let own = self.taken.free(&format!("{}-done", as_id(&cap(&id, 30)).unwrap_or_default()));
            let alone = Item { inside: Vec::new(), ..item.clone() };
            self.gate(&own, &alone, depth + 2);
        }
    }

    fn gate(&mut self, id: &str, item: &Item, depth: usize) {
        self.gate_of(id, item, depth, None);
    }

    /// A gate, copied for each of `cells`.
    fn gate_of(&mut self, id: &str, item: &Item, depth: usize, cells: Option<&[String]>) {
        self.gates += 1;
        let text = &title_of(item);
        if item.text.struck {
            self.guess(
                id,
                "struck through in the file, but kept as a gate: remove it if nobody has to do it",
            );
        }
        self.line(depth, &format!("- gate: {id}"));
        let mut notes = item.notes.clone();
        let named = self.owner_of(id, &mut notes);
        notes.extend(self.odd_links(item));
        self.title(text, depth + 1, &mut notes);
        if let Some(cells) = cells {
            self.line(depth + 1, &format!("matrix: {{ arch: {} }}", list(cells)));
        }
        self.rest(id, item, depth + 1);
        let asked = phrases::asked(item);
        let (owner, task) = self.task(id, &asked);
        if let Some(owner) = owner.or(named) {
            self.line(depth + 1, &format!("owner: {owner}"));
        }
        if phrases::is_call(&item.text.plain) {
            self.guess(
                id,
                "this is an answer of the final call, which `gonogo decide` records; here it blocks nothing",
            );
            self.line(depth + 1, "blocks: nothing");
        } else {
            self.when(id, item, text, depth + 1);
        }
        self.answer(id, item, &task, depth + 1);
    }

    /// The task, and beside it what GitHub could answer in its place.
    fn answer(&mut self, id: &str, item: &Item, task: &str, depth: usize) {
        let Some(found) = suggestion(item) else {
            self.line(depth, &format!("task: {task}"));
            return;
        };
        let about = found.repository.map(|name| format!(" ({name})")).unwrap_or_default();
        self.line(depth, &format!("task: {task}   # GitHub could prove it{about}: {}", found.kind));
        let said = format!("GitHub could prove it{about}: {}", found.kind);
        self.remarks.push(Remark::new(RemarkKind::Suggested, id, said));
    }

    /// When it is due, and whether it may be called not needed.
    fn when(&mut self, id: &str, item: &Item, text: &str, depth: usize) {
        let written = item.due.as_deref();
        let due =
            written.and_then(|due| phrases::due(due).or_else(|| day(due))).or_else(|| phrases::due(text));
        match (due, written) {
            (Some(due), _) => {
                self.guess(id, format!("due {due}, going by its text"));
                if due.starts_with("T+") {
                    self.line(depth, "blocks: close");
                    self.guess(id, "it comes after T, so GO does not wait for it: blocks: close");
                }
                self.line(depth, &format!("due: {due}"));
            }
            (None, Some(written)) => {
                self.remarks.push(Remark::new(
                    RemarkKind::Dropped,
                    id,
                    format!("due \"{written}\": not a time that can be computed"),
                ));
            }
            (None, None) => {}
        }
        let condition = conditions::condition(text);
        if let Some(types) =
            condition.as_deref().filter(|_| !item.commented).and_then(conditions::release_types)
        {
            self.line(depth, &format!("when: {{ {RELEASE_TYPE}: [{}] }}", types.join(", ")));
            self.guess(
                id,
                format!("it applies when {RELEASE_TYPE} is {}, going by its text: when", types.join(" or ")),
            );
            self.types.extend(types);
            return;
        }
        let condition = condition.or_else(|| self.only.last().cloned());
        if item.commented || condition.is_some() || conditions::is_optional(text) {
            self.line(depth, &format!("na_by: [{OWNER}]"));
            let why = match &condition {
                _ if item.commented => {
                    format!("it was in a comment, so {OWNER} may say that it is not needed")
                }
                Some(condition) => format!(
                    "\"{condition}\": {OWNER} may say that it is not needed; a variable with a `when` could decide it"
                ),
                None => format!("its text says that it may not be needed: {OWNER} may say so (na_by)"),
            };
            self.guess(id, why);
        }
    }

    /// Commands and links.
    fn rest(&mut self, id: &str, item: &Item, depth: usize) {
        let mut by_hand = item.by_hand.clone();
        by_hand.extend(item.text.codes.iter().filter(|code| code::is_command(code)).cloned());
        if !by_hand.is_empty() {
            if item.by_hand.is_empty() {
                self.guess(id, "its text holds a command: by_hand shows it, nothing runs it");
            }
            self.line(depth, &format!("by_hand: {}", block(&by_hand.join("\n"), 2 * (depth + 1))));
        }
        let mut taken = Taken::default();
        let links: Vec<String> = links(item)
            .map(|(name, url)| {
                let name = as_id(&name).filter(|_| !name.contains("://")).unwrap_or_else(|| "link".into());
                format!("{}: {}", taken.free(&name), inner(&url))
            })
            .collect();
        if !links.is_empty() {
            self.line(depth, "links:");
            links.iter().for_each(|link| self.line(depth + 1, link));
        }
    }

    /// Addresses that are none by themselves stay readable.
    fn odd_links(&mut self, item: &Item) -> Vec<String> {
        let odd = item.text.links.iter().filter(|(_, url)| Link::parse(url).is_none() && !url.is_empty());
        odd.map(|(name, url)| format!("{name}: {url}")).collect()
    }

    /// Everybody that is named, by the id in the file.
    fn named_parties(&mut self, asked: &Assignees) -> Vec<String> {
        let mut by = Vec::new();
        for role in &asked.roles {
            self.roles.insert(role.clone());
            by.push(role.clone());
        }
        for team in &asked.teams {
            let role = role_of(team);
            self.teams.insert(role.clone(), team.clone());
            self.roles.insert(role.clone());
            by.push(role);
        }
        for login in &asked.logins {
            let parties = &mut self.parties;
            let known = self.people.entry(login.to_ascii_lowercase()).or_insert_with(|| NamedPerson {
                id: parties.person(&as_id(login).unwrap_or_else(|| "person".into())),
                login: login.clone(),
            });
            let person = known.id.clone();
            by.push(person);
        }
        by
    }

    /// The owner of a gate where it names one, and who does it.
    fn task(&mut self, id: &str, asked: &Assignees) -> (Option<String>, String) {
        let by = self.named_parties(asked);
        match by.as_slice() {
            [] => (None, "{}".into()),
            [one] => {
                if asked.guessed {
                    self.guess(id, format!("asks {one}, going by its text"));
                }
                (Some(one.clone()), "{}".into())
            }
            several if asked.any => {
                self.guess(id, format!("one of {} is enough: count: 1", several.join(", ")));
                (several.first().cloned(), format!("{{ by: {}, count: 1 }}", list(several)))
            }
            several => {
                self.guess(id, format!("each of {} is asked", several.join(", ")));
                (several.first().cloned(), format!("{{ by: {} }}", list(several)))
            }
        }
    }

    /// A launch around the checklist: who and when are still to be filled in.
    fn launch(&mut self, id: &str, title: &str) -> String {
        let me = self.parties.person("me");
        let mut out = format!(
            "launch: {id}-1\ntitle: {}\nversion: 1.0.0   # yours\n# With a repository, sign-offs are about its commit, and gates can ask GitHub:\n# target: {{ repository: OWNER/NAME, \
             ref: main }}\nschedule:\n  t0: T0   # yours\n  timezone: UTC   # yours\npeople:\n",
            value(title)
        );
        out.push_str(&format!(
            "  {me}: {{ name: Me }}   # replace with your people: {{ name: Octo, github: octocat }}\n"
        ));
        for NamedPerson { id, login } in self.people.values() {
            out.push_str(&format!("  {id}: {{ name: {}, github: {} }}\n", inner(login), inner(login)));
        }
        out.push_str("roles:\n");
        for role in &self.roles {
            match self.teams.get(role) {
                Some(team) => out.push_str(&format!("  {role}: {{ github_team: {} }}\n", inner(team))),
                None => out.push_str(&format!("  {role}: {{ people: [{me}] }}\n")),
            }
        }
        if let Some(kind) = self.types.first() {
            out.push_str(&format!(
                "variables: {{ {RELEASE_TYPE}: {kind} }}   # yours: major, minor, patch, rc or beta\n"
            ));
        }
        out.push_str("checklists:\n  - { file: FILE }\n");
        out
    }
}
