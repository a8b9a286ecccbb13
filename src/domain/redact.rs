//! What a shared screen does not tell: names of people become initials, quoted words and titles of things elsewhere are left
//! out, down to the id by which whoever may see them finds them. Everything else is as computed: verdicts, counts, times.
//!
//! It fails closed: what is not understood is left out, never shown.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    Actor, Board, GateId, History, Kind, Known, Launch, LaunchParts, Party, PathToGo, Person, Station, Str,
    Waiver, WaiverRisk,
};

/// What stands for what is not told.
const HIDDEN: &str = "\u{2026}";
/// Shorter names are no names: they would take words apart.
const SHORTEST: usize = 2;

/// Knows the people of a launch by all their names.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    /// What stands for each name.
    names: BTreeMap<String, String>,
    /// Gates that people answer: their reasons are words of people, all others those of machines.
    people: BTreeSet<GateId>,
    /// Roles are no names.
    roles: BTreeSet<Party>,
    /// Which of the names are logins, in small letters: upper and lower case are one there.
    logins: BTreeSet<String>,
}

impl Redactor {
    /// For the people whom a launch names.
    pub fn new(launch: &Launch) -> Self {
        let mut redactor = Self::default();
        redactor.meet(launch);
        redactor
    }

    /// Learns whom these files name, beside all whom it knows: who was taken out of them is still in what was said.
    pub fn meet(&mut self, launch: &Launch) {
        let asked = launch.gates.iter().filter(|gate| gate.ask().is_some()).map(|gate| gate.id.clone());
        self.people = asked.collect();
        self.roles.extend(launch.roles.keys().cloned());
        for (party, person) in &launch.people {
            let initials = initials(&person.name);
            for name in [party.as_str(), &person.name] {
                self.learn(name, &initials);
            }
            if let Some(login) = &person.github {
                self.learn(login, &initials);
                // A server writes it as it likes.
                self.logins.insert(login.trim().to_ascii_lowercase());
            }
        }
    }

    /// Learns whom the journal names, beside all whom it knows: who left, and members of teams that only GitHub knows.
    pub fn hear(&mut self, history: &History) {
        for (login, name) in &history.logins {
            self.learn(login, &initials(name.as_str()));
            self.logins.insert(login.trim().to_ascii_lowercase());
        }
        for party in history.named.iter().filter(|it| !self.roles.contains(*it)).collect::<Vec<_>>() {
            self.learn(party.as_str(), &initials(party.as_str()));
        }
    }

    /// What is left of what people said: how bad their waivers would be, and how likely. None of their words.
    #[must_use]
    pub fn history(&self, history: &History) -> History {
        let bare = |it: &Waiver| Waiver {
            approver: self.actor(&it.approver),
            recorder: it.recorder.as_ref().map(|it| self.actor(it)),
            stands_in: it.stands_in.as_ref().map(|it| self.text(it.as_str()).as_str().into()),
            digest: it.digest.clone(),
            reason: HIDDEN.into(),
            risk: WaiverRisk {
                severity: it.risk.severity,
                likelihood: it.risk.likelihood,
                ..WaiverRisk::from(HIDDEN)
            },
            conditions: Vec::new(),
            at: it.at,
            until: it.until,
            ended: None,
        };
        let all = history.waivers.iter().map(|(gate, all)| (gate.clone(), all.iter().map(bare).collect()));
        History { waivers: all.collect(), ..History::default() }
    }

    /// As it is told on a board.
    fn actor(&self, actor: &Actor) -> Actor {
        let known = match &actor.known {
            Known::Claimed => Known::Claimed,
            Known::Checked { login } => Known::Checked { login: self.text(login).as_str().into() },
        };
        Actor { name: self.text(actor.name.as_str()).as_str().into(), known }
    }

    fn learn(&mut self, name: &str, initials: &str) {
        if name.trim().len() >= SHORTEST {
            self.names.entry(name.trim().to_owned()).or_insert_with(|| initials.to_owned());
        }
    }

    /// A text without what is quoted in it, and with initials for names.
    pub fn text(&self, text: &str) -> String {
        self.without_names(&without_quotes(text))
    }

    /// What a source says, down to its first clause and the ids in it: titles, names and accounts stand behind a colon, a quotation
    /// mark or a `by`.
    pub fn fact(&self, text: &str) -> String {
        let end = [": ", " \"", " by ", "\n"].iter().filter_map(|mark| text.find(mark)).min();
        let (head, tail) = text.split_at_checked(end.unwrap_or(text.len())).unwrap_or((text, ""));
        let ids: Vec<_> = tail.split_whitespace().filter_map(id).take(5).collect();
        let ids = if ids.is_empty() { String::new() } else { format!(": {}", ids.join(", ")) };
        format!("{}{ids}", self.text(head))
    }

    /// What happened at a moment of the day: `who: what`, or `gate: before -> after: why`.
    pub fn moment(&self, text: &str) -> String {
        match text.split_once(" -> ") {
            Some((before, after)) => {
                let (to, why) = after.split_once(": ").unwrap_or((after, ""));
                let why = if why.is_empty() { String::new() } else { format!(": {}", self.fact(why)) };
                format!("{} -> {to}{why}", self.own(before))
            }
            None => match text.split_once(": ").filter(|(who, _)| *who != "the board") {
                Some((who, what)) => format!("{}: {}", initials(who), self.text(what)),
                None => self.text(text),
            },
        }
    }

    /// Names as whole words, the longest first: `Octo Cat` before `Octo`.
    fn without_names(&self, text: &str) -> String {
        let mut names: Vec<_> = self.names.iter().collect();
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        names.into_iter().fold(text.to_owned(), |text, (name, initials)| {
            let any_case = self.logins.contains(&name.to_ascii_lowercase());
            replace_word(&text, name, initials, any_case)
        })
    }

    /// The same launch with initials for the people in it.
    #[must_use]
    pub fn launch(&self, launch: &Launch) -> Launch {
        let mut parts: LaunchParts = (**launch).clone();
        let party = |it: &Party| Party::from(self.without_names(it.as_str()).as_str());
        let person = |(name, it): (&Party, &Person)| {
            (party(name), Person { name: initials(&it.name).as_str().into(), github: None })
        };
        parts.people = parts.people.iter().map(person).collect();
        for role in parts.roles.values_mut() {
            role.people = role.people.iter().map(party).collect();
        }
        parts.policies.waive_by = parts.policies.waive_by.iter().map(party).collect();
        for list in &mut parts.checklists {
            list.owner = list.owner.as_ref().map(party);
            list.accountable = list.accountable.as_ref().map(party);
            list.consulted = list.consulted.iter().map(party).collect();
            list.informed = list.informed.iter().map(party).collect();
        }
        for on_call in &mut parts.schedule.on_call {
            on_call.role = party(&on_call.role);
        }
        for freeze in &mut parts.schedule.freezes {
            freeze.exceptions_by = freeze.exceptions_by.iter().map(party).collect();
        }
        if let Some(plan) = &mut parts.roll_call {
            plan.final_call = party(&plan.final_call);
            plan.stations.iter_mut().for_each(|it| stations(it, &party));
        }
        if let Some(plan) = &mut parts.rollback {
            plan.owner = party(&plan.owner);
            for step in &mut plan.steps {
                step.owner = step.owner.as_ref().map(party);
            }
        }
        for gate in &mut parts.gates {
            if let Kind::Task(ask) | Kind::SignOff(ask) = &mut gate.kind {
                ask.by = ask.by.iter().map(party).collect();
            }
            gate.owner = gate.owner.as_ref().map(party);
            gate.na_by = gate.na_by.iter().map(party).collect();
            gate.notes = gate.notes.as_ref().map(|it| self.text(it).as_str().into());
            gate.links = Vec::new();
        }
        for message in &mut parts.comms.messages {
            message.owner = message.owner.as_ref().map(party);
            message.approved_by = message.approved_by.iter().map(party).collect();
            message.text = "".into();
        }
        if let Some(rollout) = &mut parts.rollout {
            rollout.advance_by = rollout.advance_by.iter().map(party).collect();
            for stage in &mut rollout.stages {
                stage.watcher = stage.watcher.as_ref().map(party);
            }
        }
        Launch::new(parts)
    }

    /// The same board without what is private. Names that only the journal knows are learned from it.
    #[must_use]
    pub fn board(&mut self, board: &Board) -> Board {
        let Ok(mut json) = serde_json::to_value(board) else { return bare(board) };
        self.learn_actors(&json);
        self.learn_owners(board);
        self.scrub(&mut json, "");
        let Ok(mut redacted) = serde_json::from_value::<Board>(json) else { return bare(board) };
        for (gate, plain) in redacted.gates.iter_mut().zip(&board.gates) {
            // Its own name and title are the launch's, and its answers are of this boot.
            (gate.id, gate.title, gate.observed_at) =
                (plain.id.clone(), self.own(&plain.title), plain.observed_at);
            (gate.parent, gate.url) = (plain.parent.clone(), None);
            if !self.people.contains(&plain.id) {
                gate.reason = self.fact(&plain.reason).as_str().into();
                gate.trouble = plain.trouble.as_ref().map(|it| self.fact(it).as_str().into());
            }
            let answered_by_people = self.people.contains(&plain.id);
            let row = |row: &Str| if answered_by_people { HIDDEN.into() } else { id_of(row).as_str().into() };
            gate.rows = plain.rows.iter().map(row).collect();
        }
        // Whose word it was, and which, stands behind the first clause.
        for (remark, plain) in redacted.remarks.iter_mut().zip(&board.remarks) {
            *remark = self.fact(plain).as_str().into();
        }
        self.plans(board, &mut redacted);
        // What a risk is about is in no other place either.
        for risk in redacted.decision.iter_mut().flat_map(|it| &mut it.terms.risks) {
            risk.what = "\u{2026}".into();
        }
        redacted.asked.iter_mut().for_each(|it| it.note = None);
        for text in redacted.review.texts() {
            *text = "\u{2026}".into();
        }
        redacted.risks.iter_mut().for_each(crate::RiskState::redact);
        redacted.incident.iter_mut().for_each(crate::IncidentState::redact);
        for step in &mut redacted.path.steps {
            let gate = step.gate().and_then(|id| redacted.gates.iter().find(|gate| gate.id == *id));
            let own = std::mem::take(&mut step.does);
            step.does = gate.map_or_else(|| own.said(|text| self.fact(text)), |gate| gate.next.clone());
        }
        let lowered = redacted.lowered.iter().map(|it| it.reason.clone());
        let open = redacted.blockers().into_iter().map(|gate| gate.because().into());
        redacted.reasons = lowered.chain(open).collect();
        redacted
    }

    /// Words about plans: whose, of what and by when, and none of the words themselves, here and among the remarks.
    fn plans(&self, plain: &Board, redacted: &mut Board) {
        for word in &mut redacted.readiness {
            word.link = None;
            word.said = word.said.take().map(|_| "\u{2026}".into());
            word.warning = word.warning.take().map(|it| self.fact(&it).as_str().into());
        }
        for step in &mut redacted.path.steps {
            step.warning = step.warning.take().map(|it| self.fact(&it).as_str().into());
        }
        let told: Vec<Str> = plain.plan_warnings();
        let instead = redacted.plan_warnings();
        for (remark, said) in redacted.remarks.iter_mut().zip(&plain.remarks) {
            if let Some(at) = told.iter().position(|it| it == said) {
                *remark = instead.get(at).cloned().unwrap_or_default();
            }
        }
    }

    /// What the launch itself says, where quotes are its own.
    fn own(&self, text: &str) -> Str {
        self.without_names(text).as_str().into()
    }

    /// Whoever did something is `{ "name": …, "known": … }` wherever it stands.
    fn learn_actors(&mut self, json: &Value) {
        match json {
            Value::Object(map) => {
                if let (Some(name), true) =
                    (map.get("name").and_then(Value::as_str), map.contains_key("known"))
                {
                    self.learn(name, &initials(name));
                }
                map.values().for_each(|it| self.learn_actors(it));
            }
            Value::Array(all) => all.iter().for_each(|it| self.learn_actors(it)),
            _ => {}
        }
    }

    /// Those who answer for something, whom the files may not name any more.
    fn learn_owners(&mut self, board: &Board) {
        let risks = board.risks.iter().map(|it| &it.figures.owner);
        let conditions = board.conditions.iter().map(|it| &it.condition.owner);
        let follow_ups = board.review.follow_ups.iter().filter_map(|it| it.owner.as_ref());
        let lead = board.incident.iter().map(|it| &it.lead);
        for party in risks.chain(conditions).chain(follow_ups).chain(lead) {
            if !self.roles.contains(party) {
                self.learn(party.as_str(), &initials(party.as_str()));
            }
        }
    }

    fn scrub(&self, json: &mut Value, key: &str) {
        match json {
            // Ids are what titles become.
            Value::String(_)
                if matches!(
                    key,
                    "id" | "launch" | "gate" | "stage" | "checklist" | "message" | "vote_id"
                ) => {}
            Value::String(text) if key == "open" => *text = self.fact(text),
            Value::String(text) => *text = self.text(text),
            Value::Array(all) => all.iter_mut().for_each(|it| self.scrub(it, key)),
            Value::Object(map) => map.iter_mut().for_each(|(key, it)| self.scrub(it, key)),
            _ => {}
        }
    }
}

/// What is left when a board cannot be taken apart: verdicts and counts, and no word of anybody.
fn bare(board: &Board) -> Board {
    let mut bare = board.clone();
    (bare.roll_call, bare.decision, bare.rollback, bare.overridden) = (None, None, None, None);
    (bare.asked, bare.readiness, bare.review) = Default::default();
    if let Some(closed) = &mut bare.closed {
        closed.reason = Str::default();
        closed.unfinished.clear();
        closed.voice.by.name = "?".into();
        (closed.voice.recorder, closed.voice.stands_in) = (None, None);
    }
    (bare.incident, bare.risks, bare.conditions) = (None, Vec::new(), Vec::new());
    (bare.stages, bare.remarks, bare.reasons) = (Vec::new(), Vec::new(), Vec::new());
    bare.messages = Vec::new();
    bare.path = PathToGo::default();
    bare.lowered.iter_mut().for_each(|it| (it.reason, it.next, it.who) = Default::default());
    for gate in &mut bare.gates {
        (gate.reason, gate.next, gate.evidence) = Default::default();
        (gate.who, gate.rows, gate.words, gate.waits_for) = Default::default();
        (gate.owner, gate.url, gate.trouble) = (None, None, None);
    }
    bare
}

fn stations(station: &mut Station, party: &impl Fn(&Party) -> Party) {
    station.role = party(&station.role);
    station.stations.iter_mut().for_each(|it| stations(it, party));
}

/// `Octo Cat` is `O.C.`
fn initials(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter_map(|word| word.chars().next());
    let letters: String = words.take(3).flat_map(|c| c.to_uppercase().chain(['.'])).collect();
    if letters.is_empty() { "?".to_owned() } else { letters }
}

/// From the first quotation mark to the last: a title may hold some of its own.
fn without_quotes(text: &str) -> String {
    match (text.find('"'), text.rfind('"')) {
        (Some(first), Some(last)) if last > first => {
            let (before, after) = (text.get(..first), text.get(last + 1..));
            format!("{}{}", before.unwrap_or_default().trim_end(), after.unwrap_or_default())
        }
        // One alone: what is behind it was cut.
        (Some(first), _) => text.get(..first).unwrap_or_default().trim_end().to_owned(),
        _ => text.to_owned(),
    }
}

/// A row of detail begins with its id; what has none tells nothing. An account may hold a digit, and is no id.
fn id_of(row: &str) -> String {
    let first = row.split_whitespace().next().unwrap_or_default().trim_end_matches([':', ',']);
    let number = !first.is_empty() && first.bytes().all(|b| b.is_ascii_digit());
    let is_id = number || id(first).is_some_and(|it| it == first);
    if is_id { first.to_owned() } else { HIDDEN.to_owned() }
}

/// `#7` or `CHK-108`, whatever stands around it.
fn id(word: &str) -> Option<&str> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '#');
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let of_repository = word.strip_prefix('#').is_some_and(digits);
    let of_team = word.split_once('-').is_some_and(|(team, number)| {
        team.len() > 1 && team.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) && digits(number)
    });
    (of_repository || of_team).then_some(word)
}

/// Replaces `word` where it stands alone, in any case where that makes no difference. Ids such as `max-age` and `qa/max` are words of
/// their own.
fn replace_word(text: &str, word: &str, with: &str, any_case: bool) -> String {
    let part_of = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/');
    // Only ASCII letters become small: every byte stays in its place.
    let folded = |text: &str| if any_case { text.to_ascii_lowercase() } else { text.to_owned() };
    let (searched, word) = (folded(text), folded(word));
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, _) in searched.match_indices(&word) {
        let end = at + word.len();
        let between = text.get(done..at).unwrap_or_default();
        let (found, after) = (text.get(at..end).unwrap_or_default(), text.get(end..).unwrap_or_default());
        out.push_str(between);
        let alone = !out.chars().next_back().is_some_and(part_of) && !after.starts_with(part_of);
        out.push_str(if alone { with } else { found });
        done = end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::{Act, Digest, Event};

    fn redactor() -> Redactor {
        let mut redactor = Redactor::default();
        for name in ["Octo Cat", "octo", "hu", "Øystein Å"] {
            redactor.learn(name, &initials(name));
        }
        redactor
    }

    #[test]
    fn names_become_initials_and_ids_stay() {
        let it = redactor();
        for (said, told) in [
            ("GO by octo, unverified", "GO by O., unverified"),
            ("Octo Cat and octo", "O.C. and O."),
            ("octo-cat/octo is a path, octopus an animal", "octo-cat/octo is a path, octopus an animal"),
            ("hu: no; huhu", "H.: no; huhu"),
            ("word of Øystein Å", "word of Ø.Å."),
        ] {
            assert_eq!(it.text(said), told);
        }
    }

    #[test]
    fn a_login_is_hidden_however_it_is_written() {
        let mut it = redactor();
        it.learn("Octo-Cat", "O.C.");
        it.logins.insert("octo-cat".to_owned());
        for (said, told) in [
            ("review asked of octo-cat, OCTO-CAT", "review asked of O.C., O.C."),
            ("octo-cats, acme/octo-cat", "octo-cats, acme/octo-cat"),
            ("Hu is no login", "Hu is no login"),
        ] {
            assert_eq!(it.text(said), told);
        }
    }

    #[test]
    fn quoted_titles_go_and_what_they_are_the_titles_of_stays() {
        let it = redactor();
        for (said, told) in [
            ("1 open issue: CHK-108 \"Refund twice\"", "1 open issue: CHK-108"),
            ("#7 \"A \"quoted\" leak\": open", "#7: open"),
            ("waived by octo: \"launch without", "waived by O.:"),
            ("2 of 3 runs succeeded", "2 of 3 runs succeeded"),
        ] {
            assert_eq!(it.text(said), told);
        }
        for (row, id) in [
            ("CHK-108 Refund twice, open since 08:55", "CHK-108"),
            ("#7 Engine leaks", "#7"),
            ("https://linear.app/acme/issue/CHK-108/refund-twice", "\u{2026}"),
            ("Refund twice", "\u{2026}"),
            ("8841 is in progress", "8841"),
            ("anna2 (qa): go, 2026-12-01 08:00 GMT", "\u{2026}"),
            ("dev42 approved it", "\u{2026}"),
            ("", "\u{2026}"),
        ] {
            assert_eq!(id_of(row), id);
        }
    }

    #[test]
    fn of_what_a_source_says_the_first_clause_and_the_ids_are_left() {
        let it = redactor();
        for (said, told) in [
            (
                "1 open issue labelled release-blocker (at most 0 asked for): #7 Engine leaks",
                "1 open issue labelled release-blocker (at most 0 asked for): #7",
            ),
            ("2 open: CHK-1 \"A: b\", CHK-22 \"C\"", "2 open: CHK-1, CHK-22"),
            ("#7 \"Engine leaks\": open", "#7"),
            ("approved by ana and bo", "approved"),
            (
                "2 of 3 runs succeeded; run 8841 is in progress",
                "2 of 3 runs succeeded; run 8841 is in progress",
            ),
            ("1 of 1 check succeeded on f686331: build: success", "1 of 1 check succeeded on f686331"),
        ] {
            assert_eq!(it.fact(said), told);
        }
        for (said, told) in [
            (
                "launch/bugs: GO -> NO-GO: 1 open issue: #7 Engine leaks",
                "launch/bugs: GO -> NO-GO: 1 open issue: #7",
            ),
            ("Ann Dee: NO-GO on qa/x: \"not yet\"", "A.D.: NO-GO on qa/x:"),
            ("the board: GO -> HOLD", "the board: GO -> HOLD"),
            ("the board begins as HOLD", "the board begins as HOLD"),
        ] {
            assert_eq!(it.moment(said), told);
        }
    }

    #[test]
    fn initials_are_at_most_three_and_never_nothing() {
        for (name, short) in [("Octo", "O."), ("Ann B. C. Dee", "A.B.C."), ("@@", "?"), ("", "?")] {
            assert_eq!(initials(name), short);
        }
    }

    #[test]
    fn of_a_waiver_its_weight_and_whose_it_is_are_left_and_no_word() {
        let gate = GateId::new("qa/a");
        let risk = WaiverRisk {
            severity: Some(crate::Risk::High),
            users: Some("Maria's team".into()),
            workaround: Some("call Maria".into()),
            ..WaiverRisk::from("Maria is away")
        };
        let act = Act::Waived {
            gate: gate.clone(),
            digest: Digest::of([b"g".as_slice()]),
            reason: "Maria said so".into(),
            risk,
            until: DateTime::UNIX_EPOCH,
            conditions: vec!["Maria looks".into()],
        };
        let event = Event {
            id: uuid::Uuid::from_u128(1),
            at: DateTime::UNIX_EPOCH,
            actor: Actor { name: "Maria".into(), known: Known::Claimed },
            recorder: None,
            stands_in: Some("Maria".into()),
            launch: "rocket".into(),
            version: "1.0".into(),
            commit: None,
            checklist_digest: Digest::of([b"files".as_slice()]),
            act,
        };
        let history = History::fold([&event]);
        let mut redactor = Redactor::default();
        redactor.hear(&history);
        let left = redactor.history(&history);
        let waiver = &left.waivers[&gate][0];
        assert_eq!((waiver.risk.severity, waiver.approver.name.as_str()), (Some(crate::Risk::High), "M."));
        assert!(!format!("{left:?}").contains("Maria"), "{left:?}");
    }
}
