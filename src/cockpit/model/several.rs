//! One word each on several gates that were chosen together: what this person may say is listed line by line, and what is left
//! out with why. Nothing is recorded for what was not shown.

use super::{
    Model,
    form::{Field, Form, Meaning, Name, Purpose, Value, choice},
    seen::SeenGate,
};
use crate::{Me, Notice};
use gonogo_domain::{
    About, Command, ConfirmStep, Gate, GateId, GateState, Kind, Oid, Party, PlanStanding, ReadinessItem,
    Said, Str, Verdict,
};

/// Rows of a form beside its introduction, its note included.
const AROUND: u16 = 13;
/// The share of the rows that is kept for what is left out.
const LEFT: u16 = 6;

/// What is recorded for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Several {
    /// GO, or done.
    Sign,
    /// That artefact, link and date hold.
    Confirm,
}

/// One word that would be recorded, and what it was shown on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SeveralWord {
    pub gate: GateId,
    /// As the form tells it.
    said: String,
    /// Where the artefact is, by the word before.
    link: Option<Str>,
    seen: SeenGate,
}

/// What becomes of gates that were chosen together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sorted {
    /// What would be recorded, in the order of the board.
    pub words: Vec<SeveralWord>,
    /// What would not, and why.
    pub left: Vec<(GateId, String)>,
    /// What no more room was for: it stays chosen.
    pub later: Vec<GateId>,
}

impl SeveralWord {
    /// What is sent for it.
    pub fn command(&self, several: Several, note: Option<Str>) -> Command {
        let (gate, link) = (self.gate.clone(), self.link.clone());
        match several {
            Several::Sign => Command::SignOff {
                gate,
                go: true,
                role: None,
                note,
                answers: std::collections::BTreeMap::new(),
            },
            Several::Confirm => Command::Confirm { gate, step: ConfirmStep::Confirmed { link, note } },
        }
    }
}

impl Model {
    /// Sorts the gates that were chosen together into what this person may say of them now and what not.
    pub(crate) fn sorted(&self, several: Several) -> Sorted {
        let mut sorted = Sorted::default();
        let Some(me) = &self.me else { return sorted };
        let items = if several == Several::Confirm { self.readiness_items() } else { Vec::new() };
        let most =
            usize::from(self.size.1.saturating_sub(AROUND)).saturating_sub(self.rows_left_out()).max(1);
        let chosen = self.board.gates.iter().filter(|state| self.list.together.contains(&state.id));
        for state in chosen {
            let word = match several {
                Several::Sign => self.may_sign(me, state),
                Several::Confirm => self.may_confirm(me, state, items.iter().find(|it| it.gate == state.id)),
            };
            match word {
                Ok(_) if sorted.words.len() >= most => sorted.later.push(state.id.clone()),
                Ok(word) => sorted.words.push(word),
                Err(why) => sorted.left.push((state.id.clone(), why)),
            }
        }
        sorted
    }

    fn may_sign(&self, me: &Me, state: &GateState) -> Result<SeveralWord, String> {
        let plan = self.plan_of(state)?;
        let Some(ask) = plan.ask() else {
            let by = if state.group { "what is inside it" } else { plan.source() };
            return Err(format!("answered by {by}, not by people"));
        };
        let role = self.own_role(me, &ask.by)?;
        let own = state.words.iter().rev().find(|it| it.by.name == me.name && it.void.is_none());
        match own.map(|it| it.said) {
            Some(Said::Go) => return Err("you said so already".to_owned()),
            Some(Said::NoGo) => return Err("you said NO-GO: sign it alone".to_owned()),
            _ => {}
        }
        if matches!(state.verdict, Verdict::Go | Verdict::NotApplicable) {
            return Err(format!("it is {} already", state.verdict.word()));
        }
        if !state.waits_for.is_empty() {
            return Err(format!("waits for {}", state.waits_for.join(", ")));
        }
        if !ask.asks.is_empty() {
            let names: Vec<_> = ask.asks.keys().map(|it| it.replace('_', " ")).collect();
            return Err(format!("asks for {}: sign it alone", names.join(", ")));
        }
        if plan.point_of_no_return {
            return Err("there is no way back after it: sign it alone".to_owned());
        }
        let commit = self.board.commit.clone().filter(|_| ask.about == About::Commit);
        let task = matches!(plan.kind, Kind::Task(_));
        let said = match (task, &commit) {
            (true, _) => format!("done: {}  {}", state.id, state.title),
            (false, Some(oid)) => format!("GO as {role} on {} at {}  {}", state.id, oid.short(), state.title),
            (false, None) => format!("GO as {role} on {}  {}", state.id, state.title),
        };
        Ok(word(state, plan, said, None, commit))
    }

    fn may_confirm(
        &self,
        me: &Me,
        state: &GateState,
        item: Option<&ReadinessItem>,
    ) -> Result<SeveralWord, String> {
        let plan = self.plan_of(state)?;
        let item = item.ok_or("no item of the readiness review")?;
        self.own_role(me, &item.asked)?;
        match item.standing {
            PlanStanding::Confirmed => return Err("confirmed already".to_owned()),
            PlanStanding::NewDate | PlanStanding::AtRisk => {
                return Err(format!("{}: speak of it alone", item.standing.word()));
            }
            PlanStanding::Void | PlanStanding::Unconfirmed => {}
        }
        let link = item.word.as_ref().and_then(|word| word.link.clone());
        let at = link.as_ref().map(|link| format!(", {link}")).unwrap_or_default();
        let said = format!("confirmed: {}  {}{at}", state.id, item.title);
        // What the gate says now is no part of the plan.
        let mut word = word(state, plan, said, link, None);
        (word.seen.reason, word.seen.due) = (Str::default(), item.due);
        Ok(word)
    }

    fn plan_of(&self, state: &GateState) -> Result<&Gate, String> {
        if let Some(act) = self.acts.of_gate(&state.id) {
            return Err(format!("{} is still being recorded", act.what));
        }
        self.launch.gate(&state.id).ok_or_else(|| "not in the launch's files any more".to_owned())
    }

    /// The one of these that the user holds; a fallback has to choose that, gate by gate.
    fn own_role<'a>(&self, me: &Me, by: &'a [Party]) -> Result<&'a Party, String> {
        let mut own = by.iter().filter(|party| self.launch.is_first(&me.name, party, &me.teams));
        let names = || by.iter().map(Party::as_str).collect::<Vec<_>>().join(", ");
        match (own.next(), own.next()) {
            (Some(one), None) => Ok(one),
            (Some(_), Some(_)) => Err("you hold several of its roles: speak of it alone".to_owned()),
            _ if by.iter().any(|party| self.is_me(party)) => {
                Err(format!("you only stand in for {}", names()))
            }
            _ if by.is_empty() => Err("nobody is asked".to_owned()),
            _ => Err(format!("not yours: it asks {}", names())),
        }
    }

    /// Rows for what is left out: at least three.
    fn rows_left_out(&self) -> usize {
        usize::from(self.size.1 / LEFT).max(3)
    }

    /// The form that lists what would be recorded, or why there is nothing to record.
    pub(crate) fn several_form(&self, several: Several) -> Result<Form, String> {
        let sorted = self.sorted(several);
        let cols = usize::from(self.size.0.saturating_sub(4)).max(20);
        let fit = |text: String| gonogo_text::fit(&text, cols);
        let left = |(id, why): &(GateId, String)| format!("left out: {id}: {why}");
        if sorted.words.is_empty() {
            let why: Vec<_> = sorted.left.iter().take(3).map(|(id, why)| format!("{id}: {why}")).collect();
            return Err(format!("nothing of it is yours to say: {}", why.join("; ")));
        }
        let mut intro: Vec<String> = sorted.words.iter().map(|it| fit(it.said.clone())).collect();
        let rows = self.rows_left_out();
        let shown = if sorted.left.len() <= rows { rows } else { rows - 1 };
        intro.extend(sorted.left.iter().take(shown).map(|it| fit(left(it))));
        if shown < sorted.left.len() {
            let names: Vec<_> = sorted.left.iter().skip(shown).map(|(id, _)| id.as_str()).collect();
            intro.push(fit(format!("left out as well: {}", names.join(", "))));
        }
        if !sorted.later.is_empty() {
            intro
                .push(fit(format!("{} more stay chosen: there is no room to show them", sorted.later.len())));
        }
        let n = sorted.words.len();
        let (one, title) = match several {
            Several::Sign => ("record", format!("Sign {n} of {} gates", self.list.together.len())),
            Several::Confirm => ("confirm", format!("Confirm {n} of {} items", self.list.together.len())),
        };
        let label =
            if n == 1 { format!("{one} this one") } else { format!("{one} these {n}, one word each") };
        let fields = vec![
            Field::pick(Name::Word, "say", vec![choice('g', &label, Meaning::Go(true))], None),
            Field::optional(Name::Note, "note", "in your own words; it is kept with each"),
        ];
        Ok(Form::new(Purpose::Several(several, sorted.words), title, intro, fields))
    }

    /// What the form lists is what would be recorded: it is listed anew where that has changed, and has to be said anew. Whether
    /// it was is the answer.
    pub(crate) fn renew_several(&mut self) -> bool {
        let Some(form) = &self.form else { return false };
        let Purpose::Several(several, shown) = &form.purpose else { return false };
        if self.sorted(*several).words == *shown {
            return false;
        }
        let note = form.fields.iter().find(|field| field.name == Name::Note).cloned();
        match self.several_form(*several) {
            Ok(mut form) => {
                let why = "it has changed while this was open: this is what would be recorded now";
                form.error = Some(why.to_owned());
                if let (Some(field), Some(note)) = (form.fields.last_mut(), note) {
                    *field = note;
                }
                self.form = Some(form);
            }
            Err(why) => {
                self.form = None;
                self.tell(Notice::bad(why));
            }
        }
        true
    }
}

fn word(state: &GateState, plan: &Gate, said: String, link: Option<Str>, commit: Option<Oid>) -> SeveralWord {
    let due = state.due.as_ref().map(|due| due.at);
    let (reason, text) = (state.reason.clone(), plan.digest.clone());
    let seen = SeenGate { verdict: Some(state.verdict), reason, text, commit, due };
    SeveralWord { gate: state.id.clone(), said, link, seen }
}

impl Form {
    /// The note that is typed, if there is one.
    pub(crate) fn note_typed(&self) -> Option<Str> {
        let note = self.fields.iter().find_map(|field| match (&field.name, &field.value) {
            (Name::Note, Value::Text(text)) => Some(text.text().trim()),
            _ => None,
        });
        note.filter(|note| !note.is_empty()).map(Str::from)
    }
}
