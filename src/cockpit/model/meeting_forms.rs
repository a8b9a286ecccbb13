//! The forms of the meeting: a round, an answer, the final call.

use uuid::Uuid;

use super::{
    Draft, Model, TextField,
    form::{Choice, Field, Form, Meaning, Name, Purpose, Value},
    speaker::by,
};
use gonogo_domain::{Board, BoardWord, Party, RiskState, RollCallState, StationState, TYPED};

/// What a station says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Say {
    Go,
    NoGo,
    Conditions,
    Abstain,
    Delegate,
}

/// The final call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Go,
    /// GO against the board (V12).
    Override,
    NoGo,
    Hold,
    Scrub,
}

/// An answer on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BallotForm {
    pub round: u32,
    pub station: Party,
    pub say: Say,
    /// The answer that it corrects.
    pub corrects: Option<Uuid>,
    /// What the station's gates proposed on the screen.
    pub saw: Option<BoardWord>,
}

impl Call {
    /// The word that has to be typed, and what it is called ever after.
    pub fn word(self) -> &'static str {
        match self {
            Self::Go => "GO",
            Self::Override => "OVERRIDE",
            Self::NoGo => "NO-GO",
            Self::Hold => "HOLD",
            Self::Scrub => "SCRUB",
        }
    }
}

impl Say {
    fn word(self) -> &'static str {
        match self {
            Self::Go => "GO",
            Self::NoGo => "NO-GO",
            Self::Conditions => "GO WITH CONDITIONS",
            Self::Abstain => "ABSTAIN",
            Self::Delegate => "DELEGATE",
        }
    }
}

impl Form {
    /// Opens a round.
    pub fn open_round(model: &Model, poll: &RollCallState) -> Self {
        let round = poll.round.saturating_add(1);
        let intro = vec![format!(
            "{} stations are called in their order; {} makes the final call",
            poll.stations.len(),
            poll.final_call
        )];
        let fields = by(model, &poll.final_call, &model.launch.speakers(&poll.final_call), false);
        Self::new(Purpose::OpenRound, format!("Open roll call {round}"), intro, fields.into_iter().collect())
    }

    /// An answer of a station.
    pub fn vote(
        model: &Model,
        poll: &RollCallState,
        station: &StationState,
        say: Say,
        correct: bool,
    ) -> Self {
        let corrects = station.vote_id.filter(|_| correct);
        let mut fields = match say {
            Say::Conditions => vec![condition(1)],
            Say::Delegate => vec![Field::needed(
                Name::To,
                "to",
                "a person or a role of this launch; the beginning of the name will do",
            )],
            Say::NoGo => vec![Field::needed(Name::Note, "reason", "why not; it is kept with the answer")],
            Say::Go | Say::Abstain => Vec::new(),
        };
        if say != Say::NoGo {
            fields.push(Field::optional(Name::Note, "note", "in their own words; Enter records it"));
        }
        let answers = station.delegated.as_ref().map_or(&station.role, |given| &given.to);
        let who = by(model, answers, &station.can_answer, say == Say::Abstain);
        let unknown = who.as_ref().is_some_and(Field::is_open);
        let at = if unknown { 0 } else { fields.len() };
        fields.splice(at..at, who);
        let was = station.vote.as_ref().filter(|_| corrects.is_some());
        let title = match was {
            Some(was) => format!("{} for {}, corrects {}", say.word(), station.title, was.word()),
            None => format!("{} for {}", say.word(), station.title),
        };
        let says = matches!(say, Say::Go | Say::NoGo | Say::Conditions);
        let saw = station.computed.filter(|_| station.proposes && says);
        let mut intro: Vec<String> = saw.iter().map(|word| format!("its gates propose {word}")).collect();
        if was.is_some() {
            intro.push("both answers stay on record".to_owned());
        }
        let ballot = BallotForm { round: poll.round, station: station.role.clone(), say, corrects, saw };
        Self::new(Purpose::Vote(ballot), title, intro, fields)
    }

    /// The final call.
    pub fn decide(model: &Model, poll: &RollCallState, call: Call) -> Self {
        let reason = Field::needed(Name::Reason, "reason", "why; it is kept with the decision");
        let mut fields = match call {
            Call::Go | Call::Override => option(poll),
            Call::NoGo => no_go(poll),
            Call::Hold => {
                vec![Field::optional(Name::Until, "until", format!("{TYPED}; may be empty")), until_true(1)]
            }
            Call::Scrub => {
                let hint = format!("{TYPED}, which counts from the old T-0");
                vec![Field::needed(Name::T0, "new T-0", hint)]
            }
        };
        fields.push(reason);
        let who = by(model, &poll.final_call, &model.launch.speakers(&poll.final_call), false);
        let unknown = who.as_ref().is_some_and(Field::is_open);
        let at = if unknown { 0 } else { fields.len() };
        fields.splice(at..at, who);
        let over = goes_over(poll, call);
        let word = final_word(call, &over);
        fields.push(Field::typed_word(&word));
        // What few calls need stands behind the word that every one does.
        fields.extend(terms(call));
        let title = format!("The final call: {word}");
        let asks = model.board.risks.iter().filter(|it| it.asks());
        let risks = match call {
            Call::Go | Call::Override => asks.map(RiskState::decided).collect(),
            _ => Vec::new(),
        };
        let purpose = Purpose::Decide { call, seen: model.board.seen, over, risks };
        let mut form = Self::new(purpose, title, before_the_call(&model.board, poll, call), fields);
        if matches!(call, Call::Go | Call::Override) && !unknown {
            // An option is the exception, and one key away.
            form.focus = form.fields.iter().position(|it| it.name == Name::Reason).unwrap_or(0);
        }
        form
    }

    /// Ends the hold.
    pub fn end_hold(model: &Model, poll: &RollCallState) -> Self {
        let mut fields = vec![Field::needed(Name::Reason, "reason", "why the clock may go on")];
        fields.extend(by(model, &poll.final_call, &model.launch.speakers(&poll.final_call), false));
        let waits = model.board.decision.as_ref().map(|it| it.waits_for.join(", ")).unwrap_or_default();
        let intro = if waits.is_empty() {
            vec!["nothing that the hold waits for is open".to_owned()]
        } else {
            vec![format!("the hold still waits for {waits}")]
        };
        Self::new(Purpose::EndHold, "End the hold".to_owned(), intro, fields)
    }

    /// Throws a draft away, which takes a typed word.
    pub fn drop_draft(draft: &Draft) -> Self {
        let intro = vec![format!("{}, which is NOT RECORDED, is thrown away", draft.what)];
        let fields = vec![Field::typed_word("DROP")];
        Self::new(Purpose::DropDraft(draft.station.clone()), "Drop a draft".to_owned(), intro, fields)
    }

    /// What a station's gates propose by now, where that is another than was shown.
    pub(super) fn see_proposal(&mut self, board: &Board) -> Option<String> {
        let Purpose::Vote(ballot) = &mut self.purpose else { return None };
        let now = board.roll_call.as_ref()?.station(&ballot.station)?.computed?;
        let saw = ballot.saw.as_mut().filter(|saw| **saw != now)?;
        let news = format!("its gates propose {now} now, no longer {saw}: Enter says that you saw it");
        *saw = now;
        if let Some(line) = self.intro.first_mut() {
            *line = format!("its gates propose {now}");
        }
        Some(news)
    }

    /// The same of a final GO, while stations say something else: what has to be typed says whether it goes over one, and
    /// what else was typed stays.
    pub(super) fn see_stations(&mut self, board: &Board) -> Option<String> {
        let poll = board.roll_call.as_ref().filter(|poll| poll.open)?;
        let Purpose::Decide { call, over, .. } = &mut self.purpose else { return None };
        let now = goes_over(poll, *call);
        if *over == now {
            return None;
        }
        *over = now;
        let word = final_word(*call, over);
        self.title = format!("The final call: {word}");
        self.intro = before_the_call(board, poll, *call);
        if let Some(typed) = self.fields.iter_mut().find(|it| it.name == Name::Typed) {
            *typed = Field::typed_word(&word);
        }
        Some(format!("a station has said something else meanwhile: this is {word} now; type that, or Esc"))
    }

    /// Whether the words of confirmation have been typed.
    pub fn is_typed(&self) -> bool {
        self.fields.iter().all(|field| match &field.value {
            Value::Typed { words, text } => text.text().trim() == words,
            _ => true,
        })
    }

    /// Adds a line where the last one of its kind is in use, so that there is always room for one more.
    pub fn grow(&mut self) {
        for (name, new) in [
            (Name::Condition, condition as fn(usize) -> Field),
            (Name::UntilTrue, until_true),
            (Name::Considered, considered),
            (Name::ToDo, to_do),
        ] {
            let of: Vec<_> = (0..).zip(&self.fields).filter(|(_, it)| it.name == name).collect();
            let Some((last, field)) = of.last() else { continue };
            let used = matches!(&field.value, Value::Text(text) if !text.text().trim().is_empty());
            if used && of.len() < MOST_LINES {
                let (at, number) = (last + 1, of.len() + 1);
                self.fields.insert(at, new(number));
            }
        }
    }
}

/// No more lines of one kind.
const MOST_LINES: usize = 20;

fn condition(number: usize) -> Field {
    let label = if number == 1 { "if".to_owned() } else { format!("and if {number}") };
    Field {
        required: number == 1,
        ..Field::optional(Name::Condition, label, "what must hold; one line each, Tab for the next")
    }
}

fn until_true(number: usize) -> Field {
    let label = if number == 1 { "until GO of".to_owned() } else { format!("and of {number}") };
    let hint = "a gate or checklist that must be GO first, such as qa/smoke; may be empty";
    Field::optional(Name::UntilTrue, label, hint)
}

/// The options that were weighed, conditions, the next review.
fn terms(call: Call) -> Vec<Field> {
    let mut fields = vec![considered(1)];
    if matches!(call, Call::Go | Call::Override | Call::NoGo) {
        fields.push(to_do(1));
    }
    if call != Call::NoGo {
        let hint = format!("when it is looked at again: {TYPED}; may be empty");
        fields.push(Field::optional(Name::Review, "next review", hint));
    }
    fields
}

fn considered(number: usize) -> Field {
    let label = if number == 1 { "weighed".to_owned() } else { format!("and {number}") };
    let hint = "an option and its trade-off, such as slip: a week later; may be empty";
    Field::optional(Name::Considered, label, hint)
}

fn to_do(number: usize) -> Field {
    let label = if number == 1 { "condition".to_owned() } else { format!("and {number}") };
    let hint = "who, what, by when, such as qa: rerun smoke by T+2h; becomes a gate; may be empty";
    Field::optional(Name::ToDo, label, hint)
}

/// One of the launch's own options, where it has some.
fn option(poll: &RollCallState) -> Vec<Field> {
    let mut fields = Vec::new();
    if !poll.options.is_empty() {
        let own = poll.options.iter().zip('1'..='9').map(|(option, key)| Choice {
            key,
            label: option.to_string(),
            means: Meaning::Option(Some(option.clone())),
        });
        let none = Choice { key: '0', label: "none".to_owned(), means: Meaning::Option(None) };
        fields.push(Field::pick(Name::Option, "option", [none].into_iter().chain(own).collect(), Some(0)));
    }
    fields
}

fn no_go(poll: &RollCallState) -> Vec<Field> {
    let mut fields = option(poll);
    let hint = format!("when it is reviewed next: {TYPED}; may be empty");
    fields.push(Field::optional(Name::NewDate, "new date", hint));
    fields
}

/// The stations whose no-go such a call goes over.
fn goes_over(poll: &RollCallState, call: Call) -> Vec<Party> {
    match call {
        Call::Go | Call::Override => poll.against().map(|it| it.role.clone()).collect(),
        Call::NoGo | Call::Hold | Call::Scrub => Vec::new(),
    }
}

/// The word of a call, which has to be typed.
fn final_word(call: Call, over: &[Party]) -> String {
    if over.is_empty() { call.word().to_owned() } else { format!("{} OVER DISSENT", call.word()) }
}

fn before_the_call(board: &Board, poll: &RollCallState, call: Call) -> Vec<String> {
    let mut lines =
        vec![format!("{} of {} stations heard, quorum {}", poll.heard, poll.stations.len(), poll.quorum)];
    if matches!(call, Call::Go | Call::Override) {
        for station in poll.against() {
            let note = station.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
            lines.push(format!("{} said NO-GO{note}: this goes over it, and is recorded so", station.title));
        }
    }
    if matches!(call, Call::Go | Call::Override) {
        let asks = board.risks.iter().filter(|it| it.asks());
        lines.extend(asks.map(|it| format!("risk {}: {} ({})", it.id, it.figures.what, it.figures.said())));
    }
    match call {
        Call::Go => lines.push(format!("the evidence is {}", board.evidence)),
        Call::Override => {
            lines.push(format!(
                "the evidence is {}: this is recorded and shown as an OVERRIDE, never as GO",
                board.evidence
            ));
            lines.extend(board.reasons.iter().take(2).map(ToString::to_string));
            // What is overridden is never left out without a word.
            let more = board.reasons.len().saturating_sub(2);
            lines.extend((more > 0).then(|| format!("+{more} more: Esc, then look at the board")));
        }
        Call::Hold => lines.push("the T clock stops; L runs on; the stations are called again".to_owned()),
        Call::Scrub => lines.push("T-0 moves, and everything that is counted from it".to_owned()),
        Call::NoGo => {}
    }
    lines
}

impl Field {
    /// A word that has to be typed, as a second look at what is being recorded.
    fn typed_word(word: &str) -> Self {
        let hint = format!("type {word} to confirm");
        let value = Value::Typed { words: word.to_owned(), text: TextField::default() };
        Self { name: Name::Typed, label: "type it".to_owned(), hint, value, required: true }
    }

    /// Whose word it is has not been picked.
    pub fn asks_whose(&self) -> bool {
        self.name == Name::By && self.is_open()
    }

    fn is_open(&self) -> bool {
        matches!(self.value, Value::Pick { picked: None, .. })
    }
}
